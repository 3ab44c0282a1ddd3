//! What runs and is not on the server's disk.

use crate::Verdict;

/// What becomes of a change that was made and not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsaved {
    /// It is saved now.
    Saved,
    /// The server was started again before it was saved: it is lost.
    Lost,
    /// It was removed past Nestor: what was made before it is still there, which a restart would have taken too.
    Overtaken,
    /// It stays as it is.
    Stays,
}

/// What becomes of the changes of a server that were not saved, in their order, as they stand now, each with whether the
/// server has saved since. A change of which a later one was saved counts as overtaken.
pub fn unsaved(seen: &[(Verdict, bool)]) -> Vec<Unsaved> {
    let mut an_earlier_one_is_there = false;
    let becomes = |(verdict, saved): &(Verdict, bool)| {
        an_earlier_one_is_there |= matches!(verdict, Verdict::Made(_));
        match verdict {
            Verdict::NotMade | Verdict::BrokenOff if an_earlier_one_is_there => Unsaved::Overtaken,
            Verdict::NotMade | Verdict::BrokenOff => Unsaved::Lost,
            _ if *saved => Unsaved::Saved,
            _ => Unsaved::Stays,
        }
    };
    seen.iter().map(becomes).collect()
}

/// Whether the newest saved change of a reservation is lost, as it stands so now: the server holds what was before it. A
/// server that was started from an older file does; what was made of it past Nestor since is not lost.
pub fn is_lost(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::NotMade | Verdict::BrokenOff)
}
