//! What servers ran: seen, told apart from what Nestor did, compared, and led back to, on the real Kea.

use std::time::{Duration, Instant};

use model::ServerName;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fault_proxy::{Fault, FaultProxy};
use crate::postgres::Cluster;
use crate::support::{Kea, Nestor, kea, path, run};

/// The exit code, and what was said on standard output and standard error.
fn config(data: &std::path::Path, kea: &Kea, url: &str, words: &[&str]) -> (i32, String, String) {
    std::fs::create_dir_all(data).unwrap();
    let password = data.join("kea.password");
    std::fs::write(&password, kea.password()).unwrap();
    let at = ["--data-dir", path(data), "--kea", url, "--kea-user", kea.user(), "--kea-password-file", path(&password)];
    let output = run(&[&["config"], words, &at[..]].concat(), "");
    let text = |octets| String::from_utf8(octets).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The revisions, newest first, after a look at the server.
fn history(data: &std::path::Path, kea: &Kea, more: &[&str]) -> Vec<Value> {
    let (code, said, error) = config(data, kea, &kea.url(), &[&["history", "kea", "--json"], more].concat());
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    said["revisions"].as_array().unwrap().clone()
}

fn add_subnet(kea: &Kea, id: u32) {
    let subnet = json!({ "subnet4": [{ "id": id, "subnet": format!("198.51.{id}.0/24") }] });
    assert_eq!(kea.command("subnet4-add", &subnet)["result"], 0);
}

/// Changes the file of a stopped server.
fn edit_file(kea: &Kea, edit: impl FnOnce(&mut Value)) {
    let mut file: Value = serde_json::from_slice(&std::fs::read(kea.config_path()).unwrap()).unwrap();
    edit(&mut file["Dhcp4"]);
    std::fs::write(kea.config_path(), file.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_past_nestor_is_noticed_within_a_minute() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    let logs = async |text: &str, within: u64| {
        let end = Instant::now() + Duration::from_secs(within);
        while !nestor.log().contains(text) {
            assert!(Instant::now() < end, "{text}: {}", nestor.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    logs("a revision of its configuration is kept", 30).await;
    add_subnet(&kea, 7);
    logs("changed outside Nestor: by commands", 60).await;
    let kept = history(&nestor.data, &kea, &[]);
    assert_eq!(kept.len(), 2, "the look of the command line finds nothing new: {kept:?}");
    assert_eq!(
        (&kept[0]["origin"], &kept[0]["words"]),
        (&json!("outside"), &json!(["subnet 198.51.7.0/24 (id 7) added"]))
    );
    assert!(!nestor.log().contains(kea.password()), "{}", nestor.log());
}

#[test]
fn each_way_to_another_configuration_is_told() {
    let (folder, mut kea) = (TempDir::new().unwrap(), kea());
    let data = folder.path();
    assert_eq!(history(data, &kea, &[])[0]["origin"], "first");
    std::thread::sleep(Duration::from_secs(3));
    add_subnet(&kea, 7);
    assert_eq!(history(data, &kea, &[])[0]["way"], "commands");

    kea.stop();
    edit_file(&kea, |dhcp4| dhcp4["valid-lifetime"] = json!(7200));
    kea.restart();
    let kept = history(data, &kea, &[]);
    assert_eq!((&kept[0]["way"], kept.len()), (&json!("restarted"), 3));
    let words = json!(["valid-lifetime from 3600 to 7200", "subnet 198.51.7.0/24 (id 7) removed"]);
    assert_eq!(sorted(&kept[0]["words"]), sorted(&words), "what was not saved is gone, too");

    std::thread::sleep(Duration::from_secs(3));
    edit_file(&kea, |dhcp4| dhcp4["valid-lifetime"] = json!(60));
    assert_eq!(kea.command("config-reload", &Value::Null)["result"], 0);
    let kept = history(data, &kea, &[]);
    assert_eq!((&kept[0]["way"], &kept[0]["number"]), (&json!("loaded"), &json!(4)));
    kea.restart();
    assert_eq!(history(data, &kea, &[]).len(), 4, "the same file once more is nothing new");
}

fn sorted(words: &Value) -> Vec<String> {
    let mut words: Vec<String> = words.as_array().unwrap().iter().map(ToString::to_string).collect();
    words.sort();
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nestor_did_is_its_own() {
    let kea = kea();
    let nestor = Nestor::before(&kea);
    assert_eq!(history(&nestor.data, &kea, &[])[0]["origin"], "first");
    let cookie = nestor.sign_in("operator").await;
    for last in [5, 6] {
        let new = json!({ "new": {
            "subnet": { "server": "kea", "id": 1 }, "identifier": { "kind": "hw-address", "value": format!("02:00:5e:10:00:0{last}") },
            "address": format!("192.0.2.{last}"), "host_name": format!("printer-{last}"), "options": [], "classes": [],
        } });
        nestor.done("/api/reservations/create", &new, &cookie).await;
        let kept = history(&nestor.data, &kea, &[]);
        assert_eq!(
            (&kept[0]["origin"], &kept[0]["routine"], kept.len()),
            (&json!("nestor"), &json!(true), 2),
            "{kept:?}"
        );
        assert_eq!(kept[0]["changes"][0]["actor"], "operator");
    }
    let label = json!({ "subnet": { "server": "kea", "id": 1 }, "seen": {}, "wanted": { "name": "Office" } });
    nestor.done("/api/subnets/label", &label, &cookie).await;
    let kept = history(&nestor.data, &kea, &[]);
    assert_eq!((&kept[0]["origin"], &kept[0]["routine"], kept.len()), (&json!("nestor"), &json!(false), 3), "{kept:?}");

    let folder = TempDir::new().unwrap();
    let edits = json!([{ "op": "set", "path": "subnet4[id=1].valid-lifetime", "value": 600 },
                       { "op": "add", "path": "subnet4", "value": { "id": 8, "subnet": "198.51.8.0/24" } }]);
    let file = folder.path().join("edits.json");
    std::fs::write(&file, edits.to_string()).unwrap();
    let apply = ["apply", "kea", "--edits", path(&file), "--note", "ticket 12"];
    let (code, said, error) = tokio::task::block_in_place(|| config(&nestor.data, &kea, &kea.url(), &apply));
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    let kept = history(&nestor.data, &kea, &[]);
    assert_eq!((&kept[0]["origin"], kept.len()), (&json!("nestor"), 4), "Kea’s own defaults are no other’s: {kept:?}");
    assert_eq!(kept[0]["changes"][0]["note"], "ticket 12");

    let past = json!({ "reservation": { "subnet-id": 1, "hw-address": "02:00:5e:10:00:09", "ip-address": "192.0.2.9" },
                       "operation-target": "memory" });
    assert_eq!(kea.command("reservation-add", &past)["result"], 0);
    let kept = history(&nestor.data, &kea, &[]);
    assert_eq!((&kept[0]["origin"], kept.len()), (&json!("outside"), 5), "{kept:?}");
}

#[test]
fn revisions_are_compared_and_led_back_to() {
    let (folder, kea) = (TempDir::new().unwrap(), kea());
    let data = folder.path();
    history(data, &kea, &[]);
    add_subnet(&kea, 7);
    history(data, &kea, &[]);
    let say = |words: &[&str]| config(data, &kea, &kea.url(), words);
    let (code, said, _) = say(&["history", "kea"]);
    assert_eq!(code, 0);
    assert!(said.starts_with("2  ") && said.contains("\n    subnet 198.51.7.0/24 (id 7) added\n1  "), "{said}");
    let added = "subnet 198.51.7.0/24 (id 7) added\n".to_owned();
    assert_eq!(say(&["diff", "kea", "1"]), (3, added.clone(), String::new()));
    assert_eq!(say(&["diff", "kea", "1", "2"]), (3, added, String::new()));
    assert_eq!(say(&["diff", "kea", "2"]), (0, String::new(), String::new()));
    let (code, _, error) = say(&["diff", "kea", "9"]);
    assert_eq!(
        (code, error.as_str()),
        (2, "nestor: Revision 9 of “kea” does not exist. It may have been removed meanwhile.\n")
    );
    let (code, said, _) = say(&["restore", "kea", "1", "--dry-run"]);
    assert!(code == 3 && said.contains("subnet4-del {\"id\":7}"), "{said}");
    let (code, said, _) = say(&["restore", "kea", "1", "--path", "valid-lifetime"]);
    assert_eq!((code, said.as_str()), (0, "It is so already: nothing was to be done.\n"));
    let subnets = || kea.command("subnet4-list", &Value::Null)["arguments"]["subnets"].as_array().unwrap().len();
    assert_eq!(subnets(), 2);
    let (code, said, error) = say(&["restore", "kea", "1", "--note", "it was wrong"]);
    let removed = "subnet 198.51.7.0/24 (id 7) removed\nKea says: IPv4 subnet 198.51.7.0/24 (id 7) deleted\n";
    assert_eq!((code, said.as_str(), error.as_str()), (0, removed, ""));
    assert_eq!(subnets(), 1);
    let kept = history(data, &kea, &[]);
    assert_eq!(
        (&kept[0]["origin"], &kept[0]["changes"][0]["note"]),
        (&json!("nestor"), &json!("it was wrong")),
        "{kept:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_tell_is_said_so_and_breaks_nothing() {
    let (folder, kea) = (TempDir::new().unwrap(), kea());
    let proxy = FaultProxy::before(kea.port()).await;
    let unknown = r#"[{ "result": 2, "text": "'config-hash-get' command not supported." }]"#;
    proxy.set_on("config-hash-get", Fault::answer("200 OK", unknown));
    let url = proxy.url();
    let say = |words: &[&str]| config(folder.path(), &kea, &url, words);
    let (code, said, error) = tokio::task::block_in_place(|| say(&["history", "kea"]));
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(error.contains("newer revisions may be missing") && error.contains("config-hash-get"), "{error}");
    let (code, _, _) = tokio::task::block_in_place(|| say(&["show", "kea"]));
    assert_eq!(code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_a_database() {
    const SECRET: &str = "hunter2-never-kept";
    let suffixes = ["password", "client-secret", "api_token", "Passphrase", "psk", "privateKey"];
    let context: Value =
        suffixes.iter().map(|name| ((*name).to_owned(), json!(SECRET))).collect::<serde_json::Map<_, _>>().into();
    let mut context = context;
    context["url"] = json!(format!("postgres://kea:{SECRET}@db/kea"));
    context["line"] = json!(format!("--token={SECRET} -v"));
    let mut kea = Kea::start(json!({
        "user-context": context,
        "lease-database": { "type": "memfile", "lfc-interval": 0, "password": SECRET },
        "client-classes": [{ "name": "a", "user-context": context }],
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "user-context": context,
                      "pools": [{ "pool": "192.0.2.100-192.0.2.199", "user-context": context }],
                      "reservations": [{ "hw-address": "02:00:5e:10:00:01", "user-context": context }] }],
    }));
    let cluster = Cluster::shared();
    let (folder, file) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let url_file = file.path().join("url");
    let url = cluster.database();
    std::fs::write(&url_file, &url).unwrap();
    let data = folder.path();
    let in_both = |kea: &Kea| [history(data, kea, &[]), history(data, kea, &["--store-url-file", path(&url_file)])];
    in_both(&kea);
    kea.stop();
    edit_file(&kea, |dhcp4| {
        dhcp4["user-context"]["password"] = json!(format!("{SECRET}-2"));
        dhcp4["subnet4"][0]["user-context"]["more-secret"] = json!(SECRET);
        dhcp4["client-classes"] = json!([{ "name": "b", "user-context": { "token": SECRET } }]);
    });
    kea.restart();
    let kept = in_both(&kea);
    let secrets = [SECRET, kea.password()];
    assert!(
        kept.iter()
            .all(|kept| kept.len() == 2 && secrets.iter().all(|secret| !json!(kept).to_string().contains(secret)))
    );

    let places = [store::Place::Folder(data.to_owned()), store::Place::Server(url.parse().unwrap())];
    for place in places {
        let store = place.open(None).await.unwrap().store;
        let server: ServerName = "kea".parse().unwrap();
        for number in [1, 2] {
            let document = store.revision_document(&server, number).await.unwrap().unwrap();
            assert!(document.contains("[redacted]"));
            assert!(secrets.iter().all(|secret| !document.contains(secret)), "{document}");
        }
    }
    for file in std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path()) {
        let octets = std::fs::read(&file).unwrap();
        let found = octets.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        assert!(!found, "{}", file.display());
    }
}
