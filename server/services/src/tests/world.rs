//! One server or a pair, in memory, and Nestor before it. All that these tests know of Nestor's inside is here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::{
    Applied, Change, ChangeQuery, ChangeState, Content, ForemanSettings, Identifier, IdentifierKind, NewReservation,
    Reservation, Seconds, ServerName, Storage, Subject, Subnet, Timestamp,
};

use crate::ports::{ChangeRecord, Changes as _, Clock as _, Locks as _, Servers as _};
use crate::testing::{Fault, ManualClock, MemoryDhcp, MemoryStore, SeededRandom};
use crate::{Actor, Ports, Result, Services, Settings};

/// The actor of the changes of these tests.
pub(super) const ACTOR: Actor = Actor::CommandLine;

/// What a reservation says that we have no words for.
pub(super) const BESIDE: &str = "a secret of Kea";

pub(super) struct World {
    pub(super) dhcp: Arc<MemoryDhcp>,
    pub(super) store: Arc<MemoryStore>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) nestor: Services,
    programs: AtomicU64,
}

/// How a change stands, and what is said of that.
pub(super) type Stands = (ChangeState, String);

impl World {
    /// One server, `kea1`, with the subnets `kea1/1` and `kea1/2`.
    pub(super) fn single(storage: Storage) -> Self {
        let dhcp = Arc::new(MemoryDhcp::default());
        dhcp.add_server(
            &server("kea1"),
            storage,
            vec![subnet("kea1/1", "192.0.2.0/24"), subnet("kea1/2", "198.51.100.0/24")],
        );
        let (store, clock) = (Arc::<MemoryStore>::default(), Arc::new(ManualClock::at(Timestamp(1_700_000_000))));
        let nestor = program(&dhcp, &store, &clock, 0);
        Self { dhcp, store, clock, nestor, programs: AtomicU64::new(1) }
    }

    /// One more subnet of its server.
    pub(super) fn beside(self, subnet: &Subnet) -> Self {
        self.dhcp.add_subnet(subnet);
        self
    }

    /// Two servers, `kea1` and `kea2`, with one subnet in common: `kea1/1` and `kea2/7`.
    pub(super) fn pair(storage: Storage) -> Self {
        let world = Self::single(storage);
        world.dhcp.add_server(&server("kea2"), storage, vec![subnet("kea2/7", "192.0.2.0/24")]);
        world.dhcp.pair(&server("kea1"), &server("kea2"));
        world
    }

    /// A reservation that is there from the start, on every server, and saved.
    pub(super) fn with(self, known: &Reservation) -> Self {
        self.dhcp.put(known, BESIDE);
        if known.storage == Storage::Configuration && self.dhcp.names().contains(&server("kea2")) {
            self.dhcp.put(&there(known), BESIDE);
        }
        self
    }

    /// One more program on the same store and the same servers.
    pub(super) fn another_program(&self) -> Services {
        program(&self.dhcp, &self.store, &self.clock, self.programs.fetch_add(1, Ordering::SeqCst))
    }

    /// Recovery, as it runs every few seconds.
    pub(super) async fn recover(&self) {
        Box::pin(self.nestor.changes.recover_all()).await.unwrap();
    }

    /// The next write at a server goes wrong.
    pub(super) fn fault(&self, at: &str, fault: Fault) {
        self.dhcp.fault(&server(at), "write", 1, fault);
    }

    /// Whether the disk of `kea1` is full.
    pub(super) fn full_disk(&self, full: bool) {
        self.dhcp.full_disk(&server("kea1"), full);
    }

    /// The programs that run.
    pub(super) async fn owners(&self) -> Vec<String> {
        self.store.alive(self.clock.now()).await.unwrap()
    }

    pub(super) async fn record(&self, number: i64) -> ChangeRecord {
        self.store.change(number).await.unwrap().unwrap()
    }

    /// How a change stands.
    pub(super) async fn stands(&self, number: i64) -> Stands {
        let change = self.record(number).await.change;
        (change.state, change.detail)
    }

    /// How every change stands, in their order, with its server.
    pub(super) async fn all(&self) -> Vec<(ServerName, ChangeState, String)> {
        let mut changes = self.store.find_changes(&ChangeQuery::default(), usize::MAX).await.unwrap();
        changes.reverse();
        changes.into_iter().map(|change| (change.subject.server().clone(), change.state, change.detail)).collect()
    }

    /// What was asked of the servers since this was last asked, a line each.
    pub(super) fn asked(&self) -> Vec<String> {
        self.dhcp.take_asked().iter().map(ToString::to_string).collect()
    }

    pub(super) fn running(&self, at: &str) -> Vec<Reservation> {
        self.dhcp.running(&server(at))
    }

    pub(super) fn saved(&self, at: &str) -> Vec<Reservation> {
        self.dhcp.saved(&server(at))
    }

    pub(super) async fn create(&self, new: &NewReservation) -> Result<Applied> {
        Box::pin(self.nestor.reservations.create(&(&ACTOR).into(), new)).await
    }

    pub(super) async fn update(&self, seen: &Reservation, new: &NewReservation) -> Result<Applied> {
        Box::pin(self.nestor.reservations.update(&(&ACTOR).into(), seen, new)).await
    }

    pub(super) async fn delete(&self, seen: &Reservation) -> Result<Applied> {
        Box::pin(self.nestor.reservations.delete(&(&ACTOR).into(), seen)).await
    }

    pub(super) async fn move_to(&self, seen: &Reservation, to: Storage) -> Result<Applied> {
        Box::pin(self.nestor.reservations.move_to(&(&ACTOR).into(), seen, to)).await
    }

    /// Asks how a change stands, as a person does.
    pub(super) async fn settle(&self, number: i64) -> Result<Applied> {
        Box::pin(self.nestor.changes.settle(&(&ACTOR).into(), number)).await
    }

    /// Has Nestor hear of the subnets of every server.
    pub(super) async fn hear_of_subnets(&self) {
        self.nestor.subnets.list(&ACTOR).await.unwrap();
    }

    pub(super) async fn begin(&self, record: &ChangeRecord) -> i64 {
        self.store.begin_changes(std::slice::from_ref(record)).await.unwrap()[0]
    }

    /// A change as a program would record it.
    pub(super) fn abandoned(
        &self,
        owner: &str,
        state: ChangeState,
        before: Option<&Reservation>,
        after: Option<&Reservation>,
    ) -> ChangeRecord {
        let known = after.or(before).unwrap();
        let held = |of: Option<&Reservation>| of.cloned().map(Content::from);
        let subject = Subject::Reservation(known.key());
        let begun = Change::begun(self.clock.now(), ACTOR.label(), subject, held(before), held(after));
        let change = Change { state, ..begun };
        let was = before.map(|before| self.dhcp.words(before, BESIDE));
        ChangeRecord {
            change,
            was,
            now: None,
            wanted: None,
            request: None,
            owner: owner.to_owned(),
            confirm_until: None,
        }
    }
}

impl Drop for World {
    /// A fault that did not come was in no test.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.dhcp.faults_to_come(), [""; 0], "faults of servers that did not come");
            assert_eq!(self.store.faults_to_come(), [""; 0], "faults of the store that did not come");
        }
    }
}

fn program(dhcp: &Arc<MemoryDhcp>, store: &Arc<MemoryStore>, clock: &Arc<ManualClock>, seed: u64) -> Services {
    let ports = Ports {
        dhcp: dhcp.clone(),
        store: store.clone(),
        clock: clock.clone(),
        random: Arc::new(SeededRandom::of(seed)),
        pinger: None,
    };
    let settings = Settings {
        blacklist_duration: Seconds(300),
        foreman: ForemanSettings { url: None, hold_seconds: 300 },
        remember_calls_for: Seconds(86_400),
        remember_calls: 1_000,
    };
    Services::new(&ports, settings)
}

pub(super) fn server(name: &str) -> ServerName {
    name.parse().unwrap()
}

fn subnet(key: &str, prefix: &str) -> Subnet {
    Subnet::of(key.parse().unwrap(), prefix.parse().unwrap())
}

pub(super) fn mac(last: u8) -> Identifier {
    Identifier::parse(IdentifierKind::HwAddress, &format!("02:00:00:00:00:{last:02x}")).unwrap()
}

/// What a caller wants on `kea1`: that client, that last octet of the address.
pub(super) fn wanted(client: u8, address: u8) -> NewReservation {
    NewReservation {
        address: Some([192, 0, 2, address].into()),
        ..NewReservation::of("kea1/1".parse().unwrap(), mac(client))
    }
}

/// The same as it is on `kea1` in the configuration.
pub(super) fn known(client: u8, address: u8) -> Reservation {
    wanted(client, address).over(None, Storage::Configuration)
}

/// The same in the database.
pub(super) fn in_database(known: &Reservation) -> Reservation {
    Reservation { storage: Storage::Database, ..known.clone() }
}

/// The same on the partner.
pub(super) fn there(known: &Reservation) -> Reservation {
    Reservation { subnet: "kea2/7".parse().unwrap(), ..known.clone() }
}

pub(super) fn is(state: ChangeState, detail: &str) -> Stands {
    (state, detail.to_owned())
}
