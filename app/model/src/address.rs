//! Ranges of IPv4 addresses.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use ipnetwork::Ipv4Network;
use serde::{Deserialize, Serialize};

/// Addresses from `first` to `last`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "(Ipv4Addr, Ipv4Addr)", into = "(Ipv4Addr, Ipv4Addr)")]
pub struct AddressRange {
    first: Ipv4Addr,
    last: Ipv4Addr,
}

/// Why two addresses, or a text, are not a range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// The end lies before the start.
    #[error("{first} comes after {last}: swap the two ends of the range")]
    Reversed {
        /// The given start.
        first: Ipv4Addr,
        /// The given end.
        last: Ipv4Addr,
    },
    /// Neither `first - last` nor a prefix.
    #[error("“{0}” is not a range: write 192.0.2.10 - 192.0.2.20 or 192.0.2.0/28")]
    Unreadable(String),
}

impl AddressRange {
    /// The addresses from `first` to `last`.
    pub fn new(first: Ipv4Addr, last: Ipv4Addr) -> Result<Self, RangeError> {
        if first <= last { Ok(Self { first, last }) } else { Err(RangeError::Reversed { first, last }) }
    }

    /// One address alone.
    pub fn single(address: Ipv4Addr) -> Self {
        Self { first: address, last: address }
    }

    /// Every address of a prefix, its network and broadcast address included.
    pub fn of_prefix(prefix: Ipv4Network) -> Self {
        Self { first: prefix.network(), last: prefix.broadcast() }
    }

    /// The addresses of a prefix that a host can have: without network and broadcast address, which /31 and /32 lack
    /// (RFC 3021).
    pub fn usable(prefix: Ipv4Network) -> Self {
        let whole = Self::of_prefix(prefix);
        if prefix.prefix() >= 31 {
            return whole;
        }
        Self { first: Ipv4Addr::from(u32::from(whole.first) + 1), last: Ipv4Addr::from(u32::from(whole.last) - 1) }
    }

    /// The lowest address.
    pub fn first(self) -> Ipv4Addr {
        self.first
    }

    /// The highest address.
    pub fn last(self) -> Ipv4Addr {
        self.last
    }

    /// Whether the address lies in the range.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        (self.first..=self.last).contains(&address)
    }

    /// What two ranges have in common.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last)).ok()
    }

    /// What is left of it without another range: nothing, one part or two.
    pub fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let below = u32::from(other.first).checked_sub(1).and_then(|last| Self::new(self.first, last.into()).ok());
        let above = u32::from(other.last).checked_add(1).and_then(|first| Self::new(first.into(), self.last).ok());
        [below, above].into_iter().flatten().filter_map(move |part| part.intersection(self))
    }

    /// How many addresses there are, 1 to 2³².
    pub fn count(self) -> u64 {
        u64::from(u32::from(self.last)) - u64::from(u32::from(self.first)) + 1
    }

    /// Every address, lowest first.
    pub fn addresses(self) -> impl DoubleEndedIterator<Item = Ipv4Addr> {
        (u32::from(self.first)..=u32::from(self.last)).map(Ipv4Addr::from)
    }
}

impl TryFrom<(Ipv4Addr, Ipv4Addr)> for AddressRange {
    type Error = RangeError;

    fn try_from((first, last): (Ipv4Addr, Ipv4Addr)) -> Result<Self, RangeError> {
        Self::new(first, last)
    }
}

impl From<AddressRange> for (Ipv4Addr, Ipv4Addr) {
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
        text.trim().parse::<Ipv4Network>().map(Self::of_prefix).map_err(|_| unreadable())
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
    }

    #[test]
    fn the_whole_of_ipv4_can_be_counted() {
        assert_eq!(range("0.0.0.0/0").count(), 1 << 32);
    }

    #[test]
    fn small_prefixes_have_no_network_and_broadcast_address() {
        assert_eq!(AddressRange::usable("192.0.2.0/24".parse().unwrap()), range("192.0.2.1-192.0.2.254"));
        assert_eq!(AddressRange::usable("192.0.2.0/31".parse().unwrap()).count(), 2);
        assert_eq!(AddressRange::usable("192.0.2.0/32".parse().unwrap()).count(), 1);
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
