//! Subnets and their addresses.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::{join, join_all};
use model::{
    AddressPage, AddressQuery, AddressRow, Finding, Hook, NetworkPage, NetworkQuery, Permission, ServerName, Severity,
    Subnet, SubnetChoice, SubnetKey, SubnetList, SubnetSummary, Utilization,
};

use crate::index::{self, Freshness, Snapshots};
use crate::networks::{self, Network, Networks};
use crate::patience::patiently;
use crate::ports::{Clock, Dhcp};
use crate::{Actor, Error, Event, Events, LastCounts, Ports, Result};

/// Subnets and their addresses. Cheap to clone.
#[derive(Clone)]
pub struct Subnets {
    dhcp: Arc<dyn Dhcp>,
    clock: Arc<dyn Clock>,
    snapshots: Snapshots,
    networks: Arc<Networks>,
    events: Events,
}

impl Subnets {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, networks: Arc<Networks>, events: Events) -> Self {
        Self { dhcp: ports.dhcp.clone(), clock: ports.clock.clone(), snapshots, networks, events }
    }

    /// Every subnet of every server, those of servers that stand in for each other once.
    pub async fn list(&self, actor: &Actor) -> Result<SubnetList> {
        actor.may(Permission::Look)?;
        let (found, filled) = join(self.networks.all(), self.filled(&self.dhcp.names())).await;
        let summary = |network: &Network| self.summary(network, network.first(), &filled);
        Ok(SubnetList { subnets: found.networks.iter().map(summary).collect(), silent: found.silent })
    }

    /// Some of these subnets, as a page shows them.
    pub async fn networks(&self, actor: &Actor, query: &NetworkQuery) -> Result<NetworkPage> {
        let (list, globals) = join(self.list(actor), self.networks.globals()).await;
        let globals = globals.iter().map(|network| network.first().key.clone()).collect();
        Ok(networks::page(list?, globals, query))
    }

    /// The subnets that match a text as the rows of a page do, to be chosen from: all of them, and less of each.
    pub async fn choices(&self, actor: &Actor, text: &str) -> Result<Vec<SubnetChoice>> {
        Ok(networks::choices(&self.list(actor).await?, text))
    }

    /// One subnet, under the name that any of its servers has for it.
    pub async fn get(&self, actor: &Actor, key: &SubnetKey) -> Result<SubnetSummary> {
        actor.may(Permission::Look)?;
        let network = self.networks.of(key).await?;
        let servers: Vec<_> = network.asked().map(|subnet| subnet.key.server.clone()).collect();
        let shown = network.named(key);
        let server = &shown.key.server;
        let lacks = join(self.naming_lacks(server), self.reserving_lacks(server));
        let (filled, (naming_lacks, reserving_lacks)) = join(self.filled(&servers), lacks).await;
        Ok(SubnetSummary { naming_lacks, reserving_lacks, ..self.summary(&network, shown, &filled) })
    }

    /// Some of a subnet's addresses, as reported by the server that serves it.
    pub async fn addresses(&self, actor: &Actor, key: &SubnetKey, query: &AddressQuery) -> Result<AddressPage> {
        actor.may(Permission::Look)?;
        let network = self.networks.of(key).await?;
        let (subnet, snapshot) = self.snapshots.of_network(&network, Freshness::Page).await?;
        let snapshot = self.snapshots.with_strays(subnet, snapshot).await;
        let now = self.clock.now();
        let holds = self.networks.holds_on(&subnet.key, now).await?;
        let exclusions = self.networks.exclusions_on(&subnet.key).await?;
        let blacklist = index::Blacklist { holds: &holds, exclusions: &exclusions };
        let mut page = index::page(index::rows(subnet, &snapshot, blacklist, now), query, snapshot.as_of);
        page.pool_use = index::pool_use(subnet, &snapshot);
        page.unseen = snapshot.unseen.findings();
        page.unseen.extend(not_understood(network.named(key)));
        under(&network, &network.named(key).key, &mut page.rows);
        Ok(page)
    }

    /// Asks how full subnets are, and notifies open pages of what is not as it was at the last look. Meant to be called every few
    /// seconds: the numbers alone cost a server little, however large its configuration is.
    pub async fn look_again(&self, last: &mut LastCounts) {
        let counts = self.said(&self.dhcp.names()).await.into_iter().filter_map(Result::ok).flatten().collect();
        for event in last.replace(counts) {
            self.snapshots.note_move(if let Event::Subnet(key) = &event { Some(key.clone()) } else { None });
            self.events.publish(event);
        }
    }

    /// Takes new snapshots of subnets for which a caller made do with an old one; why some could not be taken. Meant to be
    /// called every few seconds.
    pub async fn refresh(&self) -> Vec<Error> {
        self.snapshots.refresh().await
    }

    fn summary(&self, network: &Network, shown: &Subnet, filled: &HashMap<SubnetKey, Utilization>) -> SubnetSummary {
        SubnetSummary {
            subnet: shown.clone(),
            utilization: network.utilization(filled),
            as_of: self.snapshots.dated(&shown.key.server),
            members: network.members(),
            naming_lacks: None,
            reserving_lacks: None,
        }
    }

    /// What a server lacks for a subnet of it to be called something else.
    async fn naming_lacks(&self, server: &ServerName) -> Option<String> {
        let (dhcp, name) = (self.dhcp.clone(), server.clone());
        match patiently(&self.dhcp, server, async move { dhcp.refuse_labels(&name).await }).await {
            Err(error @ (Error::Unsupported { .. } | Error::MissingHook { .. })) => {
                Some(error.reason().text_and_advice().1)
            }
            _ => None,
        }
    }

    /// What a server lacks for reservations in it.
    async fn reserving_lacks(&self, server: &ServerName) -> Option<Finding> {
        let (dhcp, name) = (self.dhcp.clone(), server.clone());
        let missing = patiently(&self.dhcp, server, async move { dhcp.missing_hooks(&name).await }).await;
        missing.is_ok_and(|missing| missing.contains(&Hook::HostCmds)).then(|| Hook::HostCmds.is_missing())
    }

    /// How full the subnets of these servers are: as they say it, or, where one lacks the hook library for that, as it was
    /// when they were read last.
    async fn filled(&self, servers: &[ServerName]) -> HashMap<SubnetKey, Utilization> {
        let mut filled = HashMap::new();
        for (server, said) in servers.iter().zip(self.said(servers).await) {
            match said {
                Ok(counts) => filled.extend(counts),
                Err(Error::MissingHook { .. }) => {
                    let subnets = self.snapshots.last(server).map(|(subnets, _)| subnets).unwrap_or_default();
                    let counted = subnets.iter().map(|subnet| (subnet.key.clone(), self.snapshots.counted(subnet)));
                    filled.extend(counted.filter_map(|(key, counted)| Some((key, counted?))));
                }
                Err(_) => {}
            }
        }
        filled
    }

    /// How full the subnets of these servers are, as they say it.
    async fn said(&self, servers: &[ServerName]) -> Vec<Result<Vec<(SubnetKey, Utilization)>>> {
        join_all(servers.iter().map(|server| self.dhcp.utilization(server))).await
    }
}

/// That a part of its configuration is not understood.
fn not_understood(subnet: &Subnet) -> Option<Finding> {
    let items = subnet.unread.clone();
    (!items.is_empty()).then(|| Finding {
        severity: Severity::Warns,
        text: "A part of the configuration of this subnet is not understood by Nestor, and does not count here."
            .to_owned(),
        advice: "Look at it in Kea’s configuration; Nestor leaves it as it is.".to_owned(),
        items,
        line: None,
    })
}

/// Names the subnet of leases and reservations as the caller does, who edits them under that name. What is of another
/// subnet keeps its name.
fn under(network: &Network, name: &SubnetKey, rows: &mut [AddressRow]) {
    for row in rows {
        let AddressRow::Client(client) = row else { continue };
        let is_own = |subnet: &SubnetKey| network.keys().any(|known| known == subnet);
        let other = if client.subnets().any(is_own) { None } else { client.subnets().next().cloned() };
        client.elsewhere = other;
        let reservations = client.reservation.iter_mut().chain(client.duplicate.iter_mut());
        let subnets =
            reservations.map(|known| &mut known.subnet).chain(client.lease.iter_mut().map(|known| &mut known.subnet));
        subnets.filter(|subnet| is_own(subnet)).for_each(|subnet| subnet.clone_from(name));
    }
}
