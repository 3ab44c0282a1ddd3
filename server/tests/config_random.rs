//! `nestor config apply` under chance: each of many random edits changes what it says and nothing else, and what is saved
//! loads in a fresh Kea; of two who edit at once neither loses anything.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::lab::{Family, program};
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, path, run, section};

/// Every value of a configuration by where it is, elements of lists by what they are.
type Leaves = BTreeMap<String, Value>;

fn leaves(config: &Value) -> Leaves {
    let mut all = Leaves::new();
    collect(config, String::new(), &mut all);
    all
}

fn collect(value: &Value, at: String, all: &mut Leaves) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(name, value)| collect(value, format!("{at}/{name}"), all));
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for value in list {
                collect(value, format!("{at}[{}]", identity(value)), all);
            }
        }
        other => drop(all.insert(at, other.clone())),
    }
}

fn identity(element: &Value) -> String {
    let known = ["id", "pool", "prefix", "name", "code", "library"].into_iter().find(|name| !element[name].is_null());
    let known = known.map(|name| format!("{name}={}", element[name].to_string().trim_matches('"')));
    known.unwrap_or_else(|| element.to_string())
}

/// An edit, and where the configuration may differ afterwards: at what begins so.
struct Case {
    edit: Value,
    at: Vec<String>,
}

/// What the families write otherwise.
#[derive(Clone, Copy)]
struct Words {
    family: Family,
    list: &'static str,
    space: &'static str,
    /// An option of addresses, by name and code.
    addresses: (&'static str, u8),
    /// One of a domain.
    domain: (&'static str, u8),
    /// That of vendor classes.
    vendor: u8,
}

const V4: Words = Words {
    family: Family::V4,
    list: "subnet4",
    space: "dhcp4",
    addresses: ("routers", 3),
    domain: ("domain-name", 15),
    vendor: 60,
};

const V6: Words = Words {
    family: Family::V6,
    list: "subnet6",
    space: "dhcp6",
    addresses: ("dns-servers", 23),
    domain: ("domain-search", 24),
    vendor: 16,
};

impl Words {
    fn is_v6(self) -> bool {
        matches!(self.family, Family::V6)
    }

    /// The prefix of a number.
    fn prefix(self, number: usize) -> String {
        if self.is_v6() {
            format!("2001:db8:{number:x}::/64")
        } else {
            format!("10.{}.{}.0/24", number / 250, number % 250)
        }
    }

    /// An address of a prefix, 1 to 254.
    fn address(self, prefix: &str, host: usize) -> String {
        let net = prefix.trim_end_matches(if self.is_v6() { "/64" } else { "0/24" });
        if self.is_v6() { format!("{net}{host:x}") } else { format!("{net}{host}") }
    }

    /// A pool of eight or nine addresses.
    fn pool(self, prefix: &str, decade: usize, last: usize) -> String {
        let [first, last] = [1, last].map(|host| self.address(prefix, decade * 10 + host));
        format!("{first}-{last}")
    }

    fn subnets(self, config: &Value) -> &Vec<Value> {
        config[self.list].as_array().unwrap()
    }

    fn running(self, kea: &Kea) -> Value {
        kea.command("config-get", &json!(null))["arguments"][self.root()].clone()
    }

    fn root(self) -> &'static str {
        if self.is_v6() { "Dhcp6" } else { "Dhcp4" }
    }

    /// A Kea with so many subnets.
    fn kea_with(self, count: usize) -> Kea {
        let subnet = |id: usize| {
            let prefix = self.prefix(id);
            json!({
                "id": id, "subnet": prefix, "pools": [{ "pool": self.pool(&prefix, 24, 8) }],
                "option-data": [{ "name": self.addresses.0, "data": self.address(&prefix, 254) }],
            })
        };
        let subnets: Vec<Value> = (1..=count).map(subnet).collect();
        let config = json!({ self.list: subnets, "renew-timer": 900, "rebind-timer": 1800 });
        if self.is_v6() { Kea::start6(config) } else { Kea::start(config) }
    }
}

fn names(config: &Value, list: &str, prefix: &str) -> Vec<String> {
    let all = config[list].as_array().into_iter().flatten().filter_map(|element| element["name"].as_str());
    all.filter(|name| name.starts_with(prefix)).map(str::to_owned).collect()
}

fn pick<'a, T>(rng: &mut Rng, of: &'a [T]) -> Option<&'a T> {
    (!of.is_empty()).then(|| &of[rng.below(of.len())])
}

/// A random edit that is valid for this configuration.
fn case(words: Words, rng: &mut Rng, config: &Value, round: usize) -> Case {
    loop {
        let found = match rng.below(6) {
            0 | 1 => of_subnet(words, rng, config, round),
            2 => of_pools(words, rng, config),
            3 => of_server(words, rng, config, round),
            4 if words.is_v6() => of_prefix_pools(words, rng, config),
            _ => Some(of_classes(words, rng, config, round)),
        };
        if let Some(found) = found {
            return found;
        }
    }
}

fn of_subnet(words: Words, rng: &mut Rng, config: &Value, round: usize) -> Option<Case> {
    let subnet = pick(rng, words.subnets(config))?;
    let (id, host, Words { list, space, .. }) = (subnet["id"].as_u64()?, rng.below(250) + 1, words);
    let (at, here) = (format!("{list}[id={id}]"), format!("/{list}[id={id}]"));
    let has_option =
        |name: &str| subnet["option-data"].as_array()?.iter().any(|option| option["name"] == name).then_some(());
    let case = |edit: Value, member: &str| Some(Case { edit, at: vec![format!("{here}/{member}")] });
    let lifetime = |kind: &str, value: usize| {
        let edit = json!({ "op": "set", "path": format!("{at}.{kind}"), "value": value });
        let names = ["", "min-", "max-"].map(|most| format!("{here}/{most}{kind}"));
        Some(Case { edit, at: names.to_vec() })
    };
    let ((addresses, addresses_code), (domain, domain_code)) = (words.addresses, words.domain);
    match rng.below(8) {
        0 => lifetime("valid-lifetime", 3600 + rng.below(80_000)),
        1 => case(
            json!({ "op": "set", "path": format!("{at}.renew-timer"), "value": 100 + rng.below(700) }),
            "renew-timer",
        ),
        2 => case(
            json!({ "op": "set", "path": format!("{at}.user-context"), "value": { "note": format!("Büro {round}") } }),
            "user-context",
        ),
        3 if has_option(domain).is_some() => {
            let path = format!("{at}.option-data[space={space},code={domain_code}]");
            case(json!({ "op": "remove", "path": path }), "option-data")
        }
        3 => {
            let value = json!({ "name": domain, "data": format!("d{round}.example.org") });
            case(json!({ "op": "add", "path": format!("{at}.option-data"), "value": value }), "option-data")
        }
        4 if has_option(addresses).is_some() => {
            let path = format!("{at}.option-data[space={space},code={addresses_code}].data");
            let data = words.address(subnet["subnet"].as_str()?, host);
            case(json!({ "op": "set", "path": path, "value": data }), "option-data")
        }
        5 if id > 1_000_000 => Some(Case { edit: json!({ "op": "remove", "path": at }), at: vec![here] }),
        // Between the rebind time and the shortest lifetime.
        6 if words.is_v6() => lifetime("preferred-lifetime", 2000 + rng.below(1600)),
        _ => {
            let id = 1_000_001 + round;
            let prefix = words.prefix(50_000 + round);
            let option = json!({ "name": addresses, "data": words.address(&prefix, 1) });
            let value = json!({ "id": id, "subnet": prefix, "option-data": [option] });
            let at = vec![format!("/{list}[id={id}]")];
            Some(Case { edit: json!({ "op": "add", "path": list, "value": value }), at })
        }
    }
}

fn of_pools(words: Words, rng: &mut Rng, config: &Value) -> Option<Case> {
    let subnet = pick(rng, words.subnets(config))?;
    let prefix = subnet["subnet"].as_str()?;
    let at = format!("{}[id={}].pools", words.list, subnet["id"]);
    let there = vec![format!("/{}[id={}]/pools", words.list, subnet["id"])];
    let pools: Vec<&str> = subnet["pools"].as_array()?.iter().filter_map(|pool| pool["pool"].as_str()).collect();
    let decade = rng.below(25);
    let range = |last: usize| words.pool(prefix, decade, last);
    let old = [8, 9].map(range).into_iter().find(|range| pools.contains(&range.as_str()));
    let edit = match old {
        Some(old) if rng.percent(40) => json!({ "op": "remove", "path": format!("{at}[pool={old}]") }),
        Some(old) => {
            let new = if old == range(8) { range(9) } else { range(8) };
            json!({ "op": "set", "path": format!("{at}[pool={old}].pool"), "value": new })
        }
        None => json!({ "op": "add", "path": at, "value": { "pool": range(8) } }),
    };
    Some(Case { edit, at: there })
}

/// A pool of prefixes of a subnet: one of its own, beside those of all others.
fn of_prefix_pools(words: Words, rng: &mut Rng, config: &Value) -> Option<Case> {
    let subnet = pick(rng, words.subnets(config))?;
    let number = subnet["subnet"].as_str()?.split(':').nth(2)?;
    let (at, prefix) = (format!("{}[id={}].pd-pools", words.list, subnet["id"]), format!("2001:db9:{number}::"));
    let there = subnet["pd-pools"].as_array().is_some_and(|pools| !pools.is_empty());
    let (one, length) = (format!("{at}[prefix={prefix},prefix-len=48]"), 56 + rng.below(9));
    let edit = match there {
        true if rng.percent(40) => json!({ "op": "remove", "path": one }),
        true if subnet["pd-pools"][0]["delegated-len"] != length => {
            json!({ "op": "set", "path": format!("{one}.delegated-len"), "value": length })
        }
        true => return None,
        false => {
            json!({ "op": "add", "path": at, "value": { "prefix": prefix, "prefix-len": 48, "delegated-len": length } })
        }
    };
    Some(Case { edit, at: vec![format!("/{}[id={}]/pd-pools", words.list, subnet["id"])] })
}

fn of_server(words: Words, rng: &mut Rng, config: &Value, round: usize) -> Option<Case> {
    let networks = names(config, "shared-networks", "net-");
    match rng.below(4) {
        0 => {
            // Those follow that have the same.
            let (was, value) = (&config["valid-lifetime"], 3600 + rng.below(80_000));
            let follow = |of: &str, name: &str| {
                let all = config[of].as_array().into_iter().flatten();
                let same = all.filter(|element| &element["valid-lifetime"] == was);
                same.map(|element| format!("/{of}[{name}={}]", element[name].to_string().trim_matches('"'))).collect()
            };
            let at: [Vec<String>; 3] =
                [follow(words.list, "id"), follow("shared-networks", "name"), vec![String::new()]];
            let at = at.concat();
            let kinds = ["valid-lifetime", "min-valid-lifetime", "max-valid-lifetime"];
            let at = at.iter().flat_map(|at| kinds.map(|kind| format!("{at}/{kind}"))).collect();
            Some(Case { edit: json!({ "op": "set", "path": "valid-lifetime", "value": value }), at })
        }
        1 => {
            // Those that nobody has assigned.
            let (code, space) = (224 + rng.below(30), words.space);
            let there = config["option-def"].as_array()?.iter().any(|definition| definition["code"] == code);
            let edit = if there {
                json!({ "op": "remove", "path": format!("option-def[space={space},code={code}]") })
            } else {
                let value = json!({ "name": format!("own-{code}"), "code": code, "type": "string", "space": space });
                json!({ "op": "add", "path": "option-def", "value": value })
            };
            Some(Case { edit, at: vec!["/option-def".to_owned()] })
        }
        2 if !networks.is_empty() && rng.percent(50) => {
            let edit = json!({ "op": "remove", "path": format!("shared-networks[name={}]", pick(rng, &networks)?) });
            Some(Case { edit, at: vec!["/shared-networks".to_owned()] })
        }
        _ => {
            let edit = json!({ "op": "add", "path": "shared-networks", "value": { "name": format!("net-{round}") } });
            Some(Case { edit, at: vec!["/shared-networks".to_owned()] })
        }
    }
}

fn of_classes(words: Words, rng: &mut Rng, config: &Value, round: usize) -> Case {
    let classes = names(config, "client-classes", "class-");
    let test = format!("substring(option[{}].hex,0,3) == 'c{:02}'", words.vendor, round % 100);
    let edit = match pick(rng, &classes) {
        Some(name) if rng.percent(30) => json!({ "op": "remove", "path": format!("client-classes[name={name}]") }),
        Some(name) if rng.percent(50) => {
            json!({ "op": "set", "path": format!("client-classes[name={name}].test"), "value": test })
        }
        _ => {
            json!({ "op": "add", "path": "client-classes", "value": { "name": format!("class-{round}"), "test": test } })
        }
    };
    Case { edit, at: vec!["/client-classes".to_owned()] }
}

/// Where Nestor keeps what it knows, and how it gets to a Kea.
struct Desk {
    folder: TempDir,
    at: Vec<String>,
}

impl Desk {
    fn before(words: Words, kea: &Kea) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("nestor.toml");
        std::fs::write(&file, section(folder.path(), "kea", words.space, kea)).unwrap();
        let at = ["--data-dir", path(folder.path()), "--config", path(&file)].map(str::to_owned).to_vec();
        Self { folder, at }
    }

    /// The exit code, and all that was said.
    fn apply(&self, name: &str, edit: &Value) -> (i32, String) {
        let file = self.folder.path().join(name);
        std::fs::write(&file, json!([edit]).to_string()).unwrap();
        let mut words = vec!["config", "apply", "kea", "--edits", path(&file)];
        words.extend(self.at.iter().map(String::as_str));
        let output = run(&words, "");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), said)
    }
}

/// What a fresh Kea says of the file that was saved; none: it loads.
fn refused(words: Words, kea: &Kea) -> Option<String> {
    let output = Command::new(program(words.family)).arg("-T").arg(kea.config_path()).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// So many random edits of so many subnets, one after another.
fn edit_at_random(words: Words, count: usize) {
    let seed = seed();
    println!("NESTOR_SEED={seed}");
    let mut rng = Rng::new(seed);
    let kea = words.kea_with(count);
    let desk = Desk::before(words, &kea);
    let mut before = words.running(&kea);
    for round in 0..count {
        let case = case(words, &mut rng, &before, round);
        let (code, said) = desk.apply("edits.json", &case.edit);
        assert_eq!(code, 0, "{round}: {} of seed {seed}: {said}", case.edit);
        let after = words.running(&kea);
        let (old, new) = (leaves(&before), leaves(&after));
        let differ = old.keys().chain(new.keys()).filter(|at| old.get(*at) != new.get(*at));
        let (wanted, others): (Vec<_>, Vec<_>) =
            differ.partition(|at| case.at.iter().any(|begins| at.starts_with(begins)));
        assert!(!wanted.is_empty(), "{round}: {} of seed {seed} changed nothing", case.edit);
        assert!(others.is_empty(), "{round}: {} of seed {seed} changed {others:?}", case.edit);
        assert_eq!(refused(words, &kea), None, "{round}: {} of seed {seed}: the file does not load", case.edit);
        before = after;
    }
}

#[test]
fn a_random_edit_changes_what_it_says_and_nothing_else() {
    edit_at_random(V4, rounds(40, 1_000));
}

#[test]
fn so_it_does_in_ipv6() {
    edit_at_random(V6, rounds(15, 1_000));
}

#[test]
fn of_two_who_edit_at_once_neither_loses_anything() {
    let kea = V4.kea_with(2);
    let desk = Desk::before(V4, &kea);
    for round in 0..rounds(5, 1_000) {
        let decade = round % 24 * 10;
        let pool = |id: usize| format!("10.0.{id}.{}-10.0.{id}.{}", decade + 1, decade + 8);
        let add = |id: usize| json!({ "op": "add", "path": format!("subnet4[id={id}].pools"), "value": { "pool": pool(id) } });
        let remove =
            |id: usize| json!({ "op": "remove", "path": format!("subnet4[id={id}].pools[pool={}]", pool(id)) });
        for (edit, there) in [(&add as &(dyn Fn(usize) -> Value + Sync), true), (&remove, false)] {
            let ends = std::thread::scope(|scope| {
                let hands = [1, 2].map(|id| {
                    let (desk, edit) = (&desk, edit(id));
                    scope.spawn(move || desk.apply(&format!("edits-{id}.json"), &edit))
                });
                hands.map(|hand| hand.join().unwrap())
            });
            for (code, said) in &ends {
                assert_eq!(*code, 0, "{round}: {said}");
            }
            let now = leaves(&V4.running(&kea));
            for id in [1, 2] {
                let at = format!("/subnet4[id={id}]/pools[pool={}]/pool", pool(id));
                assert_eq!(now.contains_key(&at), there, "{round}: {at}");
            }
        }
    }
}
