//! The house keeps its shape: who may depend on whom, what reaches the browser, and that the map shows what exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn cargo(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(words).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The direct dependencies of each of our packages, those of tests left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked"])).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let direct = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|dependency| dependency["kind"].is_null()).map(name).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|package| (name(package), direct(package))).collect()
}

/// Of our own packages: what each may use, and of others: what it must never see.
const RULES: &[(&str, &[&str], &[&str])] = &[
    ("model", &[], &["tokio", "async-trait", "serde_json", "chrono", "time"]),
    ("changes", &["model", "keaconf"], &["tokio", "async-trait", "serde_json"]),
    ("ipam", &["model"], &["tokio", "serde_json", "async-trait"]),
    ("kea", &["secrets"], &["axum", "sqlx", "leptos"]),
    ("keaconf", &["model", "secrets"], &["tokio", "serde_json", "async-trait"]),
    ("secrets", &[], &["tokio", "async-trait", "serde_json"]),
    ("vendors", &["model"], &["tokio", "async-trait", "serde_json"]),
    (
        "services",
        &["model", "ipam", "changes", "keaconf", "vendors"],
        &["axum", "leptos", "sqlx", "reqwest", "serde_json"],
    ),
    ("fleet", &["services", "kea", "keaconf", "model", "changes"], &["axum", "sqlx", "reqwest"]),
    ("pinger", &["services"], &["axum", "sqlx", "reqwest", "kea"]),
    ("store", &["services", "model", "changes"], &["axum", "tower-sessions", "reqwest"]),
    ("smart-proxy", &["services", "model"], &["leptos", "sqlx", "reqwest"]),
    ("app", &["model", "services"], &["axum", "tower-sessions", "sqlx", "reqwest"]),
    ("frontend", &["app"], &["tokio", "axum"]),
    ("site", &[], &["tokio", "axum", "leptos"]),
];

#[test]
fn packages_know_only_whom_they_may() {
    let all = dependencies();
    let ours: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(all.len(), RULES.len() + 1, "a new package needs a row");
    for (package, may, never) in RULES {
        for dependency in &all[*package] {
            assert!(
                !ours.contains(dependency.as_str()) || may.contains(&dependency.as_str()),
                "{package} uses {dependency}"
            );
            assert!(!never.contains(&dependency.as_str()), "{package} sees {dependency}");
        }
    }
}

#[test]
fn the_browser_gets_nothing_of_the_server() {
    let tree = cargo(&[
        "tree",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--locked",
    ]);
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for server in ["axum", "hyper", "reqwest", "sqlx", "services", "fleet", "kea", "store", "vendors", "argon2", "ring"]
    {
        assert!(!crates.contains(server), "{server} reaches the browser");
    }
}

#[test]
fn there_is_one_provider_of_cryptography() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for other in ["aws-lc-rs", "aws-lc-sys", "openssl-sys", "native-tls"] {
        assert!(!lock.contains(&format!("name = \"{other}\"")), "{other}");
    }
}

/// Every source file below a folder, with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    files(folder, "rs")
}

/// Every file of a kind below a folder, with its text.
fn files(folder: &Path, kind: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, kind));
        } else if path.extension().is_some_and(|extension| extension == kind) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// What changes a server stands behind the gate, and what the gate needs for that is called nowhere else.
#[test]
fn no_change_goes_past_the_gate() {
    let services = root().join("server/services/src");
    let gate = services.join("changes");
    let mut inside = 0;
    for (path, text) in sources(&services) {
        for call in [
            "dhcp.write(",
            "dhcp.save(",
            "dhcp.heal(",
            "dhcp.release_lease(",
            "store.begin_changes(",
            "store.end_and_begin_changes(",
        ] {
            let calls = text.replace(['\n', ' '], "").matches(call).count();
            // The ports in memory are tried out past the gate.
            let outside = !path.starts_with(&gate) && !path.starts_with(services.join("tests"));
            assert!(calls == 0 || !outside, "{} calls {call}…)", path.display());
            inside += calls;
        }
    }
    assert!(inside >= 8, "the gate itself calls them: {inside}");
    for (path, text) in
        sources(&root().join("server/src")).into_iter().chain(sources(&root().join("server/smart-proxy/src")))
    {
        assert!(!text.contains("ports::Dhcp") || path.ends_with("wire.rs"), "{} knows the servers", path.display());
    }
}

#[test]
fn every_path_on_the_map_exists() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let named = map
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|text| text.contains('/') && !text.contains([' ', ':', '<', '*', '{']));
    let mut count = 0;
    for path in named.filter(|text| !text.starts_with('/')) {
        assert!(root().join(path).exists(), "ARCHITECTURE.md names {path}");
        count += 1;
    }
    assert!(count > 20, "the map names its places");
}

#[test]
fn every_setting_is_in_the_manual() {
    let manual = std::fs::read_to_string(root().join("server/docs/configuration.md")).unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_nestor")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let flags: BTreeSet<&str> =
        help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2).collect();
    assert!(flags.len() > 8);
    for flag in flags.into_iter().filter(|flag| !["--help", "--config"].contains(flag)) {
        assert!(manual.contains(&format!("`{flag}`")), "{flag}");
    }
    let source = std::fs::read_to_string(root().join("server/src/config/file.rs")).unwrap();
    let fields = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": ").map(|(name, _)| name.to_owned()));
    for field in fields.filter(|field| {
        !field.contains(['(', ' ']) && !["console", "smart_proxy", "store", "log", "kea"].contains(&field.as_str())
    }) {
        assert!(manual.contains(&format!("{field}`")), "{field}");
    }
}

/// A brace that is missing makes rules that are never applied, and a rule outside of the layers wins over all of them.
#[test]
fn every_rule_of_the_stylesheet_is_in_a_layer() {
    for (path, text) in files(&root().join("style"), "css") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut depth = 0_usize;
        for (at, line) in text.lines().enumerate() {
            // Pictures have braces of their own.
            let line = line.split("url(").next().unwrap();
            let at_top =
                depth == 0 && line.starts_with(|first: char| first.is_alphanumeric() || ".#[:*".contains(first));
            assert!(!at_top || name == "no-script.css", "{name}:{}: {line}", at + 1);
            depth = depth + line.matches('{').count() - line.matches('}').count();
        }
        assert_eq!(depth, 0, "{name}: every brace is closed");
    }
}
