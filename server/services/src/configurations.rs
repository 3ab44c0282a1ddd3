//! The configurations of servers: what they run, what edits would do to it, and the way of every change of it.

mod apply;
mod bench;
mod clashes;
mod classes;
mod ddns;
mod definitions;
mod elsewhere;
mod forms;
mod graveyard;
mod hints;
mod history;
mod hooks;
mod left_behind;
mod lint;
mod loggers;
mod networks;
mod octets;
mod options;
mod origin;
mod orphans;
pub(crate) mod outside;
mod pairs;
mod parameters;
mod partners;
mod pools;
mod preview;
mod reload;
mod secrets_seen;
mod subnet;
mod templates;
mod vendor;
mod view;

use std::sync::{Arc, Mutex};

use keaconf::{Document, Edit, Plan};
use model::{Permission, ServerName};

pub use apply::Confirmed;
pub(crate) use apply::{refuse, refuse_unconfirmed};
pub(crate) use history::aside;
pub use left_behind::Beside;
pub(crate) use pairs::PairPartner;
pub(crate) use preview::dangers_of;
pub(crate) use view::{Nearest, written};

use crate::changes::Gate;
use crate::ports::{Clock, Dhcp, Store};
use crate::{Actor, Error, Ports, Result};

/// The configurations. Cheap to clone.
#[derive(Clone)]
pub struct Configurations {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    pub(crate) gate: Gate,
    looks: Arc<Mutex<history::Looks>>,
    secrets_seen: Arc<secrets_seen::SecretsSeen>,
}

impl Configurations {
    pub(crate) fn new(ports: &Ports, gate: Gate) -> Self {
        let (dhcp, store, clock) = (ports.dhcp.clone(), ports.store.clone(), ports.clock.clone());
        Self { dhcp, store, clock, gate, looks: Arc::default(), secrets_seen: Arc::default() }
    }

    /// What a server runs, without secrets, and without the copies of inherited values that Kea shows.
    pub async fn show(&self, actor: &Actor, server: &ServerName) -> Result<Document> {
        actor.may(Permission::Look)?;
        Ok(self.dhcp.running(server).await?.shown().clone())
    }

    /// What edits would do to what a server runs; nothing is sent. The plan holds secrets: show its words, and of its
    /// changes what is left without them.
    pub async fn plan(&self, actor: &Actor, server: &ServerName, edits: &[Edit]) -> Result<Plan> {
        actor.may(Permission::Reserve)?;
        let running = self.dhcp.configuration(server).await?;
        Plan::of_bare(&running, edits).map_err(|text| Error::invalid("edits", text))
    }
}
