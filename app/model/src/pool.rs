//! Pools: the addresses and prefixes that a server hands out by itself.

use ipnetwork::Ipv6Network;
use serde::{Deserialize, Serialize};

use crate::AddressRange;

/// A range of addresses for clients without a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// The addresses.
    pub range: AddressRange,
    /// Only clients of these classes get them; empty: every client.
    pub client_classes: Vec<String>,
}

/// A prefix parts of which are delegated to routers without a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrefixPool {
    /// The prefix.
    pub prefix: Ipv6Network,
    /// The length of the prefixes that are delegated out of it, up to 128.
    pub delegated_len: u8,
    /// Only clients of these classes get them; empty: every client.
    pub client_classes: Vec<String>,
}
