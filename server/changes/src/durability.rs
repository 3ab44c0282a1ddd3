//! What runs and is not on the server's disk.

use crate::Verdict;

/// What becomes of a change that was made and not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsaved {
    /// It is saved now.
    Saved,
    /// The server was started again before it was saved: it is lost.
    Lost,
    /// It stays as it is.
    Stays,
}

/// What becomes of a change that was not saved and stands so now. `saved`: the server has saved since. A change of which
/// a later one was saved counts as overtaken.
pub fn unsaved(verdict: &Verdict, saved: bool) -> Unsaved {
    match verdict {
        Verdict::NotMade | Verdict::BrokenOff => Unsaved::Lost,
        _ if saved => Unsaved::Saved,
        _ => Unsaved::Stays,
    }
}

/// Whether the newest saved change of a reservation is lost, as it stands so now: the server holds what was before it. A
/// server that was started from an older file does; what somebody else made of it since is not lost.
pub fn is_lost(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::NotMade | Verdict::BrokenOff)
}
