//! Changes of reservations on a real Kea that keeps them in its configuration.

use std::fs;

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::*;
use changes::{Edit, Verbatim};
use kea::Limits;
use model::{Identifier, IdentifierKind, NewReservation, OptionDatum, Reservation, Storage};
use serde_json::{Value, json};
use services::Error;
use services::ports::{AppliedEdit, Reservations, Subnets};

#[tokio::test]
async fn a_new_reservation_is_shown_and_on_disk() {
    let kea = Kea::with_one_subnet();
    let fleet = fleet(&[("one", &kea)]);
    let new = NewReservation {
        client_classes: Some(vec!["pxe".to_owned()]),
        options: Some(vec![option(3, "192.0.2.1, 192.0.2.2"), OptionDatum { hex: true, ..option(230, "0a0b") }]),
        note: Some("second floor".to_owned()),
        ..wanted(10)
    };
    let written = done(&fleet, add(new.clone())).await;
    let (made, verbatim) = now(&written);
    assert!(made.matches(&new) && written.was.is_none(), "{made:?}");
    assert_eq!(made.options[0].name, "routers");
    assert_eq!(fleet.verbatim(&made.clone().into()).await.unwrap(), Some(verbatim));
    assert_eq!(on_disk(&kea).len(), 1);

    let removed = done(&fleet, Edit::delete(made.clone())).await;
    assert!(removed.now.is_none() && removed.was.is_some());
    assert!(held(&kea, 10, "memory").is_null() && on_disk(&kea).is_empty());
    assert_eq!(fleet.verbatim(&made.clone().into()).await.unwrap(), None);
    // Nothing was there to be removed.
    assert_eq!(
        done(&fleet, Edit::delete(made)).await,
        AppliedEdit { now: None, was: None, not_saved: None, said: Vec::new() }
    );
}

#[tokio::test]
async fn a_refused_row_stops_no_other_and_changes_nothing() {
    let kea = Kea::with_one_subnet();
    let fleet = fleet(&[("one", &kea)]);
    let old = now(&done(&fleet, add(wanted(10))).await).0;
    let before = held(&kea, 10, "memory");
    let clash = NewReservation { address: wanted(20).address, ..wanted(10) };
    let outside = NewReservation { address: Some([198, 51, 100, 1].into()), ..wanted(22) };
    let rows = vec![
        add(wanted(20)),
        Edit::change(old.clone(), clash),
        add(outside),
        add(wanted(23)),
        Edit::change(old, NewReservation { identifier: hw(11), ..wanted(10) }),
    ];
    let outcomes = fleet.write(&name("one"), rows).await;
    assert!(outcomes[0].is_ok() && outcomes[3].is_ok() && outcomes[4].is_ok(), "{outcomes:?}");
    assert!(matches!(&outcomes[1], Err(Error::Refused { text, .. }) if text.contains("192.0.2.20")), "{outcomes:?}");
    assert!(matches!(&outcomes[2], Err(Error::Refused { .. })), "{outcomes:?}");
    // The old one was restored, and then changed under another identifier: all but that is as it was.
    let mut after = held(&kea, 11, "memory");
    after["hw-address"] = before["hw-address"].clone();
    assert_eq!(after, before);
    assert!(held(&kea, 10, "memory").is_null());
    assert_eq!(on_disk(&kea).len(), 3);
}

#[tokio::test]
async fn a_replacement_keeps_what_it_does_not_name() {
    let kea = Kea::with_one_subnet();
    let fleet = fleet(&[("one", &kea)]);
    let made = kea.command("reservation-add", &json!({ "operation-target": "memory", "reservation": foreign() }));
    assert_eq!(made["result"], 0, "{made}");
    let before = held(&kea, 10, "memory");
    let mut old = fleet.reservations_in(&subnet()).await.unwrap().known.remove(0);

    let renamed = NewReservation { note: old.note.clone(), ..wanted(10) };
    old = now(&done(&fleet, Edit::change(old, renamed.clone())).await).0;
    let mut after = held(&kea, 10, "memory");
    assert_eq!(after["hostname"], "host-10");
    after["hostname"] = before["hostname"].clone();
    assert_eq!(after, before);

    // Options are named now: one as it is but spelled otherwise, one changed, one gone.
    let same = OptionDatum { hex: true, always: true, ..option(6, "01:02:03:04") };
    let never = OptionDatum { never: true, ..option(3, "192.0.2.9") };
    let options = vec![same, never];
    let new = NewReservation { options: Some(options), client_classes: Some(Vec::new()), ..renamed };
    old = now(&done(&fleet, Edit::change(old, new.clone())).await).0;
    assert!(old.matches(&new), "{old:?}");
    let after = held(&kea, 10, "memory");
    assert_eq!(after["option-data"][0], before["option-data"][1]);
    assert_eq!(after["option-data"][1]["data"], "192.0.2.9");
    assert_eq!(after["option-data"][1]["never-send"], true);
    assert_eq!((after["option-data"].as_array().unwrap().len(), &after["client-classes"]), (2, &json!([])));
    assert_eq!(after["user-context"], before["user-context"]);
}

/// A reservation as another tool might have made it.
fn foreign() -> Value {
    json!({
        "subnet-id": 1, "hw-address": "02:00:00:00:00:0a", "ip-address": "192.0.2.10", "hostname": "made-by-hand",
        "client-classes": ["first", "second"],
        "option-data": [
            { "name": "routers", "data": "192.0.2.1", "never-send": true },
            { "code": 6, "csv-format": false, "data": "01020304", "always-send": true, "user-context": { "a": 1 } },
            { "name": "domain-name", "data": "example.org" },
        ],
        "user-context": { "comment": "Büro", "site": { "rack": [1, 2, null] } },
    })
}

#[tokio::test]
async fn what_was_deleted_comes_back_exactly() {
    let kea = Kea::with_one_subnet();
    let fleet = fleet(&[("one", &kea)]);
    kea.command("reservation-add", &json!({ "operation-target": "memory", "reservation": foreign() }));
    let before = held(&kea, 10, "memory");
    let was = fleet.reservations_in(&subnet()).await.unwrap().known.remove(0);
    let verbatim = done(&fleet, Edit::delete(was.clone())).await.was.unwrap();
    let restored = done(&fleet, Edit::restore(None, was.clone(), verbatim.clone())).await;
    assert_eq!(now(&restored), (was.clone(), verbatim.clone()));
    assert_eq!(held(&kea, 10, "memory"), before);

    // In the place of what it became meanwhile, under its own and under another identifier.
    for identifier in [hw(10), Identifier::parse(IdentifierKind::ClientId, "01:02:03").unwrap()] {
        let new = NewReservation { identifier, options: Some(Vec::new()), ..wanted(10) };
        let other = now(&done(&fleet, Edit::change(was.clone(), new)).await).0;
        let back = Edit::restore(Some(other), was.clone(), verbatim.clone());
        assert_eq!(now(&done(&fleet, back).await).0, was);
        assert_eq!(held(&kea, 10, "memory"), before);
    }
    assert_eq!(on_disk(&kea).len(), 1);

    let nonsense = Edit::restore(None, was, Verbatim("{".to_owned()));
    assert!(matches!(failed(&fleet, nonsense).await, Error::Internal(_)));
}

#[tokio::test]
async fn what_is_not_there_is_not_replaced() {
    let kea = Kea::with_one_subnet();
    let fleet = fleet(&[("one", &kea)]);
    let old = now(&done(&fleet, add(wanted(10))).await).0;
    done(&fleet, Edit::delete(old.clone())).await;
    let error = failed(&fleet, Edit::change(old, wanted(10))).await;
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert!(held(&kea, 10, "memory").is_null());
}

#[tokio::test]
async fn changes_that_cannot_be_saved_say_so() {
    let kea = Kea::with_one_subnet();
    let fleet = fleet(&[("one", &kea)]);
    let kept = fs::read(kea.config_path()).unwrap();
    // A folder in the place of the file: no user can write there, not even root.
    fs::remove_file(kea.config_path()).unwrap();
    fs::create_dir(kea.config_path()).unwrap();
    let outcomes = fleet.write(&name("one"), vec![add(wanted(10)), add(wanted(10)), add(wanted(11))]).await;
    let not_saved = |outcome: &services::Result<AppliedEdit>| {
        let made = outcome.as_ref().unwrap();
        matches!(&made.not_saved, Some(Error::NotSaved { text, .. }) if !text.is_empty()) && made.now.is_some()
    };
    assert!(not_saved(&outcomes[0]), "what runs is known, for when it is saved later: {outcomes:?}");
    assert!(matches!(&outcomes[1], Err(Error::Refused { .. })), "{outcomes:?}");
    assert!(not_saved(&outcomes[2]), "{outcomes:?}");
    assert!(matches!(fleet.save(&name("one")).await, Err(Error::NotSaved { .. })));
    assert!(!held(&kea, 11, "memory").is_null());

    fs::remove_dir(kea.config_path()).unwrap();
    fs::write(kea.config_path(), kept).unwrap();
    fleet.save(&name("one")).await.unwrap();
    assert_eq!(on_disk(&kea).len(), 2);
}

#[tokio::test]
async fn an_unanswered_save_is_not_known() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    fleet.subnets(&name("one")).await.unwrap();
    proxy.set_on("config-write", Fault::Swallow);
    let error = failed(&fleet, add(wanted(10))).await;
    assert!(matches!(&error, Error::NotSaved { text, .. } if text.contains("not known")), "{error:?}");
    // A save that comes twice does no harm.
    assert_eq!((proxy.count("config-write"), proxy.count("reservation-add")), (3, 1));
}

#[tokio::test]
async fn an_unanswered_change_is_looked_for_and_never_repeated() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    // It reaches Kea, and its answer is lost.
    proxy.set_on("reservation-add", Fault::Cut(0));
    let new = NewReservation { options: Some(vec![option(3, "192.0.2.1")]), ..wanted(10) };
    let made = now(&done(&fleet, add(new)).await).0;
    proxy.set_on("reservation-del", Fault::Cut(0));
    done(&fleet, Edit::delete(made)).await;
    // It never reaches Kea.
    proxy.set_on("reservation-add", Fault::Swallow);
    let outcomes = fleet.write(&name("one"), vec![add(wanted(11)), Edit::delete(reservation(12))]).await;
    assert!(matches!(outcomes[0], Err(Error::Unknown { .. })), "{outcomes:?}");
    assert!(outcomes[1].is_ok(), "{outcomes:?}");
    assert_eq!((proxy.count("reservation-add"), proxy.count("reservation-del")), (2, 2));
    assert!(on_disk(&kea).is_empty());
}

#[tokio::test]
async fn an_unanswered_refusal_takes_nothing_away() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    let old = now(&done(&fleet, add(wanted(10))).await).0;
    done(&fleet, add(wanted(20))).await;
    let before = held(&kea, 10, "memory");
    let clash = NewReservation { address: wanted(20).address, ..wanted(10) };
    let renamed = NewReservation { identifier: hw(11), ..clash.clone() };
    // Kea deletes the old one, refuses the new one, and its answer is lost.
    for (command, new) in [("reservation-update", clash), ("reservation-add", renamed)] {
        proxy.set_on(command, Fault::Cut(0));
        let error = failed(&fleet, Edit::change(old.clone(), new)).await;
        assert!(matches!(error, Error::Unknown { .. }), "{error:?}");
        proxy.set(Fault::None);
        assert_eq!(held(&kea, 10, "memory"), before, "{command}");
    }
}

fn reservation(last: u8) -> Reservation {
    wanted(last).over(None, Storage::Configuration)
}

#[tokio::test]
async fn what_follows_when_the_server_is_gone_is_not_tried() {
    let kea = Kea::with_one_subnet();
    let mut proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    proxy.set(Fault::Silence);
    let sent = proxy.requests().len();
    let rows = || (10..14).map(|last| add(wanted(last))).collect();
    let outcomes = fleet.write(&name("one"), rows()).await;
    let (tried, rest) = outcomes.split_at(2);
    assert!(tried.iter().all(|outcome| matches!(outcome, Err(Error::Unknown { .. }))), "{outcomes:?}");
    assert!(rest.iter().all(|outcome| matches!(outcome, Err(Error::Unreachable { .. }))), "{outcomes:?}");
    // Of the two that were under way: the change, the look for it, and whether the server is there.
    assert_eq!(proxy.requests().len() - sent, 6);
    proxy.refuse().await;
    let outcomes = fleet.write(&name("one"), rows()).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Error::Unreachable { .. }))), "{outcomes:?}");
    assert!(matches!(&outcomes[3], Err(Error::Unreachable { why, .. }) if why.contains("not tried")));
}

#[tokio::test]
async fn many_changes_are_saved_once_and_not_looked_at_one_by_one() {
    let pools = json!([{ "pool": "10.0.200.0-10.0.200.99" }]);
    let kea = Kea::start(json!({ "subnet4": [{ "id": 1, "subnet": "10.0.0.0/16", "pools": pools }] }));
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), Limits::default()))]);
    let mut rows: Vec<Edit> = (0..150).map(|n| add(numbered(n))).collect();
    rows.insert(70, add(numbered(3)));
    // A later change of the same client does not spoil what the earlier one answers.
    let first = numbered(0).over(None, Storage::Configuration);
    rows.push(Edit::change(first, NewReservation { note: Some("later".into()), ..numbered(0) }));
    let outcomes = fleet.write(&name("one"), rows).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_ok(), at != 70, "{at}: {outcome:?}");
    }
    assert_eq!(now(outcomes[0].as_ref().unwrap()).0.note, None);
    assert_eq!(now(outcomes[151].as_ref().unwrap()).0.note.as_deref(), Some("later"));
    let (made, verbatim) = now(outcomes[149].as_ref().unwrap());
    assert_eq!(fleet.verbatim(&made.clone().into()).await.unwrap(), Some(verbatim));
    assert_eq!((proxy.count("config-write"), proxy.count("reservation-add")), (1, 151));
    assert!(proxy.count("reservation-get") <= 2, "{}", proxy.count("reservation-get"));
    assert_eq!(on_disk(&kea).len(), 150);
}

fn numbered(n: u16) -> NewReservation {
    let [high, low] = n.to_be_bytes();
    let identifier = Identifier::parse(IdentifierKind::HwAddress, &format!("02:00:00:01:{high:02x}:{low:02x}"));
    NewReservation { address: Some([10, 0, high, low].into()), ..NewReservation::of(subnet(), identifier.unwrap()) }
}

#[tokio::test]
async fn one_reservation_costs_one_question_more_than_the_bare_commands() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), Limits::default()))]);
    done(&fleet, add(wanted(10))).await;
    for command in ["reservation-add", "config-write", "reservation-get"] {
        assert_eq!(proxy.count(command), 1, "{command}");
    }
    assert_eq!(proxy.requests().len(), 3);
}
