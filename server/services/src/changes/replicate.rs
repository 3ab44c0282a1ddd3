//! The other servers of a pair: what was made on one is made on all of them, exactly so. What is to be done there is
//! decided in the package `changes`.

use std::time::Duration;

use ::changes::{Aim, Edit, Step, Verbatim, concerns_partners};
use model::{Applied, ChangeState, Content, Element, PeerOutcome, Reason, ServerName, Storage, Subject, SubnetKey};

use super::configuration::Had;
use super::gate::{AppliedChange, Gate, Origin, Planned};
use super::outcome::ended_on_partner;
use crate::patience::{beside, unheard};
use crate::ports::{AppliedEdit, ChangeEnd, ChangeRecord, Contact, StoreError};
use crate::{Actor, Error, Result};

/// A change that was made here, on its way to a partner.
pub(super) struct OnItsWay {
    /// Its place among all that were made.
    at: usize,
    partner: ServerName,
    next: Next,
}

/// What is done with it.
enum Next {
    /// It is made there.
    Make(Edit, Box<ChangeRecord>),
    /// It is made when the partner takes it.
    Wait(Box<ChangeRecord>),
    /// Nothing more: it stands so.
    Over(ChangeState, Option<Reason>),
}

/// What is recorded and made at once: the place of its change among all that were made, its number, and what is done.
type Recorded = (usize, i64, Edit);

impl OnItsWay {
    /// What is recorded of it, together with how it ended here.
    fn record(&self) -> Option<&ChangeRecord> {
        match &self.next {
            Next::Make(_, record) | Next::Wait(record) => Some(record),
            Next::Over(..) => None,
        }
    }
}

/// The subnet of a partner that is the same as one here.
pub(crate) enum Counterpart {
    /// This one.
    Is(SubnetKey),
    /// It has none.
    Missing,
    /// It never said which subnets it has, and does not answer.
    Unknown(Error),
}

impl Gate {
    /// The other servers that are made to hold what that one keeps there.
    pub(crate) async fn also_on(&self, server: &ServerName, storage: Storage) -> Vec<ServerName> {
        if concerns_partners(storage) { self.dhcp.partners(server).await } else { Vec::new() }
    }

    /// What partners are to hold of changes that were made here, as far as they do not hold it. They are looked at; nothing
    /// is made yet. `patience`: what the first server took for it; a partner may take as long and a moment more to say what it
    /// holds, or what it is to have waits for it.
    pub(super) async fn on_their_way(
        &self,
        actor: &Actor,
        partners: &[ServerName],
        planned: &[Planned],
        made: &[Result<AppliedChange>],
        patience: Duration,
    ) -> Vec<OnItsWay> {
        let mut all = Vec::new();
        for partner in partners {
            // One that does not answer is not asked again and again.
            let mut silent: Option<Error> = None;
            for (at, (planned, made)) in planned.iter().zip(made).enumerate() {
                let Ok(made) = made else { continue };
                let now = made.written.now.as_ref();
                if planned.from.single_server || !planned.edit.concerns_partners(now.map(|(now, _)| now)) {
                    continue;
                }
                let next = self.next(actor, partner, planned, made, (&mut silent, patience)).await;
                all.push(OnItsWay { at, partner: partner.clone(), next });
            }
        }
        all
    }

    /// What is done with one change at a partner. `silent`: why that does not answer; `patience`: how long it may take.
    async fn next(
        &self,
        actor: &Actor,
        partner: &ServerName,
        planned: &Planned,
        made: &AppliedChange,
        (silent, patience): (&mut Option<Error>, Duration),
    ) -> Next {
        if let Edit::Configuration(edit) = &planned.edit
            && edit.is_of_one_server(self.dhcp.family(partner))
        {
            return Next::Over(ChangeState::Done, Some(Reason::OfOneServer));
        }
        let counterpart = match &planned.edit {
            // Which of its subnets are meant is found out in its configuration; what waits says which, where it is known.
            Edit::Configuration(edit) => match self.counterpart(&edit.subnet, partner).await {
                Counterpart::Is(subnet) => Counterpart::Is(subnet),
                Counterpart::Missing | Counterpart::Unknown(_) => Counterpart::Is(SubnetKey::global(partner.clone())),
            },
            edit => self.counterpart(edit.subnet(), partner).await,
        };
        let (aim, step) = match counterpart {
            Counterpart::Missing => {
                return Next::Over(ChangeState::Done, Some(Reason::NoSuchSubnet { waited: false }));
            }
            Counterpart::Unknown(error) => (None, Err(error)),
            Counterpart::Is(subnet) => {
                let aim = aim(&planned.edit, made.written.now.as_ref(), subnet);
                let aim = match self.as_it_had(aim, planned.from.undoes).await {
                    Ok(Had::Nothing) => return Next::Over(ChangeState::Done, Some(Reason::NeverHad)),
                    Ok(Had::Aim(aim)) => aim,
                    Err(_) => return Next::Over(ChangeState::Pending, Some(Reason::EndNotRecorded)),
                };
                let is_quiet =
                    || matches!(aim, Some(Aim::Configuration(_))) && self.dhcp.contact(partner) == Contact::Quiet;
                let step = match (&silent, &aim) {
                    (Some(error), _) => Err(Error::clone(error)),
                    // It was waited for in vain before the first server was changed (`rejoined` in the package fleet).
                    (None, _) if is_quiet() => Err(unheard(partner)),
                    (None, Some(aim)) => {
                        let look = self.repetition(actor, aim, made.number);
                        beside(&self.dhcp, partner, patience, look).await
                    }
                    (None, None) => Ok(Next::Over(ChangeState::Done, None)),
                };
                (aim, step)
            }
        };
        if let Err(error @ Error::Unreachable { .. }) = &step {
            *silent = Some(error.clone());
        }
        step.unwrap_or_else(|error| {
            let end = ended_on_partner(made.number, &Err(error));
            match (end.state, end.reason) {
                (ChangeState::Pending, Some(reason)) => {
                    self.postponed(actor, partner, aim.as_ref(), planned, made, reason)
                }
                (state, reason) => Next::Over(state, reason),
            }
        })
    }

    /// What makes a partner hold what it is to hold, to be recorded as a repetition of that change.
    async fn repetition(&self, actor: &Actor, aim: &Aim, repeats: i64) -> Result<Next> {
        let Step::Make(edit) = self.step(aim).await? else {
            return Ok(Next::Over(ChangeState::Done, Some(Reason::WasSo { waited: false })));
        };
        let planned = Planned { edit: *edit, from: Origin::default() };
        let record = self.record(actor, &planned, Some(repeats), self.clock.now(), ChangeState::Open);
        let was = self.way_back(&planned.edit).await?;
        Ok(Next::Make(planned.edit, Box::new(ChangeRecord { was, ..record })))
    }

    /// Records how changes ended here and, in the same step, what is to be made on partners: a program that ended in between
    /// would leave them without it. The numbers of what is to be made, in its order.
    pub(super) async fn record_ends(
        &self,
        ends: &[ChangeEnd],
        on_their_way: &[OnItsWay],
    ) -> Result<Vec<i64>, StoreError> {
        let records: Vec<ChangeRecord> = on_their_way.iter().filter_map(OnItsWay::record).cloned().collect();
        if records.is_empty() {
            return self.store.end_changes(ends).await.map(|()| Vec::new());
        }
        self.store.end_and_begin_changes(ends, &records).await
    }

    /// Makes on partners what is recorded for them, all of a partner at once, and notes in each outcome what became of it
    /// there.
    pub(super) async fn repeat(
        &self,
        actor: &Actor,
        on_their_way: Vec<OnItsWay>,
        recorded: Result<Vec<i64>, StoreError>,
        outcomes: &mut [Result<Applied>],
    ) {
        let is_recorded = recorded.is_ok();
        let mut numbers = recorded.unwrap_or_default().into_iter();
        let mut to_make: Vec<(ServerName, Vec<Recorded>)> = Vec::new();
        let mut note = |at: usize, partner: ServerName, state, reason| {
            if let Some(Ok(applied)) = outcomes.get_mut(at) {
                applied.peers.push(PeerOutcome::new(partner, state, reason));
            }
        };
        for OnItsWay { at, partner, next } in on_their_way {
            let number = if matches!(next, Next::Over(..)) || !is_recorded { None } else { numbers.next() };
            match (next, number) {
                (Next::Over(state, reason), _) => note(at, partner, state, reason),
                (Next::Wait(record), Some(_)) => note(at, partner, ChangeState::Pending, record.change.reason),
                (Next::Make(edit, _), Some(number)) => match to_make.last_mut() {
                    Some((last, edits)) if *last == partner => edits.push((at, number, edit)),
                    _ => to_make.push((partner, vec![(at, number, edit)])),
                },
                // The change stands as begun: when it is recovered, this is looked at again.
                (_, None) => note(at, partner, ChangeState::Pending, Some(Reason::EndNotRecorded)),
            }
        }
        for (partner, all) in to_make {
            let edits = all.iter().map(|(_, _, edit)| edit.clone()).collect();
            let number = |at: usize| all.get(at).map_or(0, |(_, number, _)| *number);
            let end = |at: usize, written: &Result<AppliedEdit>| ended_on_partner(number(at), written);
            let ends = self.write_recorded(actor, &partner, edits, end).await;
            for ((at, ..), end) in all.into_iter().zip(ends) {
                note(at, partner.clone(), end.state, end.reason);
            }
        }
    }

    /// What must be done at a partner so that it holds what it is to hold.
    pub(super) async fn step(&self, aim: &Aim) -> Result<Step> {
        let mut there = Vec::new();
        match aim {
            Aim::Client { subnet, identifiers, .. } => {
                for identifier in identifiers {
                    let found = self.dhcp.reservations_of(&subnet.server, identifier).await?;
                    there.extend(found.into_iter().map(Content::from));
                }
            }
            Aim::Labels { subnet, .. } => there.extend(self.labels(subnet).await?),
            Aim::Configuration(aim) => return self.step_of_configuration(aim).await,
        }
        Ok(aim.step(there))
    }

    /// Name and comment of a subnet, as its server says them now.
    pub(super) async fn labels(&self, subnet: &SubnetKey) -> Result<Option<Content>> {
        let labels = self.dhcp.labels(subnet).await?;
        Ok(labels.map(|labels| Content::Labels { subnet: subnet.clone(), labels }))
    }

    /// That a partner, which does not answer or refuses, still needs the change. Which of its subnets it concerns is found out
    /// again when it answers.
    fn postponed(
        &self,
        actor: &Actor,
        partner: &ServerName,
        aimed: Option<&Aim>,
        planned: &Planned,
        made: &AppliedChange,
        reason: Reason,
    ) -> Next {
        let same_number = SubnetKey { server: partner.clone(), id: planned.edit.subnet().id };
        let subnet = aimed.map_or(same_number, |aim| aim.subnet().clone());
        let before = planned.edit.before().map(|before| before.in_subnet(subnet.clone()));
        let edit = match (aim(&planned.edit, made.written.now.as_ref(), subnet), before) {
            (Some(Aim::Configuration(aim)), _) => aim.postponed(),
            (Some(Aim::Client { after: Some(after), .. }), before) => {
                let (after, verbatim) = *after;
                Edit::restore(before.and_then(Content::into_reservation), after, verbatim)
            }
            (Some(Aim::Client { after: None, .. }), Some(Content::Reservation(before))) => Edit::delete(*before),
            (Some(Aim::Labels { subnet, after }), Some(Content::Labels { labels, .. })) => {
                Edit::label(subnet, labels, after)
            }
            _ => return Next::Over(ChangeState::Done, None),
        };
        let later = Planned { edit, from: Origin { batch: planned.from.batch.clone(), ..Origin::default() } };
        let mut record = self.record(actor, &later, Some(made.number), self.clock.now(), ChangeState::Pending);
        record.change.stands(ChangeState::Pending, Some(reason));
        Next::Wait(Box::new(record))
    }

    /// What a partner is to hold after a change that waited for it; none: it does not have the subnet.
    pub(super) async fn aim_of_pending(&self, record: &ChangeRecord) -> Result<Option<Aim>> {
        let change = &record.change;
        if let Subject::Config(Element::Configuration(_)) = &change.subject {
            return self.aim_of_pending_configuration(record).await.map(Some);
        }
        let subnet = match self.origin_of(change.repeats).await? {
            Some(here) => match self.counterpart(&here, change.subject.server()).await {
                Counterpart::Is(subnet) => subnet,
                Counterpart::Missing => return Ok(None),
                Counterpart::Unknown(error) => return Err(error),
            },
            None => change.subject.subnet().clone(),
        };
        let after = change.after.clone();
        // Labels go without words of their own.
        let none = after.as_ref().and_then(Content::labels).map(|_| Verbatim(String::new()));
        let now = after.zip(record.now.clone().or(none));
        Ok(Aim::new(&change.subject, change.before.as_ref(), now.as_ref(), subnet))
    }

    /// The subnet of the change that another one repeats.
    async fn origin_of(&self, number: Option<i64>) -> Result<Option<SubnetKey>> {
        let Some(number) = number else { return Ok(None) };
        Ok(self.store.change(number).await?.map(|record| record.change.subject.subnet().clone()))
    }

    /// The subnet of a partner that is the same as this one.
    pub(crate) async fn counterpart(&self, here: &SubnetKey, partner: &ServerName) -> Counterpart {
        if here.is_global() {
            return Counterpart::Is(SubnetKey::global(partner.clone()));
        }
        let (ours, theirs) = match (self.snapshots.last_subnet(here).await, self.snapshots.subnets(partner).await) {
            (Ok(ours), Ok(theirs)) => (ours, theirs),
            (Err(error), _) | (_, Err(error)) => return Counterpart::Unknown(error),
        };
        match self.networks.between(&here.server, partner).await.counterpart(&ours, &theirs) {
            Some(there) => Counterpart::Is(there.key.clone()),
            None => Counterpart::Missing,
        }
    }

    /// Whether two subnets are one, or the same network on two partners.
    pub(crate) async fn is_same_network(&self, here: &SubnetKey, there: &SubnetKey) -> bool {
        here == there
            || self.dhcp.partners(&here.server).await.contains(&there.server)
                && matches!(self.counterpart(here, &there.server).await, Counterpart::Is(subnet) if subnet == *there)
    }
}

/// What a partner is to hold in that subnet after an edit that left `now` behind here.
fn aim(edit: &Edit, now: Option<&(Content, Verbatim)>, subnet: SubnetKey) -> Option<Aim> {
    if let Edit::Configuration(edit) = edit {
        return Some(Aim::configuration(edit, subnet));
    }
    Aim::new(&edit.subject(), edit.before().as_ref(), now, subnet)
}
