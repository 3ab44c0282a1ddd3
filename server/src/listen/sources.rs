//! How many connections each source address may have.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use model::IpNetwork;

use crate::seats::{Seat, Seats};

/// The connections of each address.
pub(super) struct Sources {
    seats: Arc<Seats<IpAddr>>,
    /// How many connections one address may have at a time.
    most: usize,
    /// How many this machine itself, and each reverse proxy, may have: they speak for many.
    most_of_many: usize,
    proxies: Vec<IpNetwork>,
}

/// The right to one connection, until it is dropped.
pub(super) type ConnectionPermit = Seat<IpAddr>;

impl Sources {
    /// Allows each address so many connections at a time, and those that speak for many so many.
    pub(super) fn new(most: usize, most_of_many: usize, proxies: Vec<IpNetwork>) -> Self {
        Self { seats: Arc::default(), most, most_of_many, proxies }
    }

    /// The right to one more connection from that address, unless it has as many as it may.
    pub(super) fn seat(&self, address: IpAddr) -> Option<ConnectionPermit> {
        let address = address.to_canonical();
        if address.is_loopback() || self.proxies.iter().any(|network| network.contains(address)) {
            return self.seats.take(address, self.most_of_many);
        }
        self.seats.take(source(address), self.most)
    }
}

/// What counts as one source: with IPv6 every host has a whole /64 of addresses.
pub(crate) fn source(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(sources: &Sources, address: &str) -> Option<ConnectionPermit> {
        sources.seat(address.parse().unwrap())
    }

    fn some() -> Sources {
        Sources::new(4, 8, vec!["192.0.2.128/25".parse().unwrap()])
    }

    #[test]
    fn an_address_has_so_many_seats() {
        let sources = some();
        let seats: Vec<_> = (0..4).map(|_| take(&sources, "192.0.2.1").unwrap()).collect();
        assert!(take(&sources, "192.0.2.1").is_none() && take(&sources, "192.0.2.2").is_some());
        assert!(take(&sources, "::ffff:192.0.2.1").is_none(), "the same address");
        drop(seats);
        assert!(take(&sources, "192.0.2.1").is_some());
    }

    #[test]
    fn a_network_of_one_host_is_one_source() {
        let sources = some();
        let _seats: Vec<_> = (0..4).map(|n| take(&sources, &format!("2001:db8::{n:x}")).unwrap()).collect();
        assert!(take(&sources, "2001:db8::ffff").is_none() && take(&sources, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn who_speaks_for_many_has_more_and_not_all() {
        for address in ["127.0.0.1", "::1", "192.0.2.200"] {
            let sources = some();
            let _seats: Vec<_> = (0..8).map(|_| take(&sources, address).unwrap()).collect();
            assert!(take(&sources, address).is_none(), "{address}");
        }
    }
}
