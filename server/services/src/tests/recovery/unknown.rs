//! Changes of which no answer came.

use model::{ChangeState, Reservation, Storage};

use super::super::world::{BESIDE, World, in_database, is, known, mac, there, wanted};
use super::{MADE, NOT_MADE, OVERTAKEN, RESTORED, UNSAVED};
use crate::testing::Fault;
use crate::{Error, Result};

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Change,
    Rename,
    Delete,
    ToDatabase,
    ToConfiguration,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Create, Self::Change, Self::Rename, Self::Delete, Self::ToDatabase, Self::ToConfiguration];

    /// How it is before.
    pub(super) fn before(self) -> Option<Reservation> {
        match self {
            Self::Create => None,
            Self::Change | Self::Rename | Self::Delete | Self::ToDatabase => Some(known(1, 9)),
            Self::ToConfiguration => Some(in_database(&known(1, 9))),
        }
    }

    /// How it is to be.
    pub(super) fn after(self) -> Option<Reservation> {
        match self {
            Self::Create | Self::ToConfiguration => Some(known(1, 9)),
            Self::Change => Some(known(1, 10)),
            Self::Rename => Some(known(2, 9)),
            Self::Delete => None,
            Self::ToDatabase => Some(in_database(&known(1, 9))),
        }
    }

    /// A pair on which it can be made. What is in a database only `kea1` has.
    pub(super) fn world(self) -> World {
        let storage = match self {
            Self::ToDatabase | Self::ToConfiguration => Storage::Database,
            _ => Storage::Configuration,
        };
        match self.before() {
            Some(before) => World::pair(storage).with(&before),
            None => World::pair(storage),
        }
    }

    pub(super) async fn make(self, world: &World) -> Result<()> {
        let made = match (self, self.before()) {
            (Self::Change, Some(old)) => world.update(&old, &wanted(1, 10)).await,
            (Self::Rename, Some(old)) => world.update(&old, &wanted(2, 9)).await,
            (Self::Delete, Some(old)) => world.delete(&old).await,
            (Self::ToDatabase, Some(old)) => world.move_to(&old, Storage::Database).await,
            (Self::ToConfiguration, Some(old)) => world.move_to(&old, Storage::Configuration).await,
            _ => world.create(&wanted(1, 9)).await,
        };
        made.map(drop)
    }

    /// A pair on which it was tried, and no answer came. It is change 1.
    pub(super) async fn without_an_answer(self, fault: Fault) -> World {
        let world = self.world();
        world.fault("kea1", fault);
        let made = self.make(&world).await;
        assert!(matches!(made, Err(Error::Unknown { .. })), "{self:?}: {made:?}");
        assert_eq!(world.stands(1).await.0, ChangeState::Unknown, "{self:?}");
        world.asked();
        world
    }
}

fn list(of: Option<Reservation>) -> Vec<Reservation> {
    of.into_iter().collect()
}

/// 1: it was made. It is saved, and the partner gets the same.
#[tokio::test]
async fn what_was_made_is_saved_and_repeated() {
    for (kind, asked) in [
        (Kind::Create, vec!["kea1: save", "kea2: restore 192.0.2.9"]),
        (Kind::Change, vec!["kea1: save", "kea2: restore 192.0.2.9 by 192.0.2.10"]),
        (Kind::Rename, vec!["kea1: save", "kea2: restore 192.0.2.9 by 192.0.2.9"]),
        (Kind::Delete, vec!["kea1: save", "kea2: remove 192.0.2.9"]),
        // What was moved to a database that the servers share leaves the configuration of the partner.
        (Kind::ToDatabase, vec!["kea1: save", "kea2: remove 192.0.2.9"]),
    ] {
        let world = kind.without_an_answer(Fault::AnswerLost).await;
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE), "{kind:?}");
        assert_eq!(world.asked(), asked, "{kind:?}");
        let after = list(kind.after());
        assert_eq!(world.running("kea1"), after, "{kind:?}");
        assert_eq!(world.saved("kea1"), after, "{kind:?}");
        let kept = after.iter().filter(|after| after.storage == Storage::Configuration);
        let expected: Vec<_> = kept.map(there).collect();
        assert_eq!((world.running("kea2"), world.saved("kea2")), (expected.clone(), expected), "{kind:?}");
        let repeated = world.record(2).await.change;
        let ours = (repeated.state, repeated.repeats, repeated.actor.as_str(), repeated.detail.as_str());
        assert_eq!(ours, (ChangeState::Done, Some(1), "Nestor", ""), "{kind:?}");
        if matches!(kind, Kind::Change | Kind::Rename) {
            let beside = world.dhcp.beside(&world.running("kea2")[0]);
            assert_eq!(beside.as_deref(), Some(BESIDE), "{kind:?}: exactly the same");
        }
        let (record, made) = (world.record(1).await, kind.after().map(|after| world.dhcp.beside(&after).unwrap()));
        let words = kind.after().map(|after| world.dhcp.words(&after, &made.unwrap()));
        assert_eq!(record.now, words, "{kind:?}: what undo would need");
    }
}

/// 2: it was made, and cannot be saved.
#[tokio::test]
async fn what_was_made_and_cannot_be_saved_is_recorded_so() {
    for kind in [Kind::Create, Kind::Change, Kind::Rename, Kind::Delete] {
        let world = kind.without_an_answer(Fault::AnswerLost).await;
        world.dhcp.fault(&"kea1".parse().unwrap(), "save", 1, Fault::NotSaved("the disk is full"));
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::NotSaved, UNSAVED), "{kind:?}");
        assert_eq!(world.asked(), ["kea1: save"], "{kind:?}: the partner is sent nothing");
        assert_eq!(world.running("kea1"), list(kind.after()), "{kind:?}");
        assert_eq!(world.saved("kea1"), list(kind.before()), "{kind:?}");
        // It is not saved again by itself.
        world.recover().await;
        assert_eq!((world.stands(1).await.0, world.asked().len()), (ChangeState::NotSaved, 0), "{kind:?}");
    }
}

/// 3: it was not made.
#[tokio::test]
async fn what_was_not_made_is_refused() {
    for kind in Kind::ALL {
        let world = kind.without_an_answer(Fault::RequestLost).await;
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Refused, NOT_MADE), "{kind:?}");
        let in_file = kind.before().is_some_and(|before| before.storage == Storage::Configuration);
        let asked = if in_file { vec!["kea1: save"] } else { vec![] };
        assert_eq!(world.asked(), asked, "{kind:?}: nothing is tried again, and what is there is on disk");
        assert_eq!((world.running("kea1"), world.all().await.len()), (list(kind.before()), 1), "{kind:?}");
    }
}

/// 3: it was made, and lost in a restart before it was looked for, or between the look and the saving.
#[tokio::test]
async fn what_a_restart_took_was_not_made() {
    for kind in [Kind::Create, Kind::Change, Kind::Rename, Kind::Delete] {
        for between in [false, true] {
            let world = kind.without_an_answer(Fault::AnswerLost).await;
            if between {
                world.dhcp.fault(&"kea1".parse().unwrap(), "save", 1, Fault::Restarts);
            } else {
                world.dhcp.restart(&"kea1".parse().unwrap());
            }
            world.recover().await;
            assert_eq!(world.stands(1).await, is(ChangeState::Refused, NOT_MADE), "{kind:?} {between}");
            let asked = if between || kind != Kind::Create { vec!["kea1: save"] } else { vec![] };
            assert_eq!(world.asked(), asked, "{kind:?} {between}");
            assert_eq!(world.running("kea1"), list(kind.before()), "{kind:?} {between}");
        }
    }
}

/// 4: it broke off in the middle. The old one is restored as it was, with what we have no words for.
#[tokio::test]
async fn what_broke_off_is_put_back() {
    for (kind, asked) in [
        (Kind::Change, "kea1: restore 192.0.2.9"),
        (Kind::Rename, "kea1: restore 192.0.2.9"),
        (Kind::ToDatabase, "kea1: restore 192.0.2.9"),
        (Kind::ToConfiguration, "kea1: restore 192.0.2.9 (database)"),
    ] {
        let world = kind.without_an_answer(Fault::BrokenOff).await;
        assert_eq!(world.running("kea1"), [], "{kind:?}");
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Refused, RESTORED), "{kind:?}");
        assert_eq!(world.asked(), [asked], "{kind:?}: and nothing at the partner");
        let before = list(kind.before());
        assert_eq!((world.running("kea1"), world.saved("kea1")), (before.clone(), before.clone()), "{kind:?}");
        assert_eq!(world.dhcp.beside(&before[0]).as_deref(), Some(BESIDE), "{kind:?}");
    }
}

/// 5: it broke off, and how the reservation was is not known.
#[tokio::test]
async fn what_is_gone_without_a_trace_stays_gone() {
    let world = World::single(Storage::Configuration);
    let (before, after) = (known(1, 9), known(1, 10));
    let mut record = world.abandoned("gone", ChangeState::Unknown, Some(&before), Some(&after));
    record.was = None;
    world.begin(&record).await;
    world.recover().await;
    let text = "It is gone, and its previous version is not known.";
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, text));
    assert_eq!(world.asked(), [""; 0]);
}

/// 6: a move left it in both places. The old copy goes.
#[tokio::test]
async fn a_half_move_is_finished() {
    for (kind, asked) in [
        (Kind::ToDatabase, ["kea1: save", "kea1: remove 192.0.2.9", "kea2: remove 192.0.2.9"]),
        (Kind::ToConfiguration, ["kea1: save", "kea1: remove 192.0.2.9 (database)", "kea2: restore 192.0.2.9"]),
    ] {
        let world = kind.without_an_answer(Fault::HalfMoved).await;
        assert_eq!(world.running("kea1").len(), 2, "{kind:?}");
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE), "{kind:?}");
        assert_eq!(world.asked(), asked, "{kind:?}");
        let after = list(kind.after());
        assert_eq!((world.running("kea1"), world.saved("kea1")), (after.clone(), after), "{kind:?}");
    }
}

/// 6: the copy in the configuration was made and not saved when the move broke off.
#[tokio::test]
async fn a_half_move_into_the_configuration_is_saved_first() {
    let world = Kind::ToConfiguration.without_an_answer(Fault::AnswerLost).await;
    world.recover().await;
    let asked = ["kea1: save", "kea1: remove 192.0.2.9 (database)", "kea2: restore 192.0.2.9"];
    assert_eq!(world.asked(), asked, "the old copy goes once the new one is on disk");
    assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE));
    assert_eq!(world.running("kea1"), [known(1, 9)]);
    assert_eq!(world.saved("kea1"), [known(1, 9)]);
}

/// 6: the old copy cannot be removed.
#[tokio::test]
async fn a_half_move_that_cannot_be_finished_stays_unknown() {
    let world = Kind::ToDatabase.without_an_answer(Fault::HalfMoved).await;
    let stood = world.stands(1).await;
    world.fault("kea1", Fault::Refuses("no"));
    world.recover().await;
    assert_eq!((world.stands(1).await, world.running("kea1").len()), (stood, 2));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE), "the next time it can");
}

/// 7: something else was made of it past Nestor.
#[tokio::test]
async fn what_others_changed_since_is_theirs() {
    for kind in [Kind::Create, Kind::Change, Kind::Rename, Kind::Delete] {
        for fault in [Fault::AnswerLost, Fault::RequestLost] {
            let world = kind.without_an_answer(fault.clone()).await;
            for known in world.running("kea1") {
                world.dhcp.take(&known);
            }
            let mut theirs = known(1, 33);
            if kind == Kind::Rename {
                theirs.identifier = mac(2);
            }
            world.dhcp.put(&theirs, "theirs");
            world.recover().await;
            assert_eq!(world.stands(1).await, is(ChangeState::Refused, OVERTAKEN), "{kind:?} {fault:?}");
            assert_eq!((world.asked(), world.running("kea1")), (vec![], vec![theirs]), "{kind:?} {fault:?}");
        }
    }
}

/// 3: what the same client has in another subnet is another matter.
#[tokio::test]
async fn what_a_client_has_elsewhere_does_not_count() {
    for kind in Kind::ALL {
        let world = kind.without_an_answer(Fault::RequestLost).await;
        let address = Some([198, 51, 100, 9].into());
        for client in [1, 2] {
            world.dhcp.put(&Reservation { subnet: "kea1/2".parse().unwrap(), address, ..known(client, 9) }, "");
        }
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Refused, NOT_MADE), "{kind:?}");
    }
}

/// 7: what we made of it later counts, whatever is found: a deletion stays one.
#[tokio::test]
async fn what_we_changed_since_is_left_alone() {
    for kind in [Kind::Create, Kind::Change, Kind::Rename] {
        let world = kind.without_an_answer(Fault::AnswerLost).await;
        let after = kind.after().unwrap();
        world.delete(&after).await.unwrap();
        world.asked();
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Refused, OVERTAKEN), "{kind:?}");
        assert_eq!((world.asked(), world.running("kea1")), (vec![], vec![]), "{kind:?}: nothing is restored");
    }
    // Deleted, and made again just as it was.
    let world = Kind::Delete.without_an_answer(Fault::AnswerLost).await;
    world.create(&wanted(1, 9)).await.unwrap();
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, OVERTAKEN));
    assert_eq!((world.running("kea1"), world.running("kea2")), (vec![known(1, 9)], vec![there(&known(1, 9))]));
}

/// 7: who deletes past us what a change was about is not noticed: it looks as if the change had broken off. A promise that
/// is kept too long is seen and deleted again; one that is lost is not.
#[tokio::test]
async fn what_others_deleted_since_is_put_back() {
    let world = Kind::Change.without_an_answer(Fault::AnswerLost).await;
    world.dhcp.take(&known(1, 10));
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, RESTORED));
    assert_eq!(world.running("kea1"), [known(1, 9)]);
}

/// 8: the server is silent, at once or at any step.
#[tokio::test]
async fn of_a_silent_server_nothing_is_decided() {
    for kind in Kind::ALL {
        for step in ["status", "reservations_of"] {
            let world = kind.without_an_answer(Fault::RequestLost).await;
            let stood = world.stands(1).await;
            world.dhcp.fault(&"kea1".parse().unwrap(), step, 1, Fault::FallsSilent);
            world.recover().await;
            world.recover().await;
            assert_eq!((world.stands(1).await, world.asked()), (stood, vec![]), "{kind:?} {step}");
            world.dhcp.back(&"kea1".parse().unwrap());
            world.recover().await;
            assert_eq!(world.stands(1).await, is(ChangeState::Refused, NOT_MADE), "{kind:?} {step}");
        }
    }
}

/// 8: it falls silent when what was made is to be saved: as good as not saved.
#[tokio::test]
async fn a_server_that_falls_silent_over_saving_has_not_saved() {
    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    world.dhcp.fault(&"kea1".parse().unwrap(), "save", 1, Fault::FallsSilent);
    world.recover().await;
    assert_eq!(world.stands(1).await.0, ChangeState::NotSaved);
    assert_eq!(world.asked(), ["kea1: save"]);
}

/// 8: what is to be restored is refused.
#[tokio::test]
async fn what_cannot_be_put_back_stays_unknown() {
    for fault in [Fault::Refuses("no"), Fault::Unreachable, Fault::RequestLost] {
        let world = Kind::Change.without_an_answer(Fault::BrokenOff).await;
        let stood = world.stands(1).await;
        world.fault("kea1", fault.clone());
        world.recover().await;
        assert_eq!((world.stands(1).await, world.running("kea1")), (stood, vec![]), "{fault:?}");
        world.recover().await;
        assert_eq!(world.stands(1).await, is(ChangeState::Refused, RESTORED), "{fault:?}: the next time it can");
    }
}

/// 8: what was restored cannot be saved.
#[tokio::test]
async fn what_was_put_back_counts_once_it_is_saved() {
    let world = Kind::Change.without_an_answer(Fault::BrokenOff).await;
    let stood = world.stands(1).await;
    world.full_disk(true);
    for _ in 0..3 {
        world.recover().await;
        assert_eq!((world.stands(1).await, world.running("kea1")), (stood.clone(), vec![known(1, 9)]));
        assert_eq!(world.saved("kea1"), []);
    }
    world.full_disk(false);
    world.recover().await;
    assert_eq!(world.stands(1).await, is(ChangeState::Refused, NOT_MADE));
    assert_eq!(world.saved("kea1"), [known(1, 9)]);
}

/// A person who asks gets the same, and what went wrong.
#[tokio::test]
async fn who_asks_gets_the_outcome() {
    let world = Kind::Create.without_an_answer(Fault::AnswerLost).await;
    let applied = world.settle(1).await.unwrap();
    assert_eq!((applied.reservation, applied.change, applied.peers.len()), (Some(known(1, 9)), Some(1), 0));
    assert_eq!(world.stands(1).await, is(ChangeState::Done, MADE));
    assert_eq!(world.running("kea2"), [there(&known(1, 9))]);

    let world = Kind::Create.without_an_answer(Fault::RequestLost).await;
    let applied = world.settle(1).await.unwrap();
    assert_eq!((applied.reservation, applied.change), (None, Some(1)), "that it was not made is no error");

    let world = Kind::Create.without_an_answer(Fault::RequestLost).await;
    world.dhcp.silence(&"kea1".parse().unwrap());
    assert!(matches!(world.settle(1).await, Err(Error::Unreachable { .. })));

    let world = Kind::Change.without_an_answer(Fault::BrokenOff).await;
    world.fault("kea1", Fault::Refuses("no"));
    assert!(matches!(world.settle(1).await, Err(Error::Refused { .. })));
}
