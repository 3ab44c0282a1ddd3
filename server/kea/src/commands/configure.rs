//! Commands that change the configuration.

use serde::{Serialize, Serializer};

use crate::wire::RawConfig;
use crate::{Command, DeadlineClass, Done, Said};

/// All of those whose arguments are parts of a configuration, or name them.
const NAMES: [&str; 20] = [
    "config-set",
    "subnet4-add",
    "subnet4-del",
    "subnet4-delta-add",
    "subnet4-delta-del",
    "subnet6-add",
    "subnet6-del",
    "subnet6-delta-add",
    "subnet6-delta-del",
    "network4-add",
    "network4-del",
    "network4-subnet-add",
    "network4-subnet-del",
    "network6-add",
    "network6-del",
    "network6-subnet-add",
    "network6-subnet-del",
    "class-add",
    "class-update",
    "class-del",
];

/// A change of the running configuration by one of Kea's commands for that. Parts of the hook libraries `subnet_cmds` and
/// `class_cmds`, but for `config-set`.
///
/// After a `config-set` that it refuses Kea has no leases any more: it serves no client until it is given a configuration
/// that it takes (seen on 3.0.3).
#[derive(Clone, Copy, Debug)]
pub struct Configure<'a> {
    name: &'static str,
    arguments: &'a RawConfig,
}

impl<'a> Configure<'a> {
    /// The command of that name; none: there is no such one.
    pub fn new(name: &str, arguments: &'a RawConfig) -> Option<Self> {
        NAMES.into_iter().find(|known| *known == name).map(|name| Self { name, arguments })
    }
}

impl Serialize for Configure<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.arguments.value().serialize(serializer)
    }
}

impl Command for Configure<'_> {
    const NAME: &'static str = "config-set";
    const MUTATES: bool = true;
    const OCTETS: bool = true;
    /// With a million leases it takes half a minute.
    const DEADLINE: DeadlineClass = DeadlineClass::Test;
    type Answer = Done;
    type Reply = Said;

    fn name(&self) -> &'static str {
        self.name
    }

    fn reply(_: Done, text: String) -> Said {
        Said(text)
    }
}

/// `config-reload`: has Kea read its file again. What runs and is not in it is lost.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ConfigReload;

impl Command for ConfigReload {
    const NAME: &'static str = "config-reload";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Test;
    type Answer = Done;
    type Reply = Said;

    fn reply(_: Done, text: String) -> Said {
        Said(text)
    }
}
