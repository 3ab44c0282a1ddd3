//! One subnet as its server described it last, kept true while we change it. Pure.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use ipam::Occupancy;
use model::{
    Hook, IpNetwork, Lease, LeaseState, PrefixPool, RawRecord, Reservation, Subnet, SubnetKey, Timestamp, Utilization,
};

use super::{Place, Texts};
use crate::ports::Listed;
use crate::unseen::Unseen;

/// A subnet with all its leases and reservations, and those of other subnets on its addresses.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// By address; those of delegated prefixes follow those of addresses.
    pub(crate) leases: Vec<Lease>,
    /// In the server's order.
    pub(crate) reservations: Vec<Reservation>,
    /// Leases and reservations that are not understood.
    pub(crate) raw: Vec<RawRecord>,
    /// What was taken when the snapshot was made. Our own changes since are not in it: it is for finding candidates,
    /// and each of them is asked for, live.
    pub(crate) occupancy: Occupancy,
    /// When the server said so.
    pub(crate) as_of: Timestamp,
    /// What could not be seen.
    pub(crate) unseen: Unseen,
    /// What can be found in it, from the first search on.
    texts: OnceLock<Arc<Texts>>,
}

/// Something that we changed in a subnet.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A reservation is there, perhaps in the place of an older one of the same client.
    Reserved(Box<Reservation>),
    /// A reservation is gone.
    Unreserved(Box<Reservation>),
    /// The lease on an address is gone.
    Released(IpAddr),
}

impl Snapshot {
    /// `around`: the subnets that have addresses of it too.
    pub(crate) fn new(
        subnet: &Subnet,
        around: &[Subnet],
        leases: Listed<Lease>,
        reservations: Listed<Reservation>,
        as_of: Timestamp,
    ) -> Self {
        let raw: Vec<_> = leases.raw.into_iter().chain(reservations.raw).collect();
        let (leases, reservations) = (leases.known, reservations.known);
        let occupancy = Occupancy::of(subnet, &leases, &reservations).with_raw(&raw).beside(subnet, around);
        Self { leases, reservations, raw, occupancy, as_of, unseen: Unseen::default(), texts: OnceLock::new() }
    }

    /// The same, where not everything could be seen.
    pub(crate) fn without(self, unseen: Unseen) -> Self {
        Self { unseen, ..self }
    }

    /// What can be found in it; `subnet`: whose snapshot it is.
    pub(crate) fn texts(&self, subnet: &SubnetKey) -> &Texts {
        self.texts.get_or_init(|| Arc::new(Texts::of(subnet, self)))
    }

    /// How full the subnet is, by what was read; none where leases cannot be read.
    pub(crate) fn utilization(&self, subnet: &Subnet) -> Option<Utilization> {
        if self.unseen.has(Hook::LeaseCmds) {
            return None;
        }
        let leased = |state: &[LeaseState], delegated: bool| {
            let counts = |lease: &&Lease| {
                lease.subnet == subnet.key && lease.prefix_len.is_some() == delegated && state.contains(&lease.state)
            };
            u64::try_from(self.leases.iter().filter(counts).count()).unwrap_or(u64::MAX)
        };
        let limited = |count: u128| u64::try_from(count).unwrap_or(u64::MAX);
        // As Kea counts them: a declined address is an assigned one too.
        Some(Utilization {
            total: limited(subnet.pools.iter().map(|pool| pool.range.count()).fold(0, u128::saturating_add)),
            assigned: leased(&[LeaseState::Assigned, LeaseState::Declined], false),
            declined: leased(&[LeaseState::Declined], false),
            prefixes: limited(subnet.prefix_pools.iter().map(PrefixPool::count).fold(0, u128::saturating_add)),
            delegated: leased(&[LeaseState::Assigned], true),
        })
    }

    /// The lease at a place.
    pub(crate) fn lease_of(&self, place: Place) -> Option<&Lease> {
        self.leases.binary_search_by_key(&place, Place::of_lease).ok().map(|at| &self.leases[at])
    }

    /// How many leases and reservations there are.
    pub(crate) fn records(&self) -> usize {
        self.leases.len() + self.reservations.len() + self.raw.len()
    }

    /// Brings in what we changed since the snapshot was taken. Doing so twice is as good as once.
    pub(crate) fn apply(&mut self, change: &Change) {
        self.texts = OnceLock::new();
        match change {
            Change::Reserved(new) => match self.reservations.iter_mut().find(|known| is_in_place_of(known, new)) {
                Some(known) => known.clone_from(new),
                None => self.reservations.push(Reservation::clone(new)),
            },
            Change::Unreserved(old) => self.reservations.retain(|known| !is_in_place_of(known, old)),
            Change::Released(address) => {
                let place = Place::Address(*address);
                if let Ok(at) = self.leases.binary_search_by_key(&place, Place::of_lease) {
                    self.leases.remove(at);
                }
            }
        }
    }
}

impl Change {
    /// Whether it concerns addresses of that prefix.
    pub(crate) fn is_on(&self, prefix: IpNetwork) -> bool {
        match self {
            Self::Reserved(known) | Self::Unreserved(known) => {
                known.addresses().any(|address| prefix.contains(address))
            }
            Self::Released(address) => prefix.contains(*address),
        }
    }
}

/// Whether both are the reservation of one client in one subnet, kept in one place.
fn is_in_place_of(one: &Reservation, other: &Reservation) -> bool {
    one.subnet == other.subnet && one.identifier == other.identifier && one.storage == other.storage
}

#[cfg(test)]
mod tests {
    use model::{Identifier, IdentifierKind, LeaseState, Seconds, Storage};

    use super::*;

    fn reservation(identifier: &str, name: &str) -> Reservation {
        Reservation {
            subnet: "main/1".parse().unwrap(),
            identifier: Identifier::parse(IdentifierKind::HwAddress, identifier).unwrap(),
            address: Some([192, 0, 2, 7].into()),
            more_addresses: vec![],
            prefixes: vec![],
            host_name: Some(name.to_owned()),
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

    fn names(snapshot: &Snapshot) -> Vec<&str> {
        snapshot.reservations.iter().filter_map(|known| known.host_name.as_deref()).collect()
    }

    #[test]
    fn changes_are_brought_in_once_however_often_they_come() {
        let (a, b) = (reservation("02:00:00:00:00:01", "a"), reservation("02:00:00:00:00:02", "b"));
        let lease = Lease {
            subnet: a.subnet.clone(),
            address: [192, 0, 2, 9].into(),
            prefix_len: None,
            duid: None,
            hw_address: None,
            client_id: None,
            host_name: None,
            state: LeaseState::Assigned,
            renewed_at: Timestamp(0),
            lifetime: Some(Seconds(60)),
            stray: None,
        };
        let mut snapshot = Snapshot {
            leases: vec![lease],
            reservations: vec![a.clone()],
            raw: vec![],
            occupancy: Occupancy::default(),
            as_of: Timestamp(0),
            unseen: Unseen::default(),
            texts: OnceLock::new(),
        };
        for _ in 0..2 {
            snapshot.apply(&Change::Reserved(Box::new(b.clone())));
            assert_eq!(names(&snapshot), ["a", "b"]);
        }
        snapshot.apply(&Change::Reserved(Box::new(reservation("02:00:00:00:00:01", "anew"))));
        assert_eq!(names(&snapshot), ["anew", "b"]);
        for _ in 0..2 {
            snapshot.apply(&Change::Unreserved(Box::new(b.clone())));
            snapshot.apply(&Change::Released([192, 0, 2, 9].into()));
            assert_eq!((names(&snapshot), snapshot.leases.len()), (vec!["anew"], 0));
        }
    }
}
