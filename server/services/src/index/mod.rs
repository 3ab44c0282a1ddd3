//! Snapshots: what each server said last of its subnets, and when it was true.
//!
//! Kea can neither sort nor filter nor search by a part of anything, so lists and searches work on snapshots. What
//! decides about an address is never taken from a snapshot alone: it is asked again, live.

mod around;
mod counting;
mod fields;
mod gathering;
mod merge;
mod place;
mod snapshot;
mod start;
mod sweep;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;

use model::{
    IpNetwork, Labels, Lease, RawRecord, Reservation, Seconds, ServerName, Subnet, SubnetKey, Timestamp, Utilization,
};
use tokio::sync::Mutex;
use tokio::time::timeout;

pub(crate) use around::{around, overlapping};
pub(crate) use fields::{Field, Kind, Sought, of_client};
pub(crate) use merge::{
    Blacklist, Parts, client, page, pool_use, row_unaddressed, rows, rows_at, searched, with_vendor,
};
pub(crate) use place::Place;
pub(crate) use snapshot::{Change, Snapshot};
pub(crate) use sweep::Strays;
pub(crate) use texts::{Fit, Spot, Texts};

use crate::patience::patiently;
use crate::ports::{Clock, Contact, Dhcp, Listed};
use crate::unseen::Unseen;
use crate::{Error, Ports, Result};

/// How old the list of subnets may be. A missing subnet is looked for again at once.
const SUBNETS_MAX_AGE: Seconds = Seconds(10);

/// How long a server is waited for that was never heard of, where only its subnets' names are wanted.
const A_MOMENT: Duration = Duration::from_millis(500);

/// How fresh a snapshot must be. Walking a large subnet costs its server time, so large snapshots may be older: never
/// more than about 2 % of the server's time goes into them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Taken after the question was asked.
    Now,
    /// For an open page: 3 seconds, and 1 more for each 5,000 records.
    Page,
    /// For a list that a program reads: live, but for large subnets, where it may be 1 second old for each 4,000 records.
    List,
    /// For finding something: 30 seconds, and 1 more for each 1,000 records.
    Search,
    /// For finding candidates, which are asked for one by one: any that there is. When it is too old for a search, a new
    /// one is taken soon.
    Any,
}

impl Freshness {
    /// `moved`: when the server was last seen to have more or fewer leases than before. A page is shown that soon, unless
    /// the subnet is so large that it would be scanned all the time.
    fn accepts(self, snapshot: &Snapshot, moved: Option<Timestamp>, now: Timestamp) -> bool {
        let records = i64::try_from(snapshot.records()).unwrap_or(i64::MAX);
        let age = now.since(snapshot.as_of).0;
        match self {
            Self::Now => false,
            Self::Page if moved.is_some_and(|moved| snapshot.as_of <= moved) => age < records / 5_000,
            Self::Page => age < 3 + records / 5_000,
            Self::List => age < records / 4_000,
            Self::Search => age < 30 + records / 1_000,
            Self::Any => true,
        }
    }
}

/// The subnets of a server.
#[derive(Default)]
struct Subnets {
    /// Held while the server is asked: callers that ask meanwhile wait for that answer.
    asking: Mutex<()>,
    /// What it said last, and when.
    said: Lock<Option<(Arc<Vec<Subnet>>, Timestamp)>>,
}

/// Every snapshot that was taken and is still of use. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Snapshots {
    dhcp: Arc<dyn Dhcp>,
    clock: Arc<dyn Clock>,
    servers: Arc<Lock<HashMap<ServerName, Arc<Subnets>>>>,
    subnets: Arc<Lock<HashMap<SubnetKey, Arc<Slot>>>>,
    sweeps: sweep::Sweeps,
    /// When something was last seen to move in a subnet, or (none) in all of them.
    moved: Arc<Lock<HashMap<Option<SubnetKey>, Timestamp>>>,
    /// When subnets of a server were last read to be counted.
    counted: Arc<Lock<HashMap<ServerName, Timestamp>>>,
}

/// The place of one subnet's snapshot.
#[derive(Default)]
struct Slot {
    /// Held while the server is scanned through: of several who ask at once only one lets it work.
    scanning: Mutex<()>,
    state: Lock<State>,
}

#[derive(Default)]
struct State {
    /// With the number of the scan that it comes from.
    snapshot: Option<(u64, Arc<Snapshot>)>,
    /// How many scans were begun.
    begun: u64,
    /// What we changed while the last scan was under way: it may have passed that place already.
    meanwhile: Vec<Change>,
    /// Whether something was changed during the last scan that we know nothing exact of.
    spoiled: bool,
    /// Whether a caller made do with an old snapshot.
    wanted: bool,
    /// Whether a caller wants to know how full it is, which its server does not say.
    counted: bool,
}

impl Snapshots {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            clock: ports.clock.clone(),
            servers: Arc::default(),
            subnets: Arc::default(),
            sweeps: Arc::default(),
            moved: Arc::default(),
            counted: Arc::default(),
        }
    }

    /// The subnets of a server, at most ten seconds old; of one that does not answer those that it said last.
    pub(crate) async fn subnets(&self, server: &ServerName) -> Result<Arc<Vec<Subnet>>> {
        self.subnets_since(server, self.clock.now().plus(Seconds(-SUBNETS_MAX_AGE.0))).await
    }

    async fn subnets_since(&self, server: &ServerName, since: Timestamp) -> Result<Arc<Vec<Subnet>>> {
        // What it said last is all that is known of one that does not answer; what decides about an address is asked
        // live.
        let Some((last, as_of)) = self.last(server) else { return self.asked_since(server, since).await };
        if as_of > since {
            return Ok(last);
        }
        let (this, of) = (self.clone(), server.clone());
        match patiently(&self.dhcp, server, async move { this.asked_since(&of, since).await }).await {
            Err(Error::Unreachable { .. }) => Ok(last),
            answer => answer,
        }
    }

    /// The same as the server itself says.
    async fn asked_since(&self, server: &ServerName, since: Timestamp) -> Result<Arc<Vec<Subnet>>> {
        if !self.dhcp.names().contains(server) {
            return Err(Error::not_found(format!("the server “{server}”")));
        }
        let known = self.known(server);
        let _asking = known.asking.lock().await;
        let said = lock(&known.said).clone();
        if let Some((subnets, _)) = said.filter(|(_, as_of)| *as_of > since) {
            return Ok(subnets);
        }
        let subnets = Arc::new(self.dhcp.subnets(server).await?);
        *lock(&known.said) = Some((subnets.clone(), self.clock.now()));
        Ok(subnets)
    }

    /// What a server said last of its subnets, however long ago, perhaps to an earlier program; no server is asked.
    pub(crate) fn last(&self, server: &ServerName) -> Option<(Arc<Vec<Subnet>>, Timestamp)> {
        let known = self.known(server);
        let mut said = lock(&known.said);
        if said.is_none() {
            *said = self.dhcp.last_subnets(server).map(|(subnets, as_of)| (Arc::new(subnets), as_of));
        }
        said.clone()
    }

    /// When a server said what is shown of it, where it does not answer now.
    pub(crate) fn dated(&self, server: &ServerName) -> Option<Timestamp> {
        match self.dhcp.contact(server) {
            Contact::Answering => None,
            _ => self.last(server).map(|(_, as_of)| as_of),
        }
    }

    /// Asks a server for its subnets in the background, when the last ones are old.
    pub(crate) fn renew(&self, server: &ServerName) {
        let old = |as_of: Timestamp| self.clock.now().since(as_of) >= SUBNETS_MAX_AGE;
        let answers = self.dhcp.contact(server) == Contact::Answering;
        if answers
            && self.last(server).is_none_or(|(_, as_of)| old(as_of))
            && self.known(server).asking.try_lock().is_ok()
        {
            let (this, server) = (self.clone(), server.clone());
            tokio::spawn(async move { this.subnets(&server).await.map(drop) });
        }
    }

    fn known(&self, server: &ServerName) -> Arc<Subnets> {
        lock(&self.servers).entry(server.clone()).or_default().clone()
    }

    /// The prefixes of subnets, as their servers said them last, however long ago: a server may be silent, and a subnet
    /// that is gone has none.
    pub(crate) async fn prefixes(&self, of: impl Iterator<Item = &SubnetKey>) -> Vec<(SubnetKey, IpNetwork)> {
        let wanted: BTreeSet<&SubnetKey> = of.collect();
        let servers: BTreeSet<&ServerName> = wanted.iter().map(|key| &key.server).collect();
        let said = futures::future::join_all(servers.into_iter().map(|server| self.said(server))).await;
        let subnets = said.iter().flatten().flat_map(|subnets| subnets.iter());
        let wanted = subnets.filter(|subnet| wanted.contains(&subnet.key));
        wanted.map(|subnet| (subnet.key.clone(), subnet.prefix)).collect()
    }

    /// What a server said last of its subnets. Only one that never said anything is asked.
    async fn said(&self, server: &ServerName) -> Option<Arc<Vec<Subnet>>> {
        match self.last(server) {
            Some((subnets, _)) => Some(subnets),
            None => timeout(A_MOMENT, self.subnets(server)).await.ok()?.ok(),
        }
    }

    /// The subnets of a server for a page: of one that does not answer the last ones, and that it does not.
    pub(crate) async fn shown_subnets(&self, server: &ServerName) -> (Option<Arc<Vec<Subnet>>>, Option<Error>) {
        let (this, of) = (self.clone(), server.clone());
        let since = self.clock.now().plus(Seconds(-SUBNETS_MAX_AGE.0));
        match patiently(&self.dhcp, server, async move { this.asked_since(&of, since).await }).await {
            Ok(subnets) => (Some(subnets), None),
            Err(error) => (self.last(server).map(|(subnets, _)| subnets), Some(error)),
        }
    }

    /// One of the subnets that a server said last, while it does not answer.
    pub(crate) async fn last_subnet(&self, key: &SubnetKey) -> Result<Subnet> {
        let subnets = self.subnets(&key.server).await?;
        let found = subnets.iter().find(|subnet| subnet.key == *key).cloned();
        found.ok_or_else(|| Error::not_found(format!("subnet {} of the server “{}”", key.id, key.server)))
    }

    /// One subnet for a page: of a server that does not answer as it was.
    pub(crate) async fn shown_subnet(&self, key: &SubnetKey) -> Result<Subnet> {
        let (this, of) = (self.clone(), key.clone());
        let found = patiently(&self.dhcp, &key.server, async move { this.subnet(&of).await }).await;
        let last = || self.last(&key.server)?.0.iter().find(|subnet| subnet.key == *key).cloned();
        match found {
            Err(error @ Error::Unreachable { .. }) => last().ok_or(error),
            found => found,
        }
    }

    /// The snapshot of a subnet for a page: of a server that does not answer the last one.
    pub(crate) async fn shown(&self, subnet: &Subnet, freshness: Freshness) -> Result<Arc<Snapshot>> {
        let (this, of) = (self.clone(), subnet.clone());
        let taken = patiently(&self.dhcp, &subnet.key.server, async move { this.taken(&of, freshness).await }).await;
        let last = || Some(lock(&self.slot(&subnet.key).state).snapshot.clone()?.1);
        match taken {
            Err(error @ Error::Unreachable { .. }) => match last() {
                // That a server does not answer at all is said elsewhere.
                Some(last) if self.dhcp.contact(&subnet.key.server) == Contact::Answering => {
                    let last = Arc::unwrap_or_clone(last);
                    let unseen = last.unseen.clone().since(error);
                    Ok(Arc::new(last.without(unseen)))
                }
                last => last.ok_or(error),
            },
            taken => taken,
        }
    }

    /// One subnet; looked for anew when it is not known yet. Or what stands for none in particular.
    pub(crate) async fn subnet(&self, key: &SubnetKey) -> Result<Subnet> {
        if key.is_global() {
            return self.dhcp.global(&key.server).await;
        }
        let find = |subnets: &[Subnet]| subnets.iter().find(|subnet| subnet.key == *key).cloned();
        if let Some(subnet) = find(&self.subnets(&key.server).await?) {
            return Ok(subnet);
        }
        let anew = self.asked_since(&key.server, self.clock.now().plus(Seconds(1))).await?;
        find(&anew).ok_or_else(|| Error::not_found(format!("subnet {} of the server “{}”", key.id, key.server)))
    }

    /// The snapshot of a subnet. What follows from it may follow from what is missing in it: it is whole, but for what a
    /// hook library is missing for.
    pub(crate) async fn of(&self, subnet: &Subnet, freshness: Freshness) -> Result<Arc<Snapshot>> {
        let snapshot = self.taken(subnet, freshness).await?;
        snapshot.unseen.trouble().cloned().map_or(Ok(snapshot), Err)
    }

    async fn taken(&self, subnet: &Subnet, freshness: Freshness) -> Result<Arc<Snapshot>> {
        let slot = self.slot(&subnet.key);
        let asked = lock(&slot.state).begun;
        if let Some(snapshot) = self.good_enough(&slot, &subnet.key, freshness) {
            return Ok(snapshot);
        }
        let _scanning = slot.scanning.lock().await;
        // Perhaps another caller had it scanned while we waited.
        let anew = lock(&slot.state).snapshot.clone().filter(|(scan, _)| *scan > asked);
        match anew {
            Some((_, snapshot)) => Ok(snapshot),
            None => self.scan(&slot, subnet).await,
        }
    }

    /// Takes a new snapshot of every subnet for which a caller made do with an old one, and of some that are to be counted;
    /// why some could not be taken.
    pub(crate) async fn refresh(&self) -> Vec<Error> {
        let wanted =
            |(key, slot): (&SubnetKey, &Arc<Slot>)| std::mem::take(&mut lock(&slot.state).wanted).then(|| key.clone());
        let mut all: BTreeMap<ServerName, Vec<SubnetKey>> = BTreeMap::new();
        for key in lock(&self.subnets).iter().filter_map(wanted) {
            all.entry(key.server.clone()).or_default().push(key);
        }
        for (server, counted) in self.to_be_counted() {
            let wanted = all.entry(server).or_default();
            wanted.extend(counted.into_iter().filter(|key| !wanted.contains(key)).collect::<Vec<_>>());
        }
        let failed = futures::future::join_all(all.values().map(|keys| self.refresh_these(keys))).await;
        failed.into_iter().flatten().collect()
    }

    /// The subnets of each server that are read now to be counted.
    fn to_be_counted(&self) -> Vec<(ServerName, Vec<SubnetKey>)> {
        let mut asked: BTreeMap<ServerName, Vec<counting::Asked>> = BTreeMap::new();
        let slots = lock(&self.subnets);
        for (key, slot) in slots.iter() {
            let mut state = lock(&slot.state);
            if state.counted {
                let as_of = state.snapshot.as_ref().map(|(_, snapshot)| snapshot.as_of);
                asked.entry(key.server.clone()).or_default().push((key.clone(), as_of));
                // Whoever still looks asks again; what was never read is read all the same.
                state.counted = as_of.is_none();
            }
        }
        let (now, mut last) = (self.clock.now(), lock(&self.counted));
        let due = |(server, asked): (ServerName, Vec<counting::Asked>)| {
            let due = counting::due(asked, last.get(&server).copied(), now);
            if !due.is_empty() {
                last.insert(server.clone(), now);
            }
            for slot in due.iter().filter_map(|key| slots.get(key)) {
                lock(&slot.state).counted = false;
            }
            (server, due)
        };
        asked.into_iter().map(due).collect()
    }

    async fn refresh_these(&self, keys: &[SubnetKey]) -> Vec<Error> {
        let mut failed = Vec::new();
        for key in keys {
            let anew = async { self.of(&self.subnet(key).await?, Freshness::Search).await };
            failed.extend(anew.await.err());
        }
        failed
    }

    /// How full a subnet was when it was read last; it is read again in its turn.
    pub(crate) fn counted(&self, subnet: &Subnet) -> Option<Utilization> {
        let slot = self.slot(&subnet.key);
        let mut state = lock(&slot.state);
        state.counted = true;
        state.snapshot.as_ref().and_then(|(_, snapshot)| snapshot.utilization(subnet))
    }

    fn good_enough(&self, slot: &Slot, key: &SubnetKey, freshness: Freshness) -> Option<Arc<Snapshot>> {
        let moved = {
            let moved = lock(&self.moved);
            moved.get(&Some(key.clone())).max(moved.get(&None)).copied()
        };
        let now = self.clock.now();
        let mut state = lock(&slot.state);
        let (_, snapshot) = state.snapshot.clone().filter(|(_, snapshot)| freshness.accepts(snapshot, moved, now))?;
        state.wanted |= freshness == Freshness::Any && !Freshness::Search.accepts(&snapshot, moved, now);
        Some(snapshot)
    }

    async fn scan(&self, slot: &Slot, subnet: &Subnet) -> Result<Arc<Snapshot>> {
        let number = {
            let mut state = lock(&slot.state);
            state.begun += 1;
            state.meanwhile.clear();
            state.spoiled = false;
            state.begun
        };
        let as_of = self.clock.now();
        let mut snapshot = self.seen(subnet, as_of).await?;
        let mut state = lock(&slot.state);
        for change in std::mem::take(&mut state.meanwhile) {
            snapshot.apply(&change);
        }
        let snapshot = Arc::new(snapshot);
        state.snapshot = (!state.spoiled).then(|| (number, snapshot.clone()));
        Ok(snapshot)
    }

    /// The snapshot of a subnet with the leases of its that lie elsewhere, as far as they are known.
    pub(crate) async fn with_strays(&self, subnet: &Subnet, snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
        let strays = self.strays(&subnet.key.server).await;
        let known =
            |stray: &Lease| snapshot.leases.iter().any(|lease| Place::of_lease(lease) == Place::of_lease(stray));
        let mine = strays.leases.iter().filter(|lease| lease.subnet == subnet.key);
        let elsewhere: Vec<_> = mine.filter(|lease| !subnet.prefix.contains(lease.address) && !known(lease)).collect();
        if elsewhere.is_empty() {
            return snapshot;
        }
        let mut whole = Snapshot::clone(&snapshot);
        whole.leases.extend(elsewhere.into_iter().cloned());
        Arc::new(whole)
    }

    /// What the server says of a subnet, and of its addresses in other subnets.
    async fn seen(&self, subnet: &Subnet, as_of: Timestamp) -> Result<Snapshot> {
        let mut unseen = Unseen::default();
        let mut reservations = unseen.or_refused(self.dhcp.reservations_in(&subnet.key).await)?;
        if subnet.key.is_global() {
            return Ok(Snapshot::new(subnet, &[], Listed::default(), reservations, as_of).without(unseen));
        }
        let prefixes: Vec<_> = reservations.known.iter().flat_map(|known| known.prefixes.iter().copied()).collect();
        let leases = unseen.or_refused(self.dhcp.leases_in(subnet, &prefixes).await)?;
        let overlapping = overlapping(subnet, &self.subnets(&subnet.key.server).await?);
        let global = SubnetKey::global(subnet.key.server.clone());
        for other in overlapping.iter().map(|other| &other.key).chain([&global]) {
            let here = |known: &Reservation| known.addresses().any(|address| subnet.prefix.contains(address));
            let there = unseen.or_refused(self.dhcp.reservations_in(other).await)?;
            reservations.known.extend(there.known.into_iter().filter(here));
            let raw_here = |raw: &RawRecord| raw.addresses.iter().any(|address| subnet.prefix.contains(*address));
            reservations.raw.extend(there.raw.into_iter().filter(raw_here));
        }
        Ok(Snapshot::new(subnet, &overlapping, leases, reservations, as_of).without(unseen))
    }

    /// The reservations of clients elsewhere that the server looks at for a subnet too: those of no subnet in particular, and
    /// those of its shared network.
    pub(crate) async fn elsewhere(&self, subnet: &Subnet, all: &[Subnet]) -> Result<Vec<Reservation>> {
        let mut places = around::beside(subnet, all);
        if subnet.rules.global && !subnet.key.is_global() {
            places.push(self.dhcp.global(&subnet.key.server).await?);
        }
        let mut found = Vec::new();
        for place in &places {
            let there = self.of(place, Freshness::Page).await?;
            // Those on its addresses are in its own snapshot.
            let elsewhere = |known: &&Reservation| {
                known.subnet == place.key && !known.addresses().any(|address| subnet.prefix.contains(address))
            };
            found.extend(there.reservations.iter().filter(elsewhere).cloned());
        }
        Ok(found)
    }

    /// Notes that leases of a subnet, or (none) servers and subnets, came or went by themselves.
    pub(crate) fn note_move(&self, key: Option<SubnetKey>) {
        lock(&self.moved).insert(key, self.clock.now());
    }

    /// Brings our own change into the snapshots that it concerns, without asking for all of them again.
    pub(crate) fn note(&self, key: &SubnetKey, change: &Change) {
        let others = self.last(&key.server).map(|(subnets, _)| subnets).unwrap_or_default();
        let concerned = |other: &&Subnet| other.key != *key && change.is_on(other.prefix);
        for key in others.iter().filter(concerned).map(|other| &other.key).chain([key]) {
            self.note_in(key, change);
        }
    }

    /// Brings the name that we gave a subnet into the list of its server's subnets.
    pub(crate) fn note_labels(&self, key: &SubnetKey, labels: &Labels) {
        let known = self.known(&key.server);
        let mut said = lock(&known.said);
        let Some((subnets, _)) = said.as_mut() else { return };
        if let Some(subnet) = Arc::make_mut(subnets).iter_mut().find(|subnet| subnet.key == *key) {
            let Labels { name, comment } = labels.clone();
            (subnet.name, subnet.comment) = (name, comment);
        }
    }

    fn note_in(&self, key: &SubnetKey, change: &Change) {
        self.sweep_of(&key.server).note(key, Some(change));
        let Some(slot) = lock(&self.subnets).get(key).cloned() else { return };
        let mut state = lock(&slot.state);
        if let Some((_, snapshot)) = &mut state.snapshot {
            // Copied only while it is being read.
            Arc::make_mut(snapshot).apply(change);
        }
        // A scan that begins from now on sees the change at the server.
        if slot.scanning.try_lock().is_err() {
            state.meanwhile.push(change.clone());
        }
    }

    /// Throws the snapshots away that show a reservation of a subnet, because it was changed and how it is now is not
    /// known. One that is of no subnet in particular may show anywhere.
    pub(crate) fn forget(&self, key: &SubnetKey) {
        let others = self.last(&key.server).map(|(subnets, _)| subnets).unwrap_or_default();
        let own = others.iter().find(|known| known.key == *key);
        let near = own.map(|own| overlapping(own, &others)).unwrap_or_default();
        let near: BTreeSet<&SubnetKey> = near.iter().map(|other| &other.key).collect();
        let shows = |known: &SubnetKey| {
            known == key || (known.server == key.server && (key.is_global() || near.contains(known)))
        };
        let sweep = self.sweep_of(&key.server);
        let global = SubnetKey::global(key.server.clone());
        for known in others.iter().map(|other| &other.key).chain([key, &global]).filter(|known| shows(known)) {
            sweep.note(known, None);
        }
        let slots: Vec<_> =
            lock(&self.subnets).iter().filter(|(known, _)| shows(known)).map(|(_, slot)| slot.clone()).collect();
        for slot in slots {
            let mut state = lock(&slot.state);
            state.snapshot = None;
            state.spoiled = true;
        }
    }

    /// Throws everything away that is known of a server: it was configured anew.
    pub(crate) fn forget_server(&self, server: &ServerName) {
        self.forget(&SubnetKey::global(server.clone()));
        *lock(&self.known(server).said) = None;
    }

    fn slot(&self, key: &SubnetKey) -> Arc<Slot> {
        let mut slots = lock(&self.subnets);
        if let Some(slot) = slots.get(key) {
            return slot.clone();
        }
        slots.entry(key.clone()).or_default().clone()
    }
}

/// Nothing is left half done under these locks: what a panicking thread left behind is whole.
fn lock<T>(shared: &Lock<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
