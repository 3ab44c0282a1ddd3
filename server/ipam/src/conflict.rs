//! What stands against a reservation: the one verdict, whoever asks.

mod address;
mod client;
mod prefix;
mod words;

use std::cmp::Reverse;

use model::{
    Conflict, Exclusion, Hold, Identifier, Lease, NewReservation, Reservation, ReservationKey, Subnet, Timestamp,
};

pub use client::{aliases, other_identifiers};

/// What is known when a reservation is judged.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Every reservation that shares an address, a part of a prefix, its identifier or its host name with it, or belongs
    /// to the same client under one of its [`other_identifiers`] or [`aliases`].
    pub reservations: &'a [Reservation],
    /// What else the client is known by, as leases show.
    pub aliases: &'a [Identifier],
    /// The leases on its addresses, and those of prefixes that have something in common with its prefixes.
    pub leases: &'a [Lease],
    /// The holds on its addresses.
    pub holds: &'a [Hold],
    /// The exclusions of its subnet, under whichever name of a server that has it.
    pub exclusions: &'a [Exclusion],
    /// Who asks; their own hold is no conflict.
    pub holder: &'a str,
    /// The time of day.
    pub now: Timestamp,
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
    let mut found = client::conflicts(subnet, candidate, known.aliases, replaced.first().copied(), &others);
    for address in candidate.addresses() {
        let kept = replaced.iter().any(|old| old.addresses().any(|old| old == address));
        found.extend(address::conflicts(&address::Judged { subnet, candidate, known, address, kept }, &others));
    }
    for prefix in &candidate.prefixes {
        let kept = replaced.iter().any(|old| old.prefixes.contains(prefix));
        found.extend(prefix::conflicts(&prefix::Judged { subnet, candidate, known, prefix: *prefix, kept }, &others));
    }
    found.sort_by_key(|conflict| Reverse(conflict.severity));
    found
}

#[cfg(test)]
mod tests;
