//! What is made on one server of a pair, on its way to the other.

use std::sync::Arc;
use std::time::Duration;

use model::{Applied, ChangeState, Reservation, Seconds, ServerName, Storage};

use super::super::world::{ACTOR, World, in_database, is, known, mac, server, there, wanted};
use super::MADE;
use super::unknown::Kind;
use crate::testing::Fault;

/// What is said of partners.
fn said(applied: &Applied) -> Vec<(ServerName, ChangeState, String)> {
    applied.peers.iter().map(|peer| (peer.server.clone(), peer.state, peer.detail.clone())).collect()
}

fn expected(state: ChangeState, detail: &str) -> Vec<(ServerName, ChangeState, String)> {
    vec![(server("kea2"), state, detail.to_owned())]
}

/// Every way in which a repetition ends, reported to the caller, and recorded as a change of its own.
#[tokio::test]
async fn the_caller_of_a_change_hears_what_became_of_it() {
    let refused = "The DHCP server “kea2” refused. Nothing was changed. It said: no";
    let unknown = "The DHCP server “kea2” did not confirm the change. No answer came. Check whether \
                   the change was made before you try again.";
    let not_saved = "The change works, but “kea2” could not save it. A restart of the server would lose it. It said: \
                     full. Fix that, then save again.";
    let waits = "Waiting for “kea2”, which does not answer. Applied as soon as it does.";
    for (fault, state, detail) in [
        (None, ChangeState::Done, ""),
        (Some(Fault::Refuses("no")), ChangeState::Pending, refused),
        (Some(Fault::AnswerLost), ChangeState::Unknown, unknown),
        (Some(Fault::RequestLost), ChangeState::Unknown, unknown),
        (Some(Fault::NotSaved("full")), ChangeState::NotSaved, not_saved),
    ] {
        let world = World::pair(Storage::Configuration);
        fault.clone().into_iter().for_each(|fault| world.fault("kea2", fault));
        let applied = world.create(&wanted(1, 9)).await.unwrap();
        assert_eq!(said(&applied), expected(state, detail), "{fault:?}");
        assert_eq!(world.asked(), ["kea1: add 192.0.2.9", "kea2: restore 192.0.2.9"], "{fault:?}");
        let all = world.all().await;
        assert_eq!(all[0], (server("kea1"), ChangeState::Done, String::new()), "{fault:?}");
        assert_eq!(all[1..], [(server("kea2"), state, detail.to_owned())], "{fault:?}");
    }
    // Silent from the start, or when it comes to writing.
    for at_writing in [false, true] {
        let world = World::pair(Storage::Configuration);
        if at_writing {
            world.fault("kea2", Fault::FallsSilent);
        } else {
            world.dhcp.silence(&server("kea2"));
        }
        let applied = world.create(&wanted(1, 9)).await.unwrap();
        assert_eq!(said(&applied), expected(ChangeState::Pending, waits), "{at_writing}");
        let states: Vec<_> = world.all().await.into_iter().map(|(_, state, _)| state).collect();
        assert_eq!(states, [ChangeState::Done, ChangeState::Pending], "one that waits, {at_writing}");
    }
}

/// What is so already needs no change.
#[tokio::test]
async fn what_the_partner_has_already_is_left_alone() {
    let world = World::pair(Storage::Configuration);
    world.dhcp.put(&there(&known(1, 9)), "theirs");
    let applied = world.create(&wanted(1, 9)).await.unwrap();
    assert_eq!(said(&applied), expected(ChangeState::Done, "Already in place."));
    assert_eq!((world.asked(), world.all().await.len()), (vec!["kea1: add 192.0.2.9".to_owned()], 1));
}

/// Whatever the partner has of that client is replaced, under its former identifier too.
#[tokio::test]
async fn what_the_partner_has_is_replaced() {
    let world = World::pair(Storage::Configuration);
    world.dhcp.put(&known(1, 9), "");
    world.dhcp.put(&there(&known(1, 44)), "");
    world.update(&known(1, 9), &wanted(2, 9)).await.unwrap();
    assert_eq!(world.asked(), ["kea1: replace 192.0.2.9 by 192.0.2.9", "kea2: restore 192.0.2.44 by 192.0.2.9"]);
    assert_eq!(world.running("kea2"), [there(&Reservation { identifier: mac(2), ..known(1, 9) })]);
}

/// What a partner has in a database of its own is not touched.
#[tokio::test]
async fn what_the_partner_has_in_a_database_is_left_alone() {
    let world = World::pair(Storage::Configuration);
    world.dhcp.put(&known(1, 9), "");
    world.dhcp.put(&in_database(&there(&known(1, 9))), "");
    let applied = world.delete(&known(1, 9)).await.unwrap();
    assert_eq!(said(&applied), expected(ChangeState::Done, "Already in place."));
    assert_eq!(world.running("kea2"), [in_database(&there(&known(1, 9)))]);
}

/// What is in a database that all share is sent to no partner.
#[tokio::test]
async fn what_is_in_a_database_is_repeated_nowhere() {
    for fault in [None, Some(Fault::AnswerLost)] {
        let world = World::pair(Storage::Database);
        fault.clone().into_iter().for_each(|fault| world.fault("kea1", fault));
        let made = world.create(&wanted(1, 9)).await;
        assert_eq!(made.map(|made| made.peers).unwrap_or_default(), []);
        world.recover().await;
        assert_eq!(world.stands(1).await.0, ChangeState::Done, "{fault:?}");
        assert_eq!(world.asked(), ["kea1: add 192.0.2.9 (database)"], "{fault:?}");
    }
}

/// What was refused here is sent to no partner.
#[tokio::test]
async fn what_was_not_made_is_repeated_nowhere() {
    let world = World::pair(Storage::Configuration).with(&known(1, 9));
    world.fault("kea1", Fault::Refuses("no"));
    world.update(&known(1, 9), &wanted(1, 10)).await.unwrap_err();
    world.recover().await;
    assert_eq!((world.stands(1).await.0, world.all().await.len()), (ChangeState::Refused, 1));
}

/// A server that falls silent over the writing: the partner makes the change, and what it makes waits for the first.
#[tokio::test]
async fn what_a_silent_server_did_not_make_its_partner_makes() {
    let world = World::pair(Storage::Configuration).with(&known(1, 9));
    world.fault("kea1", Fault::FallsSilent);
    let made = world.update(&known(1, 9), &wanted(1, 10)).await.unwrap();
    assert_eq!(made.reservation, Some(there(&known(1, 10))));
    let states = world.all().await.into_iter().map(|(server, state, _)| (server.to_string(), state));
    let expected = [("kea1", ChangeState::Refused), ("kea2", ChangeState::Done), ("kea1", ChangeState::Pending)];
    assert_eq!(states.collect::<Vec<_>>(), expected.map(|(server, state)| (server.to_owned(), state)));
    world.dhcp.back(&server("kea1"));
    world.asked();
    world.recover().await;
    assert_eq!((world.stands(3).await.0, world.running("kea1")), (ChangeState::Done, vec![known(1, 10)]));
    assert_eq!(world.asked(), ["kea1: restore 192.0.2.9 by 192.0.2.10"]);
}

/// A change for one server alone stays with it, also when recovery finds it made.
#[tokio::test]
async fn a_change_for_one_server_alone_stays_there() {
    for fault in [None, Some(Fault::AnswerLost)] {
        let world = World::pair(Storage::Configuration);
        world.dhcp.put(&there(&known(1, 9)), "");
        fault.clone().into_iter().for_each(|fault| world.fault("kea1", fault));
        let (from, to) = ("kea2/7".parse().unwrap(), "kea1/1".parse().unwrap());
        let aligned = world.nestor.servers.align(&(&ACTOR).into(), &from, &to, &mac(1)).await;
        assert_eq!(aligned.is_ok(), fault.is_none());
        assert_eq!(aligned.map(|aligned| aligned.peers).unwrap_or_default(), [], "no partner is told");
        assert!(world.record(1).await.change.single_server);
        world.dhcp.put(&there(&known(1, 77)), "theirs");
        world.recover().await;
        let detail = if fault.is_none() { "" } else { MADE };
        assert_eq!(world.stands(1).await, is(ChangeState::Done, detail));
        assert_eq!((world.all().await.len(), world.running("kea1")), (1, vec![known(1, 9)]));
        assert_eq!(world.running("kea2"), [there(&known(1, 77))]);
    }
}

/// What is repeated is not repeated back, when recovery finds it made.
#[tokio::test]
async fn a_repetition_is_not_repeated_back() {
    let world = World::pair(Storage::Configuration);
    world.fault("kea2", Fault::AnswerLost);
    world.create(&wanted(1, 9)).await.unwrap();
    world.dhcp.put(&known(1, 77), "theirs");
    world.asked();
    world.recover().await;
    assert_eq!((world.stands(2).await, world.asked()), (is(ChangeState::Done, MADE), vec!["kea2: save".to_owned()]));
    assert_eq!((world.running("kea1"), world.all().await.len()), (vec![known(1, 77)], 2));
}

/// What recovery repeats may have to wait, or be refused, or be so already.
#[tokio::test]
async fn what_recovery_repeats_ends_as_any_other() {
    for (fault, state) in [
        // Tried again.
        (Fault::Refuses("no"), ChangeState::Done),
        // Unknown at first, and then found made.
        (Fault::AnswerLost, ChangeState::Done),
        (Fault::NotSaved("full"), ChangeState::NotSaved),
    ] {
        let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
        world.fault("kea2", fault.clone());
        world.recover().await;
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE), "{fault:?}");
        assert_eq!(world.stands(2).await.0, state, "{fault:?}");
        assert_eq!(world.record(2).await.change.repeats, Some(1), "{fault:?}");
    }
    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    world.dhcp.silence(&server("kea2"));
    world.recover().await;
    assert_eq!((world.stands(1).await.0, world.stands(2).await.0), (ChangeState::Done, ChangeState::Pending));

    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    world.dhcp.put(&there(&known(1, 9)), "theirs");
    world.recover().await;
    assert_eq!((world.stands(1).await, world.all().await.len()), (is(ChangeState::Done, MADE), 1));
}

/// What is to be made on a partner is recorded together with how the change ended: whenever Nestor is killed, the partner
/// gets it all the same.
#[tokio::test]
async fn a_program_that_is_killed_leaves_no_partner_without_a_change() {
    for (at, method) in [("kea1", "write"), ("kea2", "reservations_of"), ("kea2", "write")] {
        for kind in [Kind::Create, Kind::Change, Kind::Rename, Kind::Delete] {
            let world = Arc::new(kind.world());
            world.hear_of_subnets().await;
            // It stops in the middle of this call for ever, as its program is killed there.
            world.dhcp.fault(&server(at), method, 1, Fault::Waits(Arc::default()));
            let program = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
            let made = program.spawn({
                let world = world.clone();
                async move { kind.make(&world).await }
            });
            while !world.dhcp.faults_to_come().is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            assert!(!made.is_finished(), "{at} {method} {kind:?}");
            program.shutdown_background();
            let at_death = world.all().await;
            let is_done = at_death.iter().any(|(of, state, _)| *of == server("kea1") && *state == ChangeState::Done);
            assert!(!is_done || at_death.len() == 2, "{at} {method} {kind:?}: {at_death:?}");
            let next = world.another_program();
            next.changes.recover_all().await.unwrap();
            next.changes.recover_all().await.unwrap();
            let here = world.running("kea1");
            assert_eq!(world.running("kea2"), here.iter().map(there).collect::<Vec<_>>(), "{at} {method} {kind:?}");
            let states: Vec<_> = world.all().await.into_iter().map(|(_, state, _)| state).collect();
            assert!(states.iter().all(|state| matches!(state, ChangeState::Done | ChangeState::Refused)), "{states:?}");
        }
    }
}

/// What waits for a partner cannot be recorded, nor how the change ended: that is made up for.
#[tokio::test]
async fn what_cannot_be_recorded_as_waiting_is_recorded_later() {
    let world = World::pair(Storage::Configuration);
    world.dhcp.silence(&server("kea2"));
    world.store.fault("end_and_begin_changes", 1);
    let applied = world.create(&wanted(1, 9)).await.unwrap();
    assert_eq!(said(&applied), expected(ChangeState::Pending, "The outcome could not be recorded."));
    let states = async || world.all().await.into_iter().map(|(_, state, _)| state).collect::<Vec<_>>();
    assert_eq!(states().await, [ChangeState::Open]);
    world.clock.pass(Seconds(5));
    world.recover().await;
    assert_eq!(states().await, [ChangeState::Done, ChangeState::Pending]);
    world.dhcp.back(&server("kea2"));
    world.recover().await;
    assert_eq!((states().await, world.running("kea2")), (vec![ChangeState::Done; 2], vec![there(&known(1, 9))]));
}
