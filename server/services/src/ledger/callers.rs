//! Whose calls are remembered, when there are more than can be: those of the busiest caller go first, so that none can
//! drive out what others asked.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

/// Several names of one caller, and how many of its calls stay.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) callers: Vec<String>,
    pub(super) stay: u64,
}

/// The callers that have more calls than stay, of all callers and their calls, when `most` can stay.
pub(super) fn too_many(calls: Vec<(String, u64)>, most: u64) -> Vec<Share> {
    let mut groups: BTreeMap<String, (Vec<String>, u64)> = BTreeMap::new();
    for (caller, count) in calls {
        let group = groups.entry(source(&caller)).or_default();
        group.0.push(caller);
        group.1 += count;
    }
    let share = share(groups.values().map(|(_, count)| *count).collect(), most);
    let too_many = groups.into_values().filter(|(_, count)| *count > share);
    too_many.map(|(callers, _)| Share { callers, stay: share }).collect()
}

/// The largest number of calls that each may have when `most` are shared by all.
fn share(mut counts: Vec<u64>, most: u64) -> u64 {
    counts.sort_unstable();
    let mut left = most;
    for (at, count) in counts.iter().enumerate() {
        let each = left / (counts.len() - at) as u64;
        if *count > each {
            return each;
        }
        left -= count;
    }
    u64::MAX
}

/// Who counts as one caller: over IPv6 a host has a whole /64 of addresses.
pub(super) fn source(caller: &str) -> String {
    match caller.parse() {
        Ok(IpAddr::V6(address)) => format!("{}/64", Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        _ => caller.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(calls: &[(&str, u64)]) -> Vec<(String, u64)> {
        calls.iter().map(|(caller, count)| ((*caller).to_owned(), *count)).collect()
    }

    #[test]
    fn the_busiest_caller_loses_first() {
        let most = |most| {
            let too_many = too_many(calls(&[("foreman", 5_000), ("junk", 90_000), ("2001:db8::1", 3_000)]), most);
            too_many.into_iter().map(|share| (share.callers.join(" "), share.stay)).collect::<Vec<_>>()
        };
        assert_eq!(most(98_000), []);
        assert_eq!(most(50_000), [("junk".to_owned(), 42_000)], "what others asked stays");
        assert_eq!(most(12_000), [("foreman".to_owned(), 4_500), ("junk".to_owned(), 4_500)]);
        assert_eq!(most(0).len(), 3);
        assert_eq!(too_many(Vec::new(), 0), []);
    }

    #[test]
    fn a_host_with_many_addresses_is_one_caller() {
        let many: Vec<_> = (0..100).map(|n| (format!("2001:db8::{n:x}"), 10)).collect();
        let too_many = too_many([many, calls(&[("192.0.2.1", 100)])].concat(), 200);
        assert_eq!((too_many.len(), too_many[0].callers.len(), too_many[0].stay), (1, 100, 100));
        assert_eq!(source("2001:db8:0:1::2"), "2001:db8:0:1::/64");
        assert_eq!([source("192.0.2.1"), source("foreman.example.org")], ["192.0.2.1", "foreman.example.org"]);
    }
}
