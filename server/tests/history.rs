//! Every change of a reservation leaves a revision, and there is a way back from each, on the real Kea.

use crate::support::{Kea, Nestor, kea, path, run};
use serde_json::{Value, json};

const MAC: &str = "02:00:00:00:00:77";

fn key(mac: &str) -> Value {
    json!({ "subnet": { "server": "kea", "id": 1 }, "identifier": { "kind": "hw-address", "value": mac } })
}

fn wanted(mac: &str, address: &str, name: &str) -> Value {
    json!({
        "subnet": { "server": "kea", "id": 1 }, "identifier": { "kind": "hw-address", "value": mac },
        "address": address, "host_name": name, "next_server": null, "server_host_name": null, "boot_file_name": null,
        "note": null, "record_name": null,
    })
}

/// What Kea holds, past everything of ours.
fn in_kea(kea: &Kea, mac: &str) -> Value {
    let arguments =
        json!({ "subnet-id": 1, "identifier-type": "hw-address", "identifier": mac, "operation-target": "all" });
    kea.command("reservation-get", &arguments)["arguments"].clone()
}

async fn get(nestor: &Nestor, cookie: &str, mac: &str) -> Value {
    nestor.call("/api/reservations/get", &json!({ "key": key(mac) }), cookie).await.1
}

async fn done(nestor: &Nestor, cookie: &str, path: &str, arguments: Value) -> Value {
    nestor.done(path, &arguments, cookie).await
}

async fn history(nestor: &Nestor, cookie: &str, mac: &str) -> Vec<Value> {
    let query = json!({ "query": { "filter": "all", "text": "", "reservation": key(mac) } });
    done(nestor, cookie, "/api/changes/list", query).await["changes"].as_array().unwrap().clone()
}

/// A Kea whose one reservation holds more than we have words for.
fn rich_kea() -> Kea {
    Kea::start(json!({
        "client-classes": [{ "name": "kiosk" }],
        "subnet4": [{
            "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }],
            "reservations": [{
                "hw-address": MAC, "ip-address": "192.0.2.50", "hostname": "old", "client-classes": ["kiosk"],
                "option-data": [{ "name": "log-servers", "data": "192.0.2.9", "always-send": true, "never-send": false }],
                "user-context": { "rack": 7, "comment": "first", "deep": { "list": [1, null, "ü"] } },
            }],
        }],
    }))
}

#[tokio::test]
async fn every_change_can_be_taken_back_exactly() {
    let mut kea = rich_kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let original = in_kea(&kea, MAC);

    let seen = get(&nestor, &cookie, MAC).await;
    let change = json!({ "seen": seen, "new": wanted(MAC, "192.0.2.51", "new") });
    let changed = done(&nestor, &cookie, "/api/reservations/update", change).await;
    let seen = changed["reservation"].clone();
    let deleted = done(&nestor, &cookie, "/api/reservations/delete", json!({ "seen": seen })).await;
    assert!(in_kea(&kea, MAC).is_null());

    done(&nestor, &cookie, "/api/changes/undo", json!({ "number": deleted["change"] })).await;
    assert_eq!(in_kea(&kea, MAC)["user-context"]["deep"], original["user-context"]["deep"]);
    done(&nestor, &cookie, "/api/changes/undo", json!({ "number": changed["change"] })).await;
    assert_eq!(in_kea(&kea, MAC), original, "all that we have no words for came back too");
    kea.restart();
    assert_eq!(in_kea(&kea, MAC), original, "and it is on Kea's disk");

    let revisions = history(&nestor, &cookie, MAC).await;
    let shown: Vec<_> =
        revisions.iter().map(|one| (one["verb"].as_str().unwrap(), one["state"].as_str().unwrap())).collect();
    assert_eq!(shown, [("change", "done"), ("create", "done"), ("delete", "done"), ("change", "done")]);
    assert!(revisions.iter().all(|one| one["actor"] == "operator"));
    assert_eq!(revisions[3]["undone_by"], revisions[0]["number"]);

    let (status, again) = nestor.call("/api/changes/undo", &json!({ "number": changed["change"] }), &cookie).await;
    assert_eq!((status, again["kind"].as_str()), (409, Some("stale")), "undone once: {again}");
}

#[tokio::test]
async fn what_was_changed_since_is_not_taken_back_but_any_version_can_be_restored() {
    let kea = rich_kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let original = in_kea(&kea, MAC);
    let seen = get(&nestor, &cookie, MAC).await;
    let first = done(
        &nestor,
        &cookie,
        "/api/reservations/update",
        json!({ "seen": seen, "new": wanted(MAC, "192.0.2.51", "one") }),
    )
    .await;
    let other = "02:00:00:00:00:78";
    let moved = json!({ "seen": first["reservation"], "new": wanted(other, "192.0.2.52", "two") });
    done(&nestor, &cookie, "/api/reservations/update", moved).await;
    assert_eq!(history(&nestor, &cookie, other).await.len(), 2, "it goes back to what the client was known by before");
    assert_eq!(history(&nestor, &cookie, MAC).await.len(), 2, "the change of its identifier is part of its history");

    let (status, stale) = nestor.call("/api/changes/undo", &json!({ "number": first["change"] }), &cookie).await;
    assert_eq!((status, stale["kind"].as_str()), (409, Some("stale")), "{stale}");
    let dry = json!({ "number": first["change"], "version": "before" });
    let (_, judged) = nestor.call("/api/changes/restore?dry_run", &dry, &cookie).await;
    assert_eq!((&judged["change"], in_kea(&kea, MAC).is_null()), (&Value::Null, true), "{judged}");
    done(&nestor, &cookie, "/api/changes/restore", dry).await;
    assert_eq!(in_kea(&kea, MAC), original);
}

#[tokio::test]
async fn a_dry_run_touches_nothing() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let before = kea.command("config-hash-get", &json!({}));
    let new = wanted(MAC, "192.0.2.50", "web");
    let judged = done(&nestor, &cookie, "/api/reservations/create?dry_run", json!({ "new": new })).await;
    assert_eq!((judged["reservation"]["address"].as_str(), &judged["change"]), (Some("192.0.2.50"), &Value::Null));
    let next = json!({ "wanted": { "new": wanted(MAC, "192.0.2.50", "web") } });
    let judged = done(&nestor, &cookie, "/api/reservations/reserve?dry_run=1", next.clone()).await;
    assert_eq!(judged["reservation"]["address"], "192.0.2.100");
    let gateway = json!({ "new": wanted(MAC, "192.0.2.1", "web") });
    let (status, refused) = nestor.call("/api/reservations/create?dry_run", &gateway, &cookie).await;
    assert_eq!((status, refused["kind"].as_str()), (409, Some("conflict")));
    assert_eq!(kea.command("config-hash-get", &json!({})), before);
    assert!(history(&nestor, &cookie, MAC).await.is_empty());
    let (_, holds) = nestor.call("/api/holds/list", &json!({}), &cookie).await;
    assert_eq!(holds, json!([]), "nor is an address held");
}

#[tokio::test]
async fn the_next_free_address_is_reserved_once_for_each_request() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let ask = |mac: &str, request: &str, order: Value| {
        let new = wanted(mac, "192.0.2.100", "web");
        json!({ "wanted": { "new": new, "order": order, "request": request } })
    };
    let first = done(&nestor, &cookie, "/api/reservations/reserve", ask(MAC, "request-one", json!("lowest"))).await;
    assert_eq!(first["reservation"]["address"], "192.0.2.100");
    let again = done(&nestor, &cookie, "/api/reservations/reserve", ask(MAC, "request-one", json!("lowest"))).await;
    assert_eq!((&again["reservation"], &again["change"]), (&first["reservation"], &first["change"]));
    let other = ask("02:00:00:00:00:99", "request-one", json!("lowest"));
    let (status, refused) = nestor.call("/api/reservations/reserve", &other, &cookie).await;
    assert_eq!((status, refused["kind"].as_str()), (422, Some("invalid")), "{refused}");
    let after = json!({ "after": "192.0.2.150" });
    let third =
        done(&nestor, &cookie, "/api/reservations/reserve", ask("02:00:00:00:00:79", "request-two", after)).await;
    assert_eq!(third["reservation"]["address"], "192.0.2.151");

    let password = nestor.data.join("kea.password");
    let line = [
        "reserve",
        "--subnet",
        "192.0.2.0/24",
        "--mac",
        "02-00-00-00-00-80",
        "--host-name",
        "cli",
        "--request",
        "from-a-shell",
    ];
    let url = kea.url();
    let deployment = [
        "--data-dir",
        path(&nestor.data),
        "--kea",
        &url,
        "--kea-user",
        kea.user(),
        "--kea-password-file",
        path(&password),
    ];
    let line = [&line[..], &deployment[..]].concat();
    for _ in 0..2 {
        let said = run(&line, "");
        let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert_eq!((said.status.code(), out.trim()), (Some(0), "192.0.2.101"), "beside a running server: {err}");
    }
    assert_eq!(in_kea(&kea, "02:00:00:00:00:80")["hostname"], "cli");
    assert_eq!(history(&nestor, &cookie, "02:00:00:00:00:80").await[0]["actor"], "command line");
}

#[tokio::test]
async fn an_excluded_range_is_given_to_no_client() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let subnet = json!({ "server": "kea", "id": 1 });
    let range = json!(["192.0.2.100", "192.0.2.109"]);
    let exclusion = json!({ "subnet": subnet, "range": range, "reason": "printers" });
    done(&nestor, &cookie, "/api/exclusions/add", exclusion.clone()).await;
    let suggest = json!({ "subnet": subnet, "range": null, "client": null });
    let suggested = done(&nestor, &cookie, "/api/reservations/suggest", suggest).await;
    assert_eq!(suggested["address"], "192.0.2.110");
    let (status, ip) = nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip?from=192.0.2.100&to=192.0.2.110", &[]).await;
    assert_eq!((status, ip.as_str()), (200, r#"{"ip":null}"#), "the last one is held");
    let (status, refused) =
        nestor.call("/api/reservations/create", &json!({ "new": wanted(MAC, "192.0.2.105", "web") }), &cookie).await;
    assert_eq!(status, 409, "{refused}");
    assert_eq!(refused["conflicts"][0]["cause"]["exclusion"], range);
    let fields = [("hostname", "web"), ("mac", MAC), ("ip", "192.0.2.105"), ("name", "web")];
    let (status, text) = nestor.foreman("POST", "/dhcp/192.0.2.0", &fields).await;
    assert!(status == 409 && text.contains("excluded: printers"), "{status} {text}");
    for (range, reason) in
        [(json!(["198.51.100.1", "198.51.100.2"]), "outside"), (range.clone(), ""), (range.clone(), "a\nb")]
    {
        let bad = json!({ "subnet": subnet, "range": range, "reason": reason });
        assert_eq!(nestor.call("/api/exclusions/add", &bad, &cookie).await.0, 422, "{bad}");
    }
    done(&nestor, &cookie, "/api/exclusions/remove", json!({ "subnet": subnet, "range": range })).await;
    done(&nestor, &cookie, "/api/reservations/create", json!({ "new": wanted(MAC, "192.0.2.105", "web") })).await;
}

#[tokio::test]
async fn it_is_known_beforehand_whether_a_change_can_be_undone() {
    let kea = rich_kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let can = async |number: &Value| {
        let before = kea.command("config-hash-get", &json!({}));
        let said = done(&nestor, &cookie, "/api/changes/can-undo", json!({ "number": number })).await;
        assert_eq!(kea.command("config-hash-get", &json!({})), before, "asking changes nothing");
        said
    };
    let create = async |mac: &str, address: &str| {
        done(&nestor, &cookie, "/api/reservations/create", json!({ "new": wanted(mac, address, "web") })).await
    };
    let seen = get(&nestor, &cookie, MAC).await;
    let deleted = done(&nestor, &cookie, "/api/reservations/delete", json!({ "seen": seen })).await["change"].clone();
    assert_eq!(can(&deleted).await, json!(true));

    let taken = create("02:00:00:00:00:78", "192.0.2.50").await;
    assert_eq!(can(&deleted).await, json!(false), "another client has the address");
    assert_eq!(can(&taken["change"]).await, json!(true));
    done(&nestor, &cookie, "/api/changes/undo", json!({ "number": taken["change"] })).await;
    assert_eq!(can(&taken["change"]).await, json!(false), "undone once");
    assert_eq!(can(&deleted).await, json!(true), "nothing stands against it any more");

    let made = create("02:00:00:00:00:79", "192.0.2.60").await;
    let theirs = json!({ "reservation": {
        "subnet-id": 1, "hw-address": "02:00:00:00:00:79", "ip-address": "192.0.2.60", "hostname": "theirs",
    }, "operation-target": "memory" });
    assert_eq!(kea.command("reservation-update", &theirs)["result"], 0);
    assert_eq!(can(&made["change"]).await, json!(false), "it was changed past Nestor");
    let (status, _) = nestor.call("/api/changes/can-undo", &json!({ "number": 4711 }), &cookie).await;
    assert_eq!(status, 200, "of what is not there nothing can be undone");
}

#[tokio::test]
async fn a_batch_can_be_undone_for_as_long_as_anything_of_it_can() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let text = "subnet,identifier,address\nkea/1,02:00:00:00:00:81,192.0.2.81\nkea/1,02:00:00:00:00:82,192.0.2.82\n";
    let table = done(&nestor, &cookie, "/api/table/apply", json!({ "text": text, "subnet": null })).await;
    let can = async || done(&nestor, &cookie, "/api/changes/can-undo-batch", json!({ "batch": table["batch"] })).await;
    assert_eq!(can().await, json!(true), "{table}");
    let numbers = table["rows"].as_array().unwrap().iter().map(|row| row["outcome"]["Ok"]["change"].clone());
    for (left, number) in numbers.enumerate().map(|(at, number)| (1 - at, number)) {
        done(&nestor, &cookie, "/api/changes/undo", json!({ "number": number })).await;
        assert_eq!(can().await, json!(left > 0));
    }
}
