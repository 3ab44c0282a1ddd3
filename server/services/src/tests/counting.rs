//! How full subnets are, where a server does not say so: they are read, a few at a time.

use model::{AddressRange, Pool, Seconds, Storage, Subnet, SubnetKey};

use super::world::{ACTOR, World, server};

/// One server with so many subnets that it does not count.
fn uncounted(subnets: u32) -> World {
    let mut world = World::single(Storage::Configuration);
    for id in 3..=subnets {
        let [_, _, high, low] = id.to_be_bytes();
        let key = SubnetKey { server: server("kea1"), id };
        let pool = AddressRange::new([10, high, low, 10].into(), [10, high, low, 19].into()).unwrap();
        let prefix = format!("10.{high}.{low}.0/24").parse().unwrap();
        world = world.beside(&Subnet { pools: vec![Pool::of(pool)], ..Subnet::of(key, prefix) });
    }
    world.dhcp.without_counts(&server("kea1"));
    world
}

impl World {
    /// How many subnets somebody who looks sees counted.
    async fn counted(&self) -> usize {
        let list = self.nestor.subnets.list(&ACTOR).await.unwrap();
        list.subnets.iter().filter(|summary| summary.utilization.is_some()).count()
    }
}

#[tokio::test]
async fn many_subnets_are_counted_a_few_at_a_time() {
    let world = uncounted(100);
    world.hear_of_subnets().await;
    assert_eq!(world.counted().await, 0);
    let mut seen = Vec::new();
    for _ in 0..6 {
        assert!(world.nestor.subnets.refresh().await.is_empty());
        seen.push(world.counted().await);
        world.clock.pass(Seconds(3));
    }
    assert_eq!(seen, [8, 32, 56, 80, 100, 100], "8 in a second");
}
