//! Two Kea servers that stand in for each other: one of them, and Nestor too, may be away for a while. What it missed is
//! shown as waiting, never as done, and made when it is back.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::api_client::{Answer, ApiClient};
use crate::support::load::wanted;
use crate::support::{Kea, Nestor, load, oracle, path};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a server that is back may wait for what it missed.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(15);

const FIRST: &str = "02:77:00:00:00:01";
const SECOND: &str = "02:77:00:00:00:02";
const THIRD: &str = "02:77:00:00:00:03";

/// A pair, and Nestor before it.
struct Site {
    keas: [Kea; 2],
    nestor: Nestor,
    api: ApiClient,
    folder: TempDir,
}

impl Site {
    async fn start() -> Self {
        let keas = Kea::start_pair(&load::subnets());
        let folder = TempDir::new().unwrap();
        crate::support::lay_accounts(folder.path());
        let nestor = Nestor::launch(folder.path(), &["--config", path(&config(&folder, &keas))]);
        let cookie = nestor.sign_in("operator").await;
        let api = ApiClient::of(&nestor, &cookie);
        Self { keas, nestor, api, folder }
    }

    /// Ends Nestor as a power cut would, and starts it again.
    async fn restart_nestor(&mut self) {
        self.nestor.kill9();
        self.nestor = Nestor::launch(self.folder.path(), &["--config", path(&config(&self.folder, &self.keas))]);
        let cookie = self.nestor.sign_in("operator").await;
        self.api = ApiClient::of(&self.nestor, &cookie);
    }

    async fn create(&self, mac: &str, address: &str) -> Value {
        let new = wanted(mac, Some(address.parse().unwrap()), "same");
        self.api.ask("/api/reservations/create", &json!({ "new": new })).await
    }

    /// The reservation of a client, as a server shows it.
    async fn seen(&self, server: &str, mac: &str) -> Value {
        let identifier = json!({ "kind": "hw-address", "value": mac });
        let key = json!({ "subnet": { "server": server, "id": 1 }, "identifier": identifier });
        self.api.ask("/api/reservations/get", &json!({ "key": key })).await
    }

    /// The changes that wait.
    async fn waiting(&self) -> Vec<Value> {
        let query = json!({ "query": { "filter": "unsettled", "text": "" } });
        self.api.ask("/api/changes/list", &query).await["changes"].as_array().unwrap().clone()
    }

    /// Waits until nothing waits any more. Then both servers have the same, on their disks too.
    async fn catch_up(&mut self) {
        let begun = Instant::now();
        while !self.waiting().await.is_empty() {
            assert!(begun.elapsed() < CAUGHT_UP_WITHIN, "still waiting: {}", json!(self.waiting().await));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.are_alike();
        self.keas.iter_mut().for_each(Kea::restart);
        self.are_alike();
    }

    fn are_alike(&self) {
        let [one, two] = &self.keas;
        assert_eq!(hosts(one), hosts(two), "both of the pair have the same");
    }

    /// Whether the changes are there that wait for a server, and nothing says that they are done.
    async fn wait_for(&self, server: &str, count: usize) {
        let waiting = self.waiting().await;
        let waits = |change: &Value| change["state"] == "pending" && change["key"]["subnet"]["server"] == server;
        assert_eq!(waiting.iter().filter(|change| waits(change)).count(), count, "{}", json!(waiting));
        assert_eq!(waiting.len(), count, "{}", json!(waiting));
    }

    async fn drift(&self) -> Vec<Value> {
        let drift = self.api.ask("/api/servers/drift", &json!({ "server": "kea" })).await;
        drift.as_array().unwrap().iter().flat_map(|drift| drift["differences"].as_array().unwrap().clone()).collect()
    }

    async fn align(&self, from: &str, to: &str, mac: &str) -> Value {
        let key = |server: &str| json!({ "server": server, "id": 1 });
        let client = json!({ "kind": "hw-address", "value": mac });
        let arguments = json!({ "from": key(from), "to": key(to), "identifier": client });
        self.api.ask("/api/servers/align", &arguments).await
    }
}

fn config(folder: &TempDir, keas: &[Kea; 2]) -> PathBuf {
    let section = |(name, kea): (&str, &Kea)| {
        let password = folder.path().join(format!("{name}.password"));
        std::fs::write(&password, kea.password()).unwrap();
        let (url, user) = (kea.url(), kea.user());
        format!("[[kea]]\nname = {name:?}\nurl = {url:?}\nuser = {user:?}\npassword_file = {:?}\n", path(&password))
    };
    let file = folder.path().join("nestor.toml");
    std::fs::write(&file, ["kea", "other"].into_iter().zip(keas).map(section).collect::<String>()).unwrap();
    file
}

/// All reservations of a server, in Kea's own words.
fn hosts(kea: &Kea) -> Vec<Value> {
    oracle::truth(kea);
    let answer = kea.command("reservation-get-all", &json!({ "subnet-id": 1 }));
    let mut hosts = answer["arguments"]["hosts"].as_array().cloned().unwrap_or_default();
    hosts.sort_by_key(|host| host["hw-address"].to_string());
    hosts
}

/// Deletes a reservation past Nestor.
fn forget(kea: &Kea, mac: &str) {
    let gone =
        json!({ "subnet-id": 1, "identifier-type": "hw-address", "identifier": mac, "operation-target": "memory" });
    assert_eq!(kea.command("reservation-del", &gone)["result"], 0);
}

/// Makes a reservation past Nestor, with something that Nestor has no words for.
fn put(kea: &Kea, mac: &str, address: &str, name: &str) {
    let new = json!({
        "subnet-id": 1, "hw-address": mac, "ip-address": address, "hostname": name, "user-context": { "rack": [name] },
    });
    let new = json!({ "reservation": new, "operation-target": "memory" });
    assert_eq!(kea.command("reservation-add", &new)["result"], 0);
}

/// How long a pair may take until both of its servers work together.
const TOGETHER_WITHIN: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_overview_says_in_a_sentence_who_serves() {
    let mut site = Site::start().await;
    let cookie = site.nestor.sign_in("viewer").await;
    let says = async |site: &Site, text: &str| {
        let begun = Instant::now();
        loop {
            let page = site.nestor.get("/", &cookie).await.text().await.unwrap();
            if page.contains(text) {
                return page;
            }
            assert!(begun.elapsed() < TOGETHER_WITHIN, "{text}: {page}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    says(&site, "kea serves, other is ready.").await;
    site.keas[0].kill9();
    let page = says(&site, "other is partner-down: its partner is unreachable.").await;
    assert!(page.contains("Needs attention") && !page.contains("is ready."), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_server_missed_is_made_when_it_is_back() {
    let mut site = Site::start().await;
    let made = site.create(FIRST, "10.77.4.1").await;
    assert_eq!((&made["peers"][0]["server"], &made["peers"][0]["state"]), (&json!("other"), &json!("done")), "{made}");
    site.create(SECOND, "10.77.4.2").await;
    site.are_alike();

    site.keas[1].kill9();
    let seen = site.seen("kea", FIRST).await;
    let new = wanted(FIRST, Some("10.77.4.11".parse().unwrap()), "moved");
    let changed = site.api.ask("/api/reservations/update", &json!({ "seen": seen, "new": new })).await;
    assert_eq!(changed["peers"][0]["state"], "pending", "{changed}");
    let deleted = format!("/dhcp/{}/mac/{SECOND}", load::NETWORK);
    assert_eq!(site.nestor.foreman("DELETE", &deleted, &[]).await.0, 200);
    let posted = [("mac", THIRD), ("ip", "10.77.4.3"), ("hostname", "third"), ("name", "third")];
    assert_eq!(site.nestor.foreman("POST", &format!("/dhcp/{}", load::NETWORK), &posted).await, (200, String::new()));
    site.wait_for("other", 3).await;
    site.restart_nestor().await;
    // Longer than it takes until Nestor tries again.
    tokio::time::sleep(Duration::from_secs(5)).await;
    site.wait_for("other", 3).await;
    site.keas[1].restart();
    site.catch_up().await;
    assert_eq!(oracle::truth(&site.keas[1]).into_keys().collect::<Vec<_>>(), [FIRST, THIRD]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_other_stands_in_for_a_server_that_is_away() {
    let mut site = Site::start().await;
    site.create(FIRST, "10.77.4.1").await;
    site.keas[0].kill9();
    let made = site.create(SECOND, "10.77.4.2").await;
    assert_eq!(made["reservation"]["subnet"]["server"], "other", "{made}");
    assert_eq!((&made["peers"][0]["server"], &made["peers"][0]["state"]), (&json!("kea"), &json!("pending")), "{made}");
    let posted = [("mac", THIRD), ("ip", "10.77.4.3"), ("hostname", "third"), ("name", "third")];
    assert_eq!(site.nestor.foreman("POST", &format!("/dhcp/{}", load::NETWORK), &posted).await, (200, String::new()));
    site.wait_for("kea", 2).await;
    site.restart_nestor().await;
    site.wait_for("kea", 2).await;
    site.keas[0].restart();
    site.catch_up().await;
    assert_eq!(oracle::truth(&site.keas[0]).len(), 3);
}

/// Whatever is asked of the first server while it is away, the other one does.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_can_be_asked_fails_over() {
    let mut site = Site::start().await;
    let subnet = json!({ "server": "kea", "id": 1 });
    let made = site.create(FIRST, "10.77.4.1").await;
    let table = format!("mac,address,subnet\n{SECOND},10.77.4.2,10.77.0.0/20\n");
    let applied = site.api.ask("/api/table/apply", &json!({ "text": table, "subnet": subnet })).await;
    site.keas[0].kill9();

    let suggest = json!({ "subnet": subnet, "range": null, "client": null });
    let suggested = site.api.ask("/api/reservations/suggest", &suggest).await;
    assert!(suggested["address"].is_string(), "{suggested}");
    let next = json!({ "new": wanted(THIRD, None, "third"), "request": "fails-over" });
    let reserved = site.api.ask("/api/reservations/reserve", &json!({ "wanted": next })).await;
    assert_eq!(reserved["reservation"]["subnet"]["server"], "other", "{reserved}");
    let again = site.api.ask("/api/reservations/reserve", &json!({ "wanted": next })).await;
    assert_eq!(again["change"], reserved["change"], "the same request");

    let undone = site.api.ask("/api/changes/undo", &json!({ "number": made["change"] })).await;
    assert_eq!((&undone["reservation"], &undone["peers"][0]["state"]), (&Value::Null, &json!("pending")), "{undone}");
    let restore = json!({ "number": made["change"], "version": "after" });
    let restored = site.api.ask("/api/changes/restore", &restore).await;
    assert_eq!(restored["reservation"]["subnet"]["server"], "other", "{restored}");
    let batch = site.api.ask("/api/changes/undo-batch", &json!({ "batch": applied["batch"] })).await;
    assert_eq!((&batch["undone"], &batch["left"]), (&json!(1), &json!([])), "{batch}");

    site.keas[0].restart();
    site.catch_up().await;
    assert_eq!(oracle::truth(&site.keas[0]).into_keys().collect::<Vec<_>>(), [FIRST, THIRD]);
}

/// A hold is of the network: the server that answers for it knows what the other one gave away, and either ends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_server_gave_away_the_other_does_not() {
    let mut site = Site::start().await;
    let range = json!(["10.77.4.1", "10.77.4.4"]);
    let suggest = |server: &str| json!({ "subnet": { "server": server, "id": 1 }, "range": range, "client": null });
    let mut given = Vec::new();
    for server in ["kea", "other"] {
        given.push(site.api.ask("/api/reservations/suggest", &suggest(server)).await["address"].clone());
    }
    site.keas[0].kill9();
    let unused = format!("/dhcp/{}/unused_ip?from=10.77.4.1&to=10.77.4.4", load::NETWORK);
    let (status, foremans) = site.nestor.foreman("GET", &unused, &[]).await;
    given.push(serde_json::from_str::<Value>(&foremans).unwrap()["ip"].clone());
    given.push(site.api.ask("/api/reservations/suggest", &suggest("kea")).await["address"].clone());
    let mut different = given.clone();
    different.sort_by_key(Value::to_string);
    assert_eq!((status, &*different), (200, &["1", "2", "3", "4"].map(|last| json!(format!("10.77.4.{last}")))[..]));
    assert!(matches!(site.api.call("/api/reservations/suggest", &suggest("other")).await, Answer::Refused(_)));

    // The one that was asked for at the silent server is reserved at the other one.
    let first: Ipv4Addr = given[0].as_str().unwrap().parse().unwrap();
    let mut new = wanted(FIRST, Some(first), "first");
    new["subnet"]["server"] = json!("other");
    let made = site.api.ask("/api/reservations/create", &json!({ "new": new })).await;
    assert_eq!(made["reservation"]["address"], given[0], "{made}");
    let holds = site.api.ask("/api/holds/list", &json!({})).await;
    let held: Vec<&Value> = holds.as_array().unwrap().iter().map(|hold| &hold["key"]["address"]).collect();
    assert!(held.len() == 3 && !held.contains(&&given[0]), "{holds}");
    // And one that was given away by the other one is released at the first.
    let key = json!({ "subnet": { "server": "other", "id": 1 }, "address": given[1] });
    site.api.ask("/api/holds/release", &json!({ "hold": key })).await;
    let again = site.api.ask("/api/reservations/suggest", &suggest("kea")).await;
    assert_eq!(again["address"], given[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_the_same_network_of_a_partner_is_aligned() {
    let site = Site::start().await;
    put(&site.keas[0], FIRST, "10.77.4.1", "ours");
    let client = json!({ "kind": "hw-address", "value": FIRST });
    for to in [json!({ "server": "other", "id": 2 }), json!({ "server": "kea", "id": 1 })] {
        let arguments = json!({ "from": { "server": "kea", "id": 1 }, "to": to, "identifier": client });
        assert!(matches!(site.api.call("/api/servers/align", &arguments).await, Answer::Refused(_)), "{to}");
    }
    assert_eq!(hosts(&site.keas[1]), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn where_a_pair_differs_either_side_can_be_taken() {
    let mut site = Site::start().await;
    site.create(FIRST, "10.77.4.1").await;
    site.create(SECOND, "10.77.4.2").await;
    assert_eq!(site.drift().await, Vec::<Value>::new());
    // One goes on one side, another one is made there.
    forget(&site.keas[1], FIRST);
    put(&site.keas[1], THIRD, "10.77.4.3", "third");
    let drift = site.drift().await;
    let (left, right) = (&drift[0]["left"], &drift[1]["right"]);
    assert_eq!((left["address"].as_str(), &drift[0]["right"]), (Some("10.77.4.1"), &Value::Null), "{drift:?}");
    assert_eq!((right["address"].as_str(), &drift[1]["left"]), (Some("10.77.4.3"), &Value::Null), "{drift:?}");

    site.align("kea", "other", FIRST).await;
    site.align("other", "kea", THIRD).await;
    assert_eq!(site.drift().await, Vec::<Value>::new());
    site.catch_up().await;
    assert_eq!(oracle::truth(&site.keas[0]).len(), 3);
    let unknown = json!({ "server": "unknown", "id": 1 });
    let client = json!({ "kind": "hw-address", "value": FIRST });
    let arguments = json!({ "from": { "server": "kea", "id": 1 }, "to": unknown, "identifier": client });
    assert!(matches!(site.api.call("/api/servers/align", &arguments).await, Answer::Refused(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_alignment_is_taken_back_on_its_server_alone() {
    let mut site = Site::start().await;
    // One differs, one only the first server has, and one only the other.
    put(&site.keas[0], FIRST, "10.77.4.1", "ours");
    put(&site.keas[1], FIRST, "10.77.4.11", "theirs");
    put(&site.keas[0], SECOND, "10.77.4.2", "ours-alone");
    put(&site.keas[1], THIRD, "10.77.4.3", "theirs-alone");
    let differing = [hosts(&site.keas[0]), hosts(&site.keas[1])];
    let macs = [FIRST, SECOND, THIRD];

    let mut aligned = Vec::new();
    for mac in macs {
        aligned.push(site.align("kea", "other", mac).await["change"].clone());
    }
    site.are_alike();
    assert_eq!(hosts(&site.keas[0]), differing[0]);
    for number in &aligned {
        let undone = site.api.ask("/api/changes/undo", &json!({ "number": number })).await;
        assert_eq!(undone["peers"], json!([]), "no partner is sent it: {undone}");
    }
    assert_eq!([hosts(&site.keas[0]), hosts(&site.keas[1])], differing, "each has its own again");

    // Taking that back is an alignment again; so is restoring what an alignment made.
    for mac in macs {
        let newest =
            oracle::history(&site.api).await.into_iter().rfind(|change| change["key"]["identifier"]["value"] == mac);
        site.api.ask("/api/changes/undo", &json!({ "number": newest.unwrap()["number"] })).await;
    }
    site.are_alike();
    assert_eq!(hosts(&site.keas[0]), differing[0]);
    for (number, version) in aligned.iter().zip(["before", "after", "before"]) {
        site.api.ask("/api/changes/restore", &json!({ "number": number, "version": version })).await;
    }
    assert_eq!(hosts(&site.keas[0]), differing[0], "the partner keeps what it has");
    let theirs = hosts(&site.keas[1]);
    assert_eq!(theirs, [&differing[1][0], &differing[0][1], &differing[1][1]].map(Clone::clone));
    let repeated = oracle::history(&site.api).await.into_iter().filter(|change| change["alone"] != true);
    assert_eq!(repeated.collect::<Vec<_>>(), Vec::<Value>::new());
    site.keas[1].restart();
    assert_eq!(hosts(&site.keas[1]), theirs, "and it is on the disk");
}
