//! Several Nestors that share one `PostgreSQL` before one Kea, and one Nestor on `SQLite`: under the same load no
//! caller is given what another one was promised. `make soak` does 10,000 operations on each.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use crate::postgres::Cluster;
use crate::support::api_client::{Answer, ApiClient};
use crate::support::load::{Caller, Run, wanted};
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, Nestor, load, oracle};
use futures::StreamExt as _;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an address is held: the default of the program.
const HOLD: Duration = Duration::from_mins(5);

/// Nestors before one Kea, and ways into them.
struct Site {
    kea: Kea,
    nestors: Vec<Nestor>,
    doors: Vec<ApiClient>,
    _folders: Vec<TempDir>,
}

impl Site {
    /// Three, on a database of their own.
    async fn replicas(database: &str, kea: Kea) -> Self {
        let folders: Vec<_> = (0..3).map(|_| TempDir::new().unwrap()).collect();
        let store = ["--store-url", database];
        crate::support::add_accounts(folders[0].path(), &store);
        let nestors = folders.iter().map(|folder| Nestor::start(folder.path(), &kea, &store)).collect();
        Self::of(kea, nestors, folders).await
    }

    /// One, on `SQLite`.
    async fn alone(kea: Kea) -> Self {
        let nestor = Nestor::before(&kea);
        Self::of(kea, vec![nestor], Vec::new()).await
    }

    async fn of(kea: Kea, nestors: Vec<Nestor>, folders: Vec<TempDir>) -> Self {
        // Who signed in at one is signed in at all.
        let cookie = nestors[0].sign_in("operator").await;
        let doors = nestors.iter().map(|nestor| ApiClient::of(nestor, &cookie)).collect();
        Self { kea, nestors, doors, _folders: folders }
    }

    /// So many operations of all kinds, while strangers lease addresses; then everything is looked at.
    async fn load(&self, operations: usize, seed: u64) -> Vec<Caller> {
        let mut rng = Rng::new(seed);
        let run = Run::new(operations, HOLD);
        let callers = (0..12).map(|name| Caller::new(name, 60, rng.seed()));
        let calls: Vec<_> = callers.map(|caller| tokio::spawn(caller.run(self.doors.clone(), run.clone()))).collect();
        for stranger in 0..40 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let address = Ipv4Addr::from(0x0a4d_0400 + u32::try_from(rng.below(1_024)).unwrap());
            let lease = json!({ "ip-address": address, "hw-address": format!("02:66:00:00:00:{stranger:02x}"), "subnet-id": 1 });
            if self.kea.command("lease4-add", &lease)["result"] == 0 {
                run.leased(address);
            }
        }
        let callers = join_all(calls).await.into_iter().map(Result::unwrap).collect();
        assert!(run.faults().is_empty(), "{:#?}", run.faults());
        callers
    }

    /// Everything is settled, promised, durable and explained.
    async fn judge(&mut self, callers: &mut [Caller]) {
        oracle::settle(&self.doors[0]).await;
        let truth = oracle::truth(&self.kea);
        oracle::find_out(callers, &truth);
        self.kea.restart();
        assert_eq!(oracle::truth(&self.kea), truth, "what Kea runs is what Kea has on disk");
        oracle::explained(&oracle::history(&self.doors[0]).await, &truth, callers);
    }

    async fn mixed(mut self, what: &str, operations: usize, seed: u64) {
        let begun = Instant::now();
        let mut callers = self.load(operations, seed).await;
        let unsure = sum(&callers, |caller| caller.tally.unsure);
        assert_eq!(unsure, 0, "nothing was killed: every answer is a clear one");
        self.judge(&mut callers).await;
        println!(
            "{what}: {operations} operations in {:.1} s, {} done, {} refused, 0 addresses with two owners, 0 lost",
            begun.elapsed().as_secs_f32(),
            sum(&callers, |caller| caller.tally.done),
            sum(&callers, |caller| caller.tally.refused)
        );
    }
}

fn sum(callers: &[Caller], of: fn(&Caller) -> usize) -> usize {
    callers.iter().map(of).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_replicas_keep_every_promise() {
    let (seed, operations) = (seed(), rounds(600, 10_000));
    println!("NESTOR_SEED={seed}");
    let cluster = Cluster::shared();
    Site::replicas(&cluster.database(), load::kea()).await.mixed("3 replicas on PostgreSQL", operations, seed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_program_on_sqlite_keeps_every_promise() {
    let (seed, operations) = (seed(), rounds(600, 10_000));
    println!("NESTOR_SEED={seed}");
    Site::alone(load::kea()).await.mixed("1 program on SQLite", operations, seed).await;
}

/// A Kea with so many addresses to give, and no more.
fn small(addresses: u8) -> Kea {
    let pools = json!([{ "pool": format!("10.77.1.1-10.77.1.{addresses}") }]);
    Kea::start(json!({ "subnet4": [{ "id": 1, "subnet": "10.77.0.0/20", "pools": pools }] }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_give_out_exactly_as_many_addresses_as_there_are() {
    let cluster = Cluster::shared();
    let site = Site::replicas(&cluster.database(), small(200)).await;
    let calls = futures::stream::iter(0..300).map(|call| {
        let api = site.doors[call % 3].clone();
        async move {
            let path = format!("/dhcp/{}/unused_ip?", load::NETWORK);
            let ask = || api.foreman(Method::GET, &path, &[]);
            let mut answer = ask().await;
            for _ in 0..10 {
                // Forty-eight at once may wait too long for one of the connections to the database, and try again.
                if !matches!(&answer, Answer::Refused(text) if text.contains(" 503 ")) {
                    break;
                }
                answer = ask().await;
            }
            match answer {
                Answer::Done(offer) => offer["ip"].as_str().map(str::to_owned),
                other => panic!("{other:?}"),
            }
        }
    });
    let given: Vec<Option<String>> = calls.buffer_unordered(48).collect().await;
    let given: Vec<String> = given.into_iter().flatten().collect();
    let distinct: HashSet<&String> = given.iter().collect();
    assert_eq!((given.len(), distinct.len()), (200, 200), "each of 200 addresses once, and nothing for the other 100");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_request_reserves_once_wherever_it_is_sent() {
    let cluster = Cluster::shared();
    let site = Site::replicas(&cluster.database(), load::kea()).await;
    for at in 0..10 {
        let new = wanted(&format!("02:77:00:00:01:{at:02x}"), None, &format!("once-{at}"));
        let wanted = json!({ "wanted": { "new": new, "order": "random", "request": format!("the-same-{at}") } });
        let asked = |api: &ApiClient| {
            let (api, wanted) = (api.clone(), wanted.clone());
            tokio::spawn(async move { api.ask("/api/reservations/reserve", &wanted).await })
        };
        let calls: Vec<_> = site.doors.iter().cycle().take(6).map(asked).collect();
        let answers: HashSet<String> = join_all(calls).await.into_iter().map(|answer| said(&answer.unwrap())).collect();
        assert_eq!(answers.len(), 1, "all of them the same: {answers:?}");
        let again = said(&site.doors[at % 3].ask("/api/reservations/reserve", &wanted).await);
        assert_eq!(answers, HashSet::from([again]), "and later too");
    }
    assert_eq!(oracle::truth(&site.kea).len(), 10);
    let other = wanted("02:77:00:00:02:00", None, "another");
    let wanted = json!({ "wanted": { "new": other, "request": "the-same-0" } });
    let answer = site.doors[0].call("/api/reservations/reserve", &wanted).await;
    assert!(matches!(&answer, Answer::Refused(text) if text.contains("another request")), "{answer:?}");
}

/// What an answer says of the reservation and of its change.
fn said(applied: &Value) -> String {
    json!([applied["change"], applied["reservation"]]).to_string()
}

impl Site {
    /// What Foreman is answered without a database. Its processes outlive the one that was killed by a moment.
    async fn refused_at_last(&self) -> (u16, String) {
        let path = format!("/dhcp/{}/unused_ip?", load::NETWORK);
        for _ in 0..100 {
            let answer = self.nestors[0].foreman("GET", &path, &[]).await;
            if answer.0 != 200 {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the database is gone, and addresses are given out");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_dies_stops_changes_and_loses_none() {
    let seed = seed();
    println!("NESTOR_SEED={seed}");
    let mut rng = Rng::new(seed);
    let mut cluster = Cluster::start();
    let mut site = Site::replicas(&cluster.database(), load::kea()).await;
    let mut callers: Vec<_> = (0..6).map(|name| Caller::new(name, 60, rng.seed())).collect();
    let deaths = rounds(2, 50);
    for _ in 0..deaths {
        let run = Run::new(usize::MAX >> 1, HOLD);
        let calls: Vec<_> = std::mem::take(&mut callers)
            .into_iter()
            .map(|caller| tokio::spawn(caller.run(site.doors.clone(), run.clone())))
            .collect();
        tokio::time::sleep(Duration::from_millis(200 + rng.below(300) as u64)).await;
        cluster.crash();
        let refused = site.refused_at_last().await;
        let text = "Nestor’s own database does not work; nothing was changed. Nestor’s log says why.";
        assert_eq!(refused, (503, text.to_owned()));
        run.stop();
        callers = join_all(calls).await.into_iter().map(Result::unwrap).collect();
        cluster.run();
        let back = Instant::now();
        while !matches!(site.doors[1].call("/api/servers/list", &json!({})).await, Answer::Done(_)) {
            assert!(back.elapsed() < Duration::from_secs(30), "it does not find the database again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        site.judge(&mut callers).await;
    }
    println!(
        "killed PostgreSQL {deaths} times: {} changes acknowledged, {} cut off, none lost",
        sum(&callers, |caller| caller.tally.done),
        sum(&callers, |caller| caller.tally.unsure)
    );
}
