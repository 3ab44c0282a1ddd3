//! What stands in paths, and the ends of a range.

use std::net::{IpAddr, Ipv4Addr};

use model::{HwAddress, Ipv4Network, Subnet, SubnetKey};

use super::is_one_line;
use crate::params::{self, Fields};

/// The first line is a subnet, the second a query with the ends of a range, the rest a segment of a path.
///
/// # Panics
///
/// When something does not hold.
pub fn path(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(3, '\n');
    let mut next = || parts.next().unwrap_or_default();
    let (subnet, query, segment) = (subnet(next()), next(), next());
    range(&subnet, query);
    address(segment);
    mac(segment);
}

fn range(subnet: &Subnet, query: &str) {
    let ends = match Fields::parse(query).and_then(|fields| fields.ends()) {
        Ok(ends) => ends,
        Err(refusal) => return is_one_line(&refusal),
    };
    match params::range(ends, subnet) {
        Ok(None) => assert_eq!(ends, (None, None)),
        Ok(Some(range)) => {
            let is = |end: Option<IpAddr>, its| end.is_none_or(|end| end == its);
            let kept = is(ends.0, range.first()) && is(ends.1, range.last());
            assert!(range.first() <= range.last() && kept, "{range}");
            let bits = |address| match address {
                IpAddr::V4(address) => u32::from(address),
                IpAddr::V6(address) => panic!("{address} in an answer about IPv4"),
            };
            let (mask, network) = (bits(subnet.prefix.mask()), bits(subnet.prefix.network()));
            for end in [range.first(), range.last()] {
                assert_eq!(bits(end) & mask, network, "{end} is outside of {}", subnet.prefix);
            }
        }
        Err(refusal) => is_one_line(&refusal),
    }
}

/// An address is what it is written as; nothing is guessed, no leading zeros, no spaces, no port.
fn address(text: &str) {
    match params::address(text) {
        Ok(address) => {
            assert_eq!(params::address(&address.to_string()), Ok(address));
            assert!(text.bytes().all(|c| c.is_ascii_hexdigit() || matches!(c, b'.' | b':')), "{text:?}");
            assert!(!address.is_ipv4() || address.to_string() == text, "{text:?}");
        }
        Err(refusal) => is_one_line(&refusal),
    }
}

/// The octets are those of the groups; read here by hand.
fn mac(text: &str) {
    match params::mac(text) {
        Ok(mac) => {
            is_mac(&mac);
            let octets: Result<Vec<u8>, _> = text.split(':').map(|group| u8::from_str_radix(group, 16)).collect();
            assert_eq!(octets.as_deref(), Ok(mac.octets().as_slice()), "{text:?}");
        }
        Err(refusal) => is_one_line(&refusal),
    }
}

/// It is written as it is read, in pairs of lower-case digits.
pub(super) fn is_mac(mac: &HwAddress) {
    let text = mac.to_string();
    assert!(matches!(mac.octets().as_slice().len(), 6 | 20), "{text}");
    assert!(text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f' | b':')), "{text}");
    assert!(text.split(':').all(|group| group.len() == 2), "{text}");
    assert_eq!(params::mac(&text).as_ref(), Ok(mac));
}

/// The subnet of this prefix, and of another one where it is none.
pub(super) fn subnet(prefix: &str) -> Subnet {
    let other = || Ipv4Network::from(Ipv4Addr::new(192, 0, 2, 0));
    let server = "main".parse().unwrap_or_else(|_| unreachable!("“main” is the name of a server"));
    Subnet::of(SubnetKey { server, id: 1 }, prefix.parse().map_or_else(|_| other().into(), Ipv4Network::into))
}
