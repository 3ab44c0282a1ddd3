//! What stands against the client and the name of a reservation.

use model::{Cause, Conflict, HostName, Identifier, IdentifierKind, NewReservation, Reservation, Severity, Subnet};

use super::words::{cause, identifier, label};

/// Other identifiers that the same client may be known by: many clients send their hardware address as a client id, with
/// the octet 1 for Ethernet before it (RFC 2132 §9.14).
pub fn other_identifiers(of: &Identifier) -> Vec<Identifier> {
    let octets = of.octets().as_slice();
    let twin = match (of, octets.len()) {
        (Identifier::HwAddress(_), 6) => {
            let id = [&[1], octets].concat();
            id.try_into().ok().map(Identifier::ClientId)
        }
        (Identifier::ClientId(_), 7) if octets[0] == 1 => {
            let address: Option<model::Octets> = octets[1..].to_vec().try_into().ok();
            address.and_then(|address| address.try_into().ok()).map(Identifier::HwAddress)
        }
        _ => None,
    };
    twin.into_iter().collect()
}

pub(super) fn conflicts(
    subnet: &Subnet,
    candidate: &NewReservation,
    changes_one: bool,
    others: &[&Reservation],
) -> Vec<Conflict> {
    let mut found = Vec::new();
    found.extend(same_identifier(candidate, others));
    found.extend(other_identifier(subnet, candidate, others));
    found.extend(same_host_name(candidate, others));
    found.extend(never_looked_at(subnet, &candidate.identifier, changes_one));
    found.extend(without_effect(subnet));
    found
}

fn same_identifier(candidate: &NewReservation, others: &[&Reservation]) -> Option<Conflict> {
    let other = others.iter().find(|other| other.key() == candidate.key())?;
    let has = match (other.what(), other.addresses().count() + other.prefixes.len()) {
        (_, 0) => "no address".to_owned(),
        (address, 1) if other.prefixes.is_empty() => format!("the address {address}"),
        (all, _) => all,
    };
    Some(Conflict {
        severity: Severity::Blocks,
        field: "identifier".to_owned(),
        text: format!("{} already has a reservation in this subnet, with {has}.", label(other)),
        advice: "Change that reservation instead of creating a second one.".to_owned(),
        cause: Some(cause(other)),
    })
}

/// The same client under another of its identifiers: of two reservations only one is used.
fn other_identifier(subnet: &Subnet, candidate: &NewReservation, others: &[&Reservation]) -> Option<Conflict> {
    let names = other_identifiers(&candidate.identifier);
    let other = others.iter().find(|other| other.subnet == candidate.subnet && names.contains(&other.identifier))?;
    let kinds = [&candidate.identifier, &other.identifier].map(Identifier::kind);
    let first = subnet.rules.identifiers.iter().find(|kind| kinds.contains(kind));
    let first = first.map_or_else(String::new, |kind| format!(" The server uses the one by {} alone.", name(*kind)));
    Some(Conflict {
        severity: Severity::Warns,
        field: "identifier".to_owned(),
        text: format!("The same client also has a reservation as {}.{first}", label(other)),
        advice: "Keep one of the two reservations.".to_owned(),
        cause: Some(cause(other)),
    })
}

/// One client may have a reservation, and its name, in several subnets: only other clients count.
fn same_host_name(candidate: &NewReservation, others: &[&Reservation]) -> Vec<Conflict> {
    let Some(name) = &candidate.host_name else { return Vec::new() };
    let bare = HostName::bare(name.as_str());
    let shares = |other: &&&Reservation| {
        other.identifier != candidate.identifier
            && other.host_name.as_deref().is_some_and(|theirs| HostName::bare(theirs) == bare)
    };
    let conflict = |other: &&Reservation| {
        let theirs = identifier(&other.identifier);
        Conflict {
            severity: Severity::Warns,
            field: "host_name".to_owned(),
            text: format!("The name {name} is also reserved for {theirs} in the subnet {}.", other.subnet),
            advice: "Choose another name, unless both are the same machine.".to_owned(),
            cause: Some(cause(other)),
        }
    };
    others.iter().filter(shares).map(conflict).collect()
}

/// A server looks clients up by some kinds of identifiers only (Kea: `host-reservation-identifiers`).
fn never_looked_at(subnet: &Subnet, of: &Identifier, changes_one: bool) -> Option<Conflict> {
    let kinds = &subnet.rules.identifiers;
    if kinds.contains(&of.kind()) {
        return None;
    }
    let looked_at: Vec<_> = kinds.iter().map(|kind| name(*kind)).collect();
    Some(Conflict {
        severity: if changes_one { Severity::Warns } else { Severity::Blocks },
        field: "identifier".to_owned(),
        text: format!(
            "The server looks clients up by {} and never by {}: this reservation would have no effect.",
            looked_at.join(", "),
            name(of.kind())
        ),
        advice: format!(
            "Choose another kind of identifier, or add “{}” to “host-reservation-identifiers” in Kea’s configuration.",
            of.kind().code()
        ),
        cause: Some(Cause::Server(subnet.key.server.clone())),
    })
}

fn without_effect(subnet: &Subnet) -> Option<Conflict> {
    (!subnet.rules.in_subnet).then(|| Conflict {
        severity: Severity::Warns,
        field: "subnet".to_owned(),
        text: "Reservations have no effect in this subnet: “reservations-in-subnet” is off.".to_owned(),
        advice: "Turn it on in Kea’s configuration.".to_owned(),
        cause: Some(Cause::Subnet(subnet.key.clone())),
    })
}

/// The kind inside of a sentence.
fn name(kind: IdentifierKind) -> String {
    let label = kind.label();
    if label.starts_with("MAC") || label.starts_with("DUID") { label.to_owned() } else { label.to_lowercase() }
}
