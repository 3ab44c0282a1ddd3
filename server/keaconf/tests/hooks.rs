//! Parameters of hook libraries: what the table knows of them, and whether the real Kea loads what the rules let through.

use keaconf::{Severity, Table, Way, review};
use serde_json::{Value, json};

use crate::edits::document;
use crate::lab::{self, Family};

/// What stands against a library with these parameters: rule and severity.
fn found(library: &str, parameters: &Value) -> Vec<(&'static str, Severity)> {
    let mut hook = json!({ "library": format!("libdhcp_{library}.so") });
    if !parameters.is_null() {
        hook["parameters"] = parameters.clone();
    }
    let document = document(&format!("\"hooks-libraries\": [{hook}]"));
    let findings = review(&document, Way::Api).into_iter();
    let of_hooks = findings.filter(|finding| finding.path.to_string().starts_with("hooks-libraries"));
    of_hooks.map(|finding| (finding.rule, finding.severity)).collect()
}

/// Whether the real Kea loads it: `-T` does, where `-t` looks at no hook.
fn loads(library: &str, parameters: &Value) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut hook = json!({ "library": format!("libdhcp_{library}.so") });
    if !parameters.is_null() {
        hook["parameters"] = parameters.clone();
    }
    let file = folder.path().join("asked.conf");
    std::fs::write(&file, json!({ "Dhcp4": { "hooks-libraries": [hook] } }).to_string()).unwrap();
    let mut kea = std::process::Command::new(lab::program(Family::V4));
    kea.arg("-T").arg(&file).env("KEA_RUN", folder.path()).current_dir(folder.path());
    kea.output().expect("Kea can be run").status.success()
}

#[test]
fn what_does_not_load_is_named_before_it_is_sent() {
    for (library, parameters, rules) in [
        ("run_script", json!(null), &["missing"][..]),
        ("run_script", json!({ "sync": false }), &["missing"]),
        ("flex_id", json!({}), &["missing"]),
        ("flex_id", json!({ "identifier-expression": "option[61].hex" }), &[]),
        ("flex_option", json!(null), &["missing"]),
        ("flex_option", json!({ "options": [] }), &[]),
        ("lease_query", json!({}), &["missing"]),
        ("lease_query", json!({ "requesters": ["192.0.2.1"], "advanced": { "max-leases-per-fetch": 50 } }), &[]),
        ("ping_check", json!(null), &["missing"]),
        ("ping_check", json!({}), &[]),
        ("ping_check", json!({ "reply-timeout": 200, "enable-ping-check": false }), &[]),
        ("ddns_tuning", json!(null), &["missing"]),
        ("ddns_tuning", json!({}), &[]),
        ("limits", json!(null), &[]),
        ("limits", json!({}), &["hook-parameters"]),
        ("host_cmds", json!(null), &[]),
        ("perfmon", json!(null), &[]),
        ("perfmon", json!({ "interval-width-secs": "long" }), &["wrong-type"]),
        ("lease_cmds", json!({ "binding-variables": [{ "name": "a", "expression": "option[61].hex" }] }), &["missing"]),
    ] {
        let said = found(library, &parameters);
        assert_eq!(said.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), rules, "{library} {parameters}");
        assert_eq!(loads(library, &parameters), said.is_empty(), "{library} {parameters}");
    }
}

#[test]
fn what_is_not_known_is_said_and_stands_in_nobodys_way() {
    for library in ["ping_check", "host_cmds", "legal_log"] {
        assert_eq!(found(library, &json!({ "of-the-future": 1 })), [("unknown-name", Severity::Warning)], "{library}");
    }
    let own = document(r#""hooks-libraries": [{"library": "own.so", "parameters": {"any": 1}}]"#);
    assert!(review(&own, Way::Api).iter().all(|finding| finding.rule != "unknown-name"), "a library of one's own");
}

#[test]
fn a_path_leads_to_the_parameters_of_its_library() {
    let document = document("");
    let at = |path: &str| Table::of(document.daemon).level_at(&path.parse().unwrap()).map(|level| level.name);
    let library = |name: &str| format!("hooks-libraries[library=libdhcp_{name}.so].parameters");
    assert_eq!(at(&library("radius")), Some("hook/radius"));
    assert_eq!(at(&format!("{}.access.servers[0]", library("radius"))), Some("hook/radius/access/servers"));
    assert_eq!(at(&library("ha")), Some("hook/ha"));
    assert_eq!(at(&format!("{}.high-availability[0].peers[0]", library("ha"))), Some("ha-peer"));
    assert_eq!(at("hooks-libraries[library=own.so].parameters"), Some("hook-parameters"));
    assert_eq!(at("hooks-libraries[0].parameters"), Some("hook-parameters"));
}
