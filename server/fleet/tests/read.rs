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
    assert_eq!(fleet.utilization(&server).await.unwrap().len(), 1, "a later caller asks the server");
}

#[tokio::test]
async fn what_decides_is_read_on_every_level() {
    let kea = Kea::start6(json!({
        "client-classes": [{ "name": "a" }, { "name": "b" }, { "name": "c" }, { "name": "d" }],
        "shared-networks": [{
            "name": "n", "comment": "of the network", "client-classes": ["a", "b"], "evaluate-additional-classes": ["c"],
            "relay": { "ip-addresses": ["2001:db8::7"] },
            "subnet6": [{
                "id": 1, "subnet": "2001:db8:1::/64", "client-classes": ["b"], "evaluate-additional-classes": ["d"],
                "relay": { "ip-addresses": ["2001:db8::8"] }, "interface-id": "port-7",
                "pools": [{ "pool": "2001:db8:1::10 - 2001:db8:1::20", "user-context": { "name": "Lab" },
                    "evaluate-additional-classes": ["d"] }],
                "pd-pools": [{ "prefix": "2001:db8:8200::", "prefix-len": 40, "delegated-len": 62, "client-classes": ["b"],
                    "excluded-prefix": "2001:db8:8200:3::", "excluded-prefix-len": 64, "comment": "Homes" }],
            }],
        }],
    }));
    let subnet = fleet6(&kea).subnets(&name("one")).await.unwrap().remove(0);
    let relays: Vec<_> = subnet.relays.iter().map(ToString::to_string).collect();
    assert_eq!(relays, ["2001:db8::8", "2001:db8::7"]);
    assert_eq!(
        (&subnet.client_classes[..], &subnet.network_classes[..]),
        (&["b".to_owned()][..], &["a".to_owned(), "b".to_owned()][..])
    );
    assert_eq!(subnet.additional_classes, ["d", "c"]);
    assert_eq!((subnet.interface, subnet.interface_id.as_deref()), (None, Some("port-7")));
    assert_eq!(subnet.network_labels.name.as_deref(), Some("of the network"));
    let (pool, prefixes) = (&subnet.pools[0], &subnet.prefix_pools[0]);
    assert_eq!(
        (pool.settings.labels.name.as_deref(), &pool.settings.additional_classes[..]),
        (Some("Lab"), &["d".to_owned()][..])
    );
    assert_eq!(prefixes.excluded.map(|prefix| prefix.to_string()).as_deref(), Some("2001:db8:8200:3::/64"));
    assert_eq!(
        (prefixes.settings.labels.name.as_deref(), &prefixes.settings.client_classes[..]),
        (Some("Homes"), &["b".to_owned()][..])
    );
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
