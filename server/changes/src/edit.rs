//! One change, as it is to be made.

use model::{Content, Labels, NewReservation, Reservation, Storage, Subject, SubnetKey, Verb};

use crate::{ConfigurationEdit, LabelsEdit, ReservationEdit};

/// A subject in its server's own words, with all that we do not model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verbatim(pub String);

/// How a subject is, and how it is to be. What is done, and of what, follows from that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A reservation.
    Reservation(Box<ReservationEdit>),
    /// Name and comment of a subnet.
    Labels(LabelsEdit),
    /// Parts of a configuration.
    Configuration(Box<ConfigurationEdit>),
}

impl From<ConfigurationEdit> for Edit {
    fn from(edit: ConfigurationEdit) -> Self {
        Self::Configuration(Box::new(edit))
    }
}

impl From<ReservationEdit> for Edit {
    fn from(edit: ReservationEdit) -> Self {
        Self::Reservation(Box::new(edit))
    }
}

impl Edit {
    /// A reservation is made.
    pub fn create(new: NewReservation, storage: Storage) -> Self {
        ReservationEdit::create(new, storage).into()
    }

    /// A reservation is changed; it stays where it is kept.
    pub fn change(old: Reservation, new: NewReservation) -> Self {
        ReservationEdit::change(old, new).into()
    }

    /// A reservation is deleted, for good.
    pub fn delete(old: Reservation) -> Self {
        ReservationEdit::delete(old).into()
    }

    /// A reservation becomes as it was once, in the place of `now` where there is one.
    pub fn restore(now: Option<Reservation>, was: Reservation, verbatim: Verbatim) -> Self {
        ReservationEdit::restore(now, was, verbatim).into()
    }

    /// A subnet is called something else.
    pub fn label(subnet: SubnetKey, before: Labels, after: Labels) -> Self {
        Self::Labels(LabelsEdit { subnet, before, after, verbatim: None })
    }

    /// Whatever `now` is becomes `was`. None: what there is now is of another kind, or, where it is a subnet, gone.
    pub fn back(now: Option<Content>, was: Content, verbatim: Option<Verbatim>) -> Option<Self> {
        match (now, was) {
            (None, Content::Reservation(was)) => Some(Self::restore(None, *was, verbatim?)),
            (Some(Content::Reservation(now)), Content::Reservation(was)) => {
                Some(Self::restore(Some(*now), *was, verbatim?))
            }
            (Some(Content::Labels { labels: before, .. }), Content::Labels { subnet, labels: after }) => {
                Some(Self::Labels(LabelsEdit { subnet, before, after, verbatim }))
            }
            _ => None,
        }
    }

    /// How it is now; none: it is not there, or, of a configuration, told by the way back alone.
    pub fn before(&self) -> Option<Content> {
        match self {
            Self::Reservation(edit) => edit.before().cloned().map(Content::from),
            Self::Labels(edit) => Some(edit.held(&edit.before)),
            Self::Configuration(_) => None,
        }
    }

    /// How it will be, as far as that is known beforehand; none: it will not be there.
    pub fn expected(&self) -> Option<Content> {
        match self {
            Self::Reservation(edit) => edit.expected().map(Content::from),
            Self::Labels(edit) => Some(edit.held(&edit.after)),
            Self::Configuration(edit) => Some(edit.held()),
        }
    }

    /// The reservation as it is and as it will be, where it is one.
    pub fn reservations(&self) -> (Option<&Reservation>, Option<Reservation>) {
        match self {
            Self::Reservation(edit) => (edit.before(), edit.expected()),
            Self::Labels(_) | Self::Configuration(_) => (None, None),
        }
    }

    /// What is wanted of a reservation, unless it is deleted or restored.
    pub fn wanted(&self) -> Option<&NewReservation> {
        match self {
            Self::Reservation(edit) => edit.wanted(),
            Self::Labels(_) | Self::Configuration(_) => None,
        }
    }

    /// What is to come, in the server's words, where that is known beforehand.
    pub fn verbatim(&self) -> Option<Verbatim> {
        match self {
            Self::Reservation(edit) => edit.verbatim().cloned(),
            Self::Labels(edit) => edit.verbatim.clone(),
            Self::Configuration(edit) => Some(edit.forward_verbatim()),
        }
    }

    /// The way back, where it is known beforehand; none: it is what the server says now of [`before`](Self::before).
    pub fn way_back(&self) -> Option<Verbatim> {
        match self {
            Self::Reservation(_) | Self::Labels(_) => None,
            Self::Configuration(edit) => Some(edit.back_verbatim()),
        }
    }

    /// What is done.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Reservation(edit) => edit.verb(),
            Self::Labels(_) | Self::Configuration(_) => Verb::Change,
        }
    }

    /// What it is of.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Reservation(edit) => Subject::Reservation(edit.key().clone()),
            Self::Labels(edit) => edit.held(&edit.after).subject(),
            Self::Configuration(edit) => edit.held().subject(),
        }
    }

    /// The subnet that it is of, or in.
    pub fn subnet(&self) -> &SubnetKey {
        match self {
            Self::Reservation(edit) => &edit.key().subnet,
            Self::Labels(edit) => &edit.subnet,
            Self::Configuration(edit) => &edit.subnet,
        }
    }

    /// Where it is kept afterwards; of one that goes: where it was kept.
    pub fn storage(&self) -> Storage {
        match self {
            Self::Reservation(edit) => edit.storage(),
            Self::Labels(_) | Self::Configuration(_) => Storage::Configuration,
        }
    }
}
