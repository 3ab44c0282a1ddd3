//! Reservations that Kea does not find, or that clients do not get.

use std::collections::HashSet;
use std::net::IpAddr;

use model::IpNetwork;

use super::{Review, Severity};
use crate::{Map, Part, Path, Value};

/// A reservation has one of them.
const IDENTIFIERS: [&str; 5] = ["hw-address", "duid", "client-id", "circuit-id", "flex-id"];

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    for (path, reservation) in document.elements(&Path::root(), &document.root, "reservations") {
        identifiers(review, &path, reservation);
    }
    for part in review.parts.iter().filter(|part| part.is_subnet) {
        let prefix = part.map.text("subnet").and_then(|text| text.parse::<IpNetwork>().ok());
        let pools = part.ranges();
        let outside_only = holds(review, part, "reservations-out-of-pool").unwrap_or(false);
        let in_subnet = holds(review, part, "reservations-in-subnet").unwrap_or(true);
        let (mut taken, mut delegated) = (HashSet::new(), HashSet::new());
        let reservations = review.document.elements(&part.path, part.map, "reservations");
        if !in_subnet && !reservations.is_empty() {
            let text = "This subnet has reservations, and Kea looks for none here: reservations-in-subnet is false.";
            review.say("reservations-off", Severity::Warning, &part.path, text);
        }
        for (path, reservation) in reservations {
            identifiers(review, &path, reservation);
            for address in addresses(reservation) {
                if prefix.is_some_and(|prefix| !prefix.contains(address)) {
                    let text = format!("{address} is not inside of its subnet. Kea refuses the configuration.");
                    review.say("reservation-outside", Severity::Refused, &path, text);
                }
                if outside_only && pools.iter().any(|pool| pool.contains(address)) {
                    let text = format!(
                        "{address} lies in a pool, and this subnet has reservations-out-of-pool: Kea does not look for \
                         reservations of pool addresses, so others may get it."
                    );
                    review.say("reservation-in-pool", Severity::Error, &path, text);
                }
                if !taken.insert(address) {
                    twice(review, &path, &address.to_string());
                }
            }
            for prefix in prefixes(reservation) {
                if !delegated.insert(prefix.network()) {
                    twice(review, &path, &prefix.to_string());
                }
            }
        }
    }
}

fn twice(review: &mut Review<'_>, path: &Path, what: &str) {
    if !allows_several(review) {
        let text = format!("{what} is reserved twice in this subnet. Kea refuses that.");
        review.say("reservation-twice", Severity::Refused, path, text);
    }
}

fn identifiers(review: &mut Review<'_>, path: &Path, reservation: &Map) {
    let count = IDENTIFIERS.iter().filter(|name| reservation.has(name)).count();
    if count != 1 {
        let text = format!("A reservation has one of {}, this has {count}. Kea refuses that.", IDENTIFIERS.join(", "));
        review.say("reservation-client", Severity::Refused, path, text);
    }
    if reservation.has("excluded-prefixes") && !reservation.has("prefixes") {
        let text = "excluded-prefixes need prefixes beside them. Kea refuses that.";
        review.say("reservation-prefixes", Severity::Refused, path, text);
    }
}

/// Whether several reservations of one address are allowed.
fn allows_several(review: &Review<'_>) -> bool {
    review.document.root.get("ip-reservations-unique").and_then(Value::as_bool) == Some(false)
}

fn holds(review: &Review<'_>, part: &Part<'_>, name: &str) -> Option<bool> {
    let maps = [Some(part.map), part.network, Some(&review.document.root)];
    maps.into_iter().flatten().find_map(|map| map.get(name)).and_then(Value::as_bool)
}

fn addresses(reservation: &Map) -> Vec<IpAddr> {
    let single = reservation.get("ip-address").into_iter();
    let several = reservation.get("ip-addresses").and_then(Value::as_list).unwrap_or_default();
    single.chain(several).filter_map(|value| value.as_str()?.parse().ok()).collect()
}

/// Kea takes two delegated prefixes for the same where they begin at one address.
fn prefixes(reservation: &Map) -> Vec<IpNetwork> {
    let all = reservation.get("prefixes").and_then(Value::as_list).unwrap_or_default();
    all.iter().filter_map(|value| value.as_str()?.parse().ok()).collect()
}
