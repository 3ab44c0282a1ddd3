//! Every case of the decisions, and what holds for all of them.

use model::{ChangeState, Identifier, IdentifierKind, NewReservation, Reservation, Storage, Verb};
use proptest::prelude::*;

use super::*;

fn reservation(mac: u8, last: u8, storage: Storage) -> Reservation {
    let identifier = Identifier::parse(IdentifierKind::HwAddress, &format!("02:00:00:00:00:{mac:02x}")).unwrap();
    let new = NewReservation {
        address: Some([192, 0, 2, last].into()),
        ..NewReservation::of("kea/1".parse().unwrap(), identifier)
    };
    new.over(None, storage)
}

const FILE: Storage = Storage::Configuration;
const DATABASE: Storage = Storage::Database;

fn verbatim() -> Verbatim {
    Verbatim("{}".to_owned())
}

#[test]
fn verb_and_key_follow_from_before_and_after() {
    let (old, other) = (reservation(1, 7, FILE), reservation(2, 8, FILE));
    let new =
        NewReservation { address: other.address, ..NewReservation::of(old.subnet.clone(), other.identifier.clone()) };
    let moved = Reservation { storage: DATABASE, ..old.clone() };
    let cases = [
        (Edit::create(new.clone(), FILE), Verb::Create, other.key(), Some(FILE)),
        (Edit::change(old.clone(), new), Verb::Change, other.key(), Some(FILE)),
        (Edit::delete(old.clone()), Verb::Delete, old.key(), None),
        (Edit::restore(None, old.clone(), verbatim()), Verb::Create, old.key(), Some(FILE)),
        (Edit::restore(Some(other), old.clone(), verbatim()), Verb::Change, old.key(), Some(FILE)),
        (Edit::restore(Some(old.clone()), moved, verbatim()), Verb::Move, old.key(), Some(DATABASE)),
    ];
    for (edit, verb, key, expected) in cases {
        assert_eq!((edit.verb(), edit.key()), (verb, &key), "{edit:?}");
        assert_eq!(edit.expected().map(|after| after.storage), expected, "{edit:?}");
        assert!(edit.touched().any(|touched| touched == key));
    }
}

#[test]
fn what_a_server_shows_has_one_meaning() {
    let (old, new) = (reservation(1, 7, FILE), reservation(1, 8, FILE));
    let (foreign, moved) = (reservation(1, 9, FILE), Reservation { storage: DATABASE, ..old.clone() });
    let (o, n) = (Some(&old), Some(&new));
    let some = |all: &[&Reservation]| all.iter().copied().cloned().collect::<Vec<_>>();
    let cases = [
        ("made", None, n, some(&[&new]), Verdict::Made(Some(new.clone()))),
        ("not made", None, n, some(&[]), Verdict::NotMade),
        ("made by somebody else", None, n, some(&[&foreign]), Verdict::Overtaken),
        ("changed", o, n, some(&[&new]), Verdict::Made(Some(new.clone()))),
        ("as before", o, n, some(&[&old]), Verdict::NotMade),
        ("gone in the middle", o, n, some(&[]), Verdict::BrokenOff),
        ("changed by somebody else", o, n, some(&[&foreign]), Verdict::Overtaken),
        ("deleted", o, None, some(&[]), Verdict::Made(None)),
        ("not deleted", o, None, some(&[&old]), Verdict::NotMade),
        ("deleted and made anew", o, None, some(&[&foreign]), Verdict::Overtaken),
        ("moved", o, Some(&moved), some(&[&moved]), Verdict::Made(Some(moved.clone()))),
        ("half moved", o, Some(&moved), some(&[&old, &moved]), Verdict::Doubled(old.clone())),
        ("not moved", o, Some(&moved), some(&[&old]), Verdict::NotMade),
    ];
    for (name, before, after, there, expected) in cases {
        assert_eq!(verdict(before, after, &there), expected, "{name}");
    }
}

#[test]
fn what_is_done_follows_from_how_it_stands() {
    let old = reservation(1, 7, FILE);
    let cases = [
        (Verdict::Made(None), true, Outcome::Finish(None)),
        (Verdict::Doubled(old.clone()), true, Outcome::RemoveOld(old)),
        (Verdict::NotMade, true, Outcome::NotMade),
        (Verdict::Overtaken, false, Outcome::Overtaken),
        (Verdict::BrokenOff, true, Outcome::Restore),
        (Verdict::BrokenOff, false, Outcome::Lost),
    ];
    for (seen, restorable, expected) in cases {
        assert_eq!(outcome(seen.clone(), restorable, false), expected);
        assert_eq!(outcome(seen, restorable, true), Outcome::Overtaken, "a later change of ours was made");
    }
}

#[test]
fn what_would_go_with_a_restart_is_saved_before_it_is_spoken_of() {
    let (file, database) = (reservation(1, 7, FILE), reservation(1, 8, DATABASE));
    let (f, d) = (Some(&file), Some(&database));
    let (made, doubled) = (Verdict::Made(None), Verdict::Doubled(file.clone()));
    for (seen, before, after, expected) in [
        (&made, None, f, true),
        (&made, f, d, true),
        (&made, d, f, true),
        (&made, f, None, true),
        (&made, None, d, false),
        (&doubled, f, d, true),
        (&Verdict::NotMade, f, None, true),
        (&Verdict::NotMade, f, d, true),
        (&Verdict::NotMade, d, f, false),
        (&Verdict::NotMade, None, f, false),
        (&Verdict::BrokenOff, f, f, false),
        (&Verdict::Overtaken, f, f, false),
    ] {
        assert_eq!(is_to_be_saved(seen, before, after), expected, "{seen:?} {before:?} {after:?}");
    }
}

#[test]
fn what_was_not_saved_is_saved_lost_or_stays() {
    let made = || Verdict::Made(None);
    for (seen, saved, expected) in [
        (Verdict::NotMade, true, Unsaved::Lost),
        (Verdict::BrokenOff, false, Unsaved::Lost),
        (made(), true, Unsaved::Saved),
        (made(), false, Unsaved::Stays),
        (Verdict::Overtaken, true, Unsaved::Saved),
        (Verdict::Overtaken, false, Unsaved::Stays),
    ] {
        assert_eq!(unsaved(&[(seen.clone(), saved)]), [expected], "{seen:?}, {saved}");
    }
    // A restart takes all that was made before it, and nothing that was made after it.
    let gone = || Verdict::NotMade;
    for (seen, expected) in [
        (vec![gone(), gone()], vec![Unsaved::Lost, Unsaved::Lost]),
        (vec![gone(), made()], vec![Unsaved::Lost, Unsaved::Stays]),
        (vec![made(), gone()], vec![Unsaved::Stays, Unsaved::Overtaken]),
        (vec![gone(), made(), Verdict::BrokenOff], vec![Unsaved::Lost, Unsaved::Stays, Unsaved::Overtaken]),
        (vec![Verdict::Overtaken, gone()], vec![Unsaved::Stays, Unsaved::Lost]),
    ] {
        let seen: Vec<_> = seen.into_iter().map(|verdict| (verdict, false)).collect();
        assert_eq!(unsaved(&seen), expected, "{seen:?}");
    }
}

#[test]
fn what_a_partner_refuses_rests_and_is_tried_again() {
    for state in ChangeState::ALL {
        let expected = if state == ChangeState::Refused { ChangeState::Pending } else { state };
        assert_eq!(repeated(state), expected);
    }
    let rests: Vec<i64> = (1..=9).map(|refusals| rest(refusals).0).collect();
    assert_eq!(rests, [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
    assert_eq!((rest(0).0, rest(u32::MAX).0), (60, 3_600));
}

#[test]
fn a_server_with_an_older_file_lost_what_came_after_it() {
    let (old, new) = (reservation(1, 7, FILE), reservation(1, 8, FILE));
    let foreign = reservation(1, 9, FILE);
    for (before, after, there, lost) in [
        (None, Some(&new), vec![], true),
        (Some(&old), Some(&new), vec![old.clone()], true),
        (Some(&old), Some(&new), vec![], true),
        (Some(&old), None, vec![old.clone()], true),
        (None, Some(&new), vec![new.clone()], false),
        (Some(&old), None, vec![], false),
        (Some(&old), Some(&new), vec![foreign], false),
    ] {
        assert_eq!(is_lost(&verdict(before, after, &there)), lost, "{before:?} {after:?} {there:?}");
    }
}

#[test]
fn a_partner_is_made_the_same_in_its_own_subnet() {
    let (old, new) = (reservation(1, 7, FILE), reservation(1, 8, FILE));
    let there = |of: &Reservation| Reservation { subnet: "partner/9".parse().unwrap(), ..of.clone() };
    let elsewhere = Reservation { subnet: "partner/8".parse().unwrap(), ..old.clone() };
    let edit = Edit::restore(Some(old.clone()), new.clone(), verbatim());
    let aim = Aim::new(&edit, Some(&(new.clone(), verbatim())), "partner/9".parse().unwrap());
    let restore = |now| Step::Make(Box::new(Edit::restore(now, there(&new), verbatim())));
    assert_eq!(aim.step(vec![]), restore(None));
    assert_eq!(aim.step(vec![there(&old)]), restore(Some(there(&old))));
    assert_eq!(aim.step(vec![elsewhere.clone()]), restore(None), "the same client in another subnet is left alone");
    assert_eq!(aim.step(vec![there(&new)]), Step::Nothing);

    let gone = Aim::new(&Edit::delete(old.clone()), None, "partner/9".parse().unwrap());
    assert_eq!(gone.step(vec![elsewhere]), Step::Nothing);
    assert_eq!(gone.step(vec![there(&old)]), Step::Make(Box::new(Edit::delete(there(&old)))));
    assert_eq!(gone.step(vec![Reservation { storage: DATABASE, ..there(&old) }]), Step::Nothing);
}

#[test]
fn a_database_of_all_is_no_partners_business() {
    let (filed, stored) = (reservation(1, 7, FILE), reservation(1, 7, DATABASE));
    assert!(!Edit::delete(stored.clone()).concerns_partners(None));
    assert!(Edit::delete(filed.clone()).concerns_partners(None));
    let moved = Edit::restore(Some(filed), stored.clone(), verbatim());
    assert!(moved.concerns_partners(Some(&stored)), "it was in the file until now");
}

fn any_reservation() -> impl Strategy<Value = Reservation> {
    (1..3_u8, 7..10_u8, prop_oneof![Just(FILE), Just(DATABASE)])
        .prop_map(|(mac, last, storage)| reservation(mac, last, storage))
}

proptest! {
    /// Whatever is seen, there is a verdict; and what is done brings the server to a state that needs nothing more.
    #[test]
    fn recovering_twice_is_recovering_once(
        before in proptest::option::of(any_reservation()),
        after in proptest::option::of(any_reservation()),
        there in proptest::collection::vec(any_reservation(), 0..3),
        overtaken: bool,
    ) {
        prop_assume!(before.is_some() || after.is_some());
        let seen = verdict(before.as_ref(), after.as_ref(), &there);
        let then: Vec<Reservation> = match outcome(seen, before.is_some(), overtaken) {
            Outcome::RemoveOld(old) => there.into_iter().filter(|known| *known != old).collect(),
            Outcome::Restore => before.iter().cloned().collect(),
            _ => there,
        };
        let again = outcome(verdict(before.as_ref(), after.as_ref(), &then), before.is_some(), overtaken);
        prop_assert!(!matches!(again, Outcome::RemoveOld(_) | Outcome::Restore | Outcome::Lost), "{again:?}");
    }

    /// Of the changes that were not saved each comes to one end, and what stays is what was not saved since.
    #[test]
    fn what_was_not_saved_comes_to_an_end_once(
        seen in proptest::collection::vec((0..4_u8, proptest::bool::ANY), 0..5),
    ) {
        let of = |which| match which {
            0 => Verdict::Made(None),
            1 => Verdict::NotMade,
            2 => Verdict::BrokenOff,
            _ => Verdict::Overtaken,
        };
        let seen: Vec<_> = seen.into_iter().map(|(which, saved)| (of(which), saved)).collect();
        let ends = unsaved(&seen);
        prop_assert_eq!(ends.len(), seen.len());
        let left: Vec<_> =
            seen.iter().zip(&ends).filter(|(_, end)| **end == Unsaved::Stays).map(|(seen, _)| seen.clone()).collect();
        prop_assert!(left.iter().all(|(_, saved)| !saved));
        prop_assert!(unsaved(&left).iter().all(|end| *end == Unsaved::Stays), "twice is once");
    }

    /// A partner that was made the same needs nothing more.
    #[test]
    fn replicating_twice_is_replicating_once(
        now in proptest::option::of(any_reservation()),
        there in proptest::collection::vec(any_reservation(), 0..3),
    ) {
        let edit = now.clone().map_or_else(|| Edit::delete(reservation(1, 7, FILE)), |now| Edit::restore(None, now, verbatim()));
        let aim = Aim::new(&edit, now.map(|now| (now, verbatim())).as_ref(), "kea/1".parse().unwrap());
        let mine = |known: &Reservation| aim.identifiers.contains(&known.identifier);
        let mut there: Vec<_> = there.into_iter().filter(mine).collect();
        there.dedup_by(|one, other| (&one.identifier, one.storage) == (&other.identifier, other.storage));
        prop_assume!(there.iter().filter(|known| known.storage == FILE).count() <= 1);
        if let Step::Make(edit) = aim.step(there.clone()) {
            there.retain(|known| Some(known) != edit.before());
            there.extend(edit.expected());
        }
        prop_assert_eq!(aim.step(there), Step::Nothing);
    }
}
