//! Commands on the configuration as a whole.

use serde::{Serialize, Serializer};

use crate::wire::{ConfigHash, RawConfig, RunningConfig, Written};
use crate::{Command, DeadlineClass, Done};

/// `config-get`, reduced to what the console understands; holds no secrets.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ConfigGet;

impl Command for ConfigGet {
    const NAME: &'static str = "config-get";
    type Answer = RunningConfig;
    type Reply = RunningConfig;
}

/// `config-get` with everything in it, **secrets included**: for [`ConfigTest`] and for edits that must lose nothing.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ConfigGetRaw;

impl Command for ConfigGetRaw {
    const NAME: &'static str = "config-get";
    const OCTETS: bool = true;
    type Answer = RawConfig;
    type Reply = RawConfig;
}

/// `config-hash-get`: a digest of the running configuration, to notice changes past us.
///
/// Reservations in a hosts database are not part of it; reservations in memory are.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ConfigHashGet;

impl Command for ConfigHashGet {
    const NAME: &'static str = "config-hash-get";
    type Answer = ConfigHash;
    type Reply = String;
}

/// `config-test`: whether Kea would take this configuration. It opens no database and no socket: "sane", not "will load".
#[derive(Clone, Copy, Debug)]
pub struct ConfigTest<'a> {
    /// The configuration, as [`ConfigGetRaw`] gives it.
    pub config: &'a RawConfig,
}

impl Serialize for ConfigTest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.config.value().serialize(serializer)
    }
}

impl Command for ConfigTest<'_> {
    const NAME: &'static str = "config-test";
    const OCTETS: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Test;
    type Answer = Done;
    type Reply = ();
}

/// `config-write`: saves the running configuration, every unsaved change included, over the file that Kea was
/// started with. There is no other file name, on purpose. Whether it is saved once or twice is the same.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ConfigWrite;

impl Command for ConfigWrite {
    const NAME: &'static str = "config-write";
    const MUTATES: bool = true;
    const REPEATABLE: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Write;
    type Answer = Written;
    type Reply = Written;
}
