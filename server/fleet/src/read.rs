//! What servers hold: subnets and reservations.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kea::commands::{
    HostKey, PageSize, ReservationGet, ReservationGetByAddress, ReservationGetByHostname, ReservationGetById,
    ReservationGetPage,
};
use kea::wire;
use model::{Family, Identifier, Reservation, ServerName, Storage, Subnet, SubnetKey, Timestamp, Utilization};
use services::Result;
use services::ports::Subnets;

use tokio::time::sleep;

use crate::node::{CAPABILITIES_FOR, Node};
use crate::{Fleet, convert};

/// A page of a scan. Smaller than what is cheapest for the scan: Kea answers nothing else, no DHCP either, while it makes
/// one.
pub(crate) fn page() -> PageSize {
    PageSize::new(100)
}

/// How long a scan through everything pauses between two pages: it is in no hurry.
pub(crate) const BETWEEN_PAGES: Duration = Duration::from_millis(10);

/// The spellings of a host name that a server takes for different ones.
pub(crate) fn spellings(host_name: &str) -> [String; 2] {
    let bare = host_name.strip_suffix('.').unwrap_or(host_name);
    [bare.to_owned(), format!("{bare}.")]
}

/// Where reservations of a page are kept. It comes whole from one source: the configuration is the first, databases
/// follow.
fn storage_of(source_index: u64) -> Storage {
    if source_index == 0 { Storage::Configuration } else { Storage::Database }
}

#[async_trait]
impl Subnets for Fleet {
    async fn subnets(&self, server: &ServerName) -> Result<Vec<Subnet>> {
        let node = self.node(server)?;
        Ok(node.subnets_in(&*node.config(Duration::ZERO).await?))
    }

    fn last_subnets(&self, server: &ServerName) -> Option<(Vec<Subnet>, Timestamp)> {
        let node = self.node(server).ok()?;
        let last = node.last_config()?;
        Some((node.subnets_in(&last.dhcp), last.as_of))
    }

    async fn classes(&self, server: &ServerName) -> Result<BTreeSet<String>> {
        Ok(convert::classes(&*self.node(server)?.config(CAPABILITIES_FOR).await?))
    }

    async fn global(&self, server: &ServerName) -> Result<Subnet> {
        let node = self.node(server)?;
        // What it said last will do: it is asked for its subnets again and again.
        let config = match node.last_config() {
            Some(last) => last.dhcp,
            None => node.config(CAPABILITIES_FOR).await?,
        };
        Ok(convert::global(server.clone(), node.family(), &config))
    }

    async fn refuse_labels(&self, server: &ServerName) -> Result<()> {
        self.node(server)?.refuse_labels().await
    }

    async fn utilization(&self, server: &ServerName) -> Result<Vec<(SubnetKey, Utilization)>> {
        self.node(server)?.counts().await
    }
}

impl Node {
    /// The subnets of a configuration of its.
    fn subnets_in(&self, config: &wire::Dhcp) -> Vec<Subnet> {
        let read =
            |(subnet, network): (&wire::Subnet, _)| convert::subnet(self.key(subnet.id), config, subnet, network);
        let mut subnets: Vec<Subnet> = config.subnets().filter_map(read).collect();
        subnets.sort_by_key(|subnet| (subnet.prefix, subnet.key.id));
        subnets
    }

    /// Every reservation that it holds, of whatever subnet.
    pub(crate) async fn all_reservations(self: &Arc<Self>) -> Result<Vec<Reservation>> {
        let mut reservations = Vec::new();
        let mut command = ReservationGetPage { limit: page(), ..ReservationGetPage::default() };
        loop {
            let answer = self.ask(&command).await?;
            let Some(next) =
                answer.next.filter(|next| (next.source_index, next.from) > (command.source_index, command.from))
            else {
                return Ok(reservations);
            };
            let storage = storage_of(next.source_index);
            // Those of the number 0 are the global ones.
            let reservation =
                |host: &wire::Reservation| convert::reservation(self.key(host.subnet_id.unwrap_or(0)), host, storage);
            reservations.extend(answer.hosts.iter().filter_map(reservation));
            (command.source_index, command.from) = (next.source_index, next.from);
            sleep(BETWEEN_PAGES).await;
        }
    }

    /// All reservations of a subnet, from every place that the server keeps them in.
    pub(crate) async fn reservations_in(&self, subnet: &SubnetKey) -> Result<Vec<Reservation>> {
        let mut reservations = Vec::new();
        self.scan(subnet, |reservation, _| {
            reservations.push(reservation);
            true
        })
        .await?;
        Ok(reservations)
    }

    /// Goes through the reservations of a subnet, in both forms, until there are no more or `take` has enough.
    pub(crate) async fn scan(
        &self,
        subnet: &SubnetKey,
        take: impl FnMut(Reservation, wire::Reservation) -> bool,
    ) -> Result<()> {
        self.scan_from(subnet, 0, take).await
    }

    /// The same, but of those in the configuration only the ones that came after the last scan. Kea numbers them in the
    /// order that they come in; when it was started anew since, some or all of the new ones may be passed over.
    pub(crate) async fn scan_new(
        &self,
        subnet: &SubnetKey,
        take: impl FnMut(Reservation, wire::Reservation) -> bool,
    ) -> Result<()> {
        self.scan_from(subnet, self.scanned_to(subnet.id), take).await
    }

    async fn scan_from(
        &self,
        subnet: &SubnetKey,
        from: u64,
        mut take: impl FnMut(Reservation, wire::Reservation) -> bool,
    ) -> Result<()> {
        let mut command =
            ReservationGetPage { subnet_id: Some(subnet.id), limit: page(), from, ..ReservationGetPage::default() };
        loop {
            let answer = self.ask(&command).await?;
            let Some(next) =
                answer.next.filter(|next| (next.source_index, next.from) > (command.source_index, command.from))
            else {
                return Ok(());
            };
            let storage = storage_of(next.source_index);
            if storage == Storage::Configuration {
                self.note_scan(subnet.id, next.from);
            }
            for host in answer.hosts {
                let Some(reservation) = convert::reservation(subnet.clone(), &host, storage) else { continue };
                if !take(reservation, host) {
                    return Ok(());
                }
            }
            (command.source_index, command.from) = (next.source_index, next.from);
        }
    }

    pub(crate) async fn reservations_at(self: &Arc<Self>, address: IpAddr) -> Result<Vec<Reservation>> {
        if self.family() != Family::of(address) {
            return Ok(Vec::new());
        }
        let found = self.ask(&ReservationGetByAddress { ip_address: address, subnet_id: None }).await?;
        self.placed(found).await
    }

    pub(crate) async fn reservations_of(self: &Arc<Self>, identifier: &Identifier) -> Result<Vec<Reservation>> {
        let (identifier_type, identifier) = convert::key_of(identifier);
        let found = self.ask(&ReservationGetById { identifier_type, identifier }).await?;
        self.placed(found).await
    }

    pub(crate) async fn reservations_named(self: &Arc<Self>, host_name: &str) -> Result<Vec<Reservation>> {
        let mut found = Vec::new();
        for hostname in spellings(host_name) {
            found.extend(self.ask(&ReservationGetByHostname { hostname, subnet_id: None }).await?);
        }
        self.placed(found).await
    }

    /// Look-ups do not say where a record is kept. Without a database there is only one place; with one, the
    /// configuration is asked whether it is its own.
    async fn placed(self: &Arc<Self>, found: Vec<wire::Reservation>) -> Result<Vec<Reservation>> {
        let database = !found.is_empty() && self.storage().await? == Storage::Database;
        let mut reservations = Vec::with_capacity(found.len());
        for host in found {
            let key = self.key(host.subnet_id.unwrap_or(0));
            let Some(mut reservation) = convert::reservation(key, &host, Storage::Configuration) else { continue };
            // Both places may have one of the same client. When these are equal, look-ups show the configuration's first.
            let second = reservations.iter().any(|other: &Reservation| other.key() == reservation.key());
            if database && (second || self.raw(&reservation).await?.as_ref() != Some(&host)) {
                reservation.storage = Storage::Database;
            }
            reservations.push(reservation);
        }
        Ok(reservations)
    }

    /// The reservation with that key, exactly as the server holds it in that place.
    pub(crate) async fn raw(&self, reservation: &Reservation) -> Result<Option<wire::Reservation>> {
        let (identifier_type, identifier) = convert::key_of(&reservation.identifier);
        let key = HostKey::Identifier { identifier_type, identifier };
        let operation_target = convert::target(reservation.storage);
        self.ask(&ReservationGet { subnet_id: reservation.subnet.id, key, operation_target }).await
    }
}
