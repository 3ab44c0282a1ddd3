//! Every change of a reservation goes through here: recorded before its server is touched, written, and recorded how it
//! ended; and then the same for the other servers of a pair.
//!
//! A change runs to its end in a task of its own. Whoever asked for it may go away meanwhile: a browser, Foreman.

mod outcome;
mod partners;
mod saving;
mod settle;

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex};

use model::{
    Applied, Change, ChangeState, Conflict, HoldKey, NewReservation, Reservation, ReservationKey, ServerName, Storage,
    SubnetKey, Timestamp, Verb,
};

use futures::future::try_join_all;

use self::outcome::ended;
use crate::index::{self, Snapshots};
use crate::ports::{ChangeRecord, Clock, Dhcp, Lock, Random, Store, StoreError, Verbatim, Write, Written};
use crate::under_way::UnderWay;
use crate::{Actor, Error, Event, Events, Ports, Result};

/// Records and makes changes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) dhcp: Arc<dyn Dhcp>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) snapshots: Snapshots,
    pub(crate) events: Events,
    /// This running program, among all that share the store.
    pub(crate) owner: Arc<str>,
    random: Arc<dyn Random>,
    /// Servers that run something that they have not saved.
    unsaved: Arc<Mutex<HashSet<ServerName>>>,
}

/// A change that is to be made, and why.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) verb: Verb,
    /// How the reservation is now.
    pub(crate) before: Option<Reservation>,
    /// How it is to be.
    pub(crate) after: Option<Reservation>,
    pub(crate) write: Write,
    pub(crate) from: Origin,
}

/// What a change belongs to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// The batch that it is part of.
    pub(crate) batch: Option<String>,
    /// The caller's own text for the request.
    pub(crate) request: Option<String>,
    /// The change that it takes back.
    pub(crate) undoes: Option<i64>,
    /// Whether it is for its server alone.
    pub(crate) alone: bool,
}

/// A change that was made.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) number: i64,
    pub(crate) written: Written,
}

impl Planned {
    /// A reservation is made.
    pub(crate) fn create(new: &NewReservation, storage: Storage, from: Origin) -> Self {
        let after = Some(new.over(None, storage));
        let write = Write::Add { new: new.clone(), storage };
        Self { verb: Verb::Create, before: None, after, write, from }
    }

    /// A reservation is changed.
    pub(crate) fn change(old: &Reservation, new: &NewReservation, from: Origin) -> Self {
        let after = Some(new.over(Some(old), old.storage));
        let write = Write::Replace { old: old.clone(), new: new.clone() };
        Self { verb: Verb::Change, before: Some(old.clone()), after, write, from }
    }

    /// A reservation is deleted.
    pub(crate) fn delete(old: &Reservation, from: Origin) -> Self {
        let write = Write::Remove(old.clone());
        Self { verb: Verb::Delete, before: Some(old.clone()), after: None, write, from }
    }

    /// A reservation becomes as it was once.
    pub(crate) fn restore(now: Option<&Reservation>, was: Reservation, verbatim: Verbatim, from: Origin) -> Self {
        let verb = match now {
            None => Verb::Create,
            Some(now) if now.storage != was.storage && now.is_equivalent_to(&was) => Verb::Move,
            Some(_) => Verb::Change,
        };
        let write = Write::Restore { now: now.cloned(), was: was.clone(), verbatim };
        Self { verb, before: now.cloned(), after: Some(was), write, from }
    }

    pub(crate) fn key(&self) -> ReservationKey {
        self.write.key()
    }
}

impl Recording {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, events: Events) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            store: ports.store.clone(),
            clock: ports.clock.clone(),
            snapshots,
            events,
            owner: name(&*ports.random).into(),
            random: ports.random.clone(),
            unsaved: Arc::default(),
        }
    }

    /// The right to change reservations of a server and its partners: what is checked must still hold when it is written.
    pub(crate) async fn lock(&self, server: &ServerName) -> Result<Box<dyn Lock>> {
        let mut locks = self.locks(&BTreeSet::from([server.clone()])).await?;
        locks.pop().ok_or_else(|| Error::Internal("a server has no lock".to_owned()))
    }

    /// The locks of several servers. Taken in the order of their names, so that nobody waits for each other.
    pub(crate) async fn locks(&self, servers: &BTreeSet<ServerName>) -> Result<Vec<Box<dyn Lock>>> {
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

    /// A name for a new batch.
    pub(crate) fn batch(&self) -> String {
        name(&*self.random)
    }

    /// Makes one change, here and on the partners.
    pub(crate) async fn carry_out(&self, actor: &Actor, planned: Planned, findings: Vec<Conflict>) -> Result<Applied> {
        let server = planned.key().subnet.server;
        let mut made = self.carry_out_all(actor, &server, vec![planned]).await?;
        let mut applied = made.pop().unwrap_or_else(|| Err(Error::Internal("a change has no outcome".to_owned())))?;
        applied.findings = findings;
        Ok(applied)
    }

    /// Makes changes on one server, in their order, then on its partners. The outer error: none was begun.
    pub(crate) async fn carry_out_all(
        &self,
        actor: &Actor,
        server: &ServerName,
        planned: Vec<Planned>,
    ) -> Result<Vec<Result<Applied>>> {
        let partners = self.dhcp.partners(server).await;
        let made = self.write(actor, server, &planned, None).await?;
        let mut outcomes: Vec<Result<Applied>> = made.iter().cloned().map(|made| made.map(applied)).collect();
        for partner in &partners {
            self.repeat(actor, partner, &planned, &made, &mut outcomes).await;
        }
        Ok(outcomes)
    }

    /// Records changes, makes them, and records how they ended.
    async fn write(
        &self,
        actor: &Actor,
        server: &ServerName,
        planned: &[Planned],
        repeats: Option<&[i64]>,
    ) -> Result<Vec<Result<Made>>> {
        let now = self.clock.now();
        let repeated = |at: usize| repeats.and_then(|numbers| numbers.get(at).copied());
        // A change may break off in the middle, with the old reservation gone: how to put it back is recorded too.
        let was = try_join_all(planned.iter().map(|planned| self.verbatim(planned.before.as_ref()))).await?;
        let record = |(at, (planned, was)): (usize, (&Planned, Option<Verbatim>))| ChangeRecord {
            was,
            ..self.record(actor, planned, repeated(at), now, ChangeState::Open)
        };
        let records: Vec<ChangeRecord> = planned.iter().zip(was).enumerate().map(record).collect();
        let numbers = self.store.begin_changes(&records).await.map_err(|error| match error {
            StoreError::Exists => Error::Stale { what: "the request, which is carried out already,".to_owned() },
            error @ StoreError::Failed(_) => error.into(),
        })?;
        let writes = planned.iter().map(|planned| planned.write.clone()).collect();
        let written = self.dhcp.write(server, writes).await;
        let ends: Vec<_> = numbers.iter().zip(&written).map(|(number, written)| ended(*number, written)).collect();
        let (ended, ()) = tokio::join!(self.store.end_changes(&ends), self.release_holds(&written));
        if let Err(error) = ended {
            // They stand as begun, and are settled by asking the server.
            tracing::error!(%error, %server, "how changes ended could not be recorded");
        }
        for (planned, written) in planned.iter().zip(&written) {
            self.told(actor, planned, written);
        }
        self.note_saving(server, planned, &written).await;
        let made = |(number, written): (i64, Result<Written>)| written.map(|written| Made { number, written });
        Ok(numbers.into_iter().zip(written).map(made).collect())
    }

    async fn verbatim(&self, of: Option<&Reservation>) -> Result<Option<Verbatim>> {
        match of {
            Some(reservation) => self.dhcp.verbatim(reservation).await,
            None => Ok(None),
        }
    }

    fn record(
        &self,
        actor: &Actor,
        planned: &Planned,
        repeats: Option<i64>,
        at: Timestamp,
        state: ChangeState,
    ) -> ChangeRecord {
        let (wanted, now) = match &planned.write {
            Write::Add { new, .. } | Write::Replace { new, .. } => (Some(new.clone()), None),
            Write::Remove(_) => (None, None),
            Write::Restore { verbatim, .. } => (None, Some(verbatim.clone())),
        };
        let change = Change {
            number: 0,
            at,
            actor: actor.label(),
            verb: planned.verb,
            key: planned.key(),
            before: planned.before.clone(),
            after: planned.after.clone(),
            state,
            detail: String::new(),
            batch: planned.from.batch.clone(),
            undoes: planned.from.undoes,
            undone_by: None,
            repeats,
            alone: planned.from.alone,
        };
        let request = planned.from.request.clone().filter(|_| repeats.is_none());
        ChangeRecord { change, was: None, now, wanted, request, owner: self.owner.to_string() }
    }

    /// After every attempt, landed or not: snapshots, the log, and whoever watches.
    fn told(&self, actor: &Actor, planned: &Planned, written: &Result<Written>) {
        let (key, verb) = (planned.key(), planned.verb.code());
        let (actor, subnet, identifier) = (actor.label(), &key.subnet, &key.identifier);
        match written {
            Ok(written) => {
                tracing::info!(%actor, %subnet, %identifier, "{verb} a reservation: done");
                if let Some(old) = &planned.before {
                    self.snapshots.note(subnet, index::Change::Unreserved(old.identifier.clone(), old.storage));
                }
                if let Some((new, _)) = &written.now {
                    self.snapshots.note(subnet, index::Change::Reserved(Box::new(new.clone())));
                }
            }
            Err(error) => {
                tracing::warn!(%actor, %subnet, %identifier, ?error, "{verb} a reservation: failed");
                // What we know of the subnet is no longer sure.
                self.snapshots.forget(subnet);
            }
        }
        self.events.publish(Event::Subnet(subnet.clone()));
    }

    /// A hold has done its duty when its address is reserved. Most of many have none: which have is asked first.
    async fn release_holds(&self, written: &[Result<Written>]) {
        let made = written.iter().flatten().filter_map(|written| written.now.as_ref());
        let keys: HashSet<HoldKey> = made
            .flat_map(|(new, _)| new.addresses().map(|address| HoldKey { subnet: new.subnet.clone(), address }))
            .collect();
        let subnets: BTreeSet<&SubnetKey> = keys.iter().map(|key| &key.subnet).collect();
        for subnet in subnets {
            let released = async {
                for hold in self.store.running_holds(Some(subnet), self.clock.now()).await? {
                    if keys.contains(&hold.key) {
                        self.store.release_hold(&hold.key).await?;
                    }
                }
                Ok::<(), StoreError>(())
            };
            // The reservations stand, whatever becomes of the holds, which end by themselves.
            if let Err(error) = released.await {
                tracing::warn!(%error, %subnet, "holds could not be released");
            }
        }
    }
}

fn applied(made: Made) -> Applied {
    let reservation = made.written.now.map(|(now, _)| now);
    Applied { reservation, change: Some(made.number), findings: Vec::new(), peers: Vec::new() }
}

/// Runs a change to its end, even when nobody waits for it any more.
pub(crate) async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
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
