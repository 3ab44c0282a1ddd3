//! Changes that are taken back unless they are confirmed in time.

use std::collections::{BTreeMap, BTreeSet};

use ::changes::{recorded_edits, share_parts};
use keaconf::Edit;
use model::{Applied, Change, ChangeState, Permission, Problem, Reason, Seconds, ServerName, Timestamp, Unconfirmed};

use super::Changes;
use super::gate::{Gate, Permit};
use crate::ports::{ChangeEnd, ChangeRecord};
use crate::{Actor, Caller, Confirmed, Error, Event, Result};

/// What is done about a change that is to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing yet.
    Wait,
    /// It is taken back.
    TakeBack,
    /// There is nothing to be confirmed any more.
    Over,
}

/// What is done about a change that stands so, and whether it is undone.
pub(crate) fn due(state: ChangeState, is_undone: bool, until: Timestamp, now: Timestamp) -> Due {
    match state {
        _ if is_undone => Due::Over,
        ChangeState::Refused => Due::Over,
        // How it ended is found out first.
        ChangeState::Open | ChangeState::Unknown | ChangeState::Pending => Due::Wait,
        ChangeState::Done | ChangeState::NotSaved if now < until => Due::Wait,
        ChangeState::Done | ChangeState::NotSaved => Due::TakeBack,
    }
}

/// Who looks after what is due, among the programs that run: what their names begin with.
const KEEPER: &str = "looks after ";

/// When a change is taken back: in its own time, and not after one that it stands on. Else that one would be taken back from
/// beneath it, and neither would lead to the state before both. Those that wait already keep their time.
pub(crate) fn not_after<'r>(own: Timestamp, stands_on: impl Iterator<Item = &'r ChangeRecord>) -> Timestamp {
    stands_on.filter_map(|record| record.confirm_until).fold(own, Timestamp::min)
}

/// Whether a change stands on an earlier one, so that it is taken back before that. What is not known does.
fn stands_on(later: Option<&[Edit]>, earlier: &ChangeRecord) -> bool {
    let (Some(later), Some(earlier)) = (later, edits_of(earlier)) else { return true };
    share_parts(later, &earlier)
}

/// What a change did, as it was kept.
fn edits_of(record: &ChangeRecord) -> Option<Vec<Edit>> {
    recorded_edits(record.now.as_ref()?).ok()
}

/// A change that is still to be taken back, or to be made.
struct Waiting {
    server: ServerName,
    partners: BTreeSet<ServerName>,
    edits: Option<Vec<Edit>>,
}

impl Waiting {
    /// Whether it stands on an earlier change. What was made on a partner goes by other paths: it is taken to be the same.
    fn stands_on(&self, earlier: &ChangeRecord) -> bool {
        let server = earlier.change.subject.server();
        self.partners.contains(server) || (self.server == *server && stands_on(self.edits.as_deref(), earlier))
    }
}

impl Changes {
    /// Says that this program takes back what is not confirmed, for so long at least.
    pub async fn look_after(&self, span: Seconds) -> Result<()> {
        let name = format!("{KEEPER}{}", self.gate.owner);
        Ok(self.store.keep_alive(&name, self.clock.now().plus(span)).await?)
    }

    /// Takes back what was not confirmed in time, the last change first. One that a later one stands on waits for that, also
    /// where the server does not answer and is asked again later.
    pub(super) async fn take_back_unconfirmed(&self) -> Result<()> {
        let mut waits: Vec<Waiting> = Vec::new();
        for record in self.store.changes_to_confirm().await?.into_iter().rev() {
            let (number, server) = (record.change.number, record.change.subject.server());
            if waits.iter().any(|later| later.stands_on(&record)) {
                continue;
            }
            let is_over = match self.is_due(&record) {
                Due::Wait => false,
                Due::Over => true,
                Due::TakeBack => self.take_back(&record).await?,
            };
            if is_over {
                self.store.confirm_change(number).await?;
                self.gate.events.publish(Event::Servers);
            } else {
                let partners = self.gate.dhcp.partners(server).await.into_iter().collect();
                waits.push(Waiting { server: server.clone(), partners, edits: edits_of(&record) });
            }
        }
        Ok(())
    }

    /// Takes a change back at once that is to be confirmed. That was agreed on when it was made, so it is not asked again
    /// whether dangerous parts are meant.
    pub async fn take_back_now(&self, caller: &Caller, number: i64) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        let waiting = self.store.changes_to_confirm().await?;
        if !waiting.iter().any(|record| record.change.number == number) {
            return Err(Error::Stale { what: format!("the change {number}") });
        }
        Box::pin(self.undo(caller, number, Confirmed::Promised)).await
    }

    fn is_due(&self, record: &ChangeRecord) -> Due {
        let Some(until) = record.confirm_until else { return Due::Over };
        if problem_of(&record.change).is_some() {
            return if record.change.undone_by.is_some() { Due::Over } else { Due::Wait };
        }
        due(record.change.state, record.change.undone_by.is_some(), until, self.clock.now())
    }

    /// Takes one back. Whether that is over; what cannot be taken back is left to people.
    async fn take_back(&self, record: &ChangeRecord) -> Result<bool> {
        let Change { number, state, .. } = record.change;
        match Box::pin(self.undo(&Caller::from(&Actor::System), number, Confirmed::Promised)).await {
            Ok(_) => {
                tracing::warn!(number, "a change was not confirmed in time, and is taken back");
                Ok(true)
            }
            Err(
                error @ (Error::Stale { .. } | Error::Refused { .. } | Error::Unfit { .. } | Error::Invalid { .. }),
            ) => {
                tracing::error!(number, "a change was not confirmed in time, and cannot be taken back: it stays");
                let reason = Some(Reason::NotTakenBack { why: why(error) });
                self.store.end_changes(&[ChangeEnd { number, state, reason, now: None, was: None }]).await?;
                self.gate.events.publish(Event::Servers);
                Ok(false)
            }
            Err(error) => {
                tracing::warn!(%error, number, "a change that was not confirmed in time is still to be taken back");
                Ok(false)
            }
        }
    }
}

/// Why it could not be taken back, in sentences.
fn why(error: Error) -> String {
    if matches!(error, Error::Stale { .. }) {
        return "The same was changed again since.".to_owned();
    }
    Problem::from(error).in_full()
}

/// Why a change could not be taken back when its time came.
fn problem_of(change: &Change) -> Option<String> {
    match &change.reason {
        Some(Reason::NotTakenBack { why }) => Some(why.clone()),
        _ => None,
    }
}

impl Gate {
    /// Whether a program runs that takes back what is not confirmed.
    pub(crate) async fn is_looked_after(&self) -> Result<bool> {
        Ok(self.store.alive(self.clock.now()).await?.iter().any(|name| name.starts_with(KEEPER)))
    }

    /// The changes that are taken back unless they are confirmed, of all servers or of one.
    async fn unconfirmed(&self, server: Option<&ServerName>) -> Result<Vec<ChangeRecord>> {
        let mut all = self.store.changes_to_confirm().await?;
        all.retain(|ChangeRecord { change, .. }| {
            let still = change.undone_by.is_none() && change.state != ChangeState::Refused;
            still && server.is_none_or(|server| change.subject.server() == server)
        });
        Ok(all)
    }

    /// The same of each server that has any, as they are shown.
    pub(crate) async fn all_unconfirmed(&self) -> Result<BTreeMap<ServerName, Vec<Unconfirmed>>> {
        let mut of_servers: BTreeMap<ServerName, Vec<Unconfirmed>> = BTreeMap::new();
        for record in self.unconfirmed(None).await? {
            of_servers.entry(record.change.subject.server().clone()).or_default().extend(shown(&record));
        }
        Ok(of_servers)
    }

    /// When a change of a server is taken back that may wait until then.
    pub(crate) async fn confirm_until(&self, server: &ServerName, edits: &[Edit], own: Timestamp) -> Result<Timestamp> {
        let partners = self.dhcp.partners(server).await.into_iter().collect();
        let later = Waiting { server: server.clone(), partners, edits: Some(edits.to_vec()) };
        let waiting = self.unconfirmed(None).await?;
        Ok(not_after(own, waiting.iter().filter(|record| later.stands_on(record))))
    }

    /// Has them stay: all of a server, or one of them.
    async fn confirm(&self, permit: &Permit, server: &ServerName, only: Option<i64>) -> Result<Vec<i64>> {
        let mut confirmed = Vec::new();
        let by = permit.actor().label();
        for record in self.unconfirmed(Some(server)).await? {
            let Change { number, state, .. } = record.change;
            if only.is_some_and(|only| only != number) || !self.store.confirm_change(number).await? {
                continue;
            }
            tracing::info!(actor = %by, number, "a change was confirmed");
            if let Some(reason) = kept(&record.change, &by) {
                let end = ChangeEnd { number, state, reason: Some(reason), now: None, was: None };
                self.store.end_changes(&[end]).await?;
            }
            confirmed.push(number);
        }
        self.events.publish(Event::Servers);
        Ok(confirmed)
    }
}

/// What is to be said of a change that was kept; none: what is said of it already matters more.
fn kept(change: &Change, by: &str) -> Option<Reason> {
    match change.state {
        _ if problem_of(change).is_some() => Some(Reason::Kept { by: by.to_owned() }),
        ChangeState::Done => Some(Reason::Confirmed { by: by.to_owned() }),
        _ => None,
    }
}

fn shown(record: &ChangeRecord) -> Option<Unconfirmed> {
    let change = &record.change;
    let words = change.after.as_ref().and_then(|after| Some(after.configuration()?.words.clone()));
    let (actor, problem) = (change.actor.clone(), problem_of(change));
    let edits = record.now.as_ref().and_then(|now| recorded_edits(now).ok()).unwrap_or_default();
    Some(Unconfirmed {
        change: change.number,
        until: record.confirm_until?,
        actor,
        words: words.unwrap_or_default(),
        parts: edits.iter().map(|edit| edit.path.to_string()).collect(),
        problem,
    })
}

impl crate::Configurations {
    /// The changes of a server that are taken back unless they are confirmed.
    pub async fn unconfirmed(&self, actor: &Actor, server: &ServerName) -> Result<Vec<Unconfirmed>> {
        actor.may(Permission::Look)?;
        Ok(self.gate.unconfirmed(Some(server)).await?.iter().filter_map(shown).collect())
    }

    /// Has the changes of a server stay that were to be confirmed, all or one of them; answers their numbers.
    pub async fn confirm(&self, caller: &Caller, server: &ServerName, only: Option<i64>) -> Result<Vec<i64>> {
        caller.actor.may(Permission::Reserve)?;
        let (gate, of) = (self.gate.clone(), server.clone());
        self.gate.pass(caller, server, move |permit| async move { gate.confirm(&permit, &of, only).await }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_and_not_confirmed_in_time_is_taken_back() {
        let (early, late) = (Timestamp(9), Timestamp(10));
        for state in ChangeState::ALL {
            let made = matches!(state, ChangeState::Done | ChangeState::NotSaved);
            let expected = match state {
                ChangeState::Refused => [Due::Over, Due::Over],
                _ if made => [Due::Wait, Due::TakeBack],
                _ => [Due::Wait, Due::Wait],
            };
            assert_eq!([early, late].map(|now| due(state, false, late, now)), expected, "{state:?}");
            assert_eq!(due(state, true, late, late), Due::Over);
        }
    }
}
