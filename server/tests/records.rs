//! Every record that Kea holds is listed, found, exported, and keeps its address, however odd it is. On real Keas of both
//! families.

use std::path::Path;

use crate::host_database::with_database;
use crate::postgres::Cluster;
use crate::support::{Kea, Nestor, lay_accounts, path, searched};
use serde_json::{Value, json};
use tempfile::TempDir;

const DUID: &str = "00:02:00:00:ab:11:68:46:79:5a:ab:74:cd:25";
const FOR_EVER: u32 = u32::MAX;

/// A Kea of either family, and Nestor before them.
struct Site {
    v4: Kea,
    v6: Kea,
    nestor: Nestor,
    cookie: String,
    _folder: TempDir,
}

impl Site {
    async fn before(v4: Kea, v6: Kea) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path();
        lay_accounts(data);
        let file = data.join("nestor.toml");
        let sections = [section(data, "four", "dhcp4", &v4), section(data, "six", "dhcp6", &v6)];
        std::fs::write(&file, sections.concat()).unwrap();
        let nestor = Nestor::launch(data, &["--config", path(&file)]);
        let cookie = nestor.sign_in("operator").await;
        Self { v4, v6, nestor, cookie, _folder: folder }
    }

    async fn done(&self, path: &str, arguments: Value) -> Value {
        let (status, answer) = self.nestor.call(path, &arguments, &self.cookie).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// The clients of the subnet with that name: address, state, and the name that is reserved.
    async fn clients(&self, subnet: &str, filter: &str) -> Vec<String> {
        let query = json!({ "text": "", "filter": filter, "sort": "address", "descending": false, "offset": 0,
            "limit": 500 });
        let page = self.done("/api/subnets/addresses", json!({ "subnet": key(subnet), "query": query })).await;
        let clients = page["rows"].as_array().unwrap().iter().filter_map(|row| row.get("client"));
        clients.map(about).collect()
    }

    /// The records of the subnet that are not understood.
    async fn raw_rows(&self, subnet: &str) -> Vec<Value> {
        let query = json!({ "text": "", "filter": "all", "sort": "address", "descending": false, "offset": 0,
            "limit": 500 });
        let page = self.done("/api/subnets/addresses", json!({ "subnet": key(subnet), "query": query })).await;
        page["rows"].as_array().unwrap().iter().filter_map(|row| row.get("raw")).cloned().collect()
    }

    async fn found(&self, text: &str) -> Vec<String> {
        let answer = searched(async || self.done("/api/search", json!({ "text": text })).await).await;
        assert_eq!(answer["silent"], json!([]), "{text}");
        answer["clients"].as_array().unwrap().iter().map(|found| about(&found[1])).collect()
    }

    /// What stands against a reservation: how bad it is, and which field it is about.
    async fn verdict(&self, subnet: &str, identifier: (&str, &str), address: &str) -> Vec<String> {
        let new = json!({ "subnet": key(subnet), "identifier": { "kind": identifier.0, "value": identifier.1 },
            "address": address });
        let told = self.done("/api/reservations/verdict", json!({ "new": new, "replacing": null })).await;
        let short =
            |each: &Value| format!("{} {}", each["severity"].as_str().unwrap(), each["field"].as_str().unwrap());
        told.as_array().unwrap().iter().map(short).collect()
    }

    async fn findings(&self, server: &str) -> Vec<Value> {
        let servers = self.done("/api/servers/list", json!({})).await;
        let of = servers.as_array().unwrap().iter().find(|each| each["name"] == server).unwrap();
        of["findings"].as_array().unwrap().clone()
    }

    async fn unused(&self, query: &str) -> Option<String> {
        let (status, text) = self.nestor.foreman("GET", &format!("/dhcp/192.0.2.0/unused_ip{query}"), &[]).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str::<Value>(&text).unwrap()["ip"].as_str().map(str::to_owned)
    }
}

fn section(data: &Path, name: &str, service: &str, kea: &Kea) -> String {
    let password = data.join(format!("{name}.password"));
    std::fs::write(&password, kea.password()).unwrap();
    let (url, user) = (kea.url(), kea.user());
    format!(
        "[[kea]]\nname = '{name}'\nservice = '{service}'\nurl = '{url}'\nuser = '{user}'\npassword_file = '{}'\n",
        path(&password)
    )
}

fn key(text: &str) -> Value {
    let (server, id) = text.split_once('/').unwrap();
    json!({ "server": server, "id": id.parse::<u32>().unwrap() })
}

/// `192.0.2.10 reserved-idle short-mac`
fn about(client: &Value) -> String {
    let what = client["address"].as_str().or(client["prefix"].as_str()).unwrap_or("nowhere");
    let name = client["reservation"]["host_name"].as_str().or(client["lease"]["host_name"].as_str()).unwrap_or("-");
    format!("{what} {} {name}", client["state"].as_str().unwrap())
}

fn octets(count: usize) -> String {
    vec!["a7"; count].join(":")
}

/// A `kea-dhcp4` with the subnet `192.0.2.0/24` and these reservations.
fn four(unique: bool, reservations: &Value) -> Kea {
    Kea::start(json!({
        "ip-reservations-unique": unique,
        "host-reservation-identifiers": ["hw-address", "client-id", "duid", "circuit-id", "flex-id"],
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.99" }],
            "reservations": reservations }],
    }))
}

/// A `kea-dhcp6` with the subnet `2001:db8::/64` and these reservations.
fn six(unique: bool, reservations: &Value) -> Kea {
    Kea::start6(json!({
        "ip-reservations-unique": unique,
        "subnet6": [{ "id": 1, "subnet": "2001:db8::/64", "pools": [{ "pool": "2001:db8::10-2001:db8::99" }],
            "reservations": reservations }],
    }))
}

fn done(kea: &Kea, command: &str, arguments: &Value) {
    let answer = kea.command(command, arguments);
    assert_eq!(answer["result"], 0, "{command} {arguments}: {answer}");
}

fn lease4(kea: &Kea, subnet: u32, address: &str, hw_address: &str) {
    let lease = json!({ "subnet-id": subnet, "ip-address": address, "hw-address": hw_address, "hostname": "leased" });
    done(kea, "lease4-add", &lease);
}

fn lease6(kea: &Kea, subnet: u32, address: &str, duid: &str) {
    let lease = json!({ "subnet-id": subnet, "ip-address": address, "duid": duid, "iaid": 1, "hostname": "leased" });
    done(kea, "lease6-add", &lease);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identifiers_of_every_length_that_kea_keeps_are_records_like_any_other() {
    let kinds =
        [("hw-address", 1, 20), ("client-id", 2, 255), ("duid", 3, 130), ("circuit-id", 1, 128), ("flex-id", 1, 128)];
    let lengths = kinds.iter().flat_map(|(kind, shortest, longest)| [(*kind, *shortest), (*kind, *longest)]);
    let mut all: Vec<(&str, usize)> = lengths.collect();
    all.extend([5, 16].map(|length| ("hw-address", length)));
    let name = |kind: &str, length: usize| format!("odd-{kind}-{length:03}");
    let of = |at: usize, (kind, length): (&str, usize)| json!({ kind: octets(length), "ip-address": format!("192.0.2.{}", 10 + at), "hostname": name(kind, length) });
    let reservations: Vec<Value> = all.iter().enumerate().map(|(at, each)| of(at, *each)).collect();
    let of_ipv6 = json!([
        { "duid": octets(130), "ip-addresses": ["2001:db8::10"], "hostname": "odd-duid6" },
        { "hw-address": octets(1), "ip-addresses": ["2001:db8::11"], "hostname": "odd-mac6" },
    ]);
    let site = Site::before(four(true, &json!(reservations)), six(true, &of_ipv6)).await;
    lease4(&site.v4, 1, "192.0.2.40", &octets(3));
    lease6(&site.v6, 1, "2001:db8::40", &octets(130));

    let shown = site.clients("four/1", "reservations").await;
    assert_eq!(shown.len(), all.len(), "{shown:?}");
    let table = site.done("/api/table/export", json!({ "subnet": null })).await;
    let table = table.as_str().unwrap();
    for (at, (kind, length)) in all.iter().enumerate() {
        let (address, name) = (format!("192.0.2.{}", 10 + at), name(kind, *length));
        let row = format!("{address} reserved-idle {name}");
        assert!(shown.contains(&row), "{row} is not in {shown:?}");
        assert_eq!(site.found(&name).await, [row], "{name}");
        assert!(table.contains(&name), "{name} is not exported");
        let verdict = site.verdict("four/1", ("hw-address", "02:00:5e:00:00:01"), &address).await;
        assert_eq!(verdict, ["blocks address"], "{address}");
        let range = format!("?from={address}&to={address}");
        assert_eq!(site.unused(&range).await, None, "{address} is offered");
    }
    let checked = site.done("/api/table/check", json!({ "text": table, "subnet": null })).await;
    let verdicts: Vec<&Value> = checked["rows"].as_array().unwrap().iter().map(|row| &row["verdict"]).collect();
    assert!(verdicts.iter().all(|verdict| **verdict == "same"), "{checked}");
    let shown = site.clients("six/1", "all").await;
    for row in
        ["2001:db8::10 reserved-idle odd-duid6", "2001:db8::11 reserved-idle odd-mac6", "2001:db8::40 leased leased"]
    {
        assert!(shown.iter().any(|known| known == row), "{row} is not in {shown:?}");
    }
    assert_eq!(site.found(&octets(130)).await.len(), 4, "with the client id that has it inside");

    // Nothing but the client: it is a known one then.
    for (subnet, kind, client) in [("four/1", "hw-address", "02:00:5e:00:00:aa"), ("six/1", "duid", DUID)] {
        let new = json!({ "subnet": key(subnet), "identifier": { "kind": kind, "value": client } });
        let made = site.done("/api/reservations/create", json!({ "new": new })).await;
        assert_eq!(made["findings"][0]["field"], "address", "{made}");
        assert!(site.clients(subnet, "reservations").await.contains(&"nowhere reserved-idle -".to_owned()), "{subnet}");
    }

    // Odd, and perhaps cut off: it is made all the same, with a word.
    let verdict = site.verdict("four/1", ("hw-address", "02:00:5e:00:00"), "192.0.2.60").await;
    assert_eq!(verdict, ["warns identifier"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_whose_subnet_is_gone_or_lies_elsewhere_is_not_lost() {
    let reserved = json!([{ "hw-address": "02:00:00:00:00:77", "ip-address": "192.0.2.53", "hostname": "reserved" }]);
    let (v4, v6) = (four(true, &reserved), six(true, &json!([])));
    for (id, subnet) in [(8, "192.0.2.0/25"), (9, "198.51.100.0/24"), (10, "203.0.113.0/24")] {
        done(&v4, "subnet4-add", &json!({ "subnet4": [{ "id": id, "subnet": subnet }] }));
    }
    lease4(&v4, 8, "192.0.2.50", "02:00:00:00:00:50");
    lease4(&v4, 8, "192.0.2.53", "02:00:00:00:00:53");
    lease4(&v4, 9, "198.51.100.7", "02:00:00:00:00:07");
    lease4(&v4, 10, "203.0.113.7", "02:00:00:00:00:08");
    lease4(&v4, 1, "192.0.2.52", "02:00:00:00:00:52");
    for id in [8, 9, 10] {
        done(&v4, "subnet4-del", &json!({ "id": id }));
    }
    // Renumbered: the lease of the old number 10 is outside of what that is now.
    done(&v4, "subnet4-add", &json!({ "subnet4": [{ "id": 10, "subnet": "10.10.0.0/24" }] }));
    done(&v6, "subnet6-add", &json!({ "subnet6": [{ "id": 9, "subnet": "2001:db8:0:0:1::/80" }] }));
    lease6(&v6, 9, "2001:db8::1:0:0:50", DUID);
    done(&v6, "subnet6-del", &json!({ "id": 9 }));

    let site = Site::before(v4, v6).await;
    let of_four = site.findings("four").await;
    let strays = of_four.iter().find(|finding| finding["text"].as_str().unwrap().contains("leases")).unwrap();
    assert!(strays["text"].as_str().unwrap().starts_with("4 leases belong to no subnet"), "{strays}");
    let items = strays["items"].as_array().unwrap();
    assert!(items.contains(&json!("198.51.100.7 · subnet 9 · 02:00:00:00:00:07 · leased")), "{items:?}");
    assert!(
        site.findings("six")
            .await
            .iter()
            .any(|finding| finding["text"].as_str().unwrap().starts_with("1 lease belongs"))
    );

    let shown = site.clients("four/1", "all").await;
    assert_eq!(shown, ["192.0.2.50 leased leased", "192.0.2.52 leased leased", "192.0.2.53 conflict reserved"]);
    assert_eq!(site.clients("four/1", "problems").await, ["192.0.2.50 leased leased", "192.0.2.53 conflict reserved"]);
    assert_eq!(site.clients("four/10", "all").await, ["203.0.113.7 leased leased"], "after what lies in the prefix");
    assert_eq!(site.clients("six/1", "all").await, ["2001:db8::1:0:0:50 leased leased"]);
    for (text, row) in [
        ("192.0.2.50", "192.0.2.50 leased leased"),
        ("198.51.100.7", "198.51.100.7 leased leased"),
        ("02:00:00:00:00:07", "198.51.100.7 leased leased"),
        ("198.51.10", "198.51.100.7 leased leased"),
        ("203.0.113", "203.0.113.7 leased leased"),
        ("2001:db8::1:0:0:50", "2001:db8::1:0:0:50 leased leased"),
    ] {
        assert_eq!(site.found(text).await, [row], "{text}");
    }
    assert_eq!(site.unused("?from=192.0.2.50&to=192.0.2.50").await, None, "Kea would not give it away");
    let warned = ["warns address"];
    assert_eq!(site.verdict("four/1", ("hw-address", "02:00:00:00:00:99"), "192.0.2.50").await, warned);
    let (_, record) = site.nestor.foreman("GET", "/dhcp/192.0.2.0/ip/192.0.2.50", &[]).await;
    assert!(record.contains("02:00:00:00:00:50"), "{record}");
    let (_, record) = site.nestor.foreman("GET", "/dhcp/192.0.2.0/mac/02:00:00:00:00:50", &[]).await;
    assert!(record.contains("192.0.2.50"), "{record}");
    let page = site.nestor.get("/networks/four/1", &site.cookie).await.text().await.unwrap();
    assert!(page.contains("The lease is of subnet 8"), "the page says nothing of it");
    let page = site.nestor.get("/servers", &site.cookie).await.text().await.unwrap();
    assert!(page.contains("198.51.100.7 · subnet 9"), "the page of servers has no list of them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_reservations_of_one_place_are_all_there_where_the_server_allows_them() {
    let of = |last: u8, name: &str| {
        let mac = format!("02:00:00:00:00:{last:02x}");
        json!({ "hw-address": mac, "ip-address": "192.0.2.10", "hostname": name, "comment": "laptop-1" })
    };
    let of_ipv6 = |last: u8, name: &str| {
        let duid = format!("{DUID}:{last:02x}");
        json!({ "duid": duid, "ip-addresses": ["2001:db8::10"], "prefixes": ["2001:db8:1::/56"], "hostname": name })
    };
    let v4 = four(false, &json!([of(1, "wired"), of(2, "wifi"), of(3, "dock")]));
    let v6 = six(false, &json!([of_ipv6(1, "left6"), of_ipv6(2, "right6")]));
    lease4(&v4, 1, "192.0.2.10", "02:00:00:00:00:02");
    let site = Site::before(v4, v6).await;

    let three = ["192.0.2.10 reserved-idle wired", "192.0.2.10 reserved-in-use wifi", "192.0.2.10 reserved-idle dock"];
    assert_eq!(site.clients("four/1", "reservations").await, three);
    assert_eq!(site.clients("four/1", "leases").await, three[1..2]);
    assert_eq!(site.clients("four/1", "problems").await, [""; 0]);
    for text in ["laptop-", "192.0.2.10", "192.0.2.1"] {
        let mut found = site.found(text).await;
        found.sort();
        let mut expected = three.map(str::to_owned);
        expected.sort();
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(site.found("02:00:00:00:00:01").await, three[..1], "it is no conflict that another one has the lease");
    assert_eq!(site.clients("six/1", "reservations").await.len(), 4, "two rows for the address and two for the prefix");

    let fourth = ("hw-address", "02:00:00:00:00:05");
    assert_eq!(site.verdict("four/1", fourth, "192.0.2.10").await, ["warns address"; 4], "three, and the lease");
    let table = json!({ "text": "mac,ip,name\n02:00:00:00:00:05,192.0.2.10,vm\n", "subnet": key("four/1") });
    let checked = site.done("/api/table/check", table).await;
    assert_eq!(checked["rows"][0]["verdict"], "new", "{checked}");
    let identifier = json!({ "kind": "hw-address", "value": fourth.1 });
    let new = json!({ "subnet": key("four/1"), "identifier": identifier, "address": "192.0.2.10", "host_name": "vm" });
    site.done("/api/reservations/create", json!({ "new": new })).await;
    assert_eq!(site.clients("four/1", "reservations").await.len(), 4);
    let (_, records) = site.nestor.foreman("GET", "/dhcp/192.0.2.0/ip/192.0.2.10", &[]).await;
    assert_eq!(serde_json::from_str::<Value>(&records).unwrap().as_array().unwrap().len(), 4, "{records}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_in_two_spellings_is_one_client() {
    let inside = format!("ff:b5:5e:67:ff:{DUID}");
    let v4 = four(
        true,
        &json!([
            { "duid": DUID, "ip-address": "192.0.2.92", "hostname": "Ember.Example.COM." },
            { "client-id": "01:02:00:00:00:00:07", "ip-address": "192.0.2.93" },
            { "hw-address": "02:00:00:00:00:94", "ip-address": "192.0.2.94" },
            { "hw-address": "00:00:00:00:00:00", "ip-address": "192.0.2.95" },
        ]),
    );
    let lease = |address: &str, hw_address: &str, client_id: &str| {
        let lease = json!({ "subnet-id": 1, "ip-address": address, "hw-address": hw_address, "client-id": client_id });
        done(&v4, "lease4-add", &lease);
    };
    lease("192.0.2.92", "02:00:00:00:00:92", &inside);
    lease("192.0.2.80", "02:00:00:00:00:94", "aa:bb:cc");
    lease("192.0.2.81", "00:00:00:00:00:00", "dd:ee:ff");
    let site = Site::before(v4, six(true, &json!([]))).await;
    assert_eq!(site.clients("four/1", "leases").await[2], "192.0.2.92 reserved-in-use Ember.Example.COM.");

    let other_iaid = format!("ff:00:00:00:01:{DUID}");
    for (kind, client) in [
        ("client-id", inside.as_str()),
        ("client-id", &other_iaid),
        ("hw-address", "02:00:00:00:00:92"),
        ("hw-address", "02:00:00:00:00:07"),
        ("client-id", "01:02:00:00:00:00:94"),
        ("client-id", "aa:bb:cc"),
    ] {
        assert_eq!(site.verdict("four/1", (kind, client), "192.0.2.61").await, ["warns identifier"], "{kind} {client}");
        let text = format!("identifier_type,identifier,address\n{kind},{client},192.0.2.61\n");
        let checked = site.done("/api/table/check", json!({ "text": text, "subnet": key("four/1") })).await;
        assert_eq!(checked["rows"][0]["findings"][0]["field"], "identifier", "{checked}");
    }
    assert_eq!(site.verdict("four/1", ("client-id", "dd:ee:ff"), "192.0.2.61").await, [""; 0], "zeros are no client");
    assert_eq!(site.verdict("four/1", ("hw-address", "ff:ff:ff:ff:ff:ff"), "192.0.2.61").await, ["warns identifier"]);
    let offered = site.unused("?mac=00:00:00:00:00:00").await.unwrap();
    assert!(!["192.0.2.81", "192.0.2.95"].contains(&offered.as_str()), "{offered} is another’s");
    let (status, record) = site.nestor.foreman("GET", "/dhcp/192.0.2.0/mac/ff:ff:ff:ff:ff:ff", &[]).await;
    assert_eq!(status, 404, "{record}");

    for name in ["ember.example.com", "EMBER.example.com.", "ember.exam"] {
        assert_eq!(site.found(name).await, ["192.0.2.92 reserved-in-use Ember.Example.COM."], "{name}");
    }
    let new = json!({ "subnet": key("four/1"), "identifier": { "kind": "hw-address", "value": "02:00:00:00:00:01" },
        "address": "192.0.2.62", "host_name": "ember.example.com" });
    let told = site.done("/api/reservations/verdict", json!({ "new": new, "replacing": null })).await;
    assert_eq!(told[0]["field"], "host_name", "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_over_is_called_so_and_what_never_ends_too() {
    let v4 = four(true, &json!([]));
    let lease = |address: &str, last: u8, more: Value| {
        let mac = format!("02:00:00:00:00:{last:02x}");
        let mut lease = json!({ "subnet-id": 1, "ip-address": address, "hw-address": mac });
        lease.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        done(&v4, "lease4-add", &lease);
    };
    lease("192.0.2.57", 0x57, json!({ "state": 3 }));
    lease("192.0.2.58", 0x58, json!({ "state": 2 }));
    lease("192.0.2.59", 0x59, json!({ "valid-lft": FOR_EVER }));
    let v6 = six(true, &json!([]));
    let for_ever = json!({ "subnet-id": 1, "ip-address": "2001:db8::59", "duid": DUID, "iaid": 1,
        "valid-lft": FOR_EVER, "preferred-lft": FOR_EVER });
    done(&v6, "lease6-add", &for_ever);
    let site = Site::before(v4, v6).await;
    let shown = site.clients("four/1", "leases").await;
    assert_eq!(shown, ["192.0.2.57 released -", "192.0.2.58 expired -", "192.0.2.59 leased -"]);
    let page = site.nestor.get("/networks/four/1", &site.cookie).await.text().await.unwrap();
    for word in ["given back", "for ever"] {
        assert!(page.contains(word), "the page does not say “{word}”");
    }
    let page = site.nestor.get("/networks/six/1", &site.cookie).await.text().await.unwrap();
    assert!(page.contains("for ever"), "nor in IPv6");
}

/// What an editor, another program or a database left in it that Kea itself does not question.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_of_no_type_is_shown_as_it_is_and_takes_nothing_away() {
    let reserved = json!([{ "hw-address": "02:00:00:00:00:20", "ip-address": "192.0.2.20", "hostname": "plain" }]);
    let mut v4 = four(true, &reserved);
    lease4(&v4, 1, "192.0.2.30", "02:00:00:00:00:30");
    lease4(&v4, 1, "192.0.2.31", "02:00:00:00:00:31");
    v4.stop();
    let leases = v4.lease_file();
    let text = std::fs::read_to_string(&leases).unwrap();
    // The state is the column before user context and pool.
    let odd = |line: &str| match line.strip_prefix("192.0.2.30,") {
        Some(rest) => {
            let mut cells: Vec<&str> = rest.split(',').collect();
            cells[8] = "77";
            format!("192.0.2.30,{}", cells.join(","))
        }
        None => line.to_owned(),
    };
    std::fs::write(&leases, text.lines().map(odd).collect::<Vec<_>>().join("\n") + "\n").unwrap();
    v4.restart();
    let site = Site::before(v4, six(true, &json!([]))).await;
    let rows = site.raw_rows("four/1").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&rows[0]["kind"], &rows[0]["addresses"]), (&json!("lease"), &json!(["192.0.2.30"])));
    assert!(rows[0]["text"].as_str().unwrap().contains(r#""state":77"#), "{rows:?}");
    assert_eq!(site.clients("four/1", "all").await, ["192.0.2.20 reserved-idle plain", "192.0.2.31 leased leased"]);
    let answer = searched(async || site.done("/api/search", json!({ "text": "02:00:00:00:00:30" })).await).await;
    assert_eq!((answer["raw"].as_array().unwrap().len(), &answer["silent"]), (1, &json!([])), "{answer}");
    assert_eq!(site.verdict("four/1", ("hw-address", "02:00:00:00:00:01"), "192.0.2.30").await, ["blocks address"]);
    assert_eq!(site.unused("?from=192.0.2.30&to=192.0.2.31").await, None);
    let page = site.nestor.get("/networks/four/1", &site.cookie).await.text().await.unwrap();
    assert!(page.contains("there is no state 77"), "the page does not say why");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reservation_of_a_database_that_is_of_no_type_is_shown_as_it_is() {
    let cluster = Cluster::shared();
    let kea = Kea::start(with_database(&cluster, "odd_records"));
    let host = |identifier: &str, kind: u8, address: u32| {
        format!(
            "INSERT INTO hosts (dhcp_identifier, dhcp_identifier_type, dhcp4_subnet_id, ipv4_address, hostname)
             VALUES (decode('{identifier}', 'hex'), {kind}, 1, {address}, 'by-hand');"
        )
    };
    let first = 0xc000_0200;
    let statements = [host("020000000020", 0, first + 20), host("a1", 3, first + 21), host("a2", 3, first + 22)];
    cluster.sql("odd_records", &statements.concat());
    let site = Site::before(kea, six(true, &json!([]))).await;
    assert_eq!(site.clients("four/1", "reservations").await, ["192.0.2.20 reserved-idle by-hand"]);
    let rows = site.raw_rows("four/1").await;
    let places: Vec<_> = rows.iter().map(|row| &row["addresses"][0]).collect();
    assert_eq!(places, ["192.0.2.21", "192.0.2.22"], "{rows:?}");
    for last in [21, 22] {
        let address = format!("192.0.2.{last}");
        let verdict = site.verdict("four/1", ("hw-address", "02:00:00:00:00:01"), &address).await;
        assert_eq!(verdict, ["blocks address"], "{address}");
        assert_eq!(site.unused(&format!("?from={address}&to={address}")).await, None, "{address}");
    }
    let table = site.done("/api/table/export", json!({ "subnet": null })).await;
    assert_eq!(table.as_str().unwrap().matches("does not understand").count(), 2, "{table}");

    // One that Kea itself does not understand: it refuses to list any of the subnet.
    done(
        &site.v4,
        "lease4-add",
        &json!({ "subnet-id": 1, "ip-address": "192.0.2.30", "hw-address": "02:00:00:00:00:30" }),
    );
    cluster.sql("odd_records", &host("a3", 1, first + 23));
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(site.clients("four/1", "all").await, ["192.0.2.30 leased -"], "the leases are there all the same");
    let page = site.nestor.get("/networks/four/1", &site.cookie).await.text().await.unwrap();
    assert!(page.contains("A part of the list is missing."), "the page does not say so");
    let (status, text) = site.nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip", &[]).await;
    assert!(status == 400 && text.contains("too short"), "{status} {text}");
}
