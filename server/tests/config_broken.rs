//! Edits that break off, some of them late, while a DHCP client asks again and again: it is served within seconds, and what
//! runs is what ran before. One that meets a cleanup of the lease file is made when that is over. `make soak` tries a thousand.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::config_apply::bench::Bench;
use crate::config_apply::edit;
use crate::support::lab::Family;
use crate::support::rng::{Rng, rounds, seed};
use crate::support::{Kea, dhcp_client, load};

/// For how long a client may go without an answer: 5 s from when the server does not serve any more.
const SERVED_WITHIN: Duration = Duration::from_secs(5);

/// Edits that do not work out, and who finds out.
fn broken(rng: &mut Rng, family: Family, taken: u16) -> (&'static str, Value) {
    let number = rng.below(1_000_000);
    let v4 = family == Family::V4;
    let subnet = if v4 { "subnet4[id=1]" } else { "subnet6[id=1]" };
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
            let last = 2 + rng.below(200);
            let outside =
                if v4 { format!("10.78.0.1-10.78.0.{last}") } else { format!("2001:db8:78::1-2001:db8:78::{last}") };
            ("a pool outside", json!([edit("add", &format!("{subnet}.pools"), json!({ "pool": outside }))]))
        }
        6 => {
            let option = if v4 {
                json!({ "name": "routers", "data": format!("10.77.0.{number}") })
            } else {
                json!({ "name": "dns-servers", "data": format!("2001:db8::{number}") })
            };
            ("no address", json!([edit("add", &format!("{subnet}.option-data"), option)]))
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

/// A cleanup of the lease file, as Kea takes it to run: its file names a process that does.
struct Cleanup(JoinHandle<()>);

impl Cleanup {
    fn begin(kea: &Kea, lasts: Duration) -> Self {
        let mut file = kea.lease_file().into_os_string();
        file.push(".pid");
        let file = PathBuf::from(file);
        std::fs::write(&file, std::process::id().to_string()).unwrap();
        Self(std::thread::spawn(move || {
            std::thread::sleep(lasts);
            std::fs::remove_file(file).unwrap();
        }))
    }

    fn ends(self) {
        self.0.join().unwrap();
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
    let (what, edits) = broken(rng, bench.family, taken);
    let running = bench.running();
    let (code, said, error) = bench.apply(&edits, &["--yes-dangerous"]);
    assert_eq!(code, 1, "{round}, {what}: {said}{error}");
    assert_eq!(bench.running(), running, "{round}, {what}: {error}");
}

/// Makes a change that works out; of three one meets a cleanup of the lease file.
fn work(bench: &Bench, rng: &mut Rng, round: usize, seed: u64) {
    let cleanup = (round % 3 == 2).then(|| {
        let lasts = Duration::from_millis(rng.below(1_500).try_into().unwrap());
        (Cleanup::begin(&bench.kea, lasts), lasts)
    });
    let works = json!([edit("set", "valid-lifetime", json!(4_000 + round))]);
    let (code, said, error) = bench.apply(&works, &[]);
    let lasts = cleanup.map(|(cleanup, lasts)| {
        cleanup.ends();
        lasts
    });
    assert_eq!(code, 0, "round {round} of seed {seed}, cleanup: {lasts:?}: {said}{error}");
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
                work(&bench, &mut rng, round, seed);
            }
        });
        trying.join().unwrap();
        client.join().unwrap()
    });
    println!("{rounds} edits broke off; the longest time from one answer to a client to the next: {longest:?}");
    assert!(longest < SERVED_WITHIN, "a client was not served for {longest:?}, seed {seed}");
    bench.saves_what_it_runs();
}

/// The same in IPv6, where no client of ours asks: the server has leases to give.
#[test]
fn an_ipv6_server_serves_whatever_breaks_off() {
    let (seed, rounds) = (seed(), rounds(6, 200));
    println!("NESTOR_SEED={seed}");
    let mut rng = Rng::new(seed);
    let bench = Bench::before6(Kea::with_one_subnet6());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for round in 0..rounds {
        break_off(&bench, &mut rng, port, &format!("round {round} of seed {seed}"));
        assert!(bench.serves(), "round {round} of seed {seed}");
        work(&bench, &mut rng, round, seed);
    }
    bench.saves_what_it_runs();
}
