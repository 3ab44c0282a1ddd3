//! What is said about addresses in sentences.

use model::{AddressRow, Client, ClientState, Lease, LeaseState, Reservation, Timestamp};

/// How long a lease lasts: at a glance, and to the second.
pub(super) struct Expiry {
    /// "in 3 h".
    pub(super) text: String,
    /// "until 2026-11-21 12:30:00 UTC".
    pub(super) exact: String,
}

/// When the lease ends, seen from the time of the answer.
pub(super) fn expiry(lease: &Lease, as_of: Timestamp) -> Expiry {
    // Where it is over, when it would have ended says nothing.
    let over = match lease.state {
        LeaseState::Released => Some("given back"),
        LeaseState::Reclaimed if !lease.is_expired(as_of) => Some("over"),
        _ => None,
    };
    if let Some(text) = over {
        return Expiry { text: text.to_owned(), exact: format!("renewed {}", lease.renewed_at) };
    }
    let Some(end) = lease.expires_at() else {
        return Expiry { text: "for ever".to_owned(), exact: format!("renewed {}; never ends", lease.renewed_at) };
    };
    let left = end.since(as_of);
    if lease.is_expired(as_of) {
        Expiry { text: format!("expired {left} ago"), exact: format!("ended {end}") }
    } else {
        Expiry { text: format!("in {left}"), exact: format!("until {end}") }
    }
}

/// What a screen reader says for a row, and what identifies a row in the title of dialogs.
pub(super) fn title(client: &Client) -> String {
    match (client.what(), &client.reservation) {
        (Some(what), _) => what,
        (None, Some(reservation)) => format!("{} {}", reservation.identifier.kind().label(), reservation.identifier),
        (None, None) => "this address".to_owned(),
    }
}

/// Whom a reservation is for: "MAC address 02:00:5e:10:00:01".
pub(super) fn owner(reservation: &Reservation) -> String {
    format!("{} {}", reservation.identifier.kind().label(), reservation.identifier)
}

/// Who has the lease: "MAC address 02:…".
pub(super) fn leaseholder(lease: &Lease) -> String {
    match (&lease.hw_address, &lease.client_id) {
        (Some(hw_address), _) => format!("MAC address {hw_address}"),
        (None, Some(client_id)) => format!("client id {client_id}"),
        (None, None) => "an unknown client".to_owned(),
    }
}

/// What is wrong with an address and what to do, where something is wrong.
pub(super) fn trouble(client: &Client, as_of: Timestamp) -> Option<(String, String)> {
    let lease = client.lease.as_ref()?;
    match (client.state, &client.reservation) {
        (ClientState::Conflict, Some(reservation)) => Some((
            format!("Reserved for {}, but leased by {}.", owner(reservation), leaseholder(lease)),
            format!(
                "The reserved client gets this address when the lease ends ({}) and is not renewed. To resolve this, give one of the two another address.",
                expiry(lease, as_of).text
            ),
        )),
        (ClientState::Declined, _) => Some((
            "Address conflict: a client declined it.".to_owned(),
            format!(
                "Find the other device, or take the address out of the pool; the server offers it again {}.",
                again(lease, as_of)
            ),
        )),
        _ => stray(lease, as_of),
    }
}

/// Whether what is wrong with an address stands in a row above already: of declined ones, in the first.
pub(super) fn is_said_above(client: &Client, rows: &[AddressRow]) -> bool {
    let first = rows.iter().find_map(|row| match row {
        AddressRow::Client(one) if one.state == ClientState::Declined => Some(one.what()),
        _ => None,
    });
    client.state == ClientState::Declined && first.is_some_and(|first| first != client.what())
}

/// That a lease belongs to no subnet, and what to do.
fn stray(lease: &Lease, as_of: Timestamp) -> Option<(String, String)> {
    let number = lease.stray.filter(|_| !lease.is_over(as_of))?;
    Some((
        format!("The lease is of subnet {number}, which is gone or does not reach to this address."),
        "The server keeps the address back until the lease ends: release it when the client has another address."
            .to_owned(),
    ))
}

/// That a client has two reservations that do not say the same, and what to do.
pub(super) fn twice(client: &Client) -> Option<(String, String)> {
    let (kept, duplicate) = (client.reservation.as_ref()?, client.duplicate.as_ref()?);
    (!kept.is_equivalent_to(duplicate)).then(|| {
        (
            format!("{} is reserved twice, with different data.", owner(kept)),
            "One reservation is in the server’s configuration file and one in its host database; the one in the file is used. Compare both in the details, and delete one.".to_owned(),
        )
    })
}

fn again(lease: &Lease, as_of: Timestamp) -> String {
    let expiry = expiry(lease, as_of).text;
    if lease.is_expired(as_of) { "soon".to_owned() } else { expiry }
}

/// Who has the address of a reservation now.
pub(super) fn who_has_it(client: &Client, as_of: Timestamp) -> String {
    match (&client.lease, client.state) {
        (Some(lease), ClientState::ReservedInUse) => {
            format!("In use by the client: its lease ends {}.", expiry(lease, as_of).text)
        }
        (Some(lease), ClientState::Conflict) => {
            format!("In use by another client: {}, lease ends {}.", leaseholder(lease), expiry(lease, as_of).text)
        }
        (Some(lease), ClientState::Declined) => {
            format!("Not available: it was declined; the server offers it again {}.", again(lease, as_of))
        }
        (Some(lease), _) if lease.is_expired(as_of) => {
            format!("Not in use: the last lease {}.", expiry(lease, as_of).text)
        }
        _ => "Not in use.".to_owned(),
    }
}

/// What deleting a reservation does to the network.
pub(super) fn after_deletion(client: &Client, in_pool: bool, as_of: Timestamp) -> String {
    let thing = if client.prefix.is_some() { "prefix" } else { "address" };
    match (&client.lease, client.state, client.what()) {
        (Some(lease), ClientState::ReservedInUse, _) => {
            let then = if in_pool {
                "After that it may keep it or get another one.".to_owned()
            } else {
                format!("After that it gets {} from a pool.", if thing == "prefix" { "a prefix" } else { "an address" })
            };
            match lease.expires_at() {
                Some(_) => {
                    format!("The client keeps the {thing} until its lease ends {}. {then}", expiry(lease, as_of).text)
                }
                None => format!("The client keeps the {thing}: its lease never ends."),
            }
        }
        (Some(_), ClientState::Conflict, _) => {
            "The client that uses it keeps it; it is no longer reserved for another client.".to_owned()
        }
        (_, _, None) => "The client no longer gets settings of its own.".to_owned(),
        _ if in_pool => format!("The {thing} can be handed out to any client."),
        _ => "Outside every pool: Kea will not hand it out.".to_owned(),
    }
}

/// What identifies a row among all others of a page, whatever else changes in it.
pub(super) fn ids(rows: &[AddressRow]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::with_capacity(rows.len());
    for row in rows {
        let id = id(row);
        // A server may reserve one address twice.
        let same = ids.iter().filter(|known| known.split('_').next() == Some(&id)).count();
        ids.push(if same == 0 { id } else { format!("{id}_{same}") });
    }
    ids
}

/// The text that finds the row of that id.
pub(super) fn text_of(id: &str) -> &str {
    let bare = id.split('_').next().unwrap_or_default();
    ["gap-", "special-"].iter().find_map(|mark| bare.strip_prefix(mark)).unwrap_or_else(|| {
        let kinds = model::IdentifierKind::of_family(model::Family::V4).iter();
        let kinds = kinds.chain(model::IdentifierKind::of_family(model::Family::V6));
        kinds.map(|kind| kind.code()).find_map(|code| bare.strip_prefix(code)?.strip_prefix('-')).unwrap_or(bare)
    })
}

fn id(row: &AddressRow) -> String {
    match row {
        AddressRow::Client(client) => match (client.what(), &client.reservation) {
            (Some(what), _) => what,
            (None, Some(reservation)) => format!("{}-{}", reservation.identifier.kind().code(), reservation.identifier),
            (None, None) => "nobody".to_owned(),
        },
        AddressRow::Gap { range, .. } => format!("gap-{}", range.first()),
        AddressRow::Special { address, .. } => format!("special-{address}"),
        AddressRow::Raw(raw) => format!("raw-{}", raw.address().map(|address| address.to_string()).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
