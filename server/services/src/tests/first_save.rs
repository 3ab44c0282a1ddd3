//! Which servers are about to write their configuration file for the first time, as far as anybody knows.

use model::{ServerName, Storage};

use super::world::{ACTOR, World, server, wanted};

impl World {
    async fn first_saves(&self) -> Vec<ServerName> {
        self.nestor.reservations.kept(&ACTOR, &server("kea1"), None).await.unwrap().first_save
    }
}

#[tokio::test]
async fn a_first_save_is_said_once() {
    let world = World::pair(Storage::Configuration);
    world.dhcp.silence(&server("kea2"));
    world.hear_of_subnets().await;
    assert_eq!(world.first_saves().await, [server("kea1"), server("kea2")]);
    world.create(&wanted(1, 9)).await.unwrap();
    assert_eq!(world.first_saves().await, [server("kea2")], "that one still waits for it");
    world.dhcp.back(&server("kea2"));
    world.recover().await;
    assert_eq!(world.first_saves().await, []);
    assert_eq!(World::single(Storage::Database).first_saves().await, [], "its file is left alone");
}
