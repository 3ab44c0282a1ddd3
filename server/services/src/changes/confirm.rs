//! Changes that are taken back unless they are confirmed in time.

use model::{ChangeState, Permission, ServerName, Timestamp, Unconfirmed};

use super::Changes;
use super::gate::{Gate, Permit};
use crate::ports::ChangeRecord;
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

impl Changes {
    /// Takes back what was not confirmed in time. A server that does not answer is asked again later.
    pub(super) async fn take_back_unconfirmed(&self) -> Result<()> {
        for record in self.store.changes_to_confirm().await? {
            let number = record.change.number;
            let is_over = match self.is_due(&record) {
                Due::Wait => false,
                Due::Over => true,
                Due::TakeBack => self.take_back(number).await,
            };
            if is_over {
                self.store.confirm_change(number).await?;
                self.gate.events.publish(Event::Servers);
            }
        }
        Ok(())
    }

    fn is_due(&self, record: &ChangeRecord) -> Due {
        let Some(until) = record.confirm_until else { return Due::Over };
        due(record.change.state, record.change.undone_by.is_some(), until, self.clock.now())
    }

    /// Takes one back. Whether that is over, for good or ill.
    async fn take_back(&self, number: i64) -> bool {
        match Box::pin(self.undo(&Caller::from(&Actor::System), number)).await {
            Ok(_) => {
                tracing::warn!(number, "a change was not confirmed in time, and is taken back");
                true
            }
            Err(Error::Stale { .. } | Error::Refused { .. } | Error::Invalid { .. }) => {
                tracing::error!(number, "a change was not confirmed in time, and cannot be taken back: it stays");
                true
            }
            Err(error) => {
                tracing::warn!(%error, number, "a change that was not confirmed in time is still to be taken back");
                false
            }
        }
    }
}

impl Gate {
    /// The changes of a server that are taken back unless they are confirmed.
    pub(crate) async fn unconfirmed(&self, server: &ServerName) -> Result<Vec<ChangeRecord>> {
        let all = self.store.changes_to_confirm().await?.into_iter();
        let still =
            |record: &ChangeRecord| record.change.undone_by.is_none() && record.change.state != ChangeState::Refused;
        Ok(all.filter(|record| record.change.subject.server() == server && still(record)).collect())
    }

    /// Has all of them stay.
    pub(crate) async fn confirm(&self, permit: &Permit, server: &ServerName) -> Result<Vec<i64>> {
        let mut confirmed = Vec::new();
        for record in self.unconfirmed(server).await? {
            let number = record.change.number;
            if self.store.confirm_change(number).await? {
                tracing::info!(actor = %permit.actor().label(), number, "a change was confirmed");
                confirmed.push(number);
            }
        }
        self.events.publish(Event::Servers);
        Ok(confirmed)
    }
}

impl crate::Configurations {
    /// The changes of a server that are taken back unless they are confirmed.
    pub async fn unconfirmed(&self, actor: &Actor, server: &ServerName) -> Result<Vec<Unconfirmed>> {
        actor.may(Permission::Look)?;
        let shown = |record: ChangeRecord| {
            let change = record.change;
            let words = change.after.as_ref().and_then(|after| Some(after.configuration()?.words.clone()));
            let words = words.unwrap_or_default();
            Some(Unconfirmed { change: change.number, until: record.confirm_until?, actor: change.actor, words })
        };
        Ok(self.gate.unconfirmed(server).await?.into_iter().filter_map(shown).collect())
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
