//! Changes. Each runs to its end in a task of its own, even when whoever asked for it goes away meanwhile.

use std::net::Ipv4Addr;
use std::sync::Arc;

use async_trait::async_trait;
use kea::commands::{
    ConfigWrite, HostKey, Lease4Del, Removal, ReservationAdd, ReservationDel, ReservationUpdate, Target,
};
use kea::wire;
use model::{Identifier, NewReservation, Reservation, ServerName, Storage, SubnetKey};
use services::ports::{Reservations, Snapshot};
use services::{Error, Result};

use crate::node::{CAPABILITIES_FOR, Node};
use crate::{Fleet, convert};

#[async_trait]
impl Reservations for Fleet {
    async fn storage(&self, server: &ServerName) -> Result<Storage> {
        self.node(server)?.storage().await
    }

    async fn reservations_in(&self, subnet: &SubnetKey) -> Result<Vec<Reservation>> {
        self.node_of(subnet)?.reservations_in(subnet).await
    }

    async fn reservations_at(&self, subnet: &SubnetKey, address: Ipv4Addr) -> Result<Vec<Reservation>> {
        self.node_of(subnet)?.reservations_at(subnet, address).await
    }

    async fn reservations_of(&self, server: &ServerName, identifier: &Identifier) -> Result<Vec<Reservation>> {
        self.node(server)?.reservations_of(identifier).await
    }

    async fn reservations_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Reservation>> {
        self.node(server)?.reservations_named(host_name).await
    }

    async fn add_reservation(&self, new: &NewReservation) -> Result<Reservation> {
        let (node, new) = (self.node_of(&new.subnet)?.clone(), new.clone());
        to_the_end(async move { node.add(&new).await }).await
    }

    async fn replace_reservation(&self, old: &Reservation, new: &NewReservation) -> Result<Reservation> {
        let (node, old, new) = (self.node_of(&old.subnet)?.clone(), old.clone(), new.clone());
        to_the_end(async move { node.replace(&old, &new).await }).await
    }

    async fn remove_reservation(&self, old: &Reservation) -> Result<Option<Snapshot>> {
        let (node, old) = (self.node_of(&old.subnet)?.clone(), old.clone());
        to_the_end(async move { node.remove(&old).await }).await
    }

    async fn restore_reservation(&self, old: &Reservation, was: &Snapshot) -> Result<Reservation> {
        let (node, old, was) = (self.node_of(&old.subnet)?.clone(), old.clone(), was.clone());
        to_the_end(async move { node.restore(&old, &was).await }).await
    }

    async fn shares_addresses(&self, server: &ServerName) -> Result<bool> {
        let config = self.node(server)?.config(CAPABILITIES_FOR).await?;
        Ok(config.ip_reservations_unique == Some(false))
    }
}

async fn to_the_end<T: Send + 'static>(change: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(change).await.unwrap_or_else(|error| Err(Error::Internal(format!("a change broke off: {error}"))))
}

impl Node {
    /// Forgets a lease. Whether there was one.
    pub(crate) async fn release(self: Arc<Self>, address: Ipv4Addr) -> Result<bool> {
        let release = async move { Ok(self.ask(&Lease4Del { ip_address: address }).await? == Removal::Removed) };
        to_the_end(release).await
    }

    async fn add(&self, new: &NewReservation) -> Result<Reservation> {
        let storage = self.storage().await?;
        let host = convert::host(new, wire::Reservation::default());
        let sent = self.ask(&ReservationAdd { reservation: host.clone(), operation_target: target(storage) }).await;
        self.landed(&host, storage, sent).await?;
        self.save(storage).await?;
        self.made(new, storage).await
    }

    async fn replace(&self, old: &Reservation, new: &NewReservation) -> Result<Reservation> {
        let operation_target = target(old.storage);
        let Some(before) = self.raw(old, operation_target).await? else {
            return Err(Error::not_found(format!("the reservation for {}", old.identifier)));
        };
        let host = convert::host(new, before.clone());
        let sent = if old.identifier == new.identifier {
            self.ask(&ReservationUpdate { reservation: host.clone(), operation_target }).await
        } else {
            // Kea cannot change the identifier of a reservation.
            self.delete(old).await?;
            self.ask(&ReservationAdd { reservation: host.clone(), operation_target }).await
        };
        if let Err(error) = self.landed(&host, old.storage, sent).await {
            return Err(self.put_back(old, before, error).await);
        }
        self.save(old.storage).await?;
        self.made(new, old.storage).await
    }

    async fn remove(&self, old: &Reservation) -> Result<Option<Snapshot>> {
        let operation_target = target(old.storage);
        let was = self.raw(old, operation_target).await?;
        let was = was.and_then(|was| serde_json::to_string(&was).ok()).map(Snapshot);
        let removed = match self.delete(old).await {
            // No answer came: whether it is gone can be seen.
            Err(Error::Unknown { .. }) if self.raw(old, operation_target).await?.is_none() => true,
            outcome => outcome?,
        };
        self.save(old.storage).await?;
        Ok(was.filter(|_| removed))
    }

    async fn restore(&self, old: &Reservation, Snapshot(was): &Snapshot) -> Result<Reservation> {
        let unreadable = |error| Error::Internal(format!("a snapshot of a reservation cannot be read: {error}"));
        let host: wire::Reservation = serde_json::from_str(was).map_err(unreadable)?;
        let host = wire::Reservation { subnet_id: Some(old.subnet.id), ..host };
        let operation_target = target(old.storage);
        let sent = self.ask(&ReservationAdd { reservation: host.clone(), operation_target }).await;
        self.landed(&host, old.storage, sent).await?;
        self.save(old.storage).await?;
        self.shown(&host, old.storage).await
    }

    async fn delete(&self, old: &Reservation) -> Result<bool> {
        let (identifier_type, identifier) = convert::key_of(&old.identifier);
        let key = HostKey::Identifier { identifier_type, identifier };
        let command = ReservationDel { subnet_id: old.subnet.id, key, operation_target: target(old.storage) };
        Ok(self.ask(&command).await? == Removal::Removed)
    }

    /// Makes certain of a change of which no answer came, by looking. What was refused stays refused.
    async fn landed(&self, host: &wire::Reservation, storage: Storage, sent: Result<()>) -> Result<()> {
        let Err(Error::Unknown { server, what }) = sent else { return sent };
        match self.find(host, storage).await {
            Ok(Some(found)) if self.says(&found) == self.says(host) => Ok(()),
            Ok(_) => {
                Err(Error::Unknown { server, what: format!("{what}; the server does not show the change so far") })
            }
            Err(_) => Err(Error::Unknown { server, what }),
        }
    }

    /// After a change that was refused: Kea deletes the old record before it looks at the new one, so the old one may be
    /// gone. It is made again as it was.
    async fn put_back(&self, old: &Reservation, before: wire::Reservation, error: Error) -> Error {
        let operation_target = target(old.storage);
        let there =
            matches!(error, Error::Unknown { .. }) || matches!(self.raw(old, operation_target).await, Ok(Some(_)));
        if there {
            return error;
        }
        match self.ask(&ReservationAdd { reservation: before, operation_target }).await {
            Ok(()) => error,
            Err(second) => Error::Unknown {
                server: self.name.clone(),
                what: format!(
                    "the change was refused ({error}), and the old reservation could not be put back ({second})"
                ),
            },
        }
    }

    /// Saves what runs, where a restart would lose it otherwise.
    async fn save(&self, storage: Storage) -> Result<()> {
        if storage == Storage::Database {
            return Ok(());
        }
        self.ask(&ConfigWrite).await.map(drop).map_err(|error| {
            let text = match error {
                Error::Refused { text, .. } => text,
                other => other.to_string(),
            };
            Error::NotSaved { server: self.name.clone(), text }
        })
    }

    /// What was made, as the server holds it now.
    async fn made(&self, new: &NewReservation, storage: Storage) -> Result<Reservation> {
        self.shown(&convert::host(new, wire::Reservation::default()), storage).await
    }

    async fn shown(&self, host: &wire::Reservation, storage: Storage) -> Result<Reservation> {
        let found = self.find(host, storage).await?;
        let subnet = self.key(host.subnet_id.unwrap_or(0));
        let made = found.and_then(|found| convert::reservation(subnet, &found, storage));
        made.ok_or_else(|| Error::Unknown {
            server: self.name.clone(),
            what: "the server accepted the change, and does not show it: somebody else may have changed it since"
                .to_owned(),
        })
    }

    async fn find(&self, host: &wire::Reservation, storage: Storage) -> Result<Option<wire::Reservation>> {
        match self.says(host) {
            Some(reservation) => self.raw(&reservation, target(storage)).await,
            None => Ok(None),
        }
    }

    /// What a record says, whatever Kea adds to it and however it spells identifiers.
    fn says(&self, host: &wire::Reservation) -> Option<Reservation> {
        convert::reservation(self.key(host.subnet_id.unwrap_or(0)), host, Storage::Configuration)
    }
}

fn target(storage: Storage) -> Target {
    match storage {
        Storage::Configuration => Target::Memory,
        Storage::Database => Target::Database,
    }
}
