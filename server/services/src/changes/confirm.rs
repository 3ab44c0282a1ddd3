//! Changes that are taken back unless they are confirmed in time.

use std::collections::BTreeSet;

use model::{
    Change, ChangeState, Finding, Permission, Problem, Reason, Seconds, ServerName, Severity, Timestamp, Unconfirmed,
    as_sentence,
};

use super::Changes;
use super::gate::{Gate, Permit};
use crate::ports::{ChangeEnd, ChangeRecord};
use crate::{Actor, Caller, Error, Event, Result};

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

/// When a change is taken back: with the first of those that wait on the same servers already. Else the one before would be
/// taken back from beneath it, and neither would lead to the state before both.
pub(crate) fn together(own: Timestamp, waiting: &[ChangeRecord]) -> Timestamp {
    waiting.iter().filter_map(|record| record.confirm_until).fold(own, Timestamp::min)
}

impl Changes {
    /// Says that this program takes back what is not confirmed, for so long at least.
    pub async fn look_after(&self, span: Seconds) -> Result<()> {
        let name = format!("{KEEPER}{}", self.gate.owner);
        Ok(self.store.keep_alive(&name, self.clock.now().plus(span)).await?)
    }

    /// Takes back what was not confirmed in time, the last change first: each stands on those before it. A server that does
    /// not answer is asked again later, and what was changed there before waits for that.
    pub(super) async fn take_back_unconfirmed(&self) -> Result<()> {
        let mut waits = BTreeSet::new();
        for record in self.store.changes_to_confirm().await?.into_iter().rev() {
            let (number, server) = (record.change.number, record.change.subject.server());
            if waits.contains(server) {
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
                waits.insert(server.clone());
                waits.extend(self.gate.dhcp.partners(server).await);
            }
        }
        Ok(())
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
        match Box::pin(self.undo(&Caller::from(&Actor::System), number)).await {
            Ok(_) => {
                tracing::warn!(number, "a change was not confirmed in time, and is taken back");
                Ok(true)
            }
            Err(error @ (Error::Stale { .. } | Error::Refused { .. } | Error::Invalid { .. })) => {
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
    let problem = Problem::from(error);
    let faults: Vec<String> = problem.fields.iter().map(|fault| as_sentence(&fault.text)).collect();
    if faults.is_empty() { format!("{} {}", problem.text, problem.advice) } else { faults.join(" ") }
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

    /// The changes of a server that are taken back unless they are confirmed.
    pub(crate) async fn unconfirmed(&self, server: &ServerName) -> Result<Vec<ChangeRecord>> {
        let all = self.store.changes_to_confirm().await?.into_iter();
        let still =
            |record: &ChangeRecord| record.change.undone_by.is_none() && record.change.state != ChangeState::Refused;
        Ok(all.filter(|record| record.change.subject.server() == server && still(record)).collect())
    }

    /// When a change of a server is taken back that may wait until then: not after one that it may stand on.
    pub(crate) async fn confirm_until(&self, server: &ServerName, own: Timestamp) -> Result<Timestamp> {
        let mut waiting = self.unconfirmed(server).await?;
        for partner in self.dhcp.partners(server).await {
            waiting.extend(self.unconfirmed(&partner).await?);
        }
        Ok(together(own, &waiting))
    }

    /// Has all of them stay.
    pub(crate) async fn confirm(&self, permit: &Permit, server: &ServerName) -> Result<Vec<i64>> {
        let mut confirmed = Vec::new();
        for record in self.unconfirmed(server).await? {
            let Change { number, state, .. } = record.change;
            if self.store.confirm_change(number).await? {
                tracing::info!(actor = %permit.actor().label(), number, "a change was confirmed");
                if problem_of(&record.change).is_some() {
                    let reason = Some(Reason::Kept { by: permit.actor().label() });
                    self.store.end_changes(&[ChangeEnd { number, state, reason, now: None, was: None }]).await?;
                }
                confirmed.push(number);
            }
        }
        self.events.publish(Event::Servers);
        Ok(confirmed)
    }

    /// What is to be said on the page of a server of changes that wait to be confirmed.
    pub(crate) async fn to_confirm(&self, server: &ServerName) -> Result<Vec<Finding>> {
        Ok(self.unconfirmed(server).await?.iter().filter_map(shown).map(|change| finding(&change)).collect())
    }
}

fn finding(change: &Unconfirmed) -> Finding {
    let Unconfirmed { change: number, until, actor, words, problem } = change;
    let keep = "To keep it, run “nestor config confirm” with the name of the server";
    let (severity, text, advice) = match problem {
        Some(why) => (
            Severity::Blocks,
            format!("Change #{number} by {actor} was not confirmed in time, and could not be taken back. {why}"),
            format!("{keep}; to take it back, mend that and undo #{number} on the page Changes."),
        ),
        None => (
            Severity::Warns,
            format!("Change #{number} by {actor} is taken back at {until} unless it is confirmed."),
            format!("{keep}; to take it back at once, undo #{number} on the page Changes."),
        ),
    };
    Finding { severity, text, advice, items: words.clone(), line: None }
}

fn shown(record: &ChangeRecord) -> Option<Unconfirmed> {
    let change = &record.change;
    let words = change.after.as_ref().and_then(|after| Some(after.configuration()?.words.clone()));
    let (actor, problem) = (change.actor.clone(), problem_of(change));
    Some(Unconfirmed {
        change: change.number,
        until: record.confirm_until?,
        actor,
        words: words.unwrap_or_default(),
        problem,
    })
}

impl crate::Configurations {
    /// The changes of a server that are taken back unless they are confirmed.
    pub async fn unconfirmed(&self, actor: &Actor, server: &ServerName) -> Result<Vec<Unconfirmed>> {
        actor.may(Permission::Look)?;
        Ok(self.gate.unconfirmed(server).await?.iter().filter_map(shown).collect())
    }

    /// Has all changes of a server stay that were to be confirmed; answers their numbers.
    pub async fn confirm(&self, caller: &Caller, server: &ServerName) -> Result<Vec<i64>> {
        caller.actor.may(Permission::Reserve)?;
        let (gate, of) = (self.gate.clone(), server.clone());
        self.gate.pass(caller, server, move |permit| async move { gate.confirm(&permit, &of).await }).await
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
