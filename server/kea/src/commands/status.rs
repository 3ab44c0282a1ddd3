//! Commands that every daemon has: who are you, what can you do, how are you.

use serde::Serialize;

use crate::Command;
use crate::wire::{Status, Version, VersionAnswer};

/// `version-get`: the daemon's version (Kea ARM, "Management API").
#[derive(Clone, Copy, Debug, Serialize)]
pub struct VersionGet;

impl Command for VersionGet {
    const NAME: &'static str = "version-get";
    type Answer = VersionAnswer;
    type Reply = Version;
}

/// `list-commands`: the names of all commands that the daemon and its hook libraries know.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ListCommands;

impl Command for ListCommands {
    const NAME: &'static str = "list-commands";
    type Answer = Vec<String>;
    type Reply = Vec<String>;

    fn empty() -> Option<Self::Reply> {
        Some(Vec::new())
    }
}

/// `status-get`: uptime, whether DHCP service is on, state of high availability.
///
/// It says nothing of a lease database that went away with a refused `config-set`: to know that leases are served,
/// ask for one ([`Lease4GetPage`](super::Lease4GetPage)).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StatusGet;

impl Command for StatusGet {
    const NAME: &'static str = "status-get";
    type Answer = Status;
    type Reply = Status;
}
