//! The contract before a real Kea: unused addresses.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use std::collections::HashSet;
use std::net::Ipv4Addr;

use axum::http::Method;
use serde_json::{Value, json};
use support::{Proxy, kea, lease};

const UNUSED: &str = "/dhcp/192.0.2.0/unused_ip";

async fn unused(proxy: &Proxy, query: &str) -> Value {
    let answer = proxy.get(&format!("{UNUSED}?{query}")).await.json();
    assert_eq!(answer.as_object().unwrap().len(), 1);
    answer["ip"].clone()
}

#[tokio::test]
async fn no_address_is_named_twice_until_none_is_left() {
    let kea = kea();
    lease(&kea, "192.0.2.50", "02:00:00:00:00:0b", "");
    let proxy = Proxy::before(Some(&kea)).await;
    proxy.post("/dhcp/192.0.2.0", "name=a&mac=2:0:0:0:0:a&ip=192.0.2.51").await.is_made();
    let mut seen = HashSet::new();
    for _ in 52..=56 {
        let ip: Ipv4Addr = unused(&proxy, "from=192.0.2.50&to=192.0.2.56").await.as_str().unwrap().parse().unwrap();
        assert!((52..=56).contains(&ip.octets()[3]) && seen.insert(ip), "{ip}");
    }
    assert_eq!(unused(&proxy, "from=192.0.2.50&to=192.0.2.56").await, Value::Null);
    let other: Ipv4Addr = unused(&proxy, "").await.as_str().unwrap().parse().unwrap();
    assert!(other.octets()[3] >= 100, "without a range the pool is looked into");
}

#[tokio::test]
async fn two_who_ask_at_once_get_two_addresses() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let query = "from=192.0.2.60&to=192.0.2.61";
    let (one, other) = tokio::join!(unused(&proxy, query), unused(&proxy, query));
    assert!(one.is_string() && other.is_string() && one != other, "{one} {other}");
}

#[tokio::test]
async fn a_client_is_told_its_own_address_where_it_is_in_range() {
    let kea = kea();
    lease(&kea, "192.0.2.120", "02:00:00:00:00:0b", "");
    let proxy = Proxy::before(Some(&kea)).await;
    proxy.post("/dhcp/192.0.2.0", "name=a&mac=2:0:0:0:0:a&ip=192.0.2.10").await.is_made();
    for _ in 0..2 {
        assert_eq!(unused(&proxy, "mac=02:00:00:00:00:0A").await, "192.0.2.10");
        assert_eq!(unused(&proxy, "mac=02:00:00:00:00:0b").await, "192.0.2.120");
    }
    let elsewhere = unused(&proxy, "mac=2:0:0:0:0:a&from=192.0.2.30&to=192.0.2.30").await;
    assert_eq!(elsewhere, "192.0.2.30");
}

#[tokio::test]
async fn ranges_are_checked_when_both_ends_are_given() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let refused = async |query: &str, text: &str| proxy.get(&format!("{UNUSED}?{query}")).await.is_refused(400, text);
    refused("from=192.0.2.5&to=192.0.3.5", "Range does not belong to provided subnet").await;
    refused("from=203.0.113.1&to=203.0.113.5", "Range does not belong to provided subnet").await;
    refused("from=192.0.2.5&to=five", "Invalid IP Address five").await;
    let reversed = "192.0.2.4 can't be lower IP address than 192.0.2.5 - change the order?";
    refused("from=192.0.2.5&to=192.0.2.4", reversed).await;
    assert!(unused(&proxy, "from=five").await.is_string());
    assert_eq!(unused(&proxy, "from=192.0.2.255&to=192.0.2.255").await, Value::Null);
    assert_eq!(unused(&proxy, "from=192.0.2.0&to=192.0.2.2").await, "192.0.2.2", "the gateway is nobody's");
}

#[tokio::test]
async fn a_subnet_without_a_pool_needs_a_range() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let small = async |query: &str| proxy.get(&format!("/dhcp/198.51.100.0/unused_ip?{query}")).await.json();
    assert_eq!(small("").await, json!({ "ip": null }));
    assert!(small("from=198.51.100.0&to=198.51.100.3").await["ip"].is_string());
}

#[tokio::test]
async fn what_is_held_bears_the_callers_address() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let ip = unused(&proxy, "mac=2:0:0:0:0:c&from=192.0.2.40&to=192.0.2.40").await;
    let holds = proxy.services.blacklist.list(&services::Actor::System).await.unwrap();
    assert_eq!(holds.len(), 1);
    assert_eq!((json!(holds[0].key.address), holds[0].holder.as_str()), (ip, "Foreman (127.0.0.1)"));
    proxy.post("/dhcp/192.0.2.0", "name=c&mac=2:0:0:0:0:c&ip=192.0.2.40").await.is_made();
    assert!(proxy.services.blacklist.list(&services::Actor::System).await.unwrap().is_empty());
    let head = proxy.send(Method::HEAD, UNUSED, None).await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
}
