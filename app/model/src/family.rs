//! The two families of IP addresses, and steps inside of each.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Which IP protocol an address, a subnet or a server is about. A DHCP server serves one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv4, served by DHCPv4.
    #[default]
    V4,
    /// IPv6, served by DHCPv6.
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// The name that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    /// The option space of its standard options.
    pub fn option_space(self) -> &'static str {
        match self {
            Self::V4 => "dhcp4",
            Self::V6 => "dhcp6",
        }
    }

    /// The address with that number; none when the family has no such number.
    pub(crate) fn address(self, number: u128) -> Option<IpAddr> {
        match self {
            Self::V4 => u32::try_from(number).ok().map(|bits| IpAddr::V4(bits.into())),
            Self::V6 => Some(IpAddr::V6(Ipv6Addr::from(number))),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.label())
    }
}

/// An address as a number of its family.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// The address before this one; none before the first of its family.
pub fn before(address: IpAddr) -> Option<IpAddr> {
    Family::of(address).address(number(address).checked_sub(1)?)
}

/// The address after this one; none after the last of its family.
pub fn after(address: IpAddr) -> Option<IpAddr> {
    Family::of(address).address(number(address).checked_add(1)?)
}

/// A count of addresses as people read it: digits up to 2³², beyond that the nearest power of two.
pub fn readable_count(count: u128) -> String {
    const SPELLED_OUT: u128 = 1 << 32;
    match count {
        0..=SPELLED_OUT => count.to_string(),
        _ if count.is_power_of_two() => format!("2^{}", count.ilog2()),
        _ => {
            let below = count.ilog2();
            // Past one and a half times the power below, the one above is nearer.
            let nearer = count >> (below - 1) & 1 == 1;
            format!("about 2^{}", below + u32::from(nearer))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_end_where_they_end() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(after(address("192.0.2.255")), Some(address("192.0.3.0")));
        assert_eq!((before(address("0.0.0.0")), after(address("255.255.255.255"))), (None, None));
        assert_eq!(before(address("2001:db8:1::")), Some(address("2001:db8:0:ffff:ffff:ffff:ffff:ffff")));
        assert_eq!((before(address("::")), after(Ipv6Addr::from(u128::MAX).into())), (None, None));
    }

    #[test]
    fn large_counts_are_powers_of_two() {
        let power = 1_u128 << 64;
        let counts = [254, 1 << 32, power, power - 1, power + 9, u128::MAX];
        assert_eq!(
            counts.map(readable_count),
            ["254", "4294967296", "2^64", "about 2^64", "about 2^64", "about 2^128"]
        );
    }
}
