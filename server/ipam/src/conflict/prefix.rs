//! What stands against a prefix of a reservation. It need not lie in a prefix pool.

use model::{Cause, Conflict, Ipv6Network, Lease, NewReservation, Reservation, Severity, Subnet};

use super::Known;
use super::words::{SHARED, cause, elsewhere, holder, label};

/// A prefix of the reservation, and all that it is judged by.
pub(super) struct Judged<'a> {
    pub(super) subnet: &'a Subnet,
    pub(super) candidate: &'a NewReservation,
    pub(super) known: &'a Known<'a>,
    pub(super) prefix: Ipv6Network,
    /// The record that is replaced has the same prefix.
    pub(super) kept: bool,
}

pub(super) fn conflicts(judged: &Judged<'_>, others: &[&Reservation]) -> Vec<Conflict> {
    let mut found = judged.reserved(others);
    found.extend(judged.leased());
    found
}

impl Judged<'_> {
    fn reserved(&self, others: &[&Reservation]) -> Vec<Conflict> {
        let candidate = self.candidate;
        let another = |other: &&&Reservation| other.identifier != candidate.identifier;
        let others = others.iter().filter(another);
        let shared = others.filter_map(|other| {
            let theirs = other.prefixes.iter().find(|theirs| theirs.overlaps(self.prefix));
            theirs.map(|theirs| (other, theirs))
        });
        let conflict = |(other, theirs): (&&Reservation, &Ipv6Network)| {
            // A change that leaves the prefix alone makes nothing worse.
            let severity = if self.kept { Severity::Warns } else { Severity::Blocks };
            let place = elsewhere(&other.subnet, &candidate.subnet, self.known.around);
            let text = if *theirs == self.prefix {
                format!("{} is reserved for {}{place}.", self.prefix, label(other))
            } else {
                format!("{} has addresses of {theirs}, which is reserved for {}{place}.", self.prefix, label(other))
            };
            // Only the very same prefix can be shared.
            if *theirs == self.prefix && !self.subnet.rules.unique {
                return on_prefix(Severity::Warns, text, SHARED, cause(other));
            }
            let advice = "Choose another prefix, or change that reservation first.";
            on_prefix(severity, text, advice, cause(other))
        };
        shared.map(conflict).collect()
    }

    fn leased(&self) -> Vec<Conflict> {
        let in_the_way = |lease: &&Lease| {
            lease.prefix().is_some_and(|theirs| theirs.overlaps(self.prefix))
                && lease.blocks()
                && !lease.is_expired(self.known.now)
                && !lease.belongs_to(&self.candidate.identifier).unwrap_or(self.kept)
        };
        let conflict = |lease: &Lease| {
            let text = format!("{} is delegated to {}.", lease.what(), holder(lease));
            let advice = "Until that lease ends the reserved client gets another prefix: wait, or release the lease.";
            let cause = Cause::Lease { subnet: lease.subnet.clone(), address: lease.address };
            on_prefix(Severity::Warns, text, advice, cause)
        };
        self.known.leases.iter().filter(in_the_way).map(conflict).collect()
    }
}

fn on_prefix(severity: Severity, text: String, advice: &str, cause: Cause) -> Conflict {
    Conflict { severity, field: "prefixes".to_owned(), text, advice: advice.to_owned(), cause: Some(cause) }
}
