//! The shared networks of a server, as pages show them.

use serde::{Deserialize, Serialize};

use crate::SubnetKey;

/// The shared networks of a server, and the subnets of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigNetworks {
    /// All shared networks.
    pub networks: Vec<ConfigNetwork>,
    /// The path of the list that subnets of no shared network are in.
    pub list: String,
    /// The subnets of the network that is asked for.
    pub inside: Vec<NetworkSubnet>,
    /// The first [`Self::MOST`] of the other subnets that have the text in prefix, name, number or shared network.
    pub outside: Vec<NetworkSubnet>,
    /// How many have it.
    pub outside_total: u32,
}

impl ConfigNetworks {
    /// How many of the other subnets are answered.
    pub const MOST: usize = 50;
}

/// A shared network.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConfigNetwork {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The path of the list of its subnets.
    pub list: String,
    /// How many subnets are in it.
    pub subnets: u32,
    /// What is set on it: the names of parameters, and how many options.
    pub own: Vec<String>,
    /// What people say of it: the comment in its user context; empty: nothing.
    #[serde(default)]
    pub comment: String,
}

/// A subnet that is in a shared network, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkSubnet {
    /// Which; number 0 where it has none that is understood.
    pub key: SubnetKey,
    /// Its path.
    pub path: String,
    /// Its prefix, as its server has it written.
    pub prefix: String,
    /// What people call it.
    pub name: Option<String>,
    /// The name of the shared network that it is in.
    pub network: Option<String>,
}
