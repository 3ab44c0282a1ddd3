//! Both servers of a pair get what is changed, each in its own words; one that is away gets it when it is back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{edit, subnet4};
use crate::support::{Kea, Nestor, lay_accounts, path, run};

/// Two Keas that stand in for each other, and a folder of Nestor's.
pub(super) struct Pair {
    pub(super) keas: [Kea; 2],
    data: TempDir,
}

impl Pair {
    pub(super) async fn start(dhcp4: &Value) -> Self {
        let data = TempDir::new().unwrap();
        lay_accounts(data.path());
        let pair = Self { keas: Kea::start_pair(dhcp4), data };
        pair.until_in_step().await;
        pair
    }

    fn config_words(&self) -> [String; 2] {
        let section = |(name, kea): (&str, &Kea)| {
            let password = self.data.path().join(format!("{name}.password"));
            std::fs::write(&password, kea.password()).unwrap();
            let (url, user, password) = (kea.url(), kea.user(), path(&password));
            format!("[[kea]]\nname = \"{name}\"\nurl = \"{url}\"\nuser = \"{user}\"\npassword_file = \"{password}\"\n")
        };
        let text: Vec<String> = ["kea1", "kea2"].into_iter().zip(&self.keas).map(section).collect();
        let file = self.data.path().join("nestor.toml");
        std::fs::write(&file, text.concat()).unwrap();
        ["--config".to_owned(), path(&file).to_owned()]
    }

    pub(super) fn apply(&self, edits: &Value, more: &[&str]) -> (i32, String, String) {
        let file = self.data.path().join("edits.json");
        std::fs::write(&file, edits.to_string()).unwrap();
        let [config, settings] = self.config_words();
        let words = ["config", "apply", "kea1", "--edits", path(&file), "--data-dir", path(self.data.path())];
        let output = run(&[&words[..], &[config.as_str(), settings.as_str()], more].concat(), "");
        let text = |octets| String::from_utf8(octets).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    pub(super) async fn serve(&self) -> (Nestor, String) {
        let [config, settings] = self.config_words();
        let nestor = Nestor::launch(self.data.path(), &[&config, &settings]);
        let cookie = nestor.sign_in("operator").await;
        (nestor, cookie)
    }

    fn running(&self, at: usize) -> Value {
        self.keas[at].command("config-get", &Value::Null)["arguments"]["Dhcp4"].clone()
    }

    fn subnets(&self, at: usize) -> Vec<u64> {
        let all = self.running(at)["subnet4"].as_array().cloned().unwrap_or_default();
        all.iter().map(|subnet| subnet["id"].as_u64().unwrap()).collect()
    }

    /// Waits until both take part in the pair.
    async fn until_in_step(&self) {
        let begun = Instant::now();
        loop {
            let state = |kea: &Kea| {
                let status = kea.command("status-get", &Value::Null);
                status["arguments"]["high-availability"][0]["ha-servers"]["local"]["state"].clone()
            };
            let states = [state(&self.keas[0]), state(&self.keas[1])];
            if states == [json!("hot-standby"), json!("hot-standby")] {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "{states:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

async fn newest(nestor: &Nestor, cookie: &str, server: &str) -> Value {
    let query = json!({ "filter": "all", "text": "", "server": server, "subnet": null, "reservation": null,
        "batch": null, "before": null });
    nestor.done("/api/changes/list", &json!({ "query": query }), cookie).await["changes"][0].clone()
}

/// Waits until something holds.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(90), "{what}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_get_the_same_and_keep_what_is_their_own() {
    let pair = Pair::start(&subnet4()).await;
    let own = |at: usize| {
        let running = pair.running(at);
        [running["control-sockets"].clone(), running["hooks-libraries"].clone()]
    };
    let before = [own(0), own(1)];
    let edits = json!([
        edit("add", "subnet4", json!({ "id": 2, "subnet": "198.51.100.0/24" })),
        edit("set", "valid-lifetime", json!(7200)),
        edit("set", "interfaces-config.re-detect", json!(false)),
    ]);
    let (code, said, error) = pair.apply(&edits, &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.ends_with("kea2: done \n"), "{said}");
    for at in [0, 1] {
        assert_eq!(pair.subnets(at), [1, 2]);
        assert_eq!(pair.running(at)["valid-lifetime"], 7200);
        let file: Value = serde_json::from_slice(&std::fs::read(pair.keas[at].config_path()).unwrap()).unwrap();
        assert_eq!(file["Dhcp4"]["valid-lifetime"], 7200, "it is saved");
    }
    assert_eq!([own(0), own(1)], before);
    assert_eq!(pair.running(1)["interfaces-config"]["re-detect"], true, "that is of one server");
    pair.until_in_step().await;
    let alone = json!([edit("set", "valid-lifetime", json!(1800))]);
    let (code, said, error) = pair.apply(&alone, &["--single-server"]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert_eq!([pair.running(0)["valid-lifetime"].clone(), pair.running(1)["valid-lifetime"].clone()], [1800, 7200]);
}

/// What differs is found, and each finding brings the edits that end it, and says of which of the two they are.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_of_them_lacks_is_copied_from_the_other() {
    let pair = Pair::start(&subnet4()).await;
    let class = |name: &str| json!({ "name": name, "test": "option[60].exists" });
    let here = json!([
        edit("add", "subnet4", json!({ "id": 2, "subnet": "198.51.100.0/24" })),
        edit("add", "subnet4[id=1].pools", json!({ "pool": "192.0.2.220-192.0.2.230" })),
        edit("add", "subnet4[id=1].option-data", json!({ "code": 6, "data": "192.0.2.53" })),
        edit("add", "client-classes", class("phones")),
    ]);
    let (code, said, error) = pair.apply(&here, &["--single-server"]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    let only_there = json!({ "client-classes": [class("guests")] });
    assert_eq!(pair.keas[1].command("class-add", &only_there)["result"], 0);
    pair.until_in_step().await;
    let (nestor, cookie) = pair.serve().await;
    nestor.done("/api/servers/list", &json!({}), &cookie).await;
    let differing = async || {
        let found = nestor.done("/api/config/findings", &json!({ "server": "kea1", "path": "" }), &cookie).await;
        let found = found.as_array().unwrap().iter().filter(|one| one["rule"].as_str().unwrap().starts_with("pair-"));
        found.cloned().collect::<Vec<_>>()
    };
    let found = differing().await;
    let at = |one: &Value| one["mend_at"].as_str().unwrap_or("kea1").to_owned();
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found.iter().filter(|one| at(one) == "kea1").count(), 1, "the class that only kea2 has: {found:?}");
    let check = nestor.done("/api/servers/check", &json!({ "server": "kea1" }), &cookie).await.to_string();
    assert!(check.contains("\"edits_at\":\"kea2\""), "{check}");
    // Each class came to the end of the other list: the order is what is left.
    let mut left = found;
    for _ in 0..2 {
        for one in left {
            let asked = json!({ "server": at(&one), "edits": one["mend"], "back": null });
            let plan = nestor.done("/api/config/plan", &asked, &cookie).await;
            let request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
            let asked = json!({ "server": at(&one), "request": request });
            let (status, applied) = nestor.call("/api/config/apply", &asked, &cookie).await;
            assert_eq!(status, 200, "{one}: {applied}");
            pair.until_in_step().await;
        }
        left = differing().await;
    }
    assert_eq!(left, Vec::<Value>::new());
    assert_eq!([pair.subnets(0), pair.subnets(1)], [[1, 2], [1, 2]]);
    let classes = |at: usize| pair.running(at)["client-classes"].as_array().unwrap().len();
    assert_eq!([classes(0), classes(1)], [2, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_that_is_away_gets_it_when_it_is_back() {
    let mut pair = Pair::start(&subnet4()).await;
    let (nestor, cookie) = pair.serve().await;
    // So it is known that they are partners.
    nestor.done("/api/servers/list", &json!({}), &cookie).await;
    pair.keas[1].kill9();
    let edits = json!([edit("add", "subnet4", json!({ "id": 2, "subnet": "198.51.100.0/24" }))]);
    let (code, said, error) = pair.apply(&edits, &[]);
    assert_eq!(code, 0, "{said}{error}");
    assert!(said.contains("kea2: pending"), "{said}");
    assert_eq!(pair.subnets(0), [1, 2]);
    pair.keas[1].restart();
    until("the partner has it", async || pair.subnets(1) == [1, 2]).await;
    until("that is recorded", async || newest(&nestor, &cookie, "kea2").await["state"] == "done").await;
    let first = newest(&nestor, &cookie, "kea1").await;
    nestor.done("/api/changes/undo", &json!({ "number": first["number"] }), &cookie).await;
    assert_eq!([pair.subnets(0), pair.subnets(1)], [[1], [1]], "both go back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_partner_cannot_take_waits_and_is_taken_back_with_the_first() {
    let pair = Pair::start(&subnet4()).await;
    let other = json!({ "subnet4": [{ "id": 2, "subnet": "203.0.113.0/24" }] });
    assert_eq!(pair.keas[1].command("subnet4-add", &other)["result"], 0);
    let edits = json!([edit("add", "subnet4", json!({ "id": 2, "subnet": "198.51.100.0/24" }))]);
    let (code, said, error) = pair.apply(&edits, &[]);
    assert_eq!(code, 0, "{said}{error}");
    assert!(
        said.contains("kea2: pending") && said.contains("number 2 is that of subnet 203.0.113.0/24 there"),
        "{said}"
    );
    assert_eq!([pair.subnets(0), pair.subnets(1)], [[1, 2], [1, 2]], "theirs is another one");
    let (nestor, cookie) = pair.serve().await;
    let first = newest(&nestor, &cookie, "kea1").await;
    nestor.done("/api/changes/undo", &json!({ "number": first["number"] }), &cookie).await;
    assert_eq!(pair.subnets(0), [1]);
    let waiting = newest(&nestor, &cookie, "kea2").await;
    let settled = nestor.call("/api/changes/settle", &json!({ "number": waiting["number"] }), &cookie).await;
    assert_eq!(settled.0, 200, "{settled:?}");
    let waiting = newest(&nestor, &cookie, "kea2").await;
    assert_eq!(waiting["state"], "refused", "{waiting}");
    assert_eq!(pair.subnets(1), [1, 2]);

    // The same prefix under another number is not the same: the two tell each other of leases by the number.
    let other = json!({ "subnet4": [{ "id": 7, "subnet": "203.0.114.0/24" }] });
    assert_eq!(pair.keas[1].command("subnet4-add", &other)["result"], 0);
    let edits = json!([edit("add", "subnet4", json!({ "id": 3, "subnet": "203.0.114.0/24" }))]);
    let (code, said, error) = pair.apply(&edits, &[]);
    assert_eq!(code, 0, "{said}{error}");
    assert!(said.contains("kea2: pending") && said.contains("with the id 7 and not 3"), "{said}");
    assert_eq!(pair.keas[1].command("subnet4-del", &json!({ "id": 7 }))["result"], 0);
    let waiting = newest(&nestor, &cookie, "kea2").await;
    nestor.done("/api/changes/settle", &json!({ "number": waiting["number"] }), &cookie).await;
    assert_eq!([pair.subnets(0), pair.subnets(1)], [[1, 3].as_slice(), &[1, 2, 3]], "the way out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_subnet_moves_on_both_under_the_number_that_each_has() {
    let mut site = subnet4();
    site["shared-networks"] = json!([{ "name": "floor-3", "renew-timer": 300 }]);
    site["subnet4"][0]["reservations"] = json!([{ "hw-address": "02:00:5e:10:00:01", "ip-address": "192.0.2.5" }]);
    let pair = Pair::start(&site).await;
    let floor = |at: usize, name: &str| {
        let networks = pair.running(at)["shared-networks"].as_array().cloned().unwrap();
        networks.into_iter().find(|network| network["name"] == name).expect("the network")["subnet4"].clone()
    };
    let into = json!([edit("move", "subnet4[id=1]", json!("shared-networks[name=floor-3].subnet4"))]);
    let (code, said, error) = pair.apply(&into, &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.contains("moves into shared network floor-3") && said.ends_with("kea2: done \n"), "{said}");
    pair.until_in_step().await;
    let rename = json!([edit("set", "shared-networks[name=floor-3].name", json!("floor-4"))]);
    let (code, said, error) = pair.apply(&rename, &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    for at in [0, 1] {
        let subnet = &floor(at, "floor-4")[0];
        assert_eq!((&subnet["subnet"], &subnet["renew-timer"]), (&json!("192.0.2.0/24"), &json!(300)));
        assert_eq!(subnet["reservations"].as_array().unwrap().len(), 1);
    }
}

/// A partner that is away costs no wait: the first change after it went may find that out.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_partner_that_is_away_is_not_waited_for() {
    let mut pair = Pair::start(&subnet4()).await;
    let (nestor, cookie) = pair.serve().await;
    nestor.done("/api/servers/list", &json!({}), &cookie).await;
    pair.keas[1].kill9();
    for seconds in [7201, 7202] {
        let begun = Instant::now();
        let edits = json!([edit("set", "valid-lifetime", json!(seconds))]).to_string();
        let arguments = json!({ "server": "kea1", "request": { "edits": edits } });
        let applied = nestor.done("/api/config/apply", &arguments, &cookie).await;
        assert_eq!(applied["peers"][0]["state"], "pending", "{applied}");
        println!("with a dead partner: {:?}", begun.elapsed());
        // It took five seconds at least until its own state of the pair was waited for no more.
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
}
