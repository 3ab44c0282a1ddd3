//! What stands against a reservation from outside of its subnet: reservations of the same client that would not count any
//! more, or instead of it, and subnets that have addresses in common with it.

use model::{Cause, Conflict, Family, Identifier, NewReservation, Reservation, Severity, Subnet};

use super::Known;
use super::address::{Judged, on_address};
use super::words::{cause, label, place, shown};

/// Reservations of the same client in other subnets, or in none in particular, as far as the server would look at both.
pub(super) fn of_client(
    subnet: &Subnet,
    candidate: &NewReservation,
    known: &Known<'_>,
    replaced: Option<&Reservation>,
    others: &[&Reservation],
) -> Vec<Conflict> {
    let is_known_as = |theirs: &Identifier| {
        theirs.is_same_client(&candidate.identifier) || known.aliases.iter().any(|alias| alias.is_same_client(theirs))
    };
    let same_client = |other: &&&Reservation| other.subnet != candidate.subnet && is_known_as(&other.identifier);
    let beside =
        |other: &Reservation| known.around.iter().find(|around| around.key == other.subnet && around.is_beside(subnet));
    let conflict = |other: &&Reservation| {
        let mut severity = Severity::Warns;
        let (text, advice) = if other.subnet.is_global() {
            if !(subnet.rules.global && subnet.rules.in_subnet) {
                return None;
            }
            let was_so = replaced.is_some_and(|old| old.address.is_none());
            if candidate.address.is_none() && other.address.is_some() && subnet.family() == Family::V4 {
                severity = if was_so { Severity::Warns } else { Severity::Blocks };
                addressless(other)
            } else {
                overridden(other)
            }
        } else if candidate.subnet.is_global() {
            let text = format!(
                "{} also has a reservation {}: there, that one counts and the global one does not{}.",
                label(other),
                place(&other.subnet, known.around),
                if other.address.is_none() && candidate.address.is_some() {
                    "; and as it has no address, Kea would give the client none there"
                } else {
                    ""
                }
            );
            (text, "Delete that reservation, if the global one is meant to count there too.")
        } else {
            let subnet = beside(other)?;
            let text = format!(
                "{} also has a reservation in the subnet {}, which is in the same shared network: of the two addresses \
                 the server gives one.",
                label(other),
                subnet.prefix
            );
            (text, "Keep one of the two reservations.")
        };
        let (field, advice) = ("identifier".to_owned(), advice.to_owned());
        Some(Conflict { severity, field, text, advice, cause: Some(cause(other)) })
    };
    others.iter().filter(same_client).filter_map(conflict).collect()
}

/// A global reservation with an address beside one in the subnet without: Kea 3.0.3 offers the client 0.0.0.0 then.
fn addressless(global: &Reservation) -> (String, &'static str) {
    let text = format!(
        "{} also has a global reservation of {}: where its own in the subnet has no address, Kea gives it none at all.",
        label(global),
        global.what()
    );
    (text, "Reserve an address here too, or delete the global reservation.")
}

/// A global reservation that counts no more where the client has one in the subnet.
fn overridden(global: &Reservation) -> (String, &'static str) {
    let named = |title: &str, names: &[String]| {
        let names: Vec<_> = names.iter().map(|name| format!("“{}”", shown(name))).collect();
        (!names.is_empty()).then(|| format!("{title} {}", names.join(", ")))
    };
    let loses = [
        named("the class", &global.client_classes),
        Some(global.what()).filter(|what| !what.is_empty()),
        global.host_name.as_ref().map(|name| format!("the name {}", shown(name))),
        (!global.options.is_empty()).then(|| "its options".to_owned()),
        global.boot_file_name.as_ref().map(|_| "its boot file".to_owned()),
    ];
    let loses: Vec<_> = loses.into_iter().flatten().collect();
    let loses = if loses.is_empty() { String::new() } else { format!(" ({})", loses.join("; ")) };
    let text = format!(
        "{} also has a global reservation{loses}, which does not count in a subnet where the client has one of its own.",
        label(global)
    );
    (text, "Add to this reservation what must stay in force.")
}

impl Judged<'_> {
    /// What subnets have to do with the address that have it too.
    pub(super) fn elsewhere(&self) -> Vec<Conflict> {
        let have = self.known.around.iter().filter(|around| around.prefix.contains(self.address));
        have.flat_map(|around| self.gateway_of(around).into_iter().chain(self.pool_of(around))).collect()
    }

    fn gateway_of(&self, around: &Subnet) -> Option<Conflict> {
        around.has_router(self.address).then(|| {
            let text = format!("{} is the gateway of the subnet {}.", self.address, around.prefix);
            on_address(self.severity(), text, "Choose another address.", Cause::Subnet(around.key.clone()))
        })
    }

    /// The server looks for reservations of the subnet alone that it lends an address of: neither those of another subnet
    /// nor global ones keep an address of its pools from other clients (asked of clients of Kea 3.0.3).
    fn pool_of(&self, around: &Subnet) -> Option<Conflict> {
        let pool = around.pool_of(self.address)?;
        let text = if self.candidate.subnet.is_global() {
            format!(
                "{} lies in the pool {} of the subnet {}: a global reservation does not keep the server from leasing it to \
                 another client.",
                self.address, pool.range, around.prefix
            )
        } else {
            format!(
                "{} lies in the pool {} of the subnet {}, where this reservation does not count: the server may lease it to \
             another client there.",
                self.address, pool.range, around.prefix
            )
        };
        Some(on_address(Severity::Warns, text, "Choose an address outside of that pool.", Cause::Pool(pool.range)))
    }
}
