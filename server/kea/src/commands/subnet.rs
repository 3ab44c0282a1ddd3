//! Commands of the `subnet_cmds` hook.

use serde::Serialize;

use crate::Command;
use crate::wire::{SubnetListing, SubnetsAnswer};

/// `subnet4-list`: id, prefix and shared network of every IPv4 subnet; cheap, unlike the whole configuration.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Subnet4List;

impl Command for Subnet4List {
    const NAME: &'static str = "subnet4-list";
    type Answer = SubnetsAnswer;
    type Reply = Vec<SubnetListing>;

    fn empty() -> Option<Self::Reply> {
        Some(Vec::new())
    }
}
