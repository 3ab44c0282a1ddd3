//! Sweeps: all leases and reservations of a server are read in one go, for all of its subnets together, in the background.
//! Searches work on what they leave behind, however old that is, and so nobody waits for one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use model::{AddressRange, Lease, RawRecord, Reservation, Seconds, ServerName, Subnet, SubnetKey, Timestamp};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::gathering::{Gathering, parts};
use super::{Change, Snapshot, Snapshots, lock};
use crate::ports::Contact;
use crate::unseen::Unseen;
use crate::{Error, Result};

/// How many parts of a server's addresses are read side by side: a server far away answers several questions in the time
/// that one takes to get there.
const SIDE_BY_SIDE: usize = 2;

/// A pause after each answer, as long as that took, and this long at most: a server nearby is kept busy for half of the
/// time at most.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// For each so many records, what a sweep found is good a second longer: sweeps take about 2 % of a server's time at most.
const RECORDS_A_SECOND: usize = 4_000;

/// How long it is waited after a sweep that failed.
const AGAIN: Seconds = Seconds(5);

/// How old strays may be.
const STRAYS_MAX_AGE: Seconds = Seconds(60);

/// How long the first sweep is waited for, from when it began: of a large server it takes minutes.
const WAIT: Duration = Duration::from_secs(1);

/// What belongs to no subnet of a server.
#[derive(Debug, Default)]
pub(crate) struct Strays {
    /// Those whose subnet is gone, or does not reach to their address.
    pub(crate) leases: Vec<Lease>,
    /// Those of subnets that are gone.
    pub(crate) reservations: Vec<Reservation>,
    /// Those that are not understood.
    pub(crate) raw: Vec<RawRecord>,
}

/// The sweeps of every server.
pub(super) type Sweeps = Arc<Lock<HashMap<ServerName, Arc<Sweep>>>>;

/// The last sweep of a server.
#[derive(Default)]
pub(super) struct Sweep {
    /// Whether one is under way.
    under_way: watch::Sender<bool>,
    state: Lock<State>,
}

#[derive(Default)]
struct State {
    strays: Arc<Strays>,
    /// When what was found was true; none: none has ended yet.
    as_of: Option<Timestamp>,
    /// When the first one began.
    begun: Option<Instant>,
    /// How many leases and reservations there were.
    records: usize,
    /// Why what was found is not whole, where the server refused a part of it.
    trouble: Option<Error>,
    /// Why the last one failed, and before when none begins again.
    failed: Option<(Error, Timestamp)>,
    /// What we changed while one is under way (none: nobody knows what): it may have passed that place already.
    meanwhile: Vec<(SubnetKey, Option<Change>)>,
}

impl State {
    /// How long it is worth waiting for the first sweep; none: not any longer.
    fn wait(&self) -> Option<Duration> {
        let left = WAIT.saturating_sub(self.begun.map_or(Duration::ZERO, |begun| begun.elapsed()));
        (self.as_of.is_none() && !left.is_zero()).then_some(left)
    }

    fn is_due(&self, max_age: Seconds, now: Timestamp) -> bool {
        let more = i64::try_from(self.records / RECORDS_A_SECOND).unwrap_or(i64::MAX);
        let old = self.as_of.is_none_or(|as_of| now.since(as_of).0 >= max_age.0.saturating_add(more));
        old && self.failed.as_ref().is_none_or(|(_, then)| now >= *then)
    }
}

impl Sweep {
    /// Notes a change of ours in a subnet; none: nobody knows what it was.
    pub(super) fn note(&self, key: &SubnetKey, change: Option<&Change>) {
        let mut state = lock(&self.state);
        if *self.under_way.borrow() {
            state.meanwhile.push((key.clone(), change.cloned()));
        }
    }

    /// The snapshot with what we changed since the sweep began; none: it cannot be trusted.
    pub(super) fn with_changes(&self, key: &SubnetKey, mut snapshot: Snapshot) -> Option<Snapshot> {
        for (_, change) in lock(&self.state).meanwhile.iter().filter(|(of, _)| of == key) {
            snapshot.apply(change.as_ref()?);
        }
        Some(snapshot)
    }
}

/// Says that a sweep has ended, however it did.
struct Ends(Arc<Sweep>);

impl Drop for Ends {
    fn drop(&mut self) {
        lock(&self.0.state).meanwhile.clear();
        self.0.under_way.send_replace(false);
    }
}

impl Snapshots {
    /// What belongs to no subnet of the server, as far as it is known: nothing, until a sweep has ended. The first one is
    /// waited for in its first moment.
    pub(crate) async fn strays(&self, server: &ServerName) -> Arc<Strays> {
        let mut under_way = self.sweep(server, STRAYS_MAX_AGE);
        let wait = lock(&self.sweep_of(server).state).wait();
        if let Some(wait) = wait {
            tokio::select! {
                _ = timeout(wait, under_way.wait_for(|under_way| !under_way)) => {}
                () = self.dhcp.quiet(server) => {}
            }
        }
        self.known_strays(server)
    }

    /// The same, as far as it is known now.
    pub(crate) fn known_strays(&self, server: &ServerName) -> Arc<Strays> {
        lock(&self.sweep_of(server).state).strays.clone()
    }

    /// Why the last sweep of a server that answers failed, if it did.
    pub(crate) fn sweep_failure(&self, server: &ServerName) -> Option<Error> {
        let sweep = self.sweep_of(server);
        let state = lock(&sweep.state);
        let failed = state.failed.as_ref().map(|(error, _)| error).or(state.trouble.as_ref()).cloned();
        failed.filter(|error| !matches!(error, Error::Unreachable { .. }))
    }

    /// Has a sweep begin where what is known of the server is older than that (large servers: and some more) and none is
    /// under way; and tells whether one is.
    pub(crate) fn sweep(&self, server: &ServerName, max_age: Seconds) -> watch::Receiver<bool> {
        let sweep = self.sweep_of(server);
        let is_due =
            || lock(&sweep.state).is_due(max_age, self.clock.now()) && self.dhcp.contact(server) == Contact::Answering;
        if is_due() && sweep.under_way.send_if_modified(|under_way| !std::mem::replace(under_way, true)) {
            lock(&sweep.state).begun.get_or_insert_with(Instant::now);
            let (this, server, sweep) = (self.clone(), server.clone(), sweep.clone());
            tokio::spawn(async move { this.run(&server, sweep).await });
        }
        sweep.under_way.subscribe()
    }

    pub(super) fn sweep_of(&self, server: &ServerName) -> Arc<Sweep> {
        lock(&self.sweeps).entry(server.clone()).or_default().clone()
    }

    async fn run(&self, server: &ServerName, sweep: Arc<Sweep>) {
        let _ends = Ends(sweep.clone());
        let as_of = self.clock.now();
        let read = self.read_all(server, &sweep, as_of).await;
        let mut state = lock(&sweep.state);
        match read {
            Ok((strays, records, trouble)) => {
                (state.strays, state.records, state.trouble) = (Arc::new(strays), records, trouble);
                (state.as_of, state.failed) = (Some(as_of), None);
            }
            Err(error) => {
                tracing::debug!(%server, %error, "not everything that a server has could be read");
                state.failed = Some((error, self.clock.now().plus(AGAIN)));
            }
        }
    }

    async fn read_all(
        &self,
        server: &ServerName,
        sweep: &Sweep,
        as_of: Timestamp,
    ) -> Result<(Strays, usize, Option<Error>)> {
        let mut unseen = Unseen::default();
        let subnets = self.subnets(server).await?;
        let reservations = unseen.or_refused(self.dhcp.all_reservations(server).await)?;
        let trouble = unseen.trouble().cloned();
        let parts = parts(self.dhcp.family(server), &subnets, SIDE_BY_SIDE);
        let gathering = Lock::new(Gathering::new(subnets, reservations, &parts, unseen.clone(), as_of));
        let read =
            parts.iter().enumerate().map(|(number, part)| self.read_part(server, sweep, number, *part, &gathering));
        match try_join_all(read).await {
            Err(error @ Error::MissingHook { .. }) => {
                unseen.or_nothing::<()>(Err(error))?;
                lock(&gathering).without_leases(unseen);
            }
            read => drop(read?),
        }
        let mut gathering = gathering.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.install(sweep, gathering.whole());
        let global = self.dhcp.global(server).await?;
        self.install(sweep, vec![(global.key.clone(), gathering.global(&global))]);
        let records = gathering.records();
        Ok((gathering.strays(), records, trouble))
    }

    async fn read_part(
        &self,
        server: &ServerName,
        sweep: &Sweep,
        number: usize,
        part: AddressRange,
        gathering: &Lock<Gathering>,
    ) -> Result<()> {
        let mut after = model::before(part.first());
        loop {
            let asked = Instant::now();
            let mut read = self.dhcp.leases_after(server, after).await?;
            read.leases.retain(|lease| lease.address <= part.last());
            read.raw.retain(|raw| raw.address().is_none_or(|address| address <= part.last()));
            let next = read.next.filter(|next| *next < part.last() && Some(*next) > after);
            let whole = {
                let mut gathering = lock(gathering);
                gathering.add(number, read.leases, read.raw, next.unwrap_or(part.last()));
                gathering.whole()
            };
            self.install(sweep, whole);
            if next.is_none() {
                return Ok(());
            }
            after = next;
            sleep(asked.elapsed().min(LONGEST_PAUSE)).await;
        }
    }

    /// Puts snapshots in the place of older ones.
    fn install(&self, sweep: &Sweep, snapshots: Vec<(SubnetKey, Snapshot)>) {
        for (key, snapshot) in snapshots {
            let slot = self.slot(&key);
            // Changes of ours are noted in the sweep first: none is missed while this is held.
            let mut state = lock(&slot.state);
            let newer = state.snapshot.as_ref().is_some_and(|(_, known)| known.as_of > snapshot.as_of);
            if !newer && let Some(snapshot) = sweep.with_changes(&key, snapshot) {
                // A caller that waits for a scan of the subnet alone is not served by it.
                let number = state.snapshot.as_ref().map_or(0, |(number, _)| *number);
                state.snapshot = Some((number, Arc::new(snapshot)));
            }
        }
    }

    /// The last snapshot of a subnet, however old.
    pub(crate) fn last_of(&self, subnet: &Subnet) -> Option<Arc<Snapshot>> {
        let slot = lock(&self.subnets).get(&subnet.key).cloned()?;
        let state = lock(&slot.state);
        state.snapshot.as_ref().map(|(_, snapshot)| snapshot.clone())
    }

    /// Whether something of the server was seen to move since the last sweep began.
    pub(crate) fn has_moved(&self, server: &ServerName) -> bool {
        let as_of = lock(&self.sweep_of(server).state).as_of;
        let moved = lock(&self.moved);
        let mut there = moved.iter().filter(|(key, _)| key.as_ref().is_none_or(|key| key.server == *server));
        there.any(|(_, at)| Some(*at) >= as_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sweep_is_waited_for_in_its_first_moment_alone() {
        let ago = |seconds| Some(Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap());
        assert_eq!(State::default().wait(), Some(WAIT));
        assert!(State { begun: ago(0), ..State::default() }.wait().is_some_and(|wait| wait <= WAIT));
        assert_eq!(State { begun: ago(2), ..State::default() }.wait(), None, "it takes long");
        assert_eq!(State { begun: ago(0), as_of: Some(Timestamp(1)), ..State::default() }.wait(), None, "it has ended");
    }
}
