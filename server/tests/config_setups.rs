//! What of configurations is shown, tried and changed, on the sites that matter: a pair of which one member is away, or takes
//! questions and never answers; beside a stranger that never answers; 30 ms away; with 500 subnets; with `lease_cmds` alone.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::lab::hooks;
use crate::support::{Kea, Nestor, lay_accounts, path};

/// No page, and no look, takes longer on these sites, on a machine that does other things too: a server that does not answer
/// is given five seconds before it is known.
const QUICK: Duration = Duration::from_secs(3);

/// What a partner that never answers may add to a change: two seconds, and what a busy machine adds.
const FOR_A_MUTE_PARTNER: Duration = Duration::from_millis(3_500);

/// The part that most of it is about.
const SUBNET: &str = "shared-networks[name=west].subnet4[id=7]";

fn site4(subnets: usize) -> Value {
    let other = |id: usize| json!({ "id": 1_000 + id, "subnet": format!("10.{}.{}.0/24", id / 250, id % 250) });
    json!({
        "loggers": [{ "name": "kea-dhcp4", "severity": "INFO", "output-options": [{ "output": "stdout" }] }],
        "option-def": [{ "name": "acme", "code": 234, "type": "uint16", "space": "dhcp4" }],
        "client-classes": [{ "name": "corp", "test": "option[60].text == 'corp'" }],
        "shared-networks": [{ "name": "west", "subnet4": [{
            "id": 7, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.20" }] }] }],
        "subnet4": (1..=subnets).map(other).collect::<Vec<_>>(),
    })
}

fn site6() -> Value {
    json!({ "subnet6": [{ "id": 7, "subnet": "2001:db8:1::/64", "pools": [{ "pool": "2001:db8:1::10-2001:db8:1::1f" }],
        "pd-pools": [{ "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56 }] }] })
}

/// A running Nestor, and who asks it.
struct Console {
    nestor: Nestor,
    operator: String,
    /// What every look takes at most.
    quick: Duration,
    _data: TempDir,
}

impl Console {
    /// Before these servers: name, service, where it is reached, and who it is.
    async fn before(servers: &[(&str, &str, String, &Kea)]) -> Self {
        let data = TempDir::new().unwrap();
        lay_accounts(data.path());
        let section = |(name, service, url, kea): &(&str, &str, String, &Kea)| {
            let password = data.path().join(format!("{name}.password"));
            std::fs::write(&password, kea.password()).unwrap();
            let (user, password) = (kea.user(), path(&password));
            format!(
                "[[kea]]\nname = \"{name}\"\nservice = \"{service}\"\nurl = \"{url}\"\nuser = \"{user}\"\npassword_file = \
                 \"{password}\"\n"
            )
        };
        let file = data.path().join("nestor.toml");
        std::fs::write(&file, servers.iter().map(section).collect::<String>()).unwrap();
        let nestor = Nestor::launch(data.path(), &["--config", path(&file)]);
        let operator = nestor.sign_in("operator").await;
        Self { nestor, operator, quick: QUICK, _data: data }
    }

    /// What is answered, in its time.
    async fn ask(&self, function: &str, arguments: Value) -> (u16, Value) {
        let begun = Instant::now();
        let answer = self.nestor.call(function, &arguments, &self.operator).await;
        assert!(begun.elapsed() < self.quick, "{function} took {:?}: {}", begun.elapsed(), answer.1);
        answer
    }

    async fn done(&self, function: &str, arguments: Value) -> Value {
        let (status, answer) = self.ask(function, arguments).await;
        assert_eq!(status, 200, "{function}: {answer}");
        answer
    }

    async fn page(&self, at: &str) -> String {
        let begun = Instant::now();
        let page = self.nestor.get(at, &self.operator).await.text().await.unwrap();
        assert!(begun.elapsed() < self.quick, "{at} took {:?}", begun.elapsed());
        assert_eq!(page.matches("<h1").count(), 1, "{at} has a heading: {page}");
        page
    }

    /// Reviews edits of a server, and has them made. What comes of it, and how long the making took.
    async fn apply(&self, server: &str, edits: Value, more: Value) -> (Value, Duration) {
        let plan = self.done("/api/config/plan", json!({ "server": server, "edits": edits })).await;
        let mut request = json!({ "edits": plan["edits"], "back": plan["back"], "base": plan["base"] });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (arguments, begun) = (json!({ "server": server, "request": request }), Instant::now());
        loop {
            let (status, applied) = self.nestor.call("/api/config/apply", &arguments, &self.operator).await;
            // Its first sign of life comes a moment after it listens.
            if status == 200 {
                return (applied, begun.elapsed());
            }
            assert!(applied.to_string().contains("no “nestor serve” runs"), "{applied}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Everything that is shown and tried of an IPv4 server.
    async fn looks(&self, server: &str) {
        let pool = format!("{SUBNET}.pools[pool=192.0.2.10-192.0.2.20]");
        let packet = json!({ "mac": "02:00:00:00:00:01", "vendor_class": "corp" });
        let definition = json!({ "space": "dhcp4", "code": "240", "name": "site-name", "kind": "string" });
        let out = json!([{ "op": "move", "path": SUBNET, "value": "\"subnet4\"" }]);
        for (function, more, text) in [
            ("networks", json!({ "path": "shared-networks[name=west]" }), "192.0.2.0/24"),
            ("split-pool", json!({ "path": pool, "at": "192.0.2.15" }), "192.0.2.15-192.0.2.20"),
            ("definitions", json!({}), "acme"),
            ("define", json!({ "definition": definition }), "site-name"),
            ("loggers", json!({}), "kea-dhcp4"),
            ("ddns", json!({}), "ddns-qualifying-suffix"),
            ("hooks", json!({}), "libdhcp_lease_cmds.so"),
            ("try-packet", json!({ "packet": packet }), "corp"),
            ("class-elsewhere", json!({ "class": "corp" }), "["),
            ("findings", json!({}), "rule"),
            ("plan", json!({ "edits": out }), "moves out of shared network west"),
        ] {
            let mut arguments = json!({ "server": server });
            arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let answer = self.done(&format!("/api/config/{function}"), arguments).await;
            assert!(answer.to_string().contains(text), "{function}: {answer}");
        }
        for (at, text) in [
            ("shared-networks", "west"),
            ("shared-networks?at=shared-networks%5Bname%3Dwest%5D", "192.0.2.0/24"),
            ("definitions", "acme"),
            ("logging", "kea-dhcp4"),
            ("ddns", "ddns-qualifying-suffix"),
            ("hooks", "libdhcp_lease_cmds.so"),
            ("classes?at=client-classes%5Bname%3Dcorp%5D", "corp"),
            ("findings", "config-finding"),
            ("check", "check-line"),
            ("templates", "UniFi"),
        ] {
            let page = self.page(&format!("/servers/{server}/{at}")).await;
            assert!(page.contains(text), "{at}: {page}");
        }
        let settings = self.page(&format!("/networks/{server}/7/settings")).await;
        assert!(settings.contains("192.0.2.10-192.0.2.20") && settings.contains("west"), "{settings}");
    }

    /// What is shown of one that does not answer: which one it is, and that.
    async fn looks_at_silent(&self, server: &str) {
        for function in ["networks", "definitions", "loggers", "ddns", "hooks", "findings"] {
            let (status, problem) = self.ask(&format!("/api/config/{function}"), json!({ "server": server })).await;
            assert_eq!((status, &problem["kind"]), (502, &json!("unreachable")), "{function}: {problem}");
        }
        for at in ["shared-networks", "definitions", "logging", "ddns", "hooks", "classes", "findings"] {
            let page = self.page(&format!("/servers/{server}/{at}")).await;
            assert!(page.contains("does not answer") && page.contains("Try again"), "{at}: {page}");
        }
        let settings = self.page(&format!("/networks/{server}/7/settings")).await;
        assert!(settings.contains("does not answer") && settings.contains("Addresses"), "{settings}");
    }

    /// What is changed of an IPv4 server, and goes back.
    async fn changes(&self, server: &str, kea: &Kea) {
        let running = || kea.command("config-get", &Value::Null)["arguments"]["Dhcp4"].clone();
        let out = json!([{ "op": "move", "path": SUBNET, "value": "\"subnet4\"" }]);
        let (moved, _) = self.apply(server, out, json!({})).await;
        assert_eq!(running()["shared-networks"][0]["subnet4"], json!([]), "{moved}");
        self.nestor.done("/api/changes/undo", &json!({ "number": moved["change"] }), &self.operator).await;
        assert_eq!(running()["shared-networks"][0]["subnet4"][0]["id"], 7);

        let number = self.debugs(server).await;
        assert_eq!(running()["loggers"][0]["severity"], "DEBUG");
        self.nestor.done("/api/changes/take-back", &json!({ "number": number }), &self.operator).await;
        assert_eq!(running()["loggers"][0]["severity"], "INFO");

        let findings = self.done("/api/config/findings", json!({ "server": server })).await;
        let finding = findings.as_array().unwrap().iter().find(|one| one["level"] != "refused").unwrap().clone();
        let key = format!("{}@{}", finding["rule"].as_str().unwrap(), finding["path"].as_str().unwrap());
        let silenced = json!({ "finding": key, "text": finding["text"] });
        let asked = json!({ "server": server, "findings": [silenced], "reason": "a laboratory" });
        self.done("/api/servers/silence", asked).await;
        let left = self.done("/api/config/findings", json!({ "server": server })).await;
        assert!(!left.as_array().unwrap().contains(&finding), "{finding}: {left}");
        self.done("/api/servers/show-again", json!({ "server": server, "finding": key })).await;
    }

    /// *Debug for 15 minutes*: the number of the change.
    async fn debugs(&self, server: &str) -> Value {
        let logger = "loggers[name=kea-dhcp4]";
        let more = json!([
            { "op": "set", "path": format!("{logger}.severity"), "value": "\"DEBUG\"" },
            { "op": "set", "path": format!("{logger}.debuglevel"), "value": "99" },
        ]);
        let (applied, _) = self.apply(server, more, json!({ "confirm_within": 900 })).await;
        assert!(applied["confirm_until"].is_number(), "{applied}");
        let page = self.page(&format!("/servers/{server}/logging")).await;
        assert!(page.contains("Says more for a while"), "{page}");
        applied["change"].clone()
    }

    /// What there is of IPv6 alone.
    async fn prefixes(&self, server: &str) {
        let pool = "subnet6[id=7].pd-pools[prefix=2001:db8:8000::,prefix-len=40]";
        let halves = self.done("/api/config/split-pool", json!({ "server": server, "path": pool })).await;
        let (applied, _) = self.apply(server, halves, json!({})).await;
        let page = self.page(&format!("/networks/{server}/7/settings")).await;
        assert!(page.contains("2001:db8:8080::/41") && page.contains("2001:db8:1::10"), "{applied}: {page}");
        self.nestor.done("/api/changes/undo", &json!({ "number": applied["change"] }), &self.operator).await;
    }
}

/// One server of each family, however they are reached.
async fn both_families(kea: Kea, kea6: Kea, fault: Fault, quick: Duration) {
    let [proxy, proxy6] = [FaultProxy::before(kea.port()).await, FaultProxy::before(kea6.port()).await];
    proxy.set(fault.clone());
    proxy6.set(fault);
    let servers = [("kea", "dhcp4", proxy.url(), &kea), ("kea6", "dhcp6", proxy6.url(), &kea6)];
    let console = Console { quick, ..Console::before(&servers).await };
    console.looks("kea").await;
    console.changes("kea", &kea).await;
    console.prefixes("kea6").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn far_away() {
    both_families(Kea::start(site4(3)), Kea::start6(site6()), Fault::Delay(Duration::from_millis(30)), QUICK).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_500_subnets() {
    // Built for debugging, a review of so many takes some of it.
    both_families(Kea::start(site4(500)), Kea::start6(site6()), Fault::None, 3 * QUICK).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_lease_cmds_alone() {
    let with = |mut dhcp: Value| {
        dhcp["hooks-libraries"] = json!([hooks()[0]]);
        dhcp
    };
    both_families(Kea::start(with(site4(3))), Kea::start6(with(site6())), Fault::None, QUICK).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn beside_a_stranger_that_never_answers() {
    let (kea, stranger) = (Kea::start(site4(3)), FaultProxy::alone(Fault::Silence).await);
    let servers = [("kea", "dhcp4", kea.url(), &kea), ("stranger", "dhcp4", stranger.url(), &kea)];
    let console = Console::before(&servers).await;
    console.looks("kea").await;
    console.changes("kea", &kea).await;
    console.looks_at_silent("stranger").await;
    let elsewhere = console.done("/api/config/class-elsewhere", json!({ "server": "kea", "class": "corp" })).await;
    assert_eq!((&elsewhere[0]["server"], &elsewhere[0]["standing"]), (&json!("stranger"), &json!("unknown")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_pair_with_one_member_that_is_away_or_mute() {
    let mut keas = Kea::start_pair(&site4(3));
    let mut proxy = FaultProxy::before(keas[1].port()).await;
    let servers = [("kea1", "dhcp4", keas[0].url(), &keas[0]), ("kea2", "dhcp4", proxy.url(), &keas[1])];
    let console = Console::before(&servers).await;
    let running = |kea: &Kea| kea.command("config-get", &Value::Null)["arguments"]["Dhcp4"].clone();
    console.nestor.done("/api/servers/list", &json!({}), &console.operator).await;
    let lifetime = |seconds: u32| json!([{ "op": "set", "path": "valid-lifetime", "value": seconds.to_string() }]);
    console.looks("kea1").await;
    let number = console.debugs("kea1").await;
    assert_eq!(running(&keas[1])["loggers"][0]["severity"], "INFO", "that is of one server");
    console.nestor.done("/api/changes/take-back", &json!({ "number": number }), &console.operator).await;
    let (_, first_alone) = console.apply("kea1", lifetime(4_000), json!({ "single_server": true })).await;

    // It takes everything, and answers nothing: from the first moment on, and when that is known.
    proxy.set(Fault::Silence);
    for seconds in [4_001, 4_002] {
        let (applied, took) = console.apply("kea1", lifetime(seconds), json!({})).await;
        println!("alone {first_alone:?}, with a mute partner {took:?}");
        assert_eq!((&applied["peers"][0]["state"], applied["peers"].as_array().unwrap().len()), (&json!("pending"), 1));
        assert!(took < first_alone + FOR_A_MUTE_PARTNER, "alone {first_alone:?}, with a mute partner {took:?}");
        console.looks("kea1").await;
    }
    console.changes("kea1", &keas[0]).await;
    console.looks_at_silent("kea2").await;

    // It is dead.
    keas[1].kill9();
    proxy.refuse().await;
    console.looks("kea1").await;
    console.looks_at_silent("kea2").await;
    // And back: it gets what it missed.
    keas[1].restart();
    proxy.set(Fault::None);
    proxy.listen().await;
    let begun = Instant::now();
    while running(&keas[1])["valid-lifetime"] != 4_002 {
        assert!(begun.elapsed() < Duration::from_secs(90), "{}", console.nestor.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
