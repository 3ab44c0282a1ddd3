//! What is to be said of a server beside what it says itself. Pure.

use model::{Finding, Lease, Reservation, Severity, Unconfirmed};

use crate::index::Strays;

/// Most lines of one finding; how many there are is said.
const MOST_ITEMS: usize = 100;

/// What belongs to no subnet of the server.
pub(super) fn of_strays(strays: &Strays) -> Vec<Finding> {
    let leases = (!strays.leases.is_empty()).then(|| {
        let count = strays.leases.len();
        let (leases, belong) = if count == 1 { ("lease", "belongs") } else { ("leases", "belong") };
        Finding {
            severity: Severity::Warns,
            text: format!("{count} {leases} {belong} to no subnet of this server."),
            advice: "Kea keeps the addresses back until the leases end. Give each subnet its old number back, or delete the \
                     leases (lease4-del, lease6-del); with “lease-checks” set to “fix-del”, Kea does that at its next start."
                .to_owned(),
            items: strays.leases.iter().take(MOST_ITEMS).map(lease).collect(),
            line: None,
        }
    });
    let reservations = (!strays.reservations.is_empty()).then(|| {
        let count = strays.reservations.len();
        let (reservations, belong) = if count == 1 { ("reservation", "belongs") } else { ("reservations", "belong") };
        Finding {
            severity: Severity::Warns,
            text: format!("{count} {reservations} in the host database {belong} to subnets that this server does not have."),
            advice: "They have no effect here. Give the subnets their old numbers back, or delete the reservations from the \
                     database, unless another server uses them."
                .to_owned(),
            items: strays.reservations.iter().take(MOST_ITEMS).map(reservation).collect(),
            line: None,
        }
    });
    let raw = (!strays.raw.is_empty()).then(|| {
        let count = strays.raw.len();
        let (records, are) = if count == 1 { ("record", "is") } else { ("records", "are") };
        Finding {
            severity: Severity::Warns,
            text: format!("{count} {records} that Nestor does not understand {are} of no subnet of this server."),
            advice: "Correct or delete them on the server itself.".to_owned(),
            items: strays.raw.iter().take(MOST_ITEMS).map(|raw| format!("{} · {}", raw.text, raw.fault)).collect(),
            line: None,
        }
    });
    leases.into_iter().chain(reservations).chain(raw).collect()
}

/// A change of its configuration that waits to be confirmed.
pub(super) fn of_unconfirmed(change: &Unconfirmed) -> Finding {
    let Unconfirmed { change: number, until, actor, words, problem, .. } = change;
    let keep = "To keep it, press Keep it on the page of the server, or run “nestor config confirm” with its name";
    let (severity, text, advice) = match problem {
        Some(why) => (
            Severity::Blocks,
            format!("Change #{number} by {actor} was not confirmed in time, and could not be taken back. {why}"),
            format!("{keep}; to take it back, correct that and undo #{number} on the page Changes."),
        ),
        None => (
            Severity::Warns,
            format!("Change #{number} by {actor} is taken back at {until} unless it is confirmed."),
            format!("{keep}; to take it back at once, undo #{number} on the page Changes."),
        ),
    };
    Finding { severity, text, advice, items: words.clone(), line: None }
}

/// `192.0.2.50 · subnet 9, which is gone · 02:00:00:00:00:50 · printer`
fn lease(lease: &Lease) -> String {
    let noted = lease.stray.unwrap_or(lease.subnet.id);
    let client = lease.client().map(|client| client.to_string());
    line(lease.what(), noted, client, lease.host_name.as_ref())
}

fn reservation(reservation: &Reservation) -> String {
    let client = Some(reservation.identifier.to_string()).filter(|_| !reservation.what().is_empty());
    line(reservation.title(), reservation.subnet.id, client, reservation.host_name.as_ref())
}

fn line(what: String, subnet: u32, client: Option<String>, name: Option<&String>) -> String {
    // Names come from the network.
    let name = name.map(|name| name.escape_debug().to_string());
    let parts = [Some(what), Some(format!("subnet {subnet}")), client, name];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
