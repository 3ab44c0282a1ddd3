//! What was changed, by whom, and the way back.

mod batch;
mod configuration;
mod confirm;
mod durability;
mod export;
mod gate;
mod labels;
mod lost;
mod outcome;
mod recover;
mod replicate;
mod retries;
mod touching;

use std::collections::BTreeSet;
use std::sync::Arc;

use ::changes::{Edit, Verbatim};
use model::{
    Applied, BatchUndone, Change, ChangePage, ChangeQuery, ChangeState, Content, Element, OutsideChange, Permission,
    Problem, Reservation, Storage, Subject, SubnetKey, Version,
};

pub(crate) use self::gate::{Gate, Origin, Permit, Planned};
pub(crate) use self::replicate::Counterpart;
use crate::configurations::outside;
use crate::index::Freshness;
use crate::ports::{ChangeRecord, Clock, Listed, Store};
use crate::reservations::{Field, aim_of, unless_blocked};
use crate::{Actor, Caller, Confirmed, Error, Mode, Ports, Reservations, Result};

/// How many changes one page has.
const PAGE: usize = 50;

/// How many changes of one reservation are looked through for where it was moved to.
const LOOKED_BACK: usize = 1_000;

/// How many changes are remembered, and for how long. One that is not settled is never forgotten.
const REMEMBER: (u32, model::Seconds) = (500_000, model::Seconds(5 * 366 * 86_400));

/// Changes. Cheap to clone.
#[derive(Clone)]
pub struct Changes {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    reservations: Reservations,
    gate: Gate,
}

impl Changes {
    pub(crate) fn new(ports: &Ports, reservations: Reservations, gate: Gate) -> Self {
        Self { store: ports.store.clone(), clock: ports.clock.clone(), reservations, gate }
    }

    /// Some changes, newest first.
    pub async fn list(&self, actor: &Actor, query: &ChangeQuery) -> Result<ChangePage> {
        actor.may(Permission::Look)?;
        let mut changes = self.store.find_changes(&touching::asked(query)?, PAGE + 1).await?;
        let more = changes.len() > PAGE;
        changes.truncate(PAGE);
        let narrowed = query.subnet.iter().chain(query.reservation.iter().map(|key| &key.subnet));
        let narrowed = narrowed.chain(query.element.iter().map(Element::subnet));
        let subnets = changes.iter().map(|change| change.subject.subnet()).chain(narrowed);
        let prefixes = self.gate.snapshots.prefixes(subnets).await;
        let named = changes.iter().filter(|_| query.batches_as_one).filter_map(|change| change.batch.clone());
        let batches = batch::of(&self.store.count_batches(&named.collect::<Vec<_>>()).await?);
        let outside = self.outside(query).await?;
        Ok(ChangePage { changes, more, prefixes, servers: self.gate.dhcp.names(), batches, outside })
    }

    /// What others changed of configurations and nobody has looked at, where all changes are asked for, of a server or of all.
    async fn outside(&self, query: &ChangeQuery) -> Result<Vec<OutsideChange>> {
        let ChangeQuery { server, batches_as_one, .. } = query.clone();
        let all = ChangeQuery { server: server.clone(), batches_as_one, ..ChangeQuery::default() };
        let mut found = Vec::new();
        let names = if *query == all {
            server.map_or_else(|| self.gate.dhcp.names(), |server| vec![server])
        } else {
            Vec::new()
        };
        for server in names {
            found.extend(outside::of_server(&*self.store, &server).await?.unseen);
        }
        Ok(found)
    }

    /// The changes that are asked for as CSV, newest first, so many at most as a spreadsheet can be worked with.
    pub async fn export(&self, actor: &Actor, query: &ChangeQuery) -> Result<String> {
        actor.may(Permission::Look)?;
        let changes = self
            .store
            .find_changes(&ChangeQuery { batches_as_one: false, ..touching::asked(query)? }, ChangeQuery::EXPORTED)
            .await?;
        let prefixes = self.gate.snapshots.prefixes(changes.iter().map(|change| change.subject.subnet())).await;
        export::table(&changes, &prefixes)
    }

    /// Takes a change back, unless its subject was changed since. Where its server does not answer, its partner, which has
    /// the same, is asked. Dangerous parts are for administrators who have confirmed that they mean them.
    pub async fn undo(&self, caller: &Caller, number: i64, confirmed: Confirmed) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        let undo = |subnet: SubnetKey| {
            let record = elsewhere(&record, subnet);
            // Boxed: records of changes are large.
            async move { Box::pin(self.undo_at(caller, &record, confirmed)).await }
        };
        Box::pin(self.serving(&record, undo)).await
    }

    /// Whether a change can be undone as things are now: judged as `undo` judges one that is confirmed, and nothing is
    /// changed. Where its server cannot say, that is the error.
    pub async fn can_undo(&self, caller: &Caller, number: i64) -> Result<bool> {
        caller.actor.may(Permission::Reserve)?;
        let judge = Caller { mode: Mode::DryRun, ..caller.clone() };
        unless_refused(self.undo(&judge, number, Confirmed::Yes).await.map(|_| true))
    }

    /// The same of a batch: whether anything of it can still be undone.
    pub async fn can_undo_batch(&self, caller: &Caller, batch: &str) -> Result<bool> {
        caller.actor.may(Permission::Reserve)?;
        let judge = Caller { mode: Mode::DryRun, ..caller.clone() };
        unless_refused(self.undo_batch(&judge, batch).await.map(|undone| undone.undone > 0))
    }

    async fn undo_at(&self, caller: &Caller, record: &ChangeRecord, confirmed: Confirmed) -> Result<Applied> {
        let number = record.change.number;
        let from = Origin { undoes: Some(number), single_server: record.change.single_server, ..Origin::default() };
        match &record.change.subject {
            Subject::Config(Element::Subnet(_)) => return self.undo_labels(caller, record, from).await,
            Subject::Config(Element::Configuration(_)) => {
                return self.undo_configuration(caller, record, from, confirmed).await;
            }
            Subject::Reservation(_) => {}
        }
        let now = self.as_left_by(record).await?;
        match (record.change.before.clone().and_then(Content::into_reservation), now) {
            (Some(before), now) => {
                let verbatim = known(record.was.clone(), number)?;
                self.reservations.restore(caller, now.as_ref(), (before, verbatim), from).await
            }
            (None, Some(now)) => self.reservations.delete_for(caller, &now, from).await,
            (None, None) => Err(Error::not_found(format!("what change {number} left behind"))),
        }
    }

    /// Makes what a change is of again as it knew it, whatever it is now. Fails over, and is confirmed, as `undo` is.
    pub async fn restore(
        &self,
        caller: &Caller,
        number: i64,
        version: Version,
        confirmed: Confirmed,
    ) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        let restore = |subnet: SubnetKey| {
            let record = elsewhere(&record, subnet);
            async move { Box::pin(self.restore_at(caller, record, version, confirmed)).await }
        };
        Box::pin(self.serving(&record, restore)).await
    }

    async fn restore_at(
        &self,
        caller: &Caller,
        record: ChangeRecord,
        version: Version,
        confirmed: Confirmed,
    ) -> Result<Applied> {
        let number = record.change.number;
        let undoes = (version == Version::Before).then_some(number);
        let from = Origin { undoes, single_server: record.change.single_server, ..Origin::default() };
        let key = match record.change.subject.clone() {
            Subject::Config(Element::Subnet(_)) => return self.restore_labels(caller, record, version, from).await,
            Subject::Config(Element::Configuration(_)) => {
                return self.restore_configuration(caller, record, version, from, confirmed).await;
            }
            Subject::Reservation(key) => key,
        };
        let (before, after) = record.change.reservations();
        let (wanted, verbatim) = match version {
            Version::Before => (before.cloned(), record.was.clone()),
            Version::After => (after.cloned(), record.now.clone()),
        };
        let wanted = wanted.ok_or_else(|| Error::not_found("the reservation in that version"))?;
        let place = self.place_since(&record.change, version, wanted.storage).await?;
        let mut now = self.reservations.find(&wanted.key(), Some(place)).await?;
        if now.is_none() {
            now = self.reservations.find(&key, Some(place)).await?;
        }
        self.reservations.restore(caller, now.as_ref(), (wanted, known(verbatim, number)?), from).await
    }

    /// Runs a use case where a change was made. What was for one server alone, or is in a database, is nowhere else.
    async fn serving<T, F, Fut>(&self, record: &ChangeRecord, use_case: F) -> Result<T>
    where
        F: Fn(SubnetKey) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let subnet = record.change.subject.subnet().clone();
        // The parts of a configuration may have other names on a partner.
        let is_configuration = matches!(record.change.subject, Subject::Config(Element::Configuration(_)));
        if record.change.single_server || is_configuration {
            return use_case(subnet).await;
        }
        self.gate.serving(&subnet, use_case).await
    }

    /// Undoes every change of a batch whose subject was not changed since and against which nothing stands, the last
    /// one first.
    pub async fn undo_batch(&self, caller: &Caller, batch: &str) -> Result<BatchUndone> {
        caller.actor.may(Permission::Reserve)?;
        let records = self.store.changes_of_batch(batch).await?;
        if records.is_empty() {
            return Err(Error::not_found(format!("the batch {batch}")));
        }
        // What was repeated on partners is undone with what it repeats.
        let mut records: Vec<_> = records.into_iter().filter(|record| record.change.repeats.is_none()).collect();
        records.reverse();
        let subnets: BTreeSet<SubnetKey> =
            records.iter().map(|record| record.change.subject.subnet().clone()).collect();
        let mut undone = BatchUndone { undone: 0, left: Vec::new() };
        let new_batch = self.gate.batch();
        for subnet in subnets {
            let of_it: Vec<_> =
                records.iter().filter(|record| *record.change.subject.subnet() == subnet).cloned().collect();
            let undo = |subnet: SubnetKey| {
                let records: Vec<_> = of_it.iter().map(|record| elsewhere(record, subnet.clone())).collect();
                let (this, batch, server) = (self.clone(), new_batch.clone(), subnet.server.clone());
                let work = move |permit| async move { this.undo_all(&permit, &subnet, records, &batch).await };
                async move { self.gate.pass(caller, &server, work).await }
            };
            let part = self.gate.serving(&subnet, undo).await?;
            undone.undone += part.undone;
            undone.left.extend(part.left);
        }
        Ok(undone)
    }

    /// Takes the changes of a batch in one subnet back. Each is judged as if those before it were made already.
    async fn undo_all(
        &self,
        permit: &Permit,
        subnet: &SubnetKey,
        records: Vec<ChangeRecord>,
        batch: &str,
    ) -> Result<BatchUndone> {
        let subnet = self.gate.snapshots.subnet(subnet).await?;
        let mut field = self.reservations.field(permit.actor(), &subnet, Freshness::Now).await?;
        // Where a server lets clients share an address, that is for people to decide, and no one is asked here.
        field.subnet.rules.unique = true;
        let mut undone = BatchUndone { undone: 0, left: Vec::new() };
        let mut plans = Vec::new();
        for record in records {
            let name = record.change.subject.short();
            match self.undoing(permit.actor(), &record, batch, &mut field).await {
                Ok(Some(planned)) => plans.push(planned),
                Ok(None) => {}
                Err(error) => undone.left.push(naming(&name, error)),
            }
        }
        if permit.mode() == Mode::DryRun || plans.is_empty() {
            undone.undone = u32::try_from(plans.len()).unwrap_or(u32::MAX);
            return Ok(undone);
        }
        let names: Vec<_> = plans.iter().map(|planned| planned.edit.subject().short()).collect();
        let outcomes = self.gate.carry_out_all(permit, &subnet.key.server, plans).await?;
        for (name, outcome) in names.iter().zip(outcomes) {
            match outcome {
                Ok(_) => undone.undone += 1,
                Err(error) => undone.left.push(naming(name, error)),
            }
        }
        Ok(undone)
    }

    /// What undoes one change of a batch; none: there is nothing to undo.
    async fn undoing(
        &self,
        actor: &Actor,
        record: &ChangeRecord,
        batch: &str,
        field: &mut Field,
    ) -> Result<Option<Planned>> {
        let number = record.change.number;
        if record.change.undone_by.is_some() || !was_made(record.change.state) {
            return Ok(None);
        }
        let from = Origin {
            batch: Some(batch.to_owned()),
            undoes: Some(number),
            single_server: record.change.single_server,
            ..Origin::default()
        };
        match &record.change.subject {
            Subject::Config(Element::Subnet(_)) => {
                return Ok(Some(Planned { edit: self.undoing_labels(record).await?, from }));
            }
            Subject::Config(Element::Configuration(_)) => {
                let edit = self.undoing_configuration(record, actor, Confirmed::No).await?;
                return Ok(Some(Planned { edit, from }));
            }
            Subject::Reservation(_) => {}
        }
        let now = self.as_left_by(record).await?;
        let edit = match (record.change.before.clone().and_then(Content::into_reservation), now) {
            (Some(before), now) => {
                unless_blocked(field.conflicts(&aim_of(&before), now.as_ref(), Listed::default()))?;
                Edit::restore(now, before, known(record.was.clone(), number)?)
            }
            (None, Some(now)) => Edit::delete(now),
            (None, None) => return Ok(None),
        };
        let (before, after) = edit.reservations();
        field.takes(before, after);
        Ok(Some(Planned { edit, from }))
    }

    /// Asks the server once more how a change stands, and finishes it if it can be.
    pub async fn settle(&self, caller: &Caller, number: i64) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        if record.change.state == ChangeState::Open {
            let what = "it is being made at this moment".to_owned();
            return Err(Error::Unknown { server: record.change.subject.server().clone(), what });
        }
        let (gate, server) = (self.gate.clone(), record.change.subject.server().clone());
        self.gate.pass(caller, &server, move |permit| async move { gate.recover_with(&permit, &record).await }).await
    }

    /// Gives up a change that waits for its server, or of which it cannot be found out how it ended.
    pub async fn give_up(&self, actor: &Actor, number: i64) -> Result<()> {
        actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        if !matches!(record.change.state, ChangeState::Pending | ChangeState::Unknown) {
            return Err(Error::Stale { what: format!("the change {number}") });
        }
        self.gate.give_up(actor, &record.change).await
    }

    /// Says that this program runs for so long at least: no other one takes its changes for broken off.
    pub async fn keep_alive(&self, span: model::Seconds) -> Result<()> {
        Ok(self.store.keep_alive(&self.gate.owner, self.clock.now().plus(span)).await?)
    }

    /// Recovers what can be recovered: changes that broke off, changes whose end was not seen, changes that wait for a
    /// server. Meant to be called at the start and every few seconds.
    pub async fn recover_all(&self) -> Result<()> {
        self.gate.recover_all().await?;
        self.take_back_unconfirmed().await
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
        let changes = self.store.find_changes(&ChangeQuery::of(&change.subject), LOOKED_BACK).await?;
        let since = |other: &&Change| {
            other.number > change.number || (version == Version::Before && other.number == change.number)
        };
        let made = changes.iter().filter(since).filter(|other| was_made(other.state));
        let moved = made.filter_map(|other| {
            let (before, after) = (other.before.as_ref()?.storage(), other.after.as_ref()?.storage());
            (before != after).then_some(after)
        });
        // Newest first.
        Ok(moved.into_iter().next().unwrap_or(place))
    }

    /// The reservation as the change left it; none: it left none. Refuses when it is something else by now.
    async fn as_left_by(&self, record: &ChangeRecord) -> Result<Option<Reservation>> {
        let change = &record.change;
        refuse_undone(change)?;
        let Subject::Reservation(key) = &change.subject else { return Ok(None) };
        let now = self.reservations.find(key, change.version().map(Content::storage)).await?;
        let same = match (&now, change.reservations().1) {
            (None, None) => true,
            (Some(now), Some(after)) => now.is_equivalent_to(after),
            _ => false,
        };
        if same { Ok(now) } else { Err(Error::Stale { what: change.subject.label() }) }
    }
}

/// Refuses to undo what was not made, or was undone already.
fn refuse_undone(change: &Change) -> Result<()> {
    let there = was_made(change.state) && change.undone_by.is_none();
    if there { Ok(()) } else { Err(Error::Stale { what: change.subject.label() }) }
}

/// A refusal because of what is there now, or of who asks, is a “no”; what else goes wrong says nothing.
fn unless_refused(judged: Result<bool>) -> Result<bool> {
    use Error::{Conflict, Forbidden, Invalid, NotFound, Stale, Unreadable};
    match judged {
        Err(Stale { .. } | NotFound { .. } | Conflict { .. } | Invalid { .. } | Forbidden | Unreadable(_)) => Ok(false),
        judged => judged,
    }
}

fn was_made(state: ChangeState) -> bool {
    matches!(state, ChangeState::Done | ChangeState::NotSaved)
}

/// The change as its repetition on a partner is: of the same, in the subnet there.
fn elsewhere(record: &ChangeRecord, subnet: SubnetKey) -> ChangeRecord {
    let mut record = record.clone();
    let change = &mut record.change;
    for known in change.before.iter_mut().chain(&mut change.after) {
        *known = known.in_subnet(subnet.clone());
    }
    let subject = change.subject.in_subnet(subnet);
    if matches!(subject, Subject::Config(_)) && subject != change.subject {
        // Where it is written is the other server's own affair.
        (record.was, record.now) = (None, None);
    }
    change.subject = subject;
    record
}

fn known(verbatim: Option<Verbatim>, number: i64) -> Result<Verbatim> {
    verbatim.ok_or_else(|| Error::not_found(format!("all that change {number} knew of the reservation")))
}

/// A problem that says whose it is.
fn naming(what: &str, error: Error) -> Problem {
    let problem = Problem::from(error);
    Problem { text: format!("{what}: {}", problem.text), ..problem }
}
