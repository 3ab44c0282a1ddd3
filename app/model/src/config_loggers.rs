//! The loggers of a server, and its DNS updates, as pages show and edit them.

use serde::{Deserialize, Serialize};

use crate::{ConfigFinding, ConfigParameter, ConfigPlace, ParameterGroup, Unconfirmed};

/// The loggers of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggerSettings {
    /// Those that are configured, in their order.
    pub loggers: Vec<ConfigLogger>,
    /// Those that may be added.
    pub choices: Vec<LoggerChoice>,
    /// The severities, the most said first.
    pub severities: Vec<String>,
}

/// A logger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigLogger {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What it is about; empty: it is not known here.
    pub about: String,
    /// How much it says.
    pub parameters: Vec<ConfigParameter>,
    /// Whether it says as much as it can already.
    pub says_all: bool,
    /// The change by which it says more for a while, and that is taken back by itself.
    pub debugging: Option<Unconfirmed>,
    /// The path of the list of its outputs.
    pub list: String,
    /// Its outputs; none: its messages go where those of the logger above it go.
    pub outputs: Vec<LoggerOutput>,
}

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggerOutput {
    /// Its path.
    pub path: String,
    /// `stdout`, `stderr`, `syslog`, `syslog:name`, or a file.
    pub output: String,
    /// How they are written there.
    pub parameters: Vec<ConfigParameter>,
}

/// A logger that may be added.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LoggerChoice {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub about: String,
}

/// The DNS updates of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DdnsSettings {
    /// The connection to `kea-dhcp-ddns`, and what is updated for all clients.
    pub groups: Vec<ParameterGroup>,
    /// The subnets and shared networks that have something of it otherwise.
    pub elsewhere: Vec<ConfigPlace>,
    /// What is to be known of them.
    pub findings: Vec<ConfigFinding>,
}
