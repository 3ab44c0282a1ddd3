//! Pools: the addresses and prefixes that a server hands out by itself.

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
