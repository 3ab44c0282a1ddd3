//! Kea is stopped and started again, as an operator does it, while changes are made: what was acknowledged is there, what
//! is not there was reported, and the next change is made as soon as Kea is back.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::api_client::{Answer, ApiClient};
use crate::support::load::{Caller, Record, Run, wanted};
use crate::support::rng::{Rng, seed};
use crate::support::{Kea, Nestor, load, oracle};
use futures::future::join_all;
use serde_json::{Value, json};

/// When Kea is back, the next change is made within this time.
const GOOD_AGAIN: Duration = Duration::from_secs(20);

/// Rows of a table; enough to be in the middle of it.
const ROWS: usize = 150;

/// Restarts while callers call.
const ROUNDS: usize = 6;

/// A change, made within a second. On a machine that is busy with other tests every one takes longer; then it took no
/// longer than twice what the one after it takes.
async fn good_at_once(api: &ApiClient, at: usize) {
    let mut took = [Duration::ZERO; 2];
    for (attempt, took) in took.iter_mut().enumerate() {
        let new = wanted(&format!("02:77:ff:00:{attempt:02x}:{at:02x}"), None, &format!("good-{attempt}-{at}"));
        let begun = Instant::now();
        let request = format!("good-{attempt}-{at}");
        api.ask("/api/reservations/reserve", &json!({ "wanted": { "new": new, "request": request } })).await;
        *took = begun.elapsed();
        if *took <= GOOD_AGAIN {
            break;
        }
    }
    let [first, second] = took;
    assert!(first <= GOOD_AGAIN.max(2 * second), "the next change took {first:?}, the one after it {second:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_outlives_restarts_of_kea() {
    let seed = seed();
    println!("NESTOR_SEED={seed}");
    let (mut rng, mut kea) = (Rng::new(seed), load::kea());
    let nestor = Nestor::before(&kea);
    let api = ApiClient::of(&nestor, &nestor.sign_in("operator").await);
    let mut callers: Vec<_> = (0..4).map(|name| Caller::new(name, 40, rng.seed())).collect();
    for round in 0..ROUNDS {
        let calling = Run::new(usize::MAX >> 1, Duration::from_mins(5));
        let calls = callers.into_iter().map(|caller| tokio::spawn(caller.run(vec![api.clone()], calling.clone())));
        let calls: Vec<_> = calls.collect();
        let (wanted, begun) = (5 + rng.below(10), Instant::now());
        while calling.done() < wanted && begun.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(calling.done() > 0, "nothing was changed before the restart");
        kea.stop();
        kea.restart();
        good_at_once(&api, round).await;
        calling.stop();
        callers = join_all(calls).await.into_iter().map(Result::unwrap).collect();
        assert!(calling.faults().is_empty(), "{:#?}", calling.faults());
        let broken = oracle::broken_promises(&callers, &oracle::truth(&kea));
        assert!(broken.is_empty(), "after restart {round}: {broken:#?}");
    }
    oracle::settle(&api).await;
    let truth = oracle::truth(&kea);
    oracle::find_out(&mut callers, &truth);
    kea.restart();
    assert_eq!(oracle::truth(&kea), truth, "what Kea runs is what Kea has on disk");
    oracle::explained(&oracle::history(&api).await, &truth, &callers);
}

/// A Nestor before a Kea, and something in between that counts.
struct Site {
    kea: Kea,
    proxy: FaultProxy,
    api: ApiClient,
    _nestor: Nestor,
}

impl Site {
    async fn start() -> Self {
        let kea = load::kea();
        let proxy = FaultProxy::before(kea.port()).await;
        let nestor = Nestor::before_at(&kea, &proxy.url());
        let api = ApiClient::of(&nestor, &nestor.sign_in("operator").await);
        Self { kea, proxy, api, _nestor: nestor }
    }

    async fn apply(&self, name: &str) -> Value {
        self.api.ask("/api/table/apply", &table(name)).await
    }

    /// Restarts Kea when a third of these commands was sent that a request makes; gives the answer to the request. What is
    /// sent meanwhile meets a closed port, or (`unnoticed`) waits until Kea is back.
    async fn restart_within(&mut self, command: &str, unnoticed: bool, path: &'static str, arguments: Value) -> Value {
        let (before, api) = (self.proxy.count(command), self.api.clone());
        let asked = tokio::spawn(async move { api.ask(path, &arguments).await });
        while self.proxy.count(command) < before + ROWS / 3 {
            assert!(!asked.is_finished(), "it was over before the restart");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if unnoticed {
            self.proxy.set(Fault::Late(Duration::from_secs(2)));
            // What was sent before is answered.
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.kea.stop();
        self.kea.restart();
        self.proxy.set(Fault::None);
        let answer = asked.await.unwrap();
        good_at_once(&self.api, 0).await;
        answer
    }

    /// What each row came to be, by client, when everything is settled and Kea was started once more.
    async fn settled(&mut self) -> BTreeMap<String, Record> {
        oracle::settle(&self.api).await;
        let truth = oracle::truth(&self.kea);
        oracle::explained(&oracle::history(&self.api).await, &truth, &[]);
        self.kea.restart();
        assert_eq!(oracle::truth(&self.kea), truth, "what Kea runs is what Kea has on disk");
        truth
    }
}

fn mac(row: usize) -> String {
    format!("02:77:00:00:00:{row:02x}")
}

/// What a row is to be under that name.
fn record(row: usize, name: &str) -> Record {
    Record { address: format!("10.77.2.{}", row + 1).parse().unwrap(), host_name: format!("{name}-{row}") }
}

fn table(name: &str) -> Value {
    let row = |row| {
        let Record { address, host_name } = record(row, name);
        format!("{},{address},{host_name}\n", mac(row))
    };
    let text = format!("mac,ip,hostname\n{}", (0..ROWS).map(row).collect::<String>());
    json!({ "text": text, "subnet": { "server": "kea", "id": 1 } })
}

/// Every row is what it was said to be: done and there, or reported, and as it was before or as it was to be.
fn judge_rows(answer: &Value, truth: &BTreeMap<String, Record>, before: Option<&str>, after: &str) {
    let rows = answer["rows"].as_array().unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let now = truth.get(&mac(at)).cloned();
        let (old, new) = (before.map(|name| record(at, name)), Some(record(at, after)));
        let reported =
            if row["outcome"]["Ok"].is_object() { "done" } else { row["outcome"]["Err"]["kind"].as_str().unwrap() };
        let holds = match reported {
            "done" => now == new,
            "unreachable" | "refused" => now == old,
            "unknown" | "not-saved" => now == old || now == new,
            _ => false,
        };
        *counts.entry(reported).or_default() += 1;
        if !holds {
            wrong.push(format!("{}: reported {reported}, there is {now:?}", mac(at)));
        }
    }
    println!("{after}: {counts:?}");
    assert_eq!(rows.len(), ROWS);
    assert!(counts.keys().any(|reported| *reported != "done"), "the restart was in no change's way");
    assert!(wrong.is_empty(), "{} rows: {wrong:#?}", wrong.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn new_rows_of_a_table_are_there_or_reported() {
    for unnoticed in [false, true] {
        let mut site = Site::start().await;
        let answer = site.restart_within("reservation-add", unnoticed, "/api/table/apply", table("one")).await;
        judge_rows(&answer, &site.settled().await, None, "one");
        // What is missing is made by the same table.
        site.apply("one").await;
        let truth = site.settled().await;
        assert!((0..ROWS).all(|row| truth.get(&mac(row)) == Some(&record(row, "one"))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changed_rows_of_a_table_are_there_or_reported() {
    for unnoticed in [false, true] {
        let mut site = Site::start().await;
        site.apply("one").await;
        let answer = site.restart_within("reservation-update", unnoticed, "/api/table/apply", table("two")).await;
        judge_rows(&answer, &site.settled().await, Some("one"), "two");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deleted_rows_of_a_batch_are_gone_or_reported() {
    for unnoticed in [false, true] {
        let mut site = Site::start().await;
        let undo = json!({ "batch": site.apply("one").await["batch"] });
        let answer = site.restart_within("reservation-del", unnoticed, "/api/changes/undo-batch", undo).await;
        let (undone, left) =
            (usize::try_from(answer["undone"].as_u64().unwrap()).unwrap(), answer["left"].as_array().unwrap());
        println!("{undone} undone, {} left", left.len());
        assert!(!left.is_empty() && undone + left.len() == ROWS, "the restart was in no change's way");
        let truth = site.settled().await;
        let gone = (0..ROWS).filter(|row| !truth.contains_key(&mac(*row))).count();
        assert!(gone >= undone, "{undone} were reported as gone, and {gone} are");
        let sure = left.iter().filter(|left| left["kind"] == "unreachable").count();
        assert!(ROWS - gone >= sure, "{sure} were reported as not gone, and {} are there", ROWS - gone);
    }
}

/// A change that is reported as not made, while Kea is away, is not made later.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_kea_is_away_nothing_is_promised() {
    let mut site = Site::start().await;
    site.kea.stop();
    let new = wanted(&mac(0), Some(record(0, "one").address), "one-0");
    let refused = site.api.call("/api/reservations/create", &json!({ "new": new })).await;
    assert!(matches!(&refused, Answer::Refused(why) if why.contains("unreachable")), "{refused:?}");
    site.kea.restart();
    good_at_once(&site.api, 0).await;
    assert!(!site.settled().await.contains_key(&mac(0)));
}
