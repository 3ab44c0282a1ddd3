//! The rows of a subnet's address list.

use std::net::IpAddr;

use ipnetwork::Ipv6Network;
use serde::{Deserialize, Serialize};

use crate::{AddressRange, Hold, HwAddress, Lease, RawRecord, Reservation, SubnetKey};

/// What a row of addresses is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressRow {
    /// A client: lease, reservation, hold, or several of them on one address.
    Client(Box<Client>),
    /// Unused addresses.
    Gap {
        /// Which.
        range: AddressRange,
        /// Whether the server hands them out by itself.
        in_pool: bool,
        /// Why they are excluded, if they are.
        #[serde(default)]
        excluded: Option<String>,
    },
    /// An address with a meaning of its own.
    Special {
        /// The address.
        address: IpAddr,
        /// Its meaning.
        what: SpecialAddress,
    },
    /// A record that is not understood.
    Raw(Box<RawRecord>),
}

/// Addresses that no client may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpecialAddress {
    /// The lowest address of the prefix.
    Network,
    /// The highest address of the prefix.
    Broadcast,
    /// The lowest address of an IPv6 prefix: any of its routers answers there (RFC 4291 §2.6.1).
    Anycast,
    /// A router of the subnet.
    Gateway,
}

impl SpecialAddress {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Network => "network address",
            Self::Broadcast => "broadcast address",
            Self::Anycast => "subnet-router anycast address",
            Self::Gateway => "gateway",
        }
    }
}

/// How things stand with one address, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientState {
    /// Leased, without a reservation.
    Leased,
    /// Reserved, and the client has it.
    ReservedInUse,
    /// Reserved; the client is not there.
    ReservedIdle,
    /// Reserved for one client and leased by another.
    Conflict,
    /// Found in use by a stranger.
    Declined,
    /// The lease is over.
    Expired,
    /// The client gave it back.
    Released,
    /// Suggested, not yet used.
    Held,
}

impl ClientState {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Leased => "leased",
            Self::ReservedInUse => "reserved, in use",
            Self::ReservedIdle => "reserved, idle",
            Self::Conflict => "conflict",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Released => "released",
            Self::Held => "held",
        }
    }
}

/// What is known of one address, of one delegated prefix, or of one reservation without either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The address; none for a prefix, and for a reservation without an address.
    pub address: Option<IpAddr>,
    /// The delegated prefix.
    #[serde(default)]
    pub prefix: Option<Ipv6Network>,
    /// How things stand.
    pub state: ClientState,
    /// The lease on it.
    pub lease: Option<Lease>,
    /// The reservation for it.
    pub reservation: Option<Reservation>,
    /// The hold on it.
    pub hold: Option<Hold>,
    /// The reservation of the same client in the other place that the server keeps reservations in.
    #[serde(default)]
    #[serde(rename = "twin")]
    pub duplicate: Option<Reservation>,
    /// The subnet that it is of, where that is not the one that is shown but has the address too.
    #[serde(default)]
    pub elsewhere: Option<SubnetKey>,
    /// The vendor of the MAC address that is shown, as far as it is known; or that the address was made up.
    #[serde(default)]
    pub vendor: Option<String>,
}

impl Client {
    /// The subnets that what is known of it is of. Where subnets overlap, these may be others than the one that is shown.
    pub fn subnets(&self) -> impl Iterator<Item = &SubnetKey> {
        let reserved = self.reservation.iter().map(|reservation| &reservation.subnet);
        let leased = self.lease.iter().map(|lease| &lease.subnet);
        let held = self.hold.iter().map(|hold| &hold.key.subnet);
        reserved.chain(leased).chain(held)
    }

    /// What the row is about, for people: the address or the prefix.
    pub fn what(&self) -> Option<String> {
        let prefix = || self.prefix.map(|prefix| prefix.to_string());
        self.address.map(|address| address.to_string()).or_else(prefix)
    }

    /// The name to show: the reserved one before what the client calls itself.
    pub fn host_name(&self) -> Option<&str> {
        let reserved = self.reservation.as_ref().and_then(|reservation| reservation.host_name.as_deref());
        reserved.or_else(|| self.lease.as_ref()?.host_name.as_deref())
    }

    /// The hardware address to show: of the client that has the address, else of the one that it is reserved for.
    pub fn hw_address(&self) -> Option<&HwAddress> {
        let leased = self.lease.as_ref().and_then(|lease| lease.hw_address.as_ref());
        leased.or_else(|| self.reservation.as_ref()?.hw_address())
    }
}
