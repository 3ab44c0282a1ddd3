//! What stands against the client and the name of a reservation.

use std::collections::BTreeSet;

use model::{
    Cause, Conflict, HostName, HwAddress, Identifier, IdentifierKind, Lease, NewReservation, Reservation, Severity,
    Storage, Subnet,
};

use super::Known;
use super::words::{cause, identifier, label, place, shown};

/// Other spellings of an identifier that a server can be asked for; see [`Identifier::canonical`]. The client ids that
/// have a DUID inside are too many for that.
pub fn other_identifiers(of: &Identifier) -> Vec<Identifier> {
    if !of.identifies() {
        return Vec::new();
    }
    let canonical = of.canonical();
    let as_client_id = match &canonical {
        Identifier::HwAddress(address) if address.octets().as_slice().len() == 6 => {
            [&[1], address.octets().as_slice()].concat().try_into().ok().map(Identifier::ClientId)
        }
        _ => None,
    };
    std::iter::once(canonical).chain(as_client_id).filter(|spelling| spelling != of).collect()
}

/// What else a client is known by, as these leases show: a lease has the hardware address and the client id of one client.
pub fn aliases<'a>(of: &Identifier, leases: impl IntoIterator<Item = &'a Lease>) -> Vec<Identifier> {
    let mut found = Vec::new();
    for lease in leases.into_iter().filter(|lease| lease.belongs_to(of) == Some(true)) {
        for alias in lease.identifiers().filter(|alias| alias.identifies() && !alias.is_same_client(of)) {
            for spelling in std::iter::once(alias.clone()).chain(other_identifiers(&alias)) {
                if !found.contains(&spelling) {
                    found.push(spelling);
                }
            }
        }
    }
    found
}

pub(super) fn conflicts(
    subnet: &Subnet,
    candidate: &NewReservation,
    known: &Known<'_>,
    replaced: Option<&Reservation>,
    others: &[&Reservation],
) -> Vec<Conflict> {
    let mut found = Vec::new();
    found.extend(same_identifier(candidate, others));
    found.extend(other_identifier(subnet, candidate, known.aliases, others));
    found.extend(doubtful(candidate.identifier.hw_address()));
    found.extend(same_host_name(candidate, known.around, others));
    found.extend(never_looked_at(subnet, &candidate.identifier, replaced.is_some()));
    found.extend(without_effect(subnet));
    found.extend(marks_only(candidate, replaced));
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
fn other_identifier(
    subnet: &Subnet,
    candidate: &NewReservation,
    aliases: &[Identifier],
    others: &[&Reservation],
) -> Option<Conflict> {
    let same_client = |other: &Identifier| {
        other.is_same_client(&candidate.identifier) || aliases.iter().any(|alias| alias.is_same_client(other))
    };
    let another = |other: &Reservation| {
        other.subnet == candidate.subnet && other.identifier != candidate.identifier && same_client(&other.identifier)
    };
    let other = others.iter().find(|other| another(other))?;
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

/// Nothing is reserved: that is of use where a class or a pool is for known clients.
fn marks_only(candidate: &NewReservation, replaced: Option<&Reservation>) -> Option<Conflict> {
    let storage = replaced.map_or(Storage::Configuration, |old| old.storage);
    candidate.over(replaced, storage).marks_only().then(|| Conflict {
        severity: Severity::Warns,
        field: "address".to_owned(),
        text: "Nothing is reserved: the client is only marked as known.".to_owned(),
        advice: "Add an address, a name, a class or an option, unless the class KNOWN is all that is wanted."
            .to_owned(),
        cause: None,
    })
}

/// What is odd about a MAC address, though the server takes it.
fn doubtful(address: Option<&HwAddress>) -> Option<Conflict> {
    let address = address?;
    let (text, advice) = if !address.identifies() {
        let advice = "Identify the client by something else, such as its client id.";
        (format!("{address} is no client’s own: any client without a MAC address may send it."), advice)
    } else if !address.has_usual_length() {
        let text =
            format!("{address} has {} octets; a MAC address of Ethernet has 6.", address.octets().as_slice().len());
        (text, "Look whether some of it is missing. For other hardware it may be right.")
    } else {
        return None;
    };
    let (severity, field, advice) = (Severity::Warns, "identifier".to_owned(), advice.to_owned());
    Some(Conflict { severity, field, text, advice, cause: None })
}

/// One client may have a reservation, and its name, in several subnets: only other clients count.
fn same_host_name(candidate: &NewReservation, around: &[Subnet], others: &[&Reservation]) -> Vec<Conflict> {
    let Some(name) = &candidate.host_name else { return Vec::new() };
    let bare = HostName::bare(name.as_str());
    let shares = |other: &&&Reservation| {
        !other.identifier.is_same_client(&candidate.identifier)
            && other.host_name.as_deref().is_some_and(|theirs| HostName::bare(theirs) == bare)
    };
    let conflict = |other: &&Reservation| {
        let theirs = identifier(&other.identifier);
        let place = place(&other.subnet, around);
        Conflict {
            severity: Severity::Warns,
            field: "host_name".to_owned(),
            text: format!("The name {name} is also reserved for {theirs} {place}."),
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

/// The classes that Kea gives by itself, and the beginnings of others.
const BUILT_IN: [&str; 6] = ["ALL", "KNOWN", "UNKNOWN", "BOOTP", "DROP", "SKIP_DDNS"];
const BEGINNINGS: [&str; 5] = ["VENDOR_CLASS_", "HA_", "AFTER_", "EXTERNAL_", "SPAWN_"];

/// Classes that the server does not have: mistyped, or gone. Those that the reservation had before are not judged.
pub(super) fn unknown_classes(
    candidate: &NewReservation,
    known: Option<&BTreeSet<String>>,
    replaced: &[&Reservation],
) -> Vec<Conflict> {
    let Some(known) = known else { return Vec::new() };
    let is_unknown = |class: &&String| {
        !known.contains(*class)
            && !BUILT_IN.contains(&class.as_str())
            && !BEGINNINGS.iter().any(|beginning| class.starts_with(beginning))
            && !replaced.iter().any(|old| old.client_classes.contains(class))
    };
    let conflict = |class: &String| Conflict {
        severity: Severity::Warns,
        field: "client_classes".to_owned(),
        text: format!("The server has no class “{}”: being of it means nothing there.", shown(class)),
        advice: "Correct its name, or add the class to Kea’s configuration.".to_owned(),
        cause: Some(Cause::Server(candidate.subnet.server.clone())),
    };
    candidate.client_classes.iter().flatten().filter(is_unknown).map(conflict).collect()
}

fn without_effect(subnet: &Subnet) -> Option<Conflict> {
    let text = match (subnet.key.is_global(), &subnet.rules) {
        (true, rules) if !rules.global => {
            "Global reservations have no effect: “reservations-global” is off everywhere."
        }
        (false, rules) if !rules.in_subnet => {
            "Reservations have no effect in this subnet: “reservations-in-subnet” is off."
        }
        _ => return None,
    };
    Some(Conflict {
        severity: Severity::Warns,
        field: "subnet".to_owned(),
        text: text.to_owned(),
        advice: "Turn it on in Kea’s configuration.".to_owned(),
        cause: Some(Cause::Subnet(subnet.key.clone())),
    })
}

/// The kind inside of a sentence.
fn name(kind: IdentifierKind) -> String {
    let label = kind.label();
    if label.starts_with("MAC") || label.starts_with("DUID") { label.to_owned() } else { label.to_lowercase() }
}
