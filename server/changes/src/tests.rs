//! Every case of the decisions, and what holds for all of them.

use model::{
    ChangeState, Content, Element, Identifier, IdentifierKind, Labels, NewReservation, Reservation, Storage, Subject,
    Verb,
};
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

fn held(reservation: &Reservation) -> Content {
    reservation.clone().into()
}

fn all_held(all: Vec<Reservation>) -> Vec<Content> {
    all.into_iter().map(Content::from).collect()
}

/// The verdict on a reservation.
fn seen(before: Option<&Reservation>, after: Option<&Reservation>, there: &[Reservation]) -> Verdict {
    verdict(before.map(held).as_ref(), after.map(held).as_ref(), &all_held(there.to_vec()))
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
        assert_eq!((edit.verb(), edit.subject()), (verb, Subject::Reservation(key.clone())), "{edit:?}");
        assert_eq!(edit.expected().map(|after| after.storage()), expected, "{edit:?}");
        let Edit::Reservation(edit) = edit else { panic!("it is of a reservation") };
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
        ("made", None, n, some(&[&new]), Verdict::Made(Some(held(&new)))),
        ("not made", None, n, some(&[]), Verdict::NotMade),
        ("made elsewhere", None, n, some(&[&foreign]), Verdict::Overtaken),
        ("changed", o, n, some(&[&new]), Verdict::Made(Some(held(&new)))),
        ("as before", o, n, some(&[&old]), Verdict::NotMade),
        ("gone in the middle", o, n, some(&[]), Verdict::BrokenOff),
        ("changed elsewhere", o, n, some(&[&foreign]), Verdict::Overtaken),
        ("deleted", o, None, some(&[]), Verdict::Made(None)),
        ("not deleted", o, None, some(&[&old]), Verdict::NotMade),
        ("deleted and made anew", o, None, some(&[&foreign]), Verdict::Overtaken),
        ("moved", o, Some(&moved), some(&[&moved]), Verdict::Made(Some(held(&moved)))),
        ("half moved", o, Some(&moved), some(&[&old, &moved]), Verdict::Doubled(Box::new(old.clone()))),
        ("not moved", o, Some(&moved), some(&[&old]), Verdict::NotMade),
    ];
    for (name, before, after, there, expected) in cases {
        assert_eq!(seen(before, after, &there), expected, "{name}");
    }
}

#[test]
fn what_is_done_follows_from_how_it_stands() {
    let old = reservation(1, 7, FILE);
    let cases = [
        (Verdict::Made(None), true, Outcome::Finish(None)),
        (Verdict::Doubled(Box::new(old.clone())), true, Outcome::RemoveOld(Box::new(old))),
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
    let (made, doubled) = (Verdict::Made(None), Verdict::Doubled(Box::new(file.clone())));
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
        assert_eq!(
            is_to_be_saved(seen, before.map(held).as_ref(), after.map(held).as_ref()),
            expected,
            "{seen:?} {before:?} {after:?}"
        );
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
        assert_eq!(is_lost(&seen(before, after, &there)), lost, "{before:?} {after:?} {there:?}");
    }
}

fn aim_of(edit: &Edit, now: Option<Content>, subnet: &str) -> Aim {
    let now = now.map(|now| (now, verbatim()));
    Aim::new(&edit.subject(), edit.before().as_ref(), now.as_ref(), subnet.parse().unwrap()).unwrap()
}

#[test]
fn a_partner_is_made_the_same_in_its_own_subnet() {
    let (old, new) = (reservation(1, 7, FILE), reservation(1, 8, FILE));
    let there = |of: &Reservation| Reservation { subnet: "partner/9".parse().unwrap(), ..of.clone() };
    let elsewhere = Reservation { subnet: "partner/8".parse().unwrap(), ..old.clone() };
    let edit = Edit::restore(Some(old.clone()), new.clone(), verbatim());
    let aim = aim_of(&edit, Some(held(&new)), "partner/9");
    let step = |there| aim.step(all_held(there));
    let restore = |now| Step::Make(Box::new(Edit::restore(now, there(&new), verbatim())));
    assert_eq!(step(vec![]), restore(None));
    assert_eq!(step(vec![there(&old)]), restore(Some(there(&old))));
    assert_eq!(step(vec![elsewhere.clone()]), restore(None), "the same client in another subnet is left alone");
    assert_eq!(step(vec![there(&new)]), Step::Nothing);

    let gone = aim_of(&Edit::delete(old.clone()), None, "partner/9");
    let step = |there| gone.step(all_held(there));
    assert_eq!(step(vec![elsewhere]), Step::Nothing);
    assert_eq!(step(vec![there(&old)]), Step::Make(Box::new(Edit::delete(there(&old)))));
    assert_eq!(step(vec![Reservation { storage: DATABASE, ..there(&old) }]), Step::Nothing);
}

#[test]
fn a_database_of_all_is_no_partners_business() {
    let (filed, stored) = (reservation(1, 7, FILE), reservation(1, 7, DATABASE));
    assert!(!Edit::delete(stored.clone()).concerns_partners(None));
    assert!(Edit::delete(filed.clone()).concerns_partners(None));
    let moved = Edit::restore(Some(filed), stored.clone(), verbatim());
    assert!(moved.concerns_partners(Some(&held(&stored))), "it was in the file until now");
}

fn named(name: &str, comment: &str) -> Labels {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Labels { name: text(name), comment: text(comment) }
}

fn called(labels: &Labels) -> Content {
    Content::Labels { subnet: "kea/1".parse().unwrap(), labels: labels.clone() }
}

#[test]
fn a_subnet_is_called_the_old_the_new_or_something_else() {
    let (old, new) = (named("old", "rack 3"), named("new", ""));
    let cases = [
        ("made", Some(&new), Verdict::Made(Some(called(&new)))),
        ("not made", Some(&old), Verdict::NotMade),
        ("the name is set, the comment not yet removed", Some(&named("new", "rack 3")), Verdict::BrokenOff),
        ("called something else", Some(&named("third", "")), Verdict::Overtaken),
        ("gone", None, Verdict::Overtaken),
    ];
    for (name, there, expected) in cases {
        let there: Vec<_> = there.map(called).into_iter().collect();
        assert_eq!(verdict(Some(&called(&old)), Some(&called(&new)), &there), expected, "{name}");
    }
}

#[test]
fn a_partner_calls_its_subnet_the_same() {
    let (old, new) = (named("old", ""), named("new", "rack 3"));
    let edit = Edit::label("kea/1".parse().unwrap(), old.clone(), new.clone());
    assert_eq!((edit.verb(), edit.storage()), (Verb::Change, FILE));
    assert_eq!(edit.subject(), Subject::Config(Element::Subnet("kea/1".parse().unwrap())));
    assert!(edit.concerns_partners(None));
    let aim = aim_of(&edit, Some(called(&new)), "partner/9");
    let make = Edit::label("partner/9".parse().unwrap(), old.clone(), new.clone());
    assert_eq!(aim.step(vec![called(&old)]), Step::Make(Box::new(make)), "in its own words: the verbatim stays here");
    assert_eq!(aim.step(vec![called(&new)]), Step::Nothing);
    assert_eq!(aim.step(vec![]), Step::Nothing, "it does not have the subnet");
}

#[test]
fn what_was_is_put_in_the_place_of_what_is() {
    let (old, new) = (named("old", ""), named("new", "rack 3"));
    let Some(Edit::Labels(back)) = Edit::back(Some(called(&new)), called(&old), Some(verbatim())) else {
        panic!("a name is restored")
    };
    assert_eq!((back.before, back.after, back.verbatim), (new.clone(), old.clone(), Some(verbatim())));
    assert_eq!(Edit::back(None, called(&old), None), None, "a subnet is not made again by its name");
    assert_eq!(Edit::back(Some(called(&new)), held(&reservation(1, 7, FILE)), Some(verbatim())), None);
}

fn any_reservation() -> impl Strategy<Value = Reservation> {
    (1..3_u8, 7..10_u8, prop_oneof![Just(FILE), Just(DATABASE)])
        .prop_map(|(mac, last, storage)| reservation(mac, last, storage))
}

fn any_labels() -> impl Strategy<Value = Labels> {
    ("[ab]?", "[cd]?").prop_map(|(name, comment)| named(&name, &comment))
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
        let found = seen(before.as_ref(), after.as_ref(), &there);
        let then: Vec<Reservation> = match outcome(found, before.is_some(), overtaken) {
            Outcome::RemoveOld(old) => there.into_iter().filter(|known| *known != *old).collect(),
            Outcome::Restore => before.iter().cloned().collect(),
            _ => there,
        };
        let again = outcome(seen(before.as_ref(), after.as_ref(), &then), before.is_some(), overtaken);
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

    /// Whatever a subnet is called, there is a verdict; what is done leaves nothing to be done.
    #[test]
    fn recovering_a_name_twice_is_recovering_it_once(
        before in any_labels(), after in any_labels(), there in proptest::option::of(any_labels()),
    ) {
        prop_assume!(before != after);
        let look = |there: &Option<Labels>| {
            let there: Vec<_> = there.iter().map(called).collect();
            outcome(verdict(Some(&called(&before)), Some(&called(&after)), &there), true, false)
        };
        let then = if look(&there) == Outcome::Restore { Some(before.clone()) } else { there.clone() };
        prop_assert!(!matches!(look(&then), Outcome::Restore | Outcome::Lost | Outcome::RemoveOld(_)));
    }

    /// A partner that was made the same needs nothing more.
    #[test]
    fn replicating_twice_is_replicating_once(
        now in proptest::option::of(any_reservation()),
        there in proptest::collection::vec(any_reservation(), 0..3),
    ) {
        let edit = now.clone().map_or_else(|| Edit::delete(reservation(1, 7, FILE)), |now| Edit::restore(None, now, verbatim()));
        let aim = aim_of(&edit, now.map(Content::from), "kea/1");
        let Aim::Client { identifiers, .. } = &aim else { panic!("it is of a client") };
        let mine = |known: &Reservation| identifiers.contains(&known.identifier);
        let mut there: Vec<_> = there.into_iter().filter(mine).collect();
        there.dedup_by(|one, other| (&one.identifier, one.storage) == (&other.identifier, other.storage));
        prop_assume!(there.iter().filter(|known| known.storage == FILE).count() <= 1);
        if let Step::Make(edit) = aim.step(all_held(there.clone())) {
            let (before, after) = edit.reservations();
            there.retain(|known| Some(known) != before);
            there.extend(after);
        }
        prop_assert_eq!(aim.step(all_held(there)), Step::Nothing);
    }
}
