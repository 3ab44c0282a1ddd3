//! What a real Kea says of its subnets.

use std::time::{Duration, Instant};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::*;
use futures::future::join_all;
use model::{IdentifierKind, OptionDatum, ReservationRules};
use serde_json::{Value, json};
use services::Error;
use services::ports::Subnets;

#[tokio::test]
async fn a_server_that_says_nothing_has_the_usual_rules() {
    let kea = Kea::with_one_subnet();
    let subnets = fleet(&[("one", &kea)]).subnets(&name("one")).await.unwrap();
    assert_eq!(subnets[0].rules, ReservationRules::default());
}

#[tokio::test]
async fn what_a_subnet_does_not_say_it_has_from_its_network_or_the_server() {
    let subnet = |id: u32, more: Value| {
        let mut subnet = json!({ "id": id, "subnet": format!("10.0.{id}.0/24") });
        subnet.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
        subnet
    };
    let network = json!({
        "name": "floor", "match-client-id": true, "reservations-out-of-pool": true, "next-server": "10.0.0.2",
        "boot-file-name": "of-network", "option-data": [{ "name": "routers", "data": "10.0.0.1" }],
        "subnet4": [
            subnet(1, json!({})),
            subnet(2, json!({ "match-client-id": false, "reservations-in-subnet": true, "reservations-out-of-pool": false,
                "boot-file-name": "its-own", "option-data": [{ "code": 3, "data": "10.0.2.1", "always-send": true }] })),
        ],
    });
    let kea = Kea::start(json!({
        "host-reservation-identifiers": ["client-id", "flex-id"], "match-client-id": false,
        "reservations-in-subnet": false, "next-server": "10.0.0.3", "boot-file-name": "of-server",
        "option-data": [{ "name": "routers", "data": "10.9.9.9" }],
        "shared-networks": [network], "subnet4": [subnet(3, json!({}))],
    }));
    let subnets = fleet(&[("one", &kea)]).subnets(&name("one")).await.unwrap();
    let said: Vec<_> = subnets
        .iter()
        .map(|subnet| {
            let rules = &subnet.rules;
            assert_eq!(rules.identifiers, [IdentifierKind::ClientId, IdentifierKind::FlexId]);
            let rules = (rules.match_client_id, rules.in_subnet, rules.out_of_pool);
            (rules, subnet.next_server.unwrap().octets()[3], subnet.boot_file_name.as_deref().unwrap())
        })
        .collect();
    let expected = [
        ((true, false, true), 2, "of-network"),
        ((false, true, false), 2, "its-own"),
        ((false, false, false), 3, "of-server"),
    ];
    assert_eq!(said, expected);
    let router = |data: &str, always| OptionDatum { name: "routers".into(), always, ..option(3, data) };
    let routers: Vec<_> = subnets.iter().map(|subnet| subnet.options[0].clone()).collect();
    assert_eq!(routers, [router("10.0.0.1", false), router("10.0.2.1", true), router("10.9.9.9", false)]);
    assert!(subnets.iter().all(|subnet| subnet.options.len() == 1));
}

#[tokio::test]
async fn those_who_wait_for_a_silent_server_give_up_together() {
    let kea = Kea::with_one_subnet();
    let proxy = FaultProxy::before(kea.port()).await;
    let fleet = fleet_of(vec![("one", client(&kea, &proxy.url(), impatient()))]);
    let server = name("one");
    proxy.set_on("stat-lease4-get", Fault::Silence);
    let begun = Instant::now();
    let outcomes = join_all((0..6).map(|_| fleet.utilization(&server))).await;
    // One after the other would take six times as long.
    assert!(begun.elapsed() < impatient().read + Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Error::Unreachable { .. }))), "{outcomes:?}");
    proxy.set(Fault::None);
    assert_eq!(fleet.utilization(&server).await.unwrap().len(), 1, "whoever asks later asks the server");
}

#[tokio::test]
async fn names_and_comments_of_other_tools_are_read() {
    let kea = Kea::start(json!({ "subnet4": [
        { "id": 1, "subnet": "10.0.1.0/24", "user-context": { "subnet-name": "bld1-vlan20", "comment": "rack 3" } },
        { "id": 2, "subnet": "10.0.2.0/24", "comment": "Reception printers" },
        { "id": 3, "subnet": "10.0.3.0/24", "user-context": { "description": "IP cameras", "name": ["odd"] } },
    ] }));
    let subnets = fleet(&[("one", &kea)]).subnets(&name("one")).await.unwrap();
    let said: Vec<_> = subnets.iter().map(|subnet| (subnet.name.as_deref(), subnet.comment.as_deref())).collect();
    let expected =
        [(Some("bld1-vlan20"), Some("rack 3")), (Some("Reception printers"), None), (Some("IP cameras"), None)];
    assert_eq!(said, expected);
}
