//! Edits that break off, some of them late, while a DHCP client asks again and again: it is served within seconds, and what
//! runs is what ran before. `make soak` tries a thousand.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::config_apply::bench::Bench;
use crate::config_apply::edit;
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, dhcp_client, load};

/// For how long a client may go without an answer: 5 s from when the server does not serve any more.
const SERVED_WITHIN: Duration = Duration::from_secs(5);

/// Edits that do not work out, and who finds out.
fn broken(rng: &mut Rng, taken: u16) -> (&'static str, Value) {
    let number = rng.below(1_000_000);
    let library = |library: &str| edit("add", "hooks-libraries", json!({ "library": library }));
    match rng.below(8) {
        0 => ("no such hook", json!([library(&format!("libdhcp_{number}.so"))])),
        1 => {
            let user = format!("nobody-{number}");
            let database =
                json!({ "type": "postgresql", "name": "nowhere", "user": user, "host": "127.0.0.1", "port": 1 });
            ("no such database", json!([library("libdhcp_pgsql.so"), edit("add", "hosts-databases", database)]))
        }
        2 => {
            let clients = json!([{ "user": "x", "password": format!("{number}") }]);
            let authentication = json!({ "type": "basic", "clients": clients });
            let socket = json!({ "socket-type": "http", "socket-address": "127.0.0.1", "socket-port": taken,
                "authentication": authentication });
            ("a socket that is taken", json!([edit("add", "control-sockets", socket)]))
        }
        3 => {
            let leases = json!({ "type": "memfile", "name": format!("/nowhere/{number}.csv") });
            ("no such folder of leases", json!([edit("set", "lease-database", leases)]))
        }
        4 => {
            let class =
                json!({ "name": format!("class-{number}"), "test": format!("option[no-such-{number}].exists") });
            ("no such option", json!([edit("add", "client-classes", class)]))
        }
        5 => {
            let pool = json!({ "pool": format!("10.78.0.1-10.78.0.{}", 2 + rng.below(200)) });
            ("a pool outside", json!([edit("add", "subnet4[id=1].pools", pool)]))
        }
        6 => {
            let option = json!({ "name": "routers", "data": format!("10.77.0.{number}") });
            ("no address", json!([edit("add", "subnet4[id=1].option-data", option)]))
        }
        _ => {
            let parameters =
                json!({ "parameters": { "high-availability": [{ "this-server-name": format!("{number}") }] } });
            let mut ha = parameters;
            ha["library"] = json!("libdhcp_ha.so");
            ("half a hook", json!([edit("add", "hooks-libraries", ha)]))
        }
    }
}

/// Asks until it is told to end. The longest time from one answer to the next.
fn ask(kea: &Kea, ends: &AtomicBool) -> Duration {
    let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
    while !ends.load(Ordering::Relaxed) {
        if dhcp_client::is_served(kea) {
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
    }
    longest.max(last.elapsed())
}

/// Ends the client, however the test does.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn break_off(bench: &Bench, rng: &mut Rng, taken: u16, round: &str) {
    let (what, edits) = broken(rng, taken);
    let running = bench.running();
    let (code, said, error) = bench.apply(&edits, &["--yes-dangerous"]);
    assert_eq!(code, 1, "{round}, {what}: {said}{error}");
    assert_eq!(bench.running(), running, "{round}, {what}: {error}");
}

#[test]
fn clients_are_served_whatever_breaks_off() {
    let (seed, rounds) = (seed(), rounds(12, 1_000));
    println!("NESTOR_SEED={seed}");
    let mut rng = Rng::new(seed);
    let bench = Bench::before(Kea::start(dhcp_client::reachable(load::subnets())));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let ends = AtomicBool::new(false);
    let longest = std::thread::scope(|scope| {
        let client = scope.spawn(|| ask(&bench.kea, &ends));
        let trying = scope.spawn(|| {
            let _ends = Ends(&ends);
            for round in 0..rounds {
                break_off(&bench, &mut rng, port, &format!("round {round} of seed {seed}"));
                let works = json!([edit("set", "valid-lifetime", json!(1_000 + round))]);
                let (code, said, error) = bench.apply(&works, &[]);
                assert_eq!(code, 0, "round {round} of seed {seed}: {said}{error}");
            }
        });
        trying.join().unwrap();
        client.join().unwrap()
    });
    println!("{rounds} edits broke off; the longest time from one answer to a client to the next: {longest:?}");
    assert!(longest < SERVED_WITHIN, "a client was not served for {longest:?}, seed {seed}");
    bench.saves_what_it_runs();
}
