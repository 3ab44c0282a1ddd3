//! What a sweep through all leases of a server has come to know, and which of its subnets are whole. Pure.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use model::{AddressRange, Family, IpNetwork, Lease, RawKind, RawRecord, Reservation, Subnet, SubnetKey, Timestamp};

use super::around::Places;
use super::{Place, Snapshot, Strays};
use crate::ports::Listed;
use crate::unseen::Unseen;

/// The leases of a server, as they come, in parts that are read side by side.
pub(super) struct Gathering {
    subnets: Arc<Vec<Subnet>>,
    places: Places,
    /// Those of which no snapshot was made yet.
    left: Vec<usize>,
    /// By the number of their subnet.
    reservations: HashMap<u32, Vec<Reservation>>,
    parts: Vec<Part>,
    /// Leases of delegated prefixes, which are of the subnet that they name wherever they lie.
    delegated: HashMap<u32, Vec<Lease>>,
    stray_leases: Vec<Lease>,
    /// Leases and reservations that are not understood.
    raw: Vec<RawRecord>,
    unseen: Unseen,
    as_of: Timestamp,
}

/// A range of addresses, and what was read of it.
struct Part {
    range: AddressRange,
    /// By address.
    leases: Vec<Lease>,
    /// Up to which address it was read.
    read_to: Option<IpAddr>,
}

/// Cuts all addresses of a family into so many parts, with about as many of its subnets each.
pub(super) fn parts(family: Family, subnets: &[Subnet], count: usize) -> Vec<AddressRange> {
    let all = AddressRange::all(family);
    let mut firsts: Vec<IpAddr> = subnets.iter().map(|subnet| subnet.prefix.network()).collect();
    firsts.sort_unstable();
    firsts.dedup();
    let each = firsts.len().div_ceil(count.max(1)).max(1);
    let cuts = firsts.into_iter().skip(each).step_by(each).collect::<Vec<_>>();
    let begins = [all.first()].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().filter_map(|cut| model::before(*cut)).chain([all.last()]);
    begins.zip(ends).filter_map(|(first, last)| AddressRange::new(first, last).ok()).collect()
}

/// Whether a scan of the subnet alone would find the prefix: in its pools of prefixes, among those that are reserved, or in
/// its own prefix.
fn is_delegated_here(lease: &Lease, subnet: &Subnet, reservations: &[Reservation]) -> bool {
    let pools = subnet.prefix_pools.iter().map(|pool| IpNetwork::from(pool.prefix));
    let mut places = pools.chain([subnet.prefix]);
    let mut reserved = reservations.iter().flat_map(|known| &known.prefixes);
    places.any(|place| place.contains(lease.address)) || reserved.any(|prefix| lease.prefix() == Some(*prefix))
}

impl Gathering {
    pub(super) fn new(
        subnets: Arc<Vec<Subnet>>,
        reservations: Listed<Reservation>,
        parts: &[AddressRange],
        unseen: Unseen,
        as_of: Timestamp,
    ) -> Self {
        let mut by_subnet: HashMap<u32, Vec<Reservation>> = HashMap::new();
        for reservation in reservations.known {
            by_subnet.entry(reservation.subnet.id).or_default().push(reservation);
        }
        let parts = parts.iter().map(|range| Part { range: *range, leases: Vec::new(), read_to: None }).collect();
        let (left, places) = ((0..subnets.len()).collect(), Places::of(&subnets));
        let (delegated, stray_leases) = (HashMap::new(), Vec::new());
        let raw = reservations.raw;
        Self { subnets, places, left, reservations: by_subnet, parts, delegated, stray_leases, raw, unseen, as_of }
    }

    /// Takes what was read next of a part, up to that address.
    pub(super) fn add(&mut self, part: usize, leases: Vec<Lease>, raw: Vec<RawRecord>, read_to: IpAddr) {
        for raw in raw {
            if !self.raw.contains(&raw) {
                self.raw.push(raw);
            }
        }
        for lease in leases.iter().filter(|lease| lease.stray.is_some()) {
            self.stray_leases.push(lease.clone());
        }
        let Some(part) = self.parts.get_mut(part) else { return };
        let (delegated, addresses): (Vec<_>, Vec<_>) = leases.into_iter().partition(|lease| lease.prefix_len.is_some());
        for lease in delegated {
            self.delegated.entry(lease.subnet.id).or_default().push(lease);
        }
        part.leases.extend(addresses);
        part.read_to = Some(read_to);
    }

    /// Leases cannot be seen.
    pub(super) fn without_leases(&mut self, unseen: Unseen) {
        self.unseen = unseen;
        for part in &mut self.parts {
            part.read_to = Some(part.range.last());
        }
    }

    /// The snapshots of subnets that have become whole.
    pub(super) fn whole(&mut self) -> Vec<(SubnetKey, Snapshot)> {
        let (whole, left) =
            std::mem::take(&mut self.left).into_iter().partition(|at| self.is_whole(&self.subnets[*at]));
        self.left = left;
        let whole: Vec<usize> = whole;
        whole.into_iter().map(|at| (self.subnets[at].key.clone(), self.snapshot(&self.subnets[at]))).collect()
    }

    fn is_whole(&self, subnet: &Subnet) -> bool {
        // Delegated prefixes may be anywhere.
        let own = self.reservations.get(&subnet.key.id);
        let delegates =
            !subnet.prefix_pools.is_empty() || own.into_iter().flatten().any(|own| !own.prefixes.is_empty());
        let wanted =
            if delegates { AddressRange::all(subnet.family()) } else { AddressRange::of_prefix(subnet.prefix) };
        self.parts.iter().all(|part| {
            let needed = part.range.last().min(wanted.last());
            part.range.first() > wanted.last() || needed < wanted.first() || part.read_to.is_some_and(|to| to >= needed)
        })
    }

    fn snapshot(&self, subnet: &Subnet) -> Snapshot {
        let range = AddressRange::of_prefix(subnet.prefix);
        let mut leases: Vec<Lease> = Vec::new();
        for part in &self.parts {
            let begin = part.leases.partition_point(|lease| lease.address < range.first());
            let end = part.leases.partition_point(|lease| lease.address <= range.last());
            leases.extend_from_slice(&part.leases[begin..end]);
        }
        let mut reservations = self.reservations.get(&subnet.key.id).cloned().unwrap_or_default();
        let mut delegated: Vec<Lease> = self.delegated.get(&subnet.key.id).cloned().unwrap_or_default();
        delegated.retain(|lease| is_delegated_here(lease, subnet, &reservations));
        delegated.sort_by_key(Place::of_lease);
        leases.extend(delegated);
        let around = self.places.overlapping(subnet, &self.subnets);
        let others = around.iter().map(|other| other.key.id).chain([SubnetKey::global(subnet.key.server.clone()).id]);
        for other in others {
            let here = |known: &&Reservation| known.addresses().any(|address| subnet.prefix.contains(address));
            reservations.extend(self.reservations.get(&other).into_iter().flatten().filter(here).cloned());
        }
        let here = |raw: &&RawRecord| {
            raw.subnet == subnet.key || raw.addresses.iter().any(|address| subnet.prefix.contains(*address))
        };
        let raw = self.raw.iter().filter(here).cloned().collect();
        let (leases, reservations) = (Listed { known: leases, raw }, Listed { known: reservations, raw: Vec::new() });
        Snapshot::new(subnet, &around, leases, reservations, self.as_of).without(self.unseen.clone())
    }

    /// The snapshot of what stands for no subnet in particular.
    pub(super) fn global(&self, global: &Subnet) -> Snapshot {
        let reservations = self.reservations.get(&global.key.id).cloned().unwrap_or_default();
        let raw = self.raw.iter().filter(|raw| raw.kind == RawKind::Reservation && raw.subnet == global.key).cloned();
        let reservations = Listed { known: reservations, raw: raw.collect() };
        Snapshot::new(global, &[], Listed::default(), reservations, self.as_of).without(self.unseen.clone())
    }

    /// How many leases and reservations there are.
    pub(super) fn records(&self) -> usize {
        let leases = self.parts.iter().map(|part| part.leases.len());
        leases.chain(self.delegated.values().map(Vec::len)).chain(self.reservations.values().map(Vec::len)).sum()
    }

    /// What belongs to no subnet.
    pub(super) fn strays(self) -> Strays {
        let there: HashSet<u32> = self.subnets.iter().map(|subnet| subnet.key.id).collect();
        let gone = |id: &u32| *id != 0 && !there.contains(id);
        let mut reservations: Vec<_> = self.reservations.iter().filter(|(id, _)| gone(id)).collect();
        reservations.sort_by_key(|(id, _)| **id);
        let reservations = reservations.into_iter().flat_map(|(_, its)| its.iter().cloned()).collect();
        let mut leases = self.stray_leases;
        leases.sort_by_key(Place::of_lease);
        let raw = self.raw.into_iter().filter(|raw| raw.stray).collect();
        Strays { leases, reservations, raw }
    }
}
