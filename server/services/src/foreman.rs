//! What Foreman asks for, in Foreman's rules: one record for each client, reservations before leases, leases are never
//! in the way, deleting what is not there is fine.
//!
//! Foreman knows IPv4 alone: servers of IPv6 are not there for it.
//!
//! The rules are those of the Smart Proxy's DHCP module as Foreman 3.x uses it; its texts and JSON live at the edge.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use ::changes::{Edit, Verbatim};
use futures::future::join_all;
use model::{
    AddressRange, Applied, ChangeQuery, ChangeState, Content, Family, ForemanSubnet, ForemanSubnets, HwAddress,
    Identifier, Lease, NewReservation, Order, Permission, Reservation, ReservationKey, Seconds, ServerName, Subnet,
    SubnetKey, Timestamp, Verb, Why,
};

use crate::allocation::Offer;
use crate::changes::{Gate, Origin, Permit, Planned};
use crate::index::{Freshness, Snapshot, Snapshots};
use crate::networks::{Network, Networks};
use crate::ports::{ChangeRecord, Clock, Dhcp, Store};
use crate::unseen::Unseen;
use crate::{Actor, Allocation, Caller, Error, Ports, Reservations, Result};

/// What Foreman asks for. Cheap to clone.
#[derive(Clone)]
pub struct Foreman {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    snapshots: Snapshots,
    networks: Arc<Networks>,
    allocation: Allocation,
    reservations: Reservations,
    gate: Gate,
    clock: Arc<dyn Clock>,
}

/// How long a deleted reservation can be restored: longer than the steps of any task of Foreman's.
const RESTORED_WITHIN: Seconds = Seconds(3_600);

/// What Foreman says of a record that it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The client.
    pub mac: &'a HwAddress,
    /// The address.
    pub ip: Ipv4Addr,
    /// The record's name.
    pub name: &'a str,
    /// The host name.
    pub host_name: &'a str,
    /// The boot server.
    pub next_server: Option<Ipv4Addr>,
    /// The boot file.
    pub boot_file_name: Option<&'a str>,
}

/// A record of a client, as Foreman knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Reserved. It has a hardware address and an address: Foreman can hold no other record.
    Reservation(Reservation),
    /// Leased.
    Lease(Lease),
}

/// All records of a subnet. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Records {
    subnet: SubnetKey,
    snapshot: Arc<Snapshot>,
    now: Timestamp,
}

impl Records {
    /// The reservations that Foreman can hold, of so many from that place on; none: there are no more.
    pub fn reservations(&self, from: usize, most: usize) -> Option<impl Iterator<Item = &Reservation>> {
        let part = window(&self.snapshot.reservations, from, most)?;
        Some(part.iter().filter(|known| known.subnet == self.subnet && fits_foreman(known)))
    }

    /// The leases that Foreman can hold, likewise.
    pub fn leases(&self, from: usize, most: usize) -> Option<impl Iterator<Item = &Lease>> {
        let part = window(&self.snapshot.leases, from, most)?;
        Some(part.iter().filter(|lease| lease.subnet == self.subnet && shown(lease, self.now)))
    }
}

fn window<T>(all: &[T], from: usize, most: usize) -> Option<&[T]> {
    all.get(from..)?.chunks(most.max(1)).next()
}

/// How a request to make a reservation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It is made.
    Made(Box<Applied>),
    /// The very same was there already.
    Same(Reservation),
    /// Another reservation has its address or its hardware address.
    Clash(Reservation),
}

impl Foreman {
    pub(crate) fn new(
        ports: &Ports,
        snapshots: Snapshots,
        networks: Arc<Networks>,
        allocation: Allocation,
        reservations: Reservations,
    ) -> Self {
        let (dhcp, store, clock) = (ports.dhcp.clone(), ports.store.clone(), ports.clock.clone());
        let gate = reservations.gate.clone();
        Self { dhcp, store, snapshots, networks, allocation, reservations, gate, clock }
    }

    /// Every subnet that Foreman can name, and why some may be missing. Those of a server that does not answer are those
    /// that it had. One that was never heard of does not hold the list up: Foreman adds what it finds in it, and takes
    /// nothing away for what it does not find. Only where nothing at all is known there is no list, as an empty one would
    /// look like the truth.
    pub async fn subnets(&self, actor: &Actor) -> Result<(Vec<Subnet>, Vec<Why>)> {
        let (all, unheard) = self.list(actor).await?;
        let named = all.into_iter().filter(|view| view.hidden_by.is_none()).map(|view| view.subnet);
        let why = |server| Why::Said(format!("The subnets of “{server}” are missing: it never said which it has."));
        Ok((named.collect(), unheard.into_iter().map(why).collect()))
    }

    /// Every subnet as Foreman sees it, and those that it cannot name. One that servers of a pair have is one.
    pub async fn view(&self, actor: &Actor) -> Result<Vec<ForemanSubnet>> {
        Ok(self.list(actor).await?.0)
    }

    /// Some of these, from that row on.
    pub async fn page(&self, actor: &Actor, offset: u32) -> Result<ForemanSubnets> {
        Ok(page(&self.view(actor).await?, offset))
    }

    async fn list(&self, actor: &Actor) -> Result<(Vec<ForemanSubnet>, Vec<ServerName>)> {
        actor.may(Permission::Look)?;
        let (known, unheard) = self.all().await?;
        let networks = self.networks.together(&known).await;
        let servers = self.dhcp.names();
        let mut all: Vec<&Subnet> = networks.iter().map(Network::first).collect();
        // Of those with the same network address the first server's is the one that Foreman gets.
        all.sort_by_key(|subnet| servers.iter().position(|server| *server == subnet.key.server));
        let mut named: HashMap<IpAddr, &Subnet> = HashMap::new();
        for subnet in &all {
            named.entry(subnet.prefix.network()).and_modify(|best| *best = better(best, subnet)).or_insert(subnet);
        }
        let view = |subnet: &Subnet| {
            let best = named.get(&subnet.prefix.network()).filter(|best| best.key != subnet.key);
            let hidden_by = best.map(|best| best.key.clone());
            ForemanSubnet { subnet: subnet.clone(), range: foreman_range(subnet), hidden_by }
        };
        Ok((all.into_iter().map(view).collect(), unheard))
    }

    /// The servers of IPv4 that give an address to one reservation alone: the second interface of a bond, which Foreman
    /// reserves the same address for, is refused there. What a server does not say is not reported.
    pub async fn servers_without_bonds(&self, actor: &Actor) -> Result<Vec<ServerName>> {
        actor.may(Permission::Look)?;
        let servers = self.servers();
        let shares = join_all(servers.iter().map(|server| self.dhcp.shares_addresses(server))).await;
        let found = servers.into_iter().zip(shares).filter(|(_, shares)| matches!(shares, Ok(false)));
        Ok(found.map(|(server, _)| server).collect())
    }

    /// The subnet with that network address. Of several (prefixes of different length, several servers) the smallest,
    /// and of those the one of the server that the operator named first. Only its own server is asked whether it is so
    /// still: one that does not answer stands in no other's way.
    pub async fn subnet(&self, actor: &Actor, network: Ipv4Addr) -> Result<Option<Subnet>> {
        actor.may(Permission::Look)?;
        let servers = self.servers();
        let last = || servers.iter().filter_map(|server| self.snapshots.last(server)).map(|(subnets, _)| subnets);
        if let Some(known) = meant(last(), network) {
            drop(self.snapshots.subnets(&known.key.server).await?);
            // It may be gone, or another one fit better since.
            for server in &servers {
                self.snapshots.renew(server);
            }
            if let Some(subnet) = meant(last(), network) {
                return Ok(Some(subnet));
            }
        }
        let asked = join_all(servers.iter().map(|server| self.snapshots.shown_subnets(server))).await;
        let (found, failed): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        if let Some(subnet) = meant(found.iter().flatten().cloned(), network) {
            return Ok(Some(subnet));
        }
        // One that never said anything may have it: that it is not there cannot be known.
        let unheard = found.iter().zip(failed).find_map(|(found, failed)| failed.filter(|_| found.is_none()));
        unheard.map_or(Ok(None), Err)
    }

    /// The servers of IPv4, in the operator's order.
    fn servers(&self) -> Vec<ServerName> {
        self.dhcp.names().into_iter().filter(|server| self.dhcp.family(server) == Family::V4).collect()
    }

    /// The subnets of each server of IPv4 that ever said which it has, in the operator's order, and the other servers. An
    /// error only where no server said anything.
    async fn all(&self) -> Result<(Vec<Arc<Vec<Subnet>>>, Vec<ServerName>)> {
        let servers = self.servers();
        let asked = join_all(servers.iter().map(|server| self.snapshots.shown_subnets(server))).await;
        let (mut all, mut unheard, mut failed) = (Vec::new(), Vec::new(), None);
        for (server, answer) in servers.into_iter().zip(asked) {
            match answer {
                (Some(subnets), _) => all.push(subnets),
                (None, error) => {
                    unheard.push(server);
                    failed = failed.or(error);
                }
            }
        }
        match failed {
            Some(error) if all.is_empty() => Err(error),
            _ => Ok((all, unheard)),
        }
    }

    /// All records of a subnet. Those of a large subnet may be some seconds old, but for what we changed ourselves.
    pub async fn records(&self, actor: &Actor, subnet: &Subnet) -> Result<Records> {
        actor.may(Permission::Look)?;
        let listed = |subnet: Subnet| async move {
            let snapshot = self.snapshots.of(&subnet, Freshness::List).await?;
            Ok(Records { subnet: subnet.key, snapshot, now: self.clock.now() })
        };
        self.serving(subnet, listed).await
    }

    /// Runs a use case on the subnet's own server, or on a partner where that one does not answer.
    async fn serving<T, F, Fut>(&self, subnet: &Subnet, use_case: F) -> Result<T>
    where
        F: Fn(Subnet) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let use_case = &use_case;
        let on = |key: SubnetKey| async move {
            let there = if key == subnet.key { subnet.clone() } else { self.snapshots.subnet(&key).await? };
            use_case(there).await
        };
        self.gate.serving(&subnet.key, on).await
    }

    /// The record of a hardware address in the subnet: its reservation, else its lease.
    pub async fn by_mac(&self, actor: &Actor, subnet: &Subnet, mac: &HwAddress) -> Result<Option<Record>> {
        actor.may(Permission::Look)?;
        self.serving(subnet, |subnet| async move { self.by_mac_in(&subnet, mac).await }).await
    }

    async fn by_mac_in(&self, subnet: &Subnet, mac: &HwAddress) -> Result<Option<Record>> {
        if let Some(reservation) = self.reservation_of(subnet, mac).await? {
            return Ok(Some(Record::Reservation(reservation)));
        }
        if !mac.identifies() {
            return Ok(None);
        }
        let now = self.clock.now();
        let leases = self.dhcp.leases_of(&subnet.key.server, &Identifier::HwAddress(mac.clone())).await;
        // Leases are never in the way: without the hook library for them there are none.
        let leases = Unseen::default().or_nothing(leases)?;
        let mine = leases.into_iter().filter(|lease| lease.subnet == subnet.key && is_live(lease, now));
        Ok(mine.max_by_key(|lease| lease.renewed_at).map(Record::Lease))
    }

    /// The records of an address in the subnet: its reservations, else its lease.
    pub async fn by_ip(&self, actor: &Actor, subnet: &Subnet, ip: Ipv4Addr) -> Result<Vec<Record>> {
        actor.may(Permission::Look)?;
        self.serving(subnet, |subnet| async move { self.by_ip_in(&subnet, ip).await }).await
    }

    async fn by_ip_in(&self, subnet: &Subnet, ip: Ipv4Addr) -> Result<Vec<Record>> {
        if !subnet.prefix.contains(ip.into()) {
            return Ok(Vec::new());
        }
        let reserved = self.reservations_at(subnet, ip.into()).await?;
        if !reserved.is_empty() {
            return Ok(reserved.into_iter().map(Record::Reservation).collect());
        }
        let lease = Unseen::default().or_nothing(self.dhcp.lease_at(&subnet.key.server, ip.into()).await)?;
        let mine = lease.filter(|lease| lease.subnet == subnet.key && shown(lease, self.clock.now()));
        Ok(mine.map(Record::Lease).into_iter().collect())
    }

    /// A free address, held for a while; none when there is none. And how it was chosen.
    pub async fn unused_ip(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        range: Option<AddressRange>,
        mac: Option<&HwAddress>,
    ) -> Result<(Option<IpAddr>, Vec<Why>)> {
        let client = mac.cloned().map(Identifier::HwAddress);
        let client = client.as_ref();
        let offer = |subnet| async move { self.allocation.offer(actor, &subnet, range, client, Order::Random).await };
        match self.serving(subnet, offer).await {
            Ok(offer) => Ok((Some(offer.suggestion.address), chosen(&offer))),
            Err(Error::Exhausted { why }) => Ok((None, vec![Why::Said(why)])),
            Err(error) => Err(error),
        }
    }

    /// Makes a reservation. Those of `related`, the other interfaces of the same host, are not in its way.
    pub async fn create(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        new: &NewReservation,
        related: &[HwAddress],
    ) -> Result<Created> {
        let create = |subnet: Subnet| {
            let new = NewReservation { subnet: subnet.key.clone(), ..new.clone() };
            let (this, related, server) = (self.clone(), related.to_vec(), subnet.key.server.clone());
            let work = move |permit| async move { this.create_with(&permit, &subnet, &new, &related).await };
            async move { self.gate.pass(&Caller::from(actor), &server, work).await }
        };
        self.serving(subnet, create).await
    }

    async fn create_with(
        &self,
        permit: &Permit,
        subnet: &Subnet,
        new: &NewReservation,
        related: &[HwAddress],
    ) -> Result<Created> {
        match self.known(subnet, new, related).await? {
            Some(same @ Created::Same(_)) => {
                // What a restart of the server would lose is not there yet.
                self.gate.vouch(permit, &subnet.key.server).await?;
                Ok(same)
            }
            Some(clash) => Ok(clash),
            None => {
                let made = self.reservations.create_with(permit, new, related, Origin::default()).await?;
                Ok(Created::Made(Box::new(made)))
            }
        }
    }

    /// Makes a reservation again that Foreman had deleted, exactly as it was, with all that Foreman cannot name. None:
    /// what it wants is not that one.
    pub async fn restore_deleted(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Reservation>> {
        actor.may(Permission::Reserve)?;
        self.serving(subnet, |subnet| async move { self.restore_deleted_in(actor, &subnet, wanted).await }).await
    }

    async fn restore_deleted_in(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Reservation>> {
        let key = ReservationKey { subnet: subnet.key.clone(), identifier: Identifier::HwAddress(wanted.mac.clone()) };
        let Some((old, was, number)) = self.deleted(actor, &key).await? else { return Ok(None) };
        if !is_wanted(&old, wanted) || self.reservation_of(subnet, wanted.mac).await?.is_some() {
            return Ok(None);
        }
        let from = Origin { undoes: Some(number), ..Origin::default() };
        match self.reservations.restore(&Caller::from(actor), None, (old, was), from).await {
            Ok(restored) => Ok(restored.reservation),
            // Then it is made as Foreman wants it, or refused for its own sake.
            Err(Error::Conflict { .. } | Error::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The reservation that this very caller deleted last, for as long as it may want to put it back.
    async fn deleted(&self, actor: &Actor, key: &ReservationKey) -> Result<Option<(Reservation, Verbatim, i64)>> {
        let query = ChangeQuery { reservation: Some(key.clone()), ..ChangeQuery::default() };
        let Some(last) = self.store.find_changes(&query, 1).await?.pop() else { return Ok(None) };
        let recent = self.clock.now().since(last.at) <= RESTORED_WITHIN;
        if (last.verb, last.state) != (Verb::Delete, ChangeState::Done) || last.actor != actor.label() || !recent {
            return Ok(None);
        }
        let Some(ChangeRecord { change, was: Some(was), .. }) = self.store.change(last.number).await? else {
            return Ok(None);
        };
        Ok(change.before.and_then(Content::into_reservation).map(|before| (before, was, last.number)))
    }

    /// What is there already of a reservation that is to be made: the same, or one that stands in its way.
    async fn known(&self, subnet: &Subnet, new: &NewReservation, related: &[HwAddress]) -> Result<Option<Created>> {
        let mut known = Vec::new();
        if let Some(ip) = new.address {
            known.extend(self.reservations_at(subnet, ip).await?);
        }
        if let Some(mac) = new.identifier.hw_address() {
            known.extend(self.reservation_of(subnet, mac).await?);
        }
        known.retain(|reservation| {
            reservation.identifier == new.identifier
                || !reservation.hw_address().is_some_and(|mac| mac.identifies() && related.contains(mac))
        });
        let same = known.iter().find(|reservation| is_equivalent_to(reservation, new)).cloned();
        Ok(same.map(Created::Same).or_else(|| known.into_iter().next().map(Created::Clash)))
    }

    /// Deletes the reservation of a hardware address, or else forgets its lease. What was deleted.
    pub async fn delete_by_mac(&self, actor: &Actor, subnet: &Subnet, mac: &HwAddress) -> Result<Option<Record>> {
        let mac = mac.clone();
        let look = move |this: Self, subnet: Subnet| {
            let mac = mac.clone();
            async move { Ok(this.by_mac_in(&subnet, &mac).await?.into_iter().collect()) }
        };
        Ok(self.delete_found(actor, subnet, look).await?.pop())
    }

    /// Deletes every reservation of an address, or else forgets its lease. What was deleted.
    pub async fn delete_by_ip(&self, actor: &Actor, subnet: &Subnet, ip: Ipv4Addr) -> Result<Vec<Record>> {
        self.delete_found(actor, subnet, move |this: Self, subnet| async move { this.by_ip_in(&subnet, ip).await })
            .await
    }

    /// Looks only with the lock in hand: what another call is about to make must not be overlooked. That nothing is
    /// there is an answer only where that would outlive a restart of the server.
    async fn delete_found<F, Fut>(&self, actor: &Actor, subnet: &Subnet, look: F) -> Result<Vec<Record>>
    where
        F: Fn(Self, Subnet) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = Result<Vec<Record>>> + Send,
    {
        let delete = |subnet: Subnet| {
            let (this, look, server) = (self.clone(), look.clone(), subnet.key.server.clone());
            let work = move |permit: Permit| async move {
                let found = look(this.clone(), subnet.clone()).await?;
                if found.is_empty() {
                    this.gate.vouch(&permit, &subnet.key.server).await?;
                }
                for record in &found {
                    this.delete(&permit, record).await?;
                }
                Ok(found)
            };
            async move { self.gate.pass(&Caller::from(actor), &server, work).await }
        };
        self.serving(subnet, delete).await
    }

    async fn delete(&self, permit: &Permit, record: &Record) -> Result<()> {
        match record {
            Record::Reservation(reservation) => {
                let planned = Planned { edit: Edit::delete(reservation.clone()), from: Origin::default() };
                self.gate.carry_out(permit, planned, Vec::new()).await.map(drop)
            }
            Record::Lease(lease) => self.gate.release_lease(permit, &lease.subnet, lease.address).await.map(drop),
        }
    }

    async fn reservation_of(&self, subnet: &Subnet, mac: &HwAddress) -> Result<Option<Reservation>> {
        let found = self.dhcp.reservations_of(&subnet.key.server, &Identifier::HwAddress(mac.clone())).await?;
        Ok(found.into_iter().find(|reservation| reservation.subnet == subnet.key && fits_foreman(reservation)))
    }

    async fn reservations_at(&self, subnet: &Subnet, ip: IpAddr) -> Result<Vec<Reservation>> {
        let mut found = self.dhcp.reservations_at(&subnet.key.server, ip).await?;
        found.retain(|known| known.subnet == subnet.key && fits_foreman(known));
        Ok(found)
    }
}

fn page(all: &[ForemanSubnet], offset: u32) -> ForemanSubnets {
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let shown = all.iter().skip(offset as usize).take(ForemanSubnets::ROWS as usize);
    let prefix = |key: &SubnetKey| all.iter().find(|view| view.subnet.key == *key).map(|view| view.subnet.prefix);
    let hiding = shown.clone().filter_map(|view| view.hidden_by.as_ref());
    let hiding = hiding.filter_map(|key| Some((key.clone(), prefix(key)?))).collect();
    ForemanSubnets { rows: shown.cloned().collect(), offset, total, hiding }
}

/// The subnet that Foreman means by a network address.
fn meant(all: impl Iterator<Item = Arc<Vec<Subnet>>>, network: Ipv4Addr) -> Option<Subnet> {
    let all: Vec<_> = all.collect();
    let subnets = all.iter().flat_map(|subnets| subnets.iter());
    subnets.filter(|subnet| subnet.prefix.network() == IpAddr::V4(network)).reduce(better).cloned()
}

/// Of two subnets with the same network address the one that Foreman means.
fn better<'a>(first: &'a Subnet, next: &'a Subnet) -> &'a Subnet {
    if next.prefix.prefix() > first.prefix.prefix() { next } else { first }
}

/// The range that Foreman gets of a subnet: from the start of the first pool to the end of the last. Asked for an
/// address of that very range, we look into the pools alone. Of a subnet without pools it is all of it; where reserved
/// addresses must lie outside of pools it is the largest part that does, if any does.
pub fn foreman_range(subnet: &Subnet) -> Option<AddressRange> {
    let usable = AddressRange::usable(subnet.prefix);
    if subnet.rules.out_of_pool || subnet.pools.is_empty() {
        return subnet.outside_pools(usable).into_iter().rev().max_by_key(|part| part.count());
    }
    let pools = || subnet.pools.iter().map(|pool| pool.range);
    let (first, last) = (pools().map(AddressRange::first).min()?, pools().map(AddressRange::last).max()?);
    AddressRange::new(first, last).ok()
}

/// How an address was chosen.
fn chosen(offer: &Offer) -> Vec<Why> {
    let address = offer.suggestion.address;
    let said = match offer.room {
        Some((free, of)) => format!("chosen at random from {free} free of {of} addresses"),
        None => format!("{address} already belongs to this client"),
    };
    let passed_over = offer.passed_over.iter();
    let passed_over =
        passed_over.map(|(address, taken)| Why::PassedOver { address: *address, because: taken.label().to_owned() });
    std::iter::once(Why::Said(said)).chain(passed_over).collect()
}

/// Foreman's record has both an address and a hardware address of Ethernet or `InfiniBand`; anything else would stop it.
fn fits_foreman(reservation: &Reservation) -> bool {
    reservation.address.is_some() && reservation.hw_address().is_some_and(can_be_a_mac)
}

/// A lease that a client has. One that is over and not yet cleaned up keeps its address from others, and is no answer.
fn is_live(lease: &Lease, now: Timestamp) -> bool {
    lease.blocks() && !lease.is_expired(now)
}

fn shown(lease: &Lease, now: Timestamp) -> bool {
    is_live(lease, now) && lease.hw_address.as_ref().is_some_and(can_be_a_mac)
}

fn can_be_a_mac(address: &HwAddress) -> bool {
    matches!(address.octets().as_slice().len(), 6 | 20)
}

/// Whether the record says all that Foreman wants, in the fields that Foreman can name.
fn is_equivalent_to(known: &Reservation, wanted: &NewReservation) -> bool {
    let host_name = wanted.host_name.as_deref().unwrap_or_default();
    known.key() == wanted.key()
        && known.address == wanted.address
        && is_called(known, wanted.record_name.as_deref().unwrap_or(host_name), host_name)
        && known.next_server == wanted.next_server
        && known.boot_file_name == wanted.boot_file_name
}

/// What Foreman is told that a record is called: by its own name, else its host name, else its address, as it wants some
/// name of each.
pub fn record_name(reservation: &Reservation) -> Cow<'_, str> {
    let named = reservation.record_name.as_deref().or(reservation.host_name.as_deref());
    match (named, reservation.address) {
        (Some(name), _) => name.into(),
        (None, Some(address)) => address.to_string().into(),
        (None, None) => "".into(),
    }
}

/// Whether Foreman, which read the record once, asks for the very same.
fn is_wanted(old: &Reservation, wanted: &Wanted<'_>) -> bool {
    old.address == Some(wanted.ip.into())
        && is_called(old, wanted.name, wanted.host_name)
        && old.next_server == wanted.next_server
        && old.boot_file_name.as_deref() == wanted.boot_file_name
}

/// Whether Foreman means that record by these names. Where it read no host name of it, it sends none.
fn is_called(known: &Reservation, name: &str, host_name: &str) -> bool {
    let told = record_name(known);
    told == name && known.host_name.as_deref().unwrap_or(&told) == host_name
}
