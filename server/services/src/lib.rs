//! The use cases: authorise, read, decide, write, record.
//!
//! Both edges, the browser's server functions and Foreman's routes, call these and nothing below them. Everything that
//! talks to the outside is a port (a trait); nothing here knows HTTP, SQL or Kea's JSON.

mod accounts;
mod actor;
mod allocation;
mod blacklist;
mod caller;
mod changes;
mod configurations;
mod csv_import;
mod error;
mod events;
mod failover;
mod foreman;
mod index;
mod ledger;
mod mode;
mod networks;
mod overview;
mod patience;
pub mod ports;
mod reservations;
mod search;
mod servers;
mod sockets;
mod subnets;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod throttle;
mod under_way;
mod unseen;
mod watching;

use std::sync::Arc;

use model::{ForemanSettings, Seconds, Timestamp};

pub use self::changes::Changes;
pub use accounts::{Accounts, OwnPassword, Person, SetupToken, SignIn, SignedIn};
pub use actor::Actor;
pub use allocation::Allocation;
pub use blacklist::Blacklist;
pub use caller::{Caller, CameFrom, SessionKey};
pub use configurations::{Beside, Configurations, Confirmed};
pub use csv_import::CsvImport;
pub use error::{Error, Result};
pub use events::{Event, Events};
pub use foreman::{Created, Foreman, Record, Records, Wanted, foreman_range, record_name};
pub use ledger::Ledger;
pub use mode::Mode;
pub use overview::OverviewArea;
pub use reservations::Reservations;
pub use search::Search;
pub use servers::Servers;
pub use subnets::Subnets;
pub use under_way::changes_have_ended;
pub use watching::{LastCounts, LastStates, LastWords};

use crate::ports::{Clock, Dhcp, Pinger, Random, Store};

/// What the use cases stand on.
#[derive(Clone)]
pub struct Ports {
    /// The DHCP servers.
    pub dhcp: Arc<dyn Dhcp>,
    /// Our own memory.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Who answers where; none: addresses are not tried out before they are suggested.
    pub pinger: Option<Arc<dyn Pinger>>,
}

/// What the operator decides about the use cases.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a suggested address is held.
    pub blacklist_duration: Seconds,
    /// How Foreman reaches us, to be shown in the console.
    pub foreman: ForemanSettings,
    /// How long Foreman's calls are remembered.
    pub remember_calls_for: Seconds,
    /// How many of them are remembered at most.
    pub remember_calls: u32,
}

/// The use cases, by area. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// People, passwords, first-run set-up.
    pub accounts: Accounts,
    /// Next free addresses.
    pub allocation: Allocation,
    /// On hold back.
    pub blacklist: Blacklist,
    /// What was changed, and the way back.
    pub changes: Changes,
    /// What servers run.
    pub configurations: Configurations,
    /// What changed, as it changes.
    pub events: Events,
    /// What Foreman asks for, in Foreman's rules.
    pub foreman: Foreman,
    /// What Foreman asked and was answered.
    pub ledger: Ledger,
    /// The first page.
    pub overview: OverviewArea,
    /// Reservations.
    pub reservations: Reservations,
    /// Finding anything.
    pub search: Search,
    /// The servers themselves.
    pub servers: Servers,
    /// Subnets and their addresses.
    pub subnets: Subnets,
    /// Reservations by the table.
    pub csv_import: CsvImport,
    /// What the operator decided.
    pub settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
}

impl Services {
    /// Builds every area on the same ports.
    pub fn new(ports: &Ports, settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let events = Events::default();
        let snapshots = index::Snapshots::new(ports);
        let networks = networks::Networks::new(ports, snapshots.clone());
        let subnets = Subnets::new(ports, snapshots.clone(), networks.clone(), events.clone());
        let gate = self::changes::Gate::new(ports, snapshots.clone(), networks.clone(), events.clone());
        let allocation =
            Allocation::new(ports, &settings, snapshots.clone(), networks.clone(), events.clone(), gate.clone());
        let reservations =
            Reservations::new(ports, snapshots.clone(), networks.clone(), allocation.clone(), gate.clone());
        let changes = Changes::new(ports, reservations.clone(), gate.clone());
        let servers = Servers::new(ports, snapshots.clone(), reservations.clone(), gate.clone());
        let ledger = Ledger::new(ports, &settings, events.clone());
        Self {
            accounts: Accounts::new(ports),
            blacklist: Blacklist::new(ports, snapshots.clone(), networks.clone(), events.clone()),
            csv_import: CsvImport::new(ports, networks.clone(), reservations.clone(), gate.clone()),
            changes,
            configurations: Configurations::new(ports, gate),
            foreman: Foreman::new(ports, snapshots.clone(), networks.clone(), allocation.clone(), reservations.clone()),
            overview: OverviewArea::new(ports, subnets.clone(), servers.clone(), ledger.clone()),
            ledger,
            servers,
            search: Search::new(ports, snapshots, networks),
            events,
            allocation,
            reservations,
            subnets,
            settings,
            clock: ports.clock.clone(),
        }
    }

    /// The time of day, as every use case reads it.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
