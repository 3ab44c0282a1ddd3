//! The first page: how everything is, at a glance.

mod concerns;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use model::{Finding, Overview, Pair, Permission, Seconds, SubnetSummary};

use crate::ports::{Clock, Store};
use crate::{Actor, Ledger, Ports, Result, Servers, Subnets};

/// How many of the fullest subnets are shown.
const FULLEST: usize = 6;

/// How much of what needs attention in subnets is shown.
const CONCERNS: usize = 12;

/// For how long a refused call of Foreman is worth a look.
const DAY: Seconds = Seconds(24 * 60 * 60);

/// The first page. Cheap to clone.
#[derive(Clone)]
pub struct OverviewArea {
    servers: Servers,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    subnets: Subnets,
    own: Arc<Mutex<Vec<Finding>>>,
    ledger: Ledger,
}

impl OverviewArea {
    pub(crate) fn new(ports: &Ports, subnets: Subnets, servers: Servers, ledger: Ledger) -> Self {
        let (store, clock) = (ports.store.clone(), ports.clock.clone());
        Self { servers, store, clock, subnets, own: Arc::default(), ledger }
    }

    /// How everything is.
    pub async fn get(&self, actor: &Actor) -> Result<Overview> {
        actor.may(Permission::Look)?;
        let (servers, list) = futures::try_join!(self.servers.list(actor), self.subnets.list(actor))?;
        let list = list.subnets;
        let leases = list.iter().filter_map(|summary| summary.utilization).map(|filled| filled.assigned).sum();
        let subnets = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let mut holds = self.store.running_holds(None, self.clock.now()).await?;
        // An address may be held under the name of each server that has its subnet.
        let names = list.iter().flat_map(|summary| {
            summary.members.iter().filter_map(|member| Some((member.key()?, summary.subnet.key.clone())))
        });
        let names: HashMap<_, _> = names.collect();
        let mut seen = HashSet::new();
        holds.retain(|hold| seen.insert((names.get(&hold.key.subnet).cloned(), hold.key.address)));
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let refused_calls = self.ledger.count_problems(actor, DAY).await?;
        let pairs = Pair::of_all(&servers);
        let mut concerns = concerns::of_all(&list);
        let more_concerns = u32::try_from(concerns.len().saturating_sub(CONCERNS)).unwrap_or(u32::MAX);
        concerns.truncate(CONCERNS);
        let fullest = fullest(list);
        let checks = self.servers.check_summaries();
        Ok(Overview {
            servers,
            pairs,
            fullest,
            concerns,
            more_concerns,
            refused_calls,
            subnets,
            leases,
            holds,
            own,
            checks,
        })
    }

    /// Notes what of this program itself needs attention, in the place of what did before.
    pub fn note_own(&self, findings: Vec<Finding>) {
        *self.own.lock().unwrap_or_else(PoisonError::into_inner) = findings;
    }
}

fn fullest(mut list: Vec<SubnetSummary>) -> Vec<SubnetSummary> {
    list.retain(|summary| summary.utilization.is_some_and(|filled| filled.total > 0));
    // In parts of a million, so that large subnets are told apart too.
    let share = |summary: &SubnetSummary| {
        summary.utilization.map_or(0, |filled| filled.assigned.saturating_mul(1_000_000) / filled.total.max(1))
    };
    list.sort_by_key(|summary| Reverse(share(summary)));
    list.truncate(FULLEST);
    list
}
