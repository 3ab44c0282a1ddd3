//! What is known when a reservation is judged, gathered live.

use std::collections::HashSet;

use futures::future::{join_all, try_join_all};
use ipam::{Known, aliases, conflicts, other_identifiers};
use model::{
    Conflict, Family, HwAddress, Identifier, IdentifierKind, Ipv6Network, Lease, NewReservation, Reservation,
    ReservationKey, Severity, Subnet, SubnetKey,
};

use super::Reservations;
use super::field::{Field, Seen};
use crate::index::{self, Freshness};
use crate::ports::Listed;
use crate::unseen::{Unseen, aside};
use crate::{Actor, Error, Result};

/// Reservations that are not in the way.
#[derive(Clone, Copy)]
pub(super) struct Existing<'a> {
    /// The one whose place is taken.
    pub(super) replacing: Option<&'a ReservationKey>,
    /// Other interfaces of the same machine.
    pub(super) related: &'a [HwAddress],
}

impl Reservations {
    /// The subnet, when the reservation is right by itself, as far as it is not as `before`.
    pub(super) async fn checked(&self, new: &NewReservation, before: Option<&Reservation>) -> Result<Subnet> {
        let subnet = self.snapshots.subnet(&new.subnet).await?;
        let fields = new.check(&subnet, before);
        if fields.is_empty() { Ok(subnet) } else { Err(Error::Invalid { fields }) }
    }

    /// Everything that stands against a reservation.
    pub(super) async fn conflicts(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        new: &NewReservation,
        existing: Existing<'_>,
    ) -> Result<Vec<Conflict>> {
        let now = self.clock.now();
        let around = self.around(subnet, new).await?;
        let overlapping = around.iter().filter(|other| has_one_of(other, new)).map(|other| &other.key);
        let keys: Vec<&SubnetKey> = overlapping.chain([&new.subnet]).collect();
        let holds = async {
            let all = try_join_all(keys.iter().map(|key| self.networks.holds(key, now))).await?;
            let mut holds = all.concat();
            holds.retain(|hold| new.addresses().any(|address| address == hold.key.address));
            Ok(holds)
        };
        let exclusions =
            async { Ok(try_join_all(keys.iter().map(|key| self.networks.exclusions(key))).await?.concat()) };
        let sharing = async {
            let aliases = self.aliases(subnet, &new.identifier).await?;
            Ok((self.sharing(subnet, new, &aliases, existing.related).await?, aliases))
        };
        let ((reservations, aliases), (leases, unseen), holds, exclusions) =
            futures::try_join!(sharing, self.leases(subnet, new), holds, exclusions)?;
        let classes = match &new.client_classes {
            Some(classes) if !classes.is_empty() => self.dhcp.classes(&new.subnet.server).await.ok(),
            _ => None,
        };
        let known = Known {
            reservations: &reservations.known,
            aliases: &aliases,
            leases: &leases.known,
            raw: &[&leases.raw[..], &reservations.raw].concat(),
            holds: &holds,
            around: &around,
            exclusions: &exclusions,
            holder: &actor.label(),
            now,
            unseen: &unseen.hooks(),
            classes: classes.as_ref(),
        };
        Ok(conflicts(subnet, new, existing.replacing, &known))
    }

    /// The other subnets of the server that have an address of the new one too, or are of the same shared network.
    async fn around(&self, subnet: &Subnet, new: &NewReservation) -> Result<Vec<Subnet>> {
        let all = self.snapshots.subnets(&subnet.key.server).await?;
        let related = |other: &&Subnet| other.key != subnet.key && (other.is_beside(subnet) || has_one_of(other, new));
        Ok(all.iter().filter(related).cloned().collect())
    }

    /// The leases on the addresses of a new one, live. Those of prefixes that have something in common with its own come
    /// from the last snapshot: a server can look for exactly the same prefix alone.
    async fn leases(&self, subnet: &Subnet, new: &NewReservation) -> Result<(Listed<Lease>, Unseen)> {
        let (mut unseen, mut leases) = (Unseen::default(), Listed::default());
        let at = new.addresses().map(|address| self.dhcp.lease_at(&new.subnet.server, address));
        for lease in join_all(at).await {
            leases.known.extend(unseen.or_nothing(aside(&mut leases.raw, lease))?);
        }
        if !new.prefixes.is_empty() {
            let snapshot = self.snapshots.of(subnet, Freshness::Page).await?;
            let overlaps = |lease: &&Lease| lease.prefix().is_some_and(|theirs| overlaps(new, theirs));
            leases.known.extend(snapshot.leases.iter().filter(overlaps).cloned());
        }
        Ok((leases, unseen))
    }

    /// What else a client is known by, as its leases show.
    async fn aliases(&self, subnet: &Subnet, of: &Identifier) -> Result<Vec<Identifier>> {
        if !of.identifies() {
            return Ok(Vec::new());
        }
        if is_asked_for(subnet.family(), of) {
            let leases = self.dhcp.leases_of(&subnet.key.server, of).await;
            return Ok(aliases(of, &Unseen::default().or_nothing(leases)?));
        }
        Ok(aliases(of, &self.snapshots.of(subnet, Freshness::Search).await?.leases))
    }

    /// Every reservation that shares something with a new one. Prefixes that have something in common are looked for in
    /// the last snapshot, those that begin with the same address also live.
    async fn sharing(
        &self,
        subnet: &Subnet,
        new: &NewReservation,
        aliases: &[Identifier],
        related: &[HwAddress],
    ) -> Result<Listed<Reservation>> {
        let server = &new.subnet.server;
        let identifier = std::slice::from_ref(&new.identifier);
        let identifiers = [identifier, &other_identifiers(&new.identifier), aliases].concat();
        let of = try_join_all(identifiers.iter().map(|identifier| self.dhcp.reservations_of(server, identifier)));
        let named = async {
            match &new.host_name {
                Some(name) => self.dhcp.reservations_named(server, name.as_str()).await,
                None => Ok(Vec::new()),
            }
        };
        let firsts = new.addresses().chain(new.prefixes.iter().map(|prefix| prefix.network().into()));
        let at = async { Ok(join_all(firsts.map(|address| self.dhcp.reservations_at(server, address))).await) };
        let (of, named, at) = futures::try_join!(of, named, at)?;
        let mut reservations = of.into_iter().flatten().chain(named).collect::<Vec<_>>();
        let mut raw = Vec::new();
        for there in at {
            reservations.extend(aside(&mut raw, there)?);
        }
        if !new.prefixes.is_empty() {
            let snapshot = self.snapshots.of(subnet, Freshness::Page).await?;
            let overlapping = |other: &&Reservation| other.prefixes.iter().any(|theirs| overlaps(new, *theirs));
            reservations.extend(snapshot.reservations.iter().filter(overlapping).cloned());
        }
        if !is_asked_for(subnet.family(), &new.identifier) {
            let snapshot = self.snapshots.of(subnet, Freshness::Search).await?;
            let same = |other: &&Reservation| other.identifier.is_same_client(&new.identifier);
            reservations.extend(snapshot.reservations.iter().filter(same).cloned());
        }
        let is_related = |mac: &HwAddress| mac.identifies() && related.contains(mac);
        reservations.retain(|other| other.key() == new.key() || !other.hw_address().is_some_and(is_related));
        // One record may share several things with the new one.
        let mut seen = HashSet::new();
        reservations.retain(|other| seen.insert((other.key(), other.storage)));
        Ok(Listed { known: reservations, raw })
    }

    /// What is worth knowing, when nothing stands in the way.
    pub(super) async fn refuse_blocking(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        new: &NewReservation,
        existing: Existing<'_>,
    ) -> Result<Vec<Conflict>> {
        unless_blocked(self.conflicts(actor, subnet, new, existing).await?)
    }

    /// A subnet for judging many changes one after another.
    pub(crate) async fn field(&self, actor: &Actor, subnet: &Subnet, freshness: Freshness) -> Result<Field> {
        let snapshot = self.snapshots.of(subnet, freshness).await?;
        let now = self.clock.now();
        let holds = self.networks.holds_on(&subnet.key, now).await?;
        let exclusions = self.networks.exclusions_on(&subnet.key).await?;
        let storage = self.dhcp.storage(&subnet.key.server).await?;
        let classes = self.dhcp.classes(&subnet.key.server).await.ok();
        let all = self.snapshots.subnets(&subnet.key.server).await?;
        let elsewhere = self.snapshots.elsewhere(subnet, &all).await?;
        let around = index::around(subnet, &all);
        let seen = Seen { holds, exclusions, around, elsewhere, storage, classes, holder: actor.label(), now };
        Ok(Field::new(subnet.clone(), &snapshot, seen))
    }

    /// Interfaces of one machine can share an address only where the server is set up for it.
    pub(super) async fn refuse_second_at_address(&self, new: &NewReservation, related: &[HwAddress]) -> Result<()> {
        let (Some(address), false) = (new.address, related.is_empty()) else { return Ok(()) };
        let server = &new.subnet.server;
        if self.dhcp.reservations_at(server, address).await?.is_empty() || self.dhcp.shares_addresses(server).await? {
            return Ok(());
        }
        let fix = format!(
            "{address} is reserved for another interface of this machine, and the server allows one reservation for an \
             address: set \"ip-reservations-unique\": false in its configuration"
        );
        Err(Error::Unsupported { server: server.clone(), fix })
    }
}

/// What is worth knowing, when nothing stands in the way.
pub(crate) fn unless_blocked(conflicts: Vec<Conflict>) -> Result<Vec<Conflict>> {
    let (blocking, warnings): (Vec<_>, Vec<_>) =
        conflicts.into_iter().partition(|conflict| conflict.severity == Severity::Blocks);
    if blocking.is_empty() { Ok(warnings) } else { Err(Error::Conflict { conflicts: blocking }) }
}

/// What of a reservation that was there once is judged when it is to be there again.
pub(crate) fn aim_of(was: &Reservation) -> NewReservation {
    NewReservation {
        address: was.address,
        more_addresses: was.more_addresses.clone(),
        prefixes: was.prefixes.clone(),
        client_classes: Some(was.client_classes.clone()),
        ..NewReservation::of(was.subnet.clone(), was.identifier.clone())
    }
}

/// Whether a server can be asked for the leases of such a client, in whatever spelling. The client ids that have a DUID
/// inside are too many, and `kea-dhcp6` does not look for hardware addresses.
fn is_asked_for(family: Family, client: &Identifier) -> bool {
    !matches!((family, client.kind()), (Family::V4, IdentifierKind::Duid) | (Family::V6, IdentifierKind::HwAddress))
}

/// Whether an address of the reservation is one of the subnet's.
fn has_one_of(subnet: &Subnet, new: &NewReservation) -> bool {
    new.addresses().any(|address| subnet.prefix.contains(address))
}

/// Whether a prefix has something in common with one of the reservation.
fn overlaps(new: &NewReservation, theirs: Ipv6Network) -> bool {
    new.prefixes.iter().any(|mine| mine.overlaps(theirs))
}
