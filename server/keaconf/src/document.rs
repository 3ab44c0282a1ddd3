//! A whole configuration of one daemon.

use std::fmt;

use crate::{Includes, Layout, Map, Source, SyntaxError, Text, Value, read};

/// A program of Kea that has a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Daemon {
    /// `kea-dhcp4`
    Dhcp4,
    /// `kea-dhcp6`
    Dhcp6,
    /// `kea-dhcp-ddns`
    D2,
    /// `kea-ctrl-agent`
    ControlAgent,
}

impl Daemon {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Dhcp4, Self::Dhcp6, Self::D2, Self::ControlAgent];

    /// The name of the one member that its configuration has.
    pub fn root(self) -> &'static str {
        match self {
            Self::Dhcp4 => "Dhcp4",
            Self::Dhcp6 => "Dhcp6",
            Self::D2 => "DhcpDdns",
            Self::ControlAgent => "Control-agent",
        }
    }

    /// Its name among the services of Kea's API.
    pub fn service(self) -> &'static str {
        match self {
            Self::Dhcp4 => "dhcp4",
            Self::Dhcp6 => "dhcp6",
            Self::D2 => "d2",
            Self::ControlAgent => "ctrl-agent",
        }
    }

    /// The daemon of such a root.
    pub fn of_root(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|daemon| daemon.root() == name)
    }

    /// The name of the list of subnets: `subnet4` or `subnet6`, none where there are no subnets.
    pub fn subnets(self) -> Option<&'static str> {
        match self {
            Self::Dhcp4 => Some("subnet4"),
            Self::Dhcp6 => Some("subnet6"),
            Self::D2 | Self::ControlAgent => None,
        }
    }

    /// The space of options that stand without one.
    pub(crate) fn option_space(self) -> &'static str {
        if self == Self::Dhcp6 { "dhcp6" } else { "dhcp4" }
    }
}

/// The configuration of one daemon.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// Whose it is.
    pub daemon: Daemon,
    /// What stands in the daemon's map; paths begin here.
    pub root: Map,
}

/// Why a text is no configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// It is no JSON that Kea reads.
    Syntax(SyntaxError),
    /// It is JSON, but no configuration: a sentence on it.
    Shape(String),
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::Shape(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for DocumentError {}

impl From<SyntaxError> for DocumentError {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

impl Document {
    /// Reads what Kea wrote or answered; includes stay as they are.
    pub fn read(text: &[u8]) -> Result<Self, DocumentError> {
        Self::of(read::read(text)?)
    }

    /// Reads a file as Kea does, with what it includes, and says where everything stands.
    pub fn read_file(name: &str, text: &[u8], includes: Includes<'_>) -> Result<(Self, Source), DocumentError> {
        let source = read::read_file(name, text, includes)?;
        Ok((Self::of(source.value.clone())?, source))
    }

    /// The configuration that a value is: a map with one of the daemons' roots. The `hash` that `config-get` adds is no
    /// part of it.
    pub fn of(value: Value) -> Result<Self, DocumentError> {
        let shape = |text: String| Err(DocumentError::Shape(text));
        let Value::Map(mut map) = value else {
            return shape(format!("a configuration is a map, this is {}", value.kind()));
        };
        map.remove("hash");
        let Some(daemon) = map.iter().find_map(|(name, _)| Daemon::of_root(name.as_str()?)) else {
            let roots = Daemon::ALL.map(Daemon::root).join(", ");
            return shape(format!("none of {roots} stands at the top, so this is no configuration of Kea"));
        };
        let root = map.remove(daemon.root());
        if let Some((name, _)) = map.iter().next() {
            return shape(format!("“{name}” stands beside {}: Kea takes nothing beside it", daemon.root()));
        }
        match root {
            Some(Value::Map(root)) => Ok(Self { daemon, root }),
            _ => shape(format!("{} must be a map", daemon.root())),
        }
    }

    /// The value that it is, with its root.
    pub fn to_value(&self) -> Value {
        Value::Map([(Text::from(self.daemon.root()), Value::Map(self.root.clone()))].into_iter().collect())
    }

    /// The text that Kea reads as this configuration.
    pub fn to_kea(&self, layout: Layout) -> String {
        self.to_value().to_kea(layout)
    }

    /// JSON for people and other programs.
    pub fn to_json(&self, layout: Layout) -> String {
        self.to_value().to_json(layout)
    }
}
