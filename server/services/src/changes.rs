//! What was changed, by whom, and the way back.

use std::sync::Arc;

use model::{
    Applied, BatchUndone, Change, ChangePage, ChangeQuery, ChangeState, Permission, Problem, Reservation, ServerName,
    Storage, Version,
};

use crate::ports::{ChangeRecord, Clock, Store, Verbatim};
use crate::recording::{Origin, Planned, Recording, to_the_end};
use crate::{Actor, Error, Mode, Ports, Reservations, Result};

/// How many changes one page has.
const PAGE: usize = 50;

/// How many changes of one reservation are looked through for where it was moved to.
const LOOKED_BACK: usize = 1_000;

/// How many changes are remembered, and for how long. One that is not settled is never forgotten.
const REMEMBER: (u32, model::Seconds) = (500_000, model::Seconds(5 * 366 * 86_400));

/// Changes of reservations. Cheap to clone.
#[derive(Clone)]
pub struct Changes {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    reservations: Reservations,
    recording: Recording,
}

impl Changes {
    pub(crate) fn new(ports: &Ports, reservations: Reservations, recording: Recording) -> Self {
        Self { store: ports.store.clone(), clock: ports.clock.clone(), reservations, recording }
    }

    /// Some changes, newest first.
    pub async fn list(&self, actor: &Actor, query: &ChangeQuery) -> Result<ChangePage> {
        actor.may(Permission::Look)?;
        let mut changes = self.store.find_changes(query, PAGE + 1).await?;
        let more = changes.len() > PAGE;
        changes.truncate(PAGE);
        let narrowed = query.subnet.iter().chain(query.reservation.iter().map(|key| &key.subnet));
        let subnets = changes.iter().map(|change| &change.key.subnet).chain(narrowed);
        let prefixes = self.recording.snapshots.prefixes(subnets).await;
        Ok(ChangePage { changes, more, prefixes, servers: self.recording.dhcp.names() })
    }

    /// Takes a change back, unless the reservation was changed since.
    pub async fn undo(&self, actor: &Actor, number: i64, mode: Mode) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        let now = self.as_left_by(&record).await?;
        let from = Origin { undoes: Some(number), alone: record.change.alone, ..Origin::default() };
        match (record.change.before.clone(), now) {
            (Some(before), now) => {
                let verbatim = known(record.was, number)?;
                self.reservations.restore(actor, now.as_ref(), (before, verbatim), mode, from).await
            }
            (None, Some(now)) => self.reservations.delete_for(actor, &now, mode, from).await,
            (None, None) => Err(Error::not_found(format!("what change {number} left behind"))),
        }
    }

    /// Makes a reservation again as a change knew it, whatever it is now.
    pub async fn restore(&self, actor: &Actor, number: i64, version: Version, mode: Mode) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        let (wanted, verbatim) = match version {
            Version::Before => (record.change.before.clone(), record.was),
            Version::After => (record.change.after.clone(), record.now),
        };
        let wanted = wanted.ok_or_else(|| Error::not_found("the reservation in that version"))?;
        let place = self.place_since(&record.change, version, wanted.storage).await?;
        let mut now = self.reservations.find(&wanted.key(), Some(place)).await?;
        if now.is_none() {
            now = self.reservations.find(&record.change.key, Some(place)).await?;
        }
        let undoes = (version == Version::Before).then_some(number);
        let from = Origin { undoes, alone: record.change.alone, ..Origin::default() };
        self.reservations.restore(actor, now.as_ref(), (wanted, known(verbatim, number)?), mode, from).await
    }

    /// Takes every change of a batch back that was not changed since, the last one first.
    pub async fn undo_batch(&self, actor: &Actor, batch: &str) -> Result<BatchUndone> {
        actor.may(Permission::Reserve)?;
        let records = self.store.changes_of_batch(batch).await?;
        if records.is_empty() {
            return Err(Error::not_found(format!("the batch {batch}")));
        }
        // What was repeated on partners is taken back with what it repeats.
        let mut records: Vec<_> = records.into_iter().filter(|record| record.change.repeats.is_none()).collect();
        records.reverse();
        let (this, actor) = (self.clone(), actor.clone());
        to_the_end(async move { this.undo_all(&actor, records).await }).await
    }

    async fn undo_all(&self, actor: &Actor, records: Vec<ChangeRecord>) -> Result<BatchUndone> {
        let mut servers: Vec<ServerName> =
            records.iter().map(|record| record.change.key.subnet.server.clone()).collect();
        servers.sort();
        servers.dedup();
        let batch = self.recording.batch();
        let mut undone = BatchUndone { undone: 0, left: Vec::new() };
        for server in servers {
            let _lock = self.recording.lock(&server).await?;
            let mut plans = Vec::new();
            for record in records.iter().filter(|record| record.change.key.subnet.server == server) {
                match self.undoing(record, &batch).await {
                    Ok(Some(planned)) => plans.push(planned),
                    Ok(None) => {}
                    Err(error) => undone.left.push(Problem::from(error)),
                }
            }
            let keys: Vec<_> = plans.iter().map(Planned::key).collect();
            let outcomes = self.recording.carry_out_all(actor, &server, plans).await?;
            for (key, outcome) in keys.iter().zip(outcomes) {
                match outcome {
                    Ok(_) => undone.undone += 1,
                    Err(error) => undone.left.push(naming(&key.identifier.to_string(), error)),
                }
            }
        }
        Ok(undone)
    }

    /// What takes one change of a batch back; none: there is nothing to take back.
    async fn undoing(&self, record: &ChangeRecord, batch: &str) -> Result<Option<Planned>> {
        let number = record.change.number;
        if record.change.undone_by.is_some() || !was_made(record.change.state) {
            return Ok(None);
        }
        let now = self.as_left_by(record).await?;
        let from =
            Origin { batch: Some(batch.to_owned()), undoes: Some(number), request: None, alone: record.change.alone };
        Ok(match (record.change.before.clone(), now) {
            (Some(before), now) => {
                Some(Planned::restore(now.as_ref(), before, known(record.was.clone(), number)?, from))
            }
            (None, Some(now)) => Some(Planned::delete(&now, from)),
            (None, None) => None,
        })
    }

    /// Asks the server once more how a change stands, and finishes it if it can be.
    pub async fn settle(&self, actor: &Actor, number: i64) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        if record.change.state == ChangeState::Open {
            let what = "it is being made at this moment".to_owned();
            return Err(Error::Unknown { server: record.change.key.subnet.server, what });
        }
        let recording = self.recording.clone();
        to_the_end(async move { recording.settle(&record).await }).await
    }

    /// Gives up a change that waits for its server, or of which it cannot be found out how it ended.
    pub async fn give_up(&self, actor: &Actor, number: i64) -> Result<()> {
        actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        if !matches!(record.change.state, ChangeState::Pending | ChangeState::Unknown) {
            return Err(Error::Stale { what: format!("the change {number}") });
        }
        self.recording.give_up(actor, &record.change).await
    }

    /// Says that this program runs for so long at least: nobody else takes its changes for broken off.
    pub async fn keep_alive(&self, span: model::Seconds) -> Result<()> {
        Ok(self.store.keep_alive(&self.recording.owner, self.clock.now().plus(span)).await?)
    }

    /// Settles what can be settled: changes that broke off, changes whose end was not seen, changes that wait for a
    /// server. Meant to be called at the start and every few seconds.
    pub async fn settle_all(&self) -> Result<()> {
        self.recording.settle_all().await
    }

    /// Forgets changes that are old, or too many.
    pub async fn trim(&self) -> Result<()> {
        let oldest = self.clock.now().plus(model::Seconds(-REMEMBER.1.0));
        Ok(self.store.trim_changes(oldest, REMEMBER.0).await?)
    }

    async fn record(&self, number: i64) -> Result<ChangeRecord> {
        let record = self.store.change(number).await?;
        record.ok_or_else(|| Error::not_found(format!("the change {number}")))
    }

    /// Where a version of a reservation that was kept in that place is to be looked for: it may have been moved since, and
    /// its server may have another one of the same client in the other place, which is none of it.
    async fn place_since(&self, change: &Change, version: Version, place: Storage) -> Result<Storage> {
        let query = ChangeQuery { reservation: Some(change.key.clone()), ..ChangeQuery::default() };
        let changes = self.store.find_changes(&query, LOOKED_BACK).await?;
        let since = |other: &&Change| {
            other.number > change.number || (version == Version::Before && other.number == change.number)
        };
        let made = changes.iter().filter(since).filter(|other| was_made(other.state));
        let moved = made.filter_map(|other| {
            let (before, after) = (other.before.as_ref()?.storage, other.after.as_ref()?.storage);
            (before != after).then_some(after)
        });
        // Newest first.
        Ok(moved.into_iter().next().unwrap_or(place))
    }

    /// The reservation as the change left it; none: it left none. Refuses when it is something else by now.
    async fn as_left_by(&self, record: &ChangeRecord) -> Result<Option<Reservation>> {
        let Change { key, before, after, state, undone_by, .. } = &record.change;
        let stale = || Error::Stale { what: format!("the reservation for {}", key.identifier) };
        if !was_made(*state) || undone_by.is_some() {
            return Err(stale());
        }
        let place = after.as_ref().or(before.as_ref()).map(|known| known.storage);
        let now = self.reservations.find(key, place).await?;
        let same = match (&now, after) {
            (None, None) => true,
            (Some(now), Some(after)) => now.is_equivalent_to(after),
            _ => false,
        };
        if same { Ok(now) } else { Err(stale()) }
    }
}

fn was_made(state: ChangeState) -> bool {
    matches!(state, ChangeState::Done | ChangeState::NotSaved)
}

fn known(verbatim: Option<Verbatim>, number: i64) -> Result<Verbatim> {
    verbatim.ok_or_else(|| Error::not_found(format!("all that change {number} knew of the reservation")))
}

/// A problem that says whose it is.
fn naming(what: &str, error: Error) -> Problem {
    let problem = Problem::from(error);
    Problem { text: format!("{what}: {}", problem.text), ..problem }
}
