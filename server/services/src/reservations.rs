//! Reservations: checked against everything that is known, then written so that they last.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ipam::{Known, conflicts};
use model::{
    Conflict, HoldKey, HwAddress, NewReservation, Permission, Reservation, ReservationKey, ServerName, Severity,
    Storage, Subnet,
};
use tokio::sync::Mutex;

use crate::index::{Change, Pictures};
use crate::ports::{Clock, Dhcp, Snapshot, Store};
use crate::{Actor, Error, Event, Events, Ports, Result};

/// Reservations. Cheap to clone.
#[derive(Clone)]
pub struct Reservations {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    pictures: Pictures,
    events: Events,
    /// One change at a time for each server: what was checked must still hold when it is written.
    writing: Arc<Mutex<HashMap<ServerName, Arc<Mutex<()>>>>>,
}

/// Reservations that are not in the way.
#[derive(Clone, Copy)]
struct Existing<'a> {
    /// The one whose place is taken.
    replacing: Option<&'a ReservationKey>,
    /// Other interfaces of the same machine.
    related: &'a [HwAddress],
}

impl Reservations {
    pub(crate) fn new(ports: &Ports, pictures: Pictures, events: Events) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            store: ports.store.clone(),
            clock: ports.clock.clone(),
            pictures,
            events,
            writing: Arc::default(),
        }
    }

    /// Where new reservations of that server are kept.
    pub async fn storage(&self, actor: &Actor, server: &ServerName) -> Result<Storage> {
        actor.may(Permission::Look)?;
        self.dhcp.storage(server).await
    }

    /// One reservation, as the server holds it now.
    pub async fn get(&self, actor: &Actor, key: &ReservationKey) -> Result<Reservation> {
        actor.may(Permission::Look)?;
        let found = self.find(key).await?;
        found.ok_or_else(|| Error::not_found(format!("a reservation for {}", key.identifier)))
    }

    /// What stands against a reservation. `replacing`: the one whose place it would take.
    pub async fn verdict(
        &self,
        actor: &Actor,
        new: &NewReservation,
        replacing: Option<&ReservationKey>,
    ) -> Result<Vec<Conflict>> {
        actor.may(Permission::Look)?;
        let subnet = self.checked(new).await?;
        self.conflicts(actor, &subnet, new, Existing { replacing, related: &[] }).await
    }

    /// Makes a reservation. When this returns, it is on the server's disk.
    pub async fn create(&self, actor: &Actor, new: &NewReservation) -> Result<Reservation> {
        self.create_beside(actor, new, &[]).await
    }

    /// The same, where the reservations of `related`, other interfaces of the same machine, may share its address.
    pub(crate) async fn create_beside(
        &self,
        actor: &Actor,
        new: &NewReservation,
        related: &[HwAddress],
    ) -> Result<Reservation> {
        actor.may(Permission::Reserve)?;
        let subnet = self.checked(new).await?;
        let lock = self.lock(&new.subnet.server).await;
        let _writing = lock.lock().await;
        self.refuse_blocking(actor, &subnet, new, Existing { replacing: None, related }).await?;
        self.refuse_second_at_address(new, related).await?;
        let outcome = self.dhcp.add_reservation(new).await;
        self.settle(actor, "create", &new.key(), outcome.as_ref().map(Some), None).await;
        outcome
    }

    /// Changes a reservation. `seen` is how it was when the change was made up: if it differs now, nothing is changed.
    pub async fn update(&self, actor: &Actor, seen: &Reservation, new: &NewReservation) -> Result<Reservation> {
        actor.may(Permission::Reserve)?;
        let subnet = self.checked(new).await?;
        if seen.subnet != new.subnet {
            return Err(Error::invalid(
                "subnet",
                "a reservation cannot move to another subnet: delete it and make a new one",
            ));
        }
        let lock = self.lock(&new.subnet.server).await;
        let _writing = lock.lock().await;
        self.refuse_stale(seen).await?;
        self.refuse_blocking(actor, &subnet, new, Existing { replacing: Some(&seen.key()), related: &[] }).await?;
        let outcome = self.dhcp.replace_reservation(seen, new).await;
        self.settle(actor, "change", &new.key(), outcome.as_ref().map(Some), Some(seen)).await;
        outcome
    }

    /// Deletes a reservation. `seen` as above.
    pub async fn delete(&self, actor: &Actor, seen: &Reservation) -> Result<()> {
        self.remove(actor, seen).await.map(drop)
    }

    /// The same; all that the server held of it, so that it can be restored.
    pub(crate) async fn remove(&self, actor: &Actor, seen: &Reservation) -> Result<Option<Snapshot>> {
        actor.may(Permission::Reserve)?;
        let lock = self.lock(&seen.subnet.server).await;
        let _writing = lock.lock().await;
        self.refuse_stale(seen).await?;
        let outcome = self.dhcp.remove_reservation(seen).await;
        self.settle(actor, "delete", &seen.key(), outcome.as_ref().map(|_| None), Some(seen)).await;
        outcome
    }

    /// Makes a deleted reservation again, exactly as it was, unless something stands against it now.
    pub(crate) async fn restore(&self, actor: &Actor, old: &Reservation, was: &Snapshot) -> Result<Reservation> {
        actor.may(Permission::Reserve)?;
        let subnet = self.pictures.subnet(&old.subnet).await?;
        let lock = self.lock(&old.subnet.server).await;
        let _writing = lock.lock().await;
        let new =
            NewReservation { address: old.address, ..NewReservation::of(old.subnet.clone(), old.identifier.clone()) };
        self.refuse_blocking(actor, &subnet, &new, Existing { replacing: None, related: &[] }).await?;
        let outcome = self.dhcp.restore_reservation(old, was).await;
        self.settle(actor, "restore", &old.key(), outcome.as_ref().map(Some), None).await;
        outcome
    }

    async fn find(&self, key: &ReservationKey) -> Result<Option<Reservation>> {
        let found = self.dhcp.reservations_of(&key.subnet.server, &key.identifier).await?;
        Ok(found.into_iter().find(|reservation| reservation.subnet == key.subnet))
    }

    /// The subnet, when the reservation is right by itself.
    async fn checked(&self, new: &NewReservation) -> Result<Subnet> {
        let subnet = self.pictures.subnet(&new.subnet).await?;
        let fields = new.check(&subnet);
        if fields.is_empty() { Ok(subnet) } else { Err(Error::Invalid { fields }) }
    }

    async fn conflicts(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        new: &NewReservation,
        existing: Existing<'_>,
    ) -> Result<Vec<Conflict>> {
        let server = &new.subnet.server;
        let mut reservations = self.dhcp.reservations_of(server, &new.identifier).await?;
        if let Some(name) = &new.host_name {
            reservations.extend(self.dhcp.reservations_named(server, name.as_str()).await?);
        }
        let (mut lease, mut hold) = (None, None);
        let now = self.clock.now();
        if let Some(address) = new.address {
            reservations.extend(self.dhcp.reservations_at(&new.subnet, address).await?);
            lease = self.dhcp.lease_at(server, address).await?;
            let key = HoldKey { subnet: new.subnet.clone(), address };
            hold = self.store.running_holds(Some(&new.subnet), now).await?.into_iter().find(|hold| hold.key == key);
        }
        reservations.retain(|other| {
            other.key() == new.key() || !other.hw_address().is_some_and(|mac| existing.related.contains(mac))
        });
        // One record may share several things with the new one.
        let mut seen = HashSet::new();
        reservations.retain(|other| seen.insert((other.key(), other.storage)));
        let holder = actor.label();
        let known =
            Known { reservations: &reservations, lease: lease.as_ref(), hold: hold.as_ref(), holder: &holder, now };
        Ok(conflicts(subnet, new, existing.replacing, &known))
    }

    async fn refuse_blocking(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        new: &NewReservation,
        existing: Existing<'_>,
    ) -> Result<()> {
        let mut conflicts = self.conflicts(actor, subnet, new, existing).await?;
        conflicts.retain(|conflict| conflict.severity == Severity::Blocks);
        if conflicts.is_empty() { Ok(()) } else { Err(Error::Conflict { conflicts }) }
    }

    /// Interfaces of one machine can share an address only where the server is set up for it.
    async fn refuse_second_at_address(&self, new: &NewReservation, related: &[HwAddress]) -> Result<()> {
        let (Some(address), false) = (new.address, related.is_empty()) else { return Ok(()) };
        let server = &new.subnet.server;
        if self.dhcp.reservations_at(&new.subnet, address).await?.is_empty()
            || self.dhcp.shares_addresses(server).await?
        {
            return Ok(());
        }
        let fix = format!(
            "{address} is reserved for another interface of this machine, and the server allows one reservation for an \
             address: set \"ip-reservations-unique\": false in its configuration"
        );
        Err(Error::Unsupported { server: server.clone(), fix })
    }

    async fn refuse_stale(&self, seen: &Reservation) -> Result<()> {
        match self.find(&seen.key()).await? {
            Some(now) if now == *seen => Ok(()),
            Some(_) => Err(Error::Stale { what: format!("the reservation for {}", seen.identifier) }),
            None => Err(Error::not_found(format!("the reservation for {}", seen.identifier))),
        }
    }

    async fn lock(&self, server: &ServerName) -> Arc<Mutex<()>> {
        self.writing.lock().await.entry(server.clone()).or_default().clone()
    }

    /// After every attempt, landed or not. `outcome`: what is there now; `old`: what a change that landed did away with.
    async fn settle(
        &self,
        actor: &Actor,
        what: &str,
        key: &ReservationKey,
        outcome: Result<Option<&Reservation>, &Error>,
        old: Option<&Reservation>,
    ) {
        let (actor, subnet, identifier) = (actor.label(), &key.subnet, &key.identifier);
        match outcome {
            Ok(new) => {
                tracing::info!(%actor, %subnet, %identifier, "{what} a reservation: done");
                if let Some(old) = old {
                    self.pictures.note(subnet, Change::Unreserved(old.identifier.clone(), old.storage));
                }
                if let Some(new) = new {
                    self.pictures.note(subnet, Change::Reserved(Box::new(new.clone())));
                    self.release_hold(new).await;
                }
            }
            Err(error) => {
                tracing::warn!(%actor, %subnet, %identifier, ?error, "{what} a reservation: failed");
                // What we know of the subnet is no longer sure.
                self.pictures.forget(subnet);
            }
        }
        self.events.publish(Event::Subnet(subnet.clone()));
    }

    /// A hold has done its duty when its address is reserved.
    async fn release_hold(&self, new: &Reservation) {
        let Some(address) = new.address else { return };
        // The reservation stands, whatever becomes of the hold, which ends by itself.
        if let Err(error) = self.store.release_hold(&HoldKey { subnet: new.subnet.clone(), address }).await {
            tracing::warn!(%error, %address, "a hold could not be released");
        }
    }
}
