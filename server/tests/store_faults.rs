//! When Nestor's own store does not work: it is not ready, it says what is the matter and not something else, no user is
//! signed out, and nothing is changed that could not be remembered.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::postgres::Cluster;
use crate::support::{Kea, Nestor, PASSWORD, add_accounts, kea, lay_accounts, nestor, path};
use reqwest::Response;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use tempfile::TempDir;

fn new(mac: &str, address: &str) -> Value {
    json!({ "new": {
        "subnet": { "server": "kea", "id": 1 },
        "identifier": { "kind": "hw-address", "value": mac },
        "address": address,
    } })
}

/// On a store of its own, started by that command.
fn start(command: Command, folder: &Path, kea: &Kea) -> Nestor {
    lay_accounts(folder);
    let password = folder.with_file_name(format!("{}.password", folder.file_name().unwrap().to_str().unwrap()));
    fs::write(&password, kea.password()).unwrap();
    let words = ["--kea", &kea.url(), "--kea-user", kea.user(), "--kea-password-file", path(&password)];
    let log = fs::File::create(password.with_extension("log")).unwrap();
    Nestor::launch_as(command, Some(log.into()), folder, &words)
}

/// The page that says that the database does not work: no user is sent to sign in, and the cookie stays.
async fn says_so(response: Response) {
    assert_eq!(response.status(), 503);
    assert!(response.headers().get(SET_COOKIE).is_none() && response.headers().get(LOCATION).is_none());
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let html = response.text().await.unwrap();
    assert!(html.contains("database does not work"), "{html}");
}

/// Nothing that would have to be remembered is done, for any caller.
async fn takes_no_changes(nestor: &Nestor, kea: &Kea, cookie: &str) {
    let (status, problem) =
        nestor.call("/api/reservations/create", &new("02:00:00:00:00:01", "192.0.2.11"), cookie).await;
    assert_eq!((status, problem["kind"].as_str()), (503, Some("store")), "{problem}");
    let text = problem.to_string();
    assert!(text.contains("nothing was changed") && !text.contains("error") && !text.contains("nestor.db"), "{text}");
    let fields = [("mac", "02:00:00:00:00:02"), ("ip", "192.0.2.12"), ("hostname", "web-2")];
    let (status, text) = nestor.foreman("POST", "/dhcp/192.0.2.0", &fields).await;
    assert_eq!(status, 503, "{text}");
    assert!(text.contains("database does not work") && !text.contains("nestor.db"), "{text}");
    let (status, text) = nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip?", &[]).await;
    assert_eq!(status, 503, "{text}");
    let kept = kea.command("reservation-get-all", &json!({ "subnet-id": 1 }));
    assert_eq!(kept["arguments"]["hosts"].as_array().map_or(0, Vec::len), 0, "{kept}");
}

/// The same is done when it is asked for again.
async fn takes_changes(nestor: &Nestor, cookie: &str) {
    let (status, made) = nestor.call("/api/reservations/create", &new("02:00:00:00:00:01", "192.0.2.11"), cookie).await;
    assert_eq!(status, 200, "{made}");
}

async fn is_signed_in(nestor: &Nestor, cookie: &str) -> bool {
    nestor.call("/api/session", &json!({}), cookie).await.0 == 200
}

#[tokio::test]
async fn a_full_disk_is_reported_and_survived() {
    let (kea, folder) = (kea(), TempDir::new().unwrap());
    // No file may grow beyond a limit that is set later: what the system says then is what it says of a full disk, but
    // for one word. The signal that comes with it is not for the program.
    let mut shielded = Command::new("sh");
    shielded.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(env!("CARGO_BIN_EXE_nestor"));
    let mut nestor = start(crate::support::without_settings(shielded), &folder.path().join("data"), &kea);
    let cookie = nestor.sign_in("operator").await;
    assert_eq!(nestor.health("/readyz").await, (200, "ok\n".to_owned()));
    let id = nestor.child().id().to_string();
    let limit = |bytes: &str| {
        let limit = format!("--fsize={bytes}:unlimited");
        assert!(Command::new("prlimit").args(["--pid", &id, &limit]).status().unwrap().success());
    };
    limit("0");
    nestor.until_ready_is(503).await;
    assert_eq!(nestor.health("/readyz").await.1, "the store takes no changes\n");
    assert_eq!(nestor.health("/healthz").await.0, 200);
    takes_no_changes(&nestor, &kea, &cookie).await;
    // What only reads goes on, and who is signed in stays so.
    assert!(is_signed_in(&nestor, &cookie).await);
    let page = nestor.get("/", &cookie).await;
    assert!(page.status() == 200 && page.headers().get(SET_COOKIE).is_none());
    says_so(nestor.form("/login", &[("name", "viewer"), ("password", PASSWORD)], "").await).await;
    says_so(nestor.form("/logout", &[], &cookie).await).await;
    assert!(is_signed_in(&nestor, &cookie).await, "as it says");
    let words = ["user", "add", "late", "--role", "viewer", "--password-stdin", "--data-dir", path(&nestor.data)];
    let command = words.map(|word| format!("'{word}'")).join(" ");
    let line = format!("trap '' XFSZ; ulimit -f 0; exec '{}' {command} 2>&1", env!("CARGO_BIN_EXE_nestor"));
    let said =
        Command::new("sh").args(["-c", &format!("echo '{PASSWORD}' | ({line}) | cat; exit 0")]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.starts_with("nestor: "), "{said}");

    limit("unlimited");
    nestor.until_ready_is(200).await;
    takes_changes(&nestor, &cookie).await;
    // Foreman's calls waited for the disk.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let (status, calls) = nestor
        .call(
            "/api/foreman/calls",
            &json!({ "query": {
        "filter": "problems", "text": "", "before": null,
    } }),
            &cookie,
        )
        .await;
    let statuses: Vec<_> = calls["calls"].as_array().into_iter().flatten().map(|call| call["status"].clone()).collect();
    assert_eq!((status, statuses), (200, vec![json!(503), json!(503)]), "{calls}");
    assert_eq!(nestor.terminate(), Some(0));
}

#[tokio::test]
async fn a_file_that_was_taken_away_or_replaced_is_not_written_into() {
    let (kea, folder) = (kea(), TempDir::new().unwrap());
    let data = folder.path().join("data");
    let nestor = start(nestor(), &data, &kea);
    let cookie = nestor.sign_in("operator").await;
    let (file, aside) = (data.join("nestor.db"), folder.path().join("aside"));
    // Taken away.
    fs::rename(&file, &aside).unwrap();
    nestor.until_ready_is(503).await;
    takes_no_changes(&nestor, &kea, &cookie).await;
    assert!(is_signed_in(&nestor, &cookie).await);
    // Replaced by a copy, as an operator does who puts a backup in place.
    fs::copy(&aside, &file).unwrap();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(nestor.health("/readyz").await.0, 503);
    takes_no_changes(&nestor, &kea, &cookie).await;
    fs::rename(&aside, &file).unwrap();
    nestor.until_ready_is(200).await;
    // The whole folder.
    fs::rename(&data, &aside).unwrap();
    fs::create_dir(&data).unwrap();
    nestor.until_ready_is(503).await;
    takes_no_changes(&nestor, &kea, &cookie).await;
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0, "nothing new is begun there");
    fs::remove_dir(&data).unwrap();
    fs::rename(&aside, &data).unwrap();
    nestor.until_ready_is(200).await;
    takes_changes(&nestor, &cookie).await;
}

#[tokio::test]
async fn a_folder_that_takes_no_files_is_reported() {
    use std::os::unix::fs::PermissionsExt as _;
    let (kea, folder) = (kea(), TempDir::new().unwrap());
    let data = folder.path().join("data");
    // To root no folder is closed, unless it goes without that privilege.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let command = if is_root {
        let mut command = Command::new("setpriv");
        command.arg("--bounding-set=-dac_override,-dac_read_search").arg(env!("CARGO_BIN_EXE_nestor"));
        crate::support::without_settings(command)
    } else {
        nestor()
    };
    let nestor = start(command, &data, &kea);
    let close = |mode| fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(nestor.health("/readyz").await.0, 200);
    close(0o500);
    nestor.until_ready_is(503).await;
    close(0o700);
    nestor.until_ready_is(200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_is_gone_or_only_read_signs_no_user_out() {
    let (kea, folder, mut cluster) = (kea(), TempDir::new().unwrap(), Cluster::start());
    let database = cluster.database();
    let store = ["--store-url", &database];
    add_accounts(folder.path(), &store);
    let nestor = Nestor::start(folder.path(), &kea, &store);
    let cookie = nestor.sign_in("operator").await;
    assert_eq!(nestor.health("/readyz").await.0, 200);

    let only_read = |setting: &str| {
        cluster.sql("postgres", &format!("ALTER SYSTEM SET default_transaction_read_only = {setting}"));
        cluster.sql("postgres", "SELECT pg_reload_conf()");
    };
    only_read("on");
    nestor.until_ready_is(503).await;
    assert!(is_signed_in(&nestor, &cookie).await);
    takes_no_changes(&nestor, &kea, &cookie).await;
    only_read("off");
    nestor.until_ready_is(200).await;

    let mut events =
        nestor.client.get(format!("{}/events", nestor.console)).header(COOKIE, &cookie).send().await.unwrap();
    assert_eq!(events.status(), 200);
    cluster.crash();
    let nothing = json!({});
    let (page, api, stream) = futures::join!(
        nestor.get("/networks", &cookie),
        nestor.call("/api/session", &nothing, &cookie),
        nestor.get("/events", &cookie),
    );
    says_so(page).await;
    assert_eq!((api.0, api.1["kind"].as_str()), (503, Some("store")), "{api:?}");
    assert_eq!(stream.status(), 503);
    nestor.until_ready_is(503).await;
    says_so(nestor.form("/login", &[("name", "viewer"), ("password", PASSWORD)], "").await).await;
    assert_eq!(nestor.get("/login", "").await.status(), 200, "a page that needs no store");
    assert_eq!(nestor.health("/healthz").await.0, 200);

    cluster.run();
    nestor.until_ready_is(200).await;
    assert!(is_signed_in(&nestor, &cookie).await, "with the same cookie");
    // The stream went on meanwhile, and still sends what changes.
    takes_changes(&nestor, &cookie).await;
    let sent = async {
        while let Some(piece) = events.chunk().await.unwrap() {
            if String::from_utf8_lossy(&piece).contains("event: change") {
                return;
            }
        }
        panic!("the stream ended");
    };
    tokio::time::timeout(Duration::from_secs(5), sent).await.expect("a change is sent");
}
