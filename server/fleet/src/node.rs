//! One server: its connection, and what of it is worth remembering for a few seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Cell, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use kea::wire::Dhcp;
use kea::{Capabilities, Client, Command, DeadlineClass, Service};
use keaconf::{Layout, Text};
use model::{Family, Health, Seconds, ServerName, Storage, Subnet, SubnetKey, Timestamp, Utilization};
use services::ports::{Clock, Contact, Running, Said};
use services::{Error, Result};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::contact::State;
use crate::convert;
use crate::error::translate;
use crate::homes::Homes;
use crate::link::{Link, Sent};
use crate::pairs::{Bonds, Known};
use crate::probe::Probed;

/// The maximum age of capabilities. Hooks change only with Kea's configuration.
pub(crate) const CAPABILITIES_FOR: Duration = Duration::from_secs(30);

/// The maximum age of counts and health: many pages ask for them at the same moment.
const COUNTS_FOR: Duration = Duration::from_secs(2);

/// How long to wait for a server of which nothing is known, and which no task attends to.
const A_MOMENT: Duration = Duration::from_secs(2);

/// How long what a server said of its company counts while it is asked anew.
const COMPANY_FOR: Duration = Duration::from_mins(1);

/// One Kea server.
pub(crate) struct Node {
    pub(crate) name: ServerName,
    pub(crate) client: Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) link: Link,
    config: TtlCache<Arc<Dhcp>>,
    capabilities: TtlCache<Arc<Capabilities>>,
    counts: TtlCache<Vec<(SubnetKey, Utilization)>>,
    probed: TtlCache<Probed>,
    /// What it said last, however long ago that was.
    last: Cell<Last>,
    /// By subnet: the number of the reservation in the configuration that a scan came to last.
    scanned_to: Cell<HashMap<u32, u64>>,
}

/// What a server said last.
#[derive(Default)]
struct Last {
    config: Option<LastConfig>,
    /// The whole of it, with its digest.
    running: Option<Running>,
    counts: Option<Vec<(SubnetKey, Utilization)>>,
    probed: Option<Probed>,
    /// When it was waited for in vain to say something of its company.
    in_vain: Option<Instant>,
}

/// A configuration that a server ran.
#[derive(Clone)]
pub(crate) struct LastConfig {
    pub(crate) dhcp: Arc<Dhcp>,
    bonds: Arc<Bonds>,
    pub(crate) homes: Arc<Homes>,
    pub(crate) as_of: Timestamp,
    /// When this program learned it; none: an earlier one did.
    learned: Option<Instant>,
    /// Its subnets in our words, once they were asked for.
    pub(crate) subnets: Arc<OnceLock<Arc<Vec<Subnet>>>>,
}

impl LastConfig {
    fn new(dhcp: Arc<Dhcp>, as_of: Timestamp, learned: Option<Instant>) -> Self {
        let (bonds, homes) = (Arc::new(Bonds::of(&dhcp)), Arc::new(Homes::of(&dhcp)));
        Self { dhcp, bonds, homes, as_of, learned, subnets: Arc::default() }
    }
}

/// A value with the moment it was learned. Callers that ask while it is being learned wait for it instead of asking too,
/// and it is learned to the end even when no caller waits any more.
struct TtlCache<T>(Arc<Mutex<Memory<T>>>);

struct Memory<T> {
    value: Option<(T, Instant)>,
    /// Why it could not be learned when that was tried last.
    failure: Option<(Error, Instant)>,
}

impl<T: Clone + Send + 'static> TtlCache<T> {
    fn nothing() -> Self {
        Self(Arc::new(Mutex::new(Memory { value: None, failure: None })))
    }

    /// Takes over what was learned in another way.
    async fn set(&self, value: T, since: Instant) {
        self.0.lock().await.value = Some((value, since));
    }

    /// Forgets it: it is learned anew.
    async fn forget(&self) {
        self.0.lock().await.value = None;
    }

    async fn get(&self, max_age: Duration, learn: BoxFuture<'static, Result<T>>) -> Result<T> {
        let asked = Instant::now();
        let mut known = self.0.clone().lock_owned().await;
        if let Some((value, since)) = &known.value
            && since.elapsed() < max_age
        {
            return Ok(value.clone());
        }
        // Callers that waited share the failure, too: one after the other would time out at a silent server.
        if let Some((error, since)) = &known.failure
            && *since >= asked
        {
            return Err(error.clone());
        }
        let learning = tokio::spawn(async move {
            let learned = learn.await;
            match &learned {
                Ok(value) => known.value = Some((value.clone(), Instant::now())),
                Err(error) => known.failure = Some((error.clone(), Instant::now())),
            }
            learned
        });
        learning.await.unwrap_or_else(|error| Err(Error::Internal(format!("a question broke off: {error}"))))
    }
}

impl Node {
    pub(crate) fn new(name: ServerName, client: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            name,
            link: Link::of(&client),
            client,
            clock,
            config: TtlCache::nothing(),
            capabilities: TtlCache::nothing(),
            counts: TtlCache::nothing(),
            probed: TtlCache::nothing(),
            last: Cell::default(),
            scanned_to: Cell::default(),
        }
    }

    /// Which family it serves, as the operator says.
    pub(crate) fn family(&self) -> Family {
        family_of(self.client.endpoint().service())
    }

    /// Sends a command; its failure is reported in our words.
    pub(crate) async fn ask<C: Command>(&self, command: &C) -> Result<C::Reply> {
        let long = C::MUTATES || C::DEADLINE == DeadlineClass::Test;
        self.through(long, self.client.send(command)).await
    }

    /// The same for whatever is sent to the server: nothing goes past its link.
    pub(crate) async fn through<T>(&self, long: bool, sent: impl Future<Output = Result<T, kea::Error>>) -> Result<T> {
        match self.link.send(long, sent).await {
            Sent::Done(outcome) => outcome.map_err(|error| translate(&self.name, error)),
            Sent::Silent(since) => Err(self.silence_since(since)),
        }
    }

    /// That it is silent, if it is known to be.
    pub(crate) fn silence(&self) -> Option<Error> {
        match self.link.state() {
            State::Silent(since) => Some(self.silence_since(since)),
            _ => None,
        }
    }

    fn silence_since(&self, since: Instant) -> Error {
        let since = self.date(since).to_string();
        let since = since.get(11..).unwrap_or(&since);
        let why = match self.link.why().map(|error| translate(&self.name, error)) {
            Some(Error::Unreachable { why, .. }) => format!("it has not answered since {since}: {why}"),
            _ => format!("it has not answered since {since}"),
        };
        Error::Unreachable { server: self.name.clone(), why }
    }

    /// Whether it answers, as is known without asking.
    pub(crate) fn contact(&self) -> Contact {
        match self.link.state() {
            State::Answering => Contact::Answering,
            State::Quiet => Contact::Quiet,
            State::Refusing(since) => Contact::Refusing { since: self.date(since) },
            State::Silent(since) => Contact::Silent { since: self.date(since) },
        }
    }

    fn date(&self, moment: Instant) -> Timestamp {
        let ago = i64::try_from(moment.elapsed().as_secs()).unwrap_or(i64::MAX);
        self.clock.now().plus(Seconds(-ago))
    }

    /// What comes of it; none: the server has left a question open for a while.
    pub(crate) async fn patiently<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.link.quiet() => None,
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The configuration that it said last that it runs.
    pub(crate) fn last_config(&self) -> Option<LastConfig> {
        self.last().config.clone()
    }

    /// What it said last of itself, good or bad, while it could be asked.
    pub(crate) fn last_probed(&self) -> Option<Probed> {
        self.last().probed.clone()
    }

    /// The same configuration in words that [`recall`](Self::recall) takes; reservations are left out.
    pub(crate) fn said(&self) -> Option<Said> {
        let LastConfig { dhcp, as_of, .. } = self.last_config()?;
        let all = serde_json::to_vec(&*dhcp).ok()?;
        // It is kept by others, who have no need of secrets.
        let shown = keaconf::redacted(&Text::default(), &keaconf::read_json(&all).ok()?);
        Some(Said { text: shown.to_json(Layout::Compact), as_of })
    }

    /// When it said that.
    pub(crate) fn said_at(&self) -> Option<Timestamp> {
        Some(self.last().config.as_ref()?.as_of)
    }

    /// Takes over what an earlier program learned, unless the server has answered since.
    pub(crate) fn recall(&self, said: &Said) {
        let Ok(dhcp) = serde_json::from_str::<Dhcp>(&said.text) else { return };
        let recalled = LastConfig::new(Arc::new(dhcp), said.as_of, None);
        self.last().config.get_or_insert(recalled);
    }

    /// The key of one of its subnets.
    pub(crate) fn key(&self, id: u32) -> SubnetKey {
        SubnetKey { server: self.name.clone(), id }
    }

    /// The running configuration, at most that old. A large one costs Kea up to a second: ask for no younger one than
    /// is needed.
    pub(crate) async fn config(self: &Arc<Self>, max_age: Duration) -> Result<Arc<Dhcp>> {
        let node = self.clone();
        let learn = Box::pin(async move {
            let as_of = node.clock.now();
            let running = node.ask(&kea::commands::ConfigGet).await?;
            if running.service != node.client.endpoint().service() {
                return Err(node.other_service(running.service));
            }
            let dhcp = Arc::new(running.dhcp);
            node.last().config = Some(LastConfig::new(dhcp.clone(), as_of, Some(Instant::now())));
            Ok(dhcp)
        });
        self.config.get(max_age, learn).await
    }

    /// Takes over a configuration that it was asked for at that moment; with its subnets in our words, where those are known.
    pub(crate) async fn learn_config(
        &self,
        dhcp: Dhcp,
        subnets: Option<Arc<Vec<Subnet>>>,
        (as_of, asked): (Timestamp, Instant),
    ) {
        let dhcp = Arc::new(dhcp);
        let mut learned = LastConfig::new(dhcp.clone(), as_of, Some(asked));
        learned.subnets = Arc::new(subnets.map_or_else(OnceLock::new, OnceLock::from));
        self.last().config = Some(learned);
        self.config.set(dhcp, asked).await;
    }

    /// What it was seen to run last.
    pub(crate) fn last_running(&self) -> Option<Running> {
        self.last().running.clone()
    }

    pub(crate) fn remember_running(&self, running: &Running) {
        self.last().running = Some(running.clone());
    }

    pub(crate) fn forget_running(&self) {
        self.last().running = None;
    }

    /// Forgets its configuration: it is learned anew.
    pub(crate) async fn forget_config(&self) {
        self.config.forget().await;
    }

    /// Learns anew what it says of itself.
    pub(crate) async fn renew(self: &Arc<Self>) {
        self.forget_config().await;
        self.complete().await;
    }

    /// Learns what it says of itself since it was configured, but for the configuration where that was learned meanwhile.
    pub(crate) async fn complete(self: &Arc<Self>) {
        self.capabilities.forget().await;
        self.probed.forget().await;
        if let Err(error) = self.config(CAPABILITIES_FOR).await {
            tracing::warn!(server = %self.name, ?error, "how it is configured now is not known");
        }
    }

    /// The error for a daemon of the other family: to our commands it would answer that there is nothing.
    fn other_service(&self, answers: Service) -> Error {
        let fix = format!("kea-{0} answers: set service = \"{0}\" for it in Nestor’s configuration", answers.name());
        Error::Unsupported { server: self.name.clone(), fix }
    }

    /// What is known of its company. A server that does not answer is not waited for; what it said before will do for a
    /// while, and is asked anew meanwhile.
    pub(crate) async fn known(self: &Arc<Self>) -> Known {
        let age = self.last_config().and_then(|last| last.learned).map(|learned| learned.elapsed());
        let answers = self.link.state() == State::Answering;
        match age {
            _ if !answers => {}
            Some(age) if age < CAPABILITIES_FOR => {}
            Some(age) if age < COMPANY_FOR => {
                let node = self.clone();
                tokio::spawn(async move { node.config(CAPABILITIES_FOR).await.map(drop) });
            }
            _ if self.last().in_vain.is_some_and(|since| since.elapsed() < CAPABILITIES_FOR) => {}
            _ => {
                let asked = timeout(A_MOMENT, self.patiently(self.config(CAPABILITIES_FOR))).await;
                if !matches!(asked, Ok(Some(_))) {
                    self.last().in_vain = Some(Instant::now());
                }
            }
        }
        let bonds = self.last_config().map(|last| last.bonds);
        Known { name: self.name.clone(), family: self.family(), host: self.client.endpoint().host().to_owned(), bonds }
    }

    /// What the server can do.
    pub(crate) async fn capabilities(self: &Arc<Self>) -> Result<Arc<Capabilities>> {
        let node = self.clone();
        let learn = Box::pin(async move {
            node.ask(&kea::commands::ListCommands).await.map(|commands| Arc::new(Capabilities::new(commands)))
        });
        self.capabilities.get(CAPABILITIES_FOR, learn).await
    }

    /// Where the server keeps new reservations.
    pub(crate) async fn storage(self: &Arc<Self>) -> Result<Storage> {
        self.config(CAPABILITIES_FOR).await.map(|config| convert::storage(&config))
    }

    /// The number of the reservation that a scan through a subnet came to last; 0: none.
    pub(crate) fn scanned_to(&self, subnet: u32) -> u64 {
        self.scanned_to.lock().unwrap_or_else(PoisonError::into_inner).get(&subnet).copied().unwrap_or(0)
    }

    /// Remembers how far a scan through a subnet came.
    pub(crate) fn note_scan(&self, subnet: u32, to: u64) {
        self.scanned_to.lock().unwrap_or_else(PoisonError::into_inner).insert(subnet, to);
    }

    /// How full its subnets are; of a server that does not answer, how full they were.
    pub(crate) async fn counts(self: &Arc<Self>) -> Result<Vec<(SubnetKey, Utilization)>> {
        let node = self.clone();
        let learn = Box::pin(async move {
            let rows = match node.family() {
                Family::V4 => node.ask(&kea::commands::StatLease4Get { subnet_id: None }).await?,
                Family::V6 => node.ask(&kea::commands::StatLease6Get { subnet_id: None }).await?,
            };
            // A declined address is not free, whether or not this version of Kea counts it as assigned.
            let apart = rows.iter().any(|row| row.declined > 0)
                && !node.ask(&kea::commands::VersionGet).await?.counts_declined_as_assigned();
            let filled = |row: &kea::wire::SubnetStatistics| Utilization {
                total: row.total,
                assigned: row.assigned.saturating_add(if apart { row.declined } else { 0 }),
                declined: row.declined,
                prefixes: row.total_prefixes,
                delegated: row.assigned_prefixes,
            };
            let counts: Vec<_> = rows.iter().map(|row| (node.key(row.subnet_id), filled(row))).collect();
            node.last().counts = Some(counts.clone());
            Ok(counts)
        });
        let asked = match self.link.state() {
            // It is tried by the background.
            State::Silent(_) => None,
            _ => self.patiently(self.counts.get(COUNTS_FOR, learn)).await,
        };
        match asked {
            Some(counts) => counts,
            None => self.last().counts.clone().ok_or_else(|| self.unheard()),
        }
    }

    /// It has left a question open.
    pub(crate) fn unheard(&self) -> Error {
        let why = "it has not answered for a while; it is still being asked".to_owned();
        Error::Unreachable { server: self.name.clone(), why }
    }

    /// How it is.
    pub(crate) async fn probed(self: &Arc<Self>) -> Result<Probed> {
        let node = self.clone();
        let learn = Box::pin(async move {
            let probed = crate::probe::probe(&node).await;
            if probed.status.health != Health::Unreachable {
                node.last().probed = Some(probed.clone());
            }
            Ok(probed)
        });
        self.probed.get(COUNTS_FOR, learn).await
    }
}

/// The hook libraries that a server should have and does not.
pub(crate) fn missing(capabilities: &Capabilities) -> Vec<model::Hook> {
    let has = |hook: &model::Hook| match hook {
        model::Hook::HostCmds => capabilities.has(kea::Hook::HostCmds),
        model::Hook::LeaseCmds => capabilities.has(kea::Hook::LeaseCmds),
        model::Hook::StatCmds => capabilities.has(kea::Hook::StatCmds),
        model::Hook::SubnetCmds => capabilities.has(kea::Hook::SubnetCmds),
    };
    model::Hook::NEEDED.into_iter().filter(|hook| !has(hook)).collect()
}

fn family_of(service: Service) -> Family {
    match service {
        Service::Dhcp4 => Family::V4,
        Service::Dhcp6 => Family::V6,
    }
}
