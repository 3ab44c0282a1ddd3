//! The pages on which parts of what a server runs are edited.

use serde::{Deserialize, Serialize};

/// The page on which a part of a configuration is edited. Parts are named by their paths.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigForm {
    /// The settings of the subnet of this number.
    Subnet(u32),
    /// The addresses of a subnet, where reservations are edited and leases released.
    Addresses {
        /// Its number; 0: that of global reservations.
        subnet: u32,
        /// Only those with this text.
        text: String,
    },
    /// A shared network.
    SharedNetwork(String),
    /// A client class.
    Class(String),
    /// The options of a part; empty: of the server as a whole.
    Options(String),
    /// The parameters of a part; empty: of the server as a whole.
    Parameters(String),
    /// The definitions of options.
    Definitions,
    /// The hook libraries.
    Hooks,
    /// The loggers.
    Loggers,
    /// The DNS updates.
    Ddns,
}

/// A part, what people call it, and where it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigPlace {
    /// Its path.
    pub path: String,
    /// What people call it.
    pub label: String,
    /// The page on which it is edited; none: as JSON alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ConfigForm>,
}
