//! Reservations: checked against everything that is known, then written so that they last.

mod field;
mod next;
mod placing;
mod verdict;

use std::sync::Arc;

use ::changes::{Edit, Verbatim};
use model::{
    Applied, Conflict, Hook, HwAddress, NewReservation, Permission, Reservation, ReservationKey, ServerName, Storage,
    StorageInfo, SubnetKey,
};

pub(crate) use self::field::Field;
use self::verdict::Existing;
pub(crate) use self::verdict::{aim_of, unless_blocked};
use crate::changes::{Gate, Origin, Permit, Planned};
use crate::index::Snapshots;
use crate::networks::Networks;
use crate::ports::{Clock, Dhcp, Store};
use crate::{Actor, Allocation, Caller, Error, Ports, Result};

/// Reservations. Cheap to clone.
#[derive(Clone)]
pub struct Reservations {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    pub(crate) snapshots: Snapshots,
    networks: Arc<Networks>,
    allocation: Allocation,
    pub(crate) gate: Gate,
}

impl Reservations {
    pub(crate) fn new(
        ports: &Ports,
        snapshots: Snapshots,
        networks: Arc<Networks>,
        allocation: Allocation,
        gate: Gate,
    ) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            store: ports.store.clone(),
            clock: ports.clock.clone(),
            snapshots,
            networks,
            allocation,
            gate,
        }
    }

    /// Where that server keeps a new reservation, or one that is in `storage`, and who has it too.
    pub async fn kept(&self, actor: &Actor, server: &ServerName, storage: Option<Storage>) -> Result<StorageInfo> {
        actor.may(Permission::Look)?;
        if self.dhcp.missing_hooks(server).await?.contains(&Hook::HostCmds) {
            return Err(Error::MissingHook { server: server.clone(), hook: Hook::HostCmds });
        }
        let storage = match storage {
            Some(storage) => storage,
            None => self.dhcp.storage(server).await?,
        };
        let also_on = self.gate.also_on(server, storage).await;
        let mut first_save = Vec::new();
        if storage == Storage::Configuration {
            for server in [server].into_iter().chain(&also_on) {
                if !self.gate.has_saved(server).await? {
                    first_save.push(server.clone());
                }
            }
        }
        Ok(StorageInfo { storage, also_on, first_save })
    }

    /// One reservation, as the server holds it now.
    pub async fn get(&self, actor: &Actor, key: &ReservationKey) -> Result<Reservation> {
        actor.may(Permission::Look)?;
        let found = self.find(key, None).await?;
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
        let before = match replacing {
            Some(key) => self.find(key, None).await?,
            None => None,
        };
        let subnet = self.checked(new, before.as_ref()).await?;
        self.conflicts(actor, &subnet, new, Existing { replacing, related: &[] }).await
    }

    /// Makes a reservation. When this returns, it is on the server's disk.
    pub async fn create(&self, caller: &Caller, new: &NewReservation) -> Result<Applied> {
        self.create_beside(caller, new, &[]).await
    }

    /// The same, where the reservations of `related`, other interfaces of the same machine, may share its address.
    pub(crate) async fn create_beside(
        &self,
        caller: &Caller,
        new: &NewReservation,
        related: &[HwAddress],
    ) -> Result<Applied> {
        let create = |subnet| {
            let new = NewReservation { subnet, ..new.clone() };
            async move { self.create_at(caller, &new, related, Origin::default()).await }
        };
        self.gate.serving(&new.subnet, create).await
    }

    async fn create_at(
        &self,
        caller: &Caller,
        new: &NewReservation,
        related: &[HwAddress],
        from: Origin,
    ) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        self.checked(new, None).await?;
        let (this, new, related) = (self.clone(), new.clone(), related.to_vec());
        let server = new.subnet.server.clone();
        let work = move |permit| async move { this.create_with(&permit, &new, &related, from).await };
        self.gate.pass(caller, &server, work).await
    }

    pub(crate) async fn create_with(
        &self,
        permit: &Permit,
        new: &NewReservation,
        related: &[HwAddress],
        from: Origin,
    ) -> Result<Applied> {
        let subnet = self.checked(new, None).await?;
        let existing = Existing { replacing: None, related };
        let findings = self.refuse_blocking(permit.actor(), &subnet, new, existing).await?;
        self.refuse_second_at_address(new, related).await?;
        let storage = self.dhcp.storage(&new.subnet.server).await?;
        let planned = Planned { edit: Edit::create(new.clone(), storage), from };
        self.gate.carry_out(permit, planned, findings).await
    }

    /// Changes a reservation. `seen` is how it was when the change was made up: if it differs now, nothing is changed.
    pub async fn update(&self, caller: &Caller, seen: &Reservation, new: &NewReservation) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        if seen.subnet != new.subnet {
            let text = "a reservation cannot move to another subnet: delete it and create a new one";
            return Err(Error::invalid("subnet", text));
        }
        let update = |subnet: SubnetKey| async move {
            let new = NewReservation { subnet: subnet.clone(), ..new.clone() };
            self.update_at(caller, Reservation { subnet, ..seen.clone() }, new).await
        };
        self.gate.serving(&new.subnet, update).await
    }

    async fn update_at(&self, caller: &Caller, seen: Reservation, new: NewReservation) -> Result<Applied> {
        let subnet = self.checked(&new, Some(&seen)).await?;
        let (this, server) = (self.clone(), new.subnet.server.clone());
        let work = move |permit: Permit| async move {
            let now = this.refuse_stale(&seen).await?;
            let existing = Existing { replacing: Some(&seen.key()), related: &[] };
            let findings = this.refuse_blocking(permit.actor(), &subnet, &new, existing).await?;
            let planned = Planned { edit: Edit::change(now, new), from: Origin::default() };
            this.gate.carry_out(&permit, planned, findings).await
        };
        self.gate.pass(caller, &server, work).await
    }

    /// Deletes a reservation. `seen` as above.
    pub async fn delete(&self, caller: &Caller, seen: &Reservation) -> Result<Applied> {
        let delete = |subnet| async move {
            self.delete_for(caller, &Reservation { subnet, ..seen.clone() }, Origin::default()).await
        };
        self.gate.serving(&seen.subnet, delete).await
    }

    pub(crate) async fn delete_for(&self, caller: &Caller, seen: &Reservation, from: Origin) -> Result<Applied> {
        let (this, seen, server) = (self.clone(), seen.clone(), seen.subnet.server.clone());
        let work = move |permit| async move {
            let now = this.refuse_stale(&seen).await?;
            this.gate.carry_out(&permit, Planned { edit: Edit::delete(now), from }, Vec::new()).await
        };
        self.gate.pass(caller, &server, work).await
    }

    /// Makes a reservation as it was once, unless something stands against it now. `now`: how it is.
    pub(crate) async fn restore(
        &self,
        caller: &Caller,
        now: Option<&Reservation>,
        (was, verbatim): (Reservation, Verbatim),
        from: Origin,
    ) -> Result<Applied> {
        let (this, now, server) = (self.clone(), now.cloned(), was.subnet.server.clone());
        let work = move |permit| async move { this.restore_with(&permit, now, (was, verbatim), from).await };
        self.gate.pass(caller, &server, work).await
    }

    /// What is worth knowing of a reservation that is to be as it was once, or as a partner has it.
    pub(crate) async fn refuse_restoring(&self, actor: &Actor, was: &Reservation) -> Result<Vec<Conflict>> {
        let subnet = self.snapshots.subnet(&was.subnet).await?;
        let existing = Existing { replacing: Some(&was.key()), related: &[] };
        self.refuse_blocking(actor, &subnet, &aim_of(was), existing).await
    }

    pub(crate) async fn restore_with(
        &self,
        permit: &Permit,
        now: Option<Reservation>,
        (was, verbatim): (Reservation, Verbatim),
        from: Origin,
    ) -> Result<Applied> {
        let subnet = self.snapshots.subnet(&was.subnet).await?;
        let now = match now {
            Some(now) => Some(self.refuse_stale(&now).await?),
            None => None,
        };
        // Where there is none now, the server may have a copy in its other place, which is in no one's way.
        let replacing = now.as_ref().map_or_else(|| was.key(), Reservation::key);
        let existing = Existing { replacing: Some(&replacing), related: &[] };
        let findings = self.refuse_blocking(permit.actor(), &subnet, &aim_of(&was), existing).await?;
        let planned = Planned { edit: Edit::restore(now, was, verbatim), from };
        self.gate.carry_out(permit, planned, findings).await
    }

    /// One reservation as the server holds it in that place; without one, of copies in both the one that counts.
    pub(crate) async fn find(&self, key: &ReservationKey, storage: Option<Storage>) -> Result<Option<Reservation>> {
        let found = self.dhcp.reservations_of(&key.subnet.server, &key.identifier).await?;
        let mine = found.into_iter().filter(|known| known.subnet == key.subnet);
        let there = mine.filter(|known| storage.is_none_or(|storage| known.storage == storage));
        Ok(there.min_by_key(|known| known.storage != Storage::Configuration))
    }

    async fn refuse_stale(&self, seen: &Reservation) -> Result<Reservation> {
        match self.find(&seen.key(), Some(seen.storage)).await? {
            Some(now) if now.is_equivalent_to(seen) => Ok(now),
            Some(_) => Err(Error::Stale { what: format!("the reservation for {}", seen.identifier) }),
            None => Err(Error::not_found(format!("the reservation for {}", seen.identifier))),
        }
    }
}
