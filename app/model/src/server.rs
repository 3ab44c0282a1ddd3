//! The DHCP servers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Family, OutsideChange, Pair, Severity, Storage, Timestamp, Unconfirmed};

/// The name that the operator gave a server: letters, digits, `-`, `_` and `.`, at most 40 of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerName(String);

/// Why a text is not a server's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a server’s name: use 1 to 40 letters, digits, “-”, “_” or “.”")]
pub struct ServerNameError(String);

impl ServerName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServerName {
    type Err = ServerNameError;

    fn from_str(text: &str) -> Result<Self, ServerNameError> {
        let known = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
        // Names stand in the addresses of pages, where dots alone mean something else.
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(known) && !text.bytes().all(|c| c == b'.');
        if fits { Ok(Self(text.to_owned())) } else { Err(ServerNameError(text.to_owned())) }
    }
}

impl TryFrom<String> for ServerName {
    type Error = ServerNameError;

    fn try_from(text: String) -> Result<Self, ServerNameError> {
        text.parse()
    }
}

impl From<ServerName> for String {
    fn from(name: ServerName) -> Self {
        name.0
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Whether a server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It answers, and its lease manager too.
    Serving,
    /// It answers, but hands out no leases.
    NotServing,
    /// It does not answer.
    Unreachable,
}

/// Something about a server that its operator should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub text: String,
    /// How to mend it.
    pub advice: String,
    /// What it is about, where that is several things: a line for each.
    #[serde(default)]
    pub items: Vec<String>,
    /// What of that is to be written exactly so, to be copied.
    #[serde(default)]
    pub line: Option<String>,
}

/// How a server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerStatus {
    /// Its name.
    pub name: ServerName,
    /// Which family it serves.
    #[serde(default)]
    pub family: Family,
    /// Whether it serves.
    pub health: Health,
    /// Its version, when it said so.
    pub version: Option<String>,
    /// The hook libraries that it has loaded, by file name.
    pub hooks: Vec<String>,
    /// Where new reservations are kept.
    pub storage: Option<Storage>,
    /// What its operator should know.
    pub findings: Vec<Finding>,
    /// The high-availability relationships that it is part of.
    #[serde(default)]
    pub pairs: Vec<Pair>,
    /// Changes that it has not saved, and changes that wait for it.
    #[serde(default)]
    pub unsettled: Unsettled,
    /// When this was asked; of a server that does not answer: when it said what is shown of it.
    pub as_of: Timestamp,
    /// What others changed of its configuration, and nobody has looked at yet.
    #[serde(default)]
    pub outside: Option<OutsideChange>,
    /// Since when it runs, where it says so.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// When it was given its whole configuration last: at its start, or by a reload since.
    #[serde(default)]
    pub loaded_at: Option<Timestamp>,
    /// Since when it does not answer, where that is known.
    #[serde(default)]
    pub silent_since: Option<Timestamp>,
    /// Whether it hands out no leases, and may do so again when it is given its configuration once more.
    #[serde(default)]
    pub repairable: bool,
    /// Changes of its configuration that are taken back unless they are confirmed.
    #[serde(default)]
    pub unconfirmed: Vec<Unconfirmed>,
}

impl ServerStatus {
    /// Whether anything is known of it: it answers, or it did once.
    pub fn is_known(&self) -> bool {
        self.health != Health::Unreachable || self.storage.is_some()
    }

    /// When it said what is shown of it, where it does not answer now.
    pub fn dated(&self) -> Option<Timestamp> {
        (self.health == Health::Unreachable && self.is_known()).then_some(self.as_of)
    }
}

/// How many changes of a server need attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unsettled {
    /// They work, but a restart of the server would lose them.
    pub not_saved: u32,
    /// They wait until the server is back.
    pub pending: u32,
    /// Whether they were made is not known.
    pub unknown: u32,
    /// They were saved, and the server does not hold them since it was started again or configured anew.
    #[serde(default)]
    pub lost: u32,
}
