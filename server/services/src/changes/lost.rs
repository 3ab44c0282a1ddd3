//! What a server does not hold any more although it was saved: a server that is started from an older or damaged file, or
//! is given another configuration, says nothing of that. So it is compared with our own history whenever it begins a new
//! life.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::changes::{Edit, Verdict, is_lost, verdict};
use model::{
    BatchUndone, Change, Content, Element, Permission, Problem, Seconds, ServerName, Subject, SubnetKey, Timestamp,
};

use super::gate::{Gate, Origin, Permit, Planned};
use crate::ports::{ChangeRecord, Life};
use crate::{Actor, Caller, Changes, Error, Event, Mode, Result};

/// Of each server that was compared its life, and the numbers of the changes that were missed.
type Compared = HashMap<ServerName, (Life, Vec<i64>)>;

/// How often servers are asked which life they live.
const LOOK_AGAIN: Seconds = Seconds(5);

/// What was compared. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Lives {
    compared: Arc<Mutex<Compared>>,
    looked_at: Arc<Mutex<Option<Timestamp>>>,
}

impl Lives {
    fn all(&self) -> MutexGuard<'_, Compared> {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is time to look again.
    fn are_due(&self, now: Timestamp) -> bool {
        let mut last = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now.since(last) >= LOOK_AGAIN);
        if due {
            *last = Some(now);
        }
        due
    }
}

impl Gate {
    /// Compares every server that began a new life since it was last looked at. Silent ones are left for later.
    pub(super) async fn compare_with_history(&self) {
        if !self.lives.are_due(self.clock.now()) {
            return;
        }
        for server in self.dhcp.names() {
            let Ok(life) = self.dhcp.life(&server).await else { continue };
            let same = self.lives.all().get(&server).is_some_and(|(known, _)| known.may_be(life));
            if !same && let Err(error) = self.compare(&server, life).await {
                tracing::debug!(%error, %server, "it could not be compared with the history");
            }
        }
    }

    async fn compare(&self, server: &ServerName, life: Life) -> Result<()> {
        let lost: Vec<i64> = self.lost(server).await?.into_iter().map(|record| record.change.number).collect();
        if !lost.is_empty() {
            tracing::warn!(%server, count = lost.len(), "the server does not hold what it had saved");
        }
        let before = self.lives.all().insert(server.clone(), (life, lost.clone()));
        if before.map(|(_, lost)| lost).unwrap_or_default() != lost {
            self.events.publish(Event::Servers);
        }
        Ok(())
    }

    /// How many saved changes a server was found not to hold.
    pub(crate) fn count_lost(&self, server: &ServerName) -> u32 {
        self.lives.all().get(server).map_or(0, |(_, lost)| u32::try_from(lost.len()).unwrap_or(u32::MAX))
    }

    /// The newest saved changes that a server does not hold now.
    async fn lost(&self, server: &ServerName) -> Result<Vec<ChangeRecord>> {
        let (configured, mut records): (Vec<_>, Vec<_>) = self
            .store
            .newest_changes(server)
            .await?
            .into_iter()
            .partition(|record| matches!(record.change.subject, Subject::Config(Element::Configuration(_))));
        let lost_with_its_file = self.lost_configuration(configured.into_iter().next_back()).await?;
        let subnets: BTreeSet<_> = records.iter().map(|record| record.change.subject.subnet().clone()).collect();
        let mut there: HashMap<Subject, Vec<Content>> = HashMap::new();
        for subnet in &subnets {
            match self.contents_of(subnet, &records).await {
                Ok(found) => found.into_iter().for_each(|held| there.entry(held.subject()).or_default().push(held)),
                // A subnet that the server has no more, or that it does not let itself be asked for.
                Err(error) if is_final(&error) => {
                    records.retain(|record| record.change.subject.subnet() != subnet);
                }
                // It is asked again later: what could not be seen is not taken for something that is there.
                Err(error) => return Err(error),
            }
        }
        records.retain(|record| {
            let Change { before, after, subject, .. } = &record.change;
            let subjects = before.iter().map(Content::subject).filter(|old| old != subject).chain([subject.clone()]);
            let there: Vec<_> = subjects.filter_map(|subject| there.get(&subject)).flatten().cloned().collect();
            is_lost(&verdict(before.as_ref(), after.as_ref(), &there))
        });
        records.extend(lost_with_its_file);
        Ok(records)
    }

    /// The newest change of a configuration, where nothing of it is there. Parts of earlier ones may be gone through later
    /// ones of other parts.
    async fn lost_configuration(&self, newest: Option<ChangeRecord>) -> Result<Option<ChangeRecord>> {
        let Some(record) = newest else { return Ok(None) };
        match self.look(&record).await {
            Ok(Verdict::NotMade) => Ok(Some(record)),
            Ok(_) => Ok(None),
            Err(error) if is_final(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a server holds in a subnet of the kinds that these changes are of.
    async fn contents_of(&self, subnet: &SubnetKey, records: &[ChangeRecord]) -> Result<Vec<Content>> {
        let mut here = records.iter().map(|record| &record.change.subject).filter(|subject| subject.subnet() == subnet);
        let reserved = here.clone().any(|subject| subject.reservation().is_some());
        let mut held = Vec::new();
        if here.any(|subject| subject.reservation().is_none()) {
            held.extend(self.labels(subnet).await?);
        }
        if reserved {
            held.extend(self.dhcp.reservations_in(subnet).await?.known.into_iter().map(Content::from));
        }
        Ok(held)
    }

    /// Makes lost changes again, as one batch; each is judged as far as it brings a reservation back.
    async fn put_back(
        &self,
        permit: &Permit,
        changes: &Changes,
        server: &ServerName,
        numbers: &[i64],
    ) -> Result<BatchUndone> {
        let mut done = BatchUndone { undone: 0, left: Vec::new() };
        let from = Origin { batch: Some(self.batch()), ..Origin::default() };
        let mut plans = Vec::new();
        for record in self.lost(server).await?.into_iter().filter(|record| numbers.contains(&record.change.number)) {
            let name = record.change.subject.short();
            match changes.again(permit.actor(), record).await {
                Ok(edit) => plans.push(Planned { edit, from: from.clone() }),
                Err(error) => done.left.push(super::naming(&name, error)),
            }
        }
        if permit.mode() == Mode::DryRun || plans.is_empty() {
            done.undone = u32::try_from(plans.len()).unwrap_or(u32::MAX);
            return Ok(done);
        }
        for outcome in self.carry_out_all(permit, server, plans).await? {
            match outcome {
                Ok(_) => done.undone += 1,
                Err(error) => done.left.push(Problem::from(error)),
            }
        }
        let life = self.dhcp.life(server).await?;
        self.compare(server, life).await?;
        Ok(done)
    }
}

/// Whether asking once more would give the same answer: what was asked for is not there, or is not shown.
fn is_final(error: &Error) -> bool {
    use Error::{Invalid, MissingHook, NotFound, Refused, Unreadable, Unsupported};
    matches!(
        error,
        NotFound { .. } | Invalid { .. } | Refused { .. } | Unreadable(_) | Unsupported { .. } | MissingHook { .. }
    )
}

impl Changes {
    /// The saved changes that a server does not hold any more, oldest first.
    pub async fn lost(&self, actor: &Actor, server: &ServerName) -> Result<Vec<Change>> {
        actor.may(Permission::Look)?;
        Ok(self.gate.lost(server).await?.into_iter().map(|record| record.change).collect())
    }

    /// Makes these of them again.
    pub async fn put_back(&self, caller: &Caller, server: &ServerName, numbers: &[i64]) -> Result<BatchUndone> {
        let (this, name, numbers) = (self.clone(), server.clone(), numbers.to_vec());
        let work = move |permit| async move { this.gate.put_back(&permit, &this, &name, &numbers).await };
        self.gate.pass(caller, server, work).await
    }

    /// A lost change once more.
    async fn again(&self, actor: &Actor, record: ChangeRecord) -> Result<Edit> {
        if let Subject::Config(Element::Configuration(_)) = &record.change.subject {
            return self.gate.making_again(actor, &record).await;
        }
        let Change { before, after, number, subject, .. } = record.change;
        if let Subject::Config(Element::Subnet(subnet)) = &subject {
            let now = self.gate.labels(subnet).await?;
            let edit = after.and_then(|after| Edit::back(now, after, record.now));
            return edit.ok_or_else(|| Error::Stale { what: format!("the change {number}") });
        }
        let place = before.as_ref().or(after.as_ref()).map(Content::storage);
        let now = match before.as_ref().and_then(Content::reservation) {
            Some(before) => self.reservations.find(&before.key(), place).await?,
            None => None,
        };
        match (after.and_then(Content::into_reservation), now) {
            (Some(after), now) => {
                self.reservations.refuse_restoring(actor, &after).await?;
                Ok(Edit::restore(now, after, super::known(record.now, number)?))
            }
            (None, Some(now)) => Ok(Edit::delete(now)),
            (None, None) => Err(Error::Stale { what: format!("the change {number}") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_answered_otherwise_later_is_asked_again() {
        let (server, text) = ("kea1".parse::<ServerName>().unwrap(), String::new);
        let refused = Error::Refused { server: server.clone(), text: text() };
        for error in [Error::not_found("it"), Error::invalid("path", "x"), refused] {
            assert!(is_final(&error), "{error:?}");
        }
        for error in [
            Error::Unreachable { server: server.clone(), why: text() },
            Error::NotServing { server: server.clone(), text: text() },
            Error::Unknown { server, what: text() },
            Error::Busy,
            Error::Store(text()),
        ] {
            assert!(!is_final(&error), "{error:?}");
        }
    }
}
