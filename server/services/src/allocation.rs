//! Next free address: read what is in use, let `ipam` choose, claim it in the store, look at it once more, live.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::join_all;
use ipam::{Occupancy, Strategy, Taken, next_free, room};
use model::{
    AddressRange, Family, Hold, HoldKey, Identifier, Order, Permission, RawKind, Reservation, Seconds, Subnet,
    SubnetKey, Suggestion,
};

use crate::changes::Gate;
use crate::index::{Freshness, Snapshots};
use crate::networks::Networks;
use crate::ports::{Claim, Clock, Dhcp, Pinger, Presence, Random};
use crate::unseen::aside;
use crate::{Actor, Caller, Error, Event, Events, Mode, Ports, Result, Settings};

/// How many candidates may turn out to be taken before the whole subnet is looked at anew.
const TRIES: usize = 32;

/// How many times candidates are collected before we give up. Where each is tried out over the network, which takes a
/// second or so, all of it stays well below the 50 seconds after which Foreman must have its answer.
const ROUNDS: usize = 16;

/// How many addresses are tried out over the network at first, and at most, at the same moment.
const LOOKS: (usize, usize) = (8, 64);

/// What a hold is for on an address where a host answered.
const ANSWERS: &str = "a device without a lease answers there";

/// Next free addresses. Cheap to clone.
#[derive(Clone)]
pub struct Allocation {
    dhcp: Arc<dyn Dhcp>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pinger: Option<Arc<dyn Pinger>>,
    snapshots: Snapshots,
    networks: Arc<Networks>,
    events: Events,
    gate: Gate,
    hold_for: Seconds,
}

/// An address for a caller, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) suggestion: Suggestion,
    /// Addresses that looked free, and what they turned out to be.
    pub(crate) passed_over: Vec<(IpAddr, Taken)>,
    /// How many addresses were free, and of how many; none where the client owns the address already.
    pub(crate) room: Option<(u128, u128)>,
}

/// One search for a free address.
struct Search<'a> {
    subnet: &'a Subnet,
    range: Option<AddressRange>,
    order: Order,
    holder: String,
    /// How many addresses that holder may have at a time.
    most_holds: u32,
    purpose: Option<String>,
    occupancy: Occupancy,
    /// Whether the running holds are in the occupancy. They are loaded only when one is in the way.
    knows_holds: bool,
    /// How many addresses were free before any was claimed, and of how many.
    room: (u128, u128),
    passed_over: Vec<(IpAddr, Taken)>,
}

impl Allocation {
    pub(crate) fn new(
        ports: &Ports,
        settings: &Settings,
        snapshots: Snapshots,
        networks: Arc<Networks>,
        events: Events,
        gate: Gate,
    ) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            clock: ports.clock.clone(),
            random: ports.random.clone(),
            pinger: ports.pinger.clone(),
            snapshots,
            networks,
            events,
            gate,
            hold_for: settings.blacklist_duration,
        }
    }

    /// The lowest free address, held for the caller; in a dry run it is not held. A client that has an address already is
    /// offered its own. Without a range only pools are looked at.
    pub async fn suggest(
        &self,
        caller: &Caller,
        key: &SubnetKey,
        range: Option<AddressRange>,
        client: Option<&Identifier>,
    ) -> Result<Suggestion> {
        caller.actor.may(Permission::Reserve)?;
        let suggest = |key: SubnetKey| async move {
            let subnet = self.snapshots.subnet(&key).await?;
            let suggestion = self.offer(&caller.actor, &subnet, range, client, Order::Lowest).await?.suggestion;
            if caller.mode == Mode::DryRun && suggestion.held_until.is_some() {
                self.networks.release(&HoldKey { subnet: key, address: suggestion.address }).await?;
                return Ok(Suggestion { held_until: None, ..suggestion });
            }
            Ok(suggestion)
        };
        self.gate.serving(key, suggest).await
    }

    pub(crate) async fn offer(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        range: Option<AddressRange>,
        client: Option<&Identifier>,
        order: Order,
    ) -> Result<Offer> {
        actor.may(Permission::Reserve)?;
        refuse_without_subnet(subnet)?;
        if let Some(client) = client
            && let Some(address) = self.address_of(subnet, client, range).await?
        {
            let suggestion = Suggestion { address, held_until: None };
            return Ok(Offer { suggestion, passed_over: Vec::new(), room: None });
        }
        let mut search = Search::new(actor, subnet, range, order, client.map(ToString::to_string));
        let hold = self.find(&mut search).await?;
        tracing::debug!(actor = %search.holder, address = %hold.key.address, subnet = %subnet.prefix, "an address is held");
        self.events.publish(Event::Subnet(subnet.key.clone()));
        Ok(Offer {
            suggestion: Suggestion { address: hold.key.address, held_until: Some(hold.until) },
            room: Some(search.room),
            passed_over: search.passed_over,
        })
    }

    /// A free address, held for a client that is about to get a reservation. One that has a lease already keeps its
    /// address.
    pub(crate) async fn next(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        range: Option<AddressRange>,
        order: Order,
        client: &Identifier,
    ) -> Result<Hold> {
        actor.may(Permission::Reserve)?;
        refuse_without_subnet(subnet)?;
        let mut search = Search::new(actor, subnet, range, order, Some(client.to_string()));
        if let Some(address) = self.address_of(subnet, client, range).await? {
            let hold = search.hold(address, self.clock.now(), self.hold_for);
            match self.networks.claim(&hold, Some(search.most_holds)).await? {
                Claim::Claimed => return Ok(hold),
                Claim::Taken => {}
                Claim::TooMany => return Err(hoarded(&search)),
            }
        }
        self.find(&mut search).await
    }

    /// Ends a hold that is of no use any more.
    pub(crate) async fn give_back(&self, hold: &Hold) {
        // It ends by itself, too.
        if let Err(error) = self.networks.release(&hold.key).await {
            tracing::warn!(%error, address = %hold.key.address, "a hold could not be released");
        }
    }

    /// The address that the client owns here: reserved, else leased.
    async fn address_of(
        &self,
        subnet: &Subnet,
        client: &Identifier,
        range: Option<AddressRange>,
    ) -> Result<Option<IpAddr>> {
        if !client.identifies() {
            return Ok(None);
        }
        let fits = |address: &IpAddr| subnet.holds(*address) && range.is_none_or(|range| range.contains(*address));
        let reserved = self.dhcp.reservations_of(&subnet.key.server, client).await?;
        let counts = |reservation: &Reservation| {
            (reservation.subnet == subnet.key && subnet.rules.in_subnet)
                || (reservation.subnet.is_global() && subnet.rules.global)
        };
        let mut mine: Vec<_> = reserved.into_iter().filter(counts).collect();
        // A global one counts for those alone who have none in the subnet.
        if mine.iter().any(|reservation| !reservation.subnet.is_global()) {
            mine.retain(|reservation| !reservation.subnet.is_global());
        }
        if let Some(address) = mine.iter().flat_map(Reservation::addresses).find(fits) {
            return Ok(Some(address));
        }
        let now = self.clock.now();
        let leased = self.dhcp.leases_of(&subnet.key.server, client).await?;
        let mine = leased.into_iter().filter(|lease| {
            let here = lease.subnet == subnet.key && lease.stray.is_none() && lease.prefix_len.is_none();
            here && lease.blocks() && fits(&lease.address)
        });
        // Of an old one and a new one, the new one.
        let best = mine.max_by_key(|lease| (!lease.is_expired(now), lease.renewed_at));
        Ok(best.map(|lease| lease.address))
    }

    /// Chooses from the last snapshot, which may be old, and makes sure of the chosen one live: two short questions
    /// instead of a scan through the subnet. Only when the snapshot shows nothing free is a new one taken.
    async fn find(&self, search: &mut Search<'_>) -> Result<Hold> {
        let mut freshness = Freshness::Any;
        self.look_at_snapshot(search, freshness).await?;
        let mut wanted = if self.looks_at(search.subnet.family()).is_some() { LOOKS.0 } else { 1 };
        for _ in 0..ROUNDS {
            let held = match self.claim(search, wanted).await? {
                held if !held.is_empty() => held,
                _ if freshness == Freshness::Now => return Err(exhausted(search)),
                _ => {
                    freshness = Freshness::Now;
                    self.look_at_snapshot(search, freshness).await?;
                    // What stands in the way must be complete now: it is shown to people.
                    self.learn_holds(search).await?;
                    continue;
                }
            };
            if let Some(hold) = self.first_silent(held, search).await? {
                return Ok(hold);
            }
            wanted = (wanted * 2).min(LOOKS.1);
        }
        Err(Error::Exhausted {
            why: "every address that looked free was taken in the meantime, or a device without a lease answers there"
                .to_owned(),
        })
    }

    async fn look_at_snapshot(&self, search: &mut Search<'_>, freshness: Freshness) -> Result<()> {
        let snapshot = self.snapshots.of(search.subnet, freshness).await?;
        // What is not seen may be taken.
        if let Some(error) = snapshot.unseen.error(&search.subnet.key.server) {
            return Err(error);
        }
        search.occupancy = snapshot.occupancy.clone();
        let exclusions = self.networks.exclusions_on(&search.subnet.key).await?;
        search.occupancy.exclude(exclusions.into_iter().map(|exclusion| exclusion.range).collect());
        search.knows_holds = false;
        search.occupancy.take(search.passed_over.iter().copied());
        search.room = room(search.subnet, search.range, &search.occupancy);
        Ok(())
    }

    async fn learn_holds(&self, search: &mut Search<'_>) -> Result<()> {
        let holds = self.networks.holds_on(&search.subnet.key, self.clock.now()).await?;
        search.occupancy.take(holds.iter().map(|hold| (hold.key.address, Taken::Held)));
        search.knows_holds = true;
        Ok(())
    }

    /// Claims so many free addresses, or fewer when there are no more. None of them is in use.
    async fn claim(&self, search: &mut Search<'_>, wanted: usize) -> Result<Vec<Hold>> {
        let mut claimed = Vec::new();
        let mut tries = TRIES + wanted;
        while claimed.len() < wanted && tries > 0 {
            tries -= 1;
            let strategy = self.strategy(search.order);
            let Ok(address) = next_free(search.subnet, search.range, &search.occupancy, strategy) else { break };
            let hold = search.hold(address, self.clock.now(), self.hold_for);
            match self.claim_one(hold, search.most_holds).await {
                // With those that it has, the holder can still be served.
                Ok(None) if !claimed.is_empty() => break,
                Ok(None) => return Err(hoarded(search)),
                Ok(Some(Ok(hold))) => {
                    search.occupancy.take([(address, Taken::Held)]);
                    claimed.push(hold);
                }
                Ok(Some(Err(Taken::Held))) if !search.knows_holds => self.learn_holds(search).await?,
                Ok(Some(Err(taken))) => search.pass_over(address, taken),
                Err(error) => {
                    self.release(&claimed).await?;
                    return Err(error);
                }
            }
        }
        Ok(claimed)
    }

    fn strategy(&self, order: Order) -> Strategy {
        match order {
            Order::Lowest => Strategy::Lowest,
            Order::After(last) => Strategy::After(last),
            Order::Random => {
                let mut seed = [0; 8];
                self.random.fill(&mut seed);
                Strategy::Random { seed: u64::from_le_bytes(seed) }
            }
        }
    }

    /// Claims first and looks then: in the other order two callers could both have seen the address free. None: the holder
    /// has as many as it may have.
    async fn claim_one(&self, hold: Hold, most: u32) -> Result<Option<Result<Hold, Taken>>> {
        match self.networks.claim(&hold, Some(most)).await? {
            Claim::Claimed => {}
            Claim::Taken => return Ok(Some(Err(Taken::Held))),
            Claim::TooMany => return Ok(None),
        }
        let looked = self.in_use(&hold.key).await;
        if !matches!(looked, Ok(None)) {
            self.networks.release(&hold.key).await?;
        }
        Ok(Some(looked?.map_or(Ok(hold), Err)))
    }

    /// What the server itself says of the address, now.
    async fn in_use(&self, key: &HoldKey) -> Result<Option<Taken>> {
        let lease = self.dhcp.lease_at(&key.subnet.server, key.address);
        let reserved = self.dhcp.reservations_at(&key.subnet.server, key.address);
        let (lease, reserved) = futures::future::join(lease, reserved).await;
        let mut raw = Vec::new();
        let (lease, reserved) = (aside(&mut raw, lease)?, aside(&mut raw, reserved)?);
        let taken_by = |kind| raw.iter().any(|record| record.kind == kind);
        if lease.is_some_and(|lease| lease.blocks()) || taken_by(RawKind::Lease) {
            return Ok(Some(Taken::Leased));
        }
        Ok((!reserved.is_empty() || taken_by(RawKind::Reservation)).then_some(Taken::Reserved))
    }

    /// Of addresses that are held the first where no host answers; the others are let go. One where a host answers
    /// stays held: it would answer the next caller too.
    async fn first_silent(&self, held: Vec<Hold>, search: &mut Search<'_>) -> Result<Option<Hold>> {
        let Some(pinger) = self.looks_at(search.subnet.family()) else { return Ok(held.into_iter().next()) };
        let looks = join_all(held.iter().map(|hold| async {
            match hold.key.address {
                IpAddr::V4(address) => pinger.look(address).await,
                IpAddr::V6(_) => Ok(Presence::Silent),
            }
        }));
        let looks = looks.await;
        let (mut chosen, mut surplus) = (None, Vec::new());
        let mut failed = None;
        for (hold, look) in held.into_iter().zip(looks) {
            match look {
                Ok(Presence::Silent) if chosen.is_none() => chosen = Some(hold),
                Ok(Presence::Silent) => surplus.push(hold),
                Ok(Presence::Answers(_)) => {
                    search.pass_over(hold.key.address, Taken::Answers);
                    self.networks.release(&hold.key).await?;
                    self.networks.claim(&Hold { purpose: Some(ANSWERS.to_owned()), ..hold }, None).await?;
                }
                Err(error) => {
                    failed = Some(error);
                    surplus.push(hold);
                }
            }
        }
        self.release(&surplus).await?;
        match (chosen, failed) {
            (None, Some(error)) => Err(Error::Internal(format!("addresses cannot be tried out: {error}"))),
            (chosen, _) => Ok(chosen),
        }
    }

    /// What tries addresses of that family out, if anything does.
    fn looks_at(&self, family: Family) -> Option<&Arc<dyn Pinger>> {
        self.pinger.as_ref().filter(|_| family == Family::V4)
    }

    async fn release(&self, holds: &[Hold]) -> Result<()> {
        for hold in holds {
            self.networks.release(&hold.key).await?;
        }
        Ok(())
    }
}

impl<'a> Search<'a> {
    fn new(
        actor: &Actor,
        subnet: &'a Subnet,
        range: Option<AddressRange>,
        order: Order,
        purpose: Option<String>,
    ) -> Self {
        Self {
            subnet,
            range,
            order,
            holder: actor.label(),
            most_holds: most_holds(actor),
            purpose,
            occupancy: Occupancy::default(),
            knows_holds: false,
            room: (0, 0),
            passed_over: Vec::new(),
        }
    }

    fn hold(&self, address: IpAddr, since: model::Timestamp, hold_for: Seconds) -> Hold {
        Hold {
            key: HoldKey { subnet: self.subnet.key.clone(), address },
            holder: self.holder.clone(),
            purpose: self.purpose.clone(),
            since,
            until: since.plus(hold_for),
        }
    }

    fn pass_over(&mut self, address: IpAddr, taken: Taken) {
        self.occupancy.take([(address, taken)]);
        self.passed_over.push((address, taken));
    }
}

/// How many addresses one may hold at a time: people ask for one after the other, Foreman for whole racks.
fn most_holds(actor: &Actor) -> u32 {
    match actor {
        Actor::User { .. } => 256,
        Actor::Foreman { .. } | Actor::CommandLine | Actor::System => 4_096,
    }
}

fn refuse_without_subnet(subnet: &Subnet) -> Result<()> {
    if subnet.key.is_global() {
        let text = "a global reservation is of no subnet in which an address could be looked for: say which one";
        return Err(Error::invalid("address", text));
    }
    Ok(())
}

/// No caller holds everything: one that asks and asks would leave no address for others.
fn hoarded(search: &Search<'_>) -> Error {
    let (holder, most) = (&search.holder, search.most_holds);
    let why = format!(
        "{holder} holds {most} addresses, the most that one caller may hold: they are free again when their time is over, \
         or when they are released"
    );
    Error::Exhausted { why }
}

fn exhausted(search: &Search<'_>) -> Error {
    let why = next_free(search.subnet, search.range, &search.occupancy, Strategy::Lowest);
    let why = why.map_or_else(|why| why.to_string(), |address| format!("{address} was taken at the last moment"));
    Error::Exhausted { why }
}
