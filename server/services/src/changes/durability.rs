//! What a server runs and has not saved: known, shown, and ended by the next save, or by a restart that lost it.

use std::collections::HashSet;
use std::sync::{MutexGuard, PoisonError};

use ::changes::{Unsaved, Verdict, unsaved};
use model::{ChangeState, Reason, ServerName, Storage};

use super::gate::{Gate, Made, Permit, Planned};
use crate::ports::{ChangeEnd, Written};
use crate::{Error, Event, Result};

impl Gate {
    /// Has a server save what it runs.
    pub(crate) async fn save(&self, permit: &Permit, server: &ServerName) -> Result<()> {
        self.dhcp.save(server).await?;
        tracing::info!(actor = %permit.actor().label(), %server, "what runs was saved");
        self.saved(server).await;
        Ok(())
    }

    /// Makes sure that what a server shows would outlive its restart, before somebody is told that it is so already:
    /// where something was not saved, or is not known to be, it is saved now.
    pub(crate) async fn vouch(&self, permit: &Permit, server: &ServerName) -> Result<()> {
        for state in [ChangeState::NotSaved, ChangeState::Unknown] {
            if !self.store.changes_in(state, Some(server), 1).await?.is_empty() {
                return self.save(permit, server).await;
            }
        }
        Ok(())
    }

    /// A server saves all that it runs at once: a save that worked does for what was not saved before.
    pub(super) async fn note_saving(&self, server: &ServerName, planned: &[Planned], written: &[Result<Written>]) {
        if written.iter().any(|written| matches!(written, Err(Error::NotSaved { .. }))) {
            self.unsaved().insert(server.clone());
        }
        let saved = planned
            .iter()
            .zip(written)
            .any(|(planned, written)| written.is_ok() && planned.edit.storage() == Storage::Configuration);
        if saved && self.unsaved().contains(server) {
            self.saved(server).await;
        }
    }

    fn unsaved(&self) -> MutexGuard<'_, HashSet<ServerName>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A server saved what it runs: what was not saved before is done.
    pub(super) async fn saved(&self, server: &ServerName) {
        match self.close_unsaved(server, true).await {
            Ok(()) => drop(self.unsaved().remove(server)),
            Err(error) => tracing::warn!(%error, %server, "what was saved could not be recorded"),
        }
        self.events.publish(Event::Servers);
    }

    /// Notices that a server was started again before it had saved everything. Then all of that is lost, and so is the
    /// newest, which alone is asked for.
    pub(super) async fn notice_losses(&self) -> Result<()> {
        for server in self.dhcp.names() {
            let unsaved = self.store.changes_in(ChangeState::NotSaved, Some(&server), usize::MAX).await?;
            let Some(newest) = unsaved.last() else { continue };
            if matches!(self.look(newest).await, Ok(Verdict::NotMade | Verdict::BrokenOff)) {
                let _permit = self.own_permit(&server).await?;
                self.close_unsaved(&server, false).await?;
                self.events.publish(Event::Servers);
            }
        }
        Ok(())
    }

    /// Ends what was not saved: what the server still shows, when it has saved that since, and what it does not show any
    /// more, because it was started again before.
    async fn close_unsaved(&self, server: &ServerName, saved: bool) -> Result<()> {
        let (mut ends, mut to_repeat) = (Vec::new(), Vec::new());
        for record in self.store.changes_in(ChangeState::NotSaved, Some(server), usize::MAX).await? {
            let change = &record.change;
            let overtaken = self.overtaken(change, &[ChangeState::Done]).await?;
            let verdict = if overtaken { Verdict::Overtaken } else { self.look(&record).await? };
            let now = if let Verdict::Made(now) = &verdict { now.clone() } else { None };
            let (state, reason) = match unsaved(&verdict, saved) {
                Unsaved::Lost => (ChangeState::Refused, Reason::Lost),
                Unsaved::Saved => (ChangeState::Done, Reason::SavedLater),
                Unsaved::Stays => continue,
            };
            // In its server's words too: without them this version could not be restored.
            let now = match self.with_verbatim(now).await {
                Err(Error::Stale { .. }) => continue,
                now => now?,
            };
            let (number, reason) = (change.number, Some(reason));
            ends.push(ChangeEnd { number, state, reason, now: now.clone(), was: None });
            if state == ChangeState::Done
                && matches!(verdict, Verdict::Made(_))
                && change.repeats.is_none()
                && !change.alone
            {
                to_repeat.push((record, now));
            }
        }
        self.store.end_changes(&ends).await?;
        // While it was not sure to last, its partners were told nothing.
        for (record, now) in to_repeat {
            let made = Made { number: record.change.number, written: Written { now, was: record.was.clone() } };
            Box::pin(self.repeat_recovered(&record, made)).await;
        }
        Ok(())
    }

    pub(super) async fn learn_unsaved(&self) -> Result<()> {
        let counts = self.store.count_changes().await?;
        let not_saved = counts.into_iter().filter(|(_, state, _)| *state == ChangeState::NotSaved);
        self.unsaved().extend(not_saved.map(|(server, ..)| server));
        Ok(())
    }
}
