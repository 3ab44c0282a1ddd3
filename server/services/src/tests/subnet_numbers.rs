//! The numbers of subnets that are gone: free once nothing is left of them, else taken again only by who means it.

use keaconf::Document;
use model::{ApplyRequest, Lease, LeaseState, NewReservation, Seconds, Storage, Timestamp};

use super::world::{ACTOR, World, mac, server};
use crate::testing::Fault;
use crate::{Caller, Confirmed, Error, Result};

const GONE: &str = r#"[{"op": "remove", "path": "subnet4[id=2]"}]"#;
const AGAIN: &str = r#"[{"op": "add", "path": "subnet4", "value": {"id": 2, "subnet": "203.0.113.0/24"}}]"#;

impl World {
    /// With the subnet 2 in its configuration, and then without it.
    async fn without_subnet_2() -> Self {
        Self::single(Storage::Database).lose_subnet_2().await
    }

    async fn lose_subnet_2(self) -> Self {
        let world = self;
        let text = br#"{"Dhcp4": {"hosts-database": {"type": "postgresql"}, "subnet4": [{"id": 2, "subnet": "198.51.100.0/24"}]}}"#;
        world.dhcp.give_document(&server("kea1"), &Document::read(text).unwrap());
        world.asks(GONE, false).await.unwrap();
        world
    }

    /// Whether it is said of the change that a number comes again.
    async fn asks(&self, edits: &str, reuse_ids: bool) -> Result<bool> {
        let request = ApplyRequest { edits: edits.to_owned(), reuse_ids, ..ApplyRequest::default() };
        let (caller, at) = (Caller::from(&ACTOR), server("kea1"));
        let made = self.nestor.configurations.apply(&caller, &at, &request, Confirmed::No);
        Ok(Box::pin(made).await?.findings.iter().any(|finding| finding.rule == "subnet-id-again"))
    }

    /// Why the number is refused.
    async fn refused(&self) -> String {
        match self.asks(AGAIN, false).await {
            Err(Error::Invalid { fields }) => fields[0].text.clone(),
            other => panic!("{other:?}"),
        }
    }
}

fn lease() -> Lease {
    Lease {
        subnet: "kea1/2".parse().unwrap(),
        address: [198, 51, 100, 9].into(),
        prefix_len: None,
        hw_address: "02:00:00:00:01:09".parse().ok(),
        client_id: None,
        duid: None,
        host_name: None,
        state: LeaseState::Assigned,
        renewed_at: Timestamp(1_700_000_000),
        lifetime: Some(Seconds(3600)),
        stray: None,
    }
}

#[tokio::test]
async fn a_number_of_which_nothing_is_left_is_free() {
    let world = World::without_subnet_2().await;
    assert_eq!(world.asks(AGAIN, false).await, Ok(false));
}

#[tokio::test]
async fn a_number_of_which_leases_or_reservations_are_left_is_taken_by_who_means_it() {
    let world = World::without_subnet_2().await;
    let subnet = "kea1/2".parse().unwrap();
    let address = Some([198, 51, 100, 7].into());
    let left = NewReservation { address, ..NewReservation::of(subnet, mac(7)) }.over(None, Storage::Database);
    world.dhcp.put(&left, "");
    let said = world.refused().await;
    assert!(said.contains("is left: 1 reservation on kea1."), "{said}");
    world.dhcp.lease(&lease());
    let said = world.refused().await;
    assert!(said.contains("The number 2 was that of the subnet 198.51.100.0/24"), "{said}");
    assert!(said.contains("is left: 1 lease and 1 reservation on kea1."), "{said}");
    assert_eq!(world.asks(AGAIN, true).await, Ok(true));
}

#[tokio::test]
async fn what_cannot_be_asked_for_counts_as_left() {
    let world = World::without_subnet_2().await;
    world.dhcp.fault(&server("kea1"), "count_leases", 1, Fault::Unreachable);
    let said = world.refused().await;
    assert!(said.contains("is left: an unknown number of leases on kea1."), "{said}");
}

#[tokio::test]
async fn a_number_is_taken_by_what_is_left_on_a_partner_that_was_not_looked_at_when_its_subnet_went() {
    let world = World::pair(Storage::Database);
    world.dhcp.give_document(&server("kea2"), &Document::read(br#"{"Dhcp4": {"subnet4": []}}"#).unwrap());
    let world = world.lose_subnet_2().await;
    world.dhcp.lease(&Lease { subnet: "kea2/2".parse().unwrap(), ..lease() });
    let said = world.refused().await;
    assert!(said.contains("is left: 1 lease on kea2."), "{said}");
    world.dhcp.silence(&server("kea2"));
    let said = world.refused().await;
    assert!(said.contains("is left: an unknown number of leases and an unknown number of reservations"), "{said}");
}
