//! `nestor config apply` under chance: each of many random edits changes what it says and nothing else, and what is saved
//! loads in a fresh Kea; of two who edit at once neither loses anything.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::lab::{Family, program};
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, path, run};

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
    let known = ["id", "pool", "name", "code", "library"].into_iter().find(|name| !element[name].is_null());
    let known = known.map(|name| format!("{name}={}", element[name].to_string().trim_matches('"')));
    known.unwrap_or_else(|| element.to_string())
}

/// An edit, and where the configuration may differ afterwards: at what begins so.
struct Case {
    edit: Value,
    at: Vec<String>,
}

fn subnets(config: &Value) -> &Vec<Value> {
    config["subnet4"].as_array().unwrap()
}

fn names(config: &Value, list: &str, prefix: &str) -> Vec<String> {
    let all = config[list].as_array().into_iter().flatten().filter_map(|element| element["name"].as_str());
    all.filter(|name| name.starts_with(prefix)).map(str::to_owned).collect()
}

fn pick<'a, T>(rng: &mut Rng, of: &'a [T]) -> Option<&'a T> {
    (!of.is_empty()).then(|| &of[rng.below(of.len())])
}

/// A random edit that is valid for this configuration.
fn case(rng: &mut Rng, config: &Value, round: usize) -> Case {
    loop {
        let found = match rng.below(5) {
            0 | 1 => of_subnet(rng, config, round),
            2 => of_pools(rng, config),
            3 => of_server(rng, config, round),
            _ => Some(of_classes(rng, config, round)),
        };
        if let Some(found) = found {
            return found;
        }
    }
}

fn of_subnet(rng: &mut Rng, config: &Value, round: usize) -> Option<Case> {
    let subnet = pick(rng, subnets(config))?;
    let (id, octet) = (subnet["id"].as_u64()?, rng.below(250) + 1);
    let (at, here) = (format!("subnet4[id={id}]"), format!("/subnet4[id={id}]"));
    let has_option =
        |name: &str| subnet["option-data"].as_array()?.iter().any(|option| option["name"] == name).then_some(());
    let case = |edit: Value, member: &str| Some(Case { edit, at: vec![format!("{here}/{member}")] });
    match rng.below(7) {
        0 => {
            let value = 3600 + rng.below(80_000);
            let edit = json!({ "op": "set", "path": format!("{at}.valid-lifetime"), "value": value });
            let names = ["valid-lifetime", "min-valid-lifetime", "max-valid-lifetime"];
            Some(Case { edit, at: names.iter().map(|name| format!("{here}/{name}")).collect() })
        }
        1 => case(
            json!({ "op": "set", "path": format!("{at}.renew-timer"), "value": 100 + rng.below(700) }),
            "renew-timer",
        ),
        2 => case(
            json!({ "op": "set", "path": format!("{at}.user-context"), "value": { "note": format!("Büro {round}") } }),
            "user-context",
        ),
        3 if has_option("domain-name").is_some() => {
            case(json!({ "op": "remove", "path": format!("{at}.option-data[space=dhcp4,code=15]") }), "option-data")
        }
        3 => {
            let value = json!({ "name": "domain-name", "data": format!("d{round}.example.org") });
            case(json!({ "op": "add", "path": format!("{at}.option-data"), "value": value }), "option-data")
        }
        4 if has_option("routers").is_some() => {
            let path = format!("{at}.option-data[space=dhcp4,code=3].data");
            let data = format!("{}{octet}", subnet["subnet"].as_str()?.strip_suffix("0/24")?);
            case(json!({ "op": "set", "path": path, "value": data }), "option-data")
        }
        5 if id > 1_000_000 => Some(Case { edit: json!({ "op": "remove", "path": at }), at: vec![here] }),
        _ => {
            let id = 1_000_001 + round;
            let prefix = format!("10.{}.{}.0/24", 200 + round / 250 % 50, round % 250);
            let value = json!({ "id": id, "subnet": prefix, "option-data": [{ "name": "routers", "data": prefix.replace("0/24", "1") }] });
            let at = vec![format!("/subnet4[id={id}]")];
            Some(Case { edit: json!({ "op": "add", "path": "subnet4", "value": value }), at })
        }
    }
}

fn of_pools(rng: &mut Rng, config: &Value) -> Option<Case> {
    let subnet = pick(rng, subnets(config))?;
    let net = subnet["subnet"].as_str()?.strip_suffix(".0/24")?;
    let at = format!("subnet4[id={}].pools", subnet["id"]);
    let there = vec![format!("/subnet4[id={}]/pools", subnet["id"])];
    let pools: Vec<&str> = subnet["pools"].as_array()?.iter().filter_map(|pool| pool["pool"].as_str()).collect();
    let decade = rng.below(25);
    let range = |last: usize| format!("{net}.{}-{net}.{}", decade * 10 + 1, decade * 10 + last);
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

fn of_server(rng: &mut Rng, config: &Value, round: usize) -> Option<Case> {
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
                [follow("subnet4", "id"), follow("shared-networks", "name"), vec![String::new()]];
            let at = at.concat();
            let kinds = ["valid-lifetime", "min-valid-lifetime", "max-valid-lifetime"];
            let at = at.iter().flat_map(|at| kinds.map(|kind| format!("{at}/{kind}"))).collect();
            Some(Case { edit: json!({ "op": "set", "path": "valid-lifetime", "value": value }), at })
        }
        1 => {
            // Those that nobody has assigned.
            let code = 224 + rng.below(30);
            let there = config["option-def"].as_array()?.iter().any(|definition| definition["code"] == code);
            let edit = if there {
                json!({ "op": "remove", "path": format!("option-def[space=dhcp4,code={code}]") })
            } else {
                let value = json!({ "name": format!("own-{code}"), "code": code, "type": "string", "space": "dhcp4" });
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

fn of_classes(rng: &mut Rng, config: &Value, round: usize) -> Case {
    let classes = names(config, "client-classes", "class-");
    let test = format!("substring(option[60].hex,0,3) == 'c{:02}'", round % 100);
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

/// A Kea with so many subnets.
fn kea_with(count: usize) -> Kea {
    let subnet = |id: usize| {
        let net = format!("10.{}.{}", id / 250, id % 250);
        json!({
            "id": id, "subnet": format!("{net}.0/24"), "pools": [{ "pool": format!("{net}.241-{net}.248") }],
            "option-data": [{ "name": "routers", "data": format!("{net}.254") }],
        })
    };
    let subnets: Vec<Value> = (1..=count).map(subnet).collect();
    Kea::start(json!({ "subnet4": subnets, "renew-timer": 900, "rebind-timer": 1800 }))
}

fn running(kea: &Kea) -> Value {
    kea.command("config-get", &json!(null))["arguments"]["Dhcp4"].clone()
}

/// Where Nestor keeps what it knows, and how it gets to a Kea.
struct Desk {
    folder: TempDir,
    at: Vec<String>,
}

impl Desk {
    fn before(kea: &Kea) -> Self {
        let folder = TempDir::new().unwrap();
        let password = folder.path().join("kea.password");
        std::fs::write(&password, kea.password()).unwrap();
        let words =
            ["--data-dir", path(folder.path()), "--kea", &kea.url(), "--kea-user", kea.user(), "--kea-password-file"];
        let at = words.into_iter().chain([path(&password)]).map(str::to_owned).collect();
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
fn refused(kea: &Kea) -> Option<String> {
    let output = Command::new(program(Family::V4)).arg("-T").arg(kea.config_path()).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_random_edit_changes_what_it_says_and_nothing_else() {
    let seed = seed();
    println!("NESTOR_SEED={seed}");
    let mut rng = Rng::new(seed);
    let kea = kea_with(rounds(40, 1_000));
    let desk = Desk::before(&kea);
    let mut before = running(&kea);
    for round in 0..rounds(40, 1_000) {
        let case = case(&mut rng, &before, round);
        let (code, said) = desk.apply("edits.json", &case.edit);
        assert_eq!(code, 0, "{round}: {} of seed {seed}: {said}", case.edit);
        let after = running(&kea);
        let (old, new) = (leaves(&before), leaves(&after));
        let differ = old.keys().chain(new.keys()).filter(|at| old.get(*at) != new.get(*at));
        let (wanted, others): (Vec<_>, Vec<_>) =
            differ.partition(|at| case.at.iter().any(|begins| at.starts_with(begins)));
        assert!(!wanted.is_empty(), "{round}: {} of seed {seed} changed nothing", case.edit);
        assert!(others.is_empty(), "{round}: {} of seed {seed} changed {others:?}", case.edit);
        assert_eq!(refused(&kea), None, "{round}: {} of seed {seed}: the file does not load", case.edit);
        before = after;
    }
}

#[test]
fn of_two_who_edit_at_once_neither_loses_anything() {
    let kea = kea_with(2);
    let desk = Desk::before(&kea);
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
            let now = leaves(&running(&kea));
            for id in [1, 2] {
                let at = format!("/subnet4[id={id}]/pools[pool={}]/pool", pool(id));
                assert_eq!(now.contains_key(&at), there, "{round}: {at}");
            }
        }
    }
}
