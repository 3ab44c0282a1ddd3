//! IPv6 through the whole program, before a real kea-dhcp6 and, beside it, a kea-dhcp4.

use crate::support::{Kea, Nestor, kea, lay_accounts, path, searched, section};
use serde_json::{Value, json};
use tempfile::TempDir;

const DUID: &str = "00:03:00:01:02:00:5e:10:00:01";
const OTHER: &str = "00:03:00:01:02:00:5e:10:00:02";

/// Both daemons, and the program before them.
struct Site {
    v6: Kea,
    _v4: Kea,
    nestor: Nestor,
    cookie: String,
    _folder: TempDir,
}

impl Site {
    async fn new() -> Self {
        let (v4, v6, folder) = (kea(), Kea::with_one_subnet6(), TempDir::new().unwrap());
        let data = folder.path();
        lay_accounts(data);
        let file = data.join("nestor.toml");
        let sections = [section(data, "kea", "dhcp4", &v4), section(data, "kea6", "dhcp6", &v6)];
        std::fs::write(&file, sections.concat()).unwrap();
        let nestor = Nestor::launch(data, &["--config", path(&file)]);
        let cookie = nestor.sign_in("operator").await;
        Self { v6, _v4: v4, nestor, cookie, _folder: folder }
    }

    async fn done(&self, path: &str, arguments: Value) -> Value {
        self.nestor.done(path, &arguments, &self.cookie).await
    }

    async fn refused(&self, path: &str, arguments: Value) -> Value {
        let (status, answer) = self.nestor.call(path, &arguments, &self.cookie).await;
        assert!(status >= 400, "{path}: {answer}");
        answer
    }

    /// The rows of the subnet's clients: what each is about, and how things stand.
    async fn rows(&self) -> Vec<(String, String)> {
        let query = json!({ "text": "", "filter": "reservations", "sort": "address", "descending": false, "offset": 0,
            "limit": 100 });
        let page = self.done("/api/subnets/addresses", json!({ "subnet": subnet(), "query": query })).await;
        page["rows"].as_array().unwrap().iter().map(|row| about(&row["client"])).collect()
    }

    async fn found(&self, text: &str) -> Vec<(String, String)> {
        let answer = searched(async || self.done("/api/search", json!({ "text": text })).await).await;
        answer["clients"].as_array().unwrap().iter().map(|found| about(&found[1])).collect()
    }

    /// What the daemon holds of a client; null: nothing.
    fn held(&self, duid: &str) -> Value {
        let key =
            json!({ "subnet-id": 1, "identifier-type": "duid", "identifier": duid, "operation-target": "memory" });
        self.v6.command("reservation-get", &key)["arguments"].clone()
    }
}

fn about(client: &Value) -> (String, String) {
    let what = client["address"].as_str().or(client["prefix"].as_str()).unwrap_or("neither");
    (what.to_owned(), client["state"].as_str().unwrap().to_owned())
}

fn subnet() -> Value {
    json!({ "server": "kea6", "id": 1 })
}

fn wanted(duid: &str, address: &str, more: &[&str], prefixes: &[&str]) -> Value {
    json!({
        "subnet": subnet(), "identifier": { "kind": "duid", "value": duid }, "address": address,
        "more_addresses": more, "prefixes": prefixes, "host_name": "cpe-1", "next_server": null,
        "server_host_name": null, "boot_file_name": null, "note": "Büro", "record_name": null,
    })
}

fn rows(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(what, state)| ((*what).to_owned(), (*state).to_owned())).collect()
}

#[tokio::test]
async fn a_reservation_with_several_addresses_and_a_prefix_is_made_seen_changed_and_taken_back() {
    let site = Site::new().await;
    let lease = json!({ "ip-address": "2001:db8:e000:100::", "prefix-len": 56, "type": "IA_PD", "duid": DUID,
        "iaid": 1, "subnet-id": 1 });
    assert_eq!(site.v6.command("lease6-add", &lease)["result"], 0);
    let new = wanted(DUID, "2001:db8:1::5", &["2001:db8:1::6"], &["2001:db8:e000:100::/56"]);
    assert_eq!(site.done("/api/reservations/verdict", json!({ "new": new, "replacing": null })).await, json!([]));
    let made = site.done("/api/reservations/create", json!({ "new": new })).await;
    assert_eq!(site.held(DUID)["ip-addresses"], json!(["2001:db8:1::5", "2001:db8:1::6"]));
    let three = rows(&[
        ("2001:db8:1::5", "reserved-idle"),
        ("2001:db8:1::6", "reserved-idle"),
        ("2001:db8:e000:100::/56", "reserved-in-use"),
    ]);
    assert_eq!(site.rows().await, three);
    let page = site.nestor.get("/networks/kea6/1", &site.cookie).await;
    let page = page.text().await.unwrap();
    for place in ["2001:db8:1::5", "2001:db8:1::6", "2001:db8:e000:100::/56", "Prefix pools", "DUID"] {
        assert!(page.contains(place), "the page shows no {place}");
    }
    for text in ["2001:DB8:1:0::6", DUID, "cpe-1", "2001:db8:e000:100::/56"] {
        let found = site.found(text).await;
        assert!(!found.is_empty() && found.iter().all(|row| three.contains(row)), "{text}: {found:?}");
    }

    let seen = made["reservation"].clone();
    let fewer = wanted(DUID, "2001:db8:1::6", &[], &[]);
    let changed = site.done("/api/reservations/update", json!({ "seen": seen, "new": fewer })).await;
    assert_eq!(site.rows().await, three[1..2]);
    let history = site.done("/api/changes/list", json!({ "query": { "filter": "all", "text": "e000:100" } })).await;
    assert_eq!(history["changes"].as_array().unwrap().len(), 2, "also found by the prefix: {history}");
    site.done("/api/changes/undo", json!({ "number": changed["change"] })).await;
    assert_eq!(site.rows().await, three);
    site.done("/api/changes/undo", json!({ "number": made["change"] })).await;
    assert_eq!((site.rows().await, site.held(DUID)), (vec![], Value::Null));
}

#[tokio::test]
async fn what_stands_in_the_way_is_reported_for_each_address_and_prefix() {
    let site = Site::new().await;
    let first = wanted(DUID, "2001:db8:1::5", &["2001:db8:1::6"], &["2001:db8:e000:100::/56"]);
    site.done("/api/reservations/create", json!({ "new": first })).await;
    let lease = json!({ "ip-address": "2001:db8:1::7", "duid": DUID, "iaid": 1, "subnet-id": 1 });
    assert_eq!(site.v6.command("lease6-add", &lease)["result"], 0);
    let second = wanted(OTHER, "2001:db8:1::7", &["2001:db8:1::6"], &["2001:db8:e000::/48"]);
    let found = site.done("/api/reservations/verdict", json!({ "new": second, "replacing": null })).await;
    let found: Vec<_> = found.as_array().unwrap().iter().map(|one| (&one["severity"], &one["field"])).collect();
    let (blocks, warns) = (json!("blocks"), json!("warns"));
    let (address, prefixes, name) = (json!("address"), json!("prefixes"), json!("host_name"));
    assert_eq!(found, [(&blocks, &address), (&blocks, &prefixes), (&warns, &name), (&warns, &address)]);
    let refused = site.refused("/api/reservations/create", json!({ "new": second })).await;
    assert_eq!(refused["kind"], "conflict", "{refused}");
    for (faulty, field) in [
        (wanted(OTHER, "2001:db8:1::", &[], &[]), "address"),
        (wanted(OTHER, "192.0.2.7", &[], &[]), "address"),
        (wanted(OTHER, "2001:db8:1::8", &[], &["2001:db8:e000:100::1/56"]), "prefixes"),
    ] {
        let refused = site.refused("/api/reservations/create", json!({ "new": faulty })).await;
        assert_eq!(refused["fields"][0]["field"], field, "{refused}");
    }
    assert_eq!(site.held(OTHER), Value::Null);
}

#[tokio::test]
async fn a_free_address_is_found_among_as_many_as_there_are() {
    let site = Site::new().await;
    let range = json!(["2001:db8:1::", "2001:db8:1::ffff:ffff:ffff:ffff"]);
    let suggest = |range: Value| json!({ "subnet": subnet(), "range": range, "client": null });
    let lease = json!({ "ip-address": "2001:db8:1::77", "duid": OTHER, "iaid": 1, "subnet-id": 1 });
    assert_eq!(site.v6.command("lease6-add", &lease)["result"], 0);
    let client = json!({ "kind": "duid", "value": OTHER });
    let own = json!({ "subnet": subnet(), "range": null, "client": client });
    assert_eq!(site.done("/api/reservations/suggest", own).await["address"], "2001:db8:1::77");
    let first = site.done("/api/reservations/suggest", suggest(range.clone())).await;
    assert_eq!(first["address"], "2001:db8:1::1", "the lowest is the routers’");
    let pooled = site.done("/api/reservations/suggest", suggest(Value::Null)).await;
    assert_eq!(pooled["address"], "2001:db8:1::1000");
    let excluded = json!({ "subnet": subnet(), "range": ["2001:db8:1::", "2001:db8:1::ffff"], "reason": "routers" });
    site.done("/api/exclusions/add", excluded).await;
    let beyond = site.done("/api/reservations/suggest", suggest(range)).await;
    assert_eq!(beyond["address"], "2001:db8:1::1:0");
    let mut new = wanted(DUID, "::", &[], &[]);
    new["address"] = Value::Null;
    let after = json!({ "wanted": { "new": new, "range": ["2001:db8:1::1:0", "2001:db8:1::1:ffff"],
        "order": { "after": "2001:db8:1::1:41" }, "request": "ipv6-test" } });
    for _ in 0..2 {
        let made = site.done("/api/reservations/reserve", after.clone()).await;
        assert_eq!(made["reservation"]["address"], "2001:db8:1::1:42", "also asked again");
    }
}

#[tokio::test]
async fn a_table_has_several_addresses_and_prefixes_and_comes_back_as_it_was() {
    let site = Site::new().await;
    let text = format!(
        "type,identifier,address,prefixes,name,options\n\
         duid,{DUID},2001:db8:1::5 2001:db8:1::6,2001:db8:e000:100::/56 2001:db8:e000:200::/56,one,dns-servers=2001:db8::53\n\
         duid,{OTHER},next,2001:db8:e000:180::/57,two,\n"
    );
    let table = |text: &str| json!({ "text": text, "subnet": subnet() });
    let verdicts = |table: &Value| -> Vec<String> {
        table["rows"].as_array().unwrap().iter().map(|row| row["verdict"].as_str().unwrap().to_owned()).collect()
    };
    let checked = site.done("/api/table/check", table(&text)).await;
    assert_eq!(verdicts(&checked), ["new", "blocked"], "the second prefix lies in the first row’s: {checked}");
    let text = text.replace("2001:db8:e000:180::/57", "2001:db8:e000:300::/56");
    let applied = site.done("/api/table/apply", table(&text)).await;
    assert_eq!(verdicts(&applied), ["new", "new"]);
    assert!(applied["rows"].as_array().unwrap().iter().all(|row| row["outcome"]["Ok"].is_object()), "{applied}");
    assert_eq!(site.held(DUID)["prefixes"], json!(["2001:db8:e000:100::/56", "2001:db8:e000:200::/56"]));
    let export = site.done("/api/table/export", json!({ "subnet": subnet() })).await;
    let again = site.done("/api/table/check", json!({ "text": export, "subnet": null })).await;
    assert_eq!(verdicts(&again), ["same", "same"], "{export}");
}

#[tokio::test]
async fn foreman_sees_ipv4_alone_whatever_becomes_of_the_rest() {
    let mut site = Site::new().await;
    let list = site.done("/api/subnets/list", json!({})).await;
    let prefixes: Vec<_> = list["subnets"].as_array().unwrap().iter().map(|row| &row["subnet"]["prefix"]).collect();
    assert_eq!(prefixes, [&json!("192.0.2.0/24"), &json!("2001:db8:1::/64")]);
    let networks = async |site: &Site| {
        let (status, text) = site.nestor.foreman("GET", "/dhcp", &[]).await;
        let all: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        (status, all.as_array().map(|all| all.iter().map(|one| one["network"].clone()).collect::<Vec<_>>()))
    };
    let expected = (200, Some(vec![json!("192.0.2.0")]));
    assert_eq!(networks(&site).await, expected);
    assert_eq!(site.done("/api/foreman/subnets", json!({})).await.as_array().unwrap().len(), 1);
    site.v6.kill9();
    assert_eq!(networks(&site).await, expected, "a silent server of IPv6 is none of its business");
}

/// What the page of options sends for what is typed, with what it knows of each option, and what Kea has of it then.
#[tokio::test]
async fn options_of_ipv6_are_known_by_what_they_are_made_of() {
    let site = Site::new().await;
    let options = || site.done("/api/config/options", json!({ "server": "kea6", "path": "" }));
    let answer = options().await;
    let defined = |name: &str| {
        let all = answer["defined"].as_array().unwrap().iter();
        all.clone().find(|option| option["name"] == name).unwrap_or_else(|| panic!("{name}: {answer}")).clone()
    };
    let servers = defined("dns-servers");
    assert_eq!((&servers["kind"], &servers["array"]), (&json!("ipv6-address"), &json!(true)), "{servers}");
    assert_eq!(servers["about"], "DNS servers: list of ipv6-address");
    let time = defined("ntp-server-address");
    assert_eq!((&time["space"], &time["container"]), (&json!("v6-ntp-server-suboptions"), &json!(56)), "{time}");
    let add = |value: Value| json!({ "op": "add", "path": "option-data", "value": value.to_string() });
    let edits = json!([
        add(json!({ "code": 23, "space": "dhcp6", "data": "2001:db8::53, 2001:db8::54" })),
        add(json!({ "code": 59, "space": "dhcp6", "data": "tftp://[2001:db8::1]/a\\,b" })),
        add(json!({ "code": 1, "space": "v6-ntp-server-suboptions", "data": "2001:db8::123" })),
        add(json!({ "code": 56, "space": "dhcp6" })),
    ]);
    let plan = site.done("/api/config/plan", json!({ "server": "kea6", "edits": edits })).await;
    assert_eq!(plan["findings"], json!([]), "{plan}");
    let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
    site.done("/api/config/apply", json!({ "server": "kea6", "request": request })).await;
    let held = site.v6.command("config-get", &json!(null))["arguments"]["Dhcp6"]["option-data"].clone();
    let data = |code: u16, space: &str| {
        let all = held.as_array().unwrap().iter();
        all.clone().find(|one| one["code"] == code && one["space"] == space).map(|one| one["data"].clone())
    };
    assert_eq!(data(23, "dhcp6"), Some(json!("2001:db8::53, 2001:db8::54")), "{held}");
    assert!(data(56, "dhcp6").is_some() && data(1, "v6-ntp-server-suboptions").is_some(), "{held}");
    let page = site.nestor.get("/servers/kea6/options", &site.cookie).await.text().await.unwrap();
    for text in
        ["dns-servers (23)", "DNS servers: list of ipv6-address", "2001:db8::53, 2001:db8::54", "ntp-server-address"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
}
