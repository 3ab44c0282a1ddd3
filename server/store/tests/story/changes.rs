//! The changes of reservations.

use std::collections::BTreeSet;

use changes::Verbatim;
use model::{
    Change, ChangeFilter, ChangeQuery, ChangeState, ConfigurationChange, Content, Element, Identifier, IdentifierKind,
    Labels, NewReservation, Reason, Reservation, ReservationKey, Storage, Subject, SubnetKey, Timestamp, Verb,
};
use services::ports::{ChangeEnd, ChangeRecord, Store, StoreError};

use super::{Home, NOW, later, race};

fn key(subnet: &str, mac: &str) -> ReservationKey {
    let identifier = Identifier::parse(IdentifierKind::HwAddress, mac).unwrap();
    ReservationKey { subnet: subnet.parse().unwrap(), identifier }
}

fn reservation(subnet: &str, mac: &str, address: &str, name: &str) -> Reservation {
    let ReservationKey { subnet, identifier } = key(subnet, mac);
    let wanted = NewReservation {
        address: Some(address.parse().unwrap()),
        host_name: Some(name.parse().unwrap()),
        ..NewReservation::of(subnet, identifier)
    };
    wanted.over(None, Storage::Database)
}

/// A change that is begun.
fn open(before: Option<&Reservation>, after: Option<&Reservation>) -> ChangeRecord {
    let wanted = after.map(|after| NewReservation {
        address: after.address,
        ..NewReservation::of(after.subnet.clone(), after.identifier.clone())
    });
    let held = |of: Option<&Reservation>| of.cloned().map(Content::from);
    let subject = Subject::Reservation(after.or(before).unwrap().key());
    let change = Change::begun(NOW, "alice", subject, held(before), held(after));
    let was = before.map(|_| Verbatim("{ \"was\": \"\\u0000ü\" }".to_owned()));
    ChangeRecord { change, was, now: None, wanted, request: None, owner: "host 1".to_owned(), confirm_until: None }
}

fn created(mac: &str, address: &str, name: &str) -> ChangeRecord {
    open(None, Some(&reservation("main/1", mac, address, name)))
}

fn end(number: i64, state: ChangeState) -> ChangeEnd {
    ChangeEnd { number, state, reason: None, now: None, was: None }
}

fn full() -> Reason {
    Reason::NotSaved { server: "main".parse().unwrap(), text: "the disk is full: \"/etc\" \\ ü\0".to_owned() }
}

async fn begin(store: &dyn Store, record: &ChangeRecord) -> i64 {
    store.begin_changes(std::slice::from_ref(record)).await.unwrap()[0]
}

async fn made(store: &dyn Store, record: &ChangeRecord) -> i64 {
    let number = begin(store, record).await;
    store.end_changes(&[end(number, ChangeState::Done)]).await.unwrap();
    number
}

const MAC: &str = "02:00:5e:10:00:01";
const OTHER: &str = "02:00:5e:10:00:02";

pub(crate) async fn are_recorded_and_ended(home: &Home) {
    let (store, other) = (home.open().await, home.open().await);
    assert_eq!(store.begin_changes(&[]).await, Ok(vec![]));
    let old = reservation("main/1", MAC, "192.0.2.9", "old");
    let mut first = open(Some(&old), Some(&reservation("main/1", MAC, "192.0.2.10", "new")));
    first.change.batch = Some("batch 1".to_owned());
    first.change.repeats = Some(77);
    let second = open(Some(&old), None);
    let numbers = store.begin_changes(&[first.clone(), second.clone()]).await.unwrap();
    assert!(numbers[0] < numbers[1]);
    first.change.number = numbers[0];
    assert_eq!(other.change(numbers[0]).await, Ok(Some(first.clone())), "another program sees all of it");
    assert_eq!(other.change(numbers[1]).await.unwrap().unwrap().change.after, None);
    assert_eq!(other.change(numbers[1] + 1).await, Ok(None));

    let now = reservation("main/1", MAC, "192.0.2.11", "became");
    let (written, was) = (Verbatim("{\"ip-address\":\"192.0.2.11\"}".to_owned()), Verbatim("{}".to_owned()));
    let outcome = ChangeEnd {
        number: numbers[0],
        state: ChangeState::NotSaved,
        reason: Some(full()),
        now: Some((now.clone().into(), written.clone())),
        was: Some(was.clone()),
    };
    store.end_changes(&[end(numbers[1], ChangeState::Unknown), outcome]).await.unwrap();
    let mut change = Change { after: Some(now.into()), ..first.change };
    change.stands(ChangeState::NotSaved, Some(full()));
    let expected = ChangeRecord { change, now: Some(written), was: Some(was), ..first };
    assert_eq!(other.change(numbers[0]).await, Ok(Some(expected.clone())));
    let kept = other.change(numbers[1]).await.unwrap().unwrap();
    assert_eq!((kept.change.state, kept.was), (ChangeState::Unknown, second.was), "the rest is as it was recorded");
    // What was settled may be settled again: it is saved at last.
    store.end_changes(&[end(numbers[0], ChangeState::Done)]).await.unwrap();
    let kept = other.change(numbers[0]).await.unwrap().unwrap();
    assert_eq!((kept.change.after, kept.now, kept.change.reason), (expected.change.after, expected.now, None));
    let counts: Vec<_> =
        store.count_changes().await.unwrap().into_iter().map(|(_, state, count)| (state, count)).collect();
    assert_eq!(counts, [(ChangeState::Unknown, 1)], "what is done needs no attention");
}

/// How a change ended, and what is to be made on a partner because of that: both are recorded, or neither is.
pub(crate) async fn ends_and_what_follows_are_one_step(home: &Home) {
    let (store, other) = (home.open().await, home.open().await);
    let asked = |request: &str| ChangeRecord { request: Some(request.to_owned()), ..created(OTHER, "192.0.2.10", "b") };
    let number = begin(&*store, &asked("order 1")).await;
    let done = [end(number, ChangeState::Done)];
    let refused = store.end_and_begin_changes(&done, &[created(MAC, "192.0.2.9", "a"), asked("order 1")]).await;
    assert_eq!(refused, Err(StoreError::Exists));
    assert_eq!(other.change(number).await.unwrap().unwrap().change.state, ChangeState::Open);
    assert_eq!(other.find_changes(&ChangeQuery::default(), 9).await.unwrap().len(), 1);
    let mut waits = created(MAC, "192.0.2.9", "a");
    waits.change.repeats = Some(number);
    waits.change.stands(ChangeState::Pending, Some(full()));
    let numbers = store.end_and_begin_changes(&done, &[waits.clone(), asked("order 2")]).await.unwrap();
    assert!(number < numbers[0] && numbers[0] < numbers[1], "{numbers:?}");
    let states = async |numbers: &[i64]| {
        let mut states = Vec::new();
        for number in numbers {
            states.push(other.change(*number).await.unwrap().unwrap().change.state);
        }
        states
    };
    let expected = [ChangeState::Done, ChangeState::Pending, ChangeState::Open];
    assert_eq!(states(&[number, numbers[0], numbers[1]]).await, expected);
    waits.change.number = numbers[0];
    assert_eq!(other.change(numbers[0]).await, Ok(Some(waits)), "all of it");
}

/// A subnet as an element of a configuration, beside reservations in it.
pub(crate) async fn are_of_any_subject(home: &Home) {
    let store = home.open().await;
    let subnet: SubnetKey = "main/1".parse().unwrap();
    let element = Element::Subnet(subnet.clone());
    let called = |name: &str, comment: &str| Content::Labels {
        subnet: subnet.clone(),
        labels: Labels { name: Some(name.to_owned()), comment: Some(comment.to_owned()) },
    };
    let named = |before: Content, after: Content| {
        let mut record = open(None, Some(&reservation("main/1", MAC, "192.0.2.9", "n")));
        record.change.subject = Subject::Config(element.clone());
        (record.change.verb, record.change.before, record.change.after) = (Verb::Change, Some(before), Some(after));
        ChangeRecord { wanted: None, was: Some(Verbatim("{}".to_owned())), ..record }
    };
    let reserved = made(&*store, &created(MAC, "192.0.2.9", "printer")).await;
    let mut first = named(called("old", "Größe 7"), called("new", "b"));
    let number = begin(&*store, &first).await;
    first.change.number = number;
    assert_eq!(store.change(number).await, Ok(Some(first.clone())), "all of it");
    let became = called("became", "b");
    let done = ChangeEnd { now: Some((became.clone(), Verbatim("w".to_owned()))), ..end(number, ChangeState::Done) };
    store.end_changes(&[done]).await.unwrap();
    let kept = store.change(number).await.unwrap().unwrap();
    assert_eq!((kept.change.after, kept.now), (Some(became.clone()), Some(Verbatim("w".to_owned()))));

    let find = async |query: ChangeQuery| numbers(&store.find_changes(&query, 10).await.unwrap());
    let all = ChangeQuery::default();
    assert_eq!(find(ChangeQuery { element: Some(element.clone()), ..all.clone() }).await, [number]);
    let other = Some(Element::Subnet("main/2".parse().unwrap()));
    assert_eq!(find(ChangeQuery { element: other, ..all.clone() }).await, [0; 0]);
    assert_eq!(find(ChangeQuery { filter: ChangeFilter::Config, ..all.clone() }).await, [number]);
    assert_eq!(find(ChangeQuery { reservation: Some(key("main/1", MAC)), ..all.clone() }).await, [reserved]);
    assert_eq!(find(ChangeQuery { subnet: Some(subnet.clone()), ..all.clone() }).await, [number, reserved]);
    for text in ["BECAME", "größe 7"] {
        assert_eq!(find(ChangeQuery { text: text.to_owned(), ..all.clone() }).await, [number], "{text}");
    }
    let newest = async || {
        let newest = store.newest_changes(&subnet.server).await.unwrap();
        newest.iter().map(|record| record.change.number).collect::<Vec<_>>()
    };
    assert_eq!(newest().await, [reserved, number], "each is the newest of its subject");
    let second = made(&*store, &named(became, called("third", ""))).await;
    assert_eq!(newest().await, [reserved, second]);
}

pub(crate) async fn of_configurations_are_confirmed_once(home: &Home) {
    let store = home.open().await;
    let subnet: SubnetKey = "main/0".parse().unwrap();
    let words = vec!["valid-lifetime from 3600 to 60".to_owned()];
    let change = ConfigurationChange::new(words, "Größe".to_owned(), Some("hash".to_owned()));
    let content = Content::Configuration { subnet: subnet.clone(), change };
    let mut record = open(None, Some(&reservation("main/1", MAC, "192.0.2.9", "n")));
    record.change.subject = Subject::Config(Element::Configuration(subnet));
    (record.change.verb, record.change.before, record.change.after) = (Verb::Change, None, Some(content));
    record = ChangeRecord {
        wanted: None,
        was: Some(Verbatim("back".to_owned())),
        now: Some(Verbatim("forward".to_owned())),
        confirm_until: Some(later(60)),
        ..record
    };
    record.change.number = begin(&*store, &record).await;
    let number = record.change.number;
    assert_eq!(store.change(number).await, Ok(Some(record.clone())), "all of it");
    store.end_changes(&[end(number, ChangeState::Done)]).await.unwrap();
    let to_confirm = async || {
        let all = store.changes_to_confirm().await.unwrap();
        all.into_iter().map(|record| (record.change.number, record.confirm_until)).collect::<Vec<_>>()
    };
    assert_eq!(to_confirm().await, [(number, Some(later(60)))]);
    let answers = race(home, 8, |store, _| async move { store.confirm_change(number).await.unwrap() }).await;
    assert_eq!(answers.iter().filter(|confirmed| **confirmed).count(), 1);
    assert_eq!(to_confirm().await, []);
    let text = ChangeQuery { text: "from 3600 TO 60".to_owned(), ..ChangeQuery::default() };
    assert_eq!(numbers(&store.find_changes(&text, 10).await.unwrap()), [number]);
    let find = async |query: ChangeQuery| numbers(&store.find_changes(&query, 10).await.unwrap());
    let touching = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    for (texts, found) in
        [(&["nowhere", "forw"][..], &[number][..]), (&["ack"], &[number]), (&["k f"], &[]), (&[], &[])]
    {
        let of_part = ChangeQuery { at: Some("x".to_owned()), touching: touching(texts), ..ChangeQuery::default() };
        assert_eq!(find(of_part).await, found, "{texts:?}");
        // One of several subnets is among the changes of each.
        let of_subnet =
            ChangeQuery { subnet: "main/7".parse().ok(), touching: touching(texts), ..ChangeQuery::default() };
        assert_eq!(find(of_subnet).await, found, "{texts:?}");
        let elsewhere =
            ChangeQuery { subnet: "other/7".parse().ok(), touching: touching(texts), ..ChangeQuery::default() };
        assert_eq!(find(elsewhere).await, [0; 0], "{texts:?}");
    }
}

fn numbers(changes: &[Change]) -> Vec<i64> {
    changes.iter().map(|change| change.number).collect()
}

pub(crate) async fn are_found(home: &Home) {
    let store = home.open().await;
    let mut records = vec![
        created(MAC, "192.0.2.9", "Printer"),
        created(OTHER, "192.0.2.10", "100-percent"),
        open(None, Some(&reservation("main/2", MAC, "192.0.2.11", "third"))),
        open(None, Some(&reservation("other/1", MAC, "192.0.2.12", "fourth"))),
        created("02:00:5e:10:00:05", "192.0.2.13", "fifth"),
        created("02:00:5e:10:00:06", "192.0.2.14", "sixth"),
    ];
    "Bob 100%_\0".clone_into(&mut records[1].change.actor);
    for record in &mut records[4..] {
        record.change.batch = Some("rows".to_owned());
    }
    let n = store.begin_changes(&records).await.unwrap();
    let states =
        [ChangeState::Done, ChangeState::Refused, ChangeState::NotSaved, ChangeState::Pending, ChangeState::Unknown];
    let mut ends: Vec<_> = n.iter().zip(states).map(|(number, state)| end(*number, state)).collect();
    ends[4].reason = Some(Reason::NoAnswer { server: "main".parse().unwrap(), what: "a \"why\" \\ 'so'".to_owned() });
    store.end_changes(&ends).await.unwrap();

    let find = async |query: ChangeQuery| numbers(&store.find_changes(&query, 100).await.unwrap());
    let all = ChangeQuery::default();
    assert_eq!(find(all.clone()).await, [n[5], n[4], n[3], n[2], n[1], n[0]], "newest first");
    assert_eq!(numbers(&store.find_changes(&all, 2).await.unwrap()), [n[5], n[4]]);
    assert_eq!(find(ChangeQuery { before: Some(n[2]), ..all.clone() }).await, [n[1], n[0]]);
    assert_eq!(find(ChangeQuery { filter: ChangeFilter::Unsettled, ..all.clone() }).await, [n[5], n[4], n[3], n[2]]);
    assert_eq!(find(ChangeQuery { server: Some("other".parse().unwrap()), ..all.clone() }).await, [n[3]]);
    let subnet: SubnetKey = "main/2".parse().unwrap();
    assert_eq!(find(ChangeQuery { subnet: Some(subnet), ..all.clone() }).await, [n[2]]);
    assert_eq!(find(ChangeQuery { batch: Some("rows".to_owned()), ..all.clone() }).await, [n[5], n[4]]);
    assert_eq!(find(ChangeQuery { reservation: Some(key("main/1", MAC)), ..all.clone() }).await, [n[0]]);
    for (text, found) in [
        ("ALICE", vec![n[5], n[4], n[3], n[2], n[0]]),
        ("bob", vec![n[1]]),
        ("%", vec![n[1]]),
        ("_", vec![n[1]]),
        ("\0", vec![n[1]]),
        ("5E:10:00:02", vec![n[1]]),
        ("0.2.9", vec![n[0]]),
        ("printer", vec![n[0]]),
        ("DID NOT CONFIRM", vec![n[4]]),
        ("a \"WHY\"", vec![n[4]]),
        ("\\ 'so'", vec![n[4]]),
        ("nobody", vec![]),
        ("alice\n", vec![n[5], n[4], n[3], n[2], n[0]]),
        ("'; DROP TABLE changes; --", vec![]),
    ] {
        assert_eq!(find(ChangeQuery { text: text.to_owned(), ..all.clone() }).await, found, "{text}");
    }
    let both = ChangeQuery { text: "02:00".to_owned(), server: Some("main".parse().unwrap()), ..all };
    assert_eq!(find(ChangeQuery { filter: ChangeFilter::Unsettled, before: Some(n[5]), ..both }).await, [n[4], n[2]]);

    let main = "main".parse().unwrap();
    for (server, found) in [(None, vec![n[5]]), (Some(&main), vec![n[5]]), (Some(&"other".parse().unwrap()), vec![])] {
        let open = store.changes_in(ChangeState::Open, server, 10).await.unwrap();
        assert_eq!(open.iter().map(|record| record.change.number).collect::<Vec<_>>(), found, "{server:?}");
    }
    let batch = store.changes_of_batch("rows").await.unwrap();
    assert_eq!(batch.iter().map(|record| record.change.number).collect::<Vec<_>>(), [n[4], n[5]], "oldest first");
    let as_one = ChangeQuery { batches_as_one: true, ..ChangeQuery::default() };
    assert_eq!(find(as_one.clone()).await, [n[5], n[3], n[2], n[1], n[0]], "the newest stands for its batch");
    assert_eq!(find(ChangeQuery { actor: Some("Bob 100%_\0".to_owned()), ..as_one.clone() }).await, [n[1]]);
    assert_eq!(find(ChangeQuery { actor: Some("bob".to_owned()), ..as_one.clone() }).await, [0_i64; 0]);
    let at = store.change(n[1]).await.unwrap().unwrap().change.at;
    let later = at.plus(model::Seconds(1));
    assert_eq!(find(ChangeQuery { since: Some(later), ..as_one.clone() }).await, [0_i64; 0]);
    assert_eq!(find(ChangeQuery { until: Some(at), ..as_one.clone() }).await, [0_i64; 0]);
    assert_eq!(find(ChangeQuery { since: Some(at), until: Some(later), ..as_one }).await.len(), 5);
    let names = ["rows".to_owned(), "none such".to_owned()];
    let counts = store.count_batches(&names).await.unwrap();
    assert!(counts.iter().all(|count| count.batch == "rows" && !count.repeats && !count.undoes), "{counts:?}");
    assert_eq!(counts.iter().map(|count| count.count).sum::<u32>(), 2);
    assert_eq!(store.count_batches(&[]).await.unwrap(), []);

    let mut counts = store.count_changes().await.unwrap();
    counts.retain(|(server, state, _)| *server == main && *state == ChangeState::NotSaved);
    assert_eq!(counts, [(main, ChangeState::NotSaved, 1)]);
}

pub(crate) async fn history_follows_the_identifier(home: &Home) {
    let store = home.open().await;
    let named = |mac: &str, name: &str| reservation("main/1", mac, "192.0.2.9", name);
    let (a, b, c) = (MAC, OTHER, "02:00:5e:10:00:03");
    // a becomes b becomes c; then there is another a. Between, a refused change of c to a.
    let first = made(&*store, &created(a, "192.0.2.9", "first")).await;
    let to_b = made(&*store, &open(Some(&named(a, "first")), Some(&named(b, "first")))).await;
    let to_c = made(&*store, &open(Some(&named(b, "first")), Some(&named(c, "first")))).await;
    let refused = begin(&*store, &open(Some(&named(c, "first")), Some(&named(a, "first")))).await;
    store.end_changes(&[end(refused, ChangeState::Refused)]).await.unwrap();
    let another = made(&*store, &created(a, "192.0.2.10", "another")).await;
    let last = made(&*store, &open(Some(&named(c, "first")), Some(&named(c, "last")))).await;
    let elsewhere = open(None, Some(&reservation("main/2", c, "192.0.2.9", "elsewhere")));
    made(&*store, &elsewhere).await;
    let history = async |mac: &str| {
        let query = ChangeQuery { reservation: Some(key("main/1", mac)), ..ChangeQuery::default() };
        numbers(&store.find_changes(&query, 100).await.unwrap())
    };
    assert_eq!(history(c).await, [last, refused, to_c, to_b, first]);
    assert_eq!(history(b).await, [to_c, to_b, first]);
    assert_eq!(history(a).await, [another, refused, to_b, first]);

    // Undone: by the newest that was not refused.
    let undo = |of: i64| {
        let mut record = open(Some(&named(c, "last")), Some(&named(c, "first")));
        record.change.undoes = Some(of);
        record
    };
    let undone_by = async |number| store.change(number).await.unwrap().unwrap().change.undone_by;
    let number = begin(&*store, &undo(last)).await;
    assert_eq!(undone_by(last).await, None, "it is not known to be done");
    store.end_changes(&[end(number, ChangeState::NotSaved)]).await.unwrap();
    assert_eq!(undone_by(last).await, Some(number));
    let again = made(&*store, &undo(last)).await;
    let refused = begin(&*store, &undo(last)).await;
    store.end_changes(&[end(refused, ChangeState::Refused)]).await.unwrap();
    assert_eq!(undone_by(last).await, Some(again));
    let found = store.find_changes(&ChangeQuery { before: Some(last + 1), ..ChangeQuery::default() }, 1).await.unwrap();
    assert_eq!((found[0].number, found[0].undone_by), (last, Some(again)));
}

pub(crate) async fn a_request_is_begun_once(home: &Home) {
    let store = home.open().await;
    let asked = |request: &str| ChangeRecord { request: Some(request.to_owned()), ..created(MAC, "192.0.2.9", "a") };
    let number = begin(&*store, &asked("order 1")).await;
    let found = store.change_of_request("order 1").await.unwrap().unwrap();
    assert_eq!((found.change.number, found.request.as_deref()), (number, Some("order 1")));
    assert_eq!(store.change_of_request("Order 1").await, Ok(None));
    let two = [asked("order 2"), asked("order 1")];
    assert_eq!(store.begin_changes(&two).await, Err(StoreError::Exists));
    assert_eq!(store.change_of_request("order 2").await, Ok(None), "all or none");
    let answers = race(home, 24, |store, _| {
        let record = asked("order 3");
        async move { store.begin_changes(&[record]).await }
    });
    let answers = answers.await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(StoreError::Exists))), "{answers:?}");
}

pub(crate) async fn an_open_change_is_adopted_once(home: &Home) {
    let store = home.open().await;
    let number = begin(&*store, &created(MAC, "192.0.2.9", "a")).await;
    assert_eq!(store.adopt_change(number, "host 2", "host 3").await, Ok(false), "it is not theirs");
    let adopted = race(home, 16, |store, caller| async move {
        store.adopt_change(number, "host 1", &format!("new {caller}")).await.unwrap()
    });
    assert_eq!(adopted.await.into_iter().filter(|adopted| *adopted).count(), 1);
    let owner = store.change(number).await.unwrap().unwrap().owner;
    assert!(owner.starts_with("new "), "{owner}");
    store.end_changes(&[end(number, ChangeState::Done)]).await.unwrap();
    assert_eq!(store.adopt_change(number, &owner, "late").await, Ok(false), "it is not open");
}

pub(crate) async fn settled_ones_are_forgotten(home: &Home) {
    let store = home.open().await;
    let at = |at: Timestamp| {
        let mut record = created(MAC, "192.0.2.9", "a");
        record.change.at = at;
        record
    };
    let records: Vec<_> = (0..6).map(|second| at(later(second))).collect();
    let n = store.begin_changes(&records).await.unwrap();
    let settled = [ChangeState::Done, ChangeState::Pending, ChangeState::Refused, ChangeState::Done, ChangeState::Done];
    let ends: Vec<_> = n.iter().zip(settled).map(|(number, state)| end(*number, state)).collect();
    store.end_changes(&ends).await.unwrap();
    let left = async || numbers(&store.find_changes(&ChangeQuery::default(), 100).await.unwrap());
    store.trim_changes(later(2), 6).await.unwrap();
    assert_eq!(left().await, [n[5], n[4], n[3], n[2], n[1]], "too old, unless it needs attention");
    store.trim_changes(Timestamp(0), 2).await.unwrap();
    assert_eq!(left().await, [n[5], n[4], n[1]], "too many, unless they need attention");
    let next = begin(&*store, &at(NOW)).await;
    assert!(next > n[5]);
}

/// Two programs that end the same changes in opposite orders, while a third forgets old ones.
pub(crate) async fn many_end_at_once(home: &Home) {
    let store = home.open().await;
    let records: Vec<_> = (0..1_200).map(|_| created(MAC, "192.0.2.9", "a")).collect();
    let n = store.begin_changes(&records).await.unwrap();
    assert_eq!(n.len(), records.len());
    assert!(n.is_sorted_by(|one, next| one < next));
    assert_eq!(n.iter().collect::<BTreeSet<_>>().len(), n.len());
    let done = race(home, 6, |store, caller| {
        let mut ends: Vec<_> = n.iter().take(300).map(|number| end(*number, ChangeState::Done)).collect();
        if !caller.is_multiple_of(2) {
            ends.reverse();
        }
        async move {
            match caller {
                0 => store.trim_changes(Timestamp(0), 900).await,
                _ => store.end_changes(&ends).await,
            }
        }
    });
    assert_eq!(done.await, vec![Ok(()); 6]);
    assert!(store.changes_in(ChangeState::Open, None, 2_000).await.unwrap().len() == 900);
}
