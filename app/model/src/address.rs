//! Ranges of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::Family;
use crate::family::{after, before, number};

/// Addresses from `first` to `last`, both included and of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "(IpAddr, IpAddr)", into = "(IpAddr, IpAddr)")]
pub struct AddressRange {
    first: IpAddr,
    last: IpAddr,
}

/// Why two addresses, or a text, are not a range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// The end lies before the start.
    #[error("{first} comes after {last}: swap the two ends of the range")]
    Reversed {
        /// The given start.
        first: IpAddr,
        /// The given end.
        last: IpAddr,
    },
    /// One end is an IPv4 address and the other one is not.
    #[error("{first} and {last} are not a range: one is an IPv4 address, the other an IPv6 address")]
    Mixed {
        /// The given start.
        first: IpAddr,
        /// The given end.
        last: IpAddr,
    },
    /// Neither `first - last` nor a prefix.
    #[error("“{0}” is not a range: write 192.0.2.10 - 192.0.2.20 or 192.0.2.0/28")]
    Unreadable(String),
}

impl AddressRange {
    /// The addresses from `first` to `last`.
    pub fn new(first: IpAddr, last: IpAddr) -> Result<Self, RangeError> {
        if Family::of(first) != Family::of(last) {
            Err(RangeError::Mixed { first, last })
        } else if first <= last {
            Ok(Self { first, last })
        } else {
            Err(RangeError::Reversed { first, last })
        }
    }

    /// All addresses of a family.
    pub fn all(family: Family) -> Self {
        match family {
            Family::V4 => Self { first: Ipv4Addr::UNSPECIFIED.into(), last: Ipv4Addr::BROADCAST.into() },
            Family::V6 => Self { first: Ipv6Addr::UNSPECIFIED.into(), last: Ipv6Addr::from(u128::MAX).into() },
        }
    }

    /// One address alone.
    pub fn single(address: IpAddr) -> Self {
        Self { first: address, last: address }
    }

    /// Every address of a prefix, both ends included.
    pub fn of_prefix(prefix: IpNetwork) -> Self {
        Self { first: prefix.network(), last: prefix.broadcast() }
    }

    /// The addresses of a prefix that a host can have: in IPv4 without network and broadcast address, which /31 and /32
    /// lack (RFC 3021), in IPv6 without the subnet-router anycast address (RFC 4291 §2.6.1), which /127 (RFC 6164) and
    /// /128 lack.
    pub fn usable(prefix: IpNetwork) -> Self {
        let whole = Self::of_prefix(prefix);
        let inner = match prefix {
            IpNetwork::V4(prefix) if prefix.prefix() < 31 => after(whole.first).zip(before(whole.last)),
            IpNetwork::V6(prefix) if prefix.prefix() < 127 => after(whole.first).zip(Some(whole.last)),
            _ => None,
        };
        inner.map_or(whole, |(first, last)| Self { first, last })
    }

    /// The family of its addresses.
    pub fn family(self) -> Family {
        Family::of(self.first)
    }

    /// The lowest address.
    pub fn first(self) -> IpAddr {
        self.first
    }

    /// The highest address.
    pub fn last(self) -> IpAddr {
        self.last
    }

    /// Whether the address lies in the range.
    pub fn contains(self, address: IpAddr) -> bool {
        (self.first..=self.last).contains(&address)
    }

    /// What two ranges have in common.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last)).ok()
    }

    /// What is left of it without another range: nothing, one part or two.
    pub fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let beyond = (self.family() != other.family()).then_some(self);
        let below = before(other.first).and_then(|last| Self::new(self.first, last).ok());
        let above = after(other.last).and_then(|first| Self::new(first, self.last).ok());
        beyond.into_iter().chain([below, above].into_iter().flatten().filter_map(move |part| part.intersection(self)))
    }

    /// How many addresses there are. Of the whole of IPv6, one fewer than there are.
    pub fn count(self) -> u128 {
        (number(self.last) - number(self.first)).saturating_add(1)
    }

    /// The address that has so many of the range below it.
    pub fn nth(self, below: u128) -> Option<IpAddr> {
        let found = self.family().address(number(self.first).checked_add(below)?)?;
        (found <= self.last).then_some(found)
    }

    /// Every address, lowest first: not to be gone through to the end for a range of IPv6.
    pub fn addresses(self) -> impl DoubleEndedIterator<Item = IpAddr> {
        (number(self.first)..=number(self.last)).filter_map(move |number| self.family().address(number))
    }
}

impl TryFrom<(IpAddr, IpAddr)> for AddressRange {
    type Error = RangeError;

    fn try_from((first, last): (IpAddr, IpAddr)) -> Result<Self, RangeError> {
        Self::new(first, last)
    }
}

impl From<AddressRange> for (IpAddr, IpAddr) {
    fn from(range: AddressRange) -> Self {
        (range.first, range.last)
    }
}

impl FromStr for AddressRange {
    type Err = RangeError;

    /// Reads both spellings that Kea has for a pool: `192.0.2.10 - 192.0.2.20` and `192.0.2.0/28`.
    fn from_str(text: &str) -> Result<Self, RangeError> {
        let unreadable = || RangeError::Unreadable(text.to_owned());
        if let Some((first, last)) = text.split_once('-') {
            let address = |part: &str| part.trim().parse().map_err(|_| unreadable());
            return Self::new(address(first)?, address(last)?);
        }
        text.trim().parse::<IpNetwork>().map(Self::of_prefix).map_err(|_| unreadable())
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(out) } else { write!(out, "{} – {}", self.first, self.last) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_by_another() {
        let cut = |some: &str, other: &str| -> Vec<String> {
            let (some, other): (AddressRange, AddressRange) = (some.parse().unwrap(), other.parse().unwrap());
            some.without(other).map(|part| part.to_string()).collect()
        };
        let whole = "10.0.0.10-10.0.0.20";
        assert_eq!(cut(whole, "10.0.0.12-10.0.0.14").len(), 2);
        assert_eq!(cut(whole, "10.0.0.0-10.0.0.9"), cut(whole, "10.0.0.21-10.0.0.30"), "nothing in common");
        assert_eq!(cut(whole, "0.0.0.0-10.0.0.15").len(), 1);
        assert!(cut(whole, "0.0.0.0-255.255.255.255").is_empty());
        assert_eq!(cut(whole, "::/0").len(), 1, "the other family has nothing in common with it");
    }

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap()
    }

    #[test]
    fn both_spellings_of_a_pool_are_read() {
        assert_eq!(range("192.0.2.16/28"), range("192.0.2.16-192.0.2.31"));
        assert_eq!(range(" 10.0.0.1 - 10.0.0.1 ").count(), 1);
        assert!("10.0.0.9 - 10.0.0.1".parse::<AddressRange>().is_err());
        assert!("10.0.0.9".parse::<AddressRange>().is_ok(), "a lone address is a /32");
        assert!("ten".parse::<AddressRange>().is_err());
        assert_eq!(range("2001:db8::/126"), range("2001:db8:: - 2001:db8::3"));
        assert_eq!(range("2001:db8::10-2001:db8::1f").to_string(), "2001:db8::10 – 2001:db8::1f");
        assert!(matches!("192.0.2.1 - 2001:db8::1".parse::<AddressRange>(), Err(RangeError::Mixed { .. })));
    }

    #[test]
    fn the_whole_of_a_family_can_be_counted() {
        assert_eq!(range("0.0.0.0/0").count(), 1 << 32);
        assert_eq!(range("2001:db8::/64").count(), 1 << 64);
        assert_eq!(range("::/0").count(), u128::MAX);
    }

    #[test]
    fn small_prefixes_have_no_network_and_broadcast_address() {
        assert_eq!(AddressRange::usable("192.0.2.0/24".parse().unwrap()), range("192.0.2.1-192.0.2.254"));
        assert_eq!(AddressRange::usable("192.0.2.0/31".parse().unwrap()).count(), 2);
        assert_eq!(AddressRange::usable("192.0.2.0/32".parse().unwrap()).count(), 1);
    }

    #[test]
    fn the_lowest_address_of_ipv6_is_that_of_the_routers() {
        let usable = |prefix: &str| AddressRange::usable(prefix.parse().unwrap());
        assert_eq!(usable("2001:db8::/64"), range("2001:db8::1-2001:db8::ffff:ffff:ffff:ffff"));
        assert_eq!((usable("2001:db8::/127").count(), usable("2001:db8::/128").count()), (2, 1));
    }

    #[test]
    fn addresses_are_found_by_their_place() {
        let range = range("2001:db8::ffff-2001:db8::1:1");
        let found: Vec<_> = (0..4).map(|below| range.nth(below)).collect();
        assert_eq!(found.iter().flatten().copied().collect::<Vec<_>>(), range.addresses().collect::<Vec<_>>());
        assert_eq!((found[1], found[3]), ("2001:db8::1:0".parse().ok(), None));
    }

    #[test]
    fn ranges_intersect_or_do_not() {
        assert_eq!(
            range("10.0.0.0-10.0.0.9").intersection(range("10.0.0.5-10.0.1.0")),
            Some(range("10.0.0.5-10.0.0.9"))
        );
        assert_eq!(range("10.0.0.0-10.0.0.4").intersection(range("10.0.0.5-10.0.1.0")), None);
    }
}
