//! Leases.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::{HwAddress, Identifier, Octets, Seconds, SubnetKey, Timestamp};

/// What a server says of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaseState {
    /// In use, or expired and not yet cleaned up.
    Assigned,
    /// A client found the address in use by somebody else (RFC 2131 §4.3.3).
    Declined,
    /// Expired and cleaned up; kept only so that the client may get its old address again.
    Reclaimed,
    /// Given back by the client.
    Released,
    /// Registered by the client itself.
    Registered,
}

/// An address lent to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The address.
    pub address: Ipv4Addr,
    /// The client's hardware address; a declined lease has none.
    pub hw_address: Option<HwAddress>,
    /// The client's identifier (option 61), when it sent one.
    pub client_id: Option<Octets>,
    /// The name the client goes by; free text from the network, never to be trusted.
    pub host_name: Option<String>,
    /// What the server says of it.
    pub state: LeaseState,
    /// When the client last asked (Kea: `cltt`).
    pub renewed_at: Timestamp,
    /// How long it lasts from then; none: for ever.
    pub lifetime: Option<Seconds>,
}

impl Lease {
    /// When it ends; none: never.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.lifetime.map(|lifetime| self.renewed_at.plus(lifetime))
    }

    /// Whether its time is over, though the server may not have cleaned it up yet.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at().is_some_and(|end| end <= now)
    }

    /// Whether the address must not be given to somebody else. An expired lease blocks until the server has cleaned it
    /// up: till then the server itself may still extend it.
    pub fn blocks(&self) -> bool {
        !matches!(self.state, LeaseState::Reclaimed | LeaseState::Released)
    }

    /// Whether the lease is that client's; none where leases do not carry what the client is known by.
    pub fn belongs_to(&self, client: &Identifier) -> Option<bool> {
        let client_id = self.client_id.as_ref().map(Octets::as_slice);
        match client {
            Identifier::HwAddress(address) => Some(self.hw_address.as_ref() == Some(address)),
            Identifier::ClientId(id) => Some(client_id == Some(id.as_slice())),
            // RFC 4361 §6.1: the octet 255, four octets of IAID, the DUID.
            Identifier::Duid(duid) => {
                Some(client_id.is_some_and(|id| id.first() == Some(&255) && id.get(5..) == Some(duid.as_slice())))
            }
            Identifier::CircuitId(_) | Identifier::FlexId(_) => None,
        }
    }
}
