//! One change of one reservation.

use model::{NewReservation, Reservation, ReservationKey, Storage, Verb};

use crate::Verbatim;

/// How a reservation is, and how it is to be. What is done, and to which reservation, follows from that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationEdit {
    key: ReservationKey,
    before: Option<Reservation>,
    after: After,
}

/// How a reservation is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// It is not there.
    Gone,
    /// As it is wanted. What is not named, and what we do not model, stays as it is.
    Wanted {
        /// What is wanted.
        new: NewReservation,
        /// Where it is kept.
        storage: Storage,
    },
    /// Exactly as it was once.
    Verbatim {
        /// As we know it. It comes to be kept where this says.
        was: Reservation,
        /// In the server's words.
        verbatim: Verbatim,
    },
}

impl ReservationEdit {
    /// One is made.
    pub fn create(new: NewReservation, storage: Storage) -> Self {
        Self { key: new.key(), before: None, after: After::Wanted { new, storage } }
    }

    /// One is changed; it stays where it is kept.
    pub fn change(old: Reservation, new: NewReservation) -> Self {
        let storage = old.storage;
        Self { key: new.key(), before: Some(old), after: After::Wanted { new, storage } }
    }

    /// One is deleted, for good.
    pub fn delete(old: Reservation) -> Self {
        Self { key: old.key(), before: Some(old), after: After::Gone }
    }

    /// One becomes as it was once, in the place of `now` where there is one.
    pub fn restore(now: Option<Reservation>, was: Reservation, verbatim: Verbatim) -> Self {
        Self { key: was.key(), before: now, after: After::Verbatim { was, verbatim } }
    }

    /// How it is now; none: it is not there.
    pub fn before(&self) -> Option<&Reservation> {
        self.before.as_ref()
    }

    /// How it is to be.
    pub fn after(&self) -> &After {
        &self.after
    }

    /// What is wanted, unless it is deleted or restored.
    pub fn wanted(&self) -> Option<&NewReservation> {
        match &self.after {
            After::Wanted { new, .. } => Some(new),
            After::Gone | After::Verbatim { .. } => None,
        }
    }

    /// What is to come, in the server's words, where it was so once.
    pub fn verbatim(&self) -> Option<&Verbatim> {
        match &self.after {
            After::Verbatim { verbatim, .. } => Some(verbatim),
            After::Gone | After::Wanted { .. } => None,
        }
    }

    /// How it will be, as far as that is known beforehand; none: it will not be there.
    pub fn expected(&self) -> Option<Reservation> {
        match &self.after {
            After::Gone => None,
            After::Wanted { new, storage } => Some(new.over(self.before.as_ref(), *storage)),
            After::Verbatim { was, .. } => Some(was.clone()),
        }
    }

    /// What is done.
    pub fn verb(&self) -> Verb {
        match (&self.before, &self.after) {
            (None, _) => Verb::Create,
            (Some(_), After::Gone) => Verb::Delete,
            (Some(now), After::Verbatim { was, .. }) if now.storage != was.storage && now.is_equivalent_to(was) => {
                Verb::Move
            }
            (Some(_), _) => Verb::Change,
        }
    }

    /// Which reservation; where its identifier is changed, by the new one.
    pub fn key(&self) -> &ReservationKey {
        &self.key
    }

    /// Where it is kept afterwards; of one that goes: where it was kept.
    pub fn storage(&self) -> Storage {
        match &self.after {
            After::Gone => self.before.as_ref().map_or(Storage::Configuration, |old| old.storage),
            After::Wanted { storage, .. } => *storage,
            After::Verbatim { was, .. } => was.storage,
        }
    }

    /// Every key that it touches, before and after it.
    pub fn touched(&self) -> impl Iterator<Item = ReservationKey> {
        self.before.as_ref().map(Reservation::key).into_iter().chain([self.key.clone()])
    }
}
