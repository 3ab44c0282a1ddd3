//! What a server holds, written by others, is not changed by an edit that does not touch it, nor judged: odd records
//! that a real Kea takes, in its file, in its database and of IPv6.

use crate::host_database::with_database;
use crate::postgres::Cluster;
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, Nestor, lay_accounts, path};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

fn pick(dice: &mut Rng, of: &[Value]) -> Value {
    of[dice.below(of.len())].clone()
}

fn contexts() -> Vec<Value> {
    vec![
        Value::Null,
        json!({}),
        json!({ "comment": "rack 4" }),
        json!({ "comment": { "by": "netops", "ticket": 4711 }, "infra": true }),
        json!({ "comment": "" }),
        json!({ "comment": " in blanks " }),
        json!({ "comment": "two\nlines, “quoted” and \"quoted\"; a\tb" }),
        json!({ "comment": "=1+1", "description": "=2+2" }),
        json!({ "description": "of another tool" }),
        json!({ "name": "web", "subnet-name": 7, "comment": null }),
        json!({ "comment": ["a"], "description": false, "nestor-record-name": { "n": 1 } }),
        json!({ "nestor-record-name": "web.example.test", "deep": { "of": [1, null, 2.5] } }),
    ]
}

fn host_names() -> Vec<Value> {
    ["", "web-01", "two words", "UPPER.Case.", "-x-", "a..b", "=cmd", "'quoted'", "a,b;c"].map(Value::from).to_vec()
}

/// Options of either family: `code` is one that the server has no definition of.
fn options(space: &str, code: u16) -> Vec<Value> {
    vec![
        json!({ "code": code, "csv-format": false, "data": "613B62" }),
        json!({ "code": code + 1, "csv-format": false, "data": "", "always-send": true }),
        json!({ "code": code + 2, "never-send": true, "csv-format": false, "data": "00" }),
        json!({ "name": "odd-text", "space": space, "data": "0x10" }),
        json!({ "name": "odd-text", "space": space, "data": " a b; c\\d\\" }),
        json!({ "name": "odd-number", "space": space, "data": "0x10", "always-send": true }),
    ]
}

fn options_v4() -> Vec<Value> {
    let more = [
        json!({ "name": "routers", "never-send": true }),
        json!({ "code": 3, "csv-format": false, "data": "C0000201" }),
        json!({ "name": "boot-file-name", "data": "a\\,b;\"c\"", "always-send": true }),
        json!({ "name": "tftp-server-name", "csv-format": false, "data": "30783130" }),
        json!({ "code": 43, "csv-format": false, "data": "" }),
        json!({ "code": 1, "space": "vendor-encapsulated-options-space", "csv-format": false, "data": "AB" }),
    ];
    options("dhcp4", 224).into_iter().chain(more).collect()
}

fn options_v6() -> Vec<Value> {
    let more = [
        json!({ "name": "dns-servers", "never-send": true }),
        json!({ "code": 23, "csv-format": false, "data": "20010DB8000000000000000000000001" }),
        json!({ "name": "domain-search", "data": "a.test,b.test" }),
    ];
    options("dhcp6", 2_300).into_iter().chain(more).collect()
}

fn definitions(first: u16) -> Value {
    json!([{ "name": "odd-text", "code": first, "type": "string" },
        { "name": "odd-number", "code": first + 1, "type": "uint16" }])
}

fn some(dice: &mut Rng, mut of: Vec<Value>) -> Vec<Value> {
    let mut taken = Vec::new();
    while !of.is_empty() && dice.percent(45) {
        taken.push(of.swap_remove(dice.below(of.len())));
    }
    taken
}

/// A record, and whatever of it is odd.
fn record(dice: &mut Rng, number: usize, family: u8) -> Map<String, Value> {
    let mac = format!("02:00:00:00:00:{number:02x}");
    let duid = format!("00:03:00:01:{mac}");
    let octets = format!("01:{mac}");
    let classes = ["=pxe", "a;b", "\"x\"", "two words"].map(Value::from).to_vec();
    let (identifier, options) = if family == 4 {
        let text = format!("'Gi1/0/{number}'");
        let all = [("hw-address", mac), ("client-id", octets), ("circuit-id", text), ("duid", duid)];
        (all[dice.below(all.len())].clone(), options_v4())
    } else {
        let all = [("duid", duid), ("hw-address", mac), ("flex-id", octets)];
        (all[dice.below(all.len())].clone(), options_v6())
    };
    let mut record = json!({
        "subnet-id": 1, "hostname": pick(dice, &host_names()), "user-context": pick(dice, &contexts()),
        "option-data": some(dice, options), "client-classes": some(dice, classes),
    });
    let members = record.as_object_mut().unwrap();
    members.insert(identifier.0.to_owned(), identifier.1.into());
    if family == 4 && dice.percent(70) {
        members.insert("ip-address".to_owned(), format!("192.0.2.{}", number + 1).into());
        members.insert("boot-file-name".to_owned(), pick(dice, &[json!(""), json!("a;b\"c"), json!("=x")]));
        members
            .insert("server-hostname".to_owned(), pick(dice, &[json!(""), json!(" in blanks "), json!("two\twords")]));
    }
    if family == 6 {
        members.insert("ip-addresses".to_owned(), json!([format!("2001:db8::{}", number + 1)]));
        if dice.percent(30) {
            members.insert("prefixes".to_owned(), json!([format!("2001:db8:{:x}00::/56", 0xe0 + number)]));
            members.insert("excluded-prefixes".to_owned(), json!([""]));
        }
    }
    members.retain(|_, value| !value.is_null());
    record.as_object().unwrap().clone()
}

/// A Kea with odd records in one of its places, and Nestor before it.
struct Site {
    kea: Kea,
    nestor: Nestor,
    cookie: String,
    place: &'static str,
}

impl Site {
    async fn with(kea: Kea, nestor: Nestor, place: &'static str, family: u8) -> Self {
        let seed = seed();
        eprintln!("round_trip {place} {family}: NESTOR_SEED={seed}");
        let mut dice = Rng::new(seed);
        let mut taken = 0;
        for number in 0..rounds(60, 200) {
            let record = record(&mut dice, number, family);
            let made = kea.command("reservation-add", &json!({ "reservation": record, "operation-target": place }));
            taken += usize::from(made["result"] == 0);
        }
        assert!(taken > 40, "most of them are what Kea takes: {taken}");
        let cookie = nestor.sign_in("operator").await;
        Self { kea, nestor, cookie, place }
    }

    async fn done(&self, path: &str, arguments: &Value) -> Value {
        let (status, answer) = self.nestor.call(path, arguments, &self.cookie).await;
        assert_eq!(status, 200, "{path}: {arguments} {answer}");
        answer
    }

    fn held(&self) -> Vec<Value> {
        let asked = json!({ "subnet-id": 1, "operation-target": self.place });
        let mut all = self.kea.command("reservation-get-all", &asked)["arguments"]["hosts"].as_array().unwrap().clone();
        all.sort_by_key(ToString::to_string);
        all
    }

    async fn export(&self) -> String {
        self.done("/api/table/export", &json!({ "subnet": null })).await.as_str().unwrap().to_owned()
    }

    /// Its own table, given back, changes nothing.
    async fn gives_back_its_table(&self) {
        let (text, before) = (self.export().await, self.held());
        let arguments = json!({ "text": text, "subnet": null });
        let checked = self.done("/api/table/check", &arguments).await;
        let rows = checked["rows"].as_array().unwrap();
        assert_eq!(rows.len(), before.len());
        for row in rows {
            assert_eq!(row["verdict"], "same", "{row}\n{text}");
        }
        self.done("/api/table/apply", &arguments).await;
        assert_eq!(self.held(), before);
    }

    /// Of each record one thing is changed, as a script does it and as the form does it: nothing else moves.
    async fn changes_what_was_touched(&self) {
        let query = json!({ "text": "", "filter": "reservations", "sort": "address", "descending": false, "offset": 0,
            "limit": 500 });
        let server = json!({ "server": "kea", "id": 1 });
        let page = self.done("/api/subnets/addresses", &json!({ "subnet": server, "query": query })).await;
        // One with an address and a prefix has a row for each.
        let mut all: Vec<&Value> = Vec::new();
        for row in page["rows"].as_array().unwrap() {
            let reservation = &row["client"]["reservation"];
            if !all.contains(&reservation) {
                all.push(reservation);
            }
        }
        assert!(all.len() > 20);
        for (at, seen) in all.into_iter().enumerate() {
            let mut new = seen.as_object().unwrap().clone();
            new.remove("storage");
            if at % 2 == 0 {
                new.insert("options".to_owned(), Value::Null);
                new.insert("client_classes".to_owned(), Value::Null);
            }
            new.insert("host_name".to_owned(), format!("touched-{at}").into());
            let before = self.held();
            self.done("/api/reservations/update", &json!({ "seen": seen, "new": new })).await;
            let after = self.held();
            let bare = |all: &[Value], other: &[Value]| -> Vec<Value> {
                let mut only: Vec<Value> = all.iter().filter(|one| !other.contains(one)).cloned().collect();
                for one in &mut only {
                    one.as_object_mut().unwrap().remove("hostname");
                }
                only
            };
            assert_eq!(bare(&after, &before), bare(&before, &after), "{seen}");
        }
    }
}

#[tokio::test]
async fn in_the_file() {
    let mut config = json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }] });
    config["option-def"] = definitions(230);
    let kea = Kea::start(config);
    let nestor = Nestor::before(&kea);
    let site = Site::with(kea, nestor, "memory", 4).await;
    site.gives_back_its_table().await;
    site.changes_what_was_touched().await;
    site.gives_back_its_table().await;
}

#[tokio::test]
async fn in_the_database() {
    let cluster = Cluster::shared();
    let mut config = with_database(&cluster, "round_trip");
    config["option-def"] = definitions(230);
    let kea = Kea::start(config);
    let nestor = Nestor::before(&kea);
    let site = Site::with(kea, nestor, "database", 4).await;
    site.gives_back_its_table().await;
    site.changes_what_was_touched().await;
}

#[tokio::test]
async fn of_ipv6() {
    let kea = Kea::start6(json!({ "subnet6": [{ "id": 1, "subnet": "2001:db8::/64" }], "option-def": [
        { "name": "odd-text", "code": 2_310, "type": "string" }, { "name": "odd-number", "code": 2_311, "type": "uint16" },
    ] }));
    let folder = TempDir::new().unwrap();
    let data = folder.path();
    lay_accounts(data);
    let config = data.join("nestor.toml");
    std::fs::write(data.join("kea.password"), kea.password()).unwrap();
    let (url, user) = (kea.url(), kea.user());
    let server = format!("[[kea]]\nname = 'kea'\nservice = 'dhcp6'\nurl = '{url}'\nuser = '{user}'\npassword_file = '");
    std::fs::write(&config, format!("{server}{}'\n", path(&data.join("kea.password")))).unwrap();
    let nestor = Nestor::launch(data, &["--config", path(&config)]);
    let site = Site::with(kea, nestor, "memory", 6).await;
    site.gives_back_its_table().await;
    site.changes_what_was_touched().await;
}
