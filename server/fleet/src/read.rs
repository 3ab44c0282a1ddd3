//! What servers hold: subnets and reservations.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kea::commands::{
    HostDatabaseCheck, HostKey, PageSize, ReservationGet, ReservationGetByAddress, ReservationGetByHostname,
    ReservationGetById, ReservationGetPage,
};
use kea::wire;
use model::{
    Family, Identifier, IpNetwork, RawRecord, Reservation, ServerName, Storage, Subnet, SubnetKey, Timestamp,
    Utilization,
};
use services::ports::{Listed, Subnets};
use services::{Error, Result};

use tokio::time::sleep;

use crate::homes::Homes;
use crate::node::{CAPABILITIES_FOR, LastConfig, Node};
use crate::{Fleet, convert};

/// A page of a scan. Smaller than what is cheapest for the scan: Kea answers nothing else, no DHCP either, while it makes
/// one.
pub(crate) fn page() -> PageSize {
    PageSize::new(100)
}

/// How long a scan through everything pauses between two pages: it is in no hurry.
pub(crate) const BETWEEN_PAGES: Duration = Duration::from_millis(10);

/// A reservation that a scan came to, in both forms, or one that is not understood.
type Found = Result<(Reservation, wire::Reservation), Box<RawRecord>>;

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

/// In which order subnets are told.
pub(crate) fn by_prefix(subnet: &Subnet) -> (IpNetwork, u32) {
    (subnet.prefix, subnet.key.id)
}

#[async_trait]
impl Subnets for Fleet {
    async fn subnets(&self, server: &ServerName) -> Result<Vec<Subnet>> {
        let node = self.node(server)?;
        let config = node.config(Duration::ZERO).await?;
        Ok(match node.last_config().filter(|last| Arc::ptr_eq(&last.dhcp, &config)) {
            Some(last) => node.subnets_of(&last).to_vec(),
            None => node.subnets_in(&config),
        })
    }

    fn last_subnets(&self, server: &ServerName) -> Option<(Vec<Subnet>, Timestamp)> {
        let node = self.node(server).ok()?;
        let last = node.last_config()?;
        Some((node.subnets_of(&last).to_vec(), last.as_of))
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
    /// The subnets of a configuration that it said last, put into our words once.
    pub(crate) fn subnets_of(&self, last: &LastConfig) -> Arc<Vec<Subnet>> {
        last.subnets.get_or_init(|| Arc::new(self.subnets_in(&last.dhcp))).clone()
    }

    /// The subnets of a configuration of its.
    fn subnets_in(&self, config: &wire::Dhcp) -> Vec<Subnet> {
        self.some_subnets_in(config, |_| true)
    }

    /// Those of some numbers, by prefix.
    pub(crate) fn some_subnets_in(&self, config: &wire::Dhcp, wanted: impl Fn(u32) -> bool) -> Vec<Subnet> {
        let read =
            |(subnet, network): (&wire::Subnet, _)| convert::subnet(self.key(subnet.id), config, subnet, network);
        let wanted = config.subnets().filter(|(subnet, _)| wanted(subnet.id));
        let mut subnets: Vec<Subnet> = wanted.filter_map(read).collect();
        subnets.sort_by_key(by_prefix);
        subnets
    }

    /// Every reservation that it holds, of whatever subnet.
    pub(crate) async fn all_reservations(self: &Arc<Self>) -> Result<Listed<Reservation>> {
        let config = self.config(CAPABILITIES_FOR).await?;
        let (homes, mut all) = (Homes::of(&config), Listed::default());
        let mut command = ReservationGetPage { limit: page(), ..ReservationGetPage::default() };
        loop {
            let answer = self.ask(&command).await?;
            let Some(next) =
                answer.next.filter(|next| (next.source_index, next.from) > (command.source_index, command.from))
            else {
                self.database_is_there().await?;
                return Ok(all);
            };
            let storage = storage_of(next.source_index);
            // Those of the number 0 are the global ones.
            for host in &answer.hosts {
                match self.reservation(host, 0, storage) {
                    Ok(known) => all.known.push(known),
                    Err(raw) => all.raw.push(*raw),
                }
            }
            let raw = answer.hosts.raw().iter().map(|raw| {
                let stray = raw.number("subnet-id").is_none_or(|id| id != 0 && !homes.has(id));
                RawRecord { stray, ..self.raw_reservation(raw, 0, Some(storage)) }
            });
            all.raw.extend(raw);
            (command.source_index, command.from) = (next.source_index, next.from);
            sleep(BETWEEN_PAGES).await;
        }
    }

    /// All reservations of a subnet, from every place that the server keeps them in.
    pub(crate) async fn reservations_in(self: &Arc<Self>, subnet: &SubnetKey) -> Result<Listed<Reservation>> {
        let mut reservations = Listed::default();
        self.scan_from(subnet, 0, |found| {
            match found {
                Ok((known, _)) => reservations.known.push(known),
                Err(raw) => reservations.raw.push(*raw),
            }
            true
        })
        .await?;
        self.database_is_there().await?;
        Ok(reservations)
    }

    /// Goes through the reservations of a subnet, in both forms, until there are no more or `take` has enough; of those in
    /// the configuration through the ones that came after the last scan. Kea numbers them in the order that they come in;
    /// when it was started anew since, some or all of the new ones may be passed over.
    pub(crate) async fn scan_new(
        &self,
        subnet: &SubnetKey,
        mut take: impl FnMut(Reservation, wire::Reservation) -> bool,
    ) -> Result<()> {
        let take = |found: Found| found.map_or(true, |(known, host)| take(known, host));
        self.scan_from(subnet, self.scanned_to(subnet.id), take).await
    }

    async fn scan_from(&self, subnet: &SubnetKey, from: u64, mut take: impl FnMut(Found) -> bool) -> Result<()> {
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
            let (hosts, raw) = answer.hosts.into_parts();
            let raw = raw.iter().map(|raw| Err(Box::new(self.raw_reservation(raw, subnet.id, Some(storage)))));
            let hosts = hosts.into_iter().map(|host| Ok((self.reservation(&host, subnet.id, storage)?, host)));
            for found in hosts.chain(raw) {
                if !take(found) {
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
        let Listed { known, raw } = self.placed(found).await?;
        raw.into_iter().next().map_or(Ok(known), |raw| Err(Error::Unreadable(Box::new(raw))))
    }

    pub(crate) async fn reservations_of(self: &Arc<Self>, identifier: &Identifier) -> Result<Vec<Reservation>> {
        let (identifier_type, identifier) = convert::key_of(identifier);
        let found = self.ask(&ReservationGetById { identifier_type, identifier }).await?;
        Ok(self.placed(found).await?.known)
    }

    pub(crate) async fn reservations_named(self: &Arc<Self>, host_name: &str) -> Result<Vec<Reservation>> {
        let mut found = wire::Records::default();
        for hostname in spellings(host_name) {
            found.extend(self.ask(&ReservationGetByHostname { hostname, subnet_id: None }).await?);
        }
        Ok(self.placed(found).await?.known)
    }

    /// Look-ups do not say where a record is kept. Without a database there is only one place; with one, the
    /// configuration is asked whether it is its own.
    async fn placed(self: &Arc<Self>, found: wire::Records<wire::Reservation>) -> Result<Listed<Reservation>> {
        self.database_is_there().await?;
        let database = !found.is_empty() && self.storage().await? == Storage::Database;
        let (found, raw) = found.into_parts();
        let mut raw: Vec<_> = raw.iter().map(|raw| self.raw_reservation(raw, 0, None)).collect();
        let mut reservations = Vec::with_capacity(found.len());
        for host in found {
            let mut reservation = match self.reservation(&host, 0, Storage::Configuration) {
                Ok(reservation) => reservation,
                Err(record) => {
                    raw.push(RawRecord { storage: None, ..*record });
                    continue;
                }
            };
            // Both places may have one of the same client. When these are equal, look-ups show the configuration's first.
            let second = reservations.iter().any(|other: &Reservation| other.key() == reservation.key());
            if database && (second || self.raw(&reservation).await?.as_ref() != Some(&host)) {
                reservation.storage = Storage::Database;
            }
            reservations.push(reservation);
        }
        Ok(Listed { known: reservations, raw })
    }

    /// In our words; `subnet`: of a record that names none.
    fn reservation(
        &self,
        host: &wire::Reservation,
        subnet: u32,
        storage: Storage,
    ) -> Result<Reservation, Box<RawRecord>> {
        let key = self.key(host.subnet_id.unwrap_or(subnet));
        let raw = |fault| Box::new(self.raw_reservation(&wire::Raw::of(host, fault), subnet, Some(storage)));
        convert::reservation(key, host, storage).map_err(raw)
    }

    /// The reservation with that key, exactly as the server holds it in that place.
    pub(crate) async fn raw(&self, reservation: &Reservation) -> Result<Option<wire::Reservation>> {
        let (identifier_type, identifier) = convert::key_of(&reservation.identifier);
        let key = HostKey::Identifier { identifier_type, identifier };
        let operation_target = convert::target(reservation.storage);
        let found = self.ask(&ReservationGet { subnet_id: reservation.subnet.id, key, operation_target }).await?;
        if found.is_none() && reservation.storage == Storage::Database {
            self.ask(&HostDatabaseCheck).await?;
        }
        Ok(found)
    }

    /// Fails where the server has a host database and that is away: then it finds nothing of what is in it, and does not
    /// say so. To be asked after it said that there is nothing, or nothing more.
    pub(crate) async fn database_is_there(self: &Arc<Self>) -> Result<()> {
        match self.storage().await? {
            Storage::Database => self.ask(&HostDatabaseCheck).await,
            Storage::Configuration => Ok(()),
        }
    }
}
