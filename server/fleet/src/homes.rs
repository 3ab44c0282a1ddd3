//! Where a lease belongs: into the subnet that its server notes for it, as long as that is there and reaches to it. Pure.

use std::collections::HashMap;
use std::net::IpAddr;

use kea::wire;
use model::{AddressRange, IpNetwork, Ipv6Network, Lease, SubnetKey};

/// The places of a server's subnets.
#[derive(Debug, Default)]
pub(crate) struct Homes {
    /// By number; none: a prefix that cannot be read, which may be any.
    by_id: HashMap<u32, Option<IpNetwork>>,
    /// What each subnet reaches to, the smallest first.
    reach: Vec<(IpNetwork, u32)>,
    /// What each subnet delegates from.
    delegates: Vec<(Ipv6Network, u32)>,
}

impl Homes {
    /// Those of a configuration.
    pub(crate) fn of(config: &wire::Dhcp) -> Self {
        let mut homes = Self::default();
        for (subnet, _) in config.subnets() {
            let prefix = subnet.subnet.parse::<IpNetwork>().ok();
            homes.by_id.insert(subnet.id, prefix);
            homes.reach.extend(prefix.map(|prefix| (prefix, subnet.id)));
            let pools = subnet.pd_pools.iter().filter_map(|pool| Ipv6Network::new(pool.prefix, pool.prefix_len).ok());
            homes.delegates.extend(pools.map(|pool| (pool, subnet.id)));
        }
        // Those that are not understood are there all the same.
        let raw = config.shared_networks.iter().flat_map(|network| network.subnet.raw()).chain(config.subnet.raw());
        homes.by_id.extend(raw.filter_map(|raw| Some((raw.number("id")?, None))));
        homes.reach.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.prefix()));
        homes
    }

    /// Whether the lease is where its server says.
    pub(crate) fn is_at_home(&self, lease: &Lease) -> bool {
        match self.by_id.get(&lease.subnet.id) {
            // Prefixes are delegated from anywhere.
            Some(Some(prefix)) => lease.prefix_len.is_some() || prefix.contains(lease.address),
            Some(None) => true,
            None => false,
        }
    }

    /// Whether there is a subnet of that number.
    pub(crate) fn has(&self, id: u32) -> bool {
        self.by_id.contains_key(&id)
    }

    /// The subnet where people look for a lease of which only that much is understood.
    pub(crate) fn home(&self, noted: Option<u32>, address: Option<IpAddr>) -> Option<u32> {
        noted.filter(|id| self.has(*id)).or_else(|| self.around(address?))
    }

    /// The lease in the subnet where people look for it.
    pub(crate) fn place(&self, lease: Lease) -> Lease {
        if self.is_at_home(&lease) {
            return lease;
        }
        let stray = Some(lease.subnet.id);
        let id = match lease.prefix() {
            Some(prefix) => self.delegates.iter().find(|(pool, _)| pool.contains(prefix.network())).map(|(_, id)| *id),
            None => self.around(lease.address),
        };
        let subnet = id.map_or_else(|| lease.subnet.clone(), |id| SubnetKey { id, ..lease.subnet.clone() });
        Lease { subnet, stray, ..lease }
    }

    /// The smallest subnet that reaches to the address.
    fn around(&self, address: IpAddr) -> Option<u32> {
        self.reach.iter().find(|(prefix, _)| AddressRange::of_prefix(*prefix).contains(address)).map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use model::{LeaseState, Timestamp};
    use serde_json::json;

    use super::*;

    fn homes() -> Homes {
        let subnets = json!([
            { "id": 1, "subnet": "10.0.0.0/8" }, { "id": 2, "subnet": "10.1.0.0/16" }, { "id": 7, "subnet": "odd" },
        ]);
        Homes::of(&serde_json::from_value(json!({ "subnet4": subnets })).unwrap())
    }

    fn lease(id: u32, address: &str) -> Lease {
        Lease {
            subnet: SubnetKey { server: "main".parse().unwrap(), id },
            address: address.parse().unwrap(),
            prefix_len: None,
            hw_address: None,
            client_id: None,
            duid: None,
            host_name: None,
            state: LeaseState::Assigned,
            renewed_at: Timestamp(0),
            lifetime: None,
            stray: None,
        }
    }

    fn placed(id: u32, address: &str) -> (u32, Option<u32>) {
        let lease = homes().place(lease(id, address));
        (lease.subnet.id, lease.stray)
    }

    #[test]
    fn a_lease_is_where_its_server_says_as_long_as_that_can_be() {
        assert_eq!(placed(1, "10.1.0.5"), (1, None), "prefixes may overlap");
        assert_eq!(placed(2, "10.1.0.5"), (2, None));
        assert_eq!(placed(7, "192.0.2.1"), (7, None), "no subnet fits");
    }

    #[test]
    fn a_stray_is_in_the_smallest_subnet_around_it_or_nowhere() {
        assert_eq!(placed(9, "10.1.0.5"), (2, Some(9)), "its subnet is gone");
        assert_eq!(placed(9, "10.2.0.5"), (1, Some(9)));
        assert_eq!(placed(2, "10.2.0.5"), (1, Some(2)), "its subnet does not reach to it");
        assert_eq!(placed(2, "192.0.2.1"), (2, Some(2)), "nothing does");
        assert_eq!(placed(9, "192.0.2.1"), (9, Some(9)));
    }

    #[test]
    fn a_delegated_prefix_is_a_stray_only_where_its_subnet_is_gone() {
        let pool = json!({ "prefix": "2001:db8:1::", "prefix-len": 48, "delegated-len": 56 });
        let config = json!({ "subnet6": [{ "id": 4, "subnet": "2001:db8::/64", "pd-pools": [pool] }] });
        let homes = Homes::of(&serde_json::from_value(config).unwrap());
        let delegated = |id, prefix| Lease { prefix_len: Some(56), ..lease(id, prefix) };
        assert_eq!(homes.place(delegated(4, "2001:db8:ff::")).stray, None);
        let stray = homes.place(delegated(5, "2001:db8:1:100::"));
        assert_eq!((stray.subnet.id, stray.stray), (4, Some(5)));
    }
}
