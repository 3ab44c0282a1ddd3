//! The other servers of a pair: what was made on one is made on all of them, exactly so.

use model::{
    Applied, ChangeState, Identifier, PeerOutcome, Problem, Reservation, ReservationKey, ServerName, Storage, SubnetKey,
};

use super::outcome::{failed, words};
use super::{Made, Origin, Planned, Recording};
use crate::ports::{Verbatim, Write};
use crate::{Actor, Error, Result};

/// What a partner is to hold of one client.
pub(super) struct Aim {
    /// The subnet there.
    pub(super) subnet: SubnetKey,
    /// The identifiers that the client has had: before the change, and after it.
    pub(super) identifiers: Vec<Identifier>,
    /// What there is to be.
    pub(super) after: Option<(Reservation, Verbatim)>,
}

/// One change that was made here, on its way to a partner.
struct Step<'a> {
    /// Its place among all that were made.
    at: usize,
    planned: &'a Planned,
    made: &'a Made,
    aim: Aim,
    /// What must be done there; none: it is so already.
    plan: Option<Result<Planned>>,
}

impl Recording {
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
        made: &[Result<Made>],
        outcomes: &mut [Result<Applied>],
    ) {
        let mut steps = self.steps(partner, planned, made).await;
        let (plans, numbers): (Vec<_>, Vec<_>) =
            steps.iter().filter_map(|step| Some((step.plan.clone()?.ok()?, step.made.number))).unzip();
        let written = match self.write(actor, partner, &plans, Some(&numbers)).await {
            Ok(written) => written,
            Err(error) => plans.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut written = written.into_iter();
        for step in &mut steps {
            let outcome = match step.plan.take() {
                None => Ok("It was so already.".to_owned()),
                Some(Err(error)) => Err(error),
                Some(Ok(_)) => written
                    .next()
                    .unwrap_or_else(|| Err(Error::Internal("no outcome".to_owned())))
                    .map(|_| String::new()),
            };
            let (state, detail) = match outcome {
                Ok(detail) => (ChangeState::Done, detail),
                Err(error @ Error::Unreachable { .. }) => self.postpone(actor, step, &error).await,
                Err(error) => (failed(0, &error).state, words(&error)),
            };
            if let Some(Ok(applied)) = outcomes.get_mut(step.at) {
                applied.peers.push(PeerOutcome { server: partner.clone(), state, detail });
            }
        }
    }

    /// What must be done at a partner for each change that was made and concerns it. One that does not answer is not
    /// asked again and again.
    async fn steps<'a>(&self, partner: &ServerName, planned: &'a [Planned], made: &'a [Result<Made>]) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        let mut silent = None;
        for (at, (planned, made)) in planned.iter().zip(made).enumerate() {
            let Ok(made) = made else { continue };
            if planned.from.alone || !kept_in(planned, made).is_some_and(concerns_partners) {
                continue;
            }
            let aim = aim(planned, made, self.counterpart_of(&planned.key().subnet, partner).await);
            let plan = match &silent {
                Some(error) => Err(Error::clone(error)),
                None => self.approach(&aim).await,
            };
            if let Err(error @ Error::Unreachable { .. }) = &plan {
                silent = Some(error.clone());
            }
            steps.push(Step { at, planned, made, aim, plan: plan.transpose() });
        }
        steps
    }

    /// What must be done at a partner so that it holds what it is to hold; none: it does already.
    pub(super) async fn approach(&self, aim: &Aim) -> Result<Option<Planned>> {
        let mut now = None;
        for identifier in &aim.identifiers {
            let found = self.dhcp.reservations_of(&aim.subnet.server, identifier).await?;
            let mine = |known: &Reservation| known.subnet == aim.subnet && known.storage == Storage::Configuration;
            now = now.or(found.into_iter().find(mine));
        }
        Ok(match (now, &aim.after) {
            (None, None) => None,
            (Some(now), None) => Some(Planned::delete(&now, Origin::default())),
            (Some(now), Some((after, _))) if now.is_equivalent_to(after) => None,
            (now, Some((after, verbatim))) => {
                Some(Planned::restore(now.as_ref(), after.clone(), verbatim.clone(), Origin::default()))
            }
        })
    }

    /// Records that a partner, which does not answer, must still be told.
    async fn postpone(&self, actor: &Actor, step: &Step<'_>, error: &Error) -> (ChangeState, String) {
        let Step { planned, made, aim, .. } = step;
        let there = |of: &Reservation| Reservation { subnet: aim.subnet.clone(), ..of.clone() };
        let before = planned.before.as_ref().map(there);
        let write = match (&aim.after, &before) {
            (Some((after, verbatim)), _) => {
                Write::Restore { now: None, was: after.clone(), verbatim: verbatim.clone() }
            }
            (None, Some(before)) => Write::Remove(before.clone()),
            (None, None) => return (ChangeState::Done, String::new()),
        };
        let after = aim.after.as_ref().map(|(after, _)| after.clone());
        let from = Origin { batch: planned.from.batch.clone(), ..Origin::default() };
        let later = Planned { verb: planned.verb, before, after, write, from };
        let mut record = self.record(actor, &later, Some(made.number), self.clock.now(), ChangeState::Pending);
        let detail =
            format!("It is made as soon as “{}” answers. {}", aim.subnet.server, Problem::from(error.clone()).text);
        record.change.detail.clone_from(&detail);
        match self.store.begin_changes(&[record]).await {
            Ok(_) => (ChangeState::Pending, detail),
            Err(error) => (ChangeState::Unknown, words(&error.into())),
        }
    }

    /// The subnet of a partner that is the same as this one: that of the same prefix; while the partner is silent, that
    /// of the same number, as the servers of a pair have them.
    pub(crate) async fn counterpart_of(&self, here: &SubnetKey, partner: &ServerName) -> SubnetKey {
        let same_number = SubnetKey { server: partner.clone(), id: here.id };
        let (Ok(ours), Ok(theirs)) = (self.snapshots.subnet(here).await, self.snapshots.subnets(partner).await) else {
            return same_number;
        };
        let twin = theirs.iter().find(|subnet| subnet.prefix == ours.prefix);
        twin.map_or(same_number, |subnet| subnet.key.clone())
    }
}

/// What a partner is to hold after a change that was made here.
fn aim(planned: &Planned, made: &Made, subnet: SubnetKey) -> Aim {
    let there = |of: &Reservation| Reservation { subnet: subnet.clone(), ..of.clone() };
    let after = made.written.now.as_ref();
    // What went to the database is not kept in the configuration any more, there either.
    let after = after.filter(|(after, _)| after.storage == Storage::Configuration);
    let before = planned.before.as_ref().map(|before| before.identifier.clone());
    let ReservationKey { identifier, .. } = planned.key();
    let mut identifiers = vec![identifier];
    identifiers.extend(before.filter(|before| *before != identifiers[0]));
    Aim { identifiers, after: after.map(|(after, verbatim)| (there(after), verbatim.clone())), subnet }
}

/// What is in a database of all is no partner's business.
fn concerns_partners(storage: Storage) -> bool {
    storage == Storage::Configuration
}

/// Where the server keeps, or kept, what was changed. What was moved counts as kept in the configuration, which it was or
/// is.
fn kept_in(planned: &Planned, made: &Made) -> Option<Storage> {
    let places =
        [made.written.now.as_ref().map(|(now, _)| now.storage), planned.before.as_ref().map(|old| old.storage)];
    let known = places.into_iter().flatten();
    known.reduce(|one, other| if one == Storage::Configuration { one } else { other })
}
