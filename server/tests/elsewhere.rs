//! What is outside of a subnet and counts in it: global reservations, subnets that overlap, shared networks; on the real
//! Kea.

use serde_json::{Value, json};

use crate::support::load::Record;
use crate::support::{Kea, Nestor, dhcp_client};

const ALICE: &str = "02:00:00:00:00:0a";
const BOB: &str = "02:00:00:00:00:0b";

/// Nestor before a Kea, and a user who may change reservations.
struct Site {
    kea: Kea,
    nestor: Nestor,
    cookie: String,
}

impl Site {
    async fn before(dhcp4: Value) -> Self {
        let kea = Kea::start(dhcp4);
        let nestor = Nestor::before(&kea);
        let cookie = nestor.sign_in("operator").await;
        Self { kea, nestor, cookie }
    }

    async fn ask(&self, path: &str, arguments: Value) -> (u16, Value) {
        self.nestor.call(&format!("/api/{path}"), &arguments, &self.cookie).await
    }

    async fn done(&self, path: &str, arguments: Value) -> Value {
        let (status, answer) = self.ask(path, arguments).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// What the verdict says, worst first: severity and text.
    async fn verdict(&self, new: &Value) -> Vec<(String, String)> {
        let found = self.done("reservations/verdict", json!({ "new": new, "replacing": null })).await;
        let part = |conflict: &Value, name: &str| conflict[name].as_str().unwrap().to_owned();
        let found = found.as_array().unwrap().iter();
        found.map(|conflict| (part(conflict, "severity"), part(conflict, "text"))).collect()
    }

    /// What a row of a table for a subnet would do, and what is said of it.
    async fn row(&self, subnet: u32, text: &str) -> (String, String) {
        let table = self.done("table/check", json!({ "text": text, "subnet": key(subnet) })).await;
        let row = &table["rows"][0];
        (row["verdict"].as_str().unwrap().to_owned(), format!("{}{}", row["findings"], row["faults"]))
    }

    async fn clients(&self, subnet: u32) -> Vec<Value> {
        let query =
            json!({ "text": "", "filter": "all", "sort": "address", "descending": false, "offset": 0, "limit": 500 });
        let page = self.done("subnets/addresses", json!({ "subnet": key(subnet), "query": query })).await;
        page["rows"].as_array().unwrap().iter().filter_map(|row| row.get("client").cloned()).collect()
    }

    async fn unused(&self, network: &str, query: &str) -> Value {
        let (status, text) = self.nestor.foreman("GET", &format!("/dhcp/{network}/unused_ip{query}"), &[]).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str::<Value>(&text).unwrap()["ip"].clone()
    }

    async fn page(&self, path: &str) -> String {
        let page = self.nestor.get(path, &self.cookie).await;
        assert_eq!(page.status(), 200, "{path}");
        page.text().await.unwrap()
    }
}

fn key(subnet: u32) -> Value {
    json!({ "server": "kea", "id": subnet })
}

fn wanted(subnet: u32, mac: &str, address: Option<&str>) -> Value {
    json!({
        "subnet": key(subnet), "identifier": { "kind": "hw-address", "value": mac }, "address": address,
        "host_name": "web", "next_server": null, "server_host_name": null, "boot_file_name": null, "note": null,
        "record_name": null,
    })
}

fn global_site() -> Value {
    json!({
        "reservations-global": true, "reservations-in-subnet": true,
        "client-classes": [{ "name": "BLOCKED" }],
        "reservations": [
            { "hw-address": ALICE, "client-classes": ["BLOCKED"] },
            { "hw-address": BOB, "ip-address": "192.0.2.10", "hostname": "roamer" },
        ],
        "subnet4": [
            { "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10 - 192.0.2.11" }] },
            { "id": 2, "subnet": "198.51.100.0/24", "reservations-global": false },
        ],
    })
}

#[tokio::test]
async fn a_reservation_that_takes_a_global_one_out_of_force_says_so() {
    let site = Site::before(global_site()).await;
    let said = site.verdict(&wanted(1, ALICE, Some("192.0.2.50"))).await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].0 == "warns" && said[0].1.contains("global reservation (the class “BLOCKED”)"), "{said:?}");
    let (verdict, note) = site.row(1, &format!("mac,ip\n{ALICE},192.0.2.51")).await;
    assert!(verdict == "new" && note.contains("BLOCKED"), "{verdict}: {note}");
    assert_eq!(site.verdict(&wanted(2, ALICE, Some("198.51.100.50"))).await, [], "global ones do not count there");

    let said = site.verdict(&wanted(1, "02:00:00:00:00:0c", Some("192.0.2.10"))).await;
    assert!(said[0].0 == "blocks" && said[0].1.contains("by a global reservation"), "{said:?}");
    let (verdict, note) = site.row(1, "mac,ip\n02:00:00:00:00:0c,192.0.2.10").await;
    assert!(verdict == "blocked" && note.contains("by a global reservation"), "{verdict}: {note}");
    assert_eq!(site.unused("192.0.2.0", "").await, "192.0.2.11", "of the two of the pool one is reserved");
    assert_eq!(site.unused("192.0.2.0", "").await, Value::Null, "and now the other one is held");
    let own = format!("?mac={BOB}");
    assert_eq!(site.unused("192.0.2.0", &own).await, "192.0.2.10", "its own");
}

#[tokio::test]
async fn global_reservations_live_like_others() {
    let mut site = Site::before(global_site()).await;
    let new = wanted(0, "02:00:00:00:00:0d", Some("192.0.2.60"));
    let made = site.done("reservations/create", json!({ "new": new })).await["reservation"].clone();
    site.kea.restart();
    let held = json!({ "subnet-id": 0, "identifier-type": "hw-address", "identifier": "02:00:00:00:00:0d" });
    assert_eq!(site.kea.command("reservation-get", &held)["arguments"]["ip-address"], "192.0.2.60", "on Kea's disk");

    let get = json!({ "key": { "subnet": key(0), "identifier": new["identifier"] } });
    let seen = site.done("reservations/get", get.clone()).await;
    assert_eq!(seen, made);
    let listed: Vec<_> =
        site.clients(0).await.iter().map(|client| client["reservation"]["identifier"]["value"].clone()).collect();
    assert_eq!(listed, [BOB, "02:00:00:00:00:0d", ALICE], "by address, and at the end those without one");
    let row = site.clients(1).await.into_iter().find(|client| client["address"] == "192.0.2.60").unwrap();
    assert_eq!(row["elsewhere"], key(0), "it is in the list of the subnet that its address is of, too: {row}");

    for text in ["0a", "roamer", "192.0.2.60", "02:00:00:00:00:0d"] {
        let found = site.done("search", json!({ "text": text })).await;
        let subnets: Vec<_> = found["clients"].as_array().unwrap().iter().map(|found| found[0].clone()).collect();
        assert!(subnets.contains(&key(0)), "{text}: {found}");
    }
    let page = site.page("/networks/kea/0").await;
    assert!(page.contains("Global reservations") && page.contains("roamer") && !page.contains(">0.0.0.0/0<"), "{page}");
    assert!(site.page("/networks").await.contains("/networks/kea/0\""), "the list of networks leads there");

    let mut renamed = new.clone();
    renamed["host_name"] = json!("db");
    let changed = site.done("reservations/update", json!({ "seen": seen, "new": renamed })).await;
    let number = changed["change"].clone();
    assert_eq!(site.done("reservations/get", get.clone()).await["host_name"], "db");
    site.done("changes/undo", json!({ "number": number })).await;
    let seen = site.done("reservations/get", get.clone()).await;
    assert_eq!(seen["host_name"], "web");

    let text = site.done("table/export", json!({ "subnet": null })).await;
    let text = text.as_str().unwrap();
    assert_eq!(text.matches("kea/0,hw-address,").count(), 3, "{text}");
    let checked = site.done("table/check", json!({ "text": text, "subnet": null })).await;
    assert!(checked["rows"].as_array().unwrap().iter().all(|row| row["verdict"] == "same"), "{checked}");

    site.done("reservations/delete", json!({ "seen": seen })).await;
    assert_eq!(site.ask("reservations/get", get).await.0, 404);
    let suggest = json!({ "subnet": key(0), "range": null, "client": null });
    assert_eq!(site.ask("reservations/suggest", suggest).await.0, 422, "an address is of a subnet");
}

#[tokio::test]
async fn subnets_that_overlap_share_their_addresses() {
    let site = Site::before(json!({ "subnet4": [
        { "id": 1, "subnet": "10.0.0.0/8", "pools": [{ "pool": "10.1.0.10 - 10.1.0.20" }],
          "reservations": [{ "hw-address": ALICE, "ip-address": "10.1.0.10" }] },
        { "id": 2, "subnet": "10.1.0.0/16", "pools": [{ "pool": "10.1.0.13 - 10.1.0.30" }],
          "option-data": [{ "name": "routers", "data": "10.1.0.14" }],
          "reservations": [{ "hw-address": BOB, "ip-address": "10.1.0.11" }] },
    ] }))
    .await;
    let lease =
        json!({ "ip-address": "10.1.0.12", "hw-address": "02:00:00:00:00:0c", "subnet-id": 2, "valid-lft": 3600 });
    assert_eq!(site.kea.command("lease4-add", &lease)["result"], 0);

    let said = site.verdict(&wanted(1, "02:00:00:00:00:0d", Some("10.1.0.11"))).await;
    assert!(said[0].0 == "blocks" && said[0].1.contains(BOB) && said[0].1.contains("10.1.0.0/16"), "{said:?}");
    let said = site.verdict(&wanted(1, "02:00:00:00:00:0d", Some("10.1.0.20"))).await;
    assert!(
        said[0].0 == "warns" && said[0].1.contains("the pool 10.1.0.13 – 10.1.0.30 of the subnet 10.1.0.0/16"),
        "{said:?}"
    );
    let (verdict, note) = site.row(2, "mac,ip\n02:00:00:00:00:0d,10.1.0.10").await;
    assert!(verdict == "blocked" && note.contains(ALICE), "{verdict}: {note}");

    let rows = site.clients(1).await;
    let at = |address: &str| rows.iter().find(|client| client["address"] == address).unwrap();
    assert_eq!((&at("10.1.0.12")["state"], &at("10.1.0.12")["elsewhere"]), (&json!("leased"), &key(2)));
    assert_eq!((&at("10.1.0.11")["elsewhere"], &at("10.1.0.10")["elsewhere"]), (&key(2), &Value::Null));

    // 10 and 11 are reserved, 12 is leased, and from 13 on the other subnet lends them.
    assert_eq!(site.unused("10.0.0.0", "").await, Value::Null);
    assert_eq!(site.unused("10.1.0.0", "?from=10.1.0.9&to=10.1.0.12").await, "10.1.0.9");
    assert_eq!(site.unused("10.1.0.0", "?from=10.1.0.10&to=10.1.0.12").await, Value::Null);
    let found = site.done("search", json!({ "text": "0c" })).await;
    assert_eq!(found["clients"].as_array().unwrap().len(), 1, "a lease is one hit: {found}");
}

/// Which of a client's two reservations counts, as the client itself is told, and as Foreman is.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_global_reservation_and_one_in_the_subnet_that_in_the_subnet_counts() {
    let (own, global) = (("10.77.2.2", "inside"), ("10.77.2.1", "global"));
    let cases = [
        (json!({}), own),
        (json!({ "reservations-global": true }), own),
        (json!({ "reservations-global": true, "reservations-in-subnet": true }), own),
        (json!({ "reservations-global": true, "reservations-in-subnet": false }), global),
    ];
    for (flags, (address, host_name)) in cases {
        let reservation =
            |(address, name): (&str, &str)| json!({ "hw-address": ALICE, "ip-address": address, "hostname": name });
        let mut dhcp4 = json!({ "reservations": [reservation(global)], "subnet4": [{ "id": 1, "subnet": "10.77.0.0/20",
            "pools": [{ "pool": "10.77.1.1 - 10.77.1.9" }], "reservations": [reservation(own)] }] });
        dhcp4.as_object_mut().unwrap().extend(flags.as_object().unwrap().clone());
        let site = Site::before(dhcp4).await;
        let record = Record { address: address.parse().unwrap(), host_name: host_name.to_owned() };
        dhcp_client::gets(&site.kea, ALICE, &record);
        assert_eq!(site.unused("10.77.0.0", &format!("?mac={ALICE}")).await, address, "{flags}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_global_reservations_do_not_do_is_said() {
    let site = Site::before(global_site()).await;
    let said = site.verdict(&wanted(0, "02:00:00:00:00:0c", Some("192.0.2.11"))).await;
    assert!(said[0].0 == "warns" && said[0].1.contains("does not keep the server from leasing it"), "{said:?}");
    // Beside a global reservation of an address: the client would be offered 0.0.0.0.
    let said = site.verdict(&wanted(1, BOB, None)).await;
    assert!(said[0].0 == "blocks" && said[0].1.contains("gives it none at all"), "{said:?}");
}
