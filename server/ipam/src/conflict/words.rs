//! How records are named to people.

use model::{Cause, Identifier, Lease, Reservation, Subnet, SubnetKey};

/// What to do where a server takes several reservations of one address (Kea: `ip-reservations-unique`).
pub(super) const SHARED: &str =
    "The server allows several clients to share it: only one of them can have it at a time.";

/// The client of a reservation, with its name where it has one.
pub(super) fn label(reservation: &Reservation) -> String {
    match &reservation.host_name {
        Some(name) => format!("{} ({})", identifier(&reservation.identifier), shown(name)),
        None => identifier(&reservation.identifier),
    }
}

/// An identifier, with its kind where that is not plain.
pub(super) fn identifier(identifier: &Identifier) -> String {
    match identifier {
        Identifier::HwAddress(hw_address) => hw_address.to_string(),
        other => format!("{} {other}", other.kind().label()),
    }
}

/// Whose a lease is, and until when.
pub(super) fn holder(lease: &Lease) -> String {
    let who = match (&lease.hw_address, &lease.client_id, &lease.duid) {
        (Some(hw_address), ..) => hw_address.to_string(),
        (None, Some(client_id), _) => format!("client id {client_id}"),
        (None, None, Some(duid)) => format!("DUID {duid}"),
        (None, None, None) => "an unknown client".to_owned(),
    };
    let end = lease.expires_at().map_or_else(|| "for ever".to_owned(), |end| format!("until {end}"));
    format!("{who} {end}")
}

/// Where a reservation is, where that is not the subnet in question.
pub(super) fn elsewhere(its: &SubnetKey, here: &SubnetKey, around: &[Subnet]) -> String {
    if its == here { String::new() } else { format!(" {}", place(its, around)) }
}

/// Where a reservation is.
pub(super) fn place(its: &SubnetKey, around: &[Subnet]) -> String {
    match around.iter().find(|subnet| subnet.key == *its) {
        _ if its.is_global() => "by a global reservation".to_owned(),
        Some(subnet) => format!("in the subnet {}", subnet.prefix),
        None => format!("in the subnet {its}"),
    }
}

/// Text that others chose, without control characters.
pub(super) fn shown(text: &str) -> impl std::fmt::Display {
    text.escape_debug()
}

/// The reservation as the cause of a conflict.
pub(super) fn cause(reservation: &Reservation) -> Cause {
    let (key, address, host_name) = (reservation.key(), reservation.address, reservation.host_name.clone());
    Cause::Reservation { key, address, host_name }
}
