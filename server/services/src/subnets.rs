//! Subnets and their addresses.

use std::collections::HashMap;
use std::sync::Arc;

use model::{AddressPage, AddressQuery, Permission, SubnetKey, SubnetList, SubnetSummary, Utilization};

use crate::index::{self, Freshness, Snapshots};
use crate::ports::{Clock, Dhcp, Store};
use crate::{Actor, Error, Event, Events, LastCounts, Ports, Result};

/// Subnets and their addresses. Cheap to clone.
#[derive(Clone)]
pub struct Subnets {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    snapshots: Snapshots,
    events: Events,
}

impl Subnets {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, events: Events) -> Self {
        Self { dhcp: ports.dhcp.clone(), store: ports.store.clone(), clock: ports.clock.clone(), snapshots, events }
    }

    /// Every subnet of every server; of one that does not answer those that it had.
    pub async fn list(&self, actor: &Actor) -> Result<SubnetList> {
        actor.may(Permission::Look)?;
        let ((subnets, silent), mut filled) = futures::join!(self.snapshots.all_subnets(), self.utilizations());
        let summary = |subnet: model::Subnet| SubnetSummary {
            utilization: filled.remove(&subnet.key),
            as_of: self.snapshots.dated(&subnet.key.server),
            subnet,
        };
        Ok(SubnetList { subnets: subnets.into_iter().map(summary).collect(), silent })
    }

    /// One subnet.
    pub async fn get(&self, actor: &Actor, key: &SubnetKey) -> Result<SubnetSummary> {
        actor.may(Permission::Look)?;
        let (subnet, filled) = futures::join!(self.snapshots.shown_subnet(key), self.dhcp.utilization(&key.server));
        let filled = filled.unwrap_or_default().into_iter().find(|(subnet, _)| subnet == key);
        let (utilization, as_of) = (filled.map(|(_, filled)| filled), self.snapshots.dated(&key.server));
        Ok(SubnetSummary { subnet: subnet?, utilization, as_of })
    }

    /// Some of a subnet's addresses.
    pub async fn addresses(&self, actor: &Actor, key: &SubnetKey, query: &AddressQuery) -> Result<AddressPage> {
        actor.may(Permission::Look)?;
        let subnet = self.snapshots.shown_subnet(key).await?;
        let snapshot = self.snapshots.shown(&subnet, Freshness::Page).await?;
        let now = self.clock.now();
        let holds = self.store.running_holds(Some(key), now).await?;
        let exclusions = self.store.exclusions(Some(key)).await?;
        let blacklist = index::Blacklist { holds: &holds, exclusions: &exclusions };
        Ok(index::page(index::rows(&subnet, &snapshot, blacklist, now), query, snapshot.as_of))
    }

    /// Asks how full subnets are, and tells open pages what is not as it was at the last look. Meant to be called every few
    /// seconds: the numbers alone cost a server little, however large its configuration is.
    pub async fn look_again(&self, last: &mut LastCounts) {
        for event in last.replace(self.utilizations().await) {
            self.snapshots.note_move(if let Event::Subnet(key) = &event { Some(key.clone()) } else { None });
            self.events.publish(event);
        }
    }

    /// Takes new snapshots of subnets for which somebody made do with an old one; why some could not be taken. Meant to be
    /// called every few seconds.
    pub async fn refresh(&self) -> Vec<Error> {
        self.snapshots.refresh().await
    }

    /// How full every subnet is, of the servers that can say it.
    async fn utilizations(&self) -> HashMap<SubnetKey, Utilization> {
        let names = self.dhcp.names();
        let answers = futures::future::join_all(names.iter().map(|server| self.dhcp.utilization(server))).await;
        answers.into_iter().filter_map(Result::ok).flatten().collect()
    }
}
