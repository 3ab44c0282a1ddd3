//! What clients get, whatever way it is written and wherever it stands; of a real Kea, whose own answers to clients
//! were looked at for the order of the levels.

use std::net::IpAddr;

use crate::support::*;
use model::{OptionDatum, Subnet};
use serde_json::{Value, json};
use services::ports::Subnets;

async fn subnets(config: Value) -> Vec<Subnet> {
    let kea = Kea::start(config);
    fleet(&[("one", &kea)]).subnets(&name("one")).await.unwrap()
}

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn routers(data: &str) -> Value {
    json!({ "code": 3, "data": data })
}

/// A subnet with one pool, and more.
fn one(id: u8, pool: &Value, mut more: Value) -> Value {
    let subnet = more.as_object_mut().unwrap();
    let mut first = json!({ "pool": format!("10.0.{id}.10 - 10.0.{id}.20") });
    first.as_object_mut().unwrap().extend(pool.as_object().unwrap().clone());
    subnet.insert("id".to_owned(), id.into());
    subnet.insert("subnet".to_owned(), format!("10.0.{id}.0/24").into());
    subnet.insert("pools".to_owned(), json!([first]));
    more
}

#[tokio::test]
async fn octets_are_read_like_text() {
    let found = subnets(json!({
        "option-data": [{ "name": "domain-name-servers", "csv-format": false, "data": "0A 00 00 05" }],
        "subnet4": [one(1, &json!({}), json!({ "option-data": [
            { "code": 3, "csv-format": false, "data": "0A 00 01 01 0A 00 01 02" },
            { "code": 15, "csv-format": false, "data": "'example.test'" },
            { "code": 26, "csv-format": false, "data": "2328" },
            { "code": 42, "data": "10.0.1.9" },
            { "code": 222, "csv-format": false, "data": "0x01" },
        ] }))],
    }))
    .await;
    let subnet = &found[0];
    assert_eq!(
        (&subnet.routers, &subnet.dns_servers),
        (&addresses(&["10.0.1.1", "10.0.1.2"]), &addresses(&["10.0.0.5"]))
    );
    assert_eq!((subnet.domain_name.as_deref(), subnet.interface_mtu), (Some("example.test"), Some(9_000)));
    let values: Vec<_> = subnet.options.iter().map(|datum| (datum.code, datum.readable())).collect();
    assert!(values.contains(&(222, None)) && values.contains(&(6, Some("10.0.0.5".to_owned()))), "{values:?}");
    let wide = subnets(
        json!({ "subnet4": [one(1, &json!({}), json!({ "option-data": [{ "code": 26, "data": "0x5dc" }] }))] }),
    );
    assert_eq!(wide.await[0].interface_mtu, Some(1_500));
}

#[tokio::test]
async fn what_only_some_levels_say_is_found() {
    let class =
        |name: &str, test: &str, router: &str| json!({ "name": name, "test": test, "option-data": [routers(router)] });
    let mut added = class("added", "", "10.0.9.4");
    added.as_object_mut().unwrap().remove("test");
    let found = subnets(json!({
        "client-classes": [class("guard", "member('KNOWN') or member('UNKNOWN')", "10.0.9.3"), class("some", "member('KNOWN')", "10.0.1.77"), added],
        "option-data": [routers("10.0.9.1")],
        "subnet4": [
            one(1, &json!({}), json!({})),
            one(2, &json!({ "option-data": [routers("10.0.2.1")] }), json!({ "option-data": [routers("10.0.2.2")] })),
            one(3, &json!({}), json!({ "client-classes": ["guard"] })),
            one(4, &json!({}), json!({ "evaluate-additional-classes": ["added"] })),
            one(5, &json!({}), json!({ "client-classes": ["guard", "some"] })),
            one(6, &json!({}), json!({ "client-classes": ["guard"], "option-data": [routers("10.0.6.2")] })),
            one(7, &json!({ "evaluate-additional-classes": ["added"] }), json!({})),
        ],
    }))
    .await;
    let shown: Vec<_> = found.iter().map(|subnet| subnet.routers[0].to_string()).collect();
    let expected = ["10.0.9.1", "10.0.2.1", "10.0.9.3", "10.0.9.4", "10.0.9.1", "10.0.6.2", "10.0.9.4"];
    assert_eq!(shown, expected);
    assert!(found[0].has_router([10, 0, 1, 77].into()), "a class names it, to some");
    assert!(found[1].has_router([10, 0, 2, 1].into()));
    let all = subnets(json!({
        "client-classes": [class("all", "member( 'ALL' )", "10.0.9.3")],
        "option-data": [routers("10.0.9.1")], "subnet4": [one(1, &json!({}), json!({}))],
    }));
    assert_eq!(all.await[0].routers, addresses(&["10.0.9.3"]));
}

#[tokio::test]
async fn a_router_of_a_route_is_a_router_too() {
    let found = subnets(json!({ "subnet4": [
        one(1, &json!({}), json!({ "option-data": [
            { "code": 121, "data": "0.0.0.0/0 - 10.0.1.1, 10.9.0.0/16 - 10.0.1.2" },
            { "code": 249, "csv-format": false, "data": "080A0A000103" },
            { "name": "static-routes", "data": "10.0.1.77,10.0.1.4" },
        ] })),
        one(2, &json!({}), json!({ "option-data": [routers("10.0.2.1"), { "code": 121, "csv-format": false, "data": "000A000202" }] })),
    ] }))
    .await;
    assert_eq!(found[0].routers, addresses(&["10.0.1.1"]));
    assert_eq!(found[0].other_routers, addresses(&["10.0.1.2", "10.0.1.3", "10.0.1.4"]));
    assert_eq!((&found[1].routers, &found[1].other_routers), (&addresses(&["10.0.2.1"]), &addresses(&["10.0.2.2"])));
}

#[tokio::test]
async fn what_pools_do_not_agree_on_comes_from_the_subnet() {
    let two = |first: Value, second: Value, of_subnet: Value| {
        let mut subnet = one(1, &first, of_subnet);
        let mut other = json!({ "pool": "10.0.1.128/26" });
        other.as_object_mut().unwrap().extend(second.as_object().unwrap().clone());
        subnet["pools"].as_array_mut().unwrap().push(other);
        json!({ "subnet4": [subnet] })
    };
    let with = |router: &str| json!({ "option-data": [routers(router)] });
    let cases = [
        (two(with("10.0.1.1"), with("10.0.1.2"), with("10.0.1.3")), vec!["10.0.1.3"]),
        (two(with("10.0.1.1"), with("10.0.1.1"), with("10.0.1.3")), vec!["10.0.1.1"]),
        (two(with("10.0.1.1"), json!({}), json!({})), vec!["10.0.1.1"]),
        (two(with("10.0.1.1"), with("10.0.1.2"), json!({})), vec![]),
    ];
    for (config, expected) in cases {
        let subnet = subnets(config).await.remove(0);
        assert_eq!(subnet.routers, addresses(&expected));
        assert!(subnet.has_router([10, 0, 1, 1].into()), "a pool’s router is a router");
    }
}

#[tokio::test]
async fn what_is_never_sent_is_shown_and_does_not_count() {
    let never = |code: u16| json!({ "code": code, "never-send": true });
    let found = subnets(json!({
        "option-data": [never(26)],
        "subnet4": [one(1, &json!({}), json!({ "option-data": [never(3), { "code": 26, "data": "1400" }] }))],
    }))
    .await;
    let subnet = &found[0];
    assert_eq!((&subnet.routers, &subnet.other_routers, subnet.interface_mtu), (&vec![], &vec![], None));
    let flags: Vec<_> = subnet.options.iter().map(|OptionDatum { code, never, .. }| (*code, *never)).collect();
    assert_eq!(flags, [(3, true), (26, true)]);
}

#[tokio::test]
async fn the_same_holds_for_ipv6() {
    let kea = Kea::start6(json!({
        "option-data": [
            { "code": 24, "csv-format": false, "data": "0161047465737400" },
            { "name": "ntp-server", "data": "" },
            { "code": 1, "space": "v6-ntp-server-suboptions", "csv-format": false, "data": "20010DB8000000000000000000000009" },
        ],
        "subnet6": [{ "id": 1, "subnet": "2001:db8:1::/64", "pools": [{ "pool": "2001:db8:1::100 - 2001:db8:1::1ff",
            "option-data": [{ "code": 23, "csv-format": false, "data": "20010DB8000000000000000000000001" }] }] }],
    }));
    let subnet = fleet6(&kea).subnets(&name("one")).await.unwrap().remove(0);
    assert_eq!(subnet.dns_servers, addresses(&["2001:db8::1"]));
    assert_eq!(subnet.ntp_servers, addresses(&["2001:db8::9"]));
    assert_eq!(subnet.domain_name.as_deref(), Some("a.test"));
}

#[tokio::test]
async fn what_is_for_a_class_is_everybodys_only_where_everybody_is_of_it() {
    let tagged = |router: &str, class: &str| json!({ "code": 3, "data": router, "client-classes": [class] });
    let options = |all: Value| json!({ "option-data": all });
    let mut guarded = options(json!([tagged("10.0.4.2", "guard")]));
    guarded["client-classes"] = json!(["guard"]);
    let found = subnets(json!({
        "client-classes": [{ "name": "some", "test": "member('KNOWN')" }, { "name": "guard", "test": "member('UNKNOWN')" }],
        "option-data": [routers("10.0.9.1")],
        "subnet4": [
            one(1, &json!({}), options(json!([tagged("10.0.1.2", "some")]))),
            one(2, &json!({}), options(json!([routers("10.0.2.3"), tagged("10.0.2.2", "some")]))),
            one(3, &json!({}), options(json!([routers("10.0.3.3"), tagged("10.0.3.2", "ALL")]))),
            one(4, &json!({}), guarded),
            one(5, &options(json!([tagged("10.0.5.2", "some")])), json!({})),
        ],
    }))
    .await;
    let told: Vec<_> = found.iter().map(|subnet| subnet.routers[0].to_string()).collect();
    assert_eq!(told, ["10.0.9.1", "10.0.2.3", "10.0.3.2", "10.0.4.2", "10.0.9.1"]);
    for (subnet, address) in found.iter().zip(["10.0.1.2", "10.0.2.2", "10.0.3.2", "10.0.4.2", "10.0.5.2"]) {
        assert!(subnet.has_router(address.parse().unwrap()), "{address} is somebody’s router");
    }
    let shown = found[1].options.iter().map(|datum| (datum.data.as_str(), datum.client_classes.concat()));
    assert!(shown.eq([("10.0.2.3", String::new()), ("10.0.2.2", "some".to_owned())]), "{:?}", found[1].options);
}
