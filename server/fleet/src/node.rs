//! One server: its connection, and what of it is worth remembering for a few seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Cell, PoisonError};
use std::time::{Duration, Instant};

use kea::wire::Dhcp;
use kea::{Capabilities, Client, Command, Service};
use model::{Family, ServerName, Storage, SubnetKey, Utilization};
use services::ports::Clock;
use services::{Error, Result};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::error::translate;
use crate::pairs::{Bonds, Known};
use crate::probe::Probed;

/// How long capabilities are believed. Hooks change only with Kea's configuration.
pub(crate) const CAPABILITIES_FOR: Duration = Duration::from_secs(30);

/// How long counts and health are believed: many pages ask for them at the same moment.
const COUNTS_FOR: Duration = Duration::from_secs(2);

/// How long a server is waited for when what it said before will do.
const A_MOMENT: Duration = Duration::from_secs(2);

/// One Kea server.
pub(crate) struct Node {
    pub(crate) name: ServerName,
    pub(crate) client: Client,
    pub(crate) clock: Arc<dyn Clock>,
    config: TtlCache<Arc<Dhcp>>,
    capabilities: TtlCache<Arc<Capabilities>>,
    counts: TtlCache<Vec<(SubnetKey, Utilization)>>,
    probed: TtlCache<Probed>,
    /// What its configuration said last of its company, however long ago that was.
    bonds: Cell<Option<Arc<Bonds>>>,
    /// When it was last asked for that, answer or not.
    asked_for_bonds: TtlCache<()>,
    /// By subnet: the number of the reservation in the configuration that a scan came to last.
    scanned_to: Cell<HashMap<u32, u64>>,
}

/// A value with the moment it was learned. Whoever asks while it is being learned waits for it instead of asking too.
struct TtlCache<T>(Mutex<Memory<T>>);

struct Memory<T> {
    value: Option<(T, Instant)>,
    /// Why it could not be learned when that was tried last.
    failure: Option<(Error, Instant)>,
}

impl<T: Clone> TtlCache<T> {
    fn nothing() -> Self {
        Self(Mutex::new(Memory { value: None, failure: None }))
    }

    async fn get(&self, max_age: Duration, learn: impl Future<Output = Result<T>>) -> Result<T> {
        let asked = Instant::now();
        let mut known = self.0.lock().await;
        if let Some((value, since)) = &known.value
            && since.elapsed() < max_age
        {
            return Ok(value.clone());
        }
        // Those who waited share the failure, too: one after the other would lose patience with a silent server.
        if let Some((error, since)) = &known.failure
            && *since >= asked
        {
            return Err(error.clone());
        }
        let learned = learn.await;
        match &learned {
            Ok(value) => known.value = Some((value.clone(), Instant::now())),
            Err(error) => known.failure = Some((error.clone(), Instant::now())),
        }
        learned
    }
}

impl Node {
    pub(crate) fn new(name: ServerName, client: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            name,
            client,
            clock,
            config: TtlCache::nothing(),
            capabilities: TtlCache::nothing(),
            counts: TtlCache::nothing(),
            probed: TtlCache::nothing(),
            bonds: Cell::new(None),
            asked_for_bonds: TtlCache::nothing(),
            scanned_to: Cell::default(),
        }
    }

    /// Which family it serves, as the operator says.
    pub(crate) fn family(&self) -> Family {
        family_of(self.client.endpoint().service())
    }

    /// Sends a command; its failure is told in our words.
    pub(crate) async fn ask<C: Command>(&self, command: &C) -> Result<C::Reply> {
        self.client.send(command).await.map_err(|error| translate(&self.name, error))
    }

    /// The key of one of its subnets.
    pub(crate) fn key(&self, id: u32) -> SubnetKey {
        SubnetKey { server: self.name.clone(), id }
    }

    /// The running configuration, at most that old. A large one costs Kea up to a second: ask for no younger one than
    /// is needed.
    pub(crate) async fn config(&self, max_age: Duration) -> Result<Arc<Dhcp>> {
        let learn = async {
            let running = self.ask(&kea::commands::ConfigGet).await?;
            if running.service != self.client.endpoint().service() {
                return Err(self.other_service(running.service));
            }
            let config = running.dhcp;
            *self.bonds.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Bonds::of(&config)));
            Ok(Arc::new(config))
        };
        self.config.get(max_age, learn).await
    }

    /// Whatever it is asked for the other family, it answers that there is nothing.
    fn other_service(&self, answers: Service) -> Error {
        let fix = format!("kea-{0} answers: set service = \"{0}\" for it in Nestor’s configuration", answers.name());
        Error::Unsupported { server: self.name.clone(), fix }
    }

    /// What is known of its company. A silent server is asked again only after a while, and never waited for long.
    pub(crate) async fn known(&self) -> Known {
        let ask = async {
            drop(timeout(A_MOMENT, self.config(CAPABILITIES_FOR)).await);
            Ok(())
        };
        let _ = self.asked_for_bonds.get(CAPABILITIES_FOR, ask).await;
        let bonds = self.bonds.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Known { name: self.name.clone(), family: self.family(), host: self.client.endpoint().host().to_owned(), bonds }
    }

    /// What the server can do.
    pub(crate) async fn capabilities(&self) -> Result<Arc<Capabilities>> {
        let learn = async {
            let commands = self.ask(&kea::commands::ListCommands).await?;
            let config = self.config(CAPABILITIES_FOR).await?;
            Ok(Arc::new(Capabilities::new(commands, &config)))
        };
        self.capabilities.get(CAPABILITIES_FOR, learn).await
    }

    /// Where the server keeps new reservations.
    pub(crate) async fn storage(&self) -> Result<Storage> {
        let database = self.capabilities().await?.hosts_database();
        Ok(if database { Storage::Database } else { Storage::Configuration })
    }

    /// The number of the reservation that a scan through a subnet came to last; 0: none.
    pub(crate) fn scanned_to(&self, subnet: u32) -> u64 {
        self.scanned_to.lock().unwrap_or_else(PoisonError::into_inner).get(&subnet).copied().unwrap_or(0)
    }

    /// Remembers how far a scan through a subnet came.
    pub(crate) fn note_scan(&self, subnet: u32, to: u64) {
        self.scanned_to.lock().unwrap_or_else(PoisonError::into_inner).insert(subnet, to);
    }

    /// How full its subnets are.
    pub(crate) async fn counts(&self) -> Result<Vec<(SubnetKey, Utilization)>> {
        let learn = async {
            let rows = match self.family() {
                Family::V4 => self.ask(&kea::commands::StatLease4Get { subnet_id: None }).await?,
                Family::V6 => self.ask(&kea::commands::StatLease6Get { subnet_id: None }).await?,
            };
            let filled = |row: &kea::wire::SubnetStatistics| Utilization {
                total: row.total,
                assigned: row.assigned,
                declined: row.declined,
                prefixes: row.total_prefixes,
                delegated: row.assigned_prefixes,
            };
            Ok(rows.iter().map(|row| (self.key(row.subnet_id), filled(row))).collect())
        };
        self.counts.get(COUNTS_FOR, learn).await
    }

    /// How it is.
    pub(crate) async fn probed(&self) -> Result<Probed> {
        self.probed.get(COUNTS_FOR, async { Ok(crate::probe::probe(self).await) }).await
    }
}

fn family_of(service: Service) -> Family {
    match service {
        Service::Dhcp4 => Family::V4,
        Service::Dhcp6 => Family::V6,
    }
}
