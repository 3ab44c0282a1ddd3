//! Changes that were left open, and changes that a person gives up.

use std::sync::Arc;
use std::time::Duration;

use model::{ChangeState, Seconds, Storage};
use tokio::sync::Notify;

use super::super::world::{ACTOR, World, is, known, server, there, wanted};
use super::unknown::Kind;
use super::{MADE, NOT_MADE, RESTORED};
use crate::Error;
use crate::testing::Fault;

const ENDED: &str = "Nestor stopped while this was being applied.";
const UNRECORDED: &str = "The outcome could not be recorded.";

/// 14: the program that began it does not run any more.
#[tokio::test]
async fn what_a_dead_program_left_is_taken_over() {
    let world = World::single(Storage::Configuration);
    world.dhcp.silence(&server("kea1"));
    world.begin(&world.abandoned("dead", ChangeState::Open, None, Some(&known(1, 9)))).await;
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Unknown, ENDED));
    assert_ne!(world.record(1).await.owner, "dead");
}

/// 14, then 1, 3, 4, 7: and its server is asked at once.
#[tokio::test]
async fn what_a_dead_program_left_is_settled_at_once() {
    let (old, new) = (known(1, 9), known(1, 10));
    for (now, state, detail, asked) in [
        (Some(&new), ChangeState::Done, MADE, vec!["kea1: save", "kea2: restore 192.0.2.9 by 192.0.2.10"]),
        (Some(&old), ChangeState::Refused, NOT_MADE, vec!["kea1: save"]),
        (None, ChangeState::Refused, RESTORED, vec!["kea1: restore 192.0.2.9"]),
    ] {
        let world = World::pair(Storage::Configuration).with(&old);
        world.dhcp.take(&old);
        if let Some(now) = now {
            world.dhcp.put(now, "");
        }
        world.begin(&world.abandoned("dead", ChangeState::Open, Some(&old), Some(&new))).await;
        world.recover().await;
        assert_eq!(world.stands(1).await, is(state, detail));
        assert_eq!(world.asked(), asked, "{detail}");
    }
}

/// What a program that runs has open is its own, until it has not been heard of for long enough.
#[tokio::test]
async fn what_a_living_program_has_open_is_left_alone() {
    let world = World::single(Storage::Configuration);
    let other = world.another_program();
    other.changes.keep_alive(Seconds(30)).await.unwrap();
    let owner = world.owners().await.pop().unwrap();
    world.begin(&world.abandoned(&owner, ChangeState::Open, None, Some(&known(1, 9)))).await;
    world.clock.pass(Seconds(29));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Open, ""));
    world.clock.pass(Seconds(1));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, NOT_MADE));
}

/// 14: of several programs one takes it over.
#[tokio::test]
async fn of_many_programs_one_takes_it_over() {
    let world = World::pair(Storage::Configuration);
    world.dhcp.put(&known(1, 9), "");
    world.begin(&world.abandoned("dead", ChangeState::Open, None, Some(&known(1, 9)))).await;
    let programs: Vec<_> = (0..8).map(|_| world.another_program()).collect();
    let all = programs.iter().map(|program| program.changes.recover_all());
    assert!(futures::future::join_all(all).await.into_iter().all(|settled| settled.is_ok()));
    assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE));
    assert_eq!(world.asked(), ["kea1: save", "kea2: restore 192.0.2.9"], "once");
    assert_eq!(world.all().await.len(), 2);
}

/// 14: its own, when its end could not be recorded. The caller was answered that it was made.
#[tokio::test]
async fn what_could_not_be_recorded_is_looked_for_after_a_while() {
    for kind in Kind::ALL {
        let world = kind.world();
        world.store.fault("end_and_begin_changes", 1);
        kind.make(&world).await.unwrap();
        assert_eq!(world.stands(1).await, is(ChangeState::Open, ""), "{kind:?}");
        let asked = world.asked();
        world.clock.pass(Seconds(4));
        world.recover().await;
        assert_eq!((world.stands(1).await, world.asked()), (is(ChangeState::Open, ""), vec![]), "{kind:?}: not yet");
        world.clock.pass(Seconds(1));
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE), "{kind:?} {asked:?}");
        // What could not be recorded was not begun at the partner.
        let kept = kind.after().filter(|after| after.storage == Storage::Configuration);
        assert_eq!(world.running("kea2"), kept.iter().map(there).collect::<Vec<_>>(), "{kind:?}");
    }
}

/// 14: the same, while the server is silent.
#[tokio::test]
async fn what_could_not_be_recorded_is_unknown() {
    let world = World::single(Storage::Configuration);
    world.store.fault("end_changes", 1);
    world.create(&wanted(1, 9)).await.unwrap();
    world.dhcp.silence(&server("kea1"));
    world.clock.pass(Seconds(5));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Unknown, UNRECORDED));
}

/// What is being made is not touched, however long it takes.
#[tokio::test]
async fn what_is_being_made_is_left_alone() {
    let world = World::single(Storage::Configuration);
    let go_on = Arc::new(Notify::new());
    world.fault("kea1", Fault::Waits(go_on.clone()));
    let new = wanted(1, 9);
    let watch = async {
        while world.all().await.is_empty() {
            tokio::task::yield_now().await;
        }
        world.clock.pass(Seconds(60));
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Open, ""));
        assert!(matches!(world.settle(1).await, Err(Error::Unknown { .. })), "nor on demand");
        go_on.notify_one();
    };
    let both = async { tokio::join!(world.create(&new), watch) };
    let (made, ()) = tokio::time::timeout(Duration::from_secs(10), both).await.expect("recovery waits for the change");
    made.unwrap();
    assert_eq!(world.stands(1).await, is(ChangeState::Done, ""));
}

/// Of two callers that settle the same change the second, which waited for the first, finds it settled.
#[tokio::test]
async fn what_another_caller_settled_meanwhile_is_not_settled_again() {
    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    let go_on = Arc::new(Notify::new());
    world.dhcp.fault(&server("kea1"), "reservations_of", 1, Fault::Waits(go_on.clone()));
    let second = async {
        let asks = world.settle(1);
        tokio::join!(asks, async { go_on.notify_one() }).0
    };
    let both = async { tokio::join!(world.settle(1), second) };
    let (first, second) = tokio::time::timeout(Duration::from_secs(10), both).await.expect("they wait for each other");
    let stale = |outcome: &crate::Result<model::Applied>| matches!(outcome, Err(Error::Stale { .. }));
    assert!(first.is_ok() != second.is_ok() && (stale(&first) || stale(&second)), "{first:?} {second:?}");
    assert_eq!(world.asked(), ["kea1: save", "kea2: restore 192.0.2.9"], "once");
    assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE));
}

/// While the store fails nothing is decided; then everything is.
#[tokio::test]
async fn a_store_that_fails_changes_nothing() {
    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    let stood = world.stands(1).await;
    world.store.break_down();
    assert!(world.nestor.changes.recover_all().await.is_err());
    world.store.mend();
    assert_eq!((world.stands(1).await, world.asked()), (stood.clone(), vec![]));
    // It was saved, and that it was made could not be recorded.
    world.store.fault("end_and_begin_changes", 1);
    world.recover().await;
    assert_eq!((world.stands(1).await, world.asked()), (stood, vec!["kea1: save".to_owned()]));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE));
    assert_eq!(world.running("kea2"), [there(&known(1, 9))]);
}

/// 15: what waits, or is not known, can be given up; nothing else.
#[tokio::test]
async fn a_person_gives_up() {
    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    world.nestor.changes.give_up(&ACTOR, 1).await.unwrap();
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, "Given up by command line."));
    world.recover().await;
    assert_eq!((world.asked(), world.running("kea1")), (vec![], vec![known(1, 9)]), "nothing is undone");

    let world = Kind::Create.world();
    world.dhcp.silence(&server("kea2"));
    world.create(&wanted(1, 9)).await.unwrap();
    world.nestor.changes.give_up(&ACTOR, 2).await.unwrap();
    world.dhcp.back(&server("kea2"));
    world.asked();
    world.recover().await;
    assert_eq!(world.stands(2).await, is(ChangeState::Refused, "Given up by command line."));
    assert_eq!(world.asked(), [""; 0]);

    for (state, number) in [(ChangeState::Done, 1), (ChangeState::Refused, 2)] {
        let given_up = world.nestor.changes.give_up(&ACTOR, number).await;
        assert!(matches!(given_up, Err(Error::Stale { .. })), "{state:?}");
    }
    for state in [ChangeState::Open, ChangeState::NotSaved] {
        let number = world.begin(&world.abandoned("other", state, None, Some(&known(3, 3)))).await;
        let given_up = world.nestor.changes.give_up(&ACTOR, number).await;
        assert!(matches!(given_up, Err(Error::Stale { .. })), "{state:?}");
    }
}
