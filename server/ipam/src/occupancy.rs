//! Which addresses of a subnet cannot be given out, and why.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use model::{AddressRange, Hold, Lease, LeaseState, Reservation, Subnet};

/// Why an address cannot be given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Taken {
    /// It is the lowest address of the prefix.
    Network,
    /// It is the highest address of the prefix.
    Broadcast,
    /// It is a router of the subnet.
    Gateway,
    /// A client has it.
    Leased,
    /// A client found it in use by a stranger.
    Declined,
    /// It is kept for a client.
    Reserved,
    /// It was suggested to somebody a short while ago.
    Held,
}

impl Taken {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Network => "network address",
            Self::Broadcast => "broadcast address",
            Self::Gateway => "gateway",
            Self::Leased => "leased",
            Self::Declined => "declined",
            Self::Reserved => "reserved",
            Self::Held => "held",
        }
    }
}

/// The addresses that cannot be given out, in order. An address that is taken for several reasons shows the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occupancy {
    taken: BTreeMap<Ipv4Addr, Taken>,
}

impl Occupancy {
    /// What is taken in the subnet. Everything that is passed in counts: the holds are those that are running, and of
    /// the leases [`Lease::blocks`] picks.
    pub fn of(subnet: &Subnet, leases: &[Lease], reservations: &[Reservation], holds: &[Hold]) -> Self {
        let mut occupancy = Self::default();
        let prefix = subnet.prefix;
        // A prefix of one or two addresses gives them all to hosts (RFC 3021).
        for (address, why) in [(prefix.network(), Taken::Network), (prefix.broadcast(), Taken::Broadcast)] {
            if !subnet.holds(address) {
                occupancy.take(address, why);
            }
        }
        for router in &subnet.routers {
            occupancy.take(*router, Taken::Gateway);
        }
        for lease in leases.iter().filter(|lease| lease.blocks()) {
            let declined = lease.state == LeaseState::Declined;
            occupancy.take(lease.address, if declined { Taken::Declined } else { Taken::Leased });
        }
        for address in reservations.iter().filter_map(|reservation| reservation.address) {
            occupancy.take(address, Taken::Reserved);
        }
        for hold in holds {
            occupancy.take(hold.key.address, Taken::Held);
        }
        occupancy
    }

    /// Why the address is taken; none: it is free, as far as is known here.
    pub fn why(&self, address: Ipv4Addr) -> Option<Taken> {
        self.taken.get(&address).copied()
    }

    /// Takes an address. One that is taken already keeps its reason.
    pub fn take(&mut self, address: Ipv4Addr, why: Taken) {
        self.taken.entry(address).or_insert(why);
    }

    /// The taken addresses of the range, lowest first.
    pub fn taken_in(&self, range: AddressRange) -> impl Iterator<Item = (Ipv4Addr, Taken)> {
        self.taken.range(range.first()..=range.last()).map(|(address, why)| (*address, *why))
    }

    /// The free stretches of the range, lowest first. Costs as much as there are taken addresses, however long the
    /// range is.
    pub fn free_in(&self, range: AddressRange) -> impl Iterator<Item = AddressRange> {
        // Where the next stretch starts; none: beyond 255.255.255.255.
        let mut start = Some(range.first());
        let stops = self.taken_in(range).map(|(address, _)| Some(address)).chain([None]);
        stops.filter_map(move |stop| {
            let Some(taken) = stop else { return AddressRange::new(start?, range.last()).ok() };
            let first = std::mem::replace(&mut start, after(taken));
            AddressRange::new(first?, before(taken)?).ok()
        })
    }
}

/// The address above.
pub(crate) fn after(address: Ipv4Addr) -> Option<Ipv4Addr> {
    u32::from(address).checked_add(1).map(Ipv4Addr::from)
}

fn before(address: Ipv4Addr) -> Option<Ipv4Addr> {
    u32::from(address).checked_sub(1).map(Ipv4Addr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap()
    }

    fn free(taken: &[&str], within: &str) -> Vec<AddressRange> {
        let mut occupancy = Occupancy::default();
        for address in taken {
            occupancy.take(address.parse().unwrap(), Taken::Held);
        }
        occupancy.free_in(range(within)).collect()
    }

    #[test]
    fn what_is_free_lies_between_what_is_taken() {
        let within = "192.0.2.10-192.0.2.19";
        assert_eq!(free(&[], within), [range(within)]);
        assert_eq!(free(&["192.0.2.9", "192.0.2.20"], within), [range(within)]);
        assert_eq!(free(&["192.0.2.10", "192.0.2.19"], within), [range("192.0.2.11-192.0.2.18")]);
        let both = [range("192.0.2.10-192.0.2.11"), range("192.0.2.14-192.0.2.19")];
        assert_eq!(free(&["192.0.2.12", "192.0.2.13"], within), both);
        assert_eq!(free(&["192.0.2.9"], "192.0.2.9-192.0.2.9"), []);
    }

    #[test]
    fn the_ends_of_ipv4_are_no_obstacle() {
        assert_eq!(free(&["0.0.0.0", "255.255.255.255"], "0.0.0.0/0"), [range("0.0.0.1-255.255.255.254")]);
        assert_eq!(free(&[], "0.0.0.0/0"), [range("0.0.0.0/0")]);
        assert_eq!(free(&["255.255.255.255"], "255.255.255.255/32"), []);
        assert_eq!(free(&["0.0.0.0"], "0.0.0.0/32"), []);
    }

    #[test]
    fn the_first_reason_stays() {
        let mut occupancy = Occupancy::default();
        let address = Ipv4Addr::new(192, 0, 2, 1);
        occupancy.take(address, Taken::Gateway);
        occupancy.take(address, Taken::Held);
        assert_eq!(occupancy.why(address), Some(Taken::Gateway));
        assert_eq!(occupancy.why(Ipv4Addr::new(192, 0, 2, 2)), None);
    }
}
