//! The contract before a real Kea: unused addresses.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Kea, Proxy, kea, lease};
use axum::http::Method;
use model::{CallOutcome, CallQuery, ForemanCall, Why};
use serde_json::{Value, json};
use services::ports::{Answered, PingError, Pinger, Presence};

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
async fn a_client_gets_its_own_address_where_it_is_in_range() {
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
async fn the_ends_of_a_range_are_checked() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let refused = async |query: &str, text: &str| proxy.get(&format!("{UNUSED}?{query}")).await.is_refused(400, text);
    refused("from=192.0.2.5&to=192.0.3.5", "Range does not belong to provided subnet").await;
    refused("from=203.0.113.1&to=203.0.113.5", "Range does not belong to provided subnet").await;
    refused("from=192.0.2.5&to=five", "Invalid IP Address five").await;
    let reversed = "192.0.2.5 can't be lower IP address than 192.0.2.4 - change the order?";
    refused("from=192.0.2.5&to=192.0.2.4", reversed).await;
    refused("from=five", "Invalid IP Address five").await;
    assert!(unused(&proxy, "from=").await.is_string(), "it says nothing");
    assert_eq!(unused(&proxy, "to=192.0.2.1").await, Value::Null, "one end alone is heeded");
    assert_eq!(unused(&proxy, "from=192.0.2.254").await, "192.0.2.254");
    assert_eq!(unused(&proxy, "from=192.0.2.199").await, "192.0.2.199", "to the end of the pool");
    assert_eq!(unused(&proxy, "from=192.0.2.199").await, Value::Null);
    assert_eq!(unused(&proxy, "from=192.0.2.255&to=192.0.2.255").await, Value::Null);
    assert_eq!(unused(&proxy, "from=192.0.2.0&to=192.0.2.2").await, "192.0.2.2", "the gateway is never free");
}

#[tokio::test]
async fn a_subnet_without_a_pool_is_looked_through() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let small = async |query: &str| proxy.get(&format!("/dhcp/198.51.100.0/unused_ip?{query}")).await.json();
    let mut given =
        [small("").await, small("from=198.51.100.0&to=198.51.100.3").await].map(|found| found["ip"].clone());
    given.sort_by_key(Value::to_string);
    assert_eq!(given, ["198.51.100.1", "198.51.100.2"]);
    assert_eq!(small("").await, json!({ "ip": null }));
    let entry = proxy.get("/dhcp").await.json()[1].clone();
    assert_eq!(entry["options"]["range"], json!(["198.51.100.1", "198.51.100.2"]));
}

#[tokio::test]
async fn where_reserved_addresses_are_outside_of_pools_foreman_gets_such() {
    let kea = Kea::start(json!({ "reservations-out-of-pool": true, "subnet4": [
        { "id": 7, "subnet": "203.0.113.0/28", "pools": [{ "pool": "203.0.113.3-203.0.113.12" }] },
    ] }));
    let proxy = Proxy::before(Some(&kea)).await;
    assert_eq!(proxy.get("/dhcp").await.json()[0]["options"]["range"], json!(["203.0.113.1", "203.0.113.2"]));
    let mut given = HashSet::new();
    for mac in ['a', 'b', 'c', 'd'] {
        let found = proxy.get("/dhcp/203.0.113.0/unused_ip").await.json()["ip"].as_str().unwrap().to_owned();
        proxy.post("/dhcp/203.0.113.0", &format!("name={mac}&mac=2:0:0:0:0:{mac}&ip={found}")).await.is_made();
        given.insert(found);
    }
    assert_eq!(given, ["1", "2", "13", "14"].map(|last| format!("203.0.113.{last}")).into());
    assert_eq!(proxy.get("/dhcp/203.0.113.0/unused_ip").await.json(), json!({ "ip": null }));
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

/// The newest call, as the ledger keeps it.
async fn last_call(proxy: &Proxy) -> ForemanCall {
    let page = proxy.services.ledger.list(&services::Actor::System, &CallQuery::default()).await.unwrap();
    page.calls.into_iter().next().unwrap()
}

fn said(call: &ForemanCall) -> &str {
    let first = call.why.first();
    first.and_then(|why| if let Why::Said(text) = why { Some(text.as_str()) } else { None }).unwrap_or_default()
}

#[tokio::test]
async fn what_was_freed_a_moment_ago_is_given_out() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    lease(&kea, "192.0.2.70", "02:00:00:00:00:0b", "");
    let query = "from=192.0.2.70&to=192.0.2.70";
    assert_eq!(unused(&proxy, query).await, Value::Null);
    let exhausted = last_call(&proxy).await;
    assert_eq!((exhausted.outcome, exhausted.status), (CallOutcome::Exhausted, 200));
    assert_eq!(said(&exhausted), "the only address is not free: 1 leased");
    assert_eq!(kea.command("lease4-del", &json!({ "ip-address": "192.0.2.70" }))["result"], 0);
    assert_eq!(unused(&proxy, query).await, "192.0.2.70");
    let found = last_call(&proxy).await;
    assert_eq!((found.answer.as_str(), said(&found)), ("192.0.2.70", "chosen at random from 1 free of 1 addresses"));
}

#[tokio::test]
async fn what_kea_gave_away_behind_our_back_is_passed_over() {
    let kea = kea();
    let proxy = Proxy::before(Some(&kea)).await;
    let query = "from=192.0.2.80&to=192.0.2.83";
    assert!(unused(&proxy, query).await.is_string(), "a snapshot of the subnet was taken");
    for last in 80..=83 {
        lease(&kea, &format!("192.0.2.{last}"), &format!("02:00:00:00:00:{last}"), "");
    }
    assert_eq!(unused(&proxy, query).await, Value::Null);
    assert!(said(&last_call(&proxy).await).contains("4 leased"), "{:?}", last_call(&proxy).await);
}

#[tokio::test]
async fn a_range_from_the_first_pool_to_the_last_means_the_pools() {
    let pools = json!([{ "pool": "203.0.113.10-203.0.113.11" }, { "pool": "203.0.113.32/31" }]);
    let kea = Kea::start(json!({ "subnet4": [{ "id": 7, "subnet": "203.0.113.0/24", "pools": pools }] }));
    let proxy = Proxy::before(Some(&kea)).await;
    let range = &proxy.get("/dhcp").await.json()[0]["options"]["range"];
    assert_eq!(*range, json!(["203.0.113.10", "203.0.113.33"]));
    let mut given = HashSet::new();
    for _ in 0..4 {
        let found = proxy.get("/dhcp/203.0.113.0/unused_ip?from=203.0.113.10&to=203.0.113.33").await.json();
        given.insert(found["ip"].as_str().unwrap().to_owned());
    }
    let pools = ["203.0.113.10", "203.0.113.11", "203.0.113.32", "203.0.113.33"];
    assert_eq!(given, pools.map(str::to_owned).into());
    let none = proxy.get("/dhcp/203.0.113.0/unused_ip?from=203.0.113.10&to=203.0.113.33").await.json();
    assert_eq!(none["ip"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_one_each_until_there_are_no_more() {
    let kea = kea();
    let proxy = Arc::new(Proxy::before(Some(&kea)).await);
    let callers: Vec<_> = (0..160)
        .map(|_| {
            let proxy = proxy.clone();
            tokio::spawn(async move { unused(&proxy, "").await })
        })
        .collect();
    let (mut given, mut none) = (HashSet::new(), 0);
    for caller in callers {
        match caller.await.unwrap() {
            Value::Null => none += 1,
            ip => assert!(given.insert(ip.as_str().unwrap().to_owned()), "{ip} was given out twice"),
        }
    }
    assert_eq!((given.len(), none), (100, 60), "the pool has 100 addresses");
}

/// Answers for some addresses; the real one is tried out in network namespaces of its own.
struct Neighbours {
    answering: Vec<Ipv4Addr>,
    looked_at: Mutex<Vec<Ipv4Addr>>,
}

#[async_trait::async_trait]
impl Pinger for Neighbours {
    async fn look(&self, address: Ipv4Addr) -> Result<Presence, PingError> {
        self.looked_at.lock().unwrap().push(address);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let there = self.answering.contains(&address);
        Ok(if there { Presence::Answers(Answered::Echo) } else { Presence::Silent })
    }
}

#[tokio::test]
async fn an_address_that_answers_is_never_suggested() {
    let kea = kea();
    let answering: Vec<Ipv4Addr> = (40..=45).map(|last| [192, 0, 2, last].into()).collect();
    let neighbours = Arc::new(Neighbours { answering, looked_at: Mutex::default() });
    let proxy = Proxy::looking(Some(&kea), Some(neighbours.clone())).await;
    let query = "from=192.0.2.40&to=192.0.2.46";
    assert_eq!(unused(&proxy, query).await, "192.0.2.46");
    let call = last_call(&proxy).await;
    let passed = call.why.iter().filter(|why| matches!(why, Why::PassedOver { because, .. } if because == "answering"));
    assert_eq!(passed.count(), 6);
    let holds = proxy.services.blacklist.list(&services::Actor::System).await.unwrap();
    assert_eq!(holds.len(), 7, "those that answer stay held: they would answer the next caller too");
    let strangers =
        holds.iter().filter(|hold| hold.purpose.as_deref() == Some("a device without a lease answers there"));
    assert_eq!(strangers.count(), 6);
    assert_eq!(unused(&proxy, query).await, Value::Null);
    assert_eq!(neighbours.looked_at.lock().unwrap().len(), 7, "a held address is not tried out again");
}

#[tokio::test]
async fn surplus_candidates_are_let_go() {
    let kea = kea();
    let neighbours = Arc::new(Neighbours { answering: Vec::new(), looked_at: Mutex::default() });
    let proxy = Proxy::looking(Some(&kea), Some(neighbours)).await;
    assert!(unused(&proxy, "").await.is_string());
    assert_eq!(proxy.services.blacklist.list(&services::Actor::System).await.unwrap().len(), 1);
}
