//! What decides is shown, and what is shown is found: in the page, in the search, by Foreman; before a real Kea.

use crate::support::{Kea, Nestor, searched};
use serde_json::{Value, json};

fn site() -> Kea {
    Kea::start(json!({
        "client-classes": [{ "name": "Phones" }, { "name": "Later" }, { "name": "Floor", "test": "member('ALL')" }],
        "option-data": [{ "name": "domain-name-servers", "csv-format": false, "data": "0A 00 00 05" }],
        "shared-networks": [{
            "name": "west", "user-context": { "description": "West wing" }, "client-class": "Floor",
            "relay": { "ip-addresses": ["198.51.100.7"] },
            "subnet4": [{
                "id": 1, "subnet": "192.0.2.0/24", "evaluate-additional-classes": ["Later"],
                "option-data": [{ "code": 26, "csv-format": false, "data": "2328" }],
                "pools": [{
                    "pool": "192.0.2.100 - 192.0.2.103", "client-class": "Phones", "comment": "Desk phones",
                    "option-data": [{ "code": 3, "csv-format": false, "data": "C0000264" }],
                }],
                "reservations": [
                    { "circuit-id": "'Gi1/0/7'", "ip-address": "192.0.2.21", "boot-file-name": "api.bin",
                      "user-context": { "name": "Front api", "comment": { "by": "netops" } } },
                    { "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.22", "client-classes": ["Guests"],
                      "option-data": [{ "code": 3, "csv-format": false, "data": "C0000267" }],
                      "user-context": { "description": "Guest desk" } },
                ],
            }],
        }],
    }))
}

async fn ask(nestor: &Nestor, cookie: &str, path: &str, arguments: Value) -> Value {
    let (status, answer) = nestor.call(path, &arguments, cookie).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

#[tokio::test]
async fn all_of_it_is_on_the_page_and_in_the_search() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let page = nestor.get("/networks/kea/1", &cookie).await.text().await.unwrap();
    let shown =
        ["198.51.100.7", "West wing", "Floor", "Later", "Phones", "Desk phones", "192.0.2.100", "10.0.0.5", "9000"];
    for text in shown.into_iter().chain(["0 used", "Gi1/0/7"]) {
        assert!(page.contains(text), "{text}");
    }
    for text in shown.into_iter().map(str::to_lowercase).chain(["west".to_owned()]) {
        let found = ask(&nestor, &cookie, "/api/search", json!({ "text": text })).await;
        let keys: Vec<&Value> =
            found["subnets"].as_array().unwrap().iter().map(|subnet| &subnet["key"]["id"]).collect();
        assert_eq!(keys, [&json!(1)], "{text}");
    }
    let of_reservations =
        [("gi1/0", 21), ("front api", 21), ("api.bin", 21), ("guests", 22), ("guest desk", 22), ("192.0.2.103", 22)];
    for (text, last) in of_reservations {
        let query = json!({ "text": text, "filter": "reservations", "sort": "address", "descending": false, "offset": 0,
            "limit": 100 });
        let subnet = json!({ "server": "kea", "id": 1 });
        let listed = ask(&nestor, &cookie, "/api/subnets/addresses", json!({ "subnet": subnet, "query": query })).await;
        let rows: Vec<&str> =
            listed["rows"].as_array().unwrap().iter().filter_map(|row| row["client"]["address"].as_str()).collect();
        assert_eq!(rows, [format!("192.0.2.{last}")], "{text}");
        let found = searched(async || ask(&nestor, &cookie, "/api/search", json!({ "text": text })).await).await;
        assert_eq!(found["clients"][0][1]["address"], format!("192.0.2.{last}"), "{text}");
    }
}

#[tokio::test]
async fn a_router_is_no_clients_wherever_it_is_named() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let (status, subnets) = nestor.foreman("GET", "/dhcp", &[]).await;
    let options = serde_json::from_str::<Value>(&subnets).unwrap()[0]["options"].clone();
    assert_eq!(
        (status, &options["routers"]),
        (200, &json!(["192.0.2.100"])),
        "the pool’s, as clients of the pool get it"
    );
    assert_eq!((&options["domain_name_servers"], &options["interface_mtu"]), (&json!(["10.0.0.5"]), &json!(9_000)));
    for _ in 0..4 {
        let (_, answer) = nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip", &[]).await;
        let ip = serde_json::from_str::<Value>(&answer).unwrap()["ip"].clone();
        let free = ["192.0.2.101", "192.0.2.102"].map(Value::from);
        assert!(free.contains(&ip) || ip.is_null(), "neither the pool’s router nor that of a client: {ip}");
    }
    let new = json!({ "subnet": { "server": "kea", "id": 1 }, "address": "192.0.2.100", "host_name": "x", "note": null,
        "identifier": { "kind": "hw-address", "value": "02:00:00:00:00:09" }, "next_server": null,
        "server_host_name": null, "boot_file_name": null, "record_name": null });
    let cookie = nestor.sign_in("operator").await;
    let found = ask(&nestor, &cookie, "/api/reservations/verdict", json!({ "new": new, "replacing": null })).await;
    assert!(found.to_string().contains("gateway"), "{found}");
}

#[tokio::test]
async fn what_foreman_sends_in_vain_is_said() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let fields = [
        ("mac", "02:00:00:00:00:09"),
        ("ip", "192.0.2.30"),
        ("hostname", "sw1.example.test"),
        ("ztp_vendor", "huawei"),
        ("ztp_firmware[core]", "fw.cc"),
        ("network", "192.0.2.0"),
        ("empty", ""),
        ("related_macs", ""),
    ];
    let (status, said) = nestor.foreman("POST", "/dhcp/192.0.2.0", &fields).await;
    assert_eq!(status, 200, "{said}");
    let (_, logs) = nestor.foreman("GET", "/logs", &[]).await;
    let logs: Value = serde_json::from_str(&logs).unwrap();
    let message = logs["logs"].as_array().unwrap().last().unwrap()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("without effect") && message.contains(": ztp_vendor, ztp_firmware[core])"), "{message}");
}
