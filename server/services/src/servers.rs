//! The servers themselves: how they are, what they have not saved, and where the two of a pair differ.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{
    Applied, ChangeState, Difference, Drift, Identifier, Permission, Reservation, ReservationKey, ServerName,
    ServerStatus, Storage, Subnet, SubnetKey, Unsettled,
};

use crate::index::Snapshots;
use crate::ports::{Contact, Dhcp, Store};
use crate::recording::{Origin, Planned, Recording, to_the_end};
use crate::{Actor, Error, Event, LastStates, LastWords, Ports, Reservations, Result};

/// The servers. Cheap to clone.
#[derive(Clone)]
pub struct Servers {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    snapshots: Snapshots,
    reservations: Reservations,
    recording: Recording,
}

impl Servers {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, reservations: Reservations, recording: Recording) -> Self {
        Self { dhcp: ports.dhcp.clone(), store: ports.store.clone(), snapshots, reservations, recording }
    }

    /// Every server, in the operator's order.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ServerStatus>> {
        actor.may(Permission::Look)?;
        let mut servers = self.statuses().await;
        let counts = self.store.count_changes().await?;
        for server in &mut servers {
            let count = |state| {
                let mine = |row: &&(ServerName, ChangeState, u32)| row.0 == server.name && row.1 == state;
                counts.iter().find(mine).map_or(0, |row| row.2)
            };
            server.unsettled = Unsettled {
                not_saved: count(ChangeState::NotSaved),
                pending: count(ChangeState::Pending),
                unknown: count(ChangeState::Unknown),
            };
        }
        Ok(servers)
    }

    async fn statuses(&self) -> Vec<ServerStatus> {
        let names = self.dhcp.names();
        futures::future::join_all(names.iter().map(|server| self.dhcp.status(server))).await
    }

    /// Asks servers how they are, and tells open pages when one is not as it was at the last look. While no page is open
    /// nobody is asked. Meant to be called every few seconds.
    pub async fn look_again(&self, last: &mut LastStates) {
        let events = &self.recording.events;
        if events.are_heard()
            && let Some(event) = last.replace(self.statuses().await)
        {
            events.publish(event);
        }
    }

    /// Looks after the contact with every server, and tells open pages when one falls silent or is back. Never ends.
    pub async fn attend(&self) {
        let names = self.dhcp.names();
        let each = names.iter().map(|server| async move {
            loop {
                self.dhcp.attend(server).await;
                let contact = self.dhcp.contact(server);
                tracing::info!(%server, ?contact, "whether a server answers has changed");
                self.recording.events.publish(Event::Servers);
            }
        });
        futures::future::join_all(each).await;
    }

    /// The servers that do not answer, as far as is known.
    pub fn silent(&self) -> Vec<ServerName> {
        let mut names = self.dhcp.names();
        names.retain(|server| !matches!(self.dhcp.contact(server), Contact::Answering | Contact::Quiet));
        names
    }

    /// Takes over what servers said to earlier programs, so that one that is silent now is known all the same.
    pub async fn recall(&self) -> Result<()> {
        for (server, said) in self.store.last_words().await? {
            self.dhcp.recall(&server, &said);
        }
        Ok(())
    }

    /// Keeps what servers have said since the last time. Meant to be called every few seconds.
    pub async fn remember(&self, last: &mut LastWords) -> Result<()> {
        for server in self.dhcp.names() {
            let Some(said) = self.dhcp.said(&server) else { continue };
            if last.is_news(&server, &said) {
                self.store.keep_last_words(&server, &said).await?;
                last.note(server, said);
            }
        }
        Ok(())
    }

    /// Has a server save what it runs.
    pub async fn save(&self, actor: &Actor, server: &ServerName) -> Result<()> {
        actor.may(Permission::Reserve)?;
        let (this, actor, server) = (self.clone(), actor.label(), server.clone());
        to_the_end(async move {
            let _lock = this.recording.lock(&server).await?;
            this.dhcp.save(&server).await?;
            tracing::info!(%actor, %server, "what runs was saved");
            this.recording.saved(&server).await;
            Ok(())
        })
        .await
    }

    /// Where the reservations of a server differ from those of its partners, as far as they are kept in the configuration.
    pub async fn drift(&self, actor: &Actor, server: &ServerName) -> Result<Vec<Drift>> {
        actor.may(Permission::Look)?;
        let mut all = Vec::new();
        for partner in self.dhcp.partners(server).await {
            for subnet in self.snapshots.subnets(server).await?.iter() {
                let twin = self.recording.counterpart_of(&subnet.key, &partner).await;
                let drift = self.compare(subnet, &twin).await?;
                all.extend(Some(drift).filter(|drift| !drift.differences.is_empty()));
            }
        }
        Ok(all)
    }

    async fn compare(&self, subnet: &Subnet, right: &SubnetKey) -> Result<Drift> {
        let left = &subnet.key;
        let (ours, theirs) = futures::try_join!(self.dhcp.reservations_in(left), self.dhcp.reservations_in(right))?;
        let mut known: BTreeMap<Identifier, (Option<Reservation>, Option<Reservation>)> = BTreeMap::new();
        for reservation in ours.into_iter().filter(in_configuration) {
            let identifier = reservation.identifier.clone();
            known.entry(identifier).or_default().0 = Some(reservation);
        }
        for reservation in theirs.into_iter().filter(in_configuration) {
            let identifier = reservation.identifier.clone();
            known.entry(identifier).or_default().1 = Some(reservation);
        }
        let differs = |(identifier, (left, right)): (Identifier, (Option<Reservation>, Option<Reservation>))| {
            (!same(left.as_ref(), right.as_ref())).then_some(Difference { identifier, left, right })
        };
        let differences = known.into_iter().filter_map(differs).collect();
        Ok(Drift { prefix: subnet.prefix, left: left.clone(), right: right.clone(), differences })
    }

    /// Makes the reservation of a client in `to` the same as the one in `from`; where `from` has none, it is deleted.
    pub async fn align(
        &self,
        actor: &Actor,
        from: &SubnetKey,
        to: &SubnetKey,
        identifier: &Identifier,
    ) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        if !self.dhcp.partners(&from.server).await.contains(&to.server) {
            return Err(Error::invalid("to", format!("“{}” is no partner of “{}”", to.server, from.server)));
        }
        let (this, actor) = (self.clone(), actor.clone());
        let (from, to, identifier) = (from.clone(), to.clone(), identifier.clone());
        to_the_end(async move {
            let _lock = this.recording.lock(&to.server).await?;
            let mut planned = this.aligning(&from, &to, identifier).await?;
            planned.from.alone = true;
            this.recording.carry_out(&actor, planned, Vec::new()).await
        })
        .await
    }

    async fn aligning(&self, from: &SubnetKey, to: &SubnetKey, identifier: Identifier) -> Result<Planned> {
        let key = |subnet: &SubnetKey| ReservationKey { subnet: subnet.clone(), identifier: identifier.clone() };
        let place = Some(Storage::Configuration);
        let model = self.reservations.find(&key(from), place).await?;
        let now = self.reservations.find(&key(to), place).await?;
        match (model, now) {
            (model, now) if same(model.as_ref(), now.as_ref()) => {
                Err(Error::Stale { what: format!("the difference of {identifier}") })
            }
            (Some(model), now) => {
                let verbatim = self.dhcp.verbatim(&model).await?;
                let verbatim = verbatim.ok_or_else(|| Error::not_found(format!("the reservation for {identifier}")))?;
                let wanted = Reservation { subnet: to.clone(), ..model };
                Ok(Planned::restore(now.as_ref(), wanted, verbatim, Origin::default()))
            }
            (None, Some(now)) => Ok(Planned::delete(&now, Origin::default())),
            (None, None) => Err(Error::not_found(format!("a reservation for {identifier}"))),
        }
    }
}

fn in_configuration(reservation: &Reservation) -> bool {
    reservation.storage == Storage::Configuration
}

/// Whether both say the same, in whichever subnet each is.
fn same(left: Option<&Reservation>, right: Option<&Reservation>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => {
            left.is_equivalent_to(&Reservation { subnet: left.subnet.clone(), ..right.clone() })
        }
        _ => false,
    }
}
