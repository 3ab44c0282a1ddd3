//! `kill -9` of Nestor, of Kea, or of both, at each step of a change: the next start finds out what became of it, and
//! clients are served.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::bench::Bench;
use super::{edit, subnet4, without_hooks};
use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::{Kea, Nestor, lay_accounts, nestor, path};

/// How long an answer is kept back, and a recovery may take: it waits until the program that is gone counts as gone.
const LONG: Duration = Duration::from_mins(2);

/// Where it is struck, and how it ends.
struct Blow {
    /// The command that is kept back.
    at: &'static str,
    /// Whether Kea has got it.
    arrives: bool,
    /// Whether Kea is killed too.
    kea: bool,
    edits: Value,
    has_hooks: bool,
    /// How the change stands in the end.
    ends: &'static str,
}

fn whole() -> Value {
    json!([edit("set", "valid-lifetime", json!(7200))])
}

/// Two commands: a subnet, and a class that it needs.
fn two() -> Value {
    json!([
        edit("add", "subnet4", json!({ "id": 2, "subnet": "198.51.100.0/24" })),
        edit("add", "client-classes", json!({ "name": "phones" })),
    ])
}

fn blows() -> Vec<Blow> {
    let of = |at, arrives, ends| Blow { at, arrives, kea: false, edits: whole(), has_hooks: false, ends };
    let small = |at, arrives, ends| Blow { edits: two(), has_hooks: true, ..of(at, arrives, ends) };
    vec![
        of("config-test", false, "refused"),
        of("config-hash-get", false, "refused"),
        of("config-set", false, "refused"),
        of("config-set", true, "done"),
        Blow { kea: true, ..of("config-set", true, "refused") },
        of("config-write", false, "done"),
        of("config-write", true, "done"),
        Blow { kea: true, ..of("config-write", true, "done") },
        small("subnet4-add", false, "refused"),
        // The subnet is there, and goes again.
        small("class-add", false, "refused"),
        small("class-add", true, "done"),
    ]
}

async fn newest(nestor: &Nestor, cookie: &str) -> Value {
    let query = json!({ "filter": "all", "text": "", "server": null, "subnet": null, "reservation": null, "batch": null,
        "before": null });
    nestor.done("/api/changes/list", &json!({ "query": query }), cookie).await["changes"][0].clone()
}

/// A running Nestor on the data of the bench.
pub(super) fn serve(bench: &Bench) -> Nestor {
    let words = bench.config_words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Nestor::launch(bench.data.path(), &words)
}

async fn strike(blow: Blow) {
    let subnet = if blow.has_hooks { subnet4() } else { without_hooks(subnet4()) };
    let kea = Kea::start(subnet);
    let proxy = FaultProxy::before(kea.port()).await;
    let mut bench = Bench { url: proxy.url(), ..Bench::before(kea) };
    lay_accounts(bench.data.path());
    let before = bench.running();
    let fault = if blow.arrives { Fault::Delay(LONG) } else { Fault::Silence };
    proxy.set_on(blow.at, fault);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("edits.json");
    std::fs::write(&file, blow.edits.to_string()).unwrap();
    let settings = bench.settings();
    let words = ["config", "apply", "kea", "--edits", path(&file)].into_iter().map(str::to_owned);
    let mut applying =
        nestor().args(words.chain(settings)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while proxy.count(blow.at) == 0 {
        assert!(begun.elapsed() < Duration::from_mins(1), "{} is sent", blow.at);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    if blow.arrives {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    applying.kill().unwrap();
    applying.wait().unwrap();
    if blow.kea {
        bench.kea.restart();
    }
    proxy.set(Fault::None);
    let nestor = serve(&bench);
    let cookie = nestor.sign_in("operator").await;
    let begun = Instant::now();
    let last = loop {
        let last = newest(&nestor, &cookie).await;
        if ["done", "refused"].contains(&last["state"].as_str().unwrap()) {
            break last;
        }
        assert!(begun.elapsed() < LONG, "{}: {last}: {}", blow.at, nestor.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let what = format!("{} arrives: {}, Kea killed: {}: {last}", blow.at, blow.arrives, blow.kea);
    assert_eq!(last["state"], blow.ends, "{what}");
    assert!(bench.serves(), "{what}");
    if blow.ends == "done" {
        assert_ne!(bench.running(), before, "{what}");
        bench.saves_what_it_runs();
    } else {
        assert_eq!(bench.running(), before, "{what}");
        assert!(super::bench::loads(&bench.kea, bench.family), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_that_is_cut_off_is_made_or_not_made() {
    let all = blows().into_iter().map(|blow| tokio::spawn(strike(blow)));
    for struck in futures::future::join_all(all).await {
        struck.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_page_of_changes_tells_it_in_words_and_takes_it_back() {
    let bench = Bench::before(Kea::start(subnet4()));
    lay_accounts(bench.data.path());
    let before = bench.running();
    let grow =
        edit("set", "subnet4[id=1].pools[pool=192.0.2.100-192.0.2.199]", json!({ "pool": "192.0.2.100-192.0.2.219" }));
    let (code, said, error) = bench.apply(&json!([grow]), &["--note", "ticket 7"]);
    assert_eq!(code, 0, "{said}{error}");
    let nestor = serve(&bench);
    let cookie = nestor.sign_in("operator").await;
    let last = newest(&nestor, &cookie).await;
    assert_eq!(last["element"]["configuration"], json!({ "server": "kea", "id": 1 }));
    assert_eq!(last["configuration_after"]["note"], "ticket 7");
    assert_eq!(
        last["configuration_after"]["words"],
        json!(["subnet 192.0.2.0/24 (id 1): pool 192.0.2.100-192.0.2.199 grew to 192.0.2.100-192.0.2.219"])
    );
    let page = nestor.get("/changes", &cookie).await.text().await.unwrap();
    assert!(page.contains("grew to 192.0.2.100-192.0.2.219"), "{page}");
    let table = nestor
        .done(
            "/api/changes/export",
            &json!({ "query": { "filter": "config", "text": "grew", "server": null,
        "subnet": null, "reservation": null, "batch": null, "before": null } }),
            &cookie,
        )
        .await;
    assert!(table.to_string().contains("grew to"), "{table}");
    nestor.done("/api/changes/undo", &json!({ "number": last["number"] }), &cookie).await;
    assert_eq!(bench.running(), before);
    bench.saves_what_it_runs();
    // Of the subnet, too.
    let of_subnet = json!({ "filter": "all", "text": "", "server": null, "subnet": { "server": "kea", "id": 1 },
        "reservation": null, "batch": null, "before": null });
    let page = nestor.done("/api/changes/list", &json!({ "query": of_subnet }), &cookie).await;
    assert_eq!(page["changes"].as_array().unwrap().len(), 2);
    assert_eq!(page["changes"][0]["undoes"], last["number"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_nobody_confirms_goes_back_after_a_restart_of_nestor() {
    let bench = Bench::before(Kea::start(subnet4()));
    let before = bench.running();
    let (code, said, error) = bench.apply(&whole(), &["--confirm-within", "1s"]);
    assert_eq!((code, said.as_str(), bench.running() == before), (1, "", true));
    assert!(error.contains("no “nestor serve” runs on this data"), "{error}");
    let first = serve(&bench);
    let begun = Instant::now();
    // Its first sign of life comes a moment after it listens.
    let (code, said, error) = loop {
        let outcome = bench.apply(&whole(), &["--confirm-within", "10s"]);
        if outcome.0 == 0 || begun.elapsed() > Duration::from_secs(20) {
            break outcome;
        }
    };
    assert_ne!(bench.running(), before, "it runs before it goes back");
    drop(first);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(said.contains("unless it is confirmed: nestor config confirm"), "{said}");
    let nestor = serve(&bench);
    let begun = Instant::now();
    // It goes back, and is saved.
    while bench.running() != before || bench.file() != before {
        assert!(begun.elapsed() < Duration::from_mins(1), "{}", nestor.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bench.saves_what_it_runs();
    let (code, said, _) = bench.config(&["confirm", "kea"]);
    assert_eq!((code, said.as_str()), (1, "Nothing is to be confirmed.\n"));
    let (code, said, error) = bench.apply(&whole(), &["--confirm-within", "1h", "--json"]);
    assert_eq!(code, 0, "{said}{error}");
    let (code, said, error) = bench.config(&["confirm", "kea"]);
    assert_eq!((code, said.as_str()), (0, "change 3 stays\n"), "{error}");
}
