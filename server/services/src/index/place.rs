//! What a row of a subnet is about: an address, or a delegated prefix. Pure.

use std::fmt;
use std::net::IpAddr;

use model::{Ipv6Network, Lease, Reservation};

/// An address or a delegated prefix. Addresses come first, each kind by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    Address(IpAddr),
    Prefix(Ipv6Network),
}

impl Place {
    pub(crate) fn of_lease(lease: &Lease) -> Self {
        lease.prefix().map_or(Self::Address(lease.address), Self::Prefix)
    }

    /// Every place that is reserved, or (none) that no place is.
    pub(crate) fn all_of(reservation: &Reservation) -> Vec<Option<Self>> {
        let addresses = reservation.addresses().map(Self::Address);
        let all: Vec<_> = addresses.chain(reservation.prefixes.iter().copied().map(Self::Prefix)).map(Some).collect();
        if all.is_empty() { vec![None] } else { all }
    }

    /// Whether the reservation is for it.
    pub(crate) fn is_of(self, reservation: &Reservation) -> bool {
        Self::all_of(reservation).contains(&Some(self))
    }

    pub(crate) fn address(self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(address),
            Self::Prefix(_) => None,
        }
    }

    pub(crate) fn prefix(self) -> Option<Ipv6Network> {
        match self {
            Self::Address(_) => None,
            Self::Prefix(prefix) => Some(prefix),
        }
    }

    /// Its first address.
    pub(crate) fn first(self) -> IpAddr {
        match self {
            Self::Address(address) => address,
            Self::Prefix(prefix) => prefix.network().into(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(out),
            Self::Prefix(prefix) => prefix.fmt(out),
        }
    }
}
