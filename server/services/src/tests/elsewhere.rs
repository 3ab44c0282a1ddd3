//! Subnets of one server that have addresses in common: what one has of an address, the other has too.

use model::{AddressQuery, AddressRange, AddressRow, NewReservation, Storage, Subnet, SubnetKey};

use super::world::{ACTOR, World, mac, server, wanted};
use crate::{Error, Result};

/// `kea1/1` is 192.0.2.0/24; `kea1/3` is the lower half of it.
async fn overlapping() -> World {
    let half = Subnet::of(key(3), "192.0.2.0/25".parse().unwrap());
    let world = World::single(Storage::Configuration).beside(&half);
    world.hear_of_subnets().await;
    world
}

fn key(id: u32) -> SubnetKey {
    SubnetKey { server: server("kea1"), id }
}

impl World {
    async fn offer(&self, subnet: u32) -> Result<String> {
        let range = AddressRange::new([192, 0, 2, 10].into(), [192, 0, 2, 11].into()).unwrap();
        let (caller, key) = ((&ACTOR).into(), key(subnet));
        let suggest = self.nestor.allocation.suggest(&caller, &key, Some(range), None);
        Ok(Box::pin(suggest).await?.address.to_string())
    }

    /// The rows of clients: address, and the subnet that it is of where that is another one.
    async fn rows(&self, subnet: u32) -> Vec<(String, Option<u32>)> {
        let page = self.nestor.subnets.addresses(&ACTOR, &key(subnet), &AddressQuery::default()).await.unwrap();
        let clients = page.rows.into_iter().filter_map(|row| match row {
            AddressRow::Client(client) => Some((client.what().unwrap(), client.elsewhere.map(|other| other.id))),
            _ => None,
        });
        clients.collect()
    }
}

#[tokio::test]
async fn what_is_held_in_one_is_not_offered_in_the_other() {
    let world = overlapping().await;
    assert_eq!(world.offer(1).await.unwrap(), "192.0.2.10");
    assert_eq!(world.offer(3).await.unwrap(), "192.0.2.11");
    for subnet in [1, 3] {
        let none = world.offer(subnet).await;
        assert!(matches!(none, Err(Error::Exhausted { .. })), "{none:?}");
    }
}

#[tokio::test]
async fn what_is_reserved_in_one_shows_in_the_other_at_once() {
    let world = overlapping().await;
    assert_eq!((world.rows(1).await, world.rows(3).await), (vec![], vec![]));
    let made = world.create(&NewReservation { subnet: key(3), ..wanted(1, 9) }).await.unwrap();
    assert_eq!(world.rows(1).await, [("192.0.2.9".to_owned(), Some(3))]);
    assert_eq!(world.rows(3).await, [("192.0.2.9".to_owned(), None)]);
    let clash = world.create(&wanted(2, 9)).await.unwrap_err();
    assert!(matches!(clash, Error::Conflict { .. }), "{clash:?}");
    let global = NewReservation { address: Some([192, 0, 2, 200].into()), ..NewReservation::of(key(0), mac(3)) };
    world.create(&global).await.unwrap();
    assert_eq!(world.rows(1).await[1], ("192.0.2.200".to_owned(), Some(0)));
    world.delete(&made.reservation.unwrap()).await.unwrap();
    assert_eq!((world.rows(1).await.len(), world.rows(3).await.len()), (1, 0));
}
