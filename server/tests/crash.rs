//! `kill -9` of Nestor and of Kea at random moments, while callers reserve, change and delete: what was acknowledged is
//! there, nothing is there that no record explains, and a DHCP client is served. `make soak` kills a thousand of each.

use std::time::{Duration, Instant};

use crate::support::api_client::{Answer, ApiClient};
use crate::support::load::{Caller, Run};
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, Nestor, dhcp_client, load, oracle, path, run};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Nestor,
    Kea,
    Both,
}

/// One Nestor before one Kea, and their callers.
struct Shard {
    rng: Rng,
    kea: Kea,
    nestor: Nestor,
    cookie: String,
    callers: Vec<Caller>,
    /// Kea's file as it was when Kea last started from it.
    whole: Vec<u8>,
    figures: Figures,
}

#[derive(Debug, Default)]
struct Figures {
    nestor: usize,
    kea: usize,
    /// Kills that left Kea without a file that it could start from.
    torn: usize,
    /// What had to be made again after that, from Nestor's history.
    made_again: usize,
}

/// A short hold, so that those of callers who were cut off do not use the network up.
const HOLD: &[&str] = &["--blacklist-duration", "30s"];

impl Shard {
    async fn start(seed: u64) -> Self {
        let kea = load::kea();
        let mut nestor = Nestor::before(&kea);
        let cookie = nestor.sign_in("operator").await;
        nestor.restart(&kea, HOLD);
        let mut rng = Rng::new(seed);
        let callers = (0..6).map(|name| Caller::new(name, 60, rng.seed())).collect();
        let whole = std::fs::read(kea.config_path()).unwrap();
        Self { rng, kea, nestor, cookie, callers, whole, figures: Figures::default() }
    }

    fn api(&self) -> ApiClient {
        ApiClient::of(&self.nestor, &self.cookie)
    }

    /// Lets the callers loose, strikes in the middle of it, and starts again what was killed.
    async fn round(&mut self) {
        let fault = [Fault::Nestor, Fault::Kea, Fault::Both][self.rng.below(3)];
        let calling = Run::new(usize::MAX >> 1, Duration::from_secs(30));
        let callers = std::mem::take(&mut self.callers).into_iter();
        let api = self.api();
        let calls = callers.map(|caller| tokio::spawn(caller.run(vec![api.clone()], calling.clone())));
        let calls: Vec<_> = calls.collect();
        let (wanted, begun) = (self.rng.below(10), Instant::now());
        while calling.done() < wanted && begun.elapsed() < Duration::from_secs(3) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let micros = self.rng.below(30_000).try_into().unwrap();
        tokio::time::sleep(Duration::from_micros(micros)).await;
        if fault != Fault::Nestor {
            self.kea.kill9();
            self.figures.kea += 1;
        }
        if fault != Fault::Kea {
            self.nestor.kill9();
            self.figures.nestor += 1;
        }
        // So long they meet what is not there any more.
        tokio::time::sleep(Duration::from_millis(50)).await;
        calling.stop();
        self.callers = join_all(calls).await.into_iter().map(Result::unwrap).collect();
        assert!(calling.faults().is_empty(), "{:#?}", calling.faults());
        let was_torn = fault != Fault::Nestor && self.start_kea();
        if fault != Fault::Kea {
            self.nestor.restart(&self.kea, HOLD);
        }
        if was_torn {
            self.make_again().await;
        }
        let broken = oracle::broken_promises(&self.callers, &oracle::truth(&self.kea));
        assert!(broken.is_empty(), "after the death of {fault:?}: {broken:#?}");
    }

    /// Starts Kea again, whether it was killed or not. Kea empties its file before it writes it anew: killed in between,
    /// it leaves nothing to start from. Then its operator puts back what it started from before. Whether that was so.
    fn start_kea(&mut self) -> bool {
        self.kea.kill9();
        let file = self.kea.config_path();
        let torn = serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()).is_err();
        if torn {
            self.figures.torn += 1;
            std::fs::write(&file, &self.whole).unwrap();
        }
        self.whole = std::fs::read(&file).unwrap();
        self.kea.restart();
        torn
    }

    /// What a restored file does not say is in Nestor's history: the last version of everything is restored.
    async fn make_again(&mut self) {
        let api = self.api();
        oracle::settle(&api).await;
        let (last, truth) = (oracle::last_made(&oracle::history(&api).await), oracle::truth(&self.kea));
        let wrong: Vec<_> = last.iter().filter(|(mac, (_, made))| truth.get(*mac) != made.as_ref()).collect();
        // First all of them go: one may be in the way of another.
        for (mac, _) in wrong.iter().filter(|(mac, _)| truth.contains_key(*mac)) {
            let path = format!("/dhcp/{}/mac/{mac}", load::NETWORK);
            assert!(matches!(api.foreman(Method::DELETE, &path, &[]).await, Answer::Done(_)), "{path}");
        }
        for (_, (number, _)) in wrong.iter().filter(|(_, (_, made))| made.is_some()) {
            api.ask("/api/changes/restore", &json!({ "number": number, "version": "after" })).await;
        }
        self.figures.made_again += wrong.len();
    }

    /// Everything is settled, promised, durable and explained.
    async fn judge(&mut self) {
        oracle::settle(&self.api()).await;
        let truth = oracle::truth(&self.kea);
        oracle::find_out(&mut self.callers, &truth);
        assert!(!self.start_kea(), "no change was under way");
        assert_eq!(oracle::truth(&self.kea), truth, "what Kea runs is what Kea has on disk");
        oracle::explained(&oracle::history(&self.api()).await, &truth, &self.callers);
        let checked = run(&["store", "check", "--data-dir", path(&self.nestor.data)], "");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
}

/// So many kills on one Nestor and one Kea, each judged at once, and as a whole every 25 kills.
async fn shard(number: usize, kills: usize, seed: u64) -> Shard {
    let mut shard = Shard::start(seed).await;
    let mut judged = 0;
    while shard.figures.nestor + shard.figures.kea < kills {
        shard.round().await;
        if shard.figures.nestor + shard.figures.kea >= judged + 25 {
            judged = shard.figures.nestor + shard.figures.kea;
            shard.judge().await;
        }
    }
    shard.judge().await;
    let Figures { nestor, kea, torn, made_again } = shard.figures;
    let sum = |of: fn(&Caller) -> usize| shard.callers.iter().map(of).sum::<usize>();
    let (done, unsure) = (sum(|caller| caller.tally.done), sum(|caller| caller.tally.unsure));
    println!(
        "shard {number}: killed Nestor {nestor} times and Kea {kea} times; {done} changes acknowledged, {unsure} cut off, \
         none lost; {torn} times Kea left a file that it could not start from, and {made_again} reservations came back \
         from the history"
    );
    shard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_when_programs_are_killed() {
    let (seed, kills) = (seed(), rounds(100, 2_000));
    println!("NESTOR_SEED={seed}, {kills} kills");
    let shards = (0..2).map(|number| tokio::spawn(shard(number, kills / 2, seed.wrapping_add(number as u64))));
    for shard in join_all(shards).await {
        let shard = shard.unwrap();
        let truth = oracle::truth(&shard.kea);
        let (mac, record) = truth.first_key_value().expect("something is reserved");
        dhcp_client::gets(&shard.kea, mac, record);
    }
}

/// How the newest change stands.
async fn newest(api: &ApiClient) -> Value {
    oracle::history(api).await.pop().expect("a change")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_never_saved_is_done_or_lost_but_not_guessed() {
    let mut kea = load::kea();
    let nestor = Nestor::before(&kea);
    let api = ApiClient::of(&nestor, &nestor.sign_in("operator").await);
    let (file, aside) = (kea.config_path(), kea.folder().join("aside"));
    for (mac, is_restarted) in [("02:77:00:00:00:01", true), ("02:77:00:00:00:02", false)] {
        // Nothing can be written where a folder is.
        std::fs::rename(&file, &aside).unwrap();
        std::fs::create_dir(&file).unwrap();
        let new = load::wanted(mac, Some("10.77.4.1".parse().unwrap()), "first");
        let answer = api.call("/api/reservations/create", &json!({ "new": new })).await;
        assert!(matches!(&answer, Answer::Unsure(text) if text.contains("not-saved")), "{answer:?}");
        assert_eq!(newest(&api).await["state"], "not-saved");
        std::fs::remove_dir(&file).unwrap();
        std::fs::rename(&aside, &file).unwrap();
        let expected = if is_restarted {
            kea.restart();
            "refused"
        } else {
            api.ask("/api/servers/save", &json!({ "server": "kea" })).await;
            "done"
        };
        let end = Instant::now() + Duration::from_secs(10);
        while newest(&api).await["state"] == "not-saved" && Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let last = newest(&api).await;
        assert_eq!(last["state"], expected, "{last}");
    }
    kea.restart();
    assert_eq!(oracle::truth(&kea).into_keys().collect::<Vec<_>>(), ["02:77:00:00:00:02"]);
}
