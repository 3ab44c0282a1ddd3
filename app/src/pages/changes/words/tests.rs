use model::{Element, Identifier, Labels, NewReservation, Storage, Timestamp};

use super::*;

/// A reservation that was made.
pub(in super::super) fn change() -> Change {
    let identifier = Identifier::HwAddress("02:00:00:00:00:02".parse().unwrap());
    let new = NewReservation {
        address: "192.0.2.7".parse().ok(),
        host_name: "web-02".parse().ok(),
        ..NewReservation::of("kea1/3".parse().unwrap(), identifier)
    };
    let after = new.over(None, Storage::Configuration);
    let subject = Subject::Reservation(after.key());
    let begun = Change::begun(Timestamp(0), "alice", subject, None, Some(after.into()));
    Change { number: 5, state: ChangeState::Done, ..begun }
}

fn standing(state: ChangeState) -> Change {
    Change { state, ..change() }
}

#[test]
fn a_change_is_named_by_its_address_or_its_client() {
    assert_eq!(title(&change()), "Reserve 192.0.2.7");
    assert_eq!(about(&change()), "web-02 · 02:00:00:00:00:02");
    let mut deleted = Change { verb: Verb::Delete, before: change().after, after: None, ..change() };
    assert_eq!(title(&deleted), "Delete 192.0.2.7");
    let before = deleted.before.and_then(Content::into_reservation).unwrap();
    deleted.before = Some(Reservation { address: None, host_name: None, ..before }.into());
    assert_eq!(title(&deleted), "Delete 02:00:00:00:00:02");
    assert_eq!(about(&deleted), "02:00:00:00:00:02");
}

#[test]
fn a_change_of_a_name_is_named_by_its_subnet() {
    let subnet: model::SubnetKey = "kea1/3".parse().unwrap();
    let called = |name: Option<&str>| {
        let labels = Labels { name: name.map(str::to_owned), comment: None };
        Some(Content::Labels { subnet: subnet.clone(), labels })
    };
    let subject = Subject::Config(Element::Subnet(subnet.clone()));
    let verb = Verb::Change;
    let named = Change { subject, verb, before: called(None), after: called(Some("Laboratory")), ..change() };
    assert_eq!((title(&named), about(&named)), ("Name kea1/3".to_owned(), "Laboratory".to_owned()));
    assert_eq!(wanted(&named), "", "no address is looked for");
    assert_eq!(about(&Change { after: called(None), ..named }), "no name");
}

#[test]
fn what_is_made_can_be_taken_back_once() {
    assert_eq!(Act::of(&change()), [Act::Undo, Act::Restore(Version::After)]);
    assert_eq!(Act::of(&Change { undone_by: Some(6), ..change() }), [Act::Restore(Version::After)]);
    assert_eq!(Act::of(&Change { repeats: Some(4), ..change() }), [Act::Restore(Version::After)]);
    let edited = Change { before: change().after, ..change() };
    assert!(Act::of(&edited).contains(&Act::Restore(Version::Before)));
}

#[test]
fn what_is_not_settled_can_be_settled() {
    assert_eq!(Act::of(&standing(ChangeState::Pending)), [Act::Settle, Act::GiveUp]);
    assert_eq!(Act::of(&standing(ChangeState::Unknown)), [Act::Settle, Act::GiveUp]);
    assert_eq!(Act::of(&standing(ChangeState::Open)), []);
    assert_eq!(Act::of(&standing(ChangeState::NotSaved))[..2], [Act::Save, Act::Undo]);
    assert_eq!(Act::of(&standing(ChangeState::Refused)), []);
}

#[test]
fn nothing_is_done_without_a_question_that_changes_a_reservation() {
    for act in [Act::Undo, Act::GiveUp, Act::Restore(Version::Before), Act::Restore(Version::After)] {
        assert!(act.asks(), "{act:?}");
    }
    assert!(!Act::Settle.asks() && !Act::Save.asks());
}

#[test]
fn a_change_that_is_not_saved_is_never_called_saved() {
    for state in ChangeState::ALL {
        assert_eq!(stands(&standing(state)).contains("and saved on"), state == ChangeState::Done, "{state:?}");
    }
}

#[test]
fn what_a_batch_did_is_one_sentence() {
    let admins = Change { actor: "admin".to_owned(), ..change() };
    let of =
        |verb, undoes| Batch { batch: "a".to_owned(), changes: 197, verb, undoes, subnet: None, states: Vec::new() };
    assert_eq!(batch(&admins, &of(Some(Verb::Create), false)), "admin added 197 reservations");
    assert_eq!(batch(&admins, &of(None, false)), "admin changed 197 reservations");
    assert_eq!(batch(&admins, &of(Some(Verb::Delete), true)), "admin undid changes of 197 reservations");
    let names = Change { subject: Subject::Config(Element::Subnet("kea/1".parse().unwrap())), ..admins };
    assert_eq!(batch(&names, &of(Some(Verb::Change), false)), "admin changed 197 names of subnets");
}
