//! Which other subnets of a server have to do with one: a server has leases of an address once, whatever subnet they are
//! of, and looks for a client in every subnet of a shared network. Pure.

use model::Subnet;

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
}
