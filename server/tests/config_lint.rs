//! `nestor config lint`, and the same in the console: a configuration file is judged before any server reads it.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Kea, Nestor, path, run};

/// The exit code, what was said, and the folder of the file.
fn lint(text: &str, more: &[&str]) -> (i32, String, TempDir) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("kea-dhcp4.conf");
    std::fs::write(&file, text).unwrap();
    std::fs::write(
        folder.path().join("subnets.json"),
        "[ {\"id\": 1, \"subnet\": \"192.0.2.0/24\", \"valid-lifetime\": 600, \"renew-timer\": 900} ]",
    )
    .unwrap();
    let output = run(&[&["config", "lint", path(&file)][..], more].concat(), "");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap(), folder)
}

const SOUND: &str = r#"// comments are welcome
{ "Dhcp4": {
    "interfaces-config": { "interfaces": [ "eth0" ] },
    "option-data": [ { "name": "routers", "data": "192.0.2.1" }, { "code": 6, "data": "192.0.2.1" }, ],
    "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.20" } ] } ],
} }"#;

#[tokio::test]
async fn the_console_judges_a_file_and_compares_it_with_what_runs() {
    let subnet = json!({ "id": 7, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.20" }] });
    let kea = Kea::start(json!({ "subnet4": [subnet], "option-data": [{ "name": "routers", "data": "192.0.2.1" }] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let lint =
        async |text: &str| nestor.done("/api/config/lint", &json!({ "server": "kea", "text": text }), &cookie).await;
    let own = std::fs::read_to_string(kea.config_path()).unwrap();
    let same = lint(&own).await;
    assert_eq!((&same["words"], &same["total"]), (&json!([]), &json!(0)), "it runs that: {same}");
    assert!(!same.to_string().contains(kea.password()));
    let other =
        lint(&own.replace("192.0.2.20", "192.0.2.30").replacen("\"valid-lifetime\"", "\"valid-lifetme\"", 1)).await;
    assert!(other["words"].to_string().contains("192.0.2.30"), "{other}");
    let unknown = other["lines"].as_array().unwrap().iter().find(|line| line["path"] == "valid-lifetme").unwrap();
    assert!(unknown["level"] == "refused" && unknown["line"].as_u64() > Some(1), "{unknown}");
    let broken = lint("{ \"Dhcp4\": {\n  \"renew-timer\" 2 } }").await;
    assert_eq!((&broken["lines"][0]["line"], &broken["lines"][0]["rule"]), (&json!(2), &json!("syntax")), "{broken}");
    assert!(broken["not_compared"].is_string());
    let page = nestor.get("/servers/kea/findings", &cookie).await.text().await.unwrap();
    assert!(page.contains("Check a configuration file"), "{page}");
}

#[test]
fn a_sound_file_passes() {
    let (code, said, _folder) = lint(SOUND, &[]);
    assert_eq!((code, said.as_str()), (0, "No problems were found.\n"));
    let (code, said, _folder) = lint(SOUND, &["--json"]);
    assert_eq!((code, said.as_str()), (0, "[]\n"));
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_column() {
    let (code, said, folder) = lint("{ \"Dhcp4\": {\n  \"valid-lifetime\": 4000\n  \"renew-timer\": 1000\n} }", &[]);
    let file = folder.path().join("kea-dhcp4.conf");
    let file = path(&file);
    assert_eq!(code, 1);
    let text = "a comma is missing between \"renew-timer\" and what is before it.";
    assert!(said.starts_with(&format!("{file}:3:3: refused: {text}\n")), "{said}");

    let (code, said, folder) = lint(&SOUND.replace("\"pool\": \"192.0.2.10-192.0.2.20\"", "\"pol\": \"x\""), &[]);
    let file = folder.path().join("kea-dhcp4.conf");
    assert_eq!(code, 1);
    let line =
        format!("{}:5:75: refused: subnet4[id=1].pools[0].pol: Kea knows no “pol” at this level (pool)", path(&file));
    assert!(said.contains(&line), "{said}");
    assert!(said.contains("Is “pool” meant?"), "{said}");
    assert!(said.ends_with("2 refused, 0 errors, 0 warnings, 0 hints.\n"), "{said}");
}

#[test]
fn warnings_alone_are_no_failure_and_come_with_what_mends_them() {
    let text = "{ \"Dhcp4\": { \"interfaces-config\": { \"interfaces\": [ \"*\" ] },\n \"subnet4\": <?include \"subnets.json\"?> } }";
    let (code, said, _folder) = lint(text, &["--json"]);
    assert_eq!(code, 0, "{said}");
    let findings: Vec<Value> = serde_json::from_str(&said).unwrap();
    let timers = findings.iter().find(|finding| finding["rule"] == "timers").unwrap();
    assert_eq!((&timers["file"], &timers["line"], &timers["column"]), (&"subnets.json".into(), &1.into(), &3.into()));
    assert_eq!(timers["mend"][0]["op"], "unset");
    assert_eq!(timers["mend"][0]["path"], "subnet4[id=1].renew-timer");
}

#[test]
fn what_is_known_is_left_out_and_does_not_count() {
    let text = "{ \"Dhcp4\": { \"interfaces-config\": { \"interfaces\": [ \"*\" ] },\n \"subnet4\": <?include \"subnets.json\"?>,
        \"control-sockets\": [{ \"socket-type\": \"http\", \"socket-address\": \"0.0.0.0\" }] } }";
    let (code, said, _folder) = lint(text, &["--json"]);
    let findings: Vec<Value> = serde_json::from_str(&said).unwrap();
    let rules = |severity: &str| -> Vec<String> {
        let of = findings.iter().filter(|finding| finding["severity"] == severity);
        of.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    };
    assert!(code == 1 && !rules("error").is_empty() && rules("refused").is_empty(), "{said}");
    let known = rules("error").join(",");
    let (code, said, _folder) = lint(text, &["--except", &known]);
    assert!(code == 0 && said.contains(" left out (") && said.contains("renew-timer"), "{said}");
    let (code, said, _folder) = lint("{\"Dhcp\": {}}", &["--except", "no-configuration,timers"]);
    assert!(code == 1 && said.contains("Nothing was left out"), "what Kea refuses stays: {said}");
}

#[test]
fn what_cannot_be_read_is_another_failure() {
    let output = run(&["config", "lint", "/nowhere/kea.conf"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/kea.conf cannot be read"));
    let (code, said, _folder) = lint("{\"Dhcp\": {}}", &[]);
    assert_eq!(code, 1);
    assert!(said.contains("none of Dhcp4, Dhcp6, DhcpDdns, Control-agent stands at the top"), "{said}");
}

#[test]
fn no_secret_is_said() {
    let text = "{ \"Dhcp4\": { \"lease-database\": { \"type\": \"mysql\", \"password\": 4711, \"secret-token\": \"hunter2\", \"user\": [\"a\"] } } }";
    for more in [&[][..], &["--json"]] {
        let (code, said, _folder) = lint(text, more);
        assert_eq!(code, 1);
        assert!(!said.contains("hunter2") && !said.contains("4711"), "{said}");
    }
}
