//! Next free address: read what is in use, let `ipam` choose, claim it in the store, look at it once more, live.

use std::net::Ipv4Addr;
use std::sync::Arc;

use ipam::{Occupancy, Strategy, Taken, next_free};
use model::{AddressRange, Hold, HoldKey, HwAddress, Permission, Seconds, Subnet, SubnetKey, Suggestion};

use crate::index::{Freshness, Pictures};
use crate::ports::{Claim, Clock, Dhcp, Random, Store};
use crate::{Actor, Error, Event, Events, Ports, Result, Settings};

/// How many candidates may turn out to be taken before the whole subnet is looked at anew.
const TRIES: usize = 32;

/// How many times the whole subnet is looked at before we give up.
const ROUNDS: usize = 4;

/// Next free addresses. Cheap to clone.
#[derive(Clone)]
pub struct Allocation {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pictures: Pictures,
    events: Events,
    hold_for: Seconds,
}

/// In which order free addresses are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Lowest,
    Random,
}

impl Allocation {
    pub(crate) fn new(ports: &Ports, settings: &Settings, pictures: Pictures, events: Events) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            store: ports.store.clone(),
            clock: ports.clock.clone(),
            random: ports.random.clone(),
            pictures,
            events,
            hold_for: settings.blacklist_duration,
        }
    }

    /// The lowest free address, held for whoever asks. A client that has an address already is offered its own.
    /// Without a range only pools are looked at.
    pub async fn suggest(
        &self,
        actor: &Actor,
        key: &SubnetKey,
        range: Option<AddressRange>,
        client: Option<&HwAddress>,
    ) -> Result<Suggestion> {
        actor.may(Permission::Reserve)?;
        let subnet = self.pictures.subnet(key).await?;
        self.suggest_in(actor, &subnet, range, client, Order::Lowest).await
    }

    pub(crate) async fn suggest_in(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        range: Option<AddressRange>,
        client: Option<&HwAddress>,
        order: Order,
    ) -> Result<Suggestion> {
        actor.may(Permission::Reserve)?;
        if let Some(client) = client
            && let Some(address) = self.address_of(subnet, client, range).await?
        {
            return Ok(Suggestion { address, held_until: None });
        }
        let hold = |address| {
            let since = self.clock.now();
            Hold {
                key: HoldKey { subnet: subnet.key.clone(), address },
                holder: actor.label(),
                purpose: client.map(ToString::to_string),
                since,
                until: since.plus(self.hold_for),
            }
        };
        let hold = self.claim(subnet, range, order, hold).await?;
        tracing::info!(actor = %actor.label(), address = %hold.key.address, subnet = %subnet.prefix, "an address is held");
        self.events.publish(Event::Subnet(subnet.key.clone()));
        Ok(Suggestion { address: hold.key.address, held_until: Some(hold.until) })
    }

    /// The address that the client owns here: reserved, else leased.
    async fn address_of(
        &self,
        subnet: &Subnet,
        client: &HwAddress,
        range: Option<AddressRange>,
    ) -> Result<Option<Ipv4Addr>> {
        let fits = |address: &Ipv4Addr| subnet.holds(*address) && range.is_none_or(|range| range.contains(*address));
        let identifier = model::Identifier::HwAddress(client.clone());
        let reserved = self.dhcp.reservations_of(&subnet.key.server, &identifier).await?;
        let mine = reserved.into_iter().filter(|reservation| reservation.subnet == subnet.key);
        if let Some(address) = mine.filter_map(|reservation| reservation.address).find(fits) {
            return Ok(Some(address));
        }
        let leased = self.dhcp.leases_of_hw_address(&subnet.key.server, client).await?;
        let mut mine =
            leased.into_iter().filter(|lease| lease.subnet == subnet.key && lease.blocks()).map(|lease| lease.address);
        Ok(mine.find(fits))
    }

    /// Chooses from the last picture, which may be old, and makes sure of the chosen one live: two short questions
    /// instead of a walk through the subnet. Only when the picture shows nothing free is a new one taken.
    async fn claim(
        &self,
        subnet: &Subnet,
        range: Option<AddressRange>,
        order: Order,
        hold: impl Fn(Ipv4Addr) -> Hold,
    ) -> Result<Hold> {
        let mut freshness = Freshness::Search;
        for _ in 0..ROUNDS {
            let picture = self.pictures.of(subnet, freshness).await?;
            let holds = self.store.running_holds(Some(&subnet.key), self.clock.now()).await?;
            let mut occupancy = Occupancy::of(subnet, &picture.leases, &picture.reservations, &holds);
            for _ in 0..TRIES {
                match next_free(subnet, range, &occupancy, self.strategy(order)) {
                    Ok(address) => match self.claim_one(hold(address)).await? {
                        Ok(hold) => return Ok(hold),
                        Err(taken) => occupancy.take(address, taken),
                    },
                    Err(why) if freshness == Freshness::Now => return Err(Error::Exhausted { why: why.to_string() }),
                    Err(_) => break,
                }
            }
            freshness = Freshness::Now;
        }
        Err(Error::Exhausted {
            why: "every address that looked free was taken by somebody else at the same moment".to_owned(),
        })
    }

    fn strategy(&self, order: Order) -> Strategy {
        match order {
            Order::Lowest => Strategy::Lowest,
            Order::Random => {
                let mut seed = [0; 8];
                self.random.fill(&mut seed);
                Strategy::Random { seed: u64::from_le_bytes(seed) }
            }
        }
    }

    /// Claims first and looks then: in the other order two callers could both have seen the address free.
    async fn claim_one(&self, hold: Hold) -> Result<Result<Hold, Taken>> {
        if self.store.claim_hold(&hold).await? == Claim::Taken {
            return Ok(Err(Taken::Held));
        }
        match self.in_use(&hold.key).await {
            Ok(None) => Ok(Ok(hold)),
            Ok(Some(taken)) => {
                self.store.release_hold(&hold.key).await?;
                Ok(Err(taken))
            }
            Err(error) => {
                self.store.release_hold(&hold.key).await?;
                Err(error)
            }
        }
    }

    /// What the server itself says of the address, now.
    async fn in_use(&self, key: &HoldKey) -> Result<Option<Taken>> {
        let lease = self.dhcp.lease_at(&key.subnet.server, key.address).await?;
        if lease.is_some_and(|lease| lease.blocks()) {
            return Ok(Some(Taken::Leased));
        }
        let reserved = self.dhcp.reservations_at(&key.subnet, key.address).await?;
        Ok((!reserved.is_empty()).then_some(Taken::Reserved))
    }
}
