//! Leases.

use std::net::IpAddr;

use ipnetwork::Ipv6Network;
use serde::{Deserialize, Serialize};

use crate::{HwAddress, Identifier, Octets, Seconds, SubnetKey, Timestamp};

/// What a server says of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaseState {
    /// In use, or expired and not yet cleaned up.
    Assigned,
    /// A client found the address in use by another device (RFC 2131 §4.3.3).
    Declined,
    /// Expired and cleaned up; kept only so that the client may get its old address again.
    Reclaimed,
    /// Given back by the client.
    Released,
    /// Registered by the client itself.
    Registered,
}

/// An address, or a prefix, lent to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The address; of a delegated prefix its first one.
    pub address: IpAddr,
    /// The length of the prefix, where one is delegated instead of an address.
    #[serde(default)]
    pub prefix_len: Option<u8>,
    /// The client's hardware address; a declined lease has none, and in IPv6 it may be unknown.
    pub hw_address: Option<HwAddress>,
    /// The client's identifier (option 61), when it sent one; only in IPv4.
    pub client_id: Option<Octets>,
    /// The client's DUID; only in IPv6.
    #[serde(default)]
    pub duid: Option<Octets>,
    /// The name the client goes by; free text from the network, never to be trusted.
    pub host_name: Option<String>,
    /// What the server says of it.
    pub state: LeaseState,
    /// When the client last asked (Kea: `cltt`).
    pub renewed_at: Timestamp,
    /// How long it lasts from then; none: for ever.
    pub lifetime: Option<Seconds>,
    /// Where it is a stray: the number of the subnet that the server notes for it, which is gone or does not reach to the
    /// address. `subnet` then is the one that the address lies in, if there is one.
    #[serde(default)]
    pub stray: Option<u32>,
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

    /// Whether the address must not be given to another client. An expired lease blocks until the server has cleaned it
    /// up: till then the server itself may still extend it.
    pub fn blocks(&self) -> bool {
        !matches!(self.state, LeaseState::Reclaimed | LeaseState::Released)
    }

    /// The prefix, where one is delegated instead of an address.
    pub fn prefix(&self) -> Option<Ipv6Network> {
        match (self.address, self.prefix_len) {
            (IpAddr::V6(first), Some(length)) => Ipv6Network::new(first, length).ok(),
            _ => None,
        }
    }

    /// What is lent, for people: the address or the prefix.
    pub fn what(&self) -> String {
        self.prefix().map_or_else(|| self.address.to_string(), |prefix| prefix.to_string())
    }

    /// What a reservation would best know the client by; none when the lease does not say whose it is.
    pub fn client(&self) -> Option<Identifier> {
        let hw_address = self.hw_address.clone().filter(HwAddress::identifies).map(Identifier::HwAddress);
        match self.address {
            IpAddr::V4(_) => hw_address.or_else(|| self.client_id.clone().map(Identifier::ClientId)),
            IpAddr::V6(_) => self.duid.clone().map(Identifier::Duid).or(hw_address),
        }
    }

    /// Everything that it says of whose it is.
    pub fn identifiers(&self) -> impl Iterator<Item = Identifier> + use<> {
        let hw_address = self.hw_address.clone().map(Identifier::HwAddress);
        let client_id = self.client_id.clone().map(Identifier::ClientId);
        hw_address.into_iter().chain(client_id).chain(self.duid.clone().map(Identifier::Duid))
    }

    /// Whether the lease is that client's; none where leases do not carry what the client is known by.
    pub fn belongs_to(&self, client: &Identifier) -> Option<bool> {
        match client {
            // A server of IPv6 has to guess hardware addresses, and cannot always.
            Identifier::HwAddress(_) if self.address.is_ipv6() && self.hw_address.is_none() => None,
            Identifier::CircuitId(_) | Identifier::FlexId(_) => None,
            blank if !blank.identifies() => None,
            client => Some(self.identifiers().any(|its| client.is_same_client(&its))),
        }
    }

    /// Whether the server keeps it only in memory of a client that it was lent to.
    pub fn is_over(&self, now: Timestamp) -> bool {
        !self.blocks() || self.is_expired(now)
    }
}
