//! `nestor check` on real servers: what is right, what is not, and the lines that mend it.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Kea, path, run};

/// A folder with a configuration that names these servers.
fn site(servers: &[(&str, &Kea)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let head = format!("data_dir = '{}/data'\n[console]\nlisten = '127.0.0.1:0'\n", path(folder.path()));
    let section = |(name, kea): &(&str, &Kea)| {
        let file = folder.path().join(name);
        std::fs::write(&file, kea.password()).unwrap();
        let (url, user) = (kea.url(), kea.user());
        format!("[[kea]]\nname = '{name}'\nurl = '{url}'\nuser = '{user}'\npassword_file = '{}'\n", path(&file))
    };
    let text = std::iter::once(head).chain(servers.iter().map(section)).collect::<String>();
    std::fs::write(folder.path().join("nestor.toml"), text).unwrap();
    folder
}

/// The exit code, and what is said of each server in JSON.
fn check(site: &TempDir) -> (i32, Value) {
    let output = run(&["check", "--json", "--config", path(&site.path().join("nestor.toml"))], "");
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}")))
}

/// The lines of an area of a server, each with its level.
fn lines<'a>(said: &'a Value, server: usize, area: &str) -> Vec<(&'a str, &'a Value)> {
    let lines = said["servers"][server]["lines"].as_array().unwrap().iter();
    let lines = lines.filter(|line| line["area"] == area);
    lines.map(|line| (line["level"].as_str().unwrap(), line)).collect()
}

fn config() -> Value {
    json!({
        "option-data": [{ "name": "routers", "data": "192.0.2.1" }, { "code": 6, "data": "192.0.2.1" }],
        "lease-database": { "type": "memfile", "lfc-interval": 3600 },
        "client-classes": [{ "name": "pxe", "test": "option[60].exists" }],
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }] }],
    })
}

#[test]
fn a_sound_server_is_fine_but_for_hints() {
    let kea = Kea::start(config());
    let (code, said) = check(&site(&[("kea1", &kea)]));
    assert_eq!(code, 0, "{said}");
    let all = said["servers"][0]["lines"].as_array().unwrap().iter();
    let bad: Vec<_> = all.filter(|line| line["level"] == "warning" || line["level"] == "fault").collect();
    // The servers of tests take no packets.
    assert!(bad.len() == 1 && bad[0]["text"].as_str().unwrap().starts_with("Kea listens on no interface"), "{said}");
    for area in ["contact", "version", "clock", "hooks", "storage", "saving"] {
        assert_eq!(lines(&said, 0, area)[0].0, "fine", "{area}: {said}");
    }
    assert!(lines(&said, 0, "version")[0].1["text"].as_str().unwrap().contains("Kea 3.0"));
    // Its password stands in its file.
    assert!(!said.to_string().contains(kea.password()) && said.to_string().contains("password-file"), "{said}");
}

#[test]
fn a_server_that_lacks_hooks_is_told_where_to_get_them() {
    let mut lacking = config();
    lacking["hooks-libraries"] = json!([{ "library": "libdhcp_host_cmds.so" }, { "library": "libdhcp_stat_cmds.so" }]);
    let kea = Kea::start(lacking);
    let (code, said) = check(&site(&[("kea1", &kea)]));
    assert_eq!(code, 1, "without leases Nestor is of little use: {said}");
    let hooks = lines(&said, 0, "hooks");
    let fault = hooks.iter().find(|(level, _)| *level == "fault").unwrap().1;
    assert!(fault["text"].as_str().unwrap().contains("lease_cmds"), "{fault}");
    assert_eq!(fault["lines"], json!(["{ \"library\": \"libdhcp_lease_cmds.so\" }"]));
    for system in ["Debian", "RHEL", "Alpine", "FreeBSD"] {
        assert!(fault["items"].to_string().contains(system), "{system}: {fault}");
    }
    let hints = hooks.iter().filter(|(level, _)| *level == "hint").count();
    assert_eq!(hints, 2, "subnet_cmds and class_cmds: {said}");
}

#[test]
fn a_pair_is_compared_and_one_that_is_down_is_a_fault() {
    let [one, mut other] = Kea::start_pair(&config());
    let site = site(&[("kea1", &one), ("kea2", &other)]);
    let (code, said) = check(&site);
    assert_eq!(code, 0, "{said}");
    assert_eq!(lines(&said, 0, "pair").iter().map(|line| line.0).collect::<Vec<_>>(), ["fine"], "{said}");
    let class = json!({ "client-classes": [{ "name": "late", "test": "member('pxe')" }] });
    assert_eq!(one.command("class-add", &class)["result"], 0);
    let (code, said) = check(&site);
    let pair = lines(&said, 1, "pair");
    assert_eq!((code, pair[0].0), (0, "warning"), "{said}");
    assert!(pair[0].1["items"][0].as_str().unwrap().starts_with("Only kea1 has this: class late."), "{said}");
    assert_eq!(pair[0].1["edits"][0]["path"], "client-classes", "{said}");
    assert_eq!(lines(&said, 0, "pair")[0].1["edits_at"], "kea2", "each gets what it lacks: {said}");
    other.kill9();
    let (code, said) = check(&site);
    assert_eq!((code, lines(&said, 1, "contact")[0].0), (1, "fault"), "{said}");
    assert_eq!(
        said["servers"][1]["lines"].as_array().unwrap().len(),
        1,
        "of a silent one nothing else is said: {said}"
    );
    assert_eq!(lines(&said, 0, "contact")[0].0, "fine", "{said}");
}

#[test]
fn another_daemon_than_was_said_is_named() {
    let kea = Kea::start6(json!({}));
    let (code, said) = check(&site(&[("kea1", &kea)]));
    assert_eq!(code, 1, "{said}");
    assert!(said.to_string().contains("ea-dhcp6 answers"), "{said}");
    assert!(lines(&said, 0, "contact").iter().all(|line| line.0 == "fault"), "{said}");
    assert_eq!(lines(&said, 0, "hooks").len(), 0, "which it has is not known: {said}");
}

/// What stands against what a server runs is told by rule, for people and for programs.
#[test]
fn what_a_server_runs_is_judged() {
    let mut odd = config();
    odd["subnet4"][0]["client-classes"] = json!(["gone"]);
    odd["option-data"][1]["data"] = json!("192.0.2.1,");
    odd["option-data"].as_array_mut().unwrap().push(json!({ "code": 15, "data": "a.example, b.example" }));
    let kea = Kea::start(odd);
    let site = site(&[("kea1", &kea)]);
    let (code, said) = check(&site);
    assert_eq!(code, 0, "it serves all the same: {said}");
    let found: Vec<_> = lines(&said, 0, "configuration").into_iter().filter(|line| line.0 == "warning").collect();
    let texts = found.iter().map(|line| line.1["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n");
    assert!(texts.contains("“gone” is not defined") && texts.contains("leaves out a value"), "{said}");
    let output = run(&["check", "--config", path(&site.path().join("nestor.toml"))], "");
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("warn   kea “kea1 at http") && words.contains("subnet4[id=1].client-classes"), "{words}");
    assert!(words.ends_with("No problems were found.\n"), "{words}");
}
