//! `nestor config apply` before the real Kea: what is asked for runs, is saved, serves clients and loads in a fresh Kea, or
//! all is as it was.

pub(crate) mod bench;
mod editors;
mod killed;
mod networks;
mod orphans;
mod pair;
mod pools;
mod refused;
mod reload;
mod secrets;

use serde_json::{Value, json};

use self::bench::Bench;
use crate::support::{Kea, lab};

pub(crate) fn edit(op: &str, path: &str, value: impl Into<Option<Value>>) -> Value {
    match value.into() {
        Some(value) => json!({ "op": op, "path": path, "value": value }),
        None => json!({ "op": op, "path": path }),
    }
}

/// What is edited, in this order, of an IPv4 server; subnet 1 is 192.0.2.0/24 with the pool .100 to .199.
fn edits4() -> Vec<(&'static str, Value)> {
    let option = |code: i64, data: &str| json!({ "code": code, "data": data });
    vec![
        (
            "subnet 198.51.100.0/24 (id 2) added",
            edit(
                "add",
                "subnet4",
                json!({ "id": 2, "subnet": "198.51.100.0/24", "pools": [{ "pool": "198.51.100.10-198.51.100.99" }],
                    "option-data": [option(3, "198.51.100.1")], "valid-lifetime": 1800, "reservations": [] }),
            ),
        ),
        (
            "pool 192.0.2.100-192.0.2.199 grew to 192.0.2.100-192.0.2.219",
            edit(
                "set",
                "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199]",
                json!({ "pool": "192.0.2.100-192.0.2.219" }),
            ),
        ),
        (
            "option 6 (domain-name-servers) added",
            edit("add", "subnet4[id=2].option-data", option(6, "198.51.100.2,198.51.100.3")),
        ),
        ("valid-lifetime from 1800 to 900", edit("set", "subnet4[id=2].valid-lifetime", json!(900))),
        ("valid-lifetime from 3600 to 7200", edit("set", "valid-lifetime", json!(7200))),
        ("198.51.100.1", edit("set", "subnet4[id=2].relay", json!({ "ip-addresses": ["198.51.100.1"] }))),
        // Kea shows a relay without addresses then.
        ("198.51.100.1", edit("unset", "subnet4[id=2].relay", None)),
        (
            "class phones added",
            edit(
                "add",
                "client-classes",
                json!({ "name": "phones", "test": "substring(option[60].hex,0,5) == 'phone'" }),
            ),
        ),
        (
            "option definition 234 (site) added",
            edit("add", "option-def", json!({ "name": "site", "code": 234, "type": "string", "space": "dhcp4" })),
        ),
        ("option 234 (site) added: grün", edit("add", "option-data", json!({ "name": "site", "data": "grün" }))),
        (
            "shared network floor-3 added",
            edit(
                "add",
                "shared-networks",
                json!({ "name": "floor-3", "subnet4": [{ "id": 3, "subnet": "203.0.113.0/24" }] }),
            ),
        ),
        ("class phones removed", edit("remove", "client-classes[name=phones]", None)),
        ("subnet 198.51.100.0/24 (id 2) removed", edit("remove", "subnet4[id=2]", None)),
    ]
}

/// The same for IPv6.
fn edits6() -> Vec<(&'static str, Value)> {
    vec![
        (
            "subnet 2001:db8:2::/64 (id 2) added",
            edit(
                "add",
                "subnet6",
                json!({ "id": 2, "subnet": "2001:db8:2::/64", "pools": [{ "pool": "2001:db8:2::/80" }],
                    "pd-pools": [{ "prefix": "2001:db8:d000::", "prefix-len": 40, "delegated-len": 56 }] }),
            ),
        ),
        (
            "pool 2001:db8:1::1000-2001:db8:1::1fff grew to 2001:db8:1::1000-2001:db8:1::2fff",
            edit(
                "set",
                "subnet6[id=1].pools[pool=2001:db8:1::1000-2001:db8:1::1fff]",
                json!({ "pool": "2001:db8:1::1000-2001:db8:1::2fff" }),
            ),
        ),
        (
            "option 23 (dns-servers) added",
            edit("add", "subnet6[id=2].option-data", json!({ "code": 23, "data": "2001:db8::1" })),
        ),
        ("preferred-lifetime added: 1000", edit("set", "subnet6[id=2].preferred-lifetime", json!(1000))),
        ("valid-lifetime from 3600 to 7200", edit("set", "valid-lifetime", json!(7200))),
        ("class phones added", edit("add", "client-classes", json!({ "name": "phones" }))),
        ("subnet 2001:db8:2::/64 (id 2) removed", edit("remove", "subnet6[id=2]", None)),
    ]
}

fn without_hooks(mut dhcp: Value) -> Value {
    dhcp["hooks-libraries"] = json!([]);
    dhcp
}

fn subnet4() -> Value {
    json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }] }] })
}

fn subnet6() -> Value {
    json!({ "subnet6": [{ "id": 1, "subnet": "2001:db8:1::/64",
        "pools": [{ "pool": "2001:db8:1::1000-2001:db8:1::1fff" }] }] })
}

/// Makes all of them, one after the other.
fn make_all(bench: &Bench, edits: Vec<(&str, Value)>) {
    for (words, edit) in edits {
        let edits = json!([edit]);
        let (code, said, error) = bench.apply(&edits, &["--note", "ticket 7"]);
        assert_eq!((code, error.as_str()), (0, ""), "{edit}: {said}");
        assert!(said.contains(words), "{edit}: {said}");
        bench.saves_what_it_runs();
        bench.made_it();
        let (code, said, error) = bench.plan(&edits);
        assert!(code == 0 || (code == 1 && said.starts_with("refused: edit 1")), "once more: {said}{error}");
    }
    assert!(bench.serves());
}

#[test]
fn edits_of_a_server_with_all_hooks_are_made_and_saved() {
    make_all(&Bench::before(Kea::start(subnet4())), edits4());
}

#[test]
fn edits_of_a_server_without_hooks_are_made_and_saved() {
    make_all(&Bench::before(Kea::start(without_hooks(subnet4()))), edits4());
}

#[test]
fn edits_of_an_ipv6_server_are_made_and_saved() {
    make_all(&Bench::before6(Kea::start6(subnet6())), edits6());
    make_all(&Bench::before6(Kea::start6(without_hooks(subnet6()))), edits6());
}

#[test]
fn small_changes_use_small_commands() {
    let kea = Kea::start(subnet4());
    let bench = Bench::before(kea);
    let age = |bench: &Bench| bench.kea.command("status-get", &Value::Null)["arguments"]["reload"].as_u64().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    for (words, edit) in edits4().into_iter().take(4) {
        let (code, said, error) = bench.apply(&json!([edit]), &[]);
        assert_eq!(code, 0, "{words}: {said}{error}");
    }
    assert!(age(&bench) >= 2, "nothing was set as a whole");
}

#[test]
fn another_secret_is_set_and_never_told() {
    let bench = Bench::before(Kea::start(subnet4()));
    for secret in ["first-of-all", "second-of-all"] {
        let value = json!({ "password": secret, "note": "n" });
        let (code, said, error) = bench.apply(&json!([edit("set", "subnet4[id=1].user-context", value)]), &[]);
        assert_eq!((code, error.as_str()), (0, ""), "{said}");
        assert!(!said.contains(secret), "{said}");
        assert_eq!(bench.running()["Dhcp4"]["subnet4"][0]["user-context"]["password"], secret);
    }
}

#[test]
fn what_is_so_already_is_nothing_to_do() {
    let bench = Bench::before(Kea::start(subnet4()));
    let hash = bench.hash();
    let (code, said, error) = bench.apply(&json!([edit("set", "valid-lifetime", json!(3600))]), &[]);
    assert_eq!((code, said.as_str(), error.as_str()), (0, "It is so already: nothing was to be done.\n", ""));
    assert_eq!(bench.hash(), hash);
}

#[test]
fn a_fresh_kea_is_asked_whether_files_load() {
    let bench = Bench::before(Kea::start(subnet4()));
    std::fs::write(bench.kea.config_path(), r#"{"Dhcp4": {"no-such-key": 1}}"#).unwrap();
    assert!(!bench::loads(&bench.kea, lab::Family::V4));
}

/// Several values of one option, each for members of other classes: one is changed by itself, and Kea keeps the others.
#[test]
fn options_of_one_code_for_different_classes_are_changed_one_by_one() {
    let option = |data: &str, classes: Value| json!({ "code": 6, "data": data, "client-classes": classes });
    let mut dhcp = subnet4();
    dhcp["client-classes"] = json!([{ "name": "a" }, { "name": "b" }]);
    dhcp["subnet4"][0]["option-data"] = json!([{ "code": 6, "data": "192.0.2.1" }, option("192.0.2.2", json!(["a"])), option("192.0.2.3", json!(["b"]))]);
    let bench = Bench::before(Kea::start(dhcp));
    let options = || {
        let running = bench.running();
        let all = running["Dhcp4"]["subnet4"][0]["option-data"].as_array().unwrap().clone();
        let said = |one: &Value| (one["data"].as_str().unwrap().to_owned(), one["client-classes"].to_string());
        all.iter().map(said).collect::<Vec<_>>()
    };
    let owned =
        |all: &[(&str, &str)]| all.iter().map(|(data, of)| ((*data).to_owned(), (*of).to_owned())).collect::<Vec<_>>();
    let path = "subnet4[id=1].option-data[space=dhcp4,code=6";
    let (code, said, error) =
        bench.apply(&json!([edit("set", &format!("{path},client-classes=a].data"), json!("192.0.2.9"))]), &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.contains("option 6 (domain-name-servers) for a: data from “192.0.2.2” to “192.0.2.9”"), "{said}");
    let (for_a, for_b) = ("[\"a\"]", "[\"b\"]");
    assert_eq!(options(), owned(&[("192.0.2.1", "null"), ("192.0.2.9", for_a), ("192.0.2.3", for_b)]));
    let (code, said, _) = bench.apply(&json!([edit("remove", &format!("{path}]"), None)]), &[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(options(), owned(&[("192.0.2.9", for_a), ("192.0.2.3", for_b)]), "the one for all is gone alone");
    let (code, said, error) = bench.apply(&json!([edit("remove", &format!("{path}]"), None)]), &[]);
    let said = said + &error;
    assert!(code == 1 && said.contains("client-classes=a") && said.contains("client-classes=b"), "{said}");
    let (code, said, _) =
        bench.apply(&json!([edit("add", "subnet4[id=1].option-data", json!({ "code": 6, "data": "192.0.2.1" }))]), &[]);
    assert_eq!((code, options().len()), (0, 3), "{said}");
}

/// An option that has no value is there or not.
#[test]
fn an_option_without_a_value_is_set() {
    let bench = Bench::before(Kea::start(subnet4()));
    let definition = json!({ "name": "flag", "code": 240, "type": "empty", "space": "dhcp4" });
    let edits =
        json!([edit("add", "option-def", definition), edit("add", "option-data", json!({ "code": 240, "data": "" }))]);
    let (code, said, error) = bench.apply(&edits, &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert_eq!(bench.running()["Dhcp4"]["option-data"][0]["name"], "flag");
}

/// Octets that are no UTF-8, as other programs write them, come back from Kea as they were, whatever else is changed.
#[test]
fn octets_that_are_no_text_of_ours_survive_a_change() {
    let mut dhcp = without_hooks(subnet4());
    dhcp["subnet4"][0]["user-context"] = json!({ "place": "Z@rich", "name": "Z\u{fc}rich" });
    let bench = Bench::before(Kea::start(dhcp));
    let file = std::fs::read_to_string(bench.kea.config_path()).unwrap().replace("Z@rich", r"Z\u00fcrich");
    std::fs::write(bench.kea.config_path(), file).unwrap();
    assert_eq!(bench.kea.command("config-reload", &Value::Null)["result"], 0);
    let (code, said, error) = bench.apply(&json!([edit("set", "valid-lifetime", json!(7200))]), &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    let file = std::fs::read_to_string(bench.kea.config_path()).unwrap().to_lowercase();
    let of =
        |member: &str| file.split(&format!("\"{member}\": \"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!((of("place").as_str(), of("name").as_str()), (r"z\u00fcrich", r"z\u00c3\u00bcrich"), "{file}");
}

/// What Kea shows without being sent it is no difference: neither for a class nor for the updates of DNS.
#[test]
fn a_part_that_is_set_as_a_whole_loses_no_defaults() {
    let bench = Bench::before(Kea::start(subnet4()));
    let class = |test: &str| json!({ "name": "pxe", "test": test });
    let made = bench.apply(&json!([edit("add", "client-classes", class("option[60].exists"))]), &[]);
    assert_eq!(made.0, 0, "{made:?}");
    for (edit, words) in [
        (
            edit("set", "client-classes[name=pxe]", class("option[61].exists")),
            "class pxe: test from “option[60].exists” to “option[61].exists”\n",
        ),
        (
            edit("set", "dhcp-ddns", json!({ "enable-updates": false, "max-queue-size": 9 })),
            "dhcp-ddns.max-queue-size from 1024 to 9\n",
        ),
    ] {
        let (code, said, error) = bench.apply(&json!([edit]), &[]);
        // What Kea says of it follows.
        assert!(code == 0 && said.starts_with(words), "{said}{error}");
        bench.saves_what_it_runs();
    }
}

#[test]
fn what_a_server_ran_before_the_first_change_is_a_revision() {
    let bench = Bench::before(Kea::start(subnet4()));
    assert_eq!(bench.apply(&json!([edit("set", "valid-lifetime", json!(7200))]), &[]).0, 0);
    let (code, said, error) = bench.config(&["history", "kea"]);
    assert_eq!((code, said.contains("seen for the first time")), (0, true), "{said}{error}");
    assert!(said.contains("2  ") && said.contains("valid-lifetime from 3600 to 7200"), "{said}");
    assert_eq!(bench.config(&["restore", "kea", "1"]).0, 0);
    assert_eq!(bench.running()["Dhcp4"]["valid-lifetime"], 3600);
}
