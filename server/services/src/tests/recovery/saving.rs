//! Changes that run and are not saved.

use model::{ChangeState, Seconds, Storage};

use super::super::world::{ACTOR, World, is, known, server, there, wanted};
use super::unknown::Kind;
use super::{MADE, OVERTAKEN, UNSAVED};
use crate::Error;
use crate::testing::Fault;

const LOST: &str = "Lost: the server was restarted before it was saved.";
const LATER: &str = "Saved later.";

/// A pair whose `kea1` made something and could not save it. It is change 1.
async fn unsaved(kind: Kind) -> World {
    let world = kind.world();
    world.fault("kea1", Fault::NotSaved("the disk is full"));
    let made = kind.make(&world).await;
    assert!(matches!(made, Err(Error::NotSaved { .. })), "{kind:?}: {made:?}");
    assert_eq!(world.stands(1).await, is(ChangeState::NotSaved, UNSAVED), "{kind:?}");
    assert_eq!(world.all().await.len(), 1, "{kind:?}: the partner is sent nothing");
    world.asked();
    world
}

const KINDS: [Kind; 4] = [Kind::Create, Kind::Change, Kind::Rename, Kind::Delete];

/// It stands as long as the server runs it, also for a program that has just begun.
#[tokio::test]
async fn what_is_not_saved_and_still_runs_stays() {
    for kind in KINDS {
        let world = unsaved(kind).await;
        world.recover().await;
        world.another_program().changes.recover_all().await.unwrap();
        assert_eq!((world.stands(1).await, world.asked()), (is(ChangeState::NotSaved, UNSAVED), vec![]), "{kind:?}");
        world.dhcp.silence(&server("kea1"));
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::NotSaved, UNSAVED), "{kind:?}: nor while it is silent");
    }
}

/// 12: the server was started again.
#[tokio::test]
async fn what_a_restart_took_is_lost() {
    for kind in KINDS {
        let world = unsaved(kind).await;
        world.dhcp.restart(&server("kea1"));
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Refused, LOST), "{kind:?}");
        assert_eq!((world.asked(), world.running("kea1")), (vec![], kind.before().into_iter().collect()), "{kind:?}");
    }
}

/// 12: also when what it was made of was deleted past Nestor.
#[tokio::test]
async fn what_a_restart_took_with_all_else_is_lost() {
    let world = unsaved(Kind::Change).await;
    world.dhcp.restart(&server("kea1"));
    world.dhcp.take(&known(1, 9));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, LOST));
    assert_eq!(world.asked(), [""; 0], "nothing is restored");
}

/// 12: with the newest all are lost.
#[tokio::test]
async fn a_restart_takes_all_at_once() {
    let world = unsaved(Kind::Create).await;
    for client in 2..4 {
        world.fault("kea1", Fault::NotSaved("the disk is full"));
        world.create(&wanted(client, client)).await.unwrap_err();
    }
    world.dhcp.restart(&server("kea1"));
    world.recover().await;
    assert_eq!(
        [world.stands(1).await, world.stands(2).await, world.stands(3).await],
        [(); 3].map(|()| is(ChangeState::Refused, LOST))
    );
}

/// 12: of two that are not saved, the newest is deleted past Nestor. A restart would have taken both.
#[tokio::test]
async fn what_others_deleted_is_not_lost() {
    let world = unsaved(Kind::Create).await;
    world.fault("kea1", Fault::NotSaved("the disk is full"));
    world.create(&wanted(2, 10)).await.unwrap_err();
    world.dhcp.take(&known(2, 10));
    world.recover().await;
    assert_eq!(world.stands(2).await, is(ChangeState::Refused, OVERTAKEN));
    // That the other one was saved with that we cannot see.
    assert_eq!(world.stands(1).await, is(ChangeState::NotSaved, UNSAVED));
    assert_eq!(world.saved("kea1"), [known(1, 9)]);
}

/// 13: the next change of that server saves it too.
#[tokio::test]
async fn the_next_change_saves_it() {
    for kind in KINDS {
        let world = unsaved(kind).await;
        world.create(&wanted(5, 50)).await.unwrap();
        assert_eq!(world.stands(1).await, is(ChangeState::Done, LATER), "{kind:?}");
        assert_eq!(world.stands(2).await, is(ChangeState::Done, ""), "{kind:?}");
        let record = world.record(1).await;
        assert_eq!(
            record.now.is_some(),
            record.change.after.is_some(),
            "{kind:?}: what is saved later can be restored"
        );
        let asked = world.asked();
        assert_eq!((&*asked[0], &*asked[2]), ("kea1: add 192.0.2.50", "kea2: restore 192.0.2.50"), "{kind:?}");
        assert!(asked[1].starts_with("kea2: "), "the partner gets both: {asked:?}");
        assert_eq!(world.running("kea1"), world.saved("kea1"), "{kind:?}");
        assert_eq!(world.running("kea2").len(), world.running("kea1").len(), "{kind:?}");
    }
}

/// 13: what goes to a database saves nothing of the configuration.
#[tokio::test]
async fn a_change_in_the_database_saves_nothing() {
    let world = World::single(Storage::Database).with(&known(1, 9));
    world.fault("kea1", Fault::NotSaved("the disk is full"));
    world.delete(&known(1, 9)).await.unwrap_err();
    world.create(&wanted(5, 50)).await.unwrap();
    assert_eq!(
        [world.stands(1).await, world.stands(2).await],
        [is(ChangeState::NotSaved, UNSAVED), is(ChangeState::Done, "")]
    );
    world.dhcp.restart(&server("kea1"));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, LOST));
}

/// 13: a save by any caller, in one of two ways. Nothing is written for that.
#[tokio::test]
async fn who_saves_saves_it() {
    for kind in KINDS {
        for asked_of_the_change in [false, true] {
            let world = unsaved(kind).await;
            if asked_of_the_change {
                assert_eq!(world.settle(1).await.unwrap().change, Some(1));
            } else {
                world.nestor.servers.save(&(&ACTOR).into(), &server("kea1")).await.unwrap();
            }
            assert_eq!(world.stands(1).await, is(ChangeState::Done, LATER), "{kind:?}");
            let asked = world.asked();
            assert_eq!((&*asked[0], asked.len()), ("kea1: save", 2), "the partner gets it too: {asked:?}");
            assert_eq!(world.running("kea2").len(), world.running("kea1").len(), "{kind:?}");
            world.recover().await;
            assert_eq!(world.asked(), [""; 0], "{kind:?}");
        }
    }
}

/// 12, 13: what was lost before the next change is not taken for saved with it.
#[tokio::test]
async fn what_was_lost_before_is_not_saved_later() {
    let world = unsaved(Kind::Create).await;
    world.dhcp.restart(&server("kea1"));
    world.create(&wanted(5, 50)).await.unwrap();
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, LOST));
}

/// 13: the same again, saved this time, does for the first.
#[tokio::test]
async fn what_was_done_again_is_saved_later() {
    let world = unsaved(Kind::Create).await;
    world.update(&known(1, 9), &wanted(1, 10)).await.unwrap();
    assert_eq!(world.stands(1).await, is(ChangeState::Done, LATER), "a later change took its place");
    assert!(world.record(1).await.now.is_some(), "and it can be restored");
    assert_eq!(world.stands(2).await, is(ChangeState::Done, ""));
}

/// 13: so does that it was undone, and saved.
#[tokio::test]
async fn what_was_taken_back_was_saved_with_that() {
    let world = unsaved(Kind::Create).await;
    world.delete(&known(1, 9)).await.unwrap();
    assert_eq!(world.stands(1).await, is(ChangeState::Done, LATER), "not lost");
    assert_eq!(world.stands(2).await, is(ChangeState::Done, ""));
}

/// 13: saving may fail once more.
#[tokio::test]
async fn what_still_cannot_be_saved_stays() {
    let world = unsaved(Kind::Create).await;
    world.dhcp.fault(&server("kea1"), "save", 1, Fault::NotSaved("the disk is full"));
    assert!(matches!(world.settle(1).await, Err(Error::NotSaved { .. })));
    assert_eq!(world.stands(1).await, is(ChangeState::NotSaved, UNSAVED));
}

/// 13: it is saved, and that could not be recorded. That is made up for.
#[tokio::test]
async fn what_was_saved_and_not_recorded_is_recorded_later() {
    let world = unsaved(Kind::Create).await;
    world.store.fault("changes_in", 1);
    world.nestor.servers.save(&(&ACTOR).into(), &server("kea1")).await.unwrap();
    assert_eq!(world.stands(1).await, is(ChangeState::NotSaved, UNSAVED));
    world.store.fault("end_and_begin_changes", 1);
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::NotSaved, UNSAVED), "nor could it be now");
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Done, LATER));
    assert_eq!(world.running("kea2"), [there(&known(1, 9))], "the partner gets it");
}

/// 13: what was not saved since is not in that save.
#[tokio::test]
async fn what_came_after_a_save_was_not_saved_with_it() {
    let world = unsaved(Kind::Create).await;
    world.store.fault("changes_in", 1);
    world.nestor.servers.save(&(&ACTOR).into(), &server("kea1")).await.unwrap();
    world.fault("kea1", Fault::NotSaved("the disk is full"));
    world.create(&wanted(2, 10)).await.unwrap_err();
    world.recover().await;
    let not_saved = || is(ChangeState::NotSaved, UNSAVED);
    assert_eq!(
        [world.stands(1).await, world.stands(2).await],
        [not_saved(), not_saved()],
        "both wait for the next one"
    );

    // For another program it is not known when it came: only what is from before that second was saved.
    for (passed, state) in [(0, ChangeState::NotSaved), (1, ChangeState::Done)] {
        let world = World::single(Storage::Configuration);
        world.dhcp.put(&known(1, 9), "");
        world.begin(&world.abandoned("other", ChangeState::NotSaved, None, Some(&known(1, 9)))).await;
        world.clock.pass(Seconds(passed));
        world.store.fault("changes_in", 1);
        world.nestor.servers.save(&(&ACTOR).into(), &server("kea1")).await.unwrap();
        world.recover().await;
        assert_eq!(world.stands(1).await.0, state, "{passed} s");
    }
}

/// 2, 13: what was found made, and was not saved then.
#[tokio::test]
async fn what_recovery_could_not_save_is_repeated_later() {
    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    world.dhcp.fault(&server("kea1"), "save", 1, Fault::NotSaved("the disk is full"));
    world.recover().await;
    world.nestor.servers.save(&(&ACTOR).into(), &server("kea1")).await.unwrap();
    assert_eq!(world.stands(1).await, is(ChangeState::Done, LATER), "not “{MADE}”");
    assert_eq!(world.running("kea2"), [there(&known(1, 9))], "the partner gets it once it is sure to last");
}

/// A database needs no saving.
#[tokio::test]
async fn what_is_in_a_database_needs_no_saving() {
    let world = World::single(Storage::Database);
    world.fault("kea1", Fault::AnswerLost);
    world.create(&wanted(1, 9)).await.unwrap_err();
    world.recover().await;
    assert_eq!((world.stands(1).await, world.asked()[1..].len()), (is(ChangeState::Done, MADE), 0));
}
