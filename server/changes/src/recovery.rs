//! How a change with no known end stands, decided from what its server shows now.

use model::{Content, Reservation, Storage};

use crate::labels;

/// How a change stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was made; the subject as it is there. None: it was a deletion.
    Made(Option<Content>),
    /// It was not made: all is as before.
    NotMade,
    /// The old state is gone and the new one is not there: the change broke off in the middle.
    BrokenOff,
    /// It was half moved: both copies are there. The old one.
    Doubled(Box<Reservation>),
    /// Another client changed it since.
    Overtaken,
}

/// How a change from `before` to `after` stands, where `there` is everything that its server holds of the subject: of a
/// reservation all under the identifiers of both in the subnet.
pub fn verdict(before: Option<&Content>, after: Option<&Content>, there: &[Content]) -> Verdict {
    if let (Some(Content::Labels { labels: before, .. }), Some(Content::Labels { labels: after, .. })) = (before, after)
    {
        return labels::verdict(before, after, there.first().cloned());
    }
    let there: Vec<_> = there.iter().filter_map(Content::reservation).collect();
    of_reservation(before.and_then(Content::reservation), after.and_then(Content::reservation), &there)
}

fn of_reservation(before: Option<&Reservation>, after: Option<&Reservation>, there: &[&Reservation]) -> Verdict {
    let holds = |wanted: &Reservation| {
        let same = |known: &&&Reservation| known.storage == wanted.storage && known.is_equivalent_to(wanted);
        there.iter().find(same).map(|known| Reservation::clone(known))
    };
    match (after.and_then(holds), before.and_then(holds)) {
        (Some(new), Some(old)) if new.storage != old.storage => Verdict::Doubled(Box::new(old)),
        (Some(new), _) => Verdict::Made(Some(new.into())),
        (None, Some(_)) => Verdict::NotMade,
        (None, None) if !there.is_empty() => Verdict::Overtaken,
        (None, None) => match (before, after) {
            (Some(_), Some(_)) => Verdict::BrokenOff,
            (None, _) => Verdict::NotMade,
            (Some(_), None) => Verdict::Made(None),
        },
    }
}

/// Whether what was found in a server's memory is saved before anything is said of it, as a restart would take it. What is
/// as before may have been restored in memory alone. What was made past Nestor is not ours to save, and what is to be
/// made again is saved with that.
pub fn is_to_be_saved(verdict: &Verdict, before: Option<&Content>, after: Option<&Content>) -> bool {
    let in_file = |known: Option<&Content>| known.is_some_and(|known| known.storage() == Storage::Configuration);
    match verdict {
        Verdict::Made(_) | Verdict::Doubled(_) => in_file(before) || in_file(after),
        Verdict::NotMade => in_file(before),
        Verdict::BrokenOff | Verdict::Overtaken => false,
    }
}

/// What is done about a change that had no known end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, and partners are to have the same.
    Finish(Option<Content>),
    /// The second copy goes, then the server is asked again.
    RemoveOld(Box<Reservation>),
    /// It is refused: all is as before.
    NotMade,
    /// It is refused: what is there now was made past Nestor.
    Overtaken,
    /// What was there before, a promise to a client, is made again.
    Restore,
    /// It is refused, and nothing can be made again, as the state before is not known.
    Lost,
}

/// What is done about a change that stands so. `restorable`: whether it is known how the subject was before, in its
/// server's words. `overtaken`: whether our own history has a later change of the same subject that was made: whatever is
/// there now comes from that one. What others deleted past us looks like a change that broke off; of the two mistakes it is
/// the smaller one to keep a promise too long.
pub fn outcome(verdict: Verdict, restorable: bool, overtaken: bool) -> Outcome {
    match verdict {
        _ if overtaken => Outcome::Overtaken,
        Verdict::Made(now) => Outcome::Finish(now),
        Verdict::Doubled(old) => Outcome::RemoveOld(old),
        Verdict::NotMade => Outcome::NotMade,
        Verdict::Overtaken => Outcome::Overtaken,
        Verdict::BrokenOff if restorable => Outcome::Restore,
        Verdict::BrokenOff => Outcome::Lost,
    }
}
