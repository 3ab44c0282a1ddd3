//! Which other subnets of a server have to do with one: a server has leases of an address once, whatever subnet they are
//! of, and looks for a client in every subnet of a shared network. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{AddressRange, IpNetwork, Subnet};

/// The other subnets that have addresses of it too. What stands for none in particular overlaps with none.
pub(crate) fn overlapping(subnet: &Subnet, all: &[Subnet]) -> Vec<Subnet> {
    others(subnet, all, |other| overlaps(subnet, other))
}

/// The other subnets of its shared network.
pub(crate) fn beside(subnet: &Subnet, all: &[Subnet]) -> Vec<Subnet> {
    others(subnet, all, |other| other.is_beside(subnet))
}

/// Both.
pub(crate) fn around(subnet: &Subnet, all: &[Subnet]) -> Vec<Subnet> {
    others(subnet, all, |other| overlaps(subnet, other) || other.is_beside(subnet))
}

/// Where each of the subnets of a server is, to be asked for thousands of them what overlaps with each.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Which have a prefix, by its first address and length. Of two prefixes that overlap one is in the other.
    by_prefix: BTreeMap<(IpAddr, u8), Vec<usize>>,
    lengths: BTreeSet<u8>,
}

impl Places {
    pub(super) fn of(all: &[Subnet]) -> Self {
        let mut places = Self::default();
        for (at, Subnet { prefix, .. }) in all.iter().enumerate() {
            places.lengths.insert(prefix.prefix());
            places.by_prefix.entry((prefix.network(), prefix.prefix())).or_default().push(at);
        }
        places
    }

    /// The same as [`overlapping`] of the same subnets, those first that others are in.
    pub(super) fn overlapping(&self, subnet: &Subnet, all: &[Subnet]) -> Vec<Subnet> {
        if subnet.key.is_global() {
            return Vec::new();
        }
        let (prefix, range) = (subnet.prefix, AddressRange::of_prefix(subnet.prefix));
        let wider = self.lengths.range(..prefix.prefix()).filter_map(|length| {
            let wide = IpNetwork::new(range.first(), *length).ok()?;
            self.by_prefix.get(&(wide.network(), *length))
        });
        let inside = self.by_prefix.range((range.first(), prefix.prefix())..=(range.last(), u8::MAX));
        let inside = inside.filter(|((_, length), _)| *length >= prefix.prefix()).map(|(_, places)| places);
        let found = wider.chain(inside).flatten().filter_map(|at| all.get(*at));
        found.filter(|other| other.key != subnet.key).cloned().collect()
    }
}

fn overlaps(subnet: &Subnet, other: &Subnet) -> bool {
    !subnet.key.is_global() && other.overlaps(subnet)
}

fn others(subnet: &Subnet, all: &[Subnet], wanted: impl Fn(&Subnet) -> bool) -> Vec<Subnet> {
    all.iter().filter(|other| other.key != subnet.key && wanted(other)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(key: &str, prefix: &str, network: Option<&str>) -> Subnet {
        let shared_network = network.map(str::to_owned);
        Subnet { shared_network, ..Subnet::of(key.parse().unwrap(), prefix.parse().unwrap()) }
    }

    #[test]
    fn subnets_that_overlap_or_share_a_network_have_to_do_with_each_other() {
        let all = [
            subnet("a/1", "10.0.0.0/8", None),
            subnet("a/2", "10.1.0.0/16", Some("x")),
            subnet("a/3", "192.0.2.0/24", Some("x")),
            subnet("a/4", "2001:db8::/32", None),
            subnet("a/5", "2001:db8:1::/64", None),
        ];
        let ids = |of: Vec<Subnet>| of.into_iter().map(|subnet| subnet.key.id).collect::<Vec<_>>();
        let found = |subnet| (ids(overlapping(subnet, &all)), ids(beside(subnet, &all)), ids(around(subnet, &all)));
        assert_eq!(found(&all[0]), (vec![2], vec![], vec![2]));
        assert_eq!(found(&all[1]), (vec![1], vec![3], vec![1, 3]));
        assert_eq!(found(&all[2]), (vec![], vec![2], vec![2]));
        assert_eq!(found(&all[3]), (vec![5], vec![], vec![5]));
        let global = Subnet::global("a".parse().unwrap(), model::Family::V4, model::ReservationRules::default());
        assert_eq!(found(&global), (vec![], vec![], vec![]));
    }

    #[test]
    fn of_many_subnets_the_same_are_found_without_comparing_all() {
        let mut all = vec![
            subnet("a/1", "10.0.0.0/8", None),
            subnet("a/2", "10.1.0.0/16", None),
            subnet("a/3", "10.1.0.0/16", None),
            subnet("a/4", "10.1.0.0/24", None),
            subnet("a/5", "10.1.255.255/32", None),
            subnet("a/6", "10.2.0.0/16", None),
            subnet("a/7", "0.0.0.0/0", None),
            subnet("a/8", "2001:db8::/32", None),
            subnet("a/9", "2001:db8:ffff::/48", None),
            subnet("a/10", "::/0", None),
        ];
        all.extend((0..200).map(|at| subnet(&format!("a/{}", 100 + at), &format!("10.3.{at}.0/24"), None)));
        let places = Places::of(&all);
        let ids = |of: Vec<Subnet>| of.into_iter().map(|subnet| subnet.key.id).collect::<BTreeSet<_>>();
        for subnet in &all {
            assert_eq!(ids(places.overlapping(subnet, &all)), ids(overlapping(subnet, &all)), "{}", subnet.prefix);
        }
        let global = Subnet::global("a".parse().unwrap(), model::Family::V4, model::ReservationRules::default());
        assert!(places.overlapping(&global, &all).is_empty());
    }
}
