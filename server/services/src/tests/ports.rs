//! The ports in memory keep what the ports promise, as far as other tests build on it.

use std::sync::Arc;
use std::time::Duration;

use model::{ChangeState, Storage, Timestamp};

use super::world::{BESIDE, World, in_database, known, server, wanted};
use crate::Error;
use crate::ports::{Changes as _, Locks as _, Random as _, Reservations as _, StoreError};
use crate::testing::{Fault, MemoryStore, SeededRandom};
use ::changes::Edit;

#[test]
fn randomness_is_the_same_in_every_run() {
    let octets = |seed| {
        let mut octets = [0; 16];
        SeededRandom::of(seed).fill(&mut octets);
        octets
    };
    assert_eq!(octets(1), octets(1));
    assert_ne!(octets(1), octets(2));
}

#[tokio::test]
async fn the_store_fails_where_it_is_set_to() {
    let store = MemoryStore::default();
    store.fault("alive", 2);
    assert!(store.alive(Timestamp(0)).await.is_ok());
    assert_eq!(store.faults_to_come(), ["alive"]);
    assert!(matches!(store.alive(Timestamp(0)).await, Err(StoreError::Failed(_))));
    assert!(store.alive(Timestamp(0)).await.is_ok());
    store.break_down();
    assert!(store.lock("a").await.is_err() && store.count_changes().await.is_err());
    store.mend();
    assert!(store.lock("a").await.is_ok() && store.faults_to_come().is_empty());
}

#[tokio::test]
async fn a_lock_is_one_at_a_time_by_name() {
    let store = Arc::new(MemoryStore::default());
    let first = store.lock("a").await.unwrap();
    let second = tokio::time::timeout(Duration::from_millis(20), store.lock("a"));
    assert!(second.await.is_err());
    assert!(store.lock("b").await.is_ok());
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.lock("a").await.map(drop) }
    });
    drop(first);
    assert_eq!(waiting.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn changes_are_numbered_and_requests_are_unique() {
    let world = World::single(Storage::Configuration);
    let mut record = world.abandoned("a", ChangeState::Open, None, Some(&known(1, 9)));
    record.request = Some("order".to_owned());
    let other = world.abandoned("a", ChangeState::Open, None, Some(&known(2, 10)));
    assert_eq!(world.store.begin_changes(&[other.clone(), record.clone()]).await, Ok(vec![1, 2]));
    assert_eq!(world.store.begin_changes(&[other.clone(), record]).await, Err(StoreError::Exists));
    assert_eq!(world.store.begin_changes(&[other]).await, Ok(vec![3]), "all or none");
}

/// What runs and what is saved differ after every fault as its name says.
#[tokio::test]
async fn servers_do_what_their_faults_say() {
    let (old, new) = (known(1, 9), known(1, 10));
    for (fault, running, saved) in [
        (None, vec![&new], vec![&new]),
        (Some(Fault::Restarts), vec![&new], vec![&new]),
        (Some(Fault::FallsSilent), vec![&old], vec![&old]),
        (Some(Fault::Unreachable), vec![&old], vec![&old]),
        (Some(Fault::Refuses("no")), vec![&old], vec![&old]),
        (Some(Fault::RequestLost), vec![&old], vec![&old]),
        (Some(Fault::AnswerLost), vec![&new], vec![&old]),
        (Some(Fault::NotSaved("no")), vec![&new], vec![&old]),
        (Some(Fault::BrokenOff), vec![], vec![]),
    ] {
        let world = World::single(Storage::Configuration).with(&old);
        fault.clone().into_iter().for_each(|fault| world.fault("kea1", fault));
        let write = Edit::change(old.clone(), wanted(1, 10));
        let written = world.dhcp.write(&server("kea1"), vec![write]).await.pop().unwrap();
        let of = |all: Vec<&model::Reservation>| all.into_iter().cloned().collect::<Vec<_>>();
        assert_eq!((world.running("kea1"), world.saved("kea1")), (of(running), of(saved)), "{fault:?}");
        let written = written.and_then(crate::ports::AppliedEdit::saved);
        assert_eq!(written.is_ok(), matches!(fault, None | Some(Fault::Restarts)), "{fault:?} {written:?}");
        world.dhcp.restart(&server("kea1"));
        assert_eq!(world.running("kea1"), world.saved("kea1"), "{fault:?}");
    }
}

/// Several changes are saved at once, a move adds before it removes, and words that we do not know stay.
#[tokio::test]
async fn servers_write_as_the_port_says() {
    let world = World::single(Storage::Database).with(&known(1, 9));
    let kea1 = server("kea1");
    let verbatim = world.dhcp.verbatim(&known(1, 9).into()).await.unwrap().unwrap();
    assert_eq!(verbatim, world.dhcp.words(&known(1, 9), BESIDE), "the same has the same words");
    let writes = vec![
        Edit::restore(Some(known(1, 9)), in_database(&known(1, 9)), verbatim),
        Edit::create(wanted(2, 10), Storage::Configuration),
        Edit::create(wanted(3, 10), Storage::Configuration),
        Edit::delete(known(4, 11)),
        Edit::change(known(5, 12), wanted(5, 13)),
    ];
    let written = world.dhcp.write(&kea1, writes).await;
    assert_eq!(written[0].as_ref().unwrap().now.as_ref().unwrap().0, in_database(&known(1, 9)).into());
    assert!(written[1].is_ok());
    assert!(matches!(written[2], Err(Error::Refused { .. })), "the address is taken");
    assert_eq!(written[3].as_ref().unwrap().was, None, "that it is gone already is no error");
    assert!(matches!(written[4], Err(Error::NotFound { .. })));
    let all = vec![known(2, 10), in_database(&known(1, 9))];
    assert_eq!((world.running("kea1"), world.saved("kea1")), (all.clone(), all));
    assert_eq!(world.dhcp.beside(&in_database(&known(1, 9))).as_deref(), Some(BESIDE));
    assert_eq!(
        world.asked(),
        [
            "kea1: restore 192.0.2.9 by 192.0.2.9 (database)",
            "kea1: add 192.0.2.10",
            "kea1: add 192.0.2.10",
            "kea1: remove 192.0.2.11",
            "kea1: replace 192.0.2.12 by 192.0.2.13",
        ]
    );
    // A move into a configuration that cannot be saved is undone.
    world.full_disk(true);
    let words = world.dhcp.words(&known(1, 9), BESIDE);
    let back = Edit::restore(Some(in_database(&known(1, 9))), known(1, 9), words);
    let written = world.dhcp.write(&kea1, vec![back]).await;
    assert!(matches!(written[0], Err(Error::Refused { .. })));
    assert_eq!(world.running("kea1"), [known(2, 10), in_database(&known(1, 9))]);
}
