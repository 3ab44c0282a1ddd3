//! The client classes of a server, as pages show them.

use serde::{Deserialize, Serialize};

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
}

impl ConfigClass {
    /// How many places are answered.
    pub const MOST: usize = 20;
}

/// A part, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigPlace {
    /// Its path.
    pub path: String,
    /// What people call it.
    pub label: String,
}
