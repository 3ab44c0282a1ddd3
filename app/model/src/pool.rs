//! Pools: the addresses and prefixes that a server hands out by itself.

use std::net::Ipv6Addr;

use ipnetwork::Ipv6Network;
use serde::{Deserialize, Serialize};

use crate::{AddressRange, Labels, OptionDatum};

/// A range of addresses for clients without a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// The addresses.
    pub range: AddressRange,
    /// What else is configured of it.
    #[serde(flatten)]
    pub settings: PoolSettings,
}

impl Pool {
    /// A pool of which nothing is configured but its range.
    pub fn of(range: AddressRange) -> Self {
        Self { range, settings: PoolSettings::default() }
    }
}

/// A prefix parts of which are delegated to routers without a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrefixPool {
    /// The prefix.
    pub prefix: Ipv6Network,
    /// The length of the prefixes that are delegated out of it, up to 128.
    pub delegated_len: u8,
    /// What clients keep out of each of them, as it is in the first one (RFC 6603).
    #[serde(default)]
    pub excluded: Option<Ipv6Network>,
    /// What else is configured of it.
    #[serde(flatten)]
    pub settings: PoolSettings,
}

impl PrefixPool {
    /// How many prefixes can be delegated out of it; as many as the number holds, where there are more.
    pub fn count(&self) -> u128 {
        let bits = self.delegated_len.saturating_sub(self.prefix.prefix());
        1_u128.checked_shl(bits.into()).unwrap_or(u128::MAX)
    }

    /// Its addresses.
    pub fn range(&self) -> AddressRange {
        AddressRange::of_prefix(self.prefix.into())
    }

    /// What Kea refuses of it (seen on 3.0.3), as a sentence without its full stop; none: nothing. A length beyond 128 it
    /// takes, and delegates nothing.
    pub fn fault(&self) -> Option<String> {
        let (prefix, delegated) = (self.prefix, self.delegated_len);
        let first = Ipv6Network::new(prefix.network(), delegated).ok();
        if prefix.prefix() == 0 {
            return Some("The pool cannot be the prefix of all addresses".to_owned());
        }
        if prefix.ip() != prefix.network() {
            let right = format!("{}/{}", prefix.network(), prefix.prefix());
            return Some(format!("{} lies inside of {right}: write {right}", prefix.ip()));
        }
        let Some(first) = first.filter(|_| delegated >= prefix.prefix()) else {
            return Some(format!("The delegated length is from {} to 128", prefix.prefix()));
        };
        let excluded = self.excluded?;
        if excluded.prefix() <= delegated {
            return Some(format!("The excluded prefix is longer than /{delegated}, as those are that are delegated"));
        }
        let inside = first.contains(excluded.ip()) && excluded.ip() == excluded.network();
        (!inside).then(|| {
            format!("The excluded prefix is given for the first prefix that is delegated, so it lies in {first}")
        })
    }

    /// Its two halves, each with what is excluded; none: it is one prefix that is delegated, or not right.
    pub fn halves(&self) -> Option<[Self; 2]> {
        let length = self.prefix.prefix() + 1;
        let bit = 128_u8.checked_sub(length).filter(|_| length <= self.delegated_len)?;
        let upper = |address: Ipv6Addr| Ipv6Addr::from_bits(address.to_bits() | (1_u128 << bit));
        let half = |address: Ipv6Addr, excluded: Option<Ipv6Network>| {
            Some(Self { prefix: Ipv6Network::new(address, length).ok()?, excluded, ..self.clone() })
        };
        let second = self.excluded.and_then(|excluded| Ipv6Network::new(upper(excluded.ip()), excluded.prefix()).ok());
        let first = self.prefix.network();
        Some([half(first, self.excluded)?, half(upper(first), second)?])
    }
}

/// What can be configured of a pool of either kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PoolSettings {
    /// Only clients of these classes are given something of it; empty: every client.
    pub client_classes: Vec<String>,
    /// Classes that are evaluated for clients that are given something of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_classes: Vec<String>,
    /// Its name and comment.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// Its own options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionDatum>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix_pool(prefix: &str, delegated_len: u8, excluded: Option<&str>) -> PrefixPool {
        let excluded = excluded.map(|excluded| excluded.parse().unwrap());
        PrefixPool { prefix: prefix.parse().unwrap(), delegated_len, excluded, settings: PoolSettings::default() }
    }

    #[test]
    fn what_kea_refuses_of_a_prefix_pool_is_known() {
        let fault = |prefix, length, excluded| prefix_pool(prefix, length, excluded).fault();
        for (prefix, length, excluded) in [
            ("2001:db8:9000::/40", 56, None),
            ("2001:db8:9000::/40", 40, None),
            ("2001:db8:9000::/40", 128, None),
            ("2001:db8:9000::/40", 56, Some("2001:db8:9000::/60")),
            ("2001:db8:9000::/40", 56, Some("2001:db8:9000:0:ff00::/72")),
        ] {
            assert_eq!(fault(prefix, length, excluded), None, "{prefix} {length} {excluded:?}");
        }
        for (prefix, length, excluded) in [
            ("2001:db8:9000::/40", 39, None),
            ("2001:db8:9000::/40", 176, None),
            ("2001:db8:9000::1/40", 56, None),
            ("::/0", 56, None),
            ("2001:db8:9000::/40", 56, Some("2001:db8:a000::/60")),
            ("2001:db8:9000::/40", 56, Some("2001:db8:9000:ffff::/60")),
            ("2001:db8:9000::/40", 56, Some("2001:db8:9000::/56")),
        ] {
            assert!(fault(prefix, length, excluded).is_some(), "{prefix} {length} {excluded:?}");
        }
    }

    #[test]
    fn a_prefix_pool_has_halves_until_it_is_one_prefix() {
        let [first, second] = prefix_pool("2001:db8::/48", 56, Some("2001:db8:0:1::/64")).halves().unwrap();
        assert_eq!(first, prefix_pool("2001:db8::/49", 56, Some("2001:db8:0:1::/64")));
        assert_eq!(second, prefix_pool("2001:db8:0:8000::/49", 56, Some("2001:db8:0:8001::/64")));
        assert_eq!(prefix_pool("2001:db8::/56", 56, None).halves(), None);
    }

    #[test]
    fn settings_stand_beside_the_range() {
        let mut pool = Pool::of("192.0.2.10-192.0.2.19".parse().unwrap());
        let plain = serde_json::json!({ "range": ["192.0.2.10", "192.0.2.19"], "client_classes": [] });
        assert_eq!(serde_json::to_value(&pool).unwrap(), plain);
        pool.settings.labels.name = Some("Desk".to_owned());
        let json = serde_json::to_string(&pool).unwrap();
        assert_eq!(serde_json::from_str::<Pool>(&json).unwrap(), pool);
    }
}
