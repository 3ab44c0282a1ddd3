//! Which addresses of a subnet cannot be given out, and why.

use std::net::IpAddr;
use std::sync::Arc;

use model::{AddressRange, Family, Lease, LeaseState, RawKind, RawRecord, Reservation, Subnet};

/// Why an address cannot be given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Taken {
    /// It is the lowest address of the prefix.
    Network,
    /// It is the highest address of the prefix.
    Broadcast,
    /// It is the lowest address of an IPv6 prefix, where any router answers.
    Anycast,
    /// It is a router of the subnet.
    Gateway,
    /// A client has it.
    Leased,
    /// A client found it in use by a stranger.
    Declined,
    /// It is kept for a client.
    Reserved,
    /// It was suggested to a caller a short while ago.
    Held,
    /// A host without a lease answers there.
    Answers,
    /// An operator has excluded it.
    Excluded,
    /// It is of a server that clients of the subnet learn of.
    Server,
    /// It is in a pool of another subnet, where reservations of this one do not count.
    OtherPool,
}

impl Taken {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Network => "network address",
            Self::Broadcast => "broadcast address",
            Self::Anycast => "subnet-router anycast address",
            Self::Gateway => "gateway",
            Self::Leased => "leased",
            Self::Declined => "declined",
            Self::Reserved => "reserved",
            Self::Held => "held",
            Self::Answers => "answering",
            Self::Excluded => "excluded",
            Self::Server => "named in the options",
            Self::OtherPool => "in a pool of another subnet",
        }
    }
}

/// Addresses with the reason why each is taken, lowest first, each once.
type Sorted = Vec<(IpAddr, Taken)>;

/// The addresses that cannot be given out. An address that is taken for several reasons shows the first.
///
/// Cheap to clone, and as quick for 60,000 taken addresses as for ten: free addresses are counted, not walked through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occupancy {
    /// What was known at the start; shared by every clone.
    known: Arc<Sorted>,
    /// What was taken since; none of it is in `known`.
    since: Sorted,
    /// Ranges of which nothing is given out, as they were said.
    excluded: Vec<AddressRange>,
    /// Pools of other subnets.
    other_pools: Vec<AddressRange>,
}

impl Occupancy {
    /// What is taken in the subnet. Of the leases [`Lease::blocks`] picks; delegated prefixes take no address of it.
    pub fn of(subnet: &Subnet, leases: &[Lease], reservations: &[Reservation]) -> Self {
        let prefix = subnet.prefix;
        let lowest = if subnet.family() == Family::V4 { Taken::Network } else { Taken::Anycast };
        let ends = [(prefix.network(), lowest), (prefix.broadcast(), Taken::Broadcast)];
        // Those that a host can have are no special ones.
        let ends = ends.into_iter().filter(|(address, _)| !subnet.holds(*address));
        let of_clients = reservations.iter().flat_map(routers_of);
        let routers = subnet.all_routers().chain(of_clients).map(|router| (router, Taken::Gateway));
        let servers = subnet.dns_servers.iter().chain(&subnet.ntp_servers).copied();
        let servers = servers.chain(subnet.next_server.map(Into::into)).filter(|server| prefix.contains(*server));
        // Pools say by themselves what may be given out.
        let servers = servers.filter(|_| subnet.pools.is_empty()).map(|server| (server, Taken::Server));
        let lent = leases.iter().filter(|lease| lease.blocks() && lease.prefix_len.is_none());
        let lent = lent.map(|lease| (lease.address, of_lease(lease)));
        let reserved = reservations.iter().flat_map(Reservation::addresses).map(|address| (address, Taken::Reserved));
        let known = sorted(ends.chain(routers).chain(lent).chain(reserved).chain(servers).collect());
        Self { known: Arc::new(known), ..Self::default() }
    }

    /// The same, where these subnets of the same server have addresses of it too: their gateways are none of ours, and of
    /// their pools the server lends addresses without a look at our reservations.
    #[must_use]
    pub fn beside(mut self, subnet: &Subnet, around: &[Subnet]) -> Self {
        let within = AddressRange::of_prefix(subnet.prefix);
        let overlapping = || around.iter().filter(|other| other.overlaps(subnet));
        let pools = overlapping().flat_map(|other| &other.pools);
        self.other_pools = pools.filter_map(|pool| pool.range.intersection(within)).collect();
        let routers = overlapping().flat_map(Subnet::all_routers).filter(|router| within.contains(*router));
        self.take(routers.map(|router| (router, Taken::Gateway)));
        self
    }

    /// The same with records that are not understood: whose their addresses are is not known.
    #[must_use]
    pub fn with_raw(mut self, raw: &[RawRecord]) -> Self {
        let taken = |record: &RawRecord| match record.kind {
            RawKind::Lease => Taken::Leased,
            RawKind::Reservation => Taken::Reserved,
        };
        self.take(raw.iter().flat_map(|record| record.addresses.iter().map(move |address| (*address, taken(record)))));
        self
    }

    /// Why the address is taken; none: it is free, as far as is known here.
    pub fn why(&self, address: IpAddr) -> Option<Taken> {
        let within = |ranges: &[AddressRange], why| ranges.iter().any(|range| range.contains(address)).then_some(why);
        find(&self.known, address)
            .or_else(|| find(&self.since, address))
            .or_else(|| within(&self.excluded, Taken::Excluded))
            .or_else(|| within(&self.other_pools, Taken::OtherPool))
    }

    /// Excludes ranges, in the place of those that were excluded before. They may be as large as they like: what is
    /// excluded is cut off the places that are looked into, and not counted address by address.
    pub fn exclude(&mut self, ranges: Vec<AddressRange>) {
        self.excluded = ranges;
    }

    /// What is left of these ranges without what is excluded, and without the pools of other subnets.
    pub(crate) fn allowed(&self, places: Vec<AddressRange>) -> Vec<AddressRange> {
        without(without(places, &self.excluded), &self.other_pools)
    }

    /// How many addresses of these ranges are excluded, and how many of the others are in pools of other subnets.
    pub(crate) fn barred(&self, places: &[AddressRange]) -> [(Taken, u128); 2] {
        let count = |ranges: &[AddressRange]| ranges.iter().map(|range| range.count()).fold(0, u128::saturating_add);
        let included = without(places.to_vec(), &self.excluded);
        let own = without(included.clone(), &self.other_pools);
        let (all, included, own) = (count(places), count(&included), count(&own));
        [(Taken::Excluded, all - included), (Taken::OtherPool, included - own)]
    }

    /// Takes addresses. One that is taken already keeps its reason.
    pub fn take(&mut self, addresses: impl IntoIterator<Item = (IpAddr, Taken)>) {
        let mut since = std::mem::take(&mut self.since);
        since.extend(addresses.into_iter().filter(|(address, _)| find(&self.known, *address).is_none()));
        self.since = sorted(since);
    }

    /// The taken addresses of the range, in no order.
    pub fn taken_in(&self, range: AddressRange) -> impl Iterator<Item = (IpAddr, Taken)> {
        within(&self.known, range).iter().chain(within(&self.since, range)).copied()
    }

    /// How many addresses of the range are free.
    pub fn free_in(&self, range: AddressRange) -> u128 {
        let taken = within(&self.known, range).len() + within(&self.since, range).len();
        range.count() - taken as u128
    }

    /// The free address of the range that has so many free ones below it in the range.
    pub fn nth_free(&self, range: AddressRange, below: u128) -> Option<IpAddr> {
        let up_to = |nth: u128| {
            let part = range.nth(nth).and_then(|last| AddressRange::new(range.first(), last).ok());
            part.map_or(0, |part| self.free_in(part))
        };
        let (mut low, mut high) = (0, range.count() - 1);
        if up_to(high) <= below {
            return None;
        }
        // The lowest address up to which there are enough.
        while low < high {
            let middle = low + (high - low) / 2;
            if up_to(middle) > below { high = middle } else { low = middle + 1 }
        }
        range.nth(low)
    }
}

/// What is left of some ranges without others.
fn without(places: Vec<AddressRange>, others: &[AddressRange]) -> Vec<AddressRange> {
    others.iter().fold(places, |places, out| places.iter().flat_map(|place| place.without(*out)).collect())
}

/// The routers of a single client.
fn routers_of(reservation: &Reservation) -> Vec<IpAddr> {
    reservation.options.iter().flat_map(model::OptionDatum::routers).collect()
}

fn of_lease(lease: &Lease) -> Taken {
    if lease.state == LeaseState::Declined { Taken::Declined } else { Taken::Leased }
}

/// Of the same address the first stays.
fn sorted(mut taken: Sorted) -> Sorted {
    taken.sort_by_key(|(address, _)| *address);
    taken.dedup_by_key(|(address, _)| *address);
    taken
}

fn find(taken: &[(IpAddr, Taken)], address: IpAddr) -> Option<Taken> {
    let at = taken.binary_search_by_key(&address, |(address, _)| *address).ok()?;
    taken.get(at).map(|(_, why)| *why)
}

fn within(taken: &[(IpAddr, Taken)], range: AddressRange) -> &[(IpAddr, Taken)] {
    let first = taken.partition_point(|(address, _)| *address < range.first());
    let end = taken.partition_point(|(address, _)| *address <= range.last());
    taken.get(first..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap()
    }

    fn free(taken: &[&str], within: &str) -> Vec<String> {
        let mut occupancy = Occupancy::default();
        occupancy.take(taken.iter().map(|address| (address.parse().unwrap(), Taken::Held)));
        let count = occupancy.free_in(range(within));
        assert_eq!(occupancy.nth_free(range(within), count), None);
        let found = (0..count).map(|below| occupancy.nth_free(range(within), below).unwrap().to_string());
        found.collect()
    }

    #[test]
    fn what_is_free_lies_between_what_is_taken() {
        let within = "192.0.2.10-192.0.2.12";
        assert_eq!(free(&["192.0.2.9", "192.0.2.13"], within), ["192.0.2.10", "192.0.2.11", "192.0.2.12"]);
        assert_eq!(free(&["192.0.2.10", "192.0.2.12"], within), ["192.0.2.11"]);
        assert_eq!(free(&["192.0.2.11"], within), ["192.0.2.10", "192.0.2.12"]);
        assert_eq!(free(&["192.0.2.9"], "192.0.2.9-192.0.2.9"), [""; 0]);
    }

    #[test]
    fn the_ends_of_ipv4_are_no_obstacle() {
        let mut occupancy = Occupancy::default();
        let last = u128::from(u32::MAX);
        let (lowest, highest) = (IpAddr::from([0, 0, 0, 0]), IpAddr::from([255; 4]));
        assert_eq!(occupancy.nth_free(range("0.0.0.0/0"), last), Some(highest));
        occupancy.take([(highest, Taken::Held), (lowest, Taken::Held)]);
        assert_eq!(occupancy.nth_free(range("0.0.0.0/0"), 0), Some([0, 0, 0, 1].into()));
        assert_eq!(occupancy.nth_free(range("0.0.0.0/0"), last - 2), Some([255, 255, 255, 254].into()));
        assert_eq!(occupancy.nth_free(range("0.0.0.0/0"), last - 1), None);
        assert_eq!(free(&["255.255.255.255"], "255.255.255.254/31"), ["255.255.255.254"]);
    }

    #[test]
    fn the_first_reason_stays() {
        let router = IpAddr::from([192, 0, 2, 1]);
        let mut occupancy = Occupancy::default();
        occupancy.take([(router, Taken::Gateway), (router, Taken::Reserved)]);
        occupancy.take([(router, Taken::Held)]);
        assert_eq!(occupancy.why(router), Some(Taken::Gateway));
        assert_eq!(occupancy.why([192, 0, 2, 2].into()), None);
    }
}
