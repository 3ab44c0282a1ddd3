//! The other servers of a pair: what was made on one is made on all of them, exactly so.

use model::{ChangeState, Identifier, Reservation, Seconds, Storage, SubnetKey};

use crate::{Edit, Verbatim};

/// What a partner is to hold of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// The subnet there.
    pub subnet: SubnetKey,
    /// The identifiers that the client has had: before the change, and after it.
    pub identifiers: Vec<Identifier>,
    /// What there is to be; none: nothing.
    pub after: Option<(Reservation, Verbatim)>,
}

/// What is to be done at a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It holds that already.
    Nothing,
    /// This.
    Make(Box<Edit>),
}

impl Aim {
    /// What a partner is to hold in that subnet after `edit` was made here and left `now` behind.
    pub fn new(edit: &Edit, now: Option<&(Reservation, Verbatim)>, subnet: SubnetKey) -> Self {
        let there = |of: &Reservation| Reservation { subnet: subnet.clone(), ..of.clone() };
        // What went to the database is not kept in the configuration any more, there either.
        let after = now.filter(|(now, _)| concerns_partners(now.storage));
        let after = after.map(|(now, verbatim)| (there(now), verbatim.clone()));
        let mut identifiers = vec![edit.key().identifier.clone()];
        let before = edit.before().map(|before| before.identifier.clone());
        identifiers.extend(before.filter(|before| *before != identifiers[0]));
        Self { subnet, identifiers, after }
    }

    /// What is to be done where a partner holds `there` under these identifiers, in whatever subnet and place.
    pub fn step(&self, there: Vec<Reservation>) -> Step {
        let mine = |known: &Reservation| known.subnet == self.subnet && concerns_partners(known.storage);
        let now = there.into_iter().find(mine);
        match (now, &self.after) {
            (None, None) => Step::Nothing,
            (Some(now), None) => Step::Make(Box::new(Edit::delete(now))),
            (Some(now), Some((after, _))) if now.is_equivalent_to(after) => Step::Nothing,
            (now, Some((after, verbatim))) => Step::Make(Box::new(Edit::restore(now, after.clone(), verbatim.clone()))),
        }
    }
}

/// How a repetition stands that ended so at a partner: one that was not made waits to be made, or the two would differ for
/// good.
pub fn repeated(ended: ChangeState) -> ChangeState {
    if ended == ChangeState::Refused { ChangeState::Pending } else { ended }
}

/// How long a repetition rests that was refused so many times: a minute at first, an hour at most.
pub fn rest(refusals: u32) -> Seconds {
    Seconds(60_i64.saturating_mul(1 << refusals.saturating_sub(1).min(6)).min(3_600))
}

/// What is in a database of all is no partner's business.
pub fn concerns_partners(storage: Storage) -> bool {
    storage == Storage::Configuration
}

impl Edit {
    /// Whether partners are to have the same, where it left `now` behind: a reservation that is, or was, in the
    /// configuration.
    pub fn concerns_partners(&self, now: Option<&Reservation>) -> bool {
        now.into_iter().chain(self.before()).any(|known| concerns_partners(known.storage))
    }
}
