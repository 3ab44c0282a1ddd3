//! Addresses that are held back: holds, and ranges that are excluded.

use std::sync::Arc;

use model::{AddressRange, Exclusion, Hold, HoldKey, Permission, SubnetKey};

use crate::index::Snapshots;
use crate::networks::Networks;
use crate::ports::{Clock, Store};
use crate::{Actor, Error, Event, Events, Ports, Result};

/// Addresses that are held back. Cheap to clone.
#[derive(Clone)]
pub struct Blacklist {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    snapshots: Snapshots,
    networks: Arc<Networks>,
    events: Events,
}

impl Blacklist {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, networks: Arc<Networks>, events: Events) -> Self {
        Self { store: ports.store.clone(), clock: ports.clock.clone(), snapshots, networks, events }
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
        if !self.networks.release(key).await? {
            return Err(Error::not_found(format!("a hold on {}", key.address)));
        }
        tracing::info!(actor = %actor.label(), address = %key.address, subnet = %key.subnet, "a hold was released");
        self.events.publish(Event::Subnet(key.subnet.clone()));
        Ok(())
    }

    /// Ends every running hold, of one subnet or of all. How many there were.
    pub async fn release_all(&self, actor: &Actor, subnet: Option<&SubnetKey>) -> Result<u64> {
        actor.may(Permission::Reserve)?;
        let released = match subnet {
            Some(subnet) => self.networks.release_all(subnet).await?,
            None => self.store.release_holds(None).await?,
        };
        tracing::info!(actor = %actor.label(), subnet = subnet.map(tracing::field::display), released, "holds were released");
        self.events.publish(subnet.cloned().map_or(Event::Servers, Event::Subnet));
        Ok(released)
    }

    /// The ranges that are excluded, of one subnet or of all.
    pub async fn exclusions(&self, actor: &Actor, subnet: Option<&SubnetKey>) -> Result<Vec<Exclusion>> {
        actor.may(Permission::Look)?;
        match subnet {
            Some(subnet) => self.networks.exclusions(subnet).await,
            None => Ok(self.store.exclusions(None).await?),
        }
    }

    /// Excludes a range: its addresses are not suggested or reserved until the exclusion is removed. Leases and
    /// reservations that are there stay.
    pub async fn exclude(&self, actor: &Actor, subnet: &SubnetKey, range: AddressRange, reason: &str) -> Result<()> {
        actor.may(Permission::Reserve)?;
        let prefix = self.snapshots.subnet(subnet).await?.prefix;
        if !prefix.contains(range.first()) || !prefix.contains(range.last()) {
            return Err(Error::invalid("range", format!("{range} is not inside of {prefix}")));
        }
        let reason = Exclusion::reason(reason).map_err(|fault| Error::invalid("reason", fault))?;
        let (author, since) = (actor.label(), self.clock.now());
        let exclusion = Exclusion { subnet: subnet.clone(), range, reason, author, since };
        if !self.networks.exclude(exclusion).await? {
            return Err(Error::invalid("range", format!("{range} is excluded already")));
        }
        tracing::info!(actor = %actor.label(), %subnet, %range, "a range was excluded");
        self.events.publish(Event::Subnet(subnet.clone()));
        Ok(())
    }

    /// Takes an exclusion away.
    pub async fn include(&self, actor: &Actor, subnet: &SubnetKey, range: AddressRange) -> Result<()> {
        actor.may(Permission::Reserve)?;
        if !self.networks.include(subnet, range).await? {
            return Err(Error::not_found(format!("an exclusion of {range}")));
        }
        tracing::info!(actor = %actor.label(), %subnet, %range, "an exclusion was taken away");
        self.events.publish(Event::Subnet(subnet.clone()));
        Ok(())
    }
}
