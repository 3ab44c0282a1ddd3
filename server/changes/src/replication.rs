//! The other servers of a pair: what was made on one is made on all of them, exactly so.

use keaconf::{Document, Plan, transplanted};
use model::{ChangeState, Content, Element, Identifier, Labels, Reservation, Seconds, Storage, Subject, SubnetKey};

use crate::{ConfigurationEdit, Edit, Verbatim};

/// What a partner is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// Of one client.
    Client {
        /// The subnet there.
        subnet: SubnetKey,
        /// The identifiers that the client has had: before the change, and after it.
        identifiers: Vec<Identifier>,
        /// What there is to be; none: nothing.
        after: Option<Box<(Reservation, Verbatim)>>,
    },
    /// How a subnet is to be called. Where it is written there is the partner's own affair.
    Labels {
        /// The subnet there.
        subnet: SubnetKey,
        /// Name and comment.
        after: Labels,
    },
    /// Parts of the configuration.
    Configuration(Box<ConfigurationAim>),
}

/// What a partner is to hold of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationAim {
    /// That which all of it is within, as far as it is known; of the partner.
    pub subnet: SubnetKey,
    /// The change as it was made on the first server.
    pub edit: ConfigurationEdit,
    /// Whether the edits are in the words of the partner already: they take back what was made there.
    pub is_own: bool,
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
    /// What a partner is to hold in that subnet after a change here that was of `before` and left `now` behind. None: of a
    /// configuration that says too little, see [`Aim::configuration`].
    pub fn new(
        subject: &Subject,
        before: Option<&Content>,
        now: Option<&(Content, Verbatim)>,
        subnet: SubnetKey,
    ) -> Option<Self> {
        let reservation = |held: &Content| held.in_subnet(subnet.clone()).into_reservation();
        match subject {
            Subject::Config(Element::Configuration(_)) => None,
            Subject::Config(Element::Subnet(_)) => {
                let left = now.map(|(now, _)| now).or(before).and_then(Content::labels);
                Some(Self::Labels { subnet, after: left.cloned().unwrap_or_default() })
            }
            Subject::Reservation(key) => {
                // What went to the database is not kept in the configuration any more, there either.
                let now = now.filter(|(now, _)| concerns_partners(now.storage()));
                let after = now.and_then(|(now, verbatim)| Some(Box::new((reservation(now)?, verbatim.clone()))));
                let mut identifiers = vec![key.identifier.clone()];
                let old = before.and_then(Content::reservation).map(|old| old.identifier.clone());
                identifiers.extend(old.filter(|old| *old != identifiers[0]));
                Some(Self::Client { subnet, identifiers, after })
            }
        }
    }

    /// What a partner is to hold after a change of a configuration here. `subnet`: that which all of it is within, there; of
    /// number 0 where it is of several, of none, or that is not known.
    pub fn configuration(edit: &ConfigurationEdit, subnet: SubnetKey) -> Self {
        Self::Configuration(Box::new(ConfigurationAim { subnet, edit: edit.clone(), is_own: false }))
    }

    /// The subnet there.
    pub fn subnet(&self) -> &SubnetKey {
        match self {
            Self::Client { subnet, .. } | Self::Labels { subnet, .. } => subnet,
            Self::Configuration(aim) => &aim.subnet,
        }
    }

    /// What is to be done where a partner holds `there`: of a client everything under these identifiers, in whatever
    /// subnet and place. Of a configuration that is planned on the whole of it, see [`ConfigurationAim::step`].
    pub fn step(&self, there: Vec<Content>) -> Step {
        match self {
            Self::Labels { subnet, after } => match there.into_iter().find_map(|held| held.labels().cloned()) {
                Some(now) if now != *after => Step::Make(Box::new(Edit::label(subnet.clone(), now, after.clone()))),
                _ => Step::Nothing,
            },
            Self::Configuration(_) => Step::Nothing,
            Self::Client { subnet, after, .. } => {
                let mine = |known: &Reservation| known.subnet == *subnet && concerns_partners(known.storage);
                let now = there.into_iter().filter_map(Content::into_reservation).find(mine);
                match (now, after.as_deref()) {
                    (None, None) => Step::Nothing,
                    (Some(now), None) => Step::Make(Box::new(Edit::delete(now))),
                    (Some(now), Some((after, _))) if now.is_equivalent_to(after) => Step::Nothing,
                    (now, Some((after, verbatim))) => {
                        Step::Make(Box::new(Edit::restore(now, after.clone(), verbatim.clone())))
                    }
                }
            }
        }
    }
}

impl ConfigurationAim {
    /// What takes a change back on a partner, where it is known how it was made there: what the partner had before need not be
    /// what the first server had. `back`: the edits that take it back there, `forward`: those that made it.
    #[must_use]
    pub fn taking_back(self, back: Vec<keaconf::Edit>, forward: Vec<keaconf::Edit>) -> Self {
        let edit = ConfigurationEdit { edits: back, back: forward, ..self.edit };
        Self { edit, is_own: true, ..self }
    }

    /// What a partner that runs `theirs` is changed to, where the first server runs `ours`; both without copies of inherited
    /// values. An error is a sentence without its full stop.
    pub fn plan(&self, ours: &Document, theirs: &Document) -> Result<Plan, String> {
        if self.is_own {
            return Plan::toward(theirs, &self.edit.edits);
        }
        Plan::toward(theirs, &transplanted(&self.edit.edits, &self.edit.back, ours, theirs)?)
    }

    /// What is to be done at a partner that runs `theirs`, where the first server runs `ours`; both without copies of inherited
    /// values. `hash`: that of theirs. An error is a sentence without its full stop.
    pub fn step(&self, ours: &Document, theirs: &Document, hash: Option<String>) -> Result<Step, String> {
        let plan = self.plan(ours, theirs)?;
        if let Some(finding) = plan.refusals().next() {
            return Err(format!("{}: {}", finding.path, finding.text));
        }
        if plan.changes.is_empty() {
            return Ok(Step::Nothing);
        }
        let edit = ConfigurationEdit::of(&self.subnet.server, &plan, self.edit.change.note.clone(), hash);
        Ok(Step::Make(Box::new(edit.into())))
    }

    /// The change as it is noted for a partner that does not answer: what it comes to there is not known yet.
    pub fn postponed(&self) -> Edit {
        ConfigurationEdit { subnet: self.subnet.clone(), ..self.edit.clone() }.into()
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
    /// Whether partners are to have the same, where it left `now` behind: what is, or was, in the configuration.
    pub fn concerns_partners(&self, now: Option<&Content>) -> bool {
        let is_of_configuration = matches!(self, Self::Configuration(_));
        is_of_configuration
            || now.cloned().into_iter().chain(self.before()).any(|known| concerns_partners(known.storage()))
    }
}
