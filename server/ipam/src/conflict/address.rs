//! What stands against the address of a reservation.

use std::net::IpAddr;

use model::{Cause, Conflict, Hold, Identifier, Lease, LeaseState, NewReservation, Reservation, Severity, Subnet};

use super::Known;
use super::words::{SHARED, cause, elsewhere, holder, label, shown};
use crate::is_running;

/// The address of the reservation, and all that it is judged by.
pub(super) struct Judged<'a> {
    pub(super) subnet: &'a Subnet,
    pub(super) candidate: &'a NewReservation,
    pub(super) known: &'a Known<'a>,
    pub(super) address: IpAddr,
    /// The record that is replaced has the same address.
    pub(super) kept: bool,
}

pub(super) fn conflicts(judged: &Judged<'_>, others: &[&Reservation]) -> Vec<Conflict> {
    let mut found = judged.reserved(others);
    found.extend(judged.gateway());
    found.extend(judged.not_understood());
    found.extend(judged.excluded());
    found.extend(judged.leased());
    found.extend(judged.held());
    found.extend(judged.pool());
    found.extend(judged.elsewhere());
    found
}

impl Judged<'_> {
    /// A change that leaves the address alone makes nothing worse: it is warned, but not stopped.
    pub(super) fn severity(&self) -> Severity {
        if self.kept { Severity::Warns } else { Severity::Blocks }
    }

    fn reserved(&self, others: &[&Reservation]) -> Vec<Conflict> {
        let shares = |other: &&&Reservation| {
            other.addresses().any(|theirs| theirs == self.address) && other.identifier != self.candidate.identifier
        };
        let conflict = |other: &&Reservation| {
            let place = elsewhere(&other.subnet, &self.candidate.subnet, self.known.around);
            let text = format!("{} is reserved for {}{place}.", self.address, label(other));
            let (severity, advice) = if self.subnet.rules.unique {
                (self.severity(), "Choose another address, or change that reservation first.")
            } else {
                (Severity::Warns, SHARED)
            };
            on_address(severity, text, advice, cause(other))
        };
        others.iter().filter(shares).map(conflict).collect()
    }

    fn gateway(&self) -> Option<Conflict> {
        self.subnet.has_router(self.address).then(|| {
            let prefix = self.subnet.prefix;
            let text = if self.subnet.routers.contains(&self.address) {
                format!("{} is the gateway of the subnet {prefix}.", self.address)
            } else {
                format!(
                    "{} is a gateway in the subnet {prefix}: a route, a pool or a class names it to clients.",
                    self.address
                )
            };
            let cause = Cause::Subnet(self.subnet.key.clone());
            on_address(self.severity(), text, "Choose another address.", cause)
        })
    }

    /// Of a record that is not understood nobody knows whose it is.
    fn not_understood(&self) -> Vec<Conflict> {
        let there = self.known.raw.iter().filter(|raw| raw.is_at(self.address));
        let conflict = |raw: &model::RawRecord| {
            let cause = Cause::Subnet(raw.subnet.clone());
            on_address(self.severity(), raw.sentence(), raw.advice(), cause)
        };
        there.map(conflict).collect()
    }

    fn excluded(&self) -> Option<Conflict> {
        let covers = |exclusion: &&model::Exclusion| exclusion.range.contains(self.address);
        let exclusion = self.known.exclusions.iter().find(covers)?;
        let (range, author, reason) = (exclusion.range, shown(&exclusion.author), shown(&exclusion.reason));
        let text = format!("{} lies in {range}, which {author} excluded: {reason}.", self.address);
        let advice = "Choose another address, or remove the exclusion.";
        Some(on_address(self.severity(), text, advice, Cause::Exclusion(range)))
    }

    fn leased(&self) -> Option<Conflict> {
        let on_it = |lease: &&Lease| lease.address == self.address && lease.prefix_len.is_none() && lease.blocks();
        let lease = self.known.leases.iter().find(on_it)?;
        let cause = Cause::Lease { subnet: lease.subnet.clone(), address: lease.address };
        if lease.state == LeaseState::Declined {
            let text = format!("{} was declined: a client found it in use by an unknown device.", self.address);
            let advice =
                "Choose another address, or find that device: Kea offers the address again when the probation ends.";
            // The reservation is right all the same: it works as soon as the device is gone.
            return Some(on_address(Severity::Warns, text, advice, cause));
        }
        let by_mac_alone = self.by_mac_alone();
        // Where the lease does not say whose it is, only an address that is new to the client is worth a word.
        let belongs = if by_mac_alone { None } else { lease.belongs_to(&self.candidate.identifier) };
        if belongs.unwrap_or(self.kept) || lease.is_expired(self.known.now) {
            return None;
        }
        let text = format!("{} is leased to {}.", self.address, holder(lease));
        let advice = if by_mac_alone {
            "The server tells clients apart by their MAC addresses alone (“match-client-id” is off): unless it is the same, \
             the reserved client gets another address until that lease ends. Wait, or release the lease."
        } else {
            "Until that lease ends the reserved client gets another address: wait, or release the lease."
        };
        Some(on_address(Severity::Warns, text, advice, cause))
    }

    /// Whether the server does not look at what the client is known by here to find its lease: with `match-client-id` off
    /// it looks at MAC addresses alone. It finds the reservation all the same (tried with Kea 3.0.3).
    fn by_mac_alone(&self) -> bool {
        let by_id = matches!(self.candidate.identifier, Identifier::ClientId(_) | Identifier::Duid(_));
        by_id && self.address.is_ipv4() && !self.subnet.rules.match_client_id
    }

    fn held(&self) -> Option<Conflict> {
        let on_it = |hold: &&Hold| hold.key.address == self.address && is_running(hold, self.known.now);
        let hold = self.known.holds.iter().find(on_it)?;
        (hold.holder != self.known.holder).then(|| {
            let text = format!("{} is held for {} until {}.", self.address, shown(&hold.holder), hold.until);
            let advice = "Choose another address, or release the hold.";
            on_address(Severity::Warns, text, advice, Cause::Hold(hold.key.clone()))
        })
    }

    fn pool(&self) -> Option<Conflict> {
        let pool = self.subnet.pool_of(self.address)?;
        let (range, cause) = (pool.range, Cause::Pool(pool.range));
        if self.subnet.rules.out_of_pool {
            let text = format!(
                "{} lies in the pool {range}, and the server assumes that reserved addresses do not \
                 (“reservations-out-of-pool”): it would lease the address to other clients.",
                self.address
            );
            return Some(on_address(self.severity(), text, "Choose an address outside of every pool.", cause));
        }
        let own = |class: &String| self.candidate.client_classes.iter().flatten().any(|mine| mine == class);
        if pool.settings.client_classes.is_empty() || pool.settings.client_classes.iter().any(own) {
            return None;
        }
        let classes: Vec<_> = pool.settings.client_classes.iter().map(|class| format!("“{}”", shown(class))).collect();
        let classes = classes.join(", ");
        let text = format!("{} lies in the pool {range}, which is for clients of the class {classes}.", self.address);
        let advice = "Choose an address outside of that pool, unless the client is of that class.";
        Some(on_address(Severity::Warns, text, advice, cause))
    }
}

pub(super) fn on_address(severity: Severity, text: String, advice: &str, cause: Cause) -> Conflict {
    Conflict { severity, field: "address".to_owned(), text, advice: advice.to_owned(), cause: Some(cause) }
}
