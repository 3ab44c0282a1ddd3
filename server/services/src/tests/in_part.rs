//! What cannot be had of one subnet or server takes nothing of the others away, and is said beside it.

use model::{Storage, Subnet, SubnetKey, Suggestion};

use super::world::{ACTOR, World, known, server, wanted};
use crate::testing::Fault;
use crate::{Error, Result};

fn key(text: &str) -> SubnetKey {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_export_has_the_rest_and_says_what_is_missing() {
    let world = World::single(Storage::Configuration).with(&known(1, 9));
    world.hear_of_subnets().await;
    // By prefix: 192.0.2.0/24, then the other subnet.
    world.dhcp.fault(&server("kea1"), "reservations_in", 2, Fault::Refuses("identifier is too short"));
    let table = world.nestor.csv_import.export(&ACTOR, None).await.unwrap();
    assert!(table.contains("192.0.2.9"), "{table}");
    let remarks: Vec<_> = table.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(remarks, ["# not in this table: 198.51.100.0/24 of “kea1”: The DHCP server “kea1” refused."]);
    let checked = world.nestor.csv_import.check(&ACTOR, &table, None).await.unwrap();
    assert_eq!(checked.rows.len(), 1, "remarks are no rows: {checked:?}");
}

#[tokio::test]
async fn a_page_and_a_search_have_the_rest_where_reservations_are_refused() {
    let world = World::single(Storage::Configuration).with(&known(1, 9));
    world.hear_of_subnets().await;
    world.dhcp.fault(&server("kea1"), "reservations_in", 1, Fault::Refuses("identifier is too short"));
    // With the page begins a sweep, which reads those of every subnet at once.
    world.dhcp.fault(&server("kea1"), "all_reservations", 1, Fault::Refuses("identifier is too short"));
    let page = world.nestor.subnets.addresses(&ACTOR, &key("kea1/1"), &model::AddressQuery::default()).await.unwrap();
    assert_eq!(page.unseen.len(), 1);
    assert!(page.unseen[0].text.starts_with("A part of the list is missing."), "{page:?}");
    // What decides does not take for whole what they left behind.
    for subnet in ["kea1/1", "kea1/2"] {
        let refused = suggested(&world, subnet).await;
        assert!(matches!(refused, Err(Error::Refused { .. })), "{subnet}: {refused:?}");
    }
}

#[tokio::test]
async fn no_address_is_suggested_where_reservations_are_refused() {
    // In the scan of the subnet; and where that shows an address free, at the look at this one.
    for method in ["reservations_in", "reservations_at"] {
        let world = World::single(Storage::Configuration);
        world.dhcp.fault(&server("kea1"), method, 1, Fault::Refuses("identifier is too short"));
        let refused = suggested(&world, "kea1/2").await;
        assert!(matches!(refused, Err(Error::Refused { .. })), "{method}: {refused:?}");
        assert_eq!(world.nestor.blacklist.list(&ACTOR).await.unwrap(), [], "{method}: nothing is held for it");
    }
}

async fn suggested(world: &World, subnet: &str) -> Result<Suggestion> {
    let (caller, subnet) = ((&ACTOR).into(), key(subnet));
    Box::pin(world.nestor.allocation.suggest(&caller, &subnet, None, None)).await
}

/// `kea1` with two partners, of which `kea2` has its subnet, and `kea3` is silent.
fn hub() -> World {
    let world = World::pair(Storage::Configuration).with(&known(1, 9));
    let there = Subnet::of(key("kea3/4"), "198.51.100.0/24".parse().unwrap());
    world.dhcp.add_server(&server("kea3"), Storage::Configuration, vec![there]);
    world.dhcp.pair(&server("kea1"), &server("kea3"));
    world
}

#[tokio::test]
async fn a_comparison_names_the_partner_that_does_not_answer() {
    let world = hub();
    world.dhcp.silence(&server("kea3"));
    world.create(&wanted(2, 10)).await.unwrap();
    world.dhcp.take(&super::world::there(&known(2, 10)));
    let found = world.nestor.servers.drift(&ACTOR, &server("kea1")).await.unwrap();
    let compared: Vec<_> = found.iter().filter(|drift| drift.problem.is_none()).collect();
    assert_eq!((compared.len(), compared[0].right.to_string()), (1, "kea2/7".to_owned()), "{found:?}");
    assert!(compared[0].missing_on.is_empty(), "nobody knows what kea3 has: {found:?}");
    let silent: Vec<_> = found.iter().filter_map(|drift| drift.problem.as_ref()).collect();
    assert_eq!(silent.len(), 1, "once, whatever it is asked for: {found:?}");
    assert!(silent[0].text.contains("kea3"), "{silent:?}");
}

#[tokio::test]
async fn a_comparison_goes_on_past_a_subnet_that_cannot_be_read() {
    let world = hub();
    world.dhcp.fault(&server("kea2"), "reservations_in", 1, Fault::Refuses("identifier is too short"));
    let found = world.nestor.servers.drift(&ACTOR, &server("kea1")).await.unwrap();
    let problems: Vec<_> =
        found.iter().filter_map(|drift| Some((drift.right.to_string(), drift.problem.as_ref()?))).collect();
    assert_eq!(problems.len(), 1, "{found:?}");
    assert_eq!(problems[0].0, "kea2/7");
}

#[tokio::test]
async fn a_client_of_a_subnet_that_is_gone_is_found_and_leads_to_no_page() {
    let world = World::single(Storage::Database);
    world.hear_of_subnets().await;
    let stray = model::Reservation { subnet: key("kea1/9"), ..super::world::in_database(&known(1, 9)) };
    world.dhcp.put(&stray, "");
    let answer = world.nestor.search.find(&ACTOR, "02:00:00:00:00:01", 0).await.unwrap();
    assert_eq!(answer.clients.len(), 1);
    assert_eq!(answer.gone, [key("kea1/9")]);
    world.dhcp.put(&super::world::in_database(&known(2, 10)), "");
    let answer = world.nestor.search.find(&ACTOR, "02:00:00:00:00:02", 0).await.unwrap();
    assert_eq!((answer.clients.len(), answer.gone), (1, vec![]));
}
