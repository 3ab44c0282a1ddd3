//! Finds an address for somebody who needs one.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use model::{AddressRange, Ipv4Network, Pool, Subnet};

use crate::occupancy::{Occupancy, Taken, after};

/// Which of the free addresses to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// The lowest.
    Lowest,
    /// Any: with a seed of 64 random bits each is as likely as every other. The same seed picks the same address.
    Random {
        /// The random bits.
        seed: u64,
    },
    /// The first one after this address, and from the lowest again when there is none.
    After(Ipv4Addr),
}

/// Why no address was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exhausted {
    /// The subnet has no pool to look into, and no range was named.
    NoPool {
        /// The subnet.
        prefix: Ipv4Network,
    },
    /// The named range and the subnet have nothing in common that a host could have.
    Outside {
        /// The range.
        range: AddressRange,
        /// The subnet.
        prefix: Ipv4Network,
    },
    /// Every address is taken.
    Full {
        /// How many addresses were looked at.
        looked_at: u64,
        /// How many of them are taken, by reason.
        taken: BTreeMap<Taken, u64>,
    },
}

/// An address of the subnet that nobody has. Looks into `range`, or without one into the pools: those for every client
/// first, then those for the clients of some class.
pub fn next_free(
    subnet: &Subnet,
    range: Option<AddressRange>,
    occupancy: &Occupancy,
    strategy: Strategy,
) -> Result<Ipv4Addr, Exhausted> {
    let usable = AddressRange::usable(subnet.prefix);
    let choices = match range {
        Some(range) => {
            let outside = Exhausted::Outside { range, prefix: subnet.prefix };
            vec![vec![usable.intersection(range).ok_or(outside)?]]
        }
        None => pools_by_preference(&subnet.pools, usable),
    };
    if choices.iter().all(Vec::is_empty) {
        return Err(Exhausted::NoPool { prefix: subnet.prefix });
    }
    let found = choices.iter().find_map(|ranges| pick(ranges, occupancy, strategy));
    found.ok_or_else(|| full(&choices.concat(), occupancy))
}

/// The pools for everybody, then the pools for some; each by address, without what no host can have.
fn pools_by_preference(pools: &[Pool], usable: AddressRange) -> Vec<Vec<AddressRange>> {
    let (everybody, some): (Vec<&Pool>, Vec<&Pool>) = pools.iter().partition(|pool| pool.client_classes.is_empty());
    let by_address = |pools: Vec<&Pool>| {
        let mut ranges: Vec<_> = pools.iter().filter_map(|pool| pool.range.intersection(usable)).collect();
        ranges.sort_unstable();
        ranges
    };
    vec![by_address(everybody), by_address(some)]
}

fn pick(ranges: &[AddressRange], occupancy: &Occupancy, strategy: Strategy) -> Option<Ipv4Addr> {
    let gaps = || ranges.iter().flat_map(|range| occupancy.free_in(*range));
    let lowest = || gaps().next().map(AddressRange::first);
    match strategy {
        Strategy::Lowest => lowest(),
        Strategy::Random { seed } => {
            let free: u64 = gaps().map(AddressRange::count).sum();
            nth(gaps(), seed.checked_rem(free)?)
        }
        Strategy::After(last) => {
            let next = after(last).and_then(|from| {
                let gap = gaps().find(|gap| gap.last() >= from)?;
                Some(gap.first().max(from))
            });
            next.or_else(lowest)
        }
    }
}

/// The address with so many free ones below it.
fn nth(gaps: impl Iterator<Item = AddressRange>, mut below: u64) -> Option<Ipv4Addr> {
    for gap in gaps {
        if below < gap.count() {
            let offset = u32::try_from(below).ok()?;
            return u32::from(gap.first()).checked_add(offset).map(Ipv4Addr::from);
        }
        below -= gap.count();
    }
    None
}

fn full(ranges: &[AddressRange], occupancy: &Occupancy) -> Exhausted {
    let mut taken = BTreeMap::new();
    for (_, why) in ranges.iter().flat_map(|range| occupancy.taken_in(*range)) {
        *taken.entry(why).or_default() += 1;
    }
    Exhausted::Full { looked_at: ranges.iter().map(|range| range.count()).sum(), taken }
}

impl fmt::Display for Exhausted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPool { prefix } => write!(out, "the subnet {prefix} has no pool: name a range"),
            Self::Outside { range, prefix } => write!(out, "the range {range} has no address of the subnet {prefix}"),
            Self::Full { looked_at, taken } => {
                match looked_at {
                    1 => write!(out, "the only address is not free: ")?,
                    count => write!(out, "none of the {count} addresses is free: ")?,
                }
                let reasons: Vec<_> = taken.iter().map(|(why, count)| format!("{count} {}", why.label())).collect();
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

    fn address(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    fn find(subnet: &Subnet, taken: &[&str], strategy: Strategy) -> Result<Ipv4Addr, Exhausted> {
        let mut occupancy = Occupancy::of(subnet, &[], &[], &[]);
        for each in taken {
            occupancy.take(address(each), Taken::Leased);
        }
        next_free(subnet, None, &occupancy, strategy)
    }

    #[test]
    fn pools_for_everybody_come_first() {
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
        let occupancy = Occupancy::of(&subnet, &[], &[], &[]);
        let within = |range: &str| next_free(&subnet, Some(range.parse().unwrap()), &occupancy, Strategy::Lowest);
        assert_eq!(within("0.0.0.0/0"), Ok(address("192.0.2.1")));
        assert_eq!(
            within("198.51.100.0/30").unwrap_err().to_string(),
            "the range 198.51.100.0 – 198.51.100.3 has no address of the subnet 192.0.2.0/24"
        );
        assert_eq!(
            next_free(&subnet, None, &occupancy, Strategy::Lowest).unwrap_err().to_string(),
            "the subnet 192.0.2.0/24 has no pool: name a range"
        );
        assert!(within("192.0.2.255/32").is_err(), "the broadcast address is nobody’s");
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
}
