//! What Nestor remembers, from the command line: copied, looked at, moved into `PostgreSQL`, and shared there.

use crate::support::{Nestor, PASSWORD, kea, path, run};
use serde_json::json;
use tempfile::TempDir;

/// Exit code and everything that was said.
fn said(words: &[&str], input: &str) -> (Option<i32>, String) {
    let output = run(words, input);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

fn add(name: &str, store: &[&str]) -> (Option<i32>, String) {
    said(&[&["user", "add", name, "--role", "admin", "--password-stdin"][..], store].concat(), &format!("{PASSWORD}\n"))
}

#[test]
fn a_folder_is_looked_at_and_copied() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let at = ["--data-dir", path(&data)];
    let (code, text) = said(&[&["store", "check"][..], &at].concat(), "");
    assert!(code == Some(2) && text.contains("nestor.db"), "{text}");
    assert!(!data.exists(), "looking makes nothing");
    assert_eq!(add("alice", &at).0, Some(0));
    let (code, text) = said(&[&["store", "check"][..], &at].concat(), "");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("         1  accounts") && text.contains("is whole"), "{text}");

    let copy = folder.path().join("copy");
    let backup = [&["store", "backup", path(&copy)][..], &at].concat();
    let (code, text) = said(&backup, "");
    assert!(code == Some(0) && text.contains("Written: "), "{text}");
    let (code, text) = said(&backup, "");
    assert!(code == Some(2) && text.contains("exists"), "{text}");
    let (code, text) = said(&["store", "check"], "");
    assert!(code == Some(2) && text.contains("--data-dir"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_moves_and_two_servers_share_what_was_in_it() {
    let cluster = crate::postgres::Cluster::shared();
    let (folder, kea) = (TempDir::new().unwrap(), kea());
    let file = folder.path().join("url");
    std::fs::write(&file, cluster.database() + "\n").unwrap();
    let running = Nestor::before(&kea);
    let (data, at) = (running.data.clone(), ["--store-url-file", path(&file)]);
    let move_it = ["store", "move", "--data-dir", path(&data), "--to-file", path(&file)];
    let (code, text) = said(&move_it, "");
    assert!(code == Some(2) && text.contains("another Nestor server already runs"), "{text}");
    let mut running = running;
    assert_eq!(running.terminate(), Some(0));
    let (code, text) = said(&move_it, "");
    assert!(code == Some(0) && text.contains("         3  accounts"), "{text}");
    let (code, text) = said(&move_it, "");
    assert!(code == Some(2) && text.contains("is not empty"), "{text}");
    let (code, text) = said(&[&["store", "check"][..], &at].concat(), "");
    assert!(code == Some(0) && text.contains("         3  accounts") && text.contains("PostgreSQL"), "{text}");
    let (code, text) = said(&[&["store", "backup", "copy"][..], &at].concat(), "");
    assert!(code == Some(2) && text.contains("pg_dump --format=custom --host=127.0.0.1"), "{text}");
    assert!(!text.contains(crate::postgres::PASSWORD), "{text}");
    assert_eq!(add("alice", &at).0, Some(0));

    let data = ["one", "two"].map(|name| folder.path().join(name));
    let [one, two] = data.map(|data| Nestor::start(&data, &kea, &at));
    let cookie = one.sign_in("operator").await;
    let wanted = json!({ "subnet": { "server": "kea", "id": 1 }, "range": null, "client": null });
    let (status, first) = one.call("/api/reservations/suggest", &wanted, &cookie).await;
    let (_, second) = two.call("/api/reservations/suggest", &wanted, &cookie).await;
    assert_eq!(status, 200, "{first}");
    assert_ne!(first["address"], second["address"], "signed in at both, and offered different addresses");
    assert!(second["address"].is_string(), "{second}");
    for server in [&one, &two] {
        assert!(!server.log().contains(crate::postgres::PASSWORD), "{}", server.log());
    }
}

#[test]
fn what_is_wrong_with_the_url_is_said_without_it() {
    let folder = TempDir::new().unwrap();
    let serve = ["serve", "--kea", "http://127.0.0.1:1/", "--data-dir", path(folder.path()), "--listen", "127.0.0.1:0"];
    for (url, word) in
        [("mysql://a:hunter2@b/c", "postgres://"), ("postgres://a:hunter2@127.0.0.1:1/c", "cannot be reached")]
    {
        let (code, text) = said(&[&serve[..], &["--store-url", url]].concat(), "");
        assert!(code == Some(2) && text.contains(word) && !text.contains("hunter2"), "{text}");
    }
    let help = said(&["serve", "--help"], "").1;
    assert!(help.contains("[env: NESTOR_STORE_URL]"), "{help}");
}
