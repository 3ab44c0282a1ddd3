//! Addresses that are held back.

use std::sync::Arc;

use model::{Hold, HoldKey, Permission, SubnetKey};

use crate::ports::{Clock, Store};
use crate::{Actor, Error, Event, Events, Ports, Result};

/// Addresses that are held back. Cheap to clone.
#[derive(Clone)]
pub struct Blacklist {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    events: Events,
}

impl Blacklist {
    pub(crate) fn new(ports: &Ports, events: Events) -> Self {
        Self { store: ports.store.clone(), clock: ports.clock.clone(), events }
    }

    /// Every running hold, the one that ends first at the top.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Hold>> {
        actor.may(Permission::Look)?;
        let mut holds = self.store.running_holds(None, self.clock.now()).await?;
        holds.sort_by_key(|hold| (hold.until, hold.key.clone()));
        Ok(holds)
    }

    /// Ends a hold, so that the address can be suggested again.
    pub async fn release(&self, actor: &Actor, key: &HoldKey) -> Result<()> {
        actor.may(Permission::Reserve)?;
        if !self.store.release_hold(key).await? {
            return Err(Error::not_found(format!("a hold on {}", key.address)));
        }
        tracing::info!(actor = %actor.label(), address = %key.address, subnet = %key.subnet, "a hold was released");
        self.events.publish(Event::Subnet(key.subnet.clone()));
        Ok(())
    }

    /// Ends every running hold, of one subnet or of all. How many there were.
    pub async fn release_all(&self, actor: &Actor, subnet: Option<&SubnetKey>) -> Result<u64> {
        actor.may(Permission::Reserve)?;
        let released = self.store.release_holds(subnet).await?;
        tracing::info!(actor = %actor.label(), subnet = subnet.map(tracing::field::display), released, "holds were released");
        self.events.publish(subnet.cloned().map_or(Event::Servers, Event::Subnet));
        Ok(released)
    }
}
