//! Whether promises were kept: what Kea holds, asked past everything of ours, what Nestor's history says of it, and what
//! the callers were answered.

use std::collections::{BTreeMap, HashSet};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::api_client::{Answer, ApiClient};
use super::lab::Kea;
use super::load::{Caller, Record};

/// How long a change may stay open after a sudden end. On `SQLite` it is settled at the start; on `PostgreSQL` a program
/// counts as running for 15 seconds after its last sign.
const SETTLED_WITHIN: Duration = Duration::from_secs(40);

/// Every reservation that Kea holds in its first subnet, by hardware address. No two share an address.
pub fn truth(kea: &Kea) -> BTreeMap<String, Record> {
    let answer = kea.command("reservation-get-all", &json!({ "subnet-id": 1 }));
    let hosts = answer["arguments"]["hosts"].as_array().cloned().unwrap_or_default();
    assert!(matches!(answer["result"].as_i64(), Some(0 | 3)), "{answer}");
    let mut addresses: HashSet<Ipv4Addr> = HashSet::new();
    let mut found = BTreeMap::new();
    for host in &hosts {
        let text = |key: &str| host[key].as_str().unwrap_or_else(|| panic!("a reservation without {key}: {host}"));
        let record = Record { address: text("ip-address").parse().unwrap(), host_name: text("hostname").to_owned() };
        assert!(addresses.insert(record.address), "{} has two owners", record.address);
        assert!(found.insert(text("hw-address").to_owned(), record).is_none(), "twice the same client: {host}");
    }
    found
}

/// Where Kea holds something else than a caller was promised. Of clients whose last answer never came nothing is said.
pub fn broken_promises<'a>(
    callers: impl IntoIterator<Item = &'a Caller>,
    truth: &BTreeMap<String, Record>,
) -> Vec<String> {
    let clients = callers.into_iter().flat_map(|caller| &caller.clients);
    let broken = clients.filter(|client| client.is_sure() && !client.may_have(truth.get(&client.mac)));
    broken
        .map(|client| format!("{}: promised {:?}, there is {:?}", client.mac, client.possible, truth.get(&client.mac)))
        .collect()
}

/// Waits until no change is open, unknown or not saved any more. What was not saved is saved, as an operator would.
pub async fn settle(api: &ApiClient) {
    let end = Instant::now() + SETTLED_WITHIN;
    loop {
        let query = json!({ "query": query(&json!({ "filter": "unsettled" })) });
        let left = match api.call("/api/changes/list", &query).await {
            Answer::Done(page) => page["changes"].as_array().unwrap().clone(),
            other => vec![json!(format!("{other:?}"))],
        };
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "{} changes are not settled: {}", left.len(), json!(left));
        if left.iter().any(|change| change["state"] == "not-saved") {
            api.call("/api/servers/save", &json!({ "server": "kea" })).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What became of clients whose last answer never came: once all is settled, Kea holds one of the things that may be.
pub fn find_out(callers: &mut [Caller], truth: &BTreeMap<String, Record>) {
    for client in callers.iter_mut().flat_map(|caller| &mut caller.clients) {
        let now = truth.get(&client.mac).cloned();
        assert!(client.may_have(now.as_ref()), "{}: may be {:?}, is {now:?}", client.mac, client.possible);
        client.possible = vec![now];
    }
}

/// Every change, the oldest first.
pub async fn history(api: &ApiClient) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let before = all.last().map_or(Value::Null, |last| last["number"].clone());
        let page = api.ask("/api/changes/list", &json!({ "query": query(&json!({ "before": before })) })).await;
        all.extend(page["changes"].as_array().unwrap().iter().cloned());
        if page["more"] != true {
            all.reverse();
            return all;
        }
    }
}

/// What history says that each client has: the last change that was made, and what it left.
pub fn last_made(history: &[Value]) -> BTreeMap<String, (i64, Option<Record>)> {
    let made = |change: &&Value| change["state"] == "done";
    let row = |change: &Value| {
        let mac = change["key"]["identifier"]["value"].as_str().unwrap().to_owned();
        (mac, (change["number"].as_i64().unwrap(), Record::of(&change["after"])))
    };
    history.iter().filter(made).map(row).collect()
}

/// The history explains everything that is there, and everything that was promised is in it.
pub fn explained(history: &[Value], truth: &BTreeMap<String, Record>, callers: &[Caller]) {
    for change in history {
        assert!(matches!(change["state"].as_str(), Some("done" | "refused")), "not settled: {change}");
    }
    let last = last_made(history);
    for (mac, record) in truth {
        let made = last.get(mac).and_then(|(_, made)| made.as_ref());
        assert_eq!(made, Some(record), "{mac} is not what its last change made it");
    }
    for (mac, (number, record)) in last.iter().filter(|(_, (_, record))| record.is_some()) {
        assert!(truth.contains_key(mac), "{mac}: change {number} made it {record:?}, and it is not there");
    }
    let by_number = |number: i64| history.iter().find(|change| change["number"] == number && change["state"] == "done");
    for (number, mac, after) in callers.iter().flat_map(|caller| &caller.acknowledged) {
        let change =
            by_number(*number).unwrap_or_else(|| panic!("change {number}, which was acknowledged, is not there"));
        let made = (change["key"]["identifier"]["value"].as_str(), Record::of(&change["after"]));
        assert_eq!(made, (Some(mac.as_str()), after.clone()), "change {number}, which was acknowledged");
    }
}

fn query(wanted: &Value) -> Value {
    let mut query = json!({ "filter": "all", "text": "" });
    query.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
    query
}
