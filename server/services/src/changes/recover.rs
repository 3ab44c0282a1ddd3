//! Changes of which it is not known how they ended, or that still wait: how they stand is asked, never guessed, and no
//! write is sent again before that. What follows from what is seen is decided in the package `changes`.

use std::time::Duration;

use ::changes::{Edit, Outcome, Step, Verdict, is_to_be_saved, outcome, repeated, verdict};
use futures::future::try_join_all;
use model::{
    Applied, Change, ChangeQuery, ChangeState, Content, Element, Health, Reason, Reservation, ReservationKey, Seconds,
    ServerName, Subject,
};

use super::configuration;
use super::gate::{AppliedChange, Gate, Origin, Permit, Planned, to_the_end};
use super::outcome::{Looked, ended_on_partner, failed};
use crate::ports::{AppliedEdit, ChangeEnd, ChangeRecord};
use crate::{Actor, Error, Event, Result};

/// How many changes are recovered in one go.
const AT_ONCE: usize = 500;

/// Within this time the end of a change is usually recorded.
const RECORDED_WITHIN: Seconds = Seconds(5);

/// How long a partner may take to say what it holds, where no caller waits for it.
const AT_LEISURE: Duration = Duration::from_mins(1);

/// How long a free lock may take to come.
const A_MOMENT: Duration = Duration::from_millis(500);

impl Gate {
    /// Recovers everything that can be recovered: changes of programs that do not run any more, changes whose end was
    /// not seen, changes that wait for a partner. Meant to be called every few seconds, and at the start.
    pub(crate) async fn recover_all(&self) -> Result<()> {
        self.learn_unsaved().await?;
        self.adopt().await?;
        self.record_saves().await?;
        self.notice_losses().await?;
        self.compare_with_history().await;
        // Side by side: one that is silent must not keep the others waiting.
        let servers = self.dhcp.names();
        let recovered = try_join_all(servers.iter().map(|server| self.recover_server(server))).await;
        recovered.map(drop)
    }

    /// Recovers the changes of one server, in their order, until it falls silent.
    async fn recover_server(&self, server: &ServerName) -> Result<()> {
        let now = self.clock.now();
        for state in [ChangeState::Unknown, ChangeState::Pending] {
            let mut waiting = self.store.changes_in(state, Some(server), usize::MAX).await?;
            // What rests must not stand in the way of what came later.
            waiting.retain(|record| self.retries.is_due(record.change.number, now));
            waiting.truncate(AT_ONCE);
            // Looked at before the lock is taken: waiting for a silent server must not keep its partner waiting.
            if waiting.is_empty() || self.dhcp.status(server).await.health == Health::Unreachable {
                continue;
            }
            for record in &waiting {
                let (this, record) = (self.clone(), record.clone());
                let recovered = to_the_end(async move { this.recover(&record).await });
                if matches!(recovered.await, Err(Error::Unreachable { .. })) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes over what programs left open that ended in the middle of it, and what this one could not record the end of.
    async fn adopt(&self) -> Result<()> {
        let open = self.store.changes_in(ChangeState::Open, None, AT_ONCE).await?;
        if open.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let alive = self.store.alive(now).await?;
        for record in open {
            let mine = record.owner == *self.owner;
            let left = if mine {
                now.since(record.change.at) >= RECORDED_WITHIN && self.is_left(&record).await?
            } else {
                !alive.contains(&record.owner)
            };
            let number = record.change.number;
            if left && self.store.adopt_change(number, &record.owner, &self.owner).await? {
                let reason = Some(if mine { Reason::EndNotRecorded } else { Reason::ProgramEnded });
                let end = ChangeEnd { number, state: ChangeState::Unknown, reason, now: None, was: None };
                self.store.end_changes(&[end]).await?;
            }
        }
        Ok(())
    }

    /// Whether no task of this program is at work on that server: one that makes a change has the lock until the end.
    async fn is_left(&self, record: &ChangeRecord) -> Result<bool> {
        match tokio::time::timeout(A_MOMENT, self.own_permit(record.change.subject.server())).await {
            Ok(permit) => permit.map(|_| true),
            Err(_) => Ok(false),
        }
    }

    /// Recovers one change, if its server answers.
    pub(crate) async fn recover(&self, record: &ChangeRecord) -> Result<Applied> {
        let permit = self.own_permit(record.change.subject.server()).await?;
        self.recover_with(&permit, record).await
    }

    /// The same for a caller that has the permit already.
    pub(crate) async fn recover_with(&self, _permit: &Permit, record: &ChangeRecord) -> Result<Applied> {
        let server = record.change.subject.server().clone();
        // It may have been recovered while we waited.
        let number = record.change.number;
        let Some(record) = self.store.change(number).await?.filter(|now| now.change.state == record.change.state)
        else {
            return Err(Error::Stale { what: format!("the change {number}") });
        };
        if matches!(record.change.subject, Subject::Config(Element::Configuration(_))) {
            self.dhcp.heal(&server).await?;
        }
        let outcome = match record.change.state {
            ChangeState::Open | ChangeState::Unknown => self.recover_unknown(&record).await,
            ChangeState::Pending => {
                let made = self.make_pending(&record).await;
                self.retries.note(number, &made, self.clock.now());
                made
            }
            ChangeState::NotSaved => {
                self.dhcp.save(&server).await?;
                self.saved(&server).await;
                Ok(record.change.reservations().1.cloned())
            }
            ChangeState::Done | ChangeState::Refused => Ok(None),
        };
        self.events.publish(Event::Subnet(record.change.subject.subnet().clone()));
        let reservation = outcome?;
        Ok(Applied { reservation, change: Some(number), ..Applied::default() })
    }

    async fn recover_unknown(&self, record: &ChangeRecord) -> Result<Option<Reservation>> {
        let change = &record.change;
        if change.version().and_then(Content::configuration).is_some_and(|change| change.reload) {
            // What it was to change nobody knows, and to save what runs would overwrite the file.
            return self.end(change, ChangeState::Refused, Reason::ReloadNotSeen).await;
        }
        let overtaken = self.overtaken(change, &[ChangeState::Done, ChangeState::NotSaved]).await?;
        let seen = if overtaken { Verdict::Overtaken } else { self.look_saved(record).await? };
        match outcome(seen, record.was.is_some(), overtaken) {
            Outcome::Finish(now) => self.finish(record, now).await,
            Outcome::RemoveOld(old) => {
                let removed = self.dhcp.write(&old.subnet.server, vec![Edit::delete(Reservation::clone(&old))]).await;
                removed.into_iter().try_for_each(|removed| removed.and_then(AppliedEdit::saved).map(drop))?;
                let Verdict::Made(now) = self.look(record).await? else {
                    let what = "a move could not be finished".to_owned();
                    return Err(Error::Unknown { server: old.subnet.server.clone(), what });
                };
                self.finish(record, now).await
            }
            Outcome::NotMade => self.end_not_made(change, Reason::NotMade).await,
            Outcome::Overtaken => self.end(change, ChangeState::Refused, Reason::Overtaken).await,
            Outcome::Restore => self.restore_before(record).await,
            Outcome::Lost => self.end_not_made(change, Reason::Gone).await,
        }
    }

    /// How the server stands to a change, and what was found is on its disk. Of a move, also what is left of it.
    async fn look_saved(&self, record: &ChangeRecord) -> Result<Verdict> {
        let change = &record.change;
        let found = self.look(record).await?;
        if !is_to_be_saved(&found, change.before.as_ref(), change.after.as_ref()) {
            return Ok(found);
        }
        if let Err(error) = self.dhcp.save(change.subject.server()).await {
            if let Verdict::Made(now) = found {
                let now = self.with_verbatim(now).await.unwrap_or_default();
                self.store.end_changes(&[ChangeEnd { now, ..failed(change.number, &error) }]).await?;
            }
            return Err(error);
        }
        // The server may have been started again between the look and the saving, without it.
        self.look(record).await
    }

    /// How the server stands to a change.
    pub(super) async fn look(&self, record: &ChangeRecord) -> Result<Verdict> {
        let Change { before, after, subject, .. } = &record.change;
        let there = match subject {
            Subject::Reservation(key) => self.reservations_of(key, record.change.reservations().0).await?,
            Subject::Config(Element::Subnet(subnet)) => self.labels(subnet).await?.into_iter().collect(),
            Subject::Config(Element::Configuration(_)) => return self.look_at_configuration(record).await,
        };
        Ok(verdict(before.as_ref(), after.as_ref(), &there))
    }

    /// All that a server holds in the subnet under the present and the former identifier of a reservation.
    async fn reservations_of(&self, key: &ReservationKey, before: Option<&Reservation>) -> Result<Vec<Content>> {
        let mut there = self.dhcp.reservations_of(&key.subnet.server, &key.identifier).await?;
        if let Some(old) = before.filter(|old| old.identifier != key.identifier) {
            there.extend(self.dhcp.reservations_of(&key.subnet.server, &old.identifier).await?);
        }
        there.retain(|known| known.subnet == key.subnet);
        Ok(there.into_iter().map(Content::from).collect())
    }

    /// What was just seen, also in its server's words. Where it has gone meanwhile it is to be looked again.
    pub(super) async fn with_verbatim(&self, now: Option<Content>) -> Result<Option<Looked>> {
        let Some(now) = now else { return Ok(None) };
        match self.dhcp.verbatim(&now).await? {
            Some(verbatim) => Ok(Some((now, verbatim))),
            None => Err(Error::Stale { what: now.subject().label() }),
        }
    }

    /// A change that was made is repeated on the partners, which may not have heard of it.
    async fn finish(&self, record: &ChangeRecord, now: Option<Content>) -> Result<Option<Reservation>> {
        let change = &record.change;
        let number = change.number;
        let reason = Some(Reason::FoundMade);
        let now = self.with_verbatim(now).await?;
        let reservation = now.as_ref().and_then(|(now, _)| now.reservation().cloned());
        let end = ChangeEnd { number, state: ChangeState::Done, reason, now: now.clone(), was: None };
        self.snapshots.forget(change.subject.subnet());
        let made = AppliedChange {
            number,
            written: AppliedEdit { now, was: record.was.clone(), not_saved: None, said: Vec::new() },
        };
        let is_repeated = change.repeats.is_none() && !change.single_server;
        let found = is_repeated.then(|| (record.clone(), made)).into_iter().collect();
        self.end_found(change.subject.server(), &[end], found).await?;
        Ok(reservation)
    }

    /// Records how changes of a server ended. Those of `found` were made, and its partners may not have heard of them.
    pub(super) async fn end_found(
        &self,
        server: &ServerName,
        ends: &[ChangeEnd],
        found: Vec<(ChangeRecord, AppliedChange)>,
    ) -> Result<()> {
        let planned = |(record, made): (ChangeRecord, AppliedChange)| Some((planned_again(&record, &made)?, Ok(made)));
        let (planned, made): (Vec<_>, Vec<_>) = found.into_iter().filter_map(planned).unzip();
        let partners = if planned.is_empty() { Vec::new() } else { self.dhcp.partners(server).await };
        let on_their_way = self.on_their_way(&Actor::System, &partners, &planned, &made, AT_LEISURE).await;
        let recorded = self.record_ends(ends, &on_their_way).await?;
        self.repeat(&Actor::System, on_their_way, Ok(recorded), &mut []).await;
        Ok(())
    }

    /// A server that broke off in the middle of a change lost the old state, a promise to a client.
    async fn restore_before(&self, record: &ChangeRecord) -> Result<Option<Reservation>> {
        let change = &record.change;
        let now = match &change.subject {
            Subject::Reservation(_) => None,
            Subject::Config(Element::Subnet(subnet)) => self.labels(subnet).await?,
            Subject::Config(Element::Configuration(_)) => {
                return self.put_back_by(record, self.taking_back(record).await?).await;
            }
        };
        let (Some(before), Some(verbatim)) = (change.before.clone(), record.was.clone()) else {
            return Err(Error::Internal(format!("how change {} was before is not known", change.number)));
        };
        let back = Edit::back(now, before, Some(verbatim));
        let back = back.ok_or_else(|| Error::Stale { what: change.subject.label() })?;
        self.put_back_by(record, back).await
    }

    async fn put_back_by(&self, record: &ChangeRecord, back: Edit) -> Result<Option<Reservation>> {
        let change = &record.change;
        let written = self.dhcp.write(change.subject.server(), vec![back]).await;
        written.into_iter().try_for_each(|written| written.and_then(AppliedEdit::saved).map(drop))?;
        self.end_not_made(change, Reason::PutBack).await
    }

    /// A change that was not made is over; a repetition waits to be made, or the partner would miss it for good.
    async fn end_not_made(&self, change: &Change, reason: Reason) -> Result<Option<Reservation>> {
        let refused = ChangeState::Refused;
        self.end(change, if change.repeats.is_some() { repeated(refused) } else { refused }, reason).await
    }

    async fn make_pending(&self, record: &ChangeRecord) -> Result<Option<Reservation>> {
        let change = &record.change;
        if self.is_of_the_past(change).await? {
            return self.end(change, ChangeState::Refused, Reason::LaterChange).await;
        }
        let Some(aim) = self.aim_of_pending(record).await? else {
            return self.end(change, ChangeState::Done, Reason::NoSuchSubnet { waited: true }).await;
        };
        let server = &aim.subnet().server;
        let Step::Make(edit) = self.step(&aim).await? else {
            return self.end(change, ChangeState::Done, Reason::WasSo { waited: true }).await;
        };
        self.note_plan(record, &edit).await?;
        match self.dhcp.write(server, vec![*edit]).await.pop() {
            Some(Ok(written)) if written.not_saved.is_none() => {
                let now = written.now.as_ref().and_then(|(now, _)| now.reservation().cloned());
                let reason = Some(Reason::MadeLater);
                let AppliedEdit { now: there, was, .. } = written;
                let end = ChangeEnd { number: change.number, state: ChangeState::Done, reason, now: there, was };
                self.store.end_changes(&[end]).await?;
                self.snapshots.forget(aim.subnet());
                Ok(now)
            }
            Some(Err(error @ Error::Unreachable { .. })) => Err(error),
            Some(written) => {
                self.store.end_changes(&[ended_on_partner(change.number, &written)]).await?;
                written.and_then(AppliedEdit::saved).map(|_| None)
            }
            None => Ok(None),
        }
    }

    /// Whether a change that waits for a partner is of the past: the same was changed there since, or where it was made
    /// first. Then the partner was sent that, or is being sent it.
    async fn is_of_the_past(&self, change: &Change) -> Result<bool> {
        if self.overtaken(change, &[ChangeState::Done, ChangeState::NotSaved]).await? {
            return Ok(true);
        }
        let Some(repeats) = change.repeats else { return Ok(false) };
        match self.store.change(repeats).await? {
            // Of configurations later changes may be of other parts.
            Some(first) if matches!(first.change.subject, Subject::Config(Element::Configuration(_))) => {
                Ok(first.change.undone_by.is_some())
            }
            Some(first) => self.overtaken(&first.change, &[ChangeState::Done]).await,
            None => Ok(false),
        }
    }

    /// Whether the same, of a reservation under either identifier, was changed on that server after this change was begun,
    /// by a change that stands so.
    pub(super) async fn overtaken(&self, change: &Change, states: &[ChangeState]) -> Result<bool> {
        // A later change of other parts takes nothing from an earlier one: the server is asked.
        if matches!(change.subject, Subject::Config(Element::Configuration(_))) {
            return Ok(false);
        }
        let before = change.before.iter().map(Content::subject).filter(|before| *before != change.subject);
        for subject in before.chain([change.subject.clone()]) {
            let later = self.store.find_changes(&ChangeQuery::of(&subject), 20).await?;
            let made = |other: &Change| other.number > change.number && states.contains(&other.state);
            if later.iter().any(made) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn end(&self, change: &Change, state: ChangeState, reason: Reason) -> Result<Option<Reservation>> {
        let end = ChangeEnd { number: change.number, state, reason: Some(reason), now: None, was: None };
        self.store.end_changes(&[end]).await?;
        Ok(None)
    }

    /// Gives up a change that waits or is not known to have ended.
    pub(crate) async fn give_up(&self, actor: &Actor, change: &Change) -> Result<()> {
        self.end(change, ChangeState::Refused, Reason::GivenUp { by: actor.label() }).await.map(drop)?;
        self.events.publish(Event::Subnet(change.subject.subnet().clone()));
        Ok(())
    }
}

/// What was made, as it is repeated on partners.
fn planned_again(record: &ChangeRecord, made: &AppliedChange) -> Option<Planned> {
    let change = &record.change;
    if let Subject::Config(Element::Configuration(_)) = &change.subject {
        let edit = configuration::edit_of(record).ok()?.into();
        let from = Origin { batch: change.batch.clone(), undoes: change.undoes, ..Origin::default() };
        return Some(Planned { edit, from });
    }
    let edit = match (change.before.clone(), made.written.now.clone()) {
        (before, Some((now, verbatim))) => Edit::back(before, now, Some(verbatim)),
        (Some(Content::Reservation(before)), None) => Some(Edit::delete(*before)),
        _ => None,
    };
    Some(Planned { edit: edit?, from: Origin { batch: change.batch.clone(), ..Origin::default() } })
}
