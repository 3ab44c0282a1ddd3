//! Holds and exclusions are of the network: whichever of its servers is asked.

use std::net::IpAddr;

use model::{AddressRange, Hold, HoldKey, Seconds, Storage, SubnetKey, Suggestion};

use super::world::{ACTOR, World, known, server, wanted};
use crate::ports::{Clock as _, Holds as _};
use crate::{Caller, Error, Mode, Result};

impl World {
    async fn suggest(&self, at: &str) -> Result<Suggestion> {
        self.suggest_as(&(&ACTOR).into(), at).await
    }

    async fn suggest_as(&self, caller: &Caller, at: &str) -> Result<Suggestion> {
        Box::pin(self.nestor.allocation.suggest(caller, &key(at), Some(range()), None)).await
    }

    async fn held(&self) -> Vec<(String, u8)> {
        let held = self.nestor.blacklist.list(&ACTOR).await.unwrap();
        held.into_iter().map(|hold| (hold.key.subnet.to_string(), last(hold.key.address))).collect()
    }
}

fn key(at: &str) -> SubnetKey {
    at.parse().unwrap()
}

fn range() -> AddressRange {
    AddressRange::new([192, 0, 2, 10].into(), [192, 0, 2, 12].into()).unwrap()
}

fn last(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(address) => address.octets()[3],
        IpAddr::V6(_) => 0,
    }
}

async fn pair() -> World {
    let world = World::pair(Storage::Configuration);
    world.hear_of_subnets().await;
    world
}

#[tokio::test]
async fn no_address_is_offered_twice_whichever_server_is_asked_and_answers() {
    let world = pair().await;
    let first = world.suggest("kea1/1").await.unwrap();
    let second = world.suggest("kea2/7").await.unwrap();
    world.dhcp.silence(&server("kea1"));
    let third = world.suggest("kea1/1").await.unwrap();
    assert_eq!([first, second, third].map(|offered| last(offered.address)), [10, 11, 12]);
    assert_eq!(world.held().await.iter().map(|(subnet, _)| subnet.as_str()).collect::<Vec<_>>(), ["kea1/1"; 3]);
    let none = world.suggest("kea2/7").await;
    assert!(matches!(none, Err(Error::Exhausted { .. })), "{none:?}");
}

/// Before the partner was heard of, or by an earlier Nestor.
#[tokio::test]
async fn what_was_held_under_another_name_counts() {
    let world = pair().await;
    let now = world.clock.now();
    for last in [10, 11] {
        let key = HoldKey { subnet: key("kea2/7"), address: [192, 0, 2, last].into() };
        let hold = Hold { key, holder: "a caller".to_owned(), purpose: None, since: now, until: now.plus(Seconds(60)) };
        world.store.claim_hold(&hold, None).await.unwrap();
    }
    assert_eq!(last(world.suggest("kea1/1").await.unwrap().address), 12);
    world.clock.pass(Seconds(60));
    assert_eq!(last(world.suggest("kea1/1").await.unwrap().address), 10, "they are over");
}

#[tokio::test]
async fn a_hold_ends_under_either_name() {
    let world = pair().await;
    for name in ["kea1/1", "kea2/7"] {
        world.suggest("kea2/7").await.unwrap();
        world
            .nestor
            .blacklist
            .release(&ACTOR, &HoldKey { subnet: key(name), address: [192, 0, 2, 10].into() })
            .await
            .unwrap();
        assert_eq!(world.held().await, [], "{name}");
        world.suggest(name).await.unwrap();
        world.suggest(name).await.unwrap();
        assert_eq!(world.nestor.blacklist.release_all(&ACTOR, Some(&key(name))).await, Ok(2));
    }
    let dry = Caller { mode: Mode::DryRun, ..(&ACTOR).into() };
    assert_eq!(world.suggest_as(&dry, "kea2/7").await.unwrap().held_until, None);
    assert_eq!(world.held().await, []);
}

#[tokio::test]
async fn what_is_reserved_on_either_server_is_held_no_more() {
    for (asked, silent) in [("kea1/1", None), ("kea2/7", None), ("kea1/1", Some("kea1")), ("kea2/7", Some("kea2"))] {
        let world = pair().await;
        world.suggest("kea1/1").await.unwrap();
        if let Some(silent) = silent {
            world.dhcp.silence(&server(silent));
        }
        let new = model::NewReservation { subnet: key(asked), ..wanted(1, 10) };
        world.create(&new).await.unwrap();
        assert_eq!(world.held().await, [], "{asked} {silent:?}");
    }
}

#[tokio::test]
async fn a_range_is_excluded_once_and_included_under_either_name() {
    let world = pair().await;
    let blacklist = &world.nestor.blacklist;
    for (here, there) in [("kea1/1", "kea2/7"), ("kea2/7", "kea1/1")] {
        blacklist.exclude(&ACTOR, &key(here), range(), "printers").await.unwrap();
        let again = blacklist.exclude(&ACTOR, &key(there), range(), "printers").await;
        assert!(matches!(again, Err(Error::Invalid { .. })), "{again:?}");
        assert!(world.suggest(there).await.is_err());
        assert_eq!(blacklist.exclusions(&ACTOR, Some(&key(there))).await.unwrap().len(), 1);
        blacklist.include(&ACTOR, &key(there), range()).await.unwrap();
        assert_eq!(blacklist.exclusions(&ACTOR, None).await.unwrap(), []);
    }
    assert_eq!(last(world.suggest("kea2/7").await.unwrap().address), last(known(1, 10).address.unwrap()));
}
