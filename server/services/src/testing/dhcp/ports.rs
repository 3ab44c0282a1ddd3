//! The ports of DHCP servers in memory.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ::changes::{Edit, Verbatim};
use async_trait::async_trait;
use model::{
    Content, Family, Health, Hook, Identifier, Ipv6Network, Labels, Lease, RawKind, RawRecord, Reservation,
    ReservationRules, ServerName, ServerStatus, Storage, Subnet, SubnetKey, Timestamp, Unsettled, Utilization,
};

use super::node::{AppliedOnServer, Node, words_of};
use super::{Asked, FULL, Fault, MemoryDhcp, lock};
use crate::ports::{AppliedEdit, LeasePart, Leases, Life, Listed, Reservations, Running, Servers, Subnets};
use crate::{Error, Result};

/// How many leases a server gives away at once.
const PART: usize = 2;

#[async_trait]
impl Servers for MemoryDhcp {
    fn names(&self) -> Vec<ServerName> {
        lock(&self.nodes).iter().map(|node| node.name.clone()).collect()
    }

    fn family(&self, server: &ServerName) -> Family {
        let first = |node: &mut Node| node.subnets.first().map(Subnet::family);
        self.at(server, first).ok().flatten().unwrap_or_default()
    }

    async fn status(&self, server: &ServerName) -> ServerStatus {
        let answers = self.ask(server, "status", |node| node.storage).await;
        ServerStatus {
            name: server.clone(),
            family: self.family(server),
            health: if answers.is_ok() { Health::Serving } else { Health::Unreachable },
            version: None,
            hooks: Vec::new(),
            storage: answers.ok(),
            findings: Vec::new(),
            pairs: Vec::new(),
            unsettled: Unsettled::default(),
            as_of: Timestamp(0),
            silent_since: None,
            repairable: false,
            unconfirmed: Vec::new(),
            outside: None,
            started_at: None,
            loaded_at: None,
        }
    }

    async fn running(&self, server: &ServerName) -> Result<Running> {
        let found = self.ask(server, "running", |node| node.documents().map(|[running, _]| running.clone())).await?;
        let document = found.ok_or_else(|| Error::not_found(format!("the configuration of “{server}”")))?;
        let hash = Some(hash_of(&document));
        Ok(Running::new(document, hash))
    }

    async fn configuration_hash(&self, server: &ServerName) -> Result<String> {
        let found =
            self.ask(server, "configuration_hash", |node| node.documents().map(|[running, _]| hash_of(running)));
        found.await?.ok_or_else(|| Error::not_found(format!("the configuration of “{server}”")))
    }

    async fn heal(&self, server: &ServerName) -> Result<()> {
        self.ask(server, "heal", |_| ()).await
    }

    async fn life(&self, server: &ServerName) -> Result<Life> {
        self.ask(server, "life", |node| Life { process: node.lives, loaded_at: node.loaded_at }).await
    }

    async fn partners(&self, server: &ServerName) -> Vec<ServerName> {
        self.at(server, |node| node.partners.clone()).unwrap_or_default()
    }
}

/// The text itself differs whenever anything in it does.
fn hash_of(document: &keaconf::Document) -> String {
    document.to_json(keaconf::Layout::Compact)
}

#[async_trait]
impl Subnets for MemoryDhcp {
    async fn subnets(&self, server: &ServerName) -> Result<Vec<Subnet>> {
        let mut subnets = self.ask(server, "subnets", |node| node.subnets.clone()).await?;
        subnets.sort_by_key(|subnet| subnet.prefix);
        Ok(subnets)
    }

    async fn classes(&self, server: &ServerName) -> Result<BTreeSet<String>> {
        self.ask(server, "classes", |_| BTreeSet::new()).await
    }

    async fn global(&self, server: &ServerName) -> Result<Subnet> {
        let family = self.family(server);
        let global = |node: &mut Node| node.subnets.iter().any(|subnet| subnet.rules.global);
        let rules = ReservationRules { global: self.at(server, global)?, ..ReservationRules::default() };
        Ok(Subnet::global(server.clone(), family, rules))
    }

    async fn labels(&self, subnet: &SubnetKey) -> Result<Option<Labels>> {
        self.ask(&subnet.server, "labels", |node| node.called(subnet)[0].clone()).await
    }

    async fn refuse_labels(&self, server: &ServerName) -> Result<()> {
        self.ask(server, "refuse_labels", |node| node.refuse_labels()).await?
    }

    async fn utilization(&self, server: &ServerName) -> Result<Vec<(SubnetKey, Utilization)>> {
        let count = |node: &mut Node| {
            let filled = |subnet: &Subnet| {
                let total: u128 = subnet.pools.iter().map(|pool| pool.range.count()).sum();
                let mine = |lease: &&Lease| lease.subnet == subnet.key && subnet.pool_of(lease.address).is_some();
                let assigned = u64::try_from(node.leases.iter().filter(mine).count()).unwrap_or(u64::MAX);
                Utilization { total: u64::try_from(total).unwrap_or(u64::MAX), assigned, ..Utilization::default() }
            };
            let counted = node.subnets.iter().map(|subnet| (subnet.key.clone(), filled(subnet))).collect();
            let hook = Hook::StatCmds;
            let lacks = node.lacks.contains(&hook);
            if lacks { Err(Error::MissingHook { server: node.name.clone(), hook }) } else { Ok(counted) }
        };
        self.ask(server, "utilization", count).await?
    }
}

#[async_trait]
impl Leases for MemoryDhcp {
    async fn leases_in(&self, subnet: &Subnet, _prefixes: &[Ipv6Network]) -> Result<Listed<Lease>> {
        let there = |lease: &Lease| {
            lease.subnet == subnet.key || lease.prefix_len.is_none() && subnet.prefix.contains(lease.address)
        };
        let mut leases = self.leases_that(&subnet.key.server, "leases_in", there).await?;
        leases.sort_by_key(|lease| (lease.prefix_len, lease.address));
        let here = |raw: &RawRecord| {
            let within = raw.addresses.iter().any(|address| subnet.prefix.contains(*address));
            raw.kind == RawKind::Lease && (raw.subnet == subnet.key || within)
        };
        Ok(Listed { known: leases, raw: self.raw_that(&subnet.key.server, here)? })
    }

    async fn lease_at(&self, server: &ServerName, address: IpAddr) -> Result<Option<Lease>> {
        self.refuse_raw(server, RawKind::Lease, address)?;
        let there = |lease: &Lease| lease.prefix_len.is_none() && lease.address == address;
        Ok(self.leases_that(server, "lease_at", there).await?.pop())
    }

    async fn lease_of_prefix(&self, server: &ServerName, prefix: Ipv6Network) -> Result<Option<Lease>> {
        Ok(self.leases_that(server, "lease_of_prefix", |lease| lease.prefix() == Some(prefix)).await?.pop())
    }

    async fn leases_of(&self, server: &ServerName, client: &Identifier) -> Result<Vec<Lease>> {
        self.leases_that(server, "leases_of", |lease| lease.belongs_to(client) == Some(true)).await
    }

    async fn leases_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Lease>> {
        let named = |lease: &Lease| lease.host_name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(host_name));
        self.leases_that(server, "leases_named", named).await
    }

    async fn leases_after(&self, server: &ServerName, after: Option<IpAddr>) -> Result<LeasePart> {
        let there = |lease: &Lease| after.is_none_or(|after| lease.address > after);
        let mut leases = self.leases_that(server, "leases_after", there).await?;
        leases.sort_by_key(|lease| lease.address);
        let next = leases.get(PART).map(|_| leases[PART - 1].address);
        leases.truncate(PART);
        let is_lease = |raw: &RawRecord| {
            let before = |address: IpAddr| after.is_some_and(|after| address <= after);
            raw.kind == RawKind::Lease && !raw.address().is_some_and(before)
        };
        Ok(LeasePart { leases, raw: self.raw_that(server, is_lease)?, next })
    }

    async fn count_leases(&self, subnet: &SubnetKey) -> Result<usize> {
        let count = |node: &mut Node| node.leases.iter().filter(|lease| lease.subnet == *subnet).count();
        self.ask(&subnet.server, "count_leases", count).await
    }

    async fn wipe_leases(&self, subnet: &SubnetKey) -> Result<bool> {
        let wipe = |node: &mut Node| {
            let before = node.leases.len();
            node.leases.retain(|lease| lease.subnet != *subnet);
            node.leases.len() < before
        };
        self.ask(&subnet.server, "wipe_leases", wipe).await
    }

    async fn release_lease(&self, subnet: &SubnetKey, address: IpAddr) -> Result<bool> {
        let release = |node: &mut Node| {
            let before = node.leases.len();
            node.leases.retain(|lease| lease.subnet != *subnet || lease.address != address);
            node.leases.len() < before
        };
        self.ask(&subnet.server, "release_lease", release).await
    }
}

#[async_trait]
impl Reservations for MemoryDhcp {
    async fn storage(&self, server: &ServerName) -> Result<Storage> {
        self.ask(server, "storage", |node| node.storage).await
    }

    async fn reservations_in(&self, subnet: &SubnetKey) -> Result<Listed<Reservation>> {
        let known = self.those_that(&subnet.server, "reservations_in", |known| known.subnet == *subnet).await?;
        let here = |raw: &RawRecord| raw.kind == RawKind::Reservation && raw.subnet == *subnet;
        Ok(Listed { known, raw: self.raw_that(&subnet.server, here)? })
    }

    async fn all_reservations(&self, server: &ServerName) -> Result<Listed<Reservation>> {
        let known = self.those_that(server, "all_reservations", |_| true).await?;
        Ok(Listed { known, raw: self.raw_that(server, |raw| raw.kind == RawKind::Reservation)? })
    }

    async fn reservations_at(&self, server: &ServerName, address: IpAddr) -> Result<Vec<Reservation>> {
        self.refuse_raw(server, RawKind::Reservation, address)?;
        let at = |known: &Reservation| {
            let mut prefixes = known.prefixes.iter().map(|prefix| IpAddr::from(prefix.network()));
            known.addresses().any(|its| its == address) || prefixes.any(|its| its == address)
        };
        self.those_that(server, "reservations_at", at).await
    }

    async fn reservations_of(&self, server: &ServerName, identifier: &Identifier) -> Result<Vec<Reservation>> {
        self.those_that(server, "reservations_of", |known| known.identifier == *identifier).await
    }

    async fn reservations_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Reservation>> {
        let named =
            |known: &Reservation| known.host_name.as_ref().is_some_and(|its| its.eq_ignore_ascii_case(host_name));
        self.those_that(server, "reservations_named", named).await
    }

    async fn verbatim(&self, of: &Content) -> Result<Option<Verbatim>> {
        let of = match of {
            Content::Reservation(of) => of,
            Content::Labels { subnet, labels } => {
                let called = self.ask(&subnet.server, "verbatim", |node| node.called(subnet)[0].clone()).await?;
                return Ok(called.filter(|called| called == labels).map(|called| words_of(&called)));
            }
            Content::Configuration { .. } => return Ok(None),
        };
        let held = self.ask(&of.subnet.server, "verbatim", |node| node.held(of).cloned()).await?;
        Ok(held.map(|held| lock(&self.archive).words(&held.says, &held.beside)))
    }

    /// Nothing of it waits once it has begun, so it comes to its end even when its caller is gone.
    async fn write(&self, server: &ServerName, edits: Vec<Edit>) -> Vec<Result<AppliedEdit>> {
        lock(&self.asked).extend(edits.iter().map(|edit| Asked::Write(server.clone(), Box::new(edit.clone()))));
        let count = edits.len();
        let mut landed: Vec<Result<AppliedOnServer>> = Vec::new();
        let mut not_saved = None;
        for edit in &edits {
            // Once the server is found gone, the rest is not tried.
            if matches!(landed.last(), Some(Err(Error::Unreachable { .. }))) {
                landed.push(self.at(server, |node| Err(node.gone())).flatten());
                continue;
            }
            let fault = match self.call(server, "write").await {
                Ok(fault) => fault,
                Err(error) => {
                    landed.push(Err(error));
                    continue;
                }
            };
            if let Some(Fault::NotSaved(text)) = &fault {
                not_saved = Some(*text);
            }
            let change = |node: &mut Node| node.change(edit, fault.as_ref(), &mut lock(&self.archive));
            landed.push(self.at(server, change).flatten());
        }
        let close = |node: &mut Node| {
            // All that was made is saved at once.
            let unsaved = landed.iter().flatten().any(|change| change.unsaved);
            if unsaved && not_saved.is_none() && !node.save() {
                not_saved = Some(FULL);
            }
            let mut archive = lock(&self.archive);
            landed.into_iter().map(|landed| node.close(landed?, not_saved, &mut archive)).collect()
        };
        self.at(server, close).unwrap_or_else(|error| vec![Err(error); count])
    }

    async fn save(&self, server: &ServerName) -> Result<()> {
        lock(&self.asked).push(Asked::Save(server.clone()));
        // Whatever went wrong: it is not saved.
        let not_saved = |text: String| Error::NotSaved { server: server.clone(), text };
        match self.call(server, "save").await {
            Ok(Some(Fault::NotSaved(text))) => Err(not_saved(text.to_owned())),
            Err(Error::Refused { text: why, .. } | Error::Unreachable { why, .. }) => Err(not_saved(why)),
            Err(error) => Err(error),
            Ok(_) if self.at(server, Node::save)? => Ok(()),
            Ok(_) => Err(not_saved(FULL.to_owned())),
        }
    }

    async fn shares_addresses(&self, server: &ServerName) -> Result<bool> {
        self.ask(server, "shares_addresses", |_| false).await
    }
}

impl MemoryDhcp {
    fn raw_that(&self, server: &ServerName, which: impl Fn(&RawRecord) -> bool) -> Result<Vec<RawRecord>> {
        self.at(server, |node| node.raw.iter().filter(|raw| which(raw)).cloned().collect())
    }

    fn refuse_raw(&self, server: &ServerName, kind: RawKind, address: IpAddr) -> Result<()> {
        let there = self.raw_that(server, |raw| raw.kind == kind && raw.is_at(address))?;
        there.into_iter().next().map_or(Ok(()), |raw| Err(Error::Unreadable(Box::new(raw))))
    }

    async fn leases_that(
        &self,
        server: &ServerName,
        method: &'static str,
        which: impl Fn(&Lease) -> bool + Send,
    ) -> Result<Vec<Lease>> {
        let those = |node: &mut Node| node.leases.iter().filter(|lease| which(lease)).cloned().collect();
        self.ask(server, method, those).await
    }

    async fn those_that(
        &self,
        server: &ServerName,
        method: &'static str,
        which: impl Fn(&Reservation) -> bool + Send,
    ) -> Result<Vec<Reservation>> {
        let mut all = self.ask(server, method, |node| node.running()).await?;
        all.retain(|known| which(known));
        Ok(all)
    }
}
