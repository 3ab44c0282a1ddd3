//! Where a request comes from, when proxies stand in between: decided from the connection and the headers.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::FORWARDED;
use model::IpNetwork;

/// The proxies whose word is taken for where a request comes from. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Proxies(Arc<[IpNetwork]>);

impl Proxies {
    pub(crate) fn new(networks: &[IpNetwork]) -> Self {
        Self(networks.into())
    }

    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address.to_canonical()))
    }

    /// The address that a request comes from: the last one on its way that is none of our proxies. What stands before that
    /// one, a client may have made up.
    pub(super) fn source(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.ip().to_canonical();
        if !self.contain(peer) {
            return peer;
        }
        let (forwarded, listed) = (forwarded(headers), listed(headers));
        match (forwarded.is_empty(), listed.is_empty()) {
            (true, true) => peer,
            (false, true) => self.last_stranger(peer, &forwarded),
            (true, false) => self.last_stranger(peer, &listed),
            // A proxy writes one of the two and may leave the other as it came, which a client may have made up.
            (false, false) => {
                let (one, other) = (self.last_stranger(peer, &forwarded), self.last_stranger(peer, &listed));
                if one == other { one } else { peer }
            }
        }
    }

    fn last_stranger(&self, peer: IpAddr, way: &[Option<IpAddr>]) -> IpAddr {
        let mut last = peer;
        for hop in way.iter().rev() {
            // What cannot be read is no address; the hop that passed it on is the last that is known.
            let Some(address) = *hop else { return last };
            last = address;
            if !self.contain(address) {
                return last;
            }
        }
        last
    }
}

/// Whether a header says where the request comes from.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED) || headers.contains_key("x-forwarded-for")
}

/// The way by `X-Forwarded-For`.
fn listed(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    values(headers, "x-forwarded-for").flat_map(|value| value.split(',')).map(address).collect()
}

/// The way by `Forwarded` (RFC 7239).
fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let elements = values(headers, FORWARDED.as_str()).flat_map(|value| value.split(','));
    elements
        .map(|element| {
            let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
            let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
            address(node.trim().trim_matches('"'))
        })
        .collect()
}

fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("unreadable"))
}

/// An address, with or without a port: `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let found = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?.parse(),
        None => text.parse().or_else(|_| text.rsplit_once(':').map_or(text, |(host, _)| host).parse()),
    };
    found.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let proxies = Proxies::new(&["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        proxies.source(SocketAddr::new(peer.parse().unwrap(), 4711), &map).to_string()
    }

    #[test]
    fn only_proxies_are_believed() {
        assert_eq!(source("192.0.2.9", &[("x-forwarded-for", "198.51.100.1")]), "192.0.2.9");
        assert_eq!(source("::ffff:127.0.0.1", &[("x-forwarded-for", "198.51.100.1")]), "198.51.100.1");
        assert_eq!(source("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn the_last_address_that_is_no_proxy_counts() {
        for (way, expected) in [
            ("203.0.113.66, 198.51.100.1", "198.51.100.1"),
            ("203.0.113.66, 198.51.100.1, 10.1.1.1", "198.51.100.1"),
            ("10.2.2.2, 10.1.1.1", "10.2.2.2"),
            ("203.0.113.66, unknown", "127.0.0.1"),
            ("203.0.113.66, unknown, 10.1.1.1", "10.1.1.1"),
            ("198.51.100.1:4711", "198.51.100.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(source("127.0.0.1", &[("x-forwarded-for", way)]), expected, "{way}");
        }
        let lines = [("x-forwarded-for", "203.0.113.66"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(source("127.0.0.1", &lines), "198.51.100.1", "one line after the other");
    }

    #[test]
    fn both_headers_are_read_and_must_not_differ() {
        for (way, expected) in [
            ("for=203.0.113.66, for=198.51.100.1;proto=https;by=10.0.0.1", "198.51.100.1"),
            ("proto=https;For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=\"198.51.100.1:80\"", "198.51.100.1"),
            ("for=_hidden", "127.0.0.1"),
            ("proto=https", "127.0.0.1"),
        ] {
            assert_eq!(source("127.0.0.1", &[("forwarded", way)]), expected, "{way}");
        }
        let both = |forwarded| source("127.0.0.1", &[("forwarded", forwarded), ("x-forwarded-for", "198.51.100.1")]);
        assert_eq!(both("for=198.51.100.1"), "198.51.100.1");
        assert_eq!(both("for=203.0.113.66"), "127.0.0.1", "one of them was made up by the caller");
    }
}
