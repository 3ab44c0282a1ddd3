//! What must hold for any subnet, whatever is taken in it: the search is compared with trying every single address.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipam::{Exhausted, Occupancy, Taken, next_free};
use model::{
    AddressRange, Hold, HoldKey, Identifier, IdentifierKind, IpNetwork, Lease, LeaseState, Pool, PoolSettings,
    Reservation, Seconds, Storage, Subnet, SubnetKey, Timestamp,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// A subnet with its records, and a question about it.
#[derive(Debug, Clone)]
struct Case {
    subnet: Subnet,
    /// Other subnets that have some of its addresses too.
    around: Vec<Subnet>,
    leases: Vec<Lease>,
    reservations: Vec<Reservation>,
    holds: Vec<Hold>,
    range: Option<AddressRange>,
    strategy: ipam::Strategy,
}

impl Case {
    fn occupancy(&self) -> Occupancy {
        let mut occupancy =
            Occupancy::of(&self.subnet, &self.leases, &self.reservations).beside(&self.subnet, &self.around);
        occupancy.take(self.holds.iter().map(|hold| (hold.key.address, Taken::Held)));
        occupancy
    }

    fn answer(&self, strategy: ipam::Strategy) -> Result<IpAddr, Exhausted> {
        next_free(&self.subnet, self.range, &self.occupancy(), strategy)
    }

    /// Whether the rules allow to give the address away, in the words of the rules.
    fn may_be_given(&self, address: IpAddr) -> bool {
        let prefix = self.subnet.prefix;
        let special = match prefix {
            IpNetwork::V4(_) => prefix.prefix() < 31 && (address == prefix.network() || address == prefix.broadcast()),
            IpNetwork::V6(_) => prefix.prefix() < 127 && address == prefix.network(),
        };
        let named = self.subnet.pools.is_empty() && self.subnet.dns_servers.contains(&address);
        prefix.contains(address)
            && !special
            && !self.subnet.routers.contains(&address)
            && !named
            && !self.around.iter().any(|other| other.routers.contains(&address) || other.pool_of(address).is_some())
            && !self.leases.iter().any(|lease| lease.address == address && lease.blocks())
            && !self.reservations.iter().any(|reservation| reservation.address == Some(address))
            && !self.holds.iter().any(|hold| hold.key.address == address)
    }

    /// Every address that may be given, of the best kind of place that has any.
    fn candidates(&self) -> BTreeSet<IpAddr> {
        let free_in = |ranges: Vec<AddressRange>| -> BTreeSet<IpAddr> {
            ranges.into_iter().flat_map(AddressRange::addresses).filter(|address| self.may_be_given(*address)).collect()
        };
        let pools = |within: AddressRange| {
            let chosen = |classes: bool| {
                let chosen =
                    self.subnet.pools.iter().filter(move |pool| pool.settings.client_classes.is_empty() != classes);
                free_in(chosen.filter_map(|pool| pool.range.intersection(within)).collect())
            };
            Some(chosen(false)).filter(|free| !free.is_empty()).unwrap_or_else(|| chosen(true))
        };
        let in_a_pool = |address| self.subnet.pools.iter().any(|pool| pool.range.contains(address));
        match self.range {
            range if self.subnet.rules.out_of_pool => {
                let mut free = free_in(vec![range.unwrap_or(AddressRange::of_prefix(self.subnet.prefix))]);
                free.retain(|address| !in_a_pool(*address));
                free
            }
            None if self.subnet.pools.is_empty() => free_in(vec![AddressRange::of_prefix(self.subnet.prefix)]),
            Some(range) if in_a_pool(range.first()) && in_a_pool(range.last()) => pools(range),
            Some(range) => free_in(vec![range]),
            None => pools(AddressRange::of_prefix(self.subnet.prefix)),
        }
    }
}

fn key() -> SubnetKey {
    "main/1".parse().unwrap()
}

fn lease(address: IpAddr, state: LeaseState) -> Lease {
    let (renewed_at, lifetime) = (Timestamp(0), Some(Seconds(60)));
    Lease {
        subnet: key(),
        address,
        prefix_len: None,
        hw_address: None,
        client_id: None,
        duid: None,
        host_name: None,
        state,
        renewed_at,
        lifetime,
        stray: None,
    }
}

fn reservation(address: Option<IpAddr>) -> Reservation {
    Reservation {
        subnet: key(),
        identifier: Identifier::parse(IdentifierKind::FlexId, "00").unwrap(),
        address,
        more_addresses: vec![],
        prefixes: vec![],
        host_name: None,
        next_server: None,
        server_host_name: None,
        boot_file_name: None,
        client_classes: vec![],
        options: vec![],
        note: None,
        label: None,
        record_name: None,
        storage: Storage::Configuration,
    }
}

fn hold(address: IpAddr) -> Hold {
    let (key, until) = (HoldKey { subnet: key(), address }, Timestamp(300));
    Hold { key, holder: "somebody".to_owned(), purpose: None, since: Timestamp(0), until }
}

fn subnet(prefix: IpNetwork, pools: Vec<Pool>, routers: Vec<IpAddr>) -> Subnet {
    Subnet { pools, routers, ..Subnet::of(key(), prefix) }
}

/// The address of the same family with that number, or the last one.
fn numbered(like: IpNetwork, number: u128) -> IpAddr {
    match like {
        IpNetwork::V4(_) => Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).into(),
        IpNetwork::V6(_) => Ipv6Addr::from(number).into(),
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// Small prefixes of both families, those at both ends of each included.
fn prefixes() -> impl Strategy<Value = IpNetwork> {
    let v4 = prop_oneof![Just(0), Just(u32::MAX), Just(0xc000_0240), any::<u32>()];
    let v6 = prop_oneof![Just(0), Just(u128::MAX), any::<u128>()];
    let v4 = (v4, 26_u8..=32).prop_map(|(base, length)| (Ipv4Addr::from(base).into(), length));
    let v6 = (v6, 122_u8..=128).prop_map(|(base, length)| (Ipv6Addr::from(base).into(), length));
    prop_oneof![v4, v6].prop_map(|(base, length): (IpAddr, u8)| {
        let network = IpNetwork::new(base, length).unwrap();
        IpNetwork::new(network.network(), length).unwrap()
    })
}

/// Addresses of the prefix and some around it.
fn addresses(prefix: IpNetwork) -> impl Strategy<Value = IpAddr> + Clone {
    let first = number(prefix.network()).saturating_sub(4);
    let last = number(prefix.broadcast()).saturating_add(4);
    (first..=last).prop_map(move |number| numbered(prefix, number))
}

fn ranges(prefix: IpNetwork) -> impl Strategy<Value = AddressRange> + Clone {
    (addresses(prefix), addresses(prefix)).prop_map(|(a, b)| AddressRange::new(a.min(b), a.max(b)).unwrap())
}

fn strategies(prefix: IpNetwork) -> impl Strategy<Value = ipam::Strategy> {
    prop_oneof![
        Just(ipam::Strategy::Lowest),
        any::<u64>().prop_map(|seed| ipam::Strategy::Random { seed }),
        addresses(prefix).prop_map(ipam::Strategy::After),
    ]
}

fn cases() -> impl Strategy<Value = Case> {
    prefixes().prop_flat_map(|prefix| {
        let pool = || {
            let class = prop_oneof![Just(vec![]), Just(vec!["voip".to_owned()])];
            (ranges(prefix), class).prop_map(|(range, client_classes)| {
                let settings = PoolSettings { client_classes, ..PoolSettings::default() };
                Pool { settings, ..Pool::of(range) }
            })
        };
        let state = prop_oneof![Just(LeaseState::Assigned), Just(LeaseState::Declined), Just(LeaseState::Reclaimed)];
        let leases = vec((addresses(prefix), state).prop_map(|(address, state)| lease(address, state)), 0..40);
        let reservations = vec(proptest::option::of(addresses(prefix)).prop_map(reservation), 0..20);
        let holds = vec(addresses(prefix).prop_map(hold), 0..20);
        let few = || vec(addresses(prefix), 0..3);
        let out_of_pool = prop_oneof![3 => Just(false), 1 => Just(true)];
        let shape = (vec(pool(), 0..4), few(), few(), out_of_pool, proptest::option::of(ranges(prefix)));
        let other = (vec(pool(), 0..3), few()).prop_map(move |(pools, routers)| Subnet {
            key: "main/2".parse().unwrap(),
            ..subnet(prefix, pools, routers)
        });
        let around = vec(other, 0..2);
        (shape, around, leases, reservations, holds, strategies(prefix)).prop_map(
            move |(
                (pools, routers, dns_servers, out_of_pool, range),
                around,
                leases,
                reservations,
                holds,
                strategy,
            )| {
                let mut subnet = Subnet { dns_servers, ..subnet(prefix, pools, routers) };
                subnet.rules.out_of_pool = out_of_pool;
                Case { subnet, around, leases, reservations, holds, range, strategy }
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_address_is_found_exactly_when_there_is_one(case in cases()) {
        let candidates = case.candidates();
        match case.answer(case.strategy) {
            Ok(found) => prop_assert!(candidates.contains(&found), "{found} is not among {candidates:?}"),
            Err(why) => prop_assert!(candidates.is_empty(), "{why}, but {candidates:?}"),
        }
    }

    #[test]
    fn strategies_do_as_they_are_called(case in cases(), last in any::<u128>()) {
        let last = numbered(case.subnet.prefix, last);
        let candidates = case.candidates();
        let lowest = candidates.first().copied();
        let next = candidates.range(last..).copied().find(|address| *address > last);
        prop_assert_eq!(case.answer(ipam::Strategy::Lowest).ok(), lowest);
        prop_assert_eq!(case.answer(ipam::Strategy::After(last)).ok(), next.or(lowest));
    }

    #[test]
    fn every_free_address_is_as_likely_as_the_others(mut case in cases()) {
        case.subnet.pools.truncate(1); // overlapping pools would count twice
        let candidates = case.candidates();
        let seeds = 0..candidates.len() as u64;
        let found: Vec<_> = seeds.map(|seed| case.answer(ipam::Strategy::Random { seed }).unwrap()).collect();
        prop_assert_eq!(found.len(), candidates.len());
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), candidates);
    }

    #[test]
    fn why_there_is_none_adds_up(mut case in cases()) {
        case.subnet.pools.truncate(1);
        match case.answer(case.strategy) {
            Err(Exhausted::Full { looked_at, taken }) => prop_assert_eq!(taken.values().sum::<u128>(), looked_at),
            Err(Exhausted::EmptyPools { .. }) => prop_assert!(case.range.is_none()),
            Err(Exhausted::InPools { .. }) => prop_assert!(case.subnet.rules.out_of_pool),
            Err(Exhausted::Outside { .. }) => prop_assert!(case.range.is_some()),
            Ok(_) => {}
        }
    }

    #[test]
    fn free_and_taken_addresses_make_up_the_range(mut case in cases(), around in prefixes().prop_flat_map(ranges)) {
        case.around.clear(); // their pools are cut off before addresses are counted
        let occupancy = case.occupancy();
        let free: Vec<_> = around.addresses().filter(|address| occupancy.why(*address).is_none()).collect();
        prop_assert_eq!(occupancy.taken_in(around).count() + free.len(), around.addresses().count());
        prop_assert_eq!(occupancy.free_in(around), free.len() as u128);
        let found: Vec<_> = (0..=free.len() as u128).filter_map(|below| occupancy.nth_free(around, below)).collect();
        prop_assert_eq!(found, free);
    }
}

#[test]
fn the_last_free_address_of_a_sixteen_is_found_and_then_none() {
    let prefix: IpNetwork = "10.20.0.0/16".parse().unwrap();
    let pool = Pool::of(AddressRange::of_prefix(prefix));
    let subnet = subnet(prefix, vec![pool], vec![[10, 20, 0, 1].into()]);
    let last = IpAddr::from([10, 20, 77, 7]);
    let others = AddressRange::usable(prefix).addresses().filter(|address| *address != last);
    let leases: Vec<_> = others.map(|address| lease(address, LeaseState::Assigned)).collect();
    let mut occupancy = Occupancy::of(&subnet, &leases, &[]);
    for strategy in [ipam::Strategy::Lowest, ipam::Strategy::Random { seed: 9 }, ipam::Strategy::After(last)] {
        assert_eq!(next_free(&subnet, None, &occupancy, strategy), Ok(last));
    }
    occupancy.take([(last, Taken::Held)]);
    let why = next_free(&subnet, None, &occupancy, ipam::Strategy::Lowest).unwrap_err();
    assert_eq!(why.to_string(), "none of the 65534 addresses is free: 1 gateway, 65532 leased, 1 held");
}
