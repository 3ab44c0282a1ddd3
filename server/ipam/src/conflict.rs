//! What stands against a reservation.

use std::cmp::Reverse;
use std::net::Ipv4Addr;

use model::{
    Conflict, Hold, Identifier, Lease, LeaseState, NewReservation, Reservation, ReservationKey, Severity, Subnet,
    Timestamp,
};

use crate::is_running;

/// What is known when a reservation is judged.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Every reservation that shares address, identifier or host name with it.
    pub reservations: &'a [Reservation],
    /// The lease on its address.
    pub lease: Option<&'a Lease>,
    /// The hold on its address.
    pub hold: Option<&'a Hold>,
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
    let mut found = Vec::new();
    found.extend(same_identifier(candidate, &others));
    found.extend(same_host_name(candidate, &others));
    if let Some(address) = candidate.address {
        let kept = replaced.iter().any(|old| old.address == Some(address));
        let judgement = Judgement { subnet, candidate, known, address, kept };
        found.extend(judgement.reserved(&others));
        found.extend(judgement.gateway());
        found.extend(judgement.leased());
        found.extend(judgement.held());
        found.extend(judgement.class_pool());
    }
    found.sort_by_key(|conflict| Reverse(conflict.severity));
    found
}

fn same_identifier(candidate: &NewReservation, others: &[&Reservation]) -> Option<Conflict> {
    let other = others.iter().find(|other| other.key() == candidate.key())?;
    let has = match other.address {
        Some(address) => format!("the address {address}"),
        None => "no address".to_owned(),
    };
    Some(Conflict {
        severity: Severity::Blocks,
        field: "identifier".to_owned(),
        text: format!("{} already has a reservation in this subnet, with {has}.", label(other)),
        advice: "Change that reservation instead of making a second one.".to_owned(),
    })
}

/// One client may have a reservation, and its name, in several subnets: only other clients count.
fn same_host_name(candidate: &NewReservation, others: &[&Reservation]) -> Vec<Conflict> {
    let Some(name) = &candidate.host_name else { return Vec::new() };
    let bare = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let shares = |other: &&&Reservation| {
        other.identifier != candidate.identifier
            && other.host_name.as_deref().is_some_and(|theirs| bare(theirs) == bare(name.as_str()))
    };
    let conflict = |other: &&Reservation| Conflict {
        severity: Severity::Warns,
        field: "host_name".to_owned(),
        text: format!("The name {name} is also reserved for {} in the subnet {}.", identifier(other), other.subnet),
        advice: "Choose another name, unless both are the same machine.".to_owned(),
    };
    others.iter().filter(shares).map(conflict).collect()
}

/// The address of the reservation, and all that it is judged by.
struct Judgement<'a> {
    subnet: &'a Subnet,
    candidate: &'a NewReservation,
    known: &'a Known<'a>,
    address: Ipv4Addr,
    /// The record that is replaced has the same address.
    kept: bool,
}

impl Judgement<'_> {
    /// A change that leaves the address alone makes nothing worse: it is told what is wrong, but not stopped.
    fn severity(&self) -> Severity {
        if self.kept { Severity::Warns } else { Severity::Blocks }
    }

    fn reserved(&self, others: &[&Reservation]) -> Vec<Conflict> {
        let shares = |other: &&&Reservation| {
            other.address == Some(self.address)
                && other.subnet == self.candidate.subnet
                && other.identifier != self.candidate.identifier
        };
        let conflict = |other: &&Reservation| {
            let text = format!("{} is reserved for {}.", self.address, label(other));
            on_address(self.severity(), text, "Choose another address, or change that reservation first.")
        };
        others.iter().filter(shares).map(conflict).collect()
    }

    fn gateway(&self) -> Option<Conflict> {
        self.subnet.routers.contains(&self.address).then(|| {
            let text = format!("{} is the gateway of the subnet {}.", self.address, self.subnet.prefix);
            on_address(self.severity(), text, "Choose another address.")
        })
    }

    fn leased(&self) -> Option<Conflict> {
        let lease = self.known.lease.filter(|lease| lease.address == self.address && lease.blocks())?;
        if lease.state == LeaseState::Declined {
            let text = format!("{} was declined: a client found it in use by an unknown device.", self.address);
            let advice =
                "Choose another address, or find that device: Kea offers the address again when the probation ends.";
            // The reservation is right all the same: it works as soon as the device is gone.
            return Some(on_address(Severity::Warns, text, advice));
        }
        // Where the lease does not say whose it is, only an address that is new to the client is worth a word.
        let own = lease.belongs_to(&self.candidate.identifier).unwrap_or(self.kept);
        if own || lease.is_expired(self.known.now) {
            return None;
        }
        let holder = match (&lease.hw_address, &lease.client_id) {
            (Some(hw_address), _) => hw_address.to_string(),
            (None, Some(client_id)) => format!("client id {client_id}"),
            (None, None) => "an unknown client".to_owned(),
        };
        let end = lease.expires_at().map_or_else(|| "for ever".to_owned(), |end| format!("until {end}"));
        let text = format!("{} is leased to {holder} {end}.", self.address);
        let advice = "Until that lease ends the reserved client gets another address: wait, or release the lease.";
        Some(on_address(Severity::Warns, text, advice))
    }

    fn held(&self) -> Option<Conflict> {
        let hold =
            self.known.hold.filter(|hold| hold.key.address == self.address && is_running(hold, self.known.now))?;
        (hold.holder != self.known.holder).then(|| {
            let text = format!("{} is held for {} until {}.", self.address, shown(&hold.holder), hold.until);
            on_address(Severity::Warns, text, "Choose another address, or release the hold.")
        })
    }

    fn class_pool(&self) -> Option<Conflict> {
        let pool = self.subnet.pool_of(self.address).filter(|pool| !pool.client_classes.is_empty())?;
        let classes: Vec<_> = pool.client_classes.iter().map(|class| format!("“{}”", shown(class))).collect();
        let (range, classes) = (pool.range, classes.join(", "));
        let text = format!("{} lies in the pool {range}, which is for clients of the class {classes}.", self.address);
        let advice = "Choose an address outside of that pool, unless the client is of that class.";
        Some(on_address(Severity::Warns, text, advice))
    }
}

fn on_address(severity: Severity, text: String, advice: &str) -> Conflict {
    Conflict { severity, field: "address".to_owned(), text, advice: advice.to_owned() }
}

/// The client of a reservation, with its name where it has one.
fn label(reservation: &Reservation) -> String {
    match &reservation.host_name {
        Some(name) => format!("{} ({})", identifier(reservation), shown(name)),
        None => identifier(reservation),
    }
}

fn identifier(reservation: &Reservation) -> String {
    match &reservation.identifier {
        Identifier::HwAddress(hw_address) => hw_address.to_string(),
        other => format!("{} {other}", other.kind().label()),
    }
}

/// Text that others chose, without control characters.
fn shown(text: &str) -> impl std::fmt::Display {
    text.escape_debug()
}

#[cfg(test)]
mod tests;
