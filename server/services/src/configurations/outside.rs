//! What others changed of a server’s configuration: what nobody has looked at yet, and what its file may not have.

use model::{OutsideChange, Permission, Revision, RevisionOrigin, RevisionWay, ServerName, Timestamp};

use super::Configurations;
use crate::ports::{RevisionMarks, Store};
use crate::{Caller, Event, Mode, Result};

/// How many revisions are looked through.
const LOOKED_BACK: usize = 50;

/// How many differences are told in words.
const TOLD: usize = 3;

/// What is known of the changes that others made of a server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outside {
    /// What nobody has looked at yet.
    pub(crate) unseen: Option<OutsideChange>,
    /// What its file may not have, newest first.
    pub(crate) perhaps_unsaved: Vec<Revision>,
    /// When it was first looked at, where nothing tells that what it ran then was saved since.
    pub(crate) first_seen_at: Option<Timestamp>,
}

/// What others changed of a server, as far as it is remembered.
pub(crate) async fn of_server(store: &dyn Store, server: &ServerName) -> Result<Outside> {
    let marks = store.revision_marks(server).await?;
    let revisions = store.revisions(server, None, LOOKED_BACK).await?;
    Ok(Outside {
        unseen: unseen(&revisions, marks),
        perhaps_unsaved: perhaps_unsaved(&revisions, marks).into_iter().cloned().collect(),
        first_seen_at: never_told(&revisions, marks),
    })
}

impl Configurations {
    /// Notes that somebody looked at the revisions of a server up to that one.
    pub async fn see(&self, caller: &Caller, server: &ServerName, number: i64) -> Result<()> {
        caller.actor.may(Permission::Reserve)?;
        let newest = self.gate.newest_seen(server).await?;
        if caller.mode == Mode::DryRun || newest == 0 {
            return Ok(());
        }
        self.store.mark_revisions(server, RevisionMarks { seen: number.min(newest), saved: 0 }).await?;
        self.gate.events.publish(Event::Servers);
        Ok(())
    }
}

/// What of these revisions, newest first, others made and nobody has looked at.
fn unseen(newest_first: &[Revision], marks: RevisionMarks) -> Option<OutsideChange> {
    let mut all = newest_first.iter().filter(|revision| revision.number > marks.seen && by_others(revision));
    let newest = all.next()?;
    let earlier = all.map(|revision| revision.differences).sum();
    Some(OutsideChange {
        server: newest.server.clone(),
        number: newest.number,
        at: newest.at,
        text: sentence(newest, earlier),
    })
}

/// When Nestor saw a revision first, how its server came by it, and what differs; earlier ones have so many more differences.
fn sentence(Revision { at, origin, way, words, differences, .. }: &Revision, earlier: u32) -> String {
    let told = words.len().min(TOLD);
    let how = way.map(|way| format!(", {}", way.words())).unwrap_or_default();
    let what = if told == 0 { "nothing that is shown differs".to_owned() } else { words[..told].join("; ") };
    let more = differences.saturating_sub(u32::try_from(told).unwrap_or(u32::MAX)).saturating_add(earlier);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let too = if *origin == RevisionOrigin::Both { ", and by Nestor meanwhile" } else { "" };
    format!("Its configuration was changed outside Nestor{too}, seen at {at}{how}: {what}{more}.")
}

/// The revisions, of these, newest first, that others made, or had a part in, and of which nothing tells that they are in the
/// file. What Nestor changed or saved since saved all that was there before. A start reads the file; but what was seen first
/// after one may have come by commands since.
fn perhaps_unsaved(newest_first: &[Revision], marks: RevisionMarks) -> Vec<&Revision> {
    let in_doubt = |revision: &&Revision| by_others(revision) && revision.number > marks.saved;
    let all: Vec<&Revision> = newest_first.iter().take_while(in_doubt).collect();
    // What was there when Nestor changed something, too, was saved with it; what was there before a start went or was saved.
    let last = all.iter().position(|revision| revision.origin == RevisionOrigin::Both || by_a_start(revision));
    all.into_iter().take(last.map_or(usize::MAX, |at| at + 1)).collect()
}

/// When a server was first seen, where nothing since tells of a save or a start: what others had changed by then may not be in
/// the file.
fn never_told(newest_first: &[Revision], marks: RevisionMarks) -> Option<Timestamp> {
    let tells = |revision: &&Revision| !by_others(revision) || by_a_start(revision) || revision.number <= marks.saved;
    let first = newest_first.iter().find(tells)?;
    (first.origin == RevisionOrigin::First && first.number > marks.saved).then_some(first.at)
}

fn by_a_start(revision: &Revision) -> bool {
    revision.way == Some(RevisionWay::Restarted)
}

fn by_others(revision: &Revision) -> bool {
    matches!(revision.origin, RevisionOrigin::Outside | RevisionOrigin::Both)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(number: i64, origin: RevisionOrigin, way: Option<RevisionWay>) -> Revision {
        Revision {
            server: "kea1".parse().unwrap(),
            number,
            at: Timestamp(number),
            origin,
            way,
            changes: Vec::new(),
            words: vec!["a".to_owned(), "b".to_owned()],
            differences: 2,
            routine: false,
        }
    }

    #[test]
    fn what_others_changed_since_the_last_save_may_not_be_in_the_file() {
        use RevisionOrigin::{Both, First, Nestor, Outside};
        use RevisionWay::{Commands, Loaded, Restarted};
        let of = |all: &[(RevisionOrigin, Option<RevisionWay>)], saved| {
            let numbered = all.iter().zip((1..=9).rev());
            let revisions: Vec<_> = numbered.map(|((origin, way), number)| revision(number, *origin, *way)).collect();
            perhaps_unsaved(&revisions, RevisionMarks { seen: 0, saved }).len()
        };
        let all = [(Outside, Some(Commands)), (Outside, Some(Loaded)), (Outside, None), (First, None)];
        assert_eq!([0, 7, 8, 9].map(|saved| of(&all, saved)), [3, 2, 1, 0]);
        for stop in [(Nestor, None), (First, None)] {
            assert_eq!(of(&[stop, (Outside, Some(Commands))], 0), 0, "{stop:?}");
        }
        let restarted = (Outside, Some(Restarted));
        assert_eq!(of(&[restarted, (Outside, Some(Commands))], 0), 1, "what came after the start and before the look");
        assert_eq!([0, 8, 9].map(|saved| of(&[(Outside, None), restarted, (Outside, None)], saved)), [2, 1, 0]);
        let together = (Both, Some(Commands));
        let all = [(Outside, None), together, (Outside, None)];
        assert_eq!([0, 8, 9].map(|saved| of(&all, saved)), [2, 1, 0], "what came before ours was saved with it");
    }

    #[test]
    fn of_a_server_that_was_only_seen_it_is_not_said_that_all_is_saved() {
        use RevisionOrigin::{Both, First, Nestor, Outside};
        let of = |all: &[(RevisionOrigin, Option<RevisionWay>)], saved| {
            let numbered = all.iter().zip((1..=9).rev());
            let revisions: Vec<_> = numbered.map(|((origin, way), number)| revision(number, *origin, *way)).collect();
            never_told(&revisions, RevisionMarks { seen: 0, saved })
        };
        let commands = Some(RevisionWay::Commands);
        let all = [(Outside, commands), (Both, commands), (First, None)];
        assert_eq!(of(&[(First, None)], 0), Some(Timestamp(9)));
        assert_eq!([0, 6, 7, 9].map(|saved| of(&all, saved)), [Some(Timestamp(7)), Some(Timestamp(7)), None, None]);
        let restarted = (Outside, Some(RevisionWay::Restarted));
        for told in [&[][..], &[(Nestor, None), (First, None)], &[restarted, (First, None)]] {
            assert_eq!(of(told, 0), None, "{told:?}");
        }
    }

    #[test]
    fn what_nobody_has_looked_at_is_told_with_what_came_before_it() {
        use RevisionOrigin::{Both, First, Nestor, Outside};
        let revisions = [
            revision(5, Nestor, None),
            revision(4, Both, Some(RevisionWay::Commands)),
            revision(3, Outside, None),
            revision(2, Nestor, None),
            revision(1, First, None),
        ];
        let of = |seen| unseen(&revisions, RevisionMarks { seen, saved: 0 });
        assert_eq!([4, 5, 9].map(of), [None, None, None]);
        let told = of(0).unwrap();
        assert_eq!((told.number, told.at), (4, Timestamp(4)));
        assert!(told.text.ends_with(", by commands: a; b; and 2 more."), "those of revision 3: {}", told.text);
        let said = of(3).unwrap().text;
        assert!(said.ends_with(", by commands: a; b."), "{said}");
        let begun = "Its configuration was changed outside Nestor, and by Nestor meanwhile, seen at 1970-01-01";
        assert!(said.starts_with(begun), "{said}");
    }
}
