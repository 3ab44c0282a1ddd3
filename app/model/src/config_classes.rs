//! The client classes of a server, as pages show them.

use serde::{Deserialize, Serialize};

use crate::{ConfigEdit, ConfigPlace, ServerName};

/// The client classes of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigClasses {
    /// Whether the server is for IPv6.
    pub v6: bool,
    /// The classes, in the order in which Kea looks at them.
    pub classes: Vec<ConfigClass>,
}

/// A client class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigClass {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its expression; empty: only reservations and hooks put clients into it.
    pub test: String,
    /// Whether the expression makes a class of each value that it comes to (`template-test`).
    pub is_template: bool,
    /// Whether it is looked at only where a subnet, network or pool asks for it.
    pub only_additional: bool,
    /// The classes that its expression asks for: they come before it.
    pub needs: Vec<String>,
    /// Where it is used: the first [`Self::MOST`] places.
    pub uses: Vec<ConfigPlace>,
    /// In how many places it is used.
    pub used: u32,
    /// What people say of it: the comment in its user context; empty: nothing.
    #[serde(default)]
    pub comment: String,
}

impl ConfigClass {
    /// How many places are answered.
    pub const MOST: usize = 20;

    /// Whether a class is there without a definition.
    pub fn is_made(name: &str) -> bool {
        let is_made_so = |prefix: &&str| name.strip_prefix(*prefix).is_some_and(|rest| !rest.is_empty());
        BUILT_IN.contains(&name) || MADE.iter().any(is_made_so)
    }
}

/// Classes that are there without a definition.
const BUILT_IN: [&str; 7] = ["ALL", "KNOWN", "UNKNOWN", "DROP", "BOOTP", "SKIP_DDNS", "REJECT"];

/// How the names of classes begin that Kea or its hooks make.
const MADE: [&str; 5] = ["VENDOR_CLASS_", "HA_", "SPAWN_", "AFTER_", "EXTERNAL_"];

/// How a class of a server stands on another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassStanding {
    /// It is not there.
    Missing,
    /// It is the same there.
    Same,
    /// There is another one of its name.
    Differs,
    /// The server does not say.
    Unknown,
}

/// Classes of a server on another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClassElsewhere {
    /// The other server.
    pub server: ServerName,
    /// Its partners, which get what it gets.
    pub with: Vec<ServerName>,
    /// How they stand there.
    pub standing: ClassStanding,
    /// The edits that make them the same there, with the classes that they ask for, and the definitions of options that they
    /// use, where those are missing.
    pub edits: Vec<ConfigEdit>,
    /// What they ask for or use, and what differs there: it stays as it is.
    pub kept: Vec<String>,
    /// Why the server does not say; a sentence, or empty.
    pub problem: String,
}
