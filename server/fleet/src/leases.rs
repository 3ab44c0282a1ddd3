//! Leases: one set of questions, and the commands of either family.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use kea::commands::{
    Lease4Del, Lease4Get, Lease4GetByHostname, Lease4GetByHwAddress, Lease6Del, Lease6Get, Lease6GetByDuid,
    Lease6GetByHostname, Lease6GetByHwAddress, Removal,
};
use kea::wire::Lease6Type;
use kea::{LeaseWalk, PagedLease};
use model::{Family, Identifier, IpNetwork, Ipv6Network, Lease, ServerName, Subnet, SubnetKey};
use services::Result;
use services::ports::Leases;

use crate::Fleet;
use crate::convert::Lent;
use crate::node::Node;
use crate::read::page;
use crate::write::to_the_end;

#[async_trait]
impl Leases for Fleet {
    async fn leases_in(&self, subnet: &Subnet, prefixes: &[Ipv6Network]) -> Result<Vec<Lease>> {
        let node = self.node_of(&subnet.key)?;
        match subnet.prefix {
            IpNetwork::V4(prefix) => {
                let scan = node.client.lease4_scan(prefix.network(), prefix.broadcast(), page());
                node.scanned(scan, &subnet.key).await
            }
            IpNetwork::V6(prefix) => node.leases6_in(subnet, prefix, prefixes).await,
        }
    }

    async fn lease_at(&self, server: &ServerName, address: IpAddr) -> Result<Option<Lease>> {
        let node = self.node(server)?;
        match (node.family(), address) {
            (Family::V4, IpAddr::V4(ip_address)) => {
                node.ask(&Lease4Get { ip_address }).await.map(|found| node.lease(found))
            }
            (Family::V6, IpAddr::V6(ip_address)) => {
                let question = Lease6Get { ip_address, kind: Lease6Type::Address };
                node.ask(&question).await.map(|found| node.lease(found))
            }
            _ => Ok(None),
        }
    }

    async fn lease_of_prefix(&self, server: &ServerName, prefix: Ipv6Network) -> Result<Option<Lease>> {
        self.node(server)?.lease_of_prefix(prefix).await
    }

    async fn leases_of(&self, server: &ServerName, client: &Identifier) -> Result<Vec<Lease>> {
        let node = self.node(server)?;
        match (node.family(), client) {
            (Family::V4, Identifier::HwAddress(address)) => {
                let question = Lease4GetByHwAddress { hw_address: address.to_string() };
                node.ask(&question).await.map(|found| node.leases(&found))
            }
            (Family::V6, Identifier::Duid(duid)) => {
                node.ask(&Lease6GetByDuid { duid: duid.to_string() }).await.map(|found| node.leases(&found))
            }
            // Kea 3.0 cannot be asked for these.
            (Family::V6, Identifier::HwAddress(address))
                if node.capabilities().await?.offers::<Lease6GetByHwAddress>() =>
            {
                let question = Lease6GetByHwAddress { hw_address: address.to_string() };
                node.ask(&question).await.map(|found| node.leases(&found))
            }
            _ => Ok(Vec::new()),
        }
    }

    async fn leases_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Lease>> {
        let (node, name) = (self.node(server)?, host_name.to_owned());
        match node.family() {
            Family::V4 => node.ask(&Lease4GetByHostname { hostname: name }).await.map(|found| node.leases(&found)),
            Family::V6 => node.ask(&Lease6GetByHostname { hostname: name }).await.map(|found| node.leases(&found)),
        }
    }

    async fn release_lease(&self, subnet: &SubnetKey, address: IpAddr) -> Result<bool> {
        self.node_of(subnet)?.clone().release(address).await
    }
}

impl Node {
    fn lease(&self, found: Option<impl Lent>) -> Option<Lease> {
        found.map(|lease| lease.lease(self.key(lease.subnet_id())))
    }

    fn leases(&self, found: &[impl Lent]) -> Vec<Lease> {
        found.iter().map(|lease| lease.lease(self.key(lease.subnet_id()))).collect()
    }

    async fn scanned<L: PagedLease + Lent>(
        &self,
        mut scan: LeaseWalk<'_, L>,
        subnet: &SubnetKey,
    ) -> Result<Vec<Lease>> {
        let mut leases = Vec::new();
        while let Some(page) = self.through(false, scan.next_page()).await? {
            // Prefixes may overlap: an address in ours can be leased in another subnet.
            let mine = page.iter().filter(|lease| lease.subnet_id() == subnet.id);
            leases.extend(mine.map(|lease| lease.lease(subnet.clone())));
        }
        Ok(leases)
    }

    /// Kea can scan by addresses alone: through the subnet, through each of its prefix pools, and to each of the prefixes
    /// that lie elsewhere.
    async fn leases6_in(&self, subnet: &Subnet, whole: Ipv6Network, prefixes: &[Ipv6Network]) -> Result<Vec<Lease>> {
        let places: Vec<_> = [whole].into_iter().chain(subnet.prefix_pools.iter().map(|pool| pool.prefix)).collect();
        let mut leases = Vec::new();
        for place in &places {
            let scan = self.client.lease6_scan(place.network(), place.broadcast(), page());
            leases.extend(self.scanned(scan, &subnet.key).await?);
        }
        for prefix in prefixes.iter().filter(|prefix| !places.iter().any(|place| place.contains(prefix.network()))) {
            leases.extend(self.lease_of_prefix(*prefix).await?.filter(|lease| lease.subnet == subnet.key));
        }
        leases.sort_by_key(|lease| (lease.prefix_len.is_some(), lease.address));
        // Pools may overlap, and prefixes be reserved twice.
        leases.dedup_by_key(|lease| (lease.prefix_len, lease.address));
        Ok(leases)
    }

    async fn lease_of_prefix(&self, prefix: Ipv6Network) -> Result<Option<Lease>> {
        if self.family() != Family::V6 {
            return Ok(None);
        }
        let found = self.ask(&Lease6Get { ip_address: prefix.network(), kind: Lease6Type::Prefix }).await?;
        Ok(self.lease(found).filter(|lease| lease.prefix_len == Some(prefix.prefix())))
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
