//! Repetitions that a partner refused: when each is tried again. Known to this program alone; another one tries them anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::changes::{repeated, rest};
use model::{ChangeState, Timestamp};

use super::outcome::failed;
use crate::{Error, Result};

/// Of each change how many times it was refused, and until when it rests. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Retries(Arc<Mutex<HashMap<i64, (u32, Timestamp)>>>);

impl Retries {
    /// Whether a change may be tried now.
    pub(super) fn is_due(&self, number: i64, now: Timestamp) -> bool {
        self.all().get(&number).is_none_or(|(_, until)| now >= *until)
    }

    /// Notes what came of a try: one that was refused rests, one that a silent server did not take is tried when that is
    /// back, and any other is over.
    pub(super) fn note<T>(&self, number: i64, tried: &Result<T>, now: Timestamp) {
        match tried {
            Err(Error::Unreachable { .. }) => {}
            Err(error) if repeated(failed(number, error).state) == ChangeState::Pending => {
                let mut all = self.all();
                let (refusals, until) = all.entry(number).or_insert((0, now));
                *refusals = refusals.saturating_add(1);
                *until = now.plus(rest(*refusals));
            }
            _ => drop(self.all().remove(&number)),
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<i64, (u32, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
