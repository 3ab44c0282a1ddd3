//! Leases: one set of questions, and the commands of either family.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use async_trait::async_trait;
use kea::commands::{
    Lease4Del, Lease4Get, Lease4GetAll, Lease4GetByClientId, Lease4GetByHostname, Lease4GetByHwAddress, Lease4Wipe,
    Lease6Del, Lease6Get, Lease6GetAll, Lease6GetByDuid, Lease6GetByHostname, Lease6GetByHwAddress, Lease6Wipe,
    PageSize, Removal,
};
use kea::wire::{Kept, Lease6Type, Records};
use kea::{LeaseWalk, PagedLease};
use model::{Family, Identifier, IpNetwork, Ipv6Network, Lease, RawRecord, ServerName, Subnet, SubnetKey};
use services::ports::{LeasePart, Leases, Listed};
use services::{Error, Result};

use crate::Fleet;
use crate::convert::Lent;
use crate::error::translate;
use crate::homes::Homes;
use crate::node::{CAPABILITIES_FOR, Node};
use crate::read::{page, spellings};
use crate::write::to_the_end;

/// How many leases are asked for at once where all of them are wanted: the cheapest for a scan through everything
/// ([`PageSize`]).
const PART: PageSize = PageSize::CHEAPEST;

#[async_trait]
impl Leases for Fleet {
    async fn leases_in(&self, subnet: &Subnet, prefixes: &[Ipv6Network]) -> Result<Listed<Lease>> {
        let node = self.node_of(&subnet.key)?;
        match subnet.prefix {
            IpNetwork::V4(prefix) => {
                let scan = node.client.lease4_scan(prefix.network(), prefix.broadcast(), page());
                node.scanned(scan, |lease| is_of(lease, subnet), |raw| is_raw_of(raw, subnet)).await
            }
            IpNetwork::V6(prefix) => node.leases6_in(subnet, prefix, prefixes).await,
        }
    }

    async fn lease_at(&self, server: &ServerName, address: IpAddr) -> Result<Option<Lease>> {
        let node = self.node(server)?;
        match (node.family(), address) {
            (Family::V4, IpAddr::V4(ip_address)) => node.lease(node.ask(&Lease4Get { ip_address }).await?).await,
            (Family::V6, IpAddr::V6(ip_address)) => {
                let question = Lease6Get { ip_address, kind: Lease6Type::Address };
                node.lease(node.ask(&question).await?).await
            }
            _ => Ok(None),
        }
    }

    async fn lease_of_prefix(&self, server: &ServerName, prefix: Ipv6Network) -> Result<Option<Lease>> {
        self.node(server)?.lease_of_prefix(prefix).await
    }

    async fn leases_of(&self, server: &ServerName, client: &Identifier) -> Result<Vec<Lease>> {
        let node = self.node(server)?;
        let found = match (node.family(), client) {
            (Family::V4, Identifier::HwAddress(address)) => {
                let question = Lease4GetByHwAddress { hw_address: address.to_string() };
                node.leases(node.ask(&question).await?).await
            }
            // Kea takes no shorter one.
            (Family::V4, Identifier::ClientId(id)) if id.as_slice().len() > 1 => {
                node.leases(node.ask(&Lease4GetByClientId { client_id: id.to_string() }).await?).await
            }
            (Family::V6, Identifier::Duid(duid)) => {
                node.leases(node.ask(&Lease6GetByDuid { duid: duid.to_string() }).await?).await
            }
            // Kea 3.0 cannot be asked for these.
            (Family::V6, Identifier::HwAddress(address))
                if node.capabilities().await?.offers::<Lease6GetByHwAddress>() =>
            {
                let question = Lease6GetByHwAddress { hw_address: address.to_string() };
                node.leases(node.ask(&question).await?).await
            }
            _ => Ok(Listed::default()),
        };
        // One that is not understood is shown in its place; here it cannot be told whose it is.
        Ok(found?.known)
    }

    async fn leases_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Lease>> {
        let (node, mut leases) = (self.node(server)?, Vec::new());
        for hostname in spellings(host_name) {
            leases.extend(match node.family() {
                Family::V4 => node.leases(node.ask(&Lease4GetByHostname { hostname }).await?).await?.known,
                Family::V6 => node.leases(node.ask(&Lease6GetByHostname { hostname }).await?).await?.known,
            });
        }
        Ok(leases)
    }

    async fn leases_after(&self, server: &ServerName, after: Option<IpAddr>) -> Result<LeasePart> {
        let node = self.node(server)?;
        let first = match after {
            None => match node.family() {
                Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
                Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
            },
            // Nothing comes after the highest address.
            Some(after) => match model::after(after) {
                Some(first) => first,
                None => return Ok(LeasePart::default()),
            },
        };
        // On connections of their own: nobody's question queues behind them.
        let client = node.link.passing();
        match first {
            IpAddr::V4(first) => node.next_part(client.lease4_scan(first, Ipv4Addr::BROADCAST, PART)).await,
            IpAddr::V6(first) => node.next_part(client.lease6_scan(first, Ipv6Addr::from_bits(u128::MAX), PART)).await,
        }
    }

    async fn count_leases(&self, subnet: &SubnetKey) -> Result<usize> {
        let (node, subnets) = (self.node_of(subnet)?, vec![subnet.id]);
        Ok(match node.family() {
            Family::V4 => node.ask(&Lease4GetAll { subnets }).await?.count(),
            Family::V6 => node.ask(&Lease6GetAll { subnets }).await?.count(),
        })
    }

    async fn wipe_leases(&self, subnet: &SubnetKey) -> Result<bool> {
        let (node, subnet_id) = (self.node_of(subnet)?.clone(), subnet.id);
        let wiped = to_the_end(async move {
            match node.family() {
                Family::V4 => node.ask(&Lease4Wipe { subnet_id }).await,
                Family::V6 => node.ask(&Lease6Wipe { subnet_id }).await,
            }
        });
        Ok(wiped.await?? == Removal::Removed)
    }

    async fn release_lease(&self, subnet: &SubnetKey, address: IpAddr) -> Result<bool> {
        self.node_of(subnet)?.clone().release(address).await
    }
}

/// Whether a subnet shows the lease: it is its own, or on one of its addresses.
fn is_of(lease: &Lease, subnet: &Subnet) -> bool {
    lease.subnet == subnet.key || (lease.prefix_len.is_none() && subnet.prefix.contains(lease.address))
}

/// The same of one that is not understood.
fn is_raw_of(raw: &RawRecord, subnet: &Subnet) -> bool {
    raw.subnet == subnet.key || raw.addresses.iter().any(|address| subnet.prefix.contains(*address))
}

impl Node {
    async fn lease<L: Lent>(self: &Arc<Self>, found: Option<Kept<L>>) -> Result<Option<Lease>> {
        let found = match found {
            None => return Ok(None),
            Some(Kept::Known(lease)) => Records::from(vec![lease]),
            Some(Kept::Raw(raw)) => Records::of_raw(vec![raw]),
        };
        let Listed { mut known, raw } = self.leases(found).await?;
        match raw.into_iter().next() {
            Some(raw) => Err(Error::Unreadable(Box::new(raw))),
            None => Ok(known.pop()),
        }
    }

    /// In our words, each in the subnet where people look for it.
    async fn leases<L: Lent>(self: &Arc<Self>, found: Records<L>) -> Result<Listed<Lease>> {
        let (found, mut raw) = found.into_parts();
        let mut leases = Vec::with_capacity(found.len());
        for lease in found {
            match lease.lease(self.key(lease.subnet_id())) {
                Ok(lease) => leases.push(lease),
                Err(fault) => raw.push(lease.raw(fault)),
            }
        }
        let mut homes = self.last_config().map(|last| last.homes);
        let is_at_home = |homes: &Arc<Homes>| raw.is_empty() && leases.iter().all(|lease| homes.is_at_home(lease));
        let found = !(leases.is_empty() && raw.is_empty());
        if found && !homes.as_ref().is_some_and(is_at_home) {
            // It may have got another subnet since.
            self.config(CAPABILITIES_FOR).await?;
            homes = self.last_config().map(|last| last.homes);
        }
        let raw = raw.iter().map(|raw| self.raw_lease(raw)).collect();
        let known = match homes {
            Some(homes) => leases.into_iter().map(|lease| homes.place(lease)).collect(),
            None => leases,
        };
        Ok(Listed { known, raw })
    }

    /// Prefixes may overlap: an address in one can be leased in another subnet. `wanted` and `wanted_raw` say which leases
    /// count.
    async fn scanned<L: PagedLease + Lent>(
        self: &Arc<Self>,
        mut scan: LeaseWalk<'_, L>,
        wanted: impl Fn(&Lease) -> bool,
        wanted_raw: impl Fn(&RawRecord) -> bool,
    ) -> Result<Listed<Lease>> {
        let mut leases = Listed::default();
        while let Some(page) = self.through(false, scan.next_page()).await? {
            let Listed { known, raw } = self.leases(page).await?;
            leases.known.extend(known.into_iter().filter(&wanted));
            for raw in raw.into_iter().filter(&wanted_raw) {
                // Without an address it is told with each page.
                if !leases.raw.contains(&raw) {
                    leases.raw.push(raw);
                }
            }
        }
        Ok(leases)
    }

    /// The first page of a scan.
    async fn next_part<L: PagedLease + Lent>(self: &Arc<Self>, mut scan: LeaseWalk<'_, L>) -> Result<LeasePart> {
        let page = scan.next_page().await.map_err(|error| translate(&self.name, error))?.unwrap_or_default();
        let next = scan.goes_on_after().map(Into::into);
        let Listed { known, raw } = self.leases(page).await?;
        Ok(LeasePart { leases: known, raw, next })
    }

    /// Kea can scan by addresses alone: through the subnet, through each of its prefix pools, and to each of the prefixes
    /// that lie elsewhere.
    async fn leases6_in(
        self: &Arc<Self>,
        subnet: &Subnet,
        whole: Ipv6Network,
        prefixes: &[Ipv6Network],
    ) -> Result<Listed<Lease>> {
        let places: Vec<_> = [whole].into_iter().chain(subnet.prefix_pools.iter().map(|pool| pool.prefix)).collect();
        let Listed { known: mut leases, mut raw } = Listed::default();
        for place in &places {
            let scan = self.client.lease6_scan(place.network(), place.broadcast(), page());
            let there = self.scanned(scan, |lease| is_of(lease, subnet), |raw| is_raw_of(raw, subnet)).await?;
            leases.extend(there.known);
            raw.extend(there.raw);
        }
        for prefix in prefixes.iter().filter(|prefix| !places.iter().any(|place| place.contains(prefix.network()))) {
            leases.extend(self.lease_of_prefix(*prefix).await?.filter(|lease| lease.subnet == subnet.key));
        }
        leases.sort_by_key(|lease| (lease.prefix_len.is_some(), lease.address));
        // Pools may overlap, and prefixes be reserved twice.
        leases.dedup_by_key(|lease| (lease.prefix_len, lease.address));
        raw.dedup();
        Ok(Listed { known: leases, raw })
    }

    async fn lease_of_prefix(self: &Arc<Self>, prefix: Ipv6Network) -> Result<Option<Lease>> {
        if self.family() != Family::V6 {
            return Ok(None);
        }
        let found = self.ask(&Lease6Get { ip_address: prefix.network(), kind: Lease6Type::Prefix }).await?;
        Ok(self.lease(found).await?.filter(|lease| lease.prefix_len == Some(prefix.prefix())))
    }

    /// Forgets a lease. Whether there was one.
    async fn release(self: Arc<Self>, address: IpAddr) -> Result<bool> {
        let release = async move {
            match (self.family(), address) {
                (Family::V4, IpAddr::V4(ip_address)) => self.ask(&Lease4Del { ip_address }).await,
                (Family::V6, IpAddr::V6(ip_address)) => {
                    self.ask(&Lease6Del { ip_address, kind: Lease6Type::Address }).await
                }
                _ => Ok(Removal::Absent),
            }
        };
        Ok(to_the_end(release).await?? == Removal::Removed)
    }
}
