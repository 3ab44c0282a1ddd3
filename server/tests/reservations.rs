//! Reservations and free addresses, from the console and from Foreman, on the real Kea.

use std::collections::HashSet;
use std::sync::Arc;

use crate::support::{Kea, Nestor, kea, searched};
use serde_json::{Value, json};

fn wanted(mac: &str, address: &str) -> Value {
    json!({
        "subnet": { "server": "kea", "id": 1 },
        "identifier": { "kind": "hw-address", "value": mac },
        "address": address, "host_name": "web-1", "next_server": "192.0.2.5", "server_host_name": null,
        "boot_file_name": "pxelinux.0", "note": "rack 7 – Zürich", "record_name": null,
    })
}

fn suggest(mac: &Value) -> Value {
    json!({ "subnet": { "server": "kea", "id": 1 }, "range": null, "client": mac })
}

/// What Kea holds, past everything of ours.
fn in_kea(kea: &Kea, mac: &str) -> Value {
    let arguments =
        json!({ "subnet-id": 1, "identifier-type": "hw-address", "identifier": mac, "operation-target": "all" });
    kea.command("reservation-get", &arguments)
}

const MAC: &str = "02:00:00:00:00:77";

#[tokio::test]
async fn what_is_acknowledged_survives_the_death_of_kea() {
    let mut kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let (status, made) =
        nestor.call("/api/reservations/create", &json!({ "new": wanted(MAC, "192.0.2.50") }), &cookie).await;
    let made = made["reservation"].clone();
    assert_eq!((status, made["storage"].as_str()), (200, Some("configuration")), "{made}");
    kea.restart();
    let held = in_kea(&kea, MAC);
    assert_eq!(held["arguments"]["ip-address"], "192.0.2.50", "{held}");
    let (_, seen) = nestor.call("/api/reservations/get", &json!({ "key": key(MAC) }), &cookie).await;
    assert_eq!(seen, made, "also letters that Kea spells its own way");
}

fn key(mac: &str) -> Value {
    json!({ "subnet": { "server": "kea", "id": 1 }, "identifier": { "kind": "hw-address", "value": mac } })
}

#[tokio::test]
async fn an_edit_keeps_what_the_form_does_not_show() {
    let kea = Kea::start(json!({
        "client-classes": [{ "name": "kiosk" }],
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [{
            "hw-address": MAC, "ip-address": "192.0.2.50", "hostname": "old", "client-classes": ["kiosk"],
            "option-data": [{ "name": "log-servers", "data": "192.0.2.9" }],
            "user-context": { "rack": 7, "comment": "first" },
        }] }],
    }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let (_, seen) = nestor.call("/api/reservations/get", &json!({ "key": key(MAC) }), &cookie).await;
    let change = json!({ "seen": seen, "new": wanted(MAC, "192.0.2.51") });
    let (status, answer) = nestor.call("/api/reservations/update", &change, &cookie).await;
    assert_eq!(status, 200, "{answer}");
    let held = in_kea(&kea, MAC)["arguments"].clone();
    assert_eq!((&held["ip-address"], &held["hostname"]), (&json!("192.0.2.51"), &json!("web-1")));
    assert_eq!(held["client-classes"], json!(["kiosk"]));
    assert_eq!(held["option-data"][0]["data"], "192.0.2.9");
    assert_eq!(held["user-context"]["rack"], 7);

    let (status, stale) = nestor.call("/api/reservations/update", &change, &cookie).await;
    assert_eq!((status, stale["kind"].as_str()), (409, Some("stale")), "{stale}");
}

#[tokio::test]
async fn a_reservation_can_get_another_identifier() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let (_, made) =
        nestor.call("/api/reservations/create", &json!({ "new": wanted(MAC, "192.0.2.50") }), &cookie).await;
    let seen = &made["reservation"];
    let other = "02:00:00:00:00:78";
    let change = json!({ "seen": seen, "new": wanted(other, "192.0.2.50") });
    let (status, answer) = nestor.call("/api/reservations/update", &change, &cookie).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!((in_kea(&kea, MAC)["result"].as_i64(), in_kea(&kea, other)["result"].as_i64()), (Some(3), Some(0)));
}

#[tokio::test]
async fn bad_input_reaches_no_server() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let before = kea.command("config-hash-get", &json!({}));
    let with = |field: &str, value: Value| {
        let mut new = wanted(MAC, "192.0.2.50");
        new[field] = value;
        json!({ "new": new })
    };
    for (field, value) in [
        ("address", json!("192.0.2.0")),
        ("address", json!("192.0.2.255")),
        ("address", json!("198.51.100.1")),
        ("boot_file_name", json!("a\nb")),
        ("boot_file_name", json!("x".repeat(128))),
        ("note", json!("\u{1b}[2J")),
        ("host_name", json!("a b")),
        ("host_name", json!("a\u{0}")),
        ("identifier", json!({ "kind": "hw-address", "value": "02:0g" })),
        ("identifier", json!({ "kind": "duid", "value": "02:00" })),
    ] {
        let (status, answer) = nestor.call("/api/reservations/create", &with(field, value.clone()), &cookie).await;
        assert!([400, 422, 500].contains(&status) && status != 500, "{field} {value}: {status} {answer}");
    }
    let (status, answer) = nestor.call("/api/reservations/create", &with("address", json!("192.0.2.1")), &cookie).await;
    assert_eq!((status, answer["kind"].as_str()), (409, Some("conflict")), "the gateway: {answer}");
    assert_eq!(kea.command("config-hash-get", &json!({})), before);
}

#[tokio::test]
async fn of_two_who_want_one_address_one_gets_it() {
    let kea = kea();
    let nestor = Arc::new(Nestor::before(&kea));
    let cookie = nestor.sign_in("operator").await;
    let tries = (1..=8).map(|last| {
        let (nestor, cookie) = (nestor.clone(), cookie.clone());
        tokio::spawn(async move {
            let new = json!({ "new": wanted(&format!("02:00:00:00:01:{last:02x}"), "192.0.2.60") });
            nestor.call("/api/reservations/create", &new, &cookie).await.0
        })
    });
    let mut made = 0;
    for status in futures::future::join_all(tries).await {
        match status.unwrap() {
            200 => made += 1,
            status => assert_eq!(status, 409),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn no_address_is_suggested_twice_while_it_is_held() {
    let kea = kea();
    let mut nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let taken = json!({ "ip-address": "192.0.2.100", "hw-address": "02:00:00:00:00:01", "subnet-id": 1 });
    assert_eq!(kea.command("lease4-add", &taken)["result"], 0);
    let declined =
        json!({ "ip-address": "192.0.2.101", "hw-address": "02:00:00:00:00:02", "subnet-id": 1, "state": 1 });
    assert_eq!(kea.command("lease4-add", &declined)["result"], 0);
    nestor.call("/api/reservations/create", &json!({ "new": wanted(MAC, "192.0.2.102") }), &cookie).await;

    let (_, first) = nestor.call("/api/reservations/suggest", &suggest(&Value::Null), &cookie).await;
    assert_eq!(first["address"], "192.0.2.103", "the lowest that is neither leased, declined nor reserved");
    let (_, own) = nestor.call("/api/reservations/suggest", &suggest(&key(MAC)["identifier"]), &cookie).await;
    assert_eq!(
        (&own["address"], &own["held_until"]),
        (&json!("192.0.2.102"), &Value::Null),
        "a client is offered its own"
    );

    nestor.kill9();
    let nestor = Arc::new(Nestor::start(&nestor.data, &kea, &[]));
    let console = (0..30).map(|_| {
        let (nestor, cookie) = (nestor.clone(), cookie.clone());
        tokio::spawn(async move {
            let (status, answer) = nestor.call("/api/reservations/suggest", &suggest(&Value::Null), &cookie).await;
            assert_eq!(status, 200, "{answer}");
            answer["address"].as_str().unwrap().to_owned()
        })
    });
    let foreman = (0..30).map(|_| {
        let nestor = nestor.clone();
        tokio::spawn(async move {
            let (status, answer) = nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip?", &[]).await;
            assert_eq!(status, 200, "{answer}");
            serde_json::from_str::<Value>(&answer).unwrap()["ip"].as_str().unwrap().to_owned()
        })
    });
    let all: Vec<_> = futures::future::join_all(console.chain(foreman)).await.into_iter().map(Result::unwrap).collect();
    let mut distinct: HashSet<String> = all.iter().cloned().collect();
    distinct.extend(["192.0.2.100", "192.0.2.101", "192.0.2.102", "192.0.2.103"].map(str::to_owned));
    assert_eq!(
        distinct.len(),
        64,
        "60 suggestions, none of them twice or taken, none held before the restart: {all:?}"
    );

    let (_, holds) = nestor.call("/api/holds/list", &json!({}), &cookie).await;
    assert_eq!(holds.as_array().unwrap().len(), 61);
    let release = json!({ "hold": { "subnet": { "server": "kea", "id": 1 }, "address": "192.0.2.103" } });
    assert_eq!(nestor.call("/api/holds/release", &release, &cookie).await.0, 200);
    let (_, again) = nestor.call("/api/reservations/suggest", &suggest(&Value::Null), &cookie).await;
    assert_eq!(again["address"], "192.0.2.103", "released");
}

#[tokio::test]
async fn exactly_as_many_are_given_out_as_there_are() {
    let kea = Kea::start(json!({
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/28", "pools": [{ "pool": "192.0.2.0-192.0.2.15" }] }],
    }));
    let nestor = Arc::new(Nestor::before(&kea));
    let calls = (0..40).map(|_| {
        let nestor = nestor.clone();
        tokio::spawn(async move { nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip?", &[]).await })
    });
    let mut given = HashSet::new();
    for answer in futures::future::join_all(calls).await {
        let (status, answer) = answer.unwrap();
        assert_eq!(status, 200, "{answer}");
        if let Some(address) = serde_json::from_str::<Value>(&answer).unwrap()["ip"].as_str() {
            assert!(given.insert(address.to_owned()), "{address} twice");
        }
    }
    assert_eq!(given.len(), 14, "without network and broadcast address");
}

#[tokio::test]
async fn a_reservation_of_foreman_is_one_of_the_console() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let posted = [
        ("mac", MAC),
        ("ip", "192.0.2.50"),
        ("hostname", "web-1"),
        ("nextServer", "192.0.2.5"),
        ("filename", "pxelinux.0"),
    ];
    assert_eq!(nestor.foreman("POST", "/dhcp/192.0.2.0", &posted).await, (200, String::new()));
    let (_, seen) = nestor.call("/api/reservations/get", &json!({ "key": key(MAC) }), &cookie).await;
    assert_eq!((&seen["address"], &seen["boot_file_name"]), (&json!("192.0.2.50"), &json!("pxelinux.0")));
    let (status, _) = nestor.call("/api/reservations/delete", &json!({ "seen": seen }), &cookie).await;
    assert_eq!(status, 200);
    assert_eq!(nestor.foreman("GET", &format!("/dhcp/192.0.2.0/mac/{MAC}"), &[]).await.0, 404);
}

#[tokio::test]
async fn everything_is_found() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let lease = json!({ "ip-address": "192.0.2.120", "hw-address": "02:00:5e:00:00:aa", "hostname": "printer-7.example.org", "subnet-id": 1 });
    assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
    for text in ["192.0.2.120", "02-00-5E-00-00-AA", "0200.5e00.00aa", "printer-7.example.org", "PRINTER-7", "00:aa"] {
        let answer = searched(async || nestor.call("/api/search", &json!({ "text": text }), &cookie).await.1).await;
        let found = answer["clients"].as_array().unwrap();
        assert_eq!(found.len(), 1, "{text}: {answer}");
        assert_eq!(found[0][1]["address"], "192.0.2.120", "{text}");
    }
    for text in ["", "x", "no such thing", "192.0.2.121", "' OR 1=1 --", "\u{0}\u{1b}", &"a".repeat(10_000)] {
        let (status, answer) = nestor.call("/api/search", &json!({ "text": text }), &cookie).await;
        assert_eq!((status, answer["clients"].as_array().unwrap().len()), (200, 0), "{text:?}: {answer}");
    }
}
