//! Networks: what servers that stand in for each other have in common is one subnet, whichever of them is asked.

mod arrange;
mod counterpart;
mod group;
mod kept;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use futures::future::{join, join_all};
use model::{Problem, ServerName, Subnet, SubnetKey};

pub(crate) use self::arrange::{choices, page};
pub(crate) use self::counterpart::Between;
use self::group::Known;
pub(crate) use self::group::Network;
use crate::index::{Freshness, Snapshot, Snapshots};
use crate::ports::{Contact, Dhcp, Store};
use crate::{Error, Ports, Result};

/// Finds networks.
pub(crate) struct Networks {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    snapshots: Snapshots,
}

/// Every network that is known.
pub(crate) struct Found {
    /// By prefix.
    pub(crate) networks: Vec<Network>,
    /// The servers that answer.
    pub(crate) answering: BTreeSet<ServerName>,
    /// Why networks of some servers may be missing, or are as they were. A server that does not answer, and whose partners answer for all that
    /// it has, is not among them.
    pub(crate) silent: Vec<Problem>,
}

impl Networks {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots) -> Arc<Self> {
        Arc::new(Self { dhcp: ports.dhcp.clone(), store: ports.store.clone(), snapshots })
    }

    /// Every network.
    pub(crate) async fn all(&self) -> Found {
        let servers = join_all(self.dhcp.names().into_iter().map(|server| self.known(server))).await;
        let networks = group::group(&servers);
        let missed: HashSet<ServerName> =
            networks.iter().filter(|network| network.answering().next().is_none()).flat_map(servers_of).collect();
        let is_missed = |known: &&Known| known.subnets.is_none() || missed.contains(&known.server);
        let silent = servers.iter().filter(is_missed).filter_map(|known| known.failure.clone()).map(Problem::from);
        let silent = silent.collect();
        let answering = servers.iter().filter(|known| known.answers()).map(|known| known.server.clone()).collect();
        Found { networks, answering, silent }
    }

    /// What stands for networks where reservations are of no subnet in particular: one for each server, or for servers that
    /// stand in for each other.
    pub(crate) async fn globals(&self) -> Vec<Network> {
        let servers = join_all(self.dhcp.names().into_iter().map(|server| self.known_globally(server))).await;
        group::group(&servers)
    }

    /// The network of a subnet. Only its server and those that share subnets with it are asked.
    pub(crate) async fn of(&self, key: &SubnetKey) -> Result<Network> {
        let company = self.company(&key.server).await;
        if company.len() == 1 {
            return self.single(key).await;
        }
        if key.is_global() {
            let servers = join_all(company.into_iter().map(|server| self.known_globally(server))).await;
            let network = group::group(&servers).into_iter().find(|network| network.keys().any(|known| known == key));
            return network.ok_or_else(|| Error::not_found(format!("the server “{}”", key.server)));
        }
        let mut servers = join_all(company.into_iter().map(|server| self.known(server))).await;
        let own = servers.iter().position(|known| known.server == key.server);
        let own = own.ok_or_else(|| Error::not_found(format!("the server “{}”", key.server)))?;
        if servers[own].failure.is_none() && !has(&servers[own], key) {
            // It may have come since; where it is not there either, that is the answer.
            self.snapshots.subnet(key).await?;
            servers[own] = self.known(key.server.clone()).await;
        }
        let network = group::group(&servers).into_iter().find(|network| network.keys().any(|known| known == key));
        match (network, servers.swap_remove(own).failure) {
            (Some(network), _) => Ok(network),
            (None, Some(failure)) => Err(failure),
            (None, None) => self.single(key).await,
        }
    }

    /// The network of a subnet that its server shares with no other.
    async fn single(&self, key: &SubnetKey) -> Result<Network> {
        let subnet = self.snapshots.shown_subnet(key).await?;
        Ok(Network::single(subnet, self.dhcp.contact(&key.server) == Contact::Answering))
    }

    /// Puts subnets together that were asked for already, each list of one server. Who serves is not asked: the first of
    /// the operator's order stands first.
    pub(crate) async fn together(&self, subnets: &[Arc<Vec<Subnet>>]) -> Vec<Network> {
        let known = subnets.iter().filter_map(|subnets| {
            let server = subnets.first()?.key.server.clone();
            Some(async move {
                let partners = self.dhcp.partners_by_subnet(&server).await;
                Known { server, subnets: Some(subnets.clone()), failure: None, partners, status: None }
            })
        });
        group::group(&join_all(known).await)
    }

    /// Which subnets two partners share.
    pub(crate) async fn between<'a>(&self, ours: &'a ServerName, theirs: &'a ServerName) -> Between<'a> {
        let (of_ours, of_theirs) = join(self.dhcp.partners_by_subnet(ours), self.dhcp.partners_by_subnet(theirs)).await;
        Between { ours: (ours, of_ours), theirs: (theirs, of_theirs) }
    }

    /// A server and all that share subnets with it, or with one that does, in the operator's order.
    async fn company(&self, server: &ServerName) -> Vec<ServerName> {
        let mut company = BTreeSet::from([server.clone()]);
        let mut new = vec![server.clone()];
        while let Some(next) = new.pop() {
            let partners = self.dhcp.partners(&next).await;
            new.extend(partners.into_iter().filter(|partner| company.insert(partner.clone())));
        }
        if company.len() == 1 {
            return vec![server.clone()];
        }
        self.dhcp.names().into_iter().filter(|name| company.contains(name)).collect()
    }

    async fn known_globally(&self, server: ServerName) -> Known {
        let known = self.known(server).await;
        let global = self.snapshots.shown_subnet(&SubnetKey::global(known.server.clone())).await.ok();
        Known { subnets: global.map(|global| Arc::new(vec![global])), ..known }
    }

    async fn known(&self, server: ServerName) -> Known {
        let partners = self.dhcp.partners_by_subnet(&server).await;
        let status = async {
            // One that shares nothing is asked first anyway.
            if partners.all.is_empty() { None } else { Some(self.dhcp.status(&server).await) }
        };
        let ((subnets, failure), status) = join(self.snapshots.shown_subnets(&server), status).await;
        Known { server, subnets, failure, partners, status: None }.in_state(status)
    }
}

impl Snapshots {
    /// The snapshot of a network: of the server that serves it, else of one that answers, else the last one of any; with
    /// the subnet there.
    pub(crate) async fn of_network<'a>(
        &self,
        network: &'a Network,
        freshness: Freshness,
    ) -> Result<(&'a Subnet, Arc<Snapshot>)> {
        let mut failed = None;
        for subnet in network.asked() {
            match self.shown(subnet, freshness).await {
                Ok(snapshot) => return Ok((subnet, snapshot)),
                Err(error @ Error::Unreachable { .. }) => failed = failed.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        Err(failed.unwrap_or_else(|| Error::not_found(format!("the subnet {}", network.first().prefix))))
    }
}

impl Snapshots {
    /// The last snapshot of a network, however old, of the first of its servers that has one; with the subnet there.
    pub(crate) fn last_of_network<'a>(&self, network: &'a Network) -> Option<(&'a Subnet, Arc<Snapshot>)> {
        network.asked().find_map(|subnet| Some((subnet, self.last_of(subnet)?)))
    }
}

fn has(known: &Known, key: &SubnetKey) -> bool {
    known.subnets.iter().flat_map(|subnets| subnets.iter()).any(|subnet| subnet.key == *key)
}

fn servers_of(network: &Network) -> Vec<ServerName> {
    network.keys().map(|key| key.server.clone()).collect()
}
