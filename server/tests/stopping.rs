//! How the program ends: in which order, what it waits for, and that nothing keeps it from ending.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::api_client::ApiClient;
use crate::support::load::wanted;
use crate::support::{Kea, Nestor, kea, lay_accounts, nestor, oracle, path};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a change is held up.
const HELD_UP: Duration = Duration::from_secs(1);

fn new(number: u8) -> Value {
    let new = wanted(&format!("02:00:00:00:01:{number:02x}"), Some([192, 0, 2, 10 + number].into()), "");
    json!({ "new": { "subnet": new["subnet"], "identifier": new["identifier"], "address": new["address"] } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readiness_goes_first_then_every_change_under_way_ends() {
    let kea = kea();
    let proxy = FaultProxy::before(kea.port()).await;
    let mut nestor = Nestor::before_at(&kea, &proxy.url());
    let cookie = nestor.sign_in("operator").await;
    assert_eq!(nestor.health("/readyz").await, (200, "ok\n".to_owned()));
    proxy.set_on("reservation-add", Fault::Late(HELD_UP));
    let api = ApiClient::of(&nestor, &cookie);
    // Of twenty changes one is Foreman's, and one was begun for a caller who went away.
    let call = |number| {
        let api = api.clone();
        tokio::spawn(async move { format!("{:?}", api.call("/api/reservations/create", &new(number)).await) })
    };
    let gone = call(0);
    while proxy.count("reservation-add") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let foreman = tokio::spawn({
        let api = api.clone();
        async move {
            let fields = [("mac", "02:00:00:00:01:ff"), ("ip", "192.0.2.99"), ("hostname", "web-1")];
            format!("{:?}", api.foreman(Method::POST, "/dhcp/192.0.2.0", &fields).await)
        }
    });
    let calls: Vec<_> = (1..19).map(call).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    gone.abort();
    assert!(proxy.count("reservation-add") < 5, "most of them wait");

    nestor.signal("TERM");
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(nestor.health("/readyz").await, (503, "stopping\n".to_owned()));
    assert_eq!(nestor.health("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(nestor.get("/login", "").await.status(), 200, "for a moment what comes is still taken");
    tokio::time::sleep(Duration::from_secs(2)).await;
    // Then nothing new is, for any caller; monitoring still sees a program that lives.
    for _ in 0..20 {
        assert_eq!(nestor.health("/healthz").await.0, 200);
        assert_eq!(nestor.health("/readyz").await.0, 503);
    }
    let (status, refused) = nestor.call("/api/reservations/create", &new(20), &cookie).await;
    assert_eq!((status, refused["kind"].as_str()), (503, Some("unreachable")), "{refused}");
    assert_eq!(nestor.get("/", &cookie).await.status(), 503);
    assert!(nestor.client.get(&nestor.foreman).send().await.unwrap_err().is_connect());

    for answer in join_all(calls.into_iter().chain([foreman])).await {
        let answer = answer.unwrap();
        assert!(answer.starts_with("Done"), "{answer}");
    }
    assert_eq!(nestor.ended(Duration::from_secs(30)).await, Some(0));
    assert!(begun.elapsed() > 10 * HELD_UP, "it waited for them");

    nestor.restart(&kea, &[]);
    let history = oracle::history(&ApiClient::of(&nestor, &cookie)).await;
    let ends: Vec<_> = history.iter().map(|change| change["state"].as_str().unwrap()).collect();
    assert_eq!(ends, ["done"; 20], "as they were recorded before the program ended: {history:#?}");
    assert!(history.iter().all(|change| change["detail"] == ""), "none had to be asked for: {history:#?}");
    assert_eq!(
        kea.command("reservation-get-all", &json!({ "subnet-id": 1 }))["arguments"]["hosts"].as_array().unwrap().len(),
        20
    );
}

#[tokio::test]
async fn a_task_that_breaks_off_ends_the_program_with_an_error() {
    let (kea, folder) = (kea(), TempDir::new().unwrap());
    let words = ["--kea", &kea.url(), "--kea-user", kea.user(), "--kea-password-file", "/dev/null"];
    for task in ["recovering changes", "giving signs of life"] {
        let mut command = nestor();
        command.env("NESTOR_BREAKS_OFF", task);
        let mut nestor = Nestor::launch_as(command, None, folder.path(), &words);
        let end = Instant::now() + Duration::from_secs(10);
        while nestor.health("/readyz").await.0 == 200 {
            assert!(Instant::now() < end, "it is ready for ever");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(nestor.health("/healthz").await.0, 200);
        assert_eq!(nestor.ended(Duration::from_secs(10)).await, Some(2));
        let log = nestor.log();
        assert!(log.contains(&format!("nestor: {task} broke off; Nestor stops")), "{log}");
        std::fs::remove_file(folder.path().join("nestor.log")).unwrap();
    }
}

/// Words for a Kea as it was.
fn before(kea: &Kea, folder: &Path) -> Vec<String> {
    let password = folder.join("kea.password");
    std::fs::write(&password, kea.password()).unwrap();
    ["--kea", &kea.url(), "--kea-user", kea.user(), "--kea-password-file", path(&password), "--log", "debug"]
        .map(str::to_owned)
        .to_vec()
}

/// What may be gone or stuck around a program that is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    DeadKea,
    SilentKea,
    /// The reader of the log does not read on.
    BlockedLog,
    /// The reader of the log is gone.
    ClosedLog,
    RemovedFolder,
}

/// Under load from all sides, with what is around it gone.
async fn stops(around: Around) {
    let (mut kea, folder) = (kea(), TempDir::new().unwrap());
    lay_accounts(folder.path());
    let proxy = FaultProxy::before(kea.port()).await;
    let mut words = before(&kea, folder.path());
    words[1] = proxy.url();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let log = matches!(around, Around::BlockedLog | Around::ClosedLog).then(Stdio::piped);
    let mut nestor = Nestor::launch_as(nestor(), log, folder.path(), &words);
    if around == Around::ClosedLog {
        drop(nestor.child().stderr.take());
    }
    let cookie = nestor.sign_in("operator").await;
    match around {
        Around::DeadKea => kea.kill9(),
        Around::SilentKea => proxy.set(Fault::Silence),
        Around::RemovedFolder => std::fs::remove_dir_all(folder.path()).unwrap(),
        Around::BlockedLog | Around::ClosedLog => {}
    }
    let api = ApiClient::of(&nestor, &cookie);
    let load = (0..8).map(|number| {
        let (api, client, url) = (api.clone(), nestor.client.clone(), format!("{}/readyz", nestor.console));
        tokio::spawn(async move {
            for _ in 0..10 {
                drop(tokio::time::timeout(HELD_UP, api.call("/api/reservations/create", &new(number))).await);
                drop(tokio::time::timeout(HELD_UP, api.foreman(Method::GET, "/dhcp", &[])).await);
                for _ in 0..20 {
                    drop(client.get(&url).send().await);
                }
            }
        })
    });
    let load: Vec<_> = load.collect();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let answered = tokio::time::timeout(Duration::from_secs(2), nestor.health("/healthz")).await;
    assert_eq!(answered.expect("it lives").0, 200, "{around:?}");
    nestor.signal("TERM");
    // Changes that a silent Kea holds up are waited for; nothing else takes long.
    let within = Duration::from_secs(if around == Around::SilentKea { 65 } else { 15 });
    assert_eq!(nestor.ended(within).await, Some(0), "{around:?}");
    load.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_stops_whatever_is_gone_around_it() {
    join_all([Around::DeadKea, Around::ClosedLog, Around::RemovedFolder].map(stops)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_stops_when_its_log_is_not_read_and_serves_until_then() {
    stops(Around::BlockedLog).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_stops_before_a_kea_that_says_nothing() {
    stops(Around::SilentKea).await;
}

#[tokio::test]
async fn it_stops_while_it_still_starts() {
    let folder = TempDir::new().unwrap();
    let other = File::open(folder.path()).unwrap();
    other.lock().unwrap();
    let mut command: Command = nestor();
    command.args([
        "serve",
        "--data-dir",
        path(folder.path()),
        "--listen",
        "127.0.0.1:0",
        "--kea",
        "http://127.0.0.1:9",
    ]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(child.try_wait().unwrap().is_none(), "it waits for the folder");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let end = Instant::now() + Duration::from_secs(10);
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > end => {
                child.kill().unwrap();
                panic!("it did not stop");
            }
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert_eq!(status.code(), Some(0));
}
