//! How many connections each source address has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The connections of each address.
pub(super) struct Sources {
    counts: Mutex<HashMap<IpAddr, usize>>,
    /// How many connections one address may have at a time.
    most: usize,
}

/// The right to one connection, until it is dropped.
pub(super) struct ConnectionPermit {
    sources: Arc<Sources>,
    source: IpAddr,
}

impl Sources {
    /// Allows each address so many connections at a time.
    pub(super) fn new(most: usize) -> Self {
        Self { counts: Mutex::default(), most }
    }

    /// The right to one more connection from that address, unless it has as many as it may. This machine itself is not
    /// counted: everybody who comes through a reverse proxy here has the same address.
    pub(super) fn seat(self: &Arc<Self>, address: IpAddr) -> Result<Option<ConnectionPermit>, Full> {
        let address = address.to_canonical();
        if address.is_loopback() {
            return Ok(None);
        }
        let source = source(address);
        let mut counts = self.counts();
        let count = counts.entry(source).or_default();
        if *count >= self.most {
            return Err(Full);
        }
        *count += 1;
        Ok(Some(ConnectionPermit { sources: Arc::clone(self), source }))
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // Counts are right after each step, even one that was the last of its thread.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// That address has as many connections as it may.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut counts = self.sources.counts();
        if let Some(count) = counts.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.source);
            }
        }
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

    const MOST: usize = 64;

    fn take(sources: &Arc<Sources>, address: &str) -> Option<ConnectionPermit> {
        sources.seat(address.parse().unwrap()).ok().flatten()
    }

    #[test]
    fn an_address_has_so_many_seats_and_gets_them_back() {
        let sources = Arc::new(Sources::new(MOST));
        let mut seats: Vec<_> = (0..MOST).map(|_| take(&sources, "192.0.2.1").unwrap()).collect();
        assert!(take(&sources, "192.0.2.1").is_none() && take(&sources, "192.0.2.2").is_some());
        assert!(take(&sources, "::ffff:192.0.2.1").is_none(), "the same address");
        seats.pop();
        assert!(take(&sources, "192.0.2.1").is_some());
        drop(seats);
        assert!(sources.counts().is_empty());
    }

    #[test]
    fn a_network_of_one_host_is_one_source_and_loopback_is_none() {
        let sources = Arc::new(Sources::new(MOST));
        let seats: Vec<_> = (0..MOST).map(|n| take(&sources, &format!("2001:db8::{n:x}")).unwrap()).collect();
        assert!(take(&sources, "2001:db8::ffff").is_none() && take(&sources, "2001:db8:0:1::1").is_some());
        drop(seats);
        assert!((0..2 * MOST).all(|_| sources.seat("127.0.0.1".parse().unwrap()).is_ok()));
        assert!(sources.counts().is_empty());
    }
}
