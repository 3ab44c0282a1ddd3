//! What a server runs and has not saved: known, shown, and ended by the next save, or by a restart that lost it.

use std::collections::{HashMap, HashSet};
use std::sync::{MutexGuard, PoisonError};

use ::changes::{Edit, Unsaved, Verdict, unsaved};
use model::{ChangeQuery, ChangeState, Content, Reason, ServerName, Storage, Subject, Timestamp};

use super::gate::{AppliedChange, Gate, Permit};
use crate::ports::{AppliedEdit, ChangeEnd, ChangeRecord, RevisionMarks};
use crate::{Error, Event, Mode, Result};

/// How many changes of a server are looked through for one that it saved.
const LOOKED_BACK: usize = 100;

impl Gate {
    /// Has a server save what it runs.
    pub(crate) async fn save(&self, permit: &Permit, server: &ServerName) -> Result<()> {
        // Where it is not known, nothing is noted.
        let seen = self.newest_seen(server).await.unwrap_or_default();
        self.dhcp.save(server).await?;
        tracing::info!(actor = %permit.actor().label(), %server, "what runs was saved");
        self.mark_saved(server, seen).await;
        self.saved(server).await;
        Ok(())
    }

    /// The number of the newest revision of a server that was seen; 0: of none.
    pub(crate) async fn newest_seen(&self, server: &ServerName) -> Result<i64> {
        Ok(self.store.newest_revision(server).await?.map_or(0, |newest| newest.revision.number))
    }

    /// Notes that what a server ran as of that revision, whoever changed it, is in its file, or runs no more.
    pub(crate) async fn mark_saved(&self, server: &ServerName, number: i64) {
        if let Err(error) = self.store.mark_revisions(server, RevisionMarks { seen: 0, saved: number }).await {
            tracing::warn!(?error, %server, "which revision was saved could not be noted");
        }
    }

    /// Has a server that hands out no leases serve again with what it runs, or else with what it has saved.
    pub(crate) async fn repair(&self, permit: &Permit, server: &ServerName) -> Result<()> {
        if permit.mode() == Mode::DryRun {
            return Ok(());
        }
        let healed = self.dhcp.heal(server).await;
        tracing::warn!(actor = %permit.actor().label(), %server, ?healed, "it was given its configuration once more");
        self.configured.notify_waiters();
        self.events.publish(Event::Servers);
        healed
    }

    /// Whether a server has saved its configuration for one of the changes of it that are remembered last.
    pub(crate) async fn has_saved(&self, server: &ServerName) -> Result<bool> {
        let of_it = ChangeQuery { server: Some(server.clone()), ..ChangeQuery::default() };
        let changes = self.store.find_changes(&of_it, LOOKED_BACK).await?;
        Ok(changes.iter().any(|change| {
            let held = change.before.iter().chain(&change.after);
            let is_of_file = matches!(change.subject, Subject::Config(_));
            let is_in_file = is_of_file || held.map(Content::storage).any(|storage| storage == Storage::Configuration);
            change.state == ChangeState::Done && is_in_file
        }))
    }

    /// Makes sure that what a server shows would outlive its restart, before the caller hears that it is so already:
    /// where something was not saved, or is not known to be, it is saved now. Whether it was.
    pub(crate) async fn vouch(&self, permit: &Permit, server: &ServerName) -> Result<bool> {
        if permit.mode() == Mode::DryRun {
            return Ok(false);
        }
        for state in [ChangeState::NotSaved, ChangeState::Unknown] {
            if !self.store.changes_in(state, Some(server), 1).await?.is_empty() {
                return self.save(permit, server).await.map(|()| true);
            }
        }
        Ok(false)
    }

    /// A server saves all that it runs at once: a save that worked does for what was not saved before.
    pub(super) async fn note_saving(&self, server: &ServerName, edits: &[Edit], written: &[Result<AppliedEdit>]) {
        if written.iter().any(|written| matches!(written, Err(Error::NotSaved { .. }))) {
            self.unsaved().insert(server.clone());
            self.unrecorded().remove(server);
        }
        let mut all = edits.iter().zip(written);
        let saved = all.any(|(edit, written)| written.is_ok() && edit.storage() == Storage::Configuration);
        if saved && self.unsaved().contains(server) {
            self.saved(server).await;
        }
    }

    fn unsaved(&self) -> MutexGuard<'_, HashSet<ServerName>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unrecorded(&self) -> MutexGuard<'_, HashMap<ServerName, Timestamp>> {
        self.unrecorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A server saved what it runs: what was not saved before is done.
    pub(super) async fn saved(&self, server: &ServerName) {
        self.record_save(server, |_| true).await;
        self.events.publish(Event::Servers);
    }

    /// Records what a save did, or notes that this is still to be done.
    async fn record_save(&self, server: &ServerName, covers: impl Fn(&ChangeRecord) -> bool) {
        match self.close_unsaved(server, covers).await {
            Ok(()) => {
                self.unsaved().remove(server);
                self.unrecorded().remove(server);
            }
            Err(error) => {
                tracing::warn!(%error, %server, "what was saved could not be recorded");
                let now = self.clock.now();
                self.unrecorded().entry(server.clone()).or_insert(now);
            }
        }
    }

    /// Records what was saved when that could not be recorded. What this program could not save since ended that; of what
    /// another one made in the very second of the save it is not known whether it was in it.
    pub(super) async fn record_saves(&self) -> Result<()> {
        let saves: Vec<_> = self.unrecorded().iter().map(|(server, at)| (server.clone(), *at)).collect();
        for (server, at) in saves {
            let _permit = self.own_permit(&server).await?;
            let covers = |record: &ChangeRecord| record.owner == *self.owner || record.change.at < at;
            if self.unrecorded().contains_key(&server) {
                self.record_save(&server, covers).await;
                self.events.publish(Event::Servers);
            }
        }
        Ok(())
    }

    /// Notices that a server was started again before it had saved everything. Then all of that is lost, and so is the
    /// newest, which alone is asked for.
    pub(super) async fn notice_losses(&self) -> Result<()> {
        for server in self.dhcp.names() {
            let unsaved = self.store.changes_in(ChangeState::NotSaved, Some(&server), usize::MAX).await?;
            let Some(newest) = unsaved.last() else { continue };
            if matches!(self.look(newest).await, Ok(Verdict::NotMade | Verdict::BrokenOff)) {
                let _permit = self.own_permit(&server).await?;
                self.close_unsaved(&server, |_| false).await?;
                self.events.publish(Event::Servers);
            }
        }
        Ok(())
    }

    /// Ends what was not saved: what the server still shows, when a save since covers it, and what it does not show any
    /// more, because it was started again before, or it was removed past Nestor.
    async fn close_unsaved(&self, server: &ServerName, covers: impl Fn(&ChangeRecord) -> bool) -> Result<()> {
        let records = self.store.changes_in(ChangeState::NotSaved, Some(server), usize::MAX).await?;
        let mut seen = Vec::new();
        for record in &records {
            let overtaken = self.overtaken(&record.change, &[ChangeState::Done]).await?;
            let verdict = if overtaken { Verdict::Overtaken } else { self.look(record).await? };
            seen.push((verdict, covers(record)));
        }
        let (mut ends, mut to_repeat) = (Vec::new(), Vec::new());
        for ((record, becomes), (verdict, _)) in records.into_iter().zip(unsaved(&seen)).zip(seen) {
            let (state, reason) = match becomes {
                Unsaved::Lost => (ChangeState::Refused, Reason::Lost),
                Unsaved::Overtaken => (ChangeState::Refused, Reason::Overtaken),
                Unsaved::Saved => (ChangeState::Done, Reason::SavedLater),
                Unsaved::Stays => continue,
            };
            let is_there = matches!(verdict, Verdict::Made(_));
            let now = if let Verdict::Made(now) = verdict { now } else { None };
            // In its server's words too: without them this version could not be restored.
            let now = match self.with_verbatim(now).await {
                Err(Error::Stale { .. }) => continue,
                now => now?,
            };
            let change = &record.change;
            ends.push(ChangeEnd { number: change.number, state, reason: Some(reason), now: now.clone(), was: None });
            if state == ChangeState::Done && is_there && change.repeats.is_none() && !change.single_server {
                let written = AppliedEdit { now, was: record.was.clone(), not_saved: None, said: Vec::new() };
                to_repeat.push((record.clone(), AppliedChange { number: change.number, written }));
            }
        }
        // While it was not sure to last, its partners were sent nothing.
        Box::pin(self.end_found(server, &ends, to_repeat)).await
    }

    pub(super) async fn learn_unsaved(&self) -> Result<()> {
        let counts = self.store.count_changes().await?;
        let not_saved = counts.into_iter().filter(|(_, state, _)| *state == ChangeState::NotSaved);
        self.unsaved().extend(not_saved.map(|(server, ..)| server));
        Ok(())
    }
}
