//! `kill -9` of Nestor, of Kea, or of both at random moments of a change of a configuration, on one server and on a pair:
//! after the start the change is made or it is not, what runs is what is recorded and what is on disk, and a DHCP client is
//! served. `make soak` kills two hundred times; `config_apply/killed.rs` strikes each step by itself.

mod site;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use self::site::Site;
use crate::config_apply::edit;
use crate::support::api_client::Answer;
use crate::support::lab::hooks;
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, dhcp_client, load};

/// What is under way when something is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// A change that one small command makes, where there is one.
    Small,
    /// One that several commands make.
    Several,
    /// One that needs the whole configuration to be set.
    Whole,
    /// One that nobody confirms, and its way back.
    Unconfirmed,
    /// The undoing of a change that was made before.
    Undo,
}

const WORKS: [Work; 5] = [Work::Small, Work::Several, Work::Whole, Work::Unconfirmed, Work::Undo];

/// The edits of a round. Each round has parts of its own, so that nothing of an earlier one is taken for its.
fn edits(work: Work, round: usize) -> Value {
    let prefix = format!("10.{}.{}.0/24", 100 + round / 250, round % 250);
    let subnet = edit("add", "subnet4", json!({ "id": 1_000 + round, "subnet": prefix }));
    let class = edit("add", "client-classes", json!({ "name": format!("class-{round}") }));
    let lifetime = edit("set", "valid-lifetime", json!(4_000 + round));
    match work {
        Work::Small => json!([subnet]),
        Work::Whole => json!([lifetime]),
        Work::Several => json!([subnet, class]),
        Work::Unconfirmed | Work::Undo if (round / 2).is_multiple_of(2) => json!([subnet, class]),
        Work::Unconfirmed | Work::Undo => json!([lifetime, class]),
    }
}

/// Asks for the change, and of one that is undone for that; whatever comes of it.
fn ask(site: &Site, work: Work, edits: &Value, to_undo: Option<i64>) -> JoinHandle<Answer> {
    let api = site.api();
    let request = json!({ "edits": edits.to_string(), "confirm_within": (work == Work::Unconfirmed).then_some(1) });
    let arguments = json!({ "server": site.asked(), "request": request });
    tokio::spawn(async move {
        match to_undo {
            Some(number) => api.call("/api/changes/undo", &json!({ "number": number })).await,
            None => api.call("/api/config/apply", &arguments).await,
        }
    })
}

/// Makes, or has under way, what a round is about. With what is asked for: what it takes from there to its end.
async fn begin(site: &mut Site, work: Work, round: usize) -> (Value, JoinHandle<Answer>) {
    let edits = edits(work, round);
    site.choose();
    let to_undo = match work {
        Work::Undo => match ask(site, Work::Whole, &edits, None).await.unwrap() {
            Answer::Done(applied) => Some(applied["change"].as_i64().unwrap()),
            other => panic!("{other:?}"),
        },
        _ => None,
    };
    if work == Work::Undo {
        site.settled(&edits).await;
    }
    if work == Work::Unconfirmed {
        site.until_looked_after().await;
    }
    let asked = ask(site, work, &edits, to_undo);
    (edits, asked)
}

/// How long each kind of work takes on a site, found out by doing it to its end.
async fn measured(site: &mut Site, took: &mut [Option<Duration>; 5], work: Work, round: usize) -> Duration {
    let of = WORKS.iter().position(|one| *one == work).unwrap();
    if let Some(known) = took[of] {
        return known;
    }
    let (edits, asked) = begin(site, work, round).await;
    let begun = Instant::now();
    let answer = asked.await.unwrap();
    let answered = begun.elapsed();
    assert!(matches!(answer, Answer::Done(_)), "{work:?}: {answer:?}");
    site.settled(&edits).await;
    let length = if work == Work::Unconfirmed { begun.elapsed() } else { answered };
    site.judge(&edits, work, &format!("{work:?} without a fault")).await;
    *took[of].insert(length)
}

/// So many kills on one site.
async fn lane(name: &str, mut site: Site, kills: usize, seed: u64) {
    let (mut rng, mut took, mut inside) = (Rng::new(seed), [None; 5], 0);
    for kill in 0..kills {
        let work = WORKS[(kill + rng.below(2)) % WORKS.len()];
        let length = measured(&mut site, &mut took, work, 2 * kill).await;
        let round = format!("{name}: kill {kill} of seed {seed}, {work:?}");
        let (edits, asked) = begin(&mut site, work, 2 * kill + 1).await;
        let micros = rng.below(usize::try_from(length.as_micros()).unwrap() * 11 / 10);
        tokio::time::sleep(Duration::from_micros(micros.try_into().unwrap())).await;
        inside += usize::from(!asked.is_finished());
        let fault = site.strike(&mut rng).await;
        let round = format!("{round}, {fault} after {} ms of {}", micros / 1_000, length.as_millis());
        let answer = asked.await.unwrap();
        println!("{round}: {}", if matches!(answer, Answer::Done(_)) { "was answered" } else { "was cut off" });
        site.settled(&edits).await;
        site.judge(&edits, work, &round).await;
    }
    println!("{name}: {kills} kills, {inside} of them before the answer; {}; {took:?}", site.figures());
}

fn subnets() -> Value {
    dhcp_client::reachable(load::subnets())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_outlives_the_death_of_programs_at_any_moment() {
    let (seed, kills) = (seed(), rounds(10, 200));
    println!("NESTOR_SEED={seed}");
    let mut bare = subnets();
    bare["hooks-libraries"] = json!([hooks()[0]]);
    let alone = Site::start(vec![Kea::start(subnets())]).await;
    let bare = Site::start(vec![Kea::start(bare)]).await;
    let pair = Site::start(Kea::start_pair(&subnets()).into()).await;
    let lanes = [("one server", alone, 4), ("with lease_cmds alone", bare, 3), ("a pair", pair, 3)];
    let lanes = (0..).zip(lanes).map(|(number, (name, site, share))| {
        tokio::spawn(lane(name, site, kills * share / 10, seed.wrapping_add(number)))
    });
    let lanes: Vec<_> = lanes.collect();
    for lane in futures::future::join_all(lanes).await {
        lane.unwrap();
    }
}
