//! The servers themselves: how they are, what they have not saved, and where the two of a pair differ.

mod check;
mod findings;
mod silence;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use ::changes::Edit;
use model::{
    Applied, ChangeState, Difference, Drift, Finding, Health, Identifier, Permission, Problem, RawRecord, Reservation,
    ReservationKey, ServerName, ServerStatus, Severity, Storage, Subnet, SubnetKey, Unsettled,
};

use crate::changes::{Gate, Origin, Permit, Planned};
use crate::configurations::{aside, outside};
use crate::index::Snapshots;
use crate::ports::{Contact, Dhcp, Store};
use crate::{Actor, Caller, Error, Event, LastStates, LastWords, Ports, Reservations, Result};

/// The servers. Cheap to clone.
#[derive(Clone)]
pub struct Servers {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    snapshots: Snapshots,
    reservations: Reservations,
    gate: Gate,
    checks: Arc<Mutex<HashMap<ServerName, check::Checked>>>,
}

impl Servers {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, reservations: Reservations, gate: Gate) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            store: ports.store.clone(),
            snapshots,
            reservations,
            gate,
            checks: Arc::default(),
        }
    }

    /// Every server, in the operator's order.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ServerStatus>> {
        actor.may(Permission::Look)?;
        let mut servers = self.statuses().await;
        let counts = self.store.count_changes().await?;
        let mut unconfirmed = self.gate.all_unconfirmed().await?;
        for server in &mut servers {
            let count = |state| {
                let mine = |row: &&(ServerName, ChangeState, u32)| row.0 == server.name && row.1 == state;
                counts.iter().find(mine).map_or(0, |row| row.2)
            };
            server.unsettled = Unsettled {
                not_saved: count(ChangeState::NotSaved),
                pending: count(ChangeState::Pending),
                unknown: count(ChangeState::Unknown),
                lost: self.gate.count_lost(&server.name),
            };
            server.unconfirmed = unconfirmed.remove(&server.name).unwrap_or_default();
            server.outside = outside::of_server(&*self.store, &server.name).await?.unseen;
            server.findings.extend(self.lonely(&server.name).await);
        }
        let names: Vec<_> = servers.iter().map(|server| server.name.clone()).collect();
        let strays = futures::future::join_all(names.iter().map(|server| self.snapshots.strays(server))).await;
        for (server, strays) in servers.iter_mut().zip(strays) {
            server.findings.extend(findings::of_strays(&strays));
        }
        Ok(servers)
    }

    async fn statuses(&self) -> Vec<ServerStatus> {
        let names = self.dhcp.names();
        futures::future::join_all(names.iter().map(|server| self.dhcp.status(server))).await
    }

    /// Asks servers how they are, and notifies open pages when one is not as it was at the last look. While no page is open
    /// they are asked now and then: that one serves nobody any more is to be in the log. Meant to be called every few seconds.
    pub async fn look_again(&self, last: &mut LastStates) {
        let events = &self.gate.events;
        if !last.are_due(self.gate.clock.now(), events.are_heard()) {
            return;
        }
        let now = self.statuses().await;
        for server in last.turned(&now) {
            let why: Vec<&str> = server.findings.iter().map(|finding| finding.text.as_str()).collect();
            if server.health == Health::NotServing {
                tracing::error!(server = %server.name, ?why, "the server serves no clients");
            } else {
                tracing::info!(server = %server.name, "the server serves clients again");
            }
        }
        if let Some(event) = last.replace(now) {
            events.publish(event);
        }
    }

    /// Looks after the contact with every server, and notifies open pages when one falls silent or is back. Never ends.
    pub async fn attend(&self) {
        let names = self.dhcp.names();
        let each = names.iter().map(|server| async move {
            loop {
                self.dhcp.attend(server).await;
                let contact = self.dhcp.contact(server);
                tracing::info!(%server, ?contact, "whether a server answers has changed");
                self.gate.events.publish(Event::Servers);
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
            let now = self.gate.clock.now();
            if !self.dhcp.said_at(&server).is_some_and(|at| last.are_unseen(&server, at, now)) {
                continue;
            }
            let (begun, dhcp, name) = (Instant::now(), self.dhcp.clone(), server.clone());
            let Some(said) = aside(move || dhcp.said(&name)).await? else { continue };
            let (at, took) = (said.as_of, begun.elapsed());
            if last.is_news(&server, &said) {
                self.store.keep_last_words(&server, &said).await?;
                last.note(server.clone(), said);
            }
            last.see(server, at, now, took);
        }
        Ok(())
    }

    /// Has a server save what it runs.
    pub async fn save(&self, caller: &Caller, server: &ServerName) -> Result<()> {
        let (gate, name) = (self.gate.clone(), server.clone());
        self.gate.pass(caller, server, move |permit| async move { gate.save(&permit, &name).await }).await
    }

    /// Has a server that hands out no leases serve again: it is given once more what it says that it runs; where it refuses
    /// that, it loads its saved file, and what was not saved is lost.
    pub async fn repair(&self, caller: &Caller, server: &ServerName) -> Result<()> {
        let (gate, name) = (self.gate.clone(), server.clone());
        self.gate.pass(caller, server, move |permit| async move { gate.repair(&permit, &name).await }).await
    }

    /// Where the reservations of a server differ from those of its partners, as far as they are kept in the configuration.
    /// A subnet that a partner does not have is reported without a comparison.
    pub async fn drift(&self, actor: &Actor, server: &ServerName) -> Result<Vec<Drift>> {
        actor.may(Permission::Look)?;
        let partners = self.dhcp.partners(server).await;
        let ours = self.snapshots.subnets(server).await?;
        let mut there: Vec<Vec<SubnetKey>> = vec![Vec::new(); ours.len()];
        let mut unheard = Vec::new();
        for partner in &partners {
            // Another partner that never answered is in this one's way no more than its records are.
            let theirs = match self.snapshots.subnets(partner).await {
                Ok(theirs) => theirs,
                Err(error) if partners.len() == 1 => return Err(error),
                Err(error) => {
                    unheard.push((partner, error));
                    continue;
                }
            };
            let between = self.gate.networks.between(server, partner).await;
            let counterparts = between.counterparts(&theirs);
            for (subnet, there) in ours.iter().zip(&mut there) {
                there.extend(counterparts.of(subnet).map(|found| found.key.clone()));
            }
        }
        let mut all = Comparison::default();
        for (subnet, there) in ours.iter().zip(&there) {
            for there in there {
                all.add(subnet, there, self.compare(subnet, there).await);
            }
            // Of a hub each spoke has a part of the subnets: one that is on any of them is where it should be. One that is
            // on none may be on a partner that was never heard of.
            let is_nowhere = there.is_empty() && !partners.is_empty() && unheard.is_empty();
            all.found.extend(is_nowhere.then(|| missing(subnet, &partners)));
        }
        let global = self.dhcp.global(server).await?;
        for (partner, error) in unheard {
            all.add(&global, &SubnetKey::global(partner.clone()), Err(error));
        }
        for partner in &partners {
            let there = SubnetKey::global(partner.clone());
            all.add(&global, &there, self.compare(&global, &there).await);
        }
        all.end()
    }

    /// What is to be said of subnets of a server that none of its partners has.
    async fn lonely(&self, server: &ServerName) -> Option<Finding> {
        let partners = self.dhcp.partners(server).await;
        let (ours, _) = self.snapshots.last(server).filter(|_| !partners.is_empty())?;
        let mut lonely: Vec<&Subnet> = ours.iter().collect();
        for partner in &partners {
            // Of one that never said anything it is not known what it has.
            let (theirs, _) = self.snapshots.last(partner)?;
            let between = self.gate.networks.between(server, partner).await;
            let counterparts = between.counterparts(&theirs);
            lonely.retain(|subnet| counterparts.of(subnet).is_none());
        }
        let (most, more) = (4, lonely.len().saturating_sub(4));
        let named = lonely.iter().take(most).map(|subnet| subnet.prefix.to_string()).collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!lonely.is_empty()).then(|| Finding {
            severity: Severity::Warns,
            text: format!(
                "No partner of this server has {named}{more}: they are not served while this server is away."
            ),
            advice: "Add the same subnets to the configuration of its partner.".to_owned(),
            items: Vec::new(),
            line: None,
        })
    }

    async fn compare(&self, subnet: &Subnet, right: &SubnetKey) -> Result<Drift> {
        let left = &subnet.key;
        let (ours, theirs) = futures::try_join!(self.dhcp.reservations_in(left), self.dhcp.reservations_in(right))?;
        let mut known: BTreeMap<Identifier, (Option<Reservation>, Option<Reservation>)> = BTreeMap::new();
        let raw = only_here(&ours.raw, &theirs.raw).chain(only_here(&theirs.raw, &ours.raw)).cloned().collect();
        for reservation in ours.known.into_iter().filter(in_configuration) {
            let identifier = reservation.identifier.clone();
            known.entry(identifier).or_default().0 = Some(reservation);
        }
        for reservation in theirs.known.into_iter().filter(in_configuration) {
            let identifier = reservation.identifier.clone();
            known.entry(identifier).or_default().1 = Some(reservation);
        }
        let differs = |(identifier, (left, right)): (Identifier, (Option<Reservation>, Option<Reservation>))| {
            (!same(left.as_ref(), right.as_ref())).then_some(Difference { identifier, left, right })
        };
        let differences = known.into_iter().filter_map(differs).collect();
        Ok(Drift {
            prefix: subnet.prefix,
            left: left.clone(),
            right: right.clone(),
            missing_on: Vec::new(),
            differences,
            problem: None,
            raw,
        })
    }

    /// Makes the reservation of a client in `to` the same as the one in `from`; where `from` has none, it is deleted. Both
    /// must be the same network, on two partners.
    pub async fn align(
        &self,
        caller: &Caller,
        from: &SubnetKey,
        to: &SubnetKey,
        identifier: &Identifier,
    ) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        if from == to || !self.gate.is_same_network(from, to).await {
            let text = format!("{to} is not the same network as {from} on a partner of “{}”", from.server);
            return Err(Error::invalid("to", text));
        }
        let this = self.clone();
        let (from, to, identifier, server) = (from.clone(), to.clone(), identifier.clone(), to.server.clone());
        let work = move |permit: Permit| async move {
            let edit = this.aligning(&from, &to, identifier).await?;
            let findings = match edit.reservations().1 {
                Some(wanted) => this.reservations.refuse_restoring(permit.actor(), &wanted).await?,
                None => Vec::new(),
            };
            let from = Origin { single_server: true, ..Origin::default() };
            this.gate.carry_out(&permit, Planned { edit, from }, findings).await
        };
        self.gate.pass(caller, &server, work).await
    }

    async fn aligning(&self, from: &SubnetKey, to: &SubnetKey, identifier: Identifier) -> Result<Edit> {
        let key = |subnet: &SubnetKey| ReservationKey { subnet: subnet.clone(), identifier: identifier.clone() };
        let place = Some(Storage::Configuration);
        let model = self.reservations.find(&key(from), place).await?;
        let now = self.reservations.find(&key(to), place).await?;
        match (model, now) {
            (model, now) if same(model.as_ref(), now.as_ref()) => {
                Err(Error::Stale { what: format!("the difference of {identifier}") })
            }
            (Some(model), now) => {
                let verbatim = self.dhcp.verbatim(&model.clone().into()).await?;
                let verbatim = verbatim.ok_or_else(|| Error::not_found(format!("the reservation for {identifier}")))?;
                let wanted = Reservation { subnet: to.clone(), ..model };
                Ok(Edit::restore(now, wanted, verbatim))
            }
            (None, Some(now)) => Ok(Edit::delete(now)),
            (None, None) => Err(Error::not_found(format!("a reservation for {identifier}"))),
        }
    }
}

/// What was compared so far.
#[derive(Default)]
struct Comparison {
    found: Vec<Drift>,
    /// Whether any two subnets could be compared.
    compared: bool,
    failed: Option<Error>,
}

impl Comparison {
    fn add(&mut self, subnet: &Subnet, there: &SubnetKey, outcome: Result<Drift>) {
        match outcome {
            Ok(drift) => {
                self.compared = true;
                self.found.extend(Some(drift).filter(|drift| !drift.differences.is_empty() || !drift.raw.is_empty()));
            }
            Err(error) => {
                let problem = Some(Problem::from(error.clone()));
                // A server that does not answer is named once, not for each of its subnets.
                if !self.found.iter().any(|known| known.problem == problem) {
                    self.found.push(Drift { right: there.clone(), problem, ..missing(subnet, &[]) });
                }
                self.failed.get_or_insert(error);
            }
        }
    }

    /// What differs, and beside it what could not be compared; where nothing could, why.
    fn end(self) -> Result<Vec<Drift>> {
        match self.failed {
            Some(error) if !self.compared => Err(error),
            _ => Ok(self.found),
        }
    }
}

/// A subnet that no partner has, as the comparison shows it.
fn missing(subnet: &Subnet, partners: &[ServerName]) -> Drift {
    let missing_on = partners.to_vec();
    let (left, right) = (subnet.key.clone(), subnet.key.clone());
    Drift { prefix: subnet.prefix, left, right, missing_on, differences: Vec::new(), problem: None, raw: Vec::new() }
}

/// The records that are not understood, in the configuration, and that the other side does not have word for word but for
/// the number of the subnet.
fn only_here<'a>(here: &'a [RawRecord], there: &'a [RawRecord]) -> impl Iterator<Item = &'a RawRecord> {
    let words = |raw: &RawRecord| raw.text.replacen(&format!("\"subnet-id\":{}", raw.subnet.id), "", 1);
    let known: BTreeSet<String> = there.iter().map(words).collect();
    let kept = |raw: &&RawRecord| raw.storage != Some(Storage::Database);
    here.iter().filter(kept).filter(move |raw| !known.contains(&words(raw)))
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
