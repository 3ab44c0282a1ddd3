//! Names of subnets: what is changed, and what becomes of a change in every case that recovery knows (the numbers are
//! those of the table in `recovery/mod.rs`).

use model::{ChangeQuery, ChangeState, Element, Labels, Role, Seconds, Storage, SubnetKey, Version};

use super::world::{ACTOR, World, is, server};
use crate::testing::Fault;
use crate::{Actor, Confirmed, Error, Result};

const MADE: &str = "No answer came; a check found the change on the server.";
const LOST: &str = "Lost: the server was restarted before it was saved.";

fn here() -> SubnetKey {
    "kea1/1".parse().unwrap()
}

fn there() -> SubnetKey {
    "kea2/7".parse().unwrap()
}

fn labels(name: &str, comment: &str) -> Labels {
    Labels { name: Some(name.to_owned()), comment: Some(comment.to_owned()).filter(|text| !text.is_empty()) }
}

/// What it is called at first.
fn old() -> Labels {
    labels("old", "rack 3")
}

fn new() -> Labels {
    labels("new", "")
}

/// A pair that calls its subnet `old`.
fn pair() -> World {
    let world = World::pair(Storage::Configuration);
    world.dhcp.call_subnet(&here(), &old());
    world.dhcp.call_subnet(&there(), &old());
    world
}

async fn label(world: &World, seen: &Labels, wanted: &Labels) -> Result<Option<i64>> {
    let made = Box::pin(world.nestor.changes.label(&(&ACTOR).into(), &here(), seen, wanted)).await;
    made.map(|applied| applied.change)
}

async fn undo(world: &World, number: i64) -> Result<()> {
    Box::pin(world.nestor.changes.undo(&(&ACTOR).into(), number, Confirmed::No)).await.map(drop)
}

/// What a server calls the subnet now, and after a restart.
fn called(world: &World, subnet: &SubnetKey) -> [Labels; 2] {
    world.dhcp.called(subnet).map(Option::unwrap)
}

fn both(labels: &Labels) -> [Labels; 2] {
    [labels.clone(), labels.clone()]
}

#[tokio::test]
async fn a_subnet_is_called_the_same_on_both_servers() {
    let world = pair();
    assert_eq!(label(&world, &old(), &new()).await, Ok(Some(1)));
    assert_eq!((called(&world, &here()), called(&world, &there())), (both(&new()), both(&new())));
    let all = world.all().await;
    let done = |at: &str| (server(at), ChangeState::Done, String::new());
    assert_eq!(all, [done("kea1"), done("kea2")]);
    assert_eq!(world.asked(), ["kea1: call 1 new", "kea2: call 7 new"], "each in its own words");
    let query = ChangeQuery { element: Some(Element::Subnet(here())), ..ChangeQuery::default() };
    let page = world.nestor.changes.list(&ACTOR, &query).await.unwrap();
    assert_eq!(page.changes.len(), 1);
    let summary = world.nestor.subnets.get(&ACTOR, &here()).await.unwrap();
    assert_eq!((summary.subnet.name.as_deref(), summary.naming_lacks), (Some("new"), None), "at once");
    // Again: it is so already, and nothing is recorded.
    assert_eq!(label(&world, &new(), &labels(" new ", " ")).await, Ok(None));
    assert_eq!((world.all().await.len(), world.asked()), (2, vec![]));
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_recorded() {
    let world = pair();
    let stale = label(&world, &labels("seen", ""), &new()).await;
    assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    let faulty = label(&world, &old(), &labels("two\nlines", "")).await;
    assert!(matches!(&faulty, Err(Error::Invalid { fields }) if fields[0].field == "name"), "{faulty:?}");
    let viewer = Actor::User { name: "eve".parse().unwrap(), role: Role::Viewer };
    let forbidden = world.nestor.changes.label(&(&viewer).into(), &here(), &old(), &new()).await;
    assert_eq!(forbidden.map(drop), Err(Error::Forbidden));
    let missing = world.nestor.changes.label(&(&ACTOR).into(), &"kea1/99".parse().unwrap(), &old(), &new()).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    world.dhcp.takes_no_labels(&server("kea1"));
    let lacks = label(&world, &old(), &new()).await;
    assert!(matches!(lacks, Err(Error::Unsupported { .. })), "{lacks:?}");
    let summary = world.nestor.subnets.get(&ACTOR, &here()).await.unwrap();
    assert_eq!(summary.naming_lacks.as_deref(), Some("It lacks a hook."));
    assert_eq!((world.all().await, world.asked(), called(&world, &here())), (vec![], vec![], both(&old())));
}

/// Here it is done; there it waits until the partner can.
#[tokio::test]
async fn a_partner_that_cannot_gets_it_later() {
    let world = pair();
    world.dhcp.takes_no_labels(&server("kea2"));
    assert_eq!(label(&world, &old(), &new()).await, Ok(Some(1)));
    assert_eq!((world.stands(1).await, world.stands(2).await.0), (is(ChangeState::Done, ""), ChangeState::Pending));
    assert_eq!((called(&world, &here()), called(&world, &there())), (both(&new()), both(&old())));
}

/// 1, 3, 4, 7: no answer came.
#[tokio::test]
async fn a_change_without_an_answer_is_looked_for() {
    let third = labels("third", "");
    for (fault, outside, detail, state, left) in [
        (Fault::AnswerLost, None, MADE, ChangeState::Done, new()),
        (Fault::RequestLost, None, "Not applied: nothing has changed.", ChangeState::Refused, old()),
        (
            Fault::BrokenOff,
            None,
            "Interrupted halfway; the previous version was restored.",
            ChangeState::Refused,
            old(),
        ),
        (
            Fault::AnswerLost,
            Some(&third),
            "Changed elsewhere since; the newer version stays.",
            ChangeState::Refused,
            third.clone(),
        ),
    ] {
        let world = pair();
        world.fault("kea1", fault.clone());
        let unknown = label(&world, &old(), &new()).await;
        assert!(matches!(unknown, Err(Error::Unknown { .. })), "{fault:?}: {unknown:?}");
        if let Some(outside) = outside {
            world.dhcp.call_subnet(&here(), outside);
        }
        world.recover().await;
        assert_eq!(world.stands(1).await, is(state, detail), "{fault:?}");
        assert_eq!(called(&world, &here()), both(&left), "{fault:?}");
        let partner = if state == ChangeState::Done { new() } else { old() };
        assert_eq!(called(&world, &there()), both(&partner), "{fault:?}: the partner");
        world.asked();
        world.recover().await;
        assert_eq!(world.asked(), [""; 0], "{fault:?}: once");
    }
}

/// 14: Nestor was killed before it sent anything, in the middle, and before it had recorded the end.
#[tokio::test]
async fn a_change_of_a_program_that_died_is_taken_over() {
    for (fault, left) in [(Fault::RequestLost, old()), (Fault::BrokenOff, old()), (Fault::AnswerLost, new())] {
        let world = pair();
        world.fault("kea1", fault.clone());
        drop(label(&world, &old(), &new()).await);
        let mut record = world.record(1).await;
        record.change.stands(ChangeState::Open, None);
        record.owner = "dead".to_owned();
        let number = world.begin(&record).await;
        world.recover().await;
        let state = if left == new() { ChangeState::Done } else { ChangeState::Refused };
        assert_eq!(world.stands(number).await.0, state, "{fault:?}");
        assert_eq!((called(&world, &here()), called(&world, &there())), (both(&left), both(&left)), "{fault:?}");
    }
}

/// 8, 9, 10, 11: the partner was silent.
#[tokio::test]
async fn a_silent_partner_calls_it_the_same_later() {
    let back = "Applied when the server came back.";
    let so_already = "Already in place when the server came back.";
    for (outside, later, detail, state) in [
        (None, None, back, ChangeState::Done),
        (Some(labels("theirs", "x")), None, back, ChangeState::Done),
        (Some(new()), None, so_already, ChangeState::Done),
        (None, Some(labels("third", "")), "Superseded by a later change.", ChangeState::Refused),
    ] {
        let world = pair();
        world.hear_of_subnets().await;
        world.dhcp.silence(&server("kea2"));
        label(&world, &old(), &new()).await.unwrap();
        assert_eq!(world.stands(2).await.0, ChangeState::Pending);
        world.recover().await;
        assert_eq!(world.stands(2).await.0, ChangeState::Pending, "nothing is decided while it is silent");
        world.dhcp.back(&server("kea2"));
        if let Some(outside) = &outside {
            world.dhcp.call_subnet(&there(), outside);
        }
        if let Some(later) = &later {
            label(&world, &new(), later).await.unwrap();
        }
        world.recover().await;
        assert_eq!(world.stands(2).await, is(state, detail), "{outside:?} {later:?}");
        let expected = later.unwrap_or_else(new);
        assert_eq!((called(&world, &here()), called(&world, &there())), (both(&expected), both(&expected)));
    }
}

/// 2, 12, 13: it could not be saved.
#[tokio::test]
async fn a_name_that_is_not_saved_is_saved_later_or_lost() {
    for restarts in [false, true] {
        let world = pair();
        world.full_disk(true);
        let not_saved = label(&world, &old(), &new()).await;
        assert!(matches!(not_saved, Err(Error::NotSaved { .. })), "{not_saved:?}");
        assert_eq!(called(&world, &here()), [new(), old()]);
        assert_eq!(world.stands(1).await.0, ChangeState::NotSaved);
        assert_eq!(called(&world, &there()), both(&old()), "the partner is sent nothing yet");
        world.full_disk(false);
        if restarts {
            world.dhcp.restart(&server("kea1"));
            world.recover().await;
            assert_eq!(world.stands(1).await, is(ChangeState::Refused, LOST));
        } else {
            let save = Box::pin(world.nestor.servers.save(&(&ACTOR).into(), &server("kea1"))).await;
            assert_eq!(save, Ok(()));
            assert_eq!(world.stands(1).await, is(ChangeState::Done, "Saved later."));
        }
        let left = if restarts { old() } else { new() };
        assert_eq!((called(&world, &here()), called(&world, &there())), (both(&left), both(&left)));
    }
}

#[tokio::test]
async fn a_name_is_taken_back_once_and_a_version_whenever() {
    let world = pair();
    label(&world, &old(), &new()).await.unwrap();
    world.asked();
    assert_eq!(undo(&world, 1).await, Ok(()));
    assert_eq!(world.asked(), ["kea1: restore 1 old", "kea2: call 7 old"], "where it was; there in its own words");
    assert_eq!((called(&world, &here()), called(&world, &there())), (both(&old()), both(&old())));
    assert!(matches!(undo(&world, 1).await, Err(Error::Stale { .. })), "once");
    world.dhcp.call_subnet(&here(), &labels("theirs", ""));
    assert!(matches!(undo(&world, 3).await, Err(Error::Stale { .. })), "what is theirs is left");
    let restored = Box::pin(world.nestor.changes.restore(&(&ACTOR).into(), 1, Version::After, Confirmed::No)).await;
    assert!(restored.is_ok(), "{restored:?}");
    assert_eq!((called(&world, &here()), called(&world, &there())), (both(&new()), both(&new())));
}

/// Where its own server is silent, the partner takes it back; how a server spells it stays its own affair.
#[tokio::test]
async fn a_partner_takes_a_name_back_in_its_own_words() {
    let world = pair();
    label(&world, &old(), &new()).await.unwrap();
    world.dhcp.silence(&server("kea1"));
    world.asked();
    assert_eq!(undo(&world, 1).await, Ok(()));
    assert_eq!(world.asked(), ["kea2: call 7 old"]);
    world.dhcp.back(&server("kea1"));
    world.recover().await;
    assert_eq!((called(&world, &here()), called(&world, &there())), (both(&old()), both(&old())));
}

/// A server that was started from an older file.
#[tokio::test]
async fn a_name_that_is_lost_is_put_back() {
    let world = pair();
    label(&world, &old(), &new()).await.unwrap();
    world.recover().await;
    world.dhcp.call_subnet(&here(), &old());
    world.dhcp.restart(&server("kea1"));
    world.clock.pass(Seconds(10));
    world.recover().await;
    let lost = world.nestor.changes.lost(&ACTOR, &server("kea1")).await.unwrap();
    assert_eq!(lost.iter().map(|change| change.number).collect::<Vec<_>>(), [1]);
    let done = Box::pin(world.nestor.changes.put_back(&(&ACTOR).into(), &server("kea1"), &[1])).await.unwrap();
    assert_eq!((done.undone, done.left), (1, vec![]));
    assert_eq!(called(&world, &here()), both(&new()));
}
