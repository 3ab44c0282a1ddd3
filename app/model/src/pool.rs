//! Pools: the addresses that a server hands out by itself.

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
