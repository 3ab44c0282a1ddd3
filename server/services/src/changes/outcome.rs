//! How a change ended, as it is recorded.

use ::changes::{Verbatim, repeated};
use model::{ChangeState, Content, Reason};

use crate::ports::{AppliedEdit, ChangeEnd};
use crate::{Error, Result};

/// A subject as it is on its server, in our words and in the server's.
pub(super) type Looked = (Content, Verbatim);

/// What is recorded of a change that was tried.
pub(super) fn ended(number: i64, written: &Result<AppliedEdit>) -> ChangeEnd {
    match written {
        // Also of what is not saved yet, it is recorded how it is: it may be saved later, and is to be restorable then.
        Ok(AppliedEdit { now, was, not_saved, .. }) => {
            let done = ChangeEnd { number, state: ChangeState::Done, reason: None, now: None, was: None };
            let end = not_saved.as_ref().map_or(done, |error| failed(number, error));
            ChangeEnd { now: now.clone(), was: was.clone(), ..end }
        }
        Err(error) => failed(number, error),
    }
}

/// What is recorded of a repetition on a partner that was tried.
pub(super) fn ended_on_partner(number: i64, written: &Result<AppliedEdit>) -> ChangeEnd {
    let end = ended(number, written);
    let reason = match written {
        Err(Error::Unreachable { server, .. }) => Some(Reason::Waits { server: server.clone() }),
        _ => end.reason,
    };
    ChangeEnd { state: repeated(end.state), reason, ..end }
}

/// What is recorded of a change that failed.
pub(super) fn failed(number: i64, error: &Error) -> ChangeEnd {
    let state = match error {
        Error::NotSaved { .. } => ChangeState::NotSaved,
        Error::Unknown { .. } | Error::NotServing { .. } | Error::Internal(_) => ChangeState::Unknown,
        _ => ChangeState::Refused,
    };
    ChangeEnd { number, state, reason: Some(error.reason()), now: None, was: None }
}
