//! Searching waits for no server: what is known is looked through at once, and servers are read in the background, once
//! for all of their subnets.

use std::sync::Arc;

use model::{
    Lease, LeaseState, NewReservation, Reservation, SearchAnswer, Seconds, Storage, Subnet, SubnetKey, Timestamp,
};
use tokio::sync::Notify;

use super::world::{ACTOR, World, known, server, wanted};
use crate::ports::{Clock as _, Leases as _};
use crate::testing::Fault;

impl World {
    async fn search(&self, text: &str) -> SearchAnswer {
        Box::pin(self.nestor.search.find(&ACTOR, text, 0)).await.unwrap()
    }

    /// The addresses that are found, once nothing is being read any more.
    async fn found(&self, text: &str) -> Vec<String> {
        for _ in 0..200 {
            let answer = self.search(text).await;
            if !answer.progress.under_way {
                return addresses(&answer);
            }
        }
        panic!("it reads on and on");
    }

    /// Leases of `kea1/1` on these addresses, named by their last octet.
    fn lend(&self, octets: impl IntoIterator<Item = u8>) {
        for last in octets {
            self.dhcp.lease(&lease("kea1/1", last));
        }
    }

    /// The next part of its leases that `kea1` is asked for does not come until it is told.
    fn hold_up(&self) -> Arc<Notify> {
        let go_on = Arc::new(Notify::new());
        self.dhcp.fault(&server("kea1"), "leases_after", 1, Fault::Waits(go_on.clone()));
        go_on
    }

    fn count(&self, methods: &[&str]) -> usize {
        self.dhcp.take_calls(&server("kea1")).into_iter().filter(|called| methods.contains(called)).count()
    }
}

fn lease(subnet: &str, last: u8) -> Lease {
    Lease {
        subnet: subnet.parse().unwrap(),
        address: [192, 0, 2, last].into(),
        prefix_len: None,
        hw_address: format!("02:00:00:00:01:{last:02x}").parse().ok(),
        client_id: None,
        duid: None,
        host_name: Some(format!("host-{last}")),
        state: LeaseState::Assigned,
        renewed_at: Timestamp(1_700_000_000),
        lifetime: Some(Seconds(86_400)),
        stray: None,
    }
}

fn addresses(answer: &SearchAnswer) -> Vec<String> {
    answer.clients.iter().map(|(_, client)| client.what().unwrap_or_default()).collect()
}

#[tokio::test]
async fn the_first_search_finds_what_is_exact_while_the_rest_is_still_read() {
    let world = World::single(Storage::Configuration).with(&known(1, 9));
    world.lend([7, 77]);
    let go_on = world.hold_up();
    let answer = world.search("192.0.2.7").await;
    assert_eq!((addresses(&answer), answer.subnets.len()), (vec!["192.0.2.7".to_owned()], 1));
    assert_eq!(
        (answer.progress.searched, answer.progress.of, answer.progress.under_way),
        (1, 2, true),
        "nothing is leased in the other one"
    );
    assert_eq!(world.search("host").await.progress.missing().as_deref(), Some("searching 1 of 2 subnets"));
    go_on.notify_one();
    assert_eq!(world.found("host").await, ["192.0.2.7", "192.0.2.77"]);
    let answer = world.search("192.0.2.7").await;
    assert_eq!((addresses(&answer), answer.progress.missing()), (vec!["192.0.2.7".into(), "192.0.2.77".into()], None));
}

#[tokio::test]
async fn one_sweep_serves_all_subnets_and_every_search_after_it() {
    let mut world = World::single(Storage::Configuration).with(&known(1, 9));
    for id in 10..60 {
        let prefix = format!("10.0.{id}.0/24").parse().unwrap();
        world = world.beside(&Subnet::of(SubnetKey { server: server("kea1"), id }, prefix));
    }
    world.lend(20..40);
    assert_eq!(world.found("host-2").await.len(), 10);
    // 20 leases, of which two come at a time, in two parts side by side.
    let asked = world.count(&["leases_after", "all_reservations"]);
    assert!(asked <= 1 + 10 + 2, "{asked} questions for 52 subnets");
    for text in ["host", "192.0.2", "02:00", "10.0.12"] {
        world.found(text).await;
    }
    assert_eq!(world.count(&["leases_after", "all_reservations", "leases_in", "reservations_in"]), 0);
    world.clock.pass(Seconds(60));
    world.found("host").await;
    assert_eq!(world.count(&["leases_in", "reservations_in"]), 0, "subnet by subnet");
}

#[tokio::test]
async fn what_is_old_is_found_at_once_with_its_age_and_read_anew() {
    let world = World::single(Storage::Configuration);
    world.lend([7]);
    world.found("host").await;
    let read_at = world.clock.now();
    world.clock.pass(Seconds(36_000));
    world.lend([8]);
    let go_on = world.hold_up();
    let answer = world.search("host").await;
    assert_eq!((addresses(&answer), answer.progress.as_of), (vec!["192.0.2.7".to_owned()], Some(read_at)));
    assert_eq!((answer.progress.under_way, answer.progress.missing()), (true, None));
    go_on.notify_one();
    assert_eq!(world.found("host").await, ["192.0.2.7", "192.0.2.8"]);
}

#[tokio::test]
async fn what_we_change_while_a_sweep_is_under_way_is_found_after_it() {
    let world = World::single(Storage::Configuration).with(&known(1, 9));
    let named = |name: &str, new: NewReservation| NewReservation { host_name: Some(name.to_owned()), ..new };
    world.found("host").await;
    world.clock.pass(Seconds(60));
    world.lend([50]);
    let go_on = world.hold_up();
    // Reservations were read already when this one comes.
    world.search("host").await;
    world.create(&named("printer-1", wanted(2, 10))).await.unwrap();
    world.delete(&known(1, 9)).await.unwrap();
    world.dhcp.release_lease(&"kea1/1".parse().unwrap(), [192, 0, 2, 99].into()).await.unwrap();
    assert_eq!(addresses(&world.search("printer").await), ["192.0.2.10"], "in the old picture");
    go_on.notify_one();
    assert_eq!(world.found("printer").await, ["192.0.2.10"]);
    assert_eq!(world.found("192.0.2.").await, ["192.0.2.10", "192.0.2.50"]);
}

#[tokio::test]
async fn a_silent_server_keeps_nobody_waiting_and_is_found_as_it_was() {
    let world = World::single(Storage::Configuration);
    world.lend([7]);
    world.found("host").await;
    world.clock.pass(Seconds(36_000));
    world.dhcp.silence(&server("kea1"));
    let answer = world.search("host").await;
    assert_eq!(addresses(&answer), ["192.0.2.7"]);
}

#[tokio::test]
async fn many_come_in_pages_and_the_best_first() {
    let world = World::single(Storage::Configuration);
    world.lend(1..=120);
    let noted = NewReservation { note: Some("where host-1 was".to_owned()), ..wanted(7, 200) };
    world.create(&noted).await.unwrap();
    let all = world.found("host-1").await;
    let answer = world.search("host-1").await;
    assert_eq!(
        (all[0].as_str(), answer.total, answer.more),
        ("192.0.2.1", 33, false),
        "host-1, host-10 to 19, 100 to 120"
    );
    assert_eq!(all.last().unwrap(), "192.0.2.200", "a note comes last");
    let matched = answer.hits.last().unwrap().matched.clone();
    assert_eq!(matched, Some(("note".to_owned(), "where host-1 was".to_owned())));
    assert_eq!(answer.hits[0].prefix.unwrap().to_string(), "192.0.2.0/24");

    let mut pages = Vec::new();
    for offset in [0, 50, 100] {
        let page = Box::pin(world.nestor.search.find(&ACTOR, "host", offset)).await.unwrap();
        assert_eq!((page.total, page.offset, page.more), (121, offset, offset < 100));
        pages.extend(addresses(&page));
    }
    assert_eq!(pages.len(), 121);
    pages.sort();
    pages.dedup();
    assert_eq!(pages.len(), 121, "nobody twice");
}

#[tokio::test]
async fn a_free_address_is_said_to_be_free_and_no_other() {
    let world = World::single(Storage::Configuration).with(&known(1, 9));
    world.lend([7]);
    let free = |answer: SearchAnswer| answer.free.map(|free| free.subnet.to_string());
    assert_eq!(free(world.search("192.0.2.77").await).as_deref(), Some("kea1/1"));
    for taken in ["192.0.2.7", "192.0.2.9", "192.0.2.0", "192.0.2.255", "203.0.113.1", "host"] {
        assert_eq!(free(world.search(taken).await), None, "{taken}");
    }
}

/// What a sweep leaves of a subnet is what a scan of the subnet alone would find.
#[tokio::test]
async fn a_sweep_shows_of_each_subnet_what_a_scan_of_it_shows() {
    let half = Subnet::of("kea1/3".parse().unwrap(), "192.0.2.0/25".parse().unwrap());
    let world = || World::single(Storage::Configuration).beside(&half);
    let fill = |world: &World| {
        world.lend([7, 8, 130]);
        world.dhcp.lease(&lease("kea1/3", 20));
        let reservation =
            |subnet: &str, client, last| Reservation { subnet: subnet.parse().unwrap(), ..known(client, last) };
        for known in [reservation("kea1/1", 1, 9), reservation("kea1/3", 2, 21), reservation("kea1/0", 3, 22)] {
            world.dhcp.put(&known, "");
        }
    };
    let (swept, scanned) = (world(), world());
    fill(&swept);
    fill(&scanned);
    swept.found("host").await;
    swept.count(&[]);
    for id in [1, 2, 3] {
        let key = SubnetKey { server: server("kea1"), id };
        let query = model::AddressQuery::default();
        let of_sweep = swept.nestor.subnets.addresses(&ACTOR, &key, &query).await.unwrap();
        let of_scan = scanned.nestor.subnets.addresses(&ACTOR, &key, &query).await.unwrap();
        assert_eq!(of_sweep.rows, of_scan.rows, "{key}");
        assert!(id == 2 || of_scan.rows.len() > 6, "{key}");
    }
    assert_eq!(swept.count(&["leases_in"]), 0, "it was not scanned");
}
