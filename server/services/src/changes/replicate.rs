//! The other servers of a pair: what was made on one is made on all of them, exactly so. What is to be done there is
//! decided in the package `changes`.

use ::changes::{Aim, Edit, Step, Verbatim, concerns_partners};
use model::{Applied, ChangeState, Content, PeerOutcome, Reason, ServerName, Storage, SubnetKey};

use super::gate::{AppliedChange, Gate, Origin, Planned};
use super::outcome::ended_on_partner;
use crate::ports::{AppliedEdit, ChangeRecord};
use crate::{Actor, Error, Result};

/// One change that was made here, on its way to a partner.
struct OnItsWay<'a> {
    /// Its place among all that were made.
    at: usize,
    planned: &'a Planned,
    made: &'a AppliedChange,
    /// What there is to be; none: the partner does not have the subnet.
    aim: Option<Aim>,
    step: Result<Step>,
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

/// How a repetition on a partner stands that was tried.
fn stands(written: &Result<AppliedEdit>) -> (ChangeState, Option<Reason>) {
    let end = ended_on_partner(0, written);
    (end.state, end.reason)
}

impl Gate {
    /// The other servers that are made to hold what that one keeps there.
    pub(crate) async fn also_on(&self, server: &ServerName, storage: Storage) -> Vec<ServerName> {
        if concerns_partners(storage) { self.dhcp.partners(server).await } else { Vec::new() }
    }

    /// Repeats on a partner what was made, all at once, and notes in each outcome what became of it there.
    pub(super) async fn repeat(
        &self,
        actor: &Actor,
        partner: &ServerName,
        planned: &[Planned],
        made: &[Result<AppliedChange>],
        outcomes: &mut [Result<Applied>],
    ) {
        let all = self.on_their_way(partner, planned, made).await;
        let to_make = |one: &OnItsWay<'_>| match &one.step {
            Ok(Step::Make(edit)) => {
                Some((Planned { edit: (**edit).clone(), from: Origin::default() }, one.made.number))
            }
            _ => None,
        };
        let (plans, numbers): (Vec<_>, Vec<_>) = all.iter().filter_map(to_make).unzip();
        let ends: Vec<_> = match self.write(actor, partner, &plans, Some(&numbers)).await {
            Ok(written) => written.iter().map(|made| stands(&made.clone().map(|made| made.written))).collect(),
            // Nothing is recorded that could be tried again.
            Err(error) => plans.iter().map(|_| (ChangeState::Unknown, Some(error.reason()))).collect(),
        };
        let mut ends = ends.into_iter();
        for one in &all {
            let (state, reason) = match &one.step {
                Ok(Step::Nothing) if one.aim.is_none() => {
                    (ChangeState::Done, Some(Reason::NoSuchSubnet { waited: false }))
                }
                Ok(Step::Nothing) => (ChangeState::Done, Some(Reason::WasSo { waited: false })),
                Ok(Step::Make(_)) => ends.next().unwrap_or((ChangeState::Unknown, Some(Reason::Internal))),
                Err(error) => match stands(&Err(error.clone())) {
                    (ChangeState::Pending, Some(reason)) => self.postpone(actor, partner, one, reason).await,
                    stands => stands,
                },
            };
            if let Some(Ok(applied)) = outcomes.get_mut(one.at) {
                applied.peers.push(PeerOutcome::new(partner.clone(), state, reason));
            }
        }
    }

    /// What must be done at a partner for each change that was made and concerns it. One that does not answer is not
    /// asked again and again.
    async fn on_their_way<'a>(
        &self,
        partner: &ServerName,
        planned: &'a [Planned],
        made: &'a [Result<AppliedChange>],
    ) -> Vec<OnItsWay<'a>> {
        let mut all = Vec::new();
        let mut silent: Option<Error> = None;
        for (at, (planned, made)) in planned.iter().zip(made).enumerate() {
            let Ok(made) = made else { continue };
            let now = made.written.now.as_ref();
            if planned.from.single_server || !planned.edit.concerns_partners(now.map(|(now, _)| now)) {
                continue;
            }
            let (aim, step) = match self.counterpart(planned.edit.subnet(), partner).await {
                Counterpart::Missing => (None, Ok(Step::Nothing)),
                Counterpart::Unknown(error) => (None, Err(error)),
                Counterpart::Is(subnet) => {
                    let aim = aim(&planned.edit, now, subnet);
                    let step = match &silent {
                        Some(error) => Err(Error::clone(error)),
                        None => self.step(&aim).await,
                    };
                    (Some(aim), step)
                }
            };
            if let Err(error @ Error::Unreachable { .. }) = &step {
                silent = Some(error.clone());
            }
            all.push(OnItsWay { at, planned, made, aim, step });
        }
        all
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
        }
        Ok(aim.step(there))
    }

    /// Name and comment of a subnet, as its server says them now.
    pub(super) async fn labels(&self, subnet: &SubnetKey) -> Result<Option<Content>> {
        let labels = self.dhcp.labels(subnet).await?;
        Ok(labels.map(|labels| Content::Labels { subnet: subnet.clone(), labels }))
    }

    /// Records that a partner, which does not answer or refuses, still needs the change. Which of its subnets it concerns is
    /// found out again when it answers.
    async fn postpone(
        &self,
        actor: &Actor,
        partner: &ServerName,
        one: &OnItsWay<'_>,
        reason: Reason,
    ) -> (ChangeState, Option<Reason>) {
        let OnItsWay { planned, made, .. } = one;
        let same_number = SubnetKey { server: partner.clone(), id: planned.edit.subnet().id };
        let subnet = one.aim.as_ref().map_or(same_number, |aim| aim.subnet().clone());
        let before = planned.edit.before().map(|before| before.in_subnet(subnet.clone()));
        let edit = match (aim(&planned.edit, made.written.now.as_ref(), subnet), before) {
            (Aim::Client { after: Some(after), .. }, before) => {
                let (after, verbatim) = *after;
                Edit::restore(before.and_then(Content::into_reservation), after, verbatim)
            }
            (Aim::Client { after: None, .. }, Some(Content::Reservation(before))) => Edit::delete(*before),
            (Aim::Labels { subnet, after }, Some(Content::Labels { labels, .. })) => Edit::label(subnet, labels, after),
            _ => return (ChangeState::Done, None),
        };
        let later = Planned { edit, from: Origin { batch: planned.from.batch.clone(), ..Origin::default() } };
        let mut record = self.record(actor, &later, Some(made.number), self.clock.now(), ChangeState::Pending);
        record.change.stands(ChangeState::Pending, Some(reason.clone()));
        match self.store.begin_changes(&[record]).await {
            Ok(_) => (ChangeState::Pending, Some(reason)),
            Err(error) => (ChangeState::Unknown, Some(Error::from(error).reason())),
        }
    }

    /// What a partner is to hold after a change that waited for it; none: it does not have the subnet.
    pub(super) async fn aim_of_pending(&self, record: &ChangeRecord) -> Result<Option<Aim>> {
        let change = &record.change;
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
        Ok(Some(Aim::new(&change.subject, change.before.as_ref(), now.as_ref(), subnet)))
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
fn aim(edit: &Edit, now: Option<&(Content, Verbatim)>, subnet: SubnetKey) -> Aim {
    Aim::new(&edit.subject(), edit.before().as_ref(), now, subnet)
}
