//! Finds a free address.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use model::{AddressRange, IpNetwork, Pool, Subnet, after, readable_count};

use crate::occupancy::{Occupancy, Taken};

/// Which of the free addresses to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// The lowest.
    Lowest,
    /// Any: with a seed of 64 random bits each is as likely as every other; of more than 2⁶⁴ one of the lowest so many.
    /// The same seed picks the same address.
    Random {
        /// The random bits.
        seed: u64,
    },
    /// The first one after this address, and from the lowest again when there is none.
    After(IpAddr),
}

/// Why no address was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exhausted {
    /// The pools of the subnet have no address that a host could have.
    EmptyPools {
        /// The subnet.
        prefix: IpNetwork,
    },
    /// All that there is to look at lies in pools, where the server takes for granted that no address is reserved.
    InPools {
        /// Where was looked.
        range: AddressRange,
    },
    /// The named range and the subnet have nothing in common that a host could have.
    Outside {
        /// The range.
        range: AddressRange,
        /// The subnet.
        prefix: IpNetwork,
    },
    /// Every address is taken.
    Full {
        /// How many addresses were looked at.
        looked_at: u128,
        /// How many of them are taken, by reason.
        taken: BTreeMap<Taken, u128>,
    },
}

/// A free address of the subnet. Looks into `range`, or without one into the pools: those for every client
/// first, then those for the clients of some class; in a subnet without pools everywhere. A range that starts and ends
/// inside pools means those pools: what lies between two of them is left alone. Where the server takes for granted that
/// reserved addresses lie outside of pools, only such are found.
pub fn next_free(
    subnet: &Subnet,
    range: Option<AddressRange>,
    occupancy: &Occupancy,
    strategy: Strategy,
) -> Result<IpAddr, Exhausted> {
    let choices = places(subnet, range)?;
    let allowed = |ranges: &Vec<AddressRange>| occupancy.allowed(ranges.clone());
    let found = choices.iter().find_map(|ranges| pick(&allowed(ranges), occupancy, strategy));
    found.ok_or_else(|| full(choices.concat(), occupancy))
}

/// How many of the addresses that [`next_free`] looks at are free, and how many there are.
pub fn room(subnet: &Subnet, range: Option<AddressRange>, occupancy: &Occupancy) -> (u128, u128) {
    let places = occupancy.allowed(places(subnet, range).unwrap_or_default().concat());
    let sum = |count: &dyn Fn(AddressRange) -> u128| {
        places.iter().fold(0, |sum: u128, place| sum.saturating_add(count(*place)))
    };
    (sum(&|place| occupancy.free_in(place)), sum(&AddressRange::count))
}

/// Where to look, the best places first.
fn places(subnet: &Subnet, range: Option<AddressRange>) -> Result<Vec<Vec<AddressRange>>, Exhausted> {
    let usable = AddressRange::usable(subnet.prefix);
    let nothing = match range {
        Some(range) => Exhausted::Outside { range, prefix: subnet.prefix },
        None => Exhausted::EmptyPools { prefix: subnet.prefix },
    };
    let Some(within) = range.map_or(Some(usable), |range| usable.intersection(range)) else { return Err(nothing) };
    if subnet.rules.out_of_pool {
        let outside = subnet.outside_pools(within);
        return if outside.is_empty() { Err(Exhausted::InPools { range: within }) } else { Ok(vec![outside]) };
    }
    let in_pools = |range: AddressRange| [range.first(), range.last()].iter().all(|end| subnet.pool_of(*end).is_some());
    if subnet.pools.is_empty() || range.is_some_and(|range| !in_pools(range)) {
        return Ok(vec![vec![within]]);
    }
    let pools = pools_by_preference(&subnet.pools, within);
    // All that they have may be the network and the broadcast address.
    if pools.iter().all(Vec::is_empty) { Err(nothing) } else { Ok(pools) }
}

/// The pools for every client, then the pools for some; each by address, without what lies outside.
fn pools_by_preference(pools: &[Pool], within: AddressRange) -> Vec<Vec<AddressRange>> {
    let (for_all, some): (Vec<&Pool>, Vec<&Pool>) =
        pools.iter().partition(|pool| pool.settings.client_classes.is_empty());
    let by_address = |pools: Vec<&Pool>| {
        let mut ranges: Vec<_> = pools.iter().filter_map(|pool| pool.range.intersection(within)).collect();
        ranges.sort_unstable();
        ranges
    };
    vec![by_address(for_all), by_address(some)]
}

fn pick(ranges: &[AddressRange], occupancy: &Occupancy, strategy: Strategy) -> Option<IpAddr> {
    let lowest = || ranges.iter().find_map(|range| occupancy.nth_free(*range, 0));
    match strategy {
        Strategy::Lowest => lowest(),
        Strategy::Random { seed } => {
            let free = ranges.iter().fold(0, |free: u128, range| free.saturating_add(occupancy.free_in(*range)));
            let mut below = u128::from(seed).checked_rem(free)?;
            ranges.iter().find_map(|range| {
                let found = occupancy.nth_free(*range, below);
                below = below.saturating_sub(occupancy.free_in(*range));
                found
            })
        }
        Strategy::After(last) => {
            let from = after(last);
            let beyond = |range: &AddressRange| AddressRange::new(range.first().max(from?), range.last()).ok();
            let next = ranges.iter().filter_map(beyond).find_map(|range| occupancy.nth_free(range, 0));
            next.or_else(lowest)
        }
    }
}

fn full(ranges: Vec<AddressRange>, occupancy: &Occupancy) -> Exhausted {
    let looked_at = ranges.iter().map(|range| range.count()).fold(0, u128::saturating_add);
    let mut taken: BTreeMap<_, _> = occupancy.barred(&ranges).into_iter().filter(|(_, count)| *count > 0).collect();
    let ranges = occupancy.allowed(ranges);
    for (_, why) in ranges.iter().flat_map(|range| occupancy.taken_in(*range)) {
        *taken.entry(why).or_default() += 1;
    }
    Exhausted::Full { looked_at, taken }
}

impl fmt::Display for Exhausted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyPools { prefix } => {
                write!(out, "the pools of the subnet {prefix} have no address for hosts: name a range")
            }
            Self::InPools { range } => write!(
                out,
                "{range} lies in pools, and the server assumes that reserved addresses do not \
                 (“reservations-out-of-pool”): name a range outside of them"
            ),
            Self::Outside { range, prefix } => write!(out, "the range {range} has no address of the subnet {prefix}"),
            Self::Full { looked_at, taken } => {
                match looked_at {
                    1 => write!(out, "the only address is not free: ")?,
                    count => write!(out, "none of the {} addresses is free: ", readable_count(*count))?,
                }
                let reasons: Vec<_> =
                    taken.iter().map(|(why, count)| format!("{} {}", readable_count(*count), why.label())).collect();
                out.write_str(&reasons.join(", "))
            }
        }
    }
}

impl std::error::Error for Exhausted {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::subnet;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn find(subnet: &Subnet, taken: &[&str], strategy: Strategy) -> Result<IpAddr, Exhausted> {
        let mut occupancy = Occupancy::of(subnet, &[], &[]);
        occupancy.take(taken.iter().map(|each| (address(each), Taken::Leased)));
        next_free(subnet, None, &occupancy, strategy)
    }

    #[test]
    fn pools_for_every_client_come_first() {
        let subnet = subnet(
            "192.0.2.0/24",
            &[("192.0.2.5-192.0.2.6", &["voip"]), ("192.0.2.30-192.0.2.31", &[]), ("192.0.2.20-192.0.2.20", &[])],
        );
        let mut taken = vec![];
        for expected in ["192.0.2.20", "192.0.2.30", "192.0.2.31", "192.0.2.5", "192.0.2.6"] {
            assert_eq!(find(&subnet, &taken, Strategy::Lowest), Ok(address(expected)));
            taken.push(expected);
        }
        let why = find(&subnet, &taken, Strategy::Lowest).unwrap_err();
        assert_eq!(why.to_string(), "none of the 5 addresses is free: 5 leased");
    }

    #[test]
    fn after_goes_on_and_starts_again() {
        let subnet = subnet("192.0.2.0/24", &[("192.0.2.10-192.0.2.12", &[]), ("192.0.2.40-192.0.2.41", &[])]);
        let next = |last| find(&subnet, &["192.0.2.12"], Strategy::After(address(last))).unwrap();
        assert_eq!(next("192.0.2.10"), address("192.0.2.11"));
        assert_eq!(next("192.0.2.11"), address("192.0.2.40"));
        assert_eq!(next("192.0.2.41"), address("192.0.2.10"));
        assert_eq!(next("255.255.255.255"), address("192.0.2.10"));
        assert_eq!(next("0.0.0.0"), address("192.0.2.10"));
    }

    #[test]
    fn a_range_needs_no_pool_but_the_subnet() {
        let subnet = subnet("192.0.2.0/24", &[]);
        let occupancy = Occupancy::of(&subnet, &[], &[]);
        let within = |range: &str| next_free(&subnet, Some(range.parse().unwrap()), &occupancy, Strategy::Lowest);
        assert_eq!(within("0.0.0.0/0"), Ok(address("192.0.2.1")));
        assert_eq!(
            within("198.51.100.0/30").unwrap_err().to_string(),
            "the range 198.51.100.0 – 198.51.100.3 has no address of the subnet 192.0.2.0/24"
        );
        assert_eq!(next_free(&subnet, None, &occupancy, Strategy::Lowest), Ok(address("192.0.2.1")), "nor a range");
        assert!(within("192.0.2.255/32").is_err(), "the broadcast address is never free");
    }

    #[test]
    fn a_range_from_pool_to_pool_leaves_alone_what_lies_between() {
        let subnet = subnet("192.0.2.0/24", &[("192.0.2.10-192.0.2.11", &[]), ("192.0.2.40-192.0.2.41", &[])]);
        let mut occupancy = Occupancy::of(&subnet, &[], &[]);
        occupancy.take(["192.0.2.10", "192.0.2.11"].map(|each| (address(each), Taken::Leased)));
        let within = |range: &str| next_free(&subnet, Some(range.parse().unwrap()), &occupancy, Strategy::Lowest);
        assert_eq!(within("192.0.2.10-192.0.2.41"), Ok(address("192.0.2.40")));
        assert_eq!(within("192.0.2.10-192.0.2.42"), Ok(address("192.0.2.12")), "an end outside: the range itself");
        assert_eq!(room(&subnet, Some("192.0.2.10-192.0.2.41".parse().unwrap()), &occupancy), (2, 4));
    }

    #[test]
    fn what_subnets_that_overlap_lend_or_route_is_not_free() {
        let wide = subnet("192.0.2.0/24", &[("192.0.2.10-192.0.2.13", &[])]);
        let narrow =
            Subnet { routers: vec![address("192.0.2.13")], ..subnet("192.0.2.0/28", &[("192.0.2.9-192.0.2.11", &[])]) };
        let far = subnet("198.51.100.0/24", &[("198.51.100.0/24", &[])]);
        let around =
            [Subnet { key: "main/2".parse().unwrap(), ..narrow }, Subnet { key: "main/3".parse().unwrap(), ..far }];
        let mut occupancy = Occupancy::of(&wide, &[], &[]).beside(&wide, &around);
        assert_eq!(next_free(&wide, None, &occupancy, Strategy::Lowest), Ok(address("192.0.2.12")));
        assert_eq!(room(&wide, None, &occupancy), (1, 2));
        assert_eq!(occupancy.why(address("192.0.2.11")), Some(Taken::OtherPool));
        occupancy.take([(address("192.0.2.12"), Taken::Leased)]);
        occupancy.exclude(vec!["192.0.2.10-192.0.2.10".parse().unwrap()]);
        let why = next_free(&wide, None, &occupancy, Strategy::Lowest).unwrap_err();
        let said = "none of the 4 addresses is free: 1 gateway, 1 leased, 1 excluded, 1 in a pool of another subnet";
        assert_eq!(why.to_string(), said);
    }

    #[test]
    fn where_reserved_addresses_are_outside_of_pools_so_are_those_that_are_found() {
        let mut subnet = subnet("192.0.2.0/24", &[("192.0.2.1-192.0.2.99", &[]), ("192.0.2.102-192.0.2.254", &[])]);
        subnet.rules.out_of_pool = true;
        let mut occupancy = Occupancy::of(&subnet, &[], &[]);
        let find = |occupancy: &Occupancy, range: Option<&str>| {
            next_free(&subnet, range.map(|range| range.parse().unwrap()), occupancy, Strategy::Lowest)
        };
        assert_eq!(find(&occupancy, None), Ok(address("192.0.2.100")));
        assert_eq!(find(&occupancy, Some("192.0.2.10-192.0.2.150")), Ok(address("192.0.2.100")), "whatever was named");
        let why = find(&occupancy, Some("192.0.2.10-192.0.2.20")).unwrap_err().to_string();
        assert!(why.starts_with("192.0.2.10 – 192.0.2.20 lies in pools"), "{why}");
        occupancy.take(["192.0.2.100", "192.0.2.101"].map(|each| (address(each), Taken::Reserved)));
        assert_eq!(find(&occupancy, None).unwrap_err().to_string(), "none of the 2 addresses is free: 2 reserved");
    }

    #[test]
    fn servers_that_clients_learn_of_are_never_free() {
        let mut subnet = subnet("192.0.2.0/29", &[]);
        subnet.routers = vec![address("192.0.2.1")];
        subnet.dns_servers = vec![address("192.0.2.2"), address("198.51.100.1")];
        subnet.ntp_servers = vec![address("192.0.2.3")];
        subnet.next_server = Some([192, 0, 2, 4].into());
        assert_eq!(find(&subnet, &[], Strategy::Lowest), Ok(address("192.0.2.5")));
        let why = find(&subnet, &["192.0.2.5", "192.0.2.6"], Strategy::Lowest).unwrap_err().to_string();
        assert_eq!(why, "none of the 6 addresses is free: 1 gateway, 2 leased, 3 named in the options");
    }

    #[test]
    fn pools_without_an_address_for_hosts_do_not_stand_for_what_lies_between() {
        let subnet = subnet("192.0.2.0/24", &[("192.0.2.0-192.0.2.0", &[]), ("192.0.2.255-192.0.2.255", &[])]);
        let (occupancy, range) = (Occupancy::of(&subnet, &[], &[]), "192.0.2.0/24".parse().unwrap());
        let found = next_free(&subnet, Some(range), &occupancy, Strategy::Lowest);
        assert_eq!(found, Err(Exhausted::Outside { range, prefix: subnet.prefix }));
        assert_eq!(room(&subnet, Some(range), &occupancy), (0, 0));
    }

    #[test]
    fn a_pool_over_the_whole_prefix_gives_out_neither_end() {
        let subnet = subnet("192.0.2.0/30", &[("192.0.2.0/30", &[])]);
        assert_eq!(find(&subnet, &[], Strategy::Lowest), Ok(address("192.0.2.1")));
        assert!(find(&subnet, &["192.0.2.1", "192.0.2.2"], Strategy::Lowest).is_err());
    }

    #[test]
    fn the_whole_of_ipv4_is_searched_at_once() {
        let subnet = subnet("0.0.0.0/0", &[("0.0.0.0/0", &[])]);
        for seed in [0, 1, u64::MAX, 1 << 33] {
            assert!(find(&subnet, &["0.0.0.1"], Strategy::Random { seed }).is_ok());
        }
        assert_eq!(find(&subnet, &["0.0.0.1"], Strategy::Lowest), Ok(address("0.0.0.2")));
    }

    #[test]
    fn a_subnet_of_ipv6_is_searched_at_once() {
        let subnet = subnet("2001:db8::/64", &[("2001:db8::/64", &[])]);
        assert_eq!(
            find(&subnet, &["2001:db8::1"], Strategy::Lowest),
            Ok(address("2001:db8::2")),
            "anycast is never free"
        );
        let last = "2001:db8::ffff:ffff:ffff:ffff";
        assert_eq!(find(&subnet, &[], Strategy::After(address("2001:db8::ffff:ffff:ffff:fffe"))), Ok(address(last)));
        assert_eq!(find(&subnet, &[last], Strategy::After(address(last))), Ok(address("2001:db8::1")));
        for seed in [0, u64::MAX, 1 << 40] {
            assert!(subnet.holds(find(&subnet, &[], Strategy::Random { seed }).unwrap()));
        }
        let mut occupancy = Occupancy::of(&subnet, &[], &[]);
        occupancy.exclude(vec!["2001:db8::/64".parse().unwrap()]);
        let why = next_free(&subnet, None, &occupancy, Strategy::Lowest).unwrap_err();
        assert_eq!(why.to_string(), "none of the about 2^64 addresses is free: about 2^64 excluded");
        let whole = crate::testing::subnet("::/0", &[("::/0", &[])]);
        assert_eq!(find(&whole, &[], Strategy::Lowest), Ok(address("::1")));
    }
}
