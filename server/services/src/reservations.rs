//! Reservations: checked against everything that is known, then written so that they last.

mod next;
mod placing;
mod verdict;

use std::sync::Arc;

use model::{
    Applied, Conflict, HwAddress, NewReservation, Permission, Reservation, ReservationKey, ServerName, Storage,
    StorageInfo, SubnetKey,
};

use self::verdict::Existing;
use crate::index::Snapshots;
use crate::networks::Networks;
use crate::ports::{Clock, Dhcp, Store, Verbatim};
use crate::recording::{Origin, Planned, Recording, to_the_end};
use crate::{Actor, Allocation, Error, Mode, Ports, Result};

/// Reservations. Cheap to clone.
#[derive(Clone)]
pub struct Reservations {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    pub(crate) snapshots: Snapshots,
    networks: Arc<Networks>,
    allocation: Allocation,
    recording: Recording,
}

impl Reservations {
    pub(crate) fn new(
        ports: &Ports,
        snapshots: Snapshots,
        networks: Arc<Networks>,
        allocation: Allocation,
        recording: Recording,
    ) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            store: ports.store.clone(),
            clock: ports.clock.clone(),
            snapshots,
            networks,
            allocation,
            recording,
        }
    }

    /// Where that server keeps a new reservation, or one that is in `storage`, and who has it too.
    pub async fn kept(&self, actor: &Actor, server: &ServerName, storage: Option<Storage>) -> Result<StorageInfo> {
        actor.may(Permission::Look)?;
        let storage = match storage {
            Some(storage) => storage,
            None => self.dhcp.storage(server).await?,
        };
        Ok(StorageInfo { storage, also_on: self.recording.also_on(server, storage).await })
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
        let subnet = self.checked(new).await?;
        self.conflicts(actor, &subnet, new, Existing { replacing, related: &[] }).await
    }

    /// Makes a reservation. When this returns, it is on the server's disk.
    pub async fn create(&self, actor: &Actor, new: &NewReservation, mode: Mode) -> Result<Applied> {
        self.create_beside(actor, new, &[], mode).await
    }

    /// The same, where the reservations of `related`, other interfaces of the same machine, may share its address.
    pub(crate) async fn create_beside(
        &self,
        actor: &Actor,
        new: &NewReservation,
        related: &[HwAddress],
        mode: Mode,
    ) -> Result<Applied> {
        match self.create_at(actor, new, related, mode, Origin::default()).await {
            Err(error) => match self.fail_over(&error, &new.subnet).await {
                Some(subnet) => {
                    let new = NewReservation { subnet, ..new.clone() };
                    self.create_at(actor, &new, related, mode, Origin::default()).await
                }
                None => Err(error),
            },
            outcome => outcome,
        }
    }

    async fn create_at(
        &self,
        actor: &Actor,
        new: &NewReservation,
        related: &[HwAddress],
        mode: Mode,
        from: Origin,
    ) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        let (this, actor, new, related) = (self.clone(), actor.clone(), new.clone(), related.to_vec());
        to_the_end(async move {
            let subnet = this.checked(&new).await?;
            let _lock = this.recording.lock(&new.subnet.server).await?;
            let existing = Existing { replacing: None, related: &related };
            let findings = this.refuse_blocking(&actor, &subnet, &new, existing).await?;
            this.refuse_second_at_address(&new, &related).await?;
            let storage = this.dhcp.storage(&new.subnet.server).await?;
            this.settle(&actor, Planned::create(&new, storage, from), findings, mode).await
        })
        .await
    }

    /// Changes a reservation. `seen` is how it was when the change was made up: if it differs now, nothing is changed.
    pub async fn update(&self, actor: &Actor, seen: &Reservation, new: &NewReservation, mode: Mode) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        if seen.subnet != new.subnet {
            let text = "a reservation cannot move to another subnet: delete it and make a new one";
            return Err(Error::invalid("subnet", text));
        }
        match self.update_at(actor, seen, new, mode).await {
            Err(error) => match self.fail_over(&error, &new.subnet).await {
                Some(subnet) => {
                    let new = NewReservation { subnet: subnet.clone(), ..new.clone() };
                    self.update_at(actor, &Reservation { subnet, ..seen.clone() }, &new, mode).await
                }
                None => Err(error),
            },
            outcome => outcome,
        }
    }

    async fn update_at(&self, actor: &Actor, seen: &Reservation, new: &NewReservation, mode: Mode) -> Result<Applied> {
        let (this, actor, seen, new) = (self.clone(), actor.clone(), seen.clone(), new.clone());
        to_the_end(async move {
            let subnet = this.checked(&new).await?;
            let _lock = this.recording.lock(&new.subnet.server).await?;
            let now = this.refuse_stale(&seen).await?;
            let existing = Existing { replacing: Some(&seen.key()), related: &[] };
            let findings = this.refuse_blocking(&actor, &subnet, &new, existing).await?;
            this.settle(&actor, Planned::change(&now, &new, Origin::default()), findings, mode).await
        })
        .await
    }

    /// Deletes a reservation. `seen` as above.
    pub async fn delete(&self, actor: &Actor, seen: &Reservation, mode: Mode) -> Result<Applied> {
        match self.delete_for(actor, seen, mode, Origin::default()).await {
            Err(error) => match self.fail_over(&error, &seen.subnet).await {
                Some(subnet) => {
                    let seen = Reservation { subnet, ..seen.clone() };
                    self.delete_for(actor, &seen, mode, Origin::default()).await
                }
                None => Err(error),
            },
            outcome => outcome,
        }
    }

    pub(crate) async fn delete_for(
        &self,
        actor: &Actor,
        seen: &Reservation,
        mode: Mode,
        from: Origin,
    ) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        let (this, actor, seen) = (self.clone(), actor.clone(), seen.clone());
        to_the_end(async move {
            let _lock = this.recording.lock(&seen.subnet.server).await?;
            let now = this.refuse_stale(&seen).await?;
            this.settle(&actor, Planned::delete(&now, from), Vec::new(), mode).await
        })
        .await
    }

    /// Makes a reservation as it was once, unless something stands against it now. `now`: how it is.
    pub(crate) async fn restore(
        &self,
        actor: &Actor,
        now: Option<&Reservation>,
        (was, verbatim): (Reservation, Verbatim),
        mode: Mode,
        from: Origin,
    ) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        let (this, actor, now) = (self.clone(), actor.clone(), now.cloned());
        to_the_end(async move {
            let subnet = this.snapshots.subnet(&was.subnet).await?;
            let _lock = this.recording.lock(&was.subnet.server).await?;
            let now = match now {
                Some(now) => Some(this.refuse_stale(&now).await?),
                None => None,
            };
            let aim = NewReservation {
                address: was.address,
                more_addresses: was.more_addresses.clone(),
                prefixes: was.prefixes.clone(),
                client_classes: Some(was.client_classes.clone()),
                ..NewReservation::of(was.subnet.clone(), was.identifier.clone())
            };
            // Where there is none now, the server may have a copy in its other place, which is in nobody's way.
            let replacing = now.as_ref().map_or_else(|| was.key(), Reservation::key);
            let existing = Existing { replacing: Some(&replacing), related: &[] };
            let findings = this.refuse_blocking(&actor, &subnet, &aim, existing).await?;
            this.settle(&actor, Planned::restore(now.as_ref(), was, verbatim, from), findings, mode).await
        })
        .await
    }

    /// The last step of every change: it is made, or, in a dry run, only told.
    async fn settle(&self, actor: &Actor, planned: Planned, findings: Vec<Conflict>, mode: Mode) -> Result<Applied> {
        match mode {
            Mode::Apply => self.recording.carry_out(actor, planned, findings).await,
            Mode::DryRun => Ok(Applied { reservation: planned.after, change: None, findings, peers: Vec::new() }),
        }
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

    /// The same subnet on a partner that answers, when its own server does not.
    pub(crate) async fn fail_over(&self, error: &Error, subnet: &SubnetKey) -> Option<SubnetKey> {
        if !matches!(error, Error::Unreachable { server, .. } if *server == subnet.server) {
            return None;
        }
        for partner in self.dhcp.partners(&subnet.server).await {
            if self.dhcp.storage(&partner).await.is_ok() {
                tracing::warn!(server = %subnet.server, %partner, "a silent server is stood in for by its partner");
                return Some(self.recording.counterpart_of(subnet, &partner).await);
            }
        }
        None
    }
}
