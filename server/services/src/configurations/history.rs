//! What servers ran: watched, remembered, compared, and led back to.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use ::changes::recorded_edits;
use keaconf::{Change as Difference, Document, Edit, Layout, Path, Words, differences};
use model::{
    Change, ChangeFilter, ChangeQuery, ChangeState, ConfigurationDifference, Permission, Problem, Revision,
    RevisionOrigin, RevisionPage, RevisionWay, ServerName, Timestamp,
};
use tokio::time::{Instant, sleep, timeout};

use super::Configurations;
use super::origin::{self, Made, Own};
use crate::ports::{Life, RevisionRecord, Running, StoreError};
use crate::{Actor, Error, Event, Result};

/// How often a server is asked whether its configuration is another one.
const EVERY: Duration = Duration::from_secs(30);

/// A large configuration keeps Kea busy: this many times as long as the last look took is waited for the next one.
const SPARING: u32 = 20;

/// The same after a change of ours: a moment, in which more of them may come, and pages of what was changed.
const SETTLING: u32 = 8;

/// How many revisions of a server are kept.
const KEPT: u32 = 200;

/// How many changes of a configuration, and revisions, are looked through for those that led to what is seen now.
const LOOKED_BACK: usize = 20;

/// How many sentences a revision has at most.
const MOST_WORDS: usize = 100;

/// How many revisions come at once.
const PAGE: usize = 50;

/// What came of the looks at a server.
#[derive(Default)]
pub(super) struct Looked {
    /// When one told last whether its configuration is another one.
    told_at: Option<Timestamp>,
    /// Why the last one did not.
    failed: Option<Error>,
}

/// The same of every server.
pub(super) type Looks = HashMap<ServerName, Looked>;

/// A configuration as it may be kept: without secrets, and without the copies of inherited values that Kea shows.
struct Seen {
    document: Document,
    hash: String,
    life: Option<Life>,
}

impl Configurations {
    /// Looks again and again whether a server runs another configuration, at once where Nestor has just changed one, and
    /// remembers each. Never ends.
    pub async fn watch(&self) {
        let names = self.dhcp.names();
        let each = names.iter().map(|server| async move {
            loop {
                let began = Instant::now();
                // What is changed during a look need not be seen by it.
                let mut changed = pin!(self.gate.configured.notified());
                changed.as_mut().enable();
                if self.dhcp.silence(server).is_none() {
                    self.look_and_note(server).await;
                }
                let took = began.elapsed();
                tokio::select! {
                    () = sleep(EVERY.max(took * SPARING)) => {}
                    () = changed => self.settled(EVERY.min(took * SETTLING)).await,
                }
            }
        });
        futures::future::join_all(each).await;
    }

    /// Waits until no change of ours came for that long: to read all of a large configuration between two of them would keep Kea
    /// from its clients. Where they come again and again, they are looked at all the same.
    async fn settled(&self, calm: Duration) {
        let latest = Instant::now() + EVERY;
        loop {
            let another = timeout(calm, self.gate.configured.notified()).await;
            if another.is_err() || Instant::now() >= latest {
                return;
            }
        }
    }

    /// Remembers what a server runs before it is changed, where nothing of it is remembered: the way back to it is known then.
    pub(super) async fn remember_first(&self, server: &ServerName, running: &Running) -> Result<()> {
        let Some(hash) = running.hash.clone() else { return Ok(()) };
        if self.store.newest_revision(server).await?.is_some() {
            return Ok(());
        }
        let running = running.clone();
        let document = aside(move || running.shown().clone()).await?;
        self.remember(server, None, Seen { document, hash, life: None }).await.map(drop)
    }

    async fn look_and_note(&self, server: &ServerName) {
        let failed = self.look(server).await.err();
        let known = {
            let mut looks = self.looks();
            let looked = looks.entry(server.clone()).or_default();
            if failed.is_none() {
                looked.told_at = Some(self.clock.now());
            }
            std::mem::replace(&mut looked.failed, failed.clone())
        };
        match failed {
            Some(error) if known.as_ref() != Some(&error) => {
                tracing::warn!(%server, ?error, "whether its configuration was changed cannot be seen");
            }
            None if known.is_some() => tracing::info!(%server, "changes of its configuration are seen again"),
            _ => {}
        }
    }

    fn looks(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether a server runs another configuration than the newest revision, and remembers it. Where nothing has
    /// changed, the server is asked for a digest alone.
    pub async fn look(&self, server: &ServerName) -> Result<()> {
        // Of what is known only in part no digest is: all of it comes with its own, and takes Kea no longer than that alone.
        let is_in_part = self.dhcp.last_running(server).is_some_and(|last| last.hash.is_none());
        let read = if is_in_part { Some(self.dhcp.running(server).await?) } else { None };
        let hash = match read.as_ref().and_then(|running| running.hash.clone()) {
            Some(hash) => hash,
            None => self.dhcp.configuration_hash(server).await?,
        };
        let newest = self.store.newest_revision(server).await?;
        if newest.as_ref().is_some_and(|newest| newest.hash == hash) {
            return Ok(());
        }
        let running = match read {
            Some(running) => running,
            None => self.dhcp.running(server).await?,
        };
        let life = self.dhcp.life(server).await.ok();
        if running.hash.as_ref().is_some_and(|now| *now != hash) {
            // It is being changed: the next look sees what comes of it.
            return Ok(());
        }
        let document = aside(move || running.shown().clone()).await?;
        let kept = self.remember(server, newest, Seen { document, hash, life }).await?;
        if kept {
            self.gate.events.publish(Event::Servers);
        }
        Ok(())
    }

    /// Remembers what a server runs. `false`: another program was faster.
    async fn remember(&self, server: &ServerName, newest: Option<RevisionRecord>, seen: Seen) -> Result<bool> {
        let Some(newest) = newest else {
            let first = self.revision_of(server, 1, RevisionOrigin::First);
            return self
                .add(RevisionRecord { revision: first, hash: seen.hash, life: seen.life }, &seen.document)
                .await;
        };
        let number = newest.revision.number;
        let (made, found) = self.compare(server, &newest, &seen).await?;
        let mut revision = self.revision_of(server, number + 1, made.origin);
        revision.way = match made.origin {
            RevisionOrigin::Nestor => made.way,
            _ => origin::way(newest.life, seen.life),
        };
        (revision.changes, revision.routine) = (made.changes, made.routine);
        // One routine revision follows another: both are one.
        let base =
            if made.routine && newest.revision.routine { self.document(server, number - 1).await? } else { None };
        let Some(base) = base else {
            (revision.words, revision.differences) = found;
            return self.add(RevisionRecord { revision, hash: seen.hash, life: seen.life }, &seen.document).await;
        };
        let now = seen.document.clone();
        (revision.words, revision.differences) =
            aside(move || sentences(&base, &now, &differences(&base, &now))).await?;
        revision.number = number;
        let earlier = newest.revision.changes.into_iter();
        let earlier: Vec<_> = earlier.filter(|change| !revision.changes.contains(change)).collect();
        revision.changes.extend(earlier);
        revision.changes.truncate(origin::MOST_CHANGES);
        let record = RevisionRecord { revision, hash: seen.hash, life: seen.life };
        Ok(self.store.renew_revision(&record, &text(seen.document).await?, &newest.hash).await?)
    }

    async fn add(&self, record: RevisionRecord, document: &Document) -> Result<bool> {
        match self.store.add_revision(&record, &text(document.clone()).await?).await {
            Ok(()) => {}
            Err(StoreError::Exists) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let Revision { server, number, origin, .. } = &record.revision;
        match origin {
            RevisionOrigin::Outside | RevisionOrigin::Both => {
                tracing::warn!(%server, number, summary = record.revision.summary(), "its configuration was changed");
            }
            RevisionOrigin::First | RevisionOrigin::Nestor => {
                tracing::info!(%server, number, "a revision of its configuration is kept");
            }
        }
        Ok(true)
    }

    /// What differs from the newest revision: what made it, and the words for it with their number.
    async fn compare(
        &self,
        server: &ServerName,
        newest: &RevisionRecord,
        seen: &Seen,
    ) -> Result<(Made, (Vec<String>, u32))> {
        let before = self.document(server, newest.revision.number).await?;
        let before = before.ok_or_else(|| missing(server, newest.revision.number))?;
        self.bury(server, &before, &seen.document).await?;
        let now = seen.document.clone();
        let (before, now, found) = aside(move || {
            let found = differences(&before, &now);
            (before, now, found)
        })
        .await?;
        let mut own = self.configured(server).await?;
        if found.iter().any(origin::may_be_reserved) {
            own.newest = self.newest_own(server).await?;
        }
        aside(move || (origin::made(&found, &before, &now, &own), sentences(&before, &now, &found))).await
    }

    /// The newest changes of Nestor’s on a server.
    async fn newest_own(&self, server: &ServerName) -> Result<Vec<Change>> {
        let mut own = self.store.newest_changes(server).await?;
        for state in [ChangeState::NotSaved, ChangeState::Unknown, ChangeState::Open] {
            own.extend(self.store.changes_in(state, Some(server), usize::MAX).await?);
        }
        Ok(own.into_iter().map(|record| record.change).collect())
    }

    /// The last changes of the configuration itself, newest first: those that no revision tells yet with their edits, those
    /// that are gone again with the edits that lead back.
    async fn configured(&self, server: &ServerName) -> Result<Own> {
        let query =
            ChangeQuery { filter: ChangeFilter::Config, server: Some(server.clone()), ..ChangeQuery::default() };
        let revisions = self.store.revisions(server, None, LOOKED_BACK).await?;
        let mut own = Own::default();
        for change in self.store.find_changes(&query, LOOKED_BACK).await? {
            let is_gone = origin::way_of_gone(&change).is_some();
            let is_told = revisions.iter().enumerate().any(|(at, revision)| {
                let tells = revision.changes.iter().any(|told| told.number == change.number);
                let says_gone = matches!(revision.way, Some(RevisionWay::TakenBack | RevisionWay::Lost));
                // The newest may have been seen in the middle of it.
                tells && if is_gone { says_gone } else { at > 0 }
            });
            if is_told || !(is_gone || origin::may_be_made(&change)) {
                continue;
            }
            let Some(record) = self.store.change(change.number).await? else { continue };
            let (edits, all) = if is_gone { (record.was, &mut own.gone) } else { (record.now, &mut own.configured) };
            all.extend(edits.and_then(|edits| Some((change, recorded_edits(&edits).ok()?))));
        }
        Ok(own)
    }

    fn revision_of(&self, server: &ServerName, number: i64, origin: RevisionOrigin) -> Revision {
        Revision {
            server: server.clone(),
            number,
            at: self.clock.now(),
            origin,
            way: None,
            changes: Vec::new(),
            words: Vec::new(),
            differences: 0,
            routine: false,
        }
    }

    /// Forgets the oldest revisions of servers that have many. Meant to be called now and then.
    pub async fn trim(&self) -> Result<()> {
        Ok(self.store.trim_revisions(KEPT).await?)
    }

    /// The revisions of a server, newest first: those below a number, or the newest ones.
    pub async fn history(&self, actor: &Actor, server: &ServerName, before: Option<i64>) -> Result<RevisionPage> {
        actor.may(Permission::Look)?;
        let mut revisions = self.store.revisions(server, before, PAGE + 1).await?;
        let more = revisions.len() > PAGE;
        revisions.truncate(PAGE);
        let (looked_at, failed) = match self.looks().get(server) {
            Some(looked) => (looked.told_at, looked.failed.clone()),
            None => (None, None),
        };
        let problem = self.dhcp.silence(server).or(failed);
        let outside = super::outside::of_server(&*self.store, server).await?;
        Ok(RevisionPage {
            revisions,
            more,
            problem: problem.map(Problem::from),
            looked_at,
            unseen: outside.unseen.map(|change| change.number),
            perhaps_unsaved: !outside.perhaps_unsaved.is_empty(),
        })
    }

    /// The configuration of a revision, without secrets.
    pub async fn revision(&self, actor: &Actor, server: &ServerName, number: i64) -> Result<Document> {
        actor.may(Permission::Look)?;
        self.document(server, number).await?.ok_or_else(|| missing(server, number))
    }

    /// What differs from one revision of a server to another; none: to what it runs now.
    pub async fn difference(
        &self,
        actor: &Actor,
        server: &ServerName,
        from: i64,
        to: Option<i64>,
    ) -> Result<ConfigurationDifference> {
        let before = self.revision(actor, server, from).await?;
        let after = match to {
            Some(to) => self.revision(actor, server, to).await?,
            None => self.show(actor, server).await?,
        };
        aside(move || {
            let found = differences(&before, &after);
            let words = Words::new(&before, &after);
            let words = found.iter().map(|change| words.sentence(change)).collect();
            let edits: Vec<Edit> = found.iter().map(Difference::to_edit).collect();
            let paths = found.iter().map(|change| change.path.to_string()).collect();
            ConfigurationDifference { words, paths, edits: Edit::write_all(&edits) }
        })
        .await
    }

    /// The edits that lead what a server runs back to a revision, or a part of it alone. What was a secret then stands as
    /// `[redacted]`: the one that runs now.
    pub async fn restoration(&self, actor: &Actor, server: &ServerName, number: i64, part: &Path) -> Result<Vec<Edit>> {
        actor.may(Permission::Reserve)?;
        let wanted = self.revision(actor, server, number).await?;
        let running = self.show(actor, server).await?;
        let part = part.clone();
        aside(move || within(&running, &wanted, &part)).await?.map_err(|text| Error::invalid("path", text))
    }

    async fn document(&self, server: &ServerName, number: i64) -> Result<Option<Document>> {
        let Some(text) = self.store.revision_document(server, number).await? else { return Ok(None) };
        // What older versions of Nestor did not take for a secret is hidden now.
        let read = aside(move || Document::read(text.as_bytes()).map(|document| document.redacted())).await?;
        read.map(Some).map_err(|error| Error::Store(format!("revision {number} of {server} is damaged: {error}")))
    }
}

/// The edits that make one document the other in a part.
fn within(running: &Document, wanted: &Document, part: &Path) -> std::result::Result<Vec<Edit>, String> {
    if !part.is_root() && [running, wanted].iter().all(|document| document.get(part).is_err()) {
        return Err(format!(
            "there is no {part}, neither in that revision nor in what runs: look for it with nestor config show"
        ));
    }
    let found = differences(running, wanted);
    let above = found.iter().find(|change| !part.is_root() && part != &change.path && part.starts_with(&change.path));
    if let Some(above) = above {
        let words = Words::new(running, wanted).sentence(above);
        return Err(format!("{part} cannot be restored alone ({words}): name {} instead", above.path));
    }
    let inside = found.iter().filter(|change| {
        let left = matches!(&change.what, keaconf::What::Moved { from } if from.starts_with(part));
        left || change.path.starts_with(part)
    });
    Ok(inside.map(Difference::to_edit).collect())
}

fn sentences(before: &Document, after: &Document, found: &[Difference]) -> (Vec<String>, u32) {
    let words = Words::new(before, after);
    let sentences = found.iter().take(MOST_WORDS).map(|change| words.sentence(change)).collect();
    (sentences, u32::try_from(found.len()).unwrap_or(u32::MAX))
}

fn missing(server: &ServerName, number: i64) -> Error {
    Error::not_found(format!("revision {number} of “{server}”"))
}

async fn text(document: Document) -> Result<String> {
    aside(move || document.to_kea(Layout::Compact)).await
}

/// Works on a large document, off the threads that serve requests.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(format!("a configuration could not be worked on: {error}")))
}
