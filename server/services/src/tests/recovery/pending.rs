//! Changes that wait for a partner.

use model::{ChangeState, Reservation, Seconds, Storage};

use super::super::world::{World, is, known, server, there, wanted};
use super::unknown::Kind;
use crate::testing::Fault;

const BACK: &str = "Applied when the server came back.";
const SO_ALREADY: &str = "Already in place when the server came back.";
const OVERTAKEN: &str = "Superseded by a later change.";
const WAITS: &str = "Waiting for “kea2”, which does not answer. Applied as soon as it does.";

/// A pair whose `kea2` was silent while something was made. It waits as change 2.
async fn waiting(kind: Kind) -> World {
    let world = kind.world();
    world.hear_of_subnets().await;
    world.dhcp.silence(&server("kea2"));
    kind.make(&world).await.unwrap();
    assert_eq!(world.stands(2).await, is(ChangeState::Pending, WAITS), "{kind:?}");
    let waits = world.record(2).await;
    assert_eq!((waits.change.repeats, waits.change.single_server), (Some(1), false), "{kind:?}");
    world.asked();
    world
}

async fn back(world: &World) {
    world.dhcp.back(&server("kea2"));
    world.recover().await;
}

/// 8: while the server is silent nothing is decided, nor asked.
#[tokio::test]
async fn who_is_silent_is_waited_for() {
    for kind in [Kind::Create, Kind::Change, Kind::Rename, Kind::Delete] {
        let world = waiting(kind).await;
        world.recover().await;
        world.recover().await;
        assert_eq!((world.stands(2).await, world.asked()), (is(ChangeState::Pending, WAITS), vec![]), "{kind:?}");
    }
}

/// 9: the server is back.
#[tokio::test]
async fn what_waited_is_made_when_the_server_is_back() {
    for (kind, asked) in [
        (Kind::Create, "kea2: restore 192.0.2.9"),
        (Kind::ToConfiguration, "kea2: restore 192.0.2.9"),
        (Kind::Change, "kea2: restore 192.0.2.9 by 192.0.2.10"),
        (Kind::Rename, "kea2: restore 192.0.2.9 by 192.0.2.9"),
        (Kind::Delete, "kea2: remove 192.0.2.9"),
        (Kind::ToDatabase, "kea2: remove 192.0.2.9"),
    ] {
        let world = waiting(kind).await;
        back(&world).await;
        assert_eq!(world.stands(2).await, is(ChangeState::Done, BACK), "{kind:?}");
        assert_eq!(world.asked(), [asked], "{kind:?}");
        let expected: Vec<_> =
            kind.after().iter().filter(|after| after.storage == Storage::Configuration).map(there).collect();
        assert_eq!((world.running("kea2"), world.saved("kea2")), (expected.clone(), expected), "{kind:?}");
        for known in world.running("kea2") {
            let ours = Reservation { subnet: "kea1/1".parse().unwrap(), ..known.clone() };
            assert_eq!(world.dhcp.beside(&known), world.dhcp.beside(&ours), "{kind:?}: exactly the same");
        }
    }
}

/// 9: the server is back, and does not take it.
#[tokio::test]
async fn what_waited_may_end_in_every_other_way() {
    let not_saved = "The change works, but “kea2” could not save it. A restart of the server would lose it. It said: \
                     the disk is full. Fix that, then save again.";
    for (fault, state, detail, running) in [
        (
            Fault::Refuses("no"),
            ChangeState::Pending,
            "The DHCP server “kea2” refused. Nothing was changed. It said: no",
            0,
        ),
        (Fault::NotSaved("the disk is full"), ChangeState::NotSaved, not_saved, 1),
        (
            Fault::AnswerLost,
            ChangeState::Unknown,
            "The DHCP server “kea2” did not confirm the change. No answer came. Check whether the change \
             was made before you try again.",
            1,
        ),
    ] {
        let world = waiting(Kind::Create).await;
        world.fault("kea2", fault.clone());
        back(&world).await;
        assert_eq!(world.stands(2).await, is(state, detail), "{fault:?}");
        assert_eq!((world.running("kea2").len(), world.asked().len()), (running, 1), "{fault:?}");
        assert_eq!(world.stands(1).await, is(ChangeState::Done, ""), "{fault:?}: what it repeats stays done");
    }
}

/// 9: what then is unknown ends as any other, and is not repeated on the server that it came from.
#[tokio::test]
async fn what_waited_and_is_unknown_is_settled_next_time() {
    let world = waiting(Kind::Create).await;
    world.fault("kea2", Fault::AnswerLost);
    back(&world).await;
    world.asked();
    world.recover().await;
    assert_eq!(world.stands(2).await, is(ChangeState::Done, super::MADE));
    assert_eq!(world.asked(), ["kea2: save"]);
    assert_eq!((world.saved("kea2"), world.all().await.len()), (vec![there(&known(1, 9))], 2));
}

/// 8: the server is back for a moment.
#[tokio::test]
async fn who_falls_silent_again_is_waited_for() {
    for (step, fault) in
        [("reservations_of", Fault::FallsSilent), ("write", Fault::FallsSilent), ("write", Fault::Unreachable)]
    {
        let world = waiting(Kind::Create).await;
        world.dhcp.fault(&server("kea2"), step, 1, fault.clone());
        back(&world).await;
        assert_eq!(world.stands(2).await, is(ChangeState::Pending, WAITS), "{step} {fault:?}");
        back(&world).await;
        assert_eq!(world.stands(2).await, is(ChangeState::Done, BACK), "{step} {fault:?}");
    }
}

/// 10: the same was made there past Nestor.
#[tokio::test]
async fn what_is_so_already_is_done() {
    for kind in [Kind::Create, Kind::Change, Kind::Rename, Kind::Delete] {
        let world = waiting(kind).await;
        kind.before().iter().for_each(|before| world.dhcp.take(&there(before)));
        kind.after().iter().for_each(|after| world.dhcp.put(&there(after), "theirs"));
        back(&world).await;
        assert_eq!(world.stands(2).await, is(ChangeState::Done, SO_ALREADY), "{kind:?}");
        assert_eq!(world.asked(), [""; 0], "{kind:?}");
    }
}

/// 9: whatever there is at the partner is replaced.
#[tokio::test]
async fn what_others_made_at_the_partner_is_replaced() {
    let world = waiting(Kind::Create).await;
    world.dhcp.put(&there(&known(1, 33)), "theirs");
    back(&world).await;
    assert_eq!(world.stands(2).await, is(ChangeState::Done, BACK));
    assert_eq!(world.asked(), ["kea2: restore 192.0.2.33 by 192.0.2.9"]);
}

/// 9: what it refuses is tried again after a rest, which grows.
#[tokio::test]
async fn what_is_refused_waits_on() {
    let world = waiting(Kind::Create).await;
    world.dhcp.back(&server("kea2"));
    for rest in [60, 120, 240] {
        world.fault("kea2", Fault::Refuses("no"));
        world.recover().await;
        assert_eq!((world.stands(2).await.0, world.asked().len()), (ChangeState::Pending, 1), "{rest}");
        world.clock.pass(Seconds(rest - 1));
        world.recover().await;
        assert_eq!(world.asked(), [""; 0], "it rests for {rest} s");
        world.clock.pass(Seconds(1));
    }
    world.fault("kea2", Fault::Refuses("no"));
    world.recover().await;
    assert_eq!(world.settle(2).await.unwrap().reservation, Some(there(&known(1, 9))), "a person need not wait");
    assert_eq!(world.stands(2).await, is(ChangeState::Done, BACK));
}

/// 9: nor does it keep from the partner what came later.
#[tokio::test]
async fn what_rests_is_in_no_others_way() {
    let world = waiting(Kind::Create).await;
    world.create(&wanted(2, 10)).await.unwrap();
    world.fault("kea2", Fault::Refuses("no"));
    back(&world).await;
    assert_eq!((world.stands(2).await.0, world.stands(4).await.0), (ChangeState::Pending, ChangeState::Done));
    assert_eq!(world.running("kea2"), [there(&known(2, 10))]);
}

/// 11: what was undone since where it was made first is not made any more.
#[tokio::test]
async fn what_was_refused_and_taken_back_is_of_the_past() {
    let world = World::pair(Storage::Configuration);
    world.fault("kea2", Fault::Refuses("no"));
    world.create(&wanted(1, 9)).await.unwrap();
    assert_eq!(world.stands(2).await.0, ChangeState::Pending);
    world.delete(&known(1, 9)).await.unwrap();
    world.recover().await;
    assert_eq!(world.stands(2).await, is(ChangeState::Refused, OVERTAKEN));
    assert_eq!((world.running("kea1"), world.running("kea2")), (vec![], vec![]));
}

/// 11: of several that wait for one reservation the last is made: it is what there is to be.
#[tokio::test]
async fn of_what_waits_together_the_last_is_made() {
    let world = waiting(Kind::Create).await;
    world.update(&known(1, 9), &wanted(1, 10)).await.unwrap();
    world.asked();
    back(&world).await;
    let stand = [world.stands(2).await, world.stands(4).await];
    assert_eq!(stand, [is(ChangeState::Refused, OVERTAKEN), is(ChangeState::Done, BACK)]);
    assert_eq!(world.asked(), ["kea2: restore 192.0.2.10"]);
    assert_eq!(world.running("kea2"), [there(&known(1, 10))]);
}

/// 11: a later change, made when the server was back already, takes its place, and is made there in the end.
#[tokio::test]
async fn a_later_change_takes_its_place() {
    for fault in [None, Some(Fault::NotSaved("no")), Some(Fault::Refuses("no"))] {
        let world = waiting(Kind::Create).await;
        world.dhcp.back(&server("kea2"));
        if let Some(fault) = fault.clone() {
            world.fault("kea2", fault);
        }
        world.update(&known(1, 9), &wanted(1, 10)).await.unwrap();
        world.asked();
        world.recover().await;
        assert_eq!(world.stands(2).await, is(ChangeState::Refused, OVERTAKEN), "{fault:?}");
        assert_eq!(world.running("kea2"), [there(&known(1, 10))], "{fault:?}");
    }
}

/// Where the partner never said which subnets it has, the same network is found when it does.
#[tokio::test]
async fn the_same_network_is_found_when_the_partner_is_back() {
    let world = World::pair(Storage::Configuration);
    world.dhcp.silence(&server("kea2"));
    world.create(&wanted(1, 9)).await.unwrap();
    back(&world).await;
    assert_eq!(world.stands(2).await, is(ChangeState::Done, BACK));
    assert_eq!(world.running("kea2"), [there(&known(1, 9))]);
}

/// A person who asks gets the same.
#[tokio::test]
async fn who_asks_has_it_made() {
    let world = waiting(Kind::Create).await;
    assert!(world.settle(2).await.is_err());
    assert_eq!(world.stands(2).await, is(ChangeState::Pending, WAITS));
    world.dhcp.back(&server("kea2"));
    assert_eq!(world.settle(2).await.unwrap().reservation, Some(there(&known(1, 9))));
    assert_eq!(world.stands(2).await, is(ChangeState::Done, BACK));
}
