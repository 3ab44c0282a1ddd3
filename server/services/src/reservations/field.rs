//! One subnet while many changes are judged one after another, such as the rows of a table: what is there, and what the
//! ones before would make of it. Pure.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipam::{Known, Occupancy, Strategy, Taken, aliases, conflicts, next_free};
use model::{
    Conflict, Exclusion, FieldError, Hold, HoldKey, HostName, Identifier, Ipv6Network, Lease, NewReservation,
    RawRecord, Reservation, Seconds, Storage, Subnet, Timestamp,
};

use crate::Actor;
use crate::index::Snapshot;
use crate::ports::Listed;
use crate::unseen::Unseen;

/// How long an address is held for a row that is about to be written.
const HOLD_FOR: Seconds = Seconds(300);

/// What is known beside the snapshot.
pub(crate) struct Seen {
    pub(crate) holds: Vec<Hold>,
    pub(crate) exclusions: Vec<Exclusion>,
    /// The other subnets that have addresses of it too, or are of the same shared network.
    pub(crate) around: Vec<Subnet>,
    /// Reservations there, or of no subnet in particular, of clients that may be among the rows.
    pub(crate) elsewhere: Vec<Reservation>,
    pub(crate) storage: Storage,
    pub(crate) classes: Option<BTreeSet<String>>,
    pub(crate) holder: String,
    pub(crate) now: Timestamp,
}

/// A subnet, and everything that a row can run into.
pub(crate) struct Field {
    pub(crate) subnet: Subnet,
    /// Where new reservations are kept.
    pub(crate) storage: Storage,
    reservations: Vec<Option<Reservation>>,
    by_identifier: HashMap<Identifier, Vec<usize>>,
    /// The same by the one spelling of each client.
    by_client: HashMap<Identifier, Vec<usize>>,
    by_address: HashMap<IpAddr, Vec<usize>>,
    /// Those that have prefixes.
    with_prefixes: Vec<usize>,
    by_name: HashMap<String, Vec<usize>>,
    leases: HashMap<IpAddr, Lease>,
    /// By all that they say of their clients, in the one spelling of that.
    leased_to: HashMap<Identifier, Vec<IpAddr>>,
    /// The leases of prefixes.
    delegated: Vec<Lease>,
    raw: Vec<RawRecord>,
    holds: HashMap<IpAddr, Hold>,
    exclusions: Vec<Exclusion>,
    around: Vec<Subnet>,
    occupancy: Occupancy,
    holder: String,
    now: Timestamp,
    unseen: Unseen,
    classes: Option<BTreeSet<String>>,
}

impl Field {
    pub(crate) fn new(subnet: Subnet, snapshot: &Snapshot, seen: Seen) -> Self {
        let mut occupancy = Occupancy::of(&subnet, &snapshot.leases, &snapshot.reservations).with_raw(&snapshot.raw);
        occupancy = occupancy.beside(&subnet, &seen.around);
        occupancy.take(seen.holds.iter().map(|hold| (hold.key.address, Taken::Held)));
        occupancy.exclude(seen.exclusions.iter().map(|exclusion| exclusion.range).collect());
        let (delegated, leases): (Vec<_>, Vec<_>) =
            snapshot.leases.iter().cloned().partition(|lease| lease.prefix_len.is_some());
        let mut leased_to: HashMap<Identifier, Vec<IpAddr>> = HashMap::new();
        for (address, identifier) in leases.iter().flat_map(|lease| lease.identifiers().map(|its| (lease.address, its)))
        {
            leased_to.entry(identifier.canonical()).or_default().push(address);
        }
        let mut field = Self {
            subnet,
            storage: seen.storage,
            reservations: Vec::new(),
            by_identifier: HashMap::new(),
            by_client: HashMap::new(),
            by_address: HashMap::new(),
            with_prefixes: Vec::new(),
            by_name: HashMap::new(),
            leases: leases.into_iter().map(|lease| (lease.address, lease)).collect(),
            leased_to,
            delegated,
            raw: snapshot.raw.clone(),
            holds: seen.holds.into_iter().map(|hold| (hold.key.address, hold)).collect(),
            exclusions: seen.exclusions,
            around: seen.around,
            occupancy,
            holder: seen.holder,
            now: seen.now,
            unseen: snapshot.unseen.clone(),
            classes: seen.classes,
        };
        for reservation in snapshot.reservations.iter().cloned().chain(seen.elsewhere) {
            field.add(reservation);
        }
        field
    }

    /// What a client has reserved here: one, or copies in both places, the one that counts first.
    pub(crate) fn all_of(&self, identifier: &Identifier) -> Vec<Reservation> {
        let mut mine: Vec<_> = self
            .listed(self.by_identifier.get(identifier))
            .filter(|known| known.subnet == self.subnet.key)
            .cloned()
            .collect();
        mine.sort_by_key(|reservation| reservation.storage != Storage::Configuration);
        mine
    }

    /// What stands against a row. `elsewhere`: reservations of other subnets that share something with it.
    pub(crate) fn conflicts(
        &self,
        new: &NewReservation,
        old: Option<&Reservation>,
        elsewhere: Listed<Reservation>,
    ) -> Vec<Conflict> {
        let its_leases = self.leased_to.get(&new.identifier.canonical()).into_iter().flatten();
        let aliases = aliases(&new.identifier, its_leases.filter_map(|address| self.leases.get(address)));
        let spellings = std::iter::once(&new.identifier).chain(&aliases).map(Identifier::canonical);
        let mut sharing: Vec<Reservation> = Vec::new();
        for reservation in spellings.flat_map(|client| self.listed(self.by_client.get(&client))) {
            if !sharing.contains(reservation) {
                sharing.push(reservation.clone());
            }
        }
        let overlaps = |theirs: &Ipv6Network| new.prefixes.iter().any(|mine| mine.overlaps(*theirs));
        let at = new.addresses().flat_map(|address| self.listed(self.by_address.get(&address)));
        let apart = new.prefixes.is_empty();
        let overlapping = self.listed(Some(&self.with_prefixes).filter(|_| !apart));
        let overlapping = overlapping.filter(|other| other.prefixes.iter().any(overlaps));
        let name = new.host_name.as_ref().and_then(|name| self.by_name.get(&HostName::bare(name.as_str())));
        let more = at.chain(overlapping).chain(self.listed(name)).cloned();
        for reservation in more.chain(elsewhere.known.into_iter().filter(|other| other.subnet != self.subnet.key)) {
            if !sharing.contains(&reservation) {
                sharing.push(reservation);
            }
        }
        let mut leases: Vec<Lease> = new.addresses().filter_map(|address| self.leases.get(&address)).cloned().collect();
        let delegated = self.delegated.iter().filter(|lease| lease.prefix().as_ref().is_some_and(overlaps));
        leases.extend(delegated.cloned());
        let holds: Vec<Hold> = new.addresses().filter_map(|address| self.holds.get(&address)).cloned().collect();
        let known = Known {
            reservations: &sharing,
            aliases: &aliases,
            leases: &leases,
            raw: &[&self.raw[..], &elsewhere.raw].concat(),
            holds: &holds,
            around: &self.around,
            exclusions: &self.exclusions,
            holder: &self.holder,
            now: self.now,
            unseen: &self.unseen.hooks(),
            classes: self.classes.as_ref(),
        };
        conflicts(&self.subnet, new, old.map(Reservation::key).as_ref(), &known)
    }

    /// From now on `after` is there in the place of `before`.
    pub(crate) fn takes(&mut self, before: Option<&Reservation>, after: Option<Reservation>) {
        if let Some(before) = before {
            let gone = |known: &Option<Reservation>| known.as_ref() == Some(before);
            if let Some(place) = self.reservations.iter().position(gone) {
                self.reservations[place] = None;
            }
        }
        if let Some(after) = after {
            self.occupancy.take(after.addresses().map(|address| (address, Taken::Reserved)));
            self.add(after);
        }
    }

    /// Why no address can be chosen here, if none can: what is not seen may be taken.
    pub(crate) fn blind(&self) -> Option<FieldError> {
        let missing = self.unseen.findings().into_iter().next()?;
        Some(FieldError::new("address", format!("{} {}", missing.text, missing.advice)))
    }

    /// A free address, which is taken from then on.
    pub(crate) fn next_free(&mut self) -> Option<IpAddr> {
        let address = next_free(&self.subnet, None, &self.occupancy, Strategy::Lowest).ok()?;
        self.occupancy.take([(address, Taken::Held)]);
        Some(address)
    }

    /// The hold on an address for a row.
    pub(crate) fn hold(&self, actor: &Actor, address: IpAddr, new: &NewReservation) -> Hold {
        Hold {
            key: HoldKey { subnet: self.subnet.key.clone(), address },
            holder: actor.label(),
            purpose: Some(new.identifier.to_string()),
            since: self.now,
            until: self.now.plus(HOLD_FOR),
        }
    }

    /// Why there is no next free address.
    pub(crate) fn full(&self) -> FieldError {
        let why = next_free(&self.subnet, None, &self.occupancy, Strategy::Lowest).err();
        FieldError::new("address", why.map_or_else(|| "none is free".to_owned(), |why| why.to_string()))
    }

    fn add(&mut self, reservation: Reservation) {
        let place = self.reservations.len();
        self.by_identifier.entry(reservation.identifier.clone()).or_default().push(place);
        self.by_client.entry(reservation.identifier.canonical()).or_default().push(place);
        if !reservation.prefixes.is_empty() {
            self.with_prefixes.push(place);
        }
        for address in reservation.addresses() {
            self.by_address.entry(address).or_default().push(place);
        }
        if let Some(name) = &reservation.host_name {
            self.by_name.entry(HostName::bare(name)).or_default().push(place);
        }
        self.reservations.push(Some(reservation));
    }

    fn listed<'a>(&'a self, places: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a Reservation> {
        places.into_iter().flatten().filter_map(|place| self.reservations[*place].as_ref())
    }
}
