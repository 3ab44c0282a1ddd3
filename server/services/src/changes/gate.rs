//! The one gate that every change passes, whatever its origin: rights, the lock of the servers concerned, rights once
//! more, whether the caller still waits; then, after its use case has looked and judged, it is recorded, written,
//! read back, repeated on partners, recorded how it ended, and open pages are notified.
//!
//! A change runs to its end in a task of its own. Its caller may go away meanwhile: one that was begun is
//! finished, one that still waits is not begun.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;

use ::changes::{Edit, Verbatim};
use futures::future::try_join_all;
use model::{Applied, Change, ChangeState, Conflict, Content, Permission, ServerName, SubnetKey, Timestamp};
use tokio::sync::Notify;

use super::lost::Lives;
use super::outcome::ended;
use super::retries::Retries;
use crate::index::{self, Snapshots};
use crate::networks::Networks;
use crate::ports::{AppliedEdit, ChangeEnd, ChangeRecord, Clock, Dhcp, Lock, Random, Store, StoreError};
use crate::under_way::UnderWay;
use crate::{Actor, Caller, Error, Event, Events, Mode, Ports, Result};

/// Records and makes changes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) dhcp: Arc<dyn Dhcp>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) snapshots: Snapshots,
    pub(crate) networks: Arc<Networks>,
    pub(crate) events: Events,
    /// Rings when a configuration was changed, or may have been.
    pub(crate) configured: Arc<Notify>,
    /// This running program, among all that share the store.
    pub(crate) owner: Arc<str>,
    random: Arc<dyn Random>,
    /// Servers that run something that they have not saved.
    pub(super) unsaved: Arc<Mutex<HashSet<ServerName>>>,
    /// Servers that have saved it, and when that was, where it could not be recorded.
    pub(super) unrecorded: Arc<Mutex<HashMap<ServerName, Timestamp>>>,
    pub(super) retries: Retries,
    pub(super) lives: Lives,
}

/// The right to change something on some servers, as it was found when their lock came. Without one nothing is written.
pub(crate) struct Permit {
    caller: Caller,
    /// Gone when no caller waits for the change any more.
    wanted: Option<Weak<()>>,
    _locks: Vec<Box<dyn Lock>>,
}

/// A change that is to be made, and why.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) edit: Edit,
    pub(crate) from: Origin,
}

/// What a change belongs to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// The batch that it is part of.
    pub(crate) batch: Option<String>,
    /// The caller's own text for the request.
    pub(crate) request: Option<String>,
    /// The change that it undoes.
    pub(crate) undoes: Option<i64>,
    /// Whether it is for its server alone: its partners are not to have the same.
    pub(crate) single_server: bool,
    /// When it is taken back unless it is confirmed before; none: it stays.
    pub(crate) confirm_until: Option<Timestamp>,
}

/// A change that was made.
#[derive(Debug, Clone)]
pub(crate) struct AppliedChange {
    pub(crate) number: i64,
    pub(crate) written: AppliedEdit,
}

impl Permit {
    /// Who asked.
    pub(crate) fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    /// Whether what is asked for is made or only judged.
    pub(crate) fn mode(&self) -> Mode {
        self.caller.mode
    }

    /// Refuses when no caller waits for the change any more. A caller that gave up has reported that nothing was
    /// made, and may have undone what it thinks was not.
    fn still_wanted(&self) -> Result<()> {
        match &self.wanted {
            Some(wanted) if wanted.strong_count() == 0 => Err(Error::Busy),
            _ => Ok(()),
        }
    }
}

impl Gate {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, networks: Arc<Networks>, events: Events) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            store: ports.store.clone(),
            clock: ports.clock.clone(),
            snapshots,
            networks,
            events,
            configured: Arc::default(),
            owner: name(&*ports.random).into(),
            random: ports.random.clone(),
            unsaved: Arc::default(),
            unrecorded: Arc::default(),
            retries: Retries::default(),
            lives: Lives::default(),
        }
    }

    /// Lets a caller change something on one server, and on its partners.
    pub(crate) async fn pass<T, F, Fut>(&self, caller: &Caller, server: &ServerName, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(Permit) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T>> + Send,
    {
        self.pass_all(caller, BTreeSet::from([server.clone()]), work).await
    }

    /// The same for several servers. `work` looks, judges, and makes changes with the permit.
    pub(crate) async fn pass_all<T, F, Fut>(&self, caller: &Caller, servers: BTreeSet<ServerName>, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(Permit) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T>> + Send,
    {
        caller.actor.may(Permission::Reserve)?;
        // Lives as long as the caller waits for the answer.
        let waiting = Arc::new(());
        let wanted = Some(Arc::downgrade(&waiting));
        let (this, caller) = (self.clone(), caller.clone());
        // Boxed: use cases are large, and a caller that waits for one holds it.
        let outcome = to_the_end(Box::pin(async move {
            let permit = Permit { wanted, _locks: this.locks(&servers).await?, caller };
            permit.still_wanted()?;
            this.refuse_without_rights(&permit.caller).await?;
            work(permit).await
        }))
        .await;
        drop(waiting);
        outcome
    }

    /// The permit of Nestor itself, for what was promised before: recovery, and what partners still wait for.
    pub(super) async fn own_permit(&self, server: &ServerName) -> Result<Permit> {
        let locks = self.locks(&BTreeSet::from([server.clone()])).await?;
        Ok(Permit { caller: (&Actor::System).into(), wanted: None, _locks: locks })
    }

    /// The locks of these servers and their partners: what is checked must still hold when it is written. Taken in the
    /// order of their names, so that no two changes wait for each other.
    async fn locks(&self, servers: &BTreeSet<ServerName>) -> Result<Vec<Box<dyn Lock>>> {
        let mut firsts = BTreeSet::new();
        for server in servers {
            let partners = self.dhcp.partners(server).await;
            firsts.insert(partners.into_iter().chain([server.clone()]).min());
        }
        let mut locks = Vec::new();
        for first in firsts.iter().flatten() {
            locks.push(self.store.lock(&lock_of(first)).await?);
        }
        Ok(locks)
    }

    /// An actor may have lost rights, or the session, while waiting.
    async fn refuse_without_rights(&self, caller: &Caller) -> Result<()> {
        let Actor::User { name, .. } = &caller.actor else { return Ok(()) };
        let account = match &caller.session {
            Some(session) => {
                self.store.load_session(&session.id_hash, self.clock.now()).await?.ok_or(Error::Unauthenticated)?;
                // By its number: another user may have got the name meanwhile.
                let account = self.store.account_by_id(session.account).await?;
                account.filter(|account| account.serves(session.generation))
            }
            None => self.store.account_by_name(name).await?.filter(|account| !account.disabled),
        };
        let account = account.ok_or(Error::Unauthenticated)?;
        Actor::User { name: account.name, role: account.role }.may(Permission::Reserve)
    }

    /// A name for a new batch.
    pub(crate) fn batch(&self) -> String {
        name(&*self.random)
    }

    /// Makes one change, here and on the partners; a dry run only says what it would do.
    pub(crate) async fn carry_out(
        &self,
        permit: &Permit,
        planned: Planned,
        findings: Vec<Conflict>,
    ) -> Result<Applied> {
        if permit.mode() == Mode::DryRun {
            let reservation = planned.edit.expected().and_then(Content::into_reservation);
            return Ok(Applied { reservation, findings, ..Applied::default() });
        }
        let server = planned.edit.subnet().server.clone();
        let mut made = self.carry_out_all(permit, &server, vec![planned]).await?;
        let mut applied = made.pop().unwrap_or_else(|| Err(Error::Internal("a change has no outcome".to_owned())))?;
        applied.findings = findings;
        Ok(applied)
    }

    /// Makes changes on one server, in their order, then on its partners. The outer error: none was begun.
    pub(crate) async fn carry_out_all(
        &self,
        permit: &Permit,
        server: &ServerName,
        planned: Vec<Planned>,
    ) -> Result<Vec<Result<Applied>>> {
        if permit.mode() == Mode::DryRun {
            return Err(Error::Internal("a dry run is about to change something".to_owned()));
        }
        permit.still_wanted()?;
        if planned.is_empty() {
            return Ok(Vec::new());
        }
        let actor = permit.actor();
        let partners = self.dhcp.partners(server).await;
        let numbers = self.begin(actor, &planned).await?;
        let edits: Vec<Edit> = planned.iter().map(|planned| planned.edit.clone()).collect();
        let begun = Instant::now();
        let written = self.dhcp.write(server, edits.clone()).await;
        let took = begun.elapsed();
        let ends: Vec<_> = numbers.iter().zip(&written).map(|(number, written)| ended(*number, written)).collect();
        let written: Vec<_> = written.into_iter().map(|written| written.and_then(AppliedEdit::saved)).collect();
        let made: Vec<Result<AppliedChange>> = numbers.into_iter().zip(&written).map(made).collect();
        let on_their_way = self.on_their_way(actor, &partners, &planned, &made, took).await;
        let (recorded, ()) = tokio::join!(self.record_ends(&ends, &on_their_way), self.release_holds(&written));
        if let Err(error) = &recorded {
            // They stand as begun, and are recovered by asking the server.
            tracing::error!(%error, %server, "how changes ended could not be recorded");
        }
        self.publish_all(actor, &edits, &written);
        self.note_saving(server, &edits, &written).await;
        let mut outcomes: Vec<Result<Applied>> = made.into_iter().map(|made| made.map(applied)).collect();
        self.repeat(actor, on_their_way, recorded, &mut outcomes).await;
        Ok(outcomes)
    }

    /// Forgets a lease, so that its address is free. Whether there was one.
    pub(crate) async fn release_lease(&self, permit: &Permit, subnet: &SubnetKey, address: IpAddr) -> Result<bool> {
        permit.still_wanted()?;
        let was_there = self.dhcp.release_lease(subnet, address).await?;
        self.snapshots.note(subnet, &index::Change::Released(address));
        tracing::info!(actor = %permit.actor().label(), %address, "a lease was released");
        Ok(was_there)
    }

    /// Forgets all leases of a subnet. Whether there were any.
    pub(crate) async fn wipe_leases(&self, permit: &Permit, subnet: &SubnetKey) -> Result<bool> {
        if permit.mode() == Mode::DryRun {
            return Err(Error::Internal("a dry run is about to delete leases".to_owned()));
        }
        permit.still_wanted()?;
        let were_there = self.dhcp.wipe_leases(subnet).await?;
        self.snapshots.forget(subnet);
        self.events.publish(Event::Subnet(subnet.clone()));
        tracing::info!(actor = %permit.actor().label(), %subnet, "the leases of a deleted subnet were deleted");
        Ok(were_there)
    }

    /// Records changes that are about to be made. Their numbers, in their order.
    async fn begin(&self, actor: &Actor, planned: &[Planned]) -> Result<Vec<i64>> {
        let now = self.clock.now();
        // A change may break off in the middle, with the old state gone: how to make it again is recorded too.
        let was = try_join_all(planned.iter().map(|planned| self.way_back(&planned.edit))).await?;
        let record = |(planned, was): (&Planned, Option<Verbatim>)| ChangeRecord {
            was,
            ..self.record(actor, planned, None, now, ChangeState::Open)
        };
        let records: Vec<ChangeRecord> = planned.iter().zip(was).map(record).collect();
        self.store.begin_changes(&records).await.map_err(|error| match error {
            StoreError::Exists => Error::Stale { what: "the request, which is carried out already,".to_owned() },
            error => error.into(),
        })
    }

    /// Makes edits on a server that are recorded already, and records how they ended.
    pub(super) async fn write_recorded(
        &self,
        actor: &Actor,
        server: &ServerName,
        edits: Vec<Edit>,
        end: impl Fn(usize, &Result<AppliedEdit>) -> ChangeEnd,
    ) -> Vec<ChangeEnd> {
        if edits.is_empty() {
            return Vec::new();
        }
        let written = self.dhcp.write(server, edits.clone()).await;
        let ends: Vec<_> = written.iter().enumerate().map(|(at, written)| end(at, written)).collect();
        let written: Vec<_> = written.into_iter().map(|written| written.and_then(AppliedEdit::saved)).collect();
        let (ended, ()) = tokio::join!(self.store.end_changes(&ends), self.release_holds(&written));
        if let Err(error) = ended {
            tracing::error!(%error, %server, "how changes ended could not be recorded");
        }
        self.publish_all(actor, &edits, &written);
        self.note_saving(server, &edits, &written).await;
        ends
    }

    /// How to take an edit back.
    pub(super) async fn way_back(&self, edit: &Edit) -> Result<Option<Verbatim>> {
        match edit.way_back() {
            Some(known) => Ok(Some(known)),
            None => self.verbatim(edit.before()).await,
        }
    }

    pub(super) async fn verbatim(&self, of: Option<Content>) -> Result<Option<Verbatim>> {
        match of {
            Some(held) => self.dhcp.verbatim(&held).await,
            None => Ok(None),
        }
    }

    pub(super) fn record(
        &self,
        actor: &Actor,
        planned: &Planned,
        repeats: Option<i64>,
        at: Timestamp,
        state: ChangeState,
    ) -> ChangeRecord {
        let Planned { edit, from } = planned;
        let change = Change {
            verb: edit.verb(),
            state,
            batch: from.batch.clone(),
            undoes: from.undoes,
            repeats,
            single_server: from.single_server,
            ..Change::begun(at, actor.label(), edit.subject(), edit.before(), edit.expected())
        };
        let request = from.request.clone().filter(|_| repeats.is_none());
        let (now, wanted) = (edit.verbatim(), edit.wanted().cloned());
        // What repeats it on a partner goes back with it.
        let confirm_until = from.confirm_until.filter(|_| repeats.is_none());
        ChangeRecord { change, was: None, now, wanted, request, owner: self.owner.to_string(), confirm_until }
    }

    fn publish_all(&self, actor: &Actor, edits: &[Edit], written: &[Result<AppliedEdit>]) {
        edits.iter().zip(written).for_each(|(edit, written)| self.publish(actor, edit, written));
    }

    /// After every attempt, made or not: snapshots, the log, and open pages.
    fn publish(&self, actor: &Actor, edit: &Edit, written: &Result<AppliedEdit>) {
        let (subnet, verb, what) = (edit.subnet(), edit.verb().code(), edit.subject().label());
        let actor = actor.label();
        match written {
            Ok(written) => {
                tracing::info!(%actor, %subnet, "{verb} {what}: done");
                if let (Some(old), _) = edit.reservations() {
                    self.snapshots.note(subnet, &index::Change::Unreserved(Box::new(old.clone())));
                }
                match written.now.clone() {
                    Some((Content::Reservation(new), _)) => self.snapshots.note(subnet, &index::Change::Reserved(new)),
                    Some((Content::Labels { labels, .. }, _)) => self.snapshots.note_labels(subnet, &labels),
                    Some((Content::Configuration { .. }, _)) => self.snapshots.forget_server(&subnet.server),
                    None => {}
                }
            }
            Err(error) => {
                tracing::warn!(%actor, %subnet, ?error, "{verb} {what}: failed");
                // What we know of the subnet is no longer sure.
                self.snapshots.forget(subnet);
            }
        }
        self.events.publish(Event::Subnet(subnet.clone()));
        if matches!(edit, Edit::Configuration(_)) {
            self.configured.notify_waiters();
            self.events.publish(Event::Servers);
        }
    }

    /// A hold has done its duty when its address is reserved. Most of many have none: which have is asked first.
    async fn release_holds(&self, written: &[Result<AppliedEdit>]) {
        let mut reserved: BTreeMap<&SubnetKey, HashSet<IpAddr>> = BTreeMap::new();
        for new in written.iter().flatten().filter_map(|written| written.now.as_ref()?.0.reservation()) {
            reserved.entry(&new.subnet).or_default().extend(new.addresses());
        }
        for (subnet, addresses) in reserved {
            let released = async {
                for hold in self.networks.holds(subnet, self.clock.now()).await? {
                    if addresses.contains(&hold.key.address) {
                        self.store.release_hold(&hold.key).await?;
                    }
                }
                Ok::<(), Error>(())
            };
            // The reservations stand, whatever becomes of the holds, which end by themselves.
            if let Err(error) = released.await {
                tracing::warn!(?error, %subnet, "holds could not be released");
            }
        }
    }
}

fn made((number, written): (i64, &Result<AppliedEdit>)) -> Result<AppliedChange> {
    written.clone().map(|written| AppliedChange { number, written })
}

fn applied(made: AppliedChange) -> Applied {
    let AppliedChange { number, written } = made;
    let reservation = written.now.and_then(|(now, _)| now.into_reservation());
    Applied { reservation, change: Some(number), said: written.said, ..Applied::default() }
}

/// Runs a change to its end, even when no caller waits for it any more.
pub(super) async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    let under_way = UnderWay::begin();
    let work = async move {
        let _under_way = under_way;
        work.await
    };
    tokio::spawn(work).await.unwrap_or_else(|error| Err(Error::Internal(format!("a change broke off: {error}"))))
}

/// The lock of a pair is that of its first server.
fn lock_of(first: &ServerName) -> String {
    format!("reservations of {first}")
}

/// A name that nothing else has.
fn name(random: &dyn Random) -> String {
    let mut octets = [0; 16];
    random.fill(&mut octets);
    octets.iter().fold(String::new(), |name, octet| name + &format!("{octet:02x}"))
}
