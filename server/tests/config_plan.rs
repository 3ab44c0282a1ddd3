//! `nestor config show` and `plan`: what a server runs and what edits would do, without secrets and without a change.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Kea, kea, path, run};

/// The exit code, and what was said on standard output and standard error.
fn config(kea: &Kea, words: &[&str]) -> (i32, String, String) {
    let data = TempDir::new().unwrap();
    let password = data.path().join("kea.password");
    std::fs::write(&password, kea.password()).unwrap();
    let url = kea.url();
    let at = [
        "--data-dir",
        path(data.path()),
        "--kea",
        &url,
        "--kea-user",
        kea.user(),
        "--kea-password-file",
        path(&password),
    ];
    let output = run(&[&["config"], words, &at[..]].concat(), "");
    let text = |octets| String::from_utf8(octets).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn plan(kea: &Kea, edits: &Value, more: &[&str]) -> (i32, String, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("edits.json");
    std::fs::write(&file, edits.to_string()).unwrap();
    config(kea, &[&["plan", "kea", "--edits", path(&file)], more].concat())
}

#[test]
fn what_a_server_runs_is_shown_without_its_secrets_and_without_copies() {
    let kea = kea();
    let (code, said, error) = config(&kea, &["show", "kea", "--json"]);
    assert_eq!((code, error.as_str()), (0, ""));
    let shown: Value = serde_json::from_str(&said).unwrap();
    assert!(!said.contains(kea.password()), "the password of its control socket");
    assert!(said.contains("[redacted]"));
    let subnet = &shown["Dhcp4"]["subnet4"][0];
    assert_eq!(subnet["subnet"], "192.0.2.0/24");
    assert_eq!(subnet["valid-lifetime"], Value::Null, "it is inherited");

    let (code, said, _) =
        config(&kea, &["show", "kea", "--path", "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199].pool"]);
    assert_eq!((code, said.as_str()), (0, "\"192.0.2.100-192.0.2.199\"\n"));
    let (code, said, _) = config(&kea, &["show", "kea", "--path", "subnet4[id=1]", "--effective"]);
    assert_eq!(code, 0);
    assert!(said.contains("valid-lifetime = 3600 s (set for the whole server)\n"), "{said}");
    let (code, _, error) = config(&kea, &["show", "kea", "--path", "subnet4[id=9]"]);
    assert_eq!((code, error.as_str()), (2, "nestor: there is no subnet4[id=9]: there are [id=1]\n"));
    let (code, _, error) = config(&kea, &["show", "other"]);
    assert_eq!((code, error.as_str()), (2, "nestor: no server is called “other”: there are kea\n"));
}

#[test]
fn a_plan_says_what_would_change_and_changes_nothing() {
    let kea = kea();
    let hash = || kea.command("config-hash-get", &json!(null));
    let before = hash();
    let add = json!([{ "op": "add", "path": "subnet4", "value": { "id": 2, "subnet": "198.51.100.0/24" } }]);
    let (code, said, error) = plan(&kea, &add, &[]);
    assert_eq!((code, error.as_str()), (3, ""), "{said}");
    assert!(said.starts_with("subnet 198.51.100.0/24 (id 2) added\n"), "{said}");
    assert!(
        said.contains("would be sent to kea: subnet4-add {\"subnet4\":[{\"id\":2,\"subnet\":\"198.51.100.0/24\"}]}"),
        "{said}"
    );

    let all = json!([{ "op": "set", "path": "valid-lifetime", "value": 600 }]);
    let (code, said, _) = plan(&kea, &all, &[]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("valid-lifetime from 3600 to 600\n"), "{said}");
    assert!(
        said.contains("valid-lifetime: subnets and shared networks that follow: 1, that keep their own: 0\n"),
        "{said}"
    );
    assert!(said.contains("would be sent to kea: config-set the whole configuration"), "{said}");
    assert!(!said.contains(kea.password()));
    let (code, said, _) = plan(&kea, &all, &["--json"]);
    assert_eq!(code, 3);
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(answer["changes"], all);
    assert_eq!(answer["commands"][0]["command"], "config-set");
    assert!(!said.contains(kea.password()));

    let same = json!([{ "op": "set", "path": "valid-lifetime", "value": 3600 }]);
    let (code, said, _) = plan(&kea, &same, &[]);
    assert_eq!((code, said.as_str()), (0, "kea is so already: nothing to do.\n"));
    let overlap =
        json!([{ "op": "add", "path": "subnet4[id=1].pools", "value": { "pool": "192.0.2.150-192.0.2.160" } }]);
    let (code, said, _) = plan(&kea, &overlap, &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("overlaps with the pool"), "{said}");
    let (code, said, _) = plan(&kea, &json!([{ "op": "remove", "path": "subnet4[id=7]" }]), &[]);
    assert_eq!((code, said.as_str()), (1, "refused: edit 1: there is no subnet4[id=7]: there are [id=1]\n"));
    let (code, said, error) = plan(&kea, &json!([{ "op": "drop" }]), &[]);
    assert_eq!((code, said.as_str()), (2, ""));
    assert!(error.contains("“path” is missing") || error.contains("“drop” is no operation"), "{error}");
    assert_eq!(hash(), before, "nothing was sent");
}

#[test]
fn nobody_learns_from_a_plan_whether_a_secret_is_right() {
    let context = json!({ "api-key": "right", "url": "http://user:right@host/" });
    let kea = Kea::start(json!({ "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "user-context": context }] }));
    for guess in [
        r#"[{"op":"set","path":"subnet4[id=1].user-context.api-key","value":"GUESS"}]"#,
        r#"[{"op":"set","path":"subnet4[id=1].user-context","value":{"api-key":"GUESS","url":"http://user:GUESS@host/"}}]"#,
        r#"[{"op":"unset","path":"subnet4[user-context=GUESS].user-context"}]"#,
        r#"[{"op":"set","path":"control-sockets[password=GUESS].socket-port","value":1}]"#,
    ] {
        let said = |secret: &str, more: &[&str]| {
            let (code, said, error) = plan(&kea, &serde_json::from_str(&guess.replace("GUESS", secret)).unwrap(), more);
            (code, said.replace(secret, "GUESS"), error)
        };
        assert_eq!(said("right", &[]), said("wrong", &[]), "{guess}");
        assert_eq!(said("right", &["--json"]), said("wrong", &["--json"]), "{guess}");
        assert_ne!(said("right", &[]).0, 0, "{guess}");
    }
}

#[test]
fn a_server_that_is_away_is_an_error_of_its_own() {
    let mut kea = kea();
    kea.kill9();
    let (code, said, error) = config(&kea, &["show", "kea"]);
    assert_eq!((code, said.as_str()), (2, ""));
    assert!(error.starts_with("nestor: "), "{error}");
}
