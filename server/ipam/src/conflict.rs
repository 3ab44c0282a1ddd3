//! What stands against a reservation: the one verdict, for every caller.

mod address;
mod client;
mod elsewhere;
mod prefix;
mod words;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use model::{
    Cause, Conflict, Exclusion, Hold, Hook, Identifier, Lease, NewReservation, RawRecord, Reservation, ReservationKey,
    Severity, Subnet, Timestamp,
};

pub use client::{aliases, other_identifiers};

/// What is known when a reservation is judged.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Every reservation of the server that shares an address, a part of a prefix, its identifier or its host name with it,
    /// or belongs to the same client under one of its [`other_identifiers`] or [`aliases`]; in whichever subnet, or in none
    /// in particular.
    pub reservations: &'a [Reservation],
    /// What else the client is known by, as leases show.
    pub aliases: &'a [Identifier],
    /// The leases on its addresses, and those of prefixes that have something in common with its prefixes.
    pub leases: &'a [Lease],
    /// Records that are not understood, those at its addresses among them.
    pub raw: &'a [RawRecord],
    /// The holds on its addresses.
    pub holds: &'a [Hold],
    /// The other subnets of the server that have one of its addresses too, or are of the same shared network.
    pub around: &'a [Subnet],
    /// The exclusions of its subnet and of those around, under whichever name of a server that has it.
    pub exclusions: &'a [Exclusion],
    /// Who asks; their own hold is no conflict.
    pub holder: &'a str,
    /// The time of day.
    pub now: Timestamp,
    /// The hook libraries whose absence keeps something of that from being known.
    pub unseen: &'a [Hook],
    /// The client classes that its server has, or names somewhere; none: they are not known.
    pub classes: Option<&'a BTreeSet<String>>,
}

/// Everything that stands against the reservation, the worst first. `replacing` is the record that it takes the place
/// of. What is wrong with the reservation by itself is [`NewReservation::check`]'s to say.
pub fn conflicts(
    subnet: &Subnet,
    candidate: &NewReservation,
    replacing: Option<&ReservationKey>,
    known: &Known<'_>,
) -> Vec<Conflict> {
    let (replaced, others): (Vec<_>, Vec<_>) =
        known.reservations.iter().partition(|other| replacing.is_some_and(|key| *key == other.key()));
    let mut found = client::conflicts(subnet, candidate, known, replaced.first().copied(), &others);
    found.extend(elsewhere::of_client(subnet, candidate, known, replaced.first().copied(), &others));
    for address in candidate.addresses() {
        let kept = replaced.iter().any(|old| old.addresses().any(|old| old == address));
        found.extend(address::conflicts(&address::Judged { subnet, candidate, known, address, kept }, &others));
    }
    for prefix in &candidate.prefixes {
        let kept = replaced.iter().any(|old| old.prefixes.contains(prefix));
        found.extend(prefix::conflicts(&prefix::Judged { subnet, candidate, known, prefix: *prefix, kept }, &others));
    }
    found.extend(leases_unknown(candidate, known));
    found.extend(reservations_unknown(candidate, known));
    found.extend(client::unknown_classes(candidate, known.classes, &replaced));
    found.sort_by_key(|conflict| Reverse(conflict.severity));
    found
}

/// A server without the hook library for leases still has them.
fn leases_unknown(candidate: &NewReservation, known: &Known<'_>) -> Option<Conflict> {
    let has_place = candidate.addresses().next().is_some() || !candidate.prefixes.is_empty();
    (has_place && known.unseen.contains(&Hook::LeaseCmds)).then(|| Conflict {
        severity: Severity::Warns,
        field: "address".to_owned(),
        text: "Whether it is leased to another client is not known: the hook library lease_cmds is not loaded."
            .to_owned(),
        advice: Hook::LeaseCmds.advice(),
        cause: Some(Cause::Server(candidate.subnet.server.clone())),
    })
}

/// What is reserved already is not guessed: nothing is reserved beside it unseen.
fn reservations_unknown(candidate: &NewReservation, known: &Known<'_>) -> Option<Conflict> {
    known.unseen.contains(&Hook::HostCmds).then(|| Conflict {
        severity: Severity::Blocks,
        field: "identifier".to_owned(),
        text: "What is reserved already is not known: the hook library host_cmds is not loaded.".to_owned(),
        advice: Hook::HostCmds.advice(),
        cause: Some(Cause::Server(candidate.subnet.server.clone())),
    })
}

#[cfg(test)]
mod tests;
