//! What subnets have that are deleted: as it is shown before, and deleted where that is asked for.

use ::changes::Edit;
use keaconf::Document;
use model::{
    ConfigFinding, FindingLevel, Lease, Orphans, Problem, RawRecord, Reservation, ServerName, Storage, SubnetKey,
};

use super::Configurations;
use super::left_behind::{counted, written_down};
use crate::changes::{Origin, Permit, Planned};
use crate::ports::Listed;
use crate::{Error, Result};

/// What a subnet has that is deleted.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) key: SubnetKey,
    /// Its prefix, as the server has it written.
    pub(super) prefix: String,
    pub(super) leases: Result<Listed<Lease>>,
    pub(super) reservations: Result<Listed<Reservation>>,
    /// How many reservations stand in the configuration.
    pub(super) written: usize,
    /// Whether the server keeps reservations in a database.
    pub(super) has_database: bool,
    /// The subnets that it is on partners; none: that is not known of this one.
    pub(super) partners: Vec<(ServerName, Option<SubnetKey>)>,
}

impl Left {
    fn leases(&self) -> Option<usize> {
        self.leases.as_ref().ok().map(|leases| leases.known.len() + leases.raw.len())
    }

    /// How many reservations it has in a database; none: that is not known.
    fn in_database(&self) -> Option<usize> {
        match &self.reservations {
            Ok(all) => Some(of_database(all).count() + all.raw.iter().filter(|raw| is_in_database(raw)).count()),
            Err(_) if self.has_database => None,
            Err(_) => Some(0),
        }
    }

    /// What it has, and what becomes of that; none: it has nothing.
    pub(super) fn sentences(&self, running: &Document) -> Option<String> {
        let reservations = match &self.reservations {
            Ok(all) => counted(Some(all.known.len() + all.raw.len()), "reservation"),
            Err(_) => written_down(running, self.key.id),
        };
        let left = [counted(self.leases(), "lease"), reservations];
        let left: Vec<String> = left.into_iter().flatten().collect();
        (!left.is_empty()).then(|| {
            format!(
                "The subnet still has {}. Its reservations in the configuration are deleted with it; those in a database and \
                 its leases stay, and belong to the next subnet of number {}. Clients keep their addresses until their leases \
                 end.",
                left.join(" and "),
                self.key.id
            )
        })
    }

    /// The same as it is shown; none: it has nothing.
    pub(super) fn shown(&self) -> Option<Orphans> {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let orphans = Orphans {
            subnet: self.key.clone(),
            prefix: self.prefix.clone(),
            leases: self.leases().map(count),
            written: count(self.written),
            in_database: self.in_database().map(count),
            first: self.first(),
            not_listed: self.not_listed(),
        };
        (orphans.is_unknown() || orphans.count() > 0).then_some(orphans)
    }

    fn first(&self) -> Vec<String> {
        let leases = self.leases.iter().flat_map(|leases| &leases.known).map(|lease| {
            let client = lease.client().map(|client| format!(" of {client}")).unwrap_or_default();
            let name = lease.host_name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            format!("lease {}{client}{name}", lease.what())
        });
        let reservations = self.reservations.iter().flat_map(|all| &all.known);
        let reservations =
            reservations.map(|known| format!("reservation {}, {}", known.title(), known.storage.label()));
        let raw = self.leases.iter().flat_map(|all| &all.raw);
        let raw = raw.chain(self.reservations.iter().flat_map(|all| &all.raw)).map(RawRecord::sentence);
        leases.chain(reservations).chain(raw).take(Orphans::FIRST).collect()
    }

    /// What its server does not list, and why.
    fn not_listed(&self) -> Vec<String> {
        let said =
            |what: &str, error: &Error| format!("{what} cannot be listed: {}", Problem::from(error.clone()).in_full());
        let leases = self.leases.as_ref().err().map(|error| said("Its leases", error));
        let may_have_any = self.has_database || self.written > 0;
        let reservations = self.reservations.as_ref().err().filter(|_| may_have_any);
        leases.into_iter().chain(reservations.map(|error| said("Its reservations", error))).collect()
    }
}

fn of_database(all: &Listed<Reservation>) -> impl Iterator<Item = &Reservation> {
    all.known.iter().filter(|known| known.storage == Storage::Database)
}

fn is_in_database(raw: &RawRecord) -> bool {
    raw.storage == Some(Storage::Database)
}

impl Configurations {
    /// Deletes what deleted subnets left behind, also on partners: leases, and reservations in a database. It stays where the
    /// subnet is still there. What became of each is said.
    pub(super) async fn delete_left(&self, permit: &Permit, all: &[Left]) -> Vec<ConfigFinding> {
        let mut said = Vec::new();
        for left in all.iter().filter(|left| left.shown().is_some()) {
            said.extend(self.delete_at(permit, left, &left.key).await);
            for (partner, there) in &left.partners {
                if let Some(there) = there {
                    said.extend(self.delete_at(permit, left, there).await);
                } else {
                    let text = format!("what {partner} has of it stays there: which subnets it has is not known");
                    said.push(told(left, FindingLevel::Warning, text));
                }
            }
        }
        said
    }

    /// The same on one server, where its subnet may have another number.
    async fn delete_at(&self, permit: &Permit, left: &Left, subnet: &SubnetKey) -> Vec<ConfigFinding> {
        let server = &subnet.server;
        let stays = |error: Error| format!("what {server} has of it stays there: {}", Problem::from(error).in_full());
        match self.dhcp.subnets(server).await {
            Err(error) => return vec![told(left, FindingLevel::Warning, stays(error))],
            Ok(all) if all.iter().any(|still| still.key == *subnet) => {
                let text = format!("what {server} has of it stays there, as the subnet does");
                return vec![told(left, FindingLevel::Warning, text)];
            }
            Ok(_) => {}
        }
        let wiped = match self.gate.wipe_leases(permit, subnet).await {
            Ok(true) => told(left, FindingLevel::Hint, format!("its leases on {server} are deleted")),
            Ok(false) => told(left, FindingLevel::Hint, format!("{server} has no leases of it")),
            Err(error) => {
                let text = format!("its leases on {server} stay: {}", Problem::from(error).in_full());
                told(left, FindingLevel::Warning, text)
            }
        };
        std::iter::once(wiped).chain(self.delete_reservations(permit, left, subnet).await).collect()
    }

    async fn delete_reservations(&self, permit: &Permit, left: &Left, subnet: &SubnetKey) -> Vec<ConfigFinding> {
        let server = &subnet.server;
        let stay = |what: &str, error| {
            let text = format!("{what} in a database of {server}: {}", Problem::from(error).in_full());
            told(left, FindingLevel::Warning, text)
        };
        if *subnet == left.key && left.in_database() == Some(0) {
            return Vec::new();
        }
        let all = match self.reservations_of_gone(subnet).await {
            Ok(all) => all,
            Err(_) if left.in_database() == Some(0) => return Vec::new(),
            Err(error) => return vec![stay("its reservations stay", error)],
        };
        let mut said = Vec::new();
        if let Some(count) = counted(Some(all.raw.len()), "reservation") {
            let text = format!("in a database of {server} stays what Nestor does not understand: {count}");
            said.push(told(left, FindingLevel::Warning, text));
        }
        let from = Origin { batch: Some(self.gate.batch()), single_server: true, ..Origin::default() };
        let plan = |known: &Reservation| Planned { edit: Edit::delete(known.clone()), from: from.clone() };
        let planned: Vec<_> = of_database(&all).map(plan).collect();
        match self.gate.carry_out_all(permit, server, planned).await {
            Err(error) => said.push(stay("its reservations stay", error)),
            Ok(ends) => {
                let done = counted(Some(ends.iter().filter(|end| end.is_ok()).count()), "reservation");
                let deleted = |count| format!("deleted in a database of {server}: {count}");
                said.extend(done.map(|count| told(left, FindingLevel::Hint, deleted(count))));
                said.extend(ends.into_iter().filter_map(Result::err).map(|error| stay("a reservation stays", error)));
            }
        }
        said
    }
}

/// What became of something that was left behind.
fn told(left: &Left, level: FindingLevel, text: String) -> ConfigFinding {
    let text = if text.ends_with('.') { text } else { format!("{text}.") };
    ConfigFinding {
        rule: "orphans".to_owned(),
        level,
        path: String::new(),
        label: left.prefix.clone(),
        text: format!("{}: {text}", left.prefix),
        mend: Vec::new(),
        form: None,
        mend_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_nothing_is_not_shown_and_what_cannot_be_listed_is() {
        let silent = || Error::Internal("no answer".to_owned());
        let left = |leases, reservations, written, has_database| Left {
            key: "kea1/7".parse().unwrap(),
            prefix: "192.0.2.0/24".to_owned(),
            leases,
            reservations,
            written,
            has_database,
            partners: Vec::new(),
        };
        let shown = |left: Left| left.shown().map(|shown| (shown.count(), shown.is_unknown(), shown.not_listed.len()));
        let none = || Ok(Listed::default());
        assert_eq!(shown(left(none(), Ok(Listed::default()), 0, true)), None);
        assert_eq!(shown(left(none(), Err(silent()), 0, false)), None, "there is nowhere where they could be");
        assert_eq!(shown(left(none(), Err(silent()), 0, true)), Some((0, true, 1)));
        assert_eq!(shown(left(none(), Err(silent()), 2, false)), Some((2, false, 1)));
        assert_eq!(shown(left(Err(silent()), Err(silent()), 0, false)), Some((0, true, 1)));
    }
}
