//! What servers that stand in for each other have in common is one network everywhere, whichever of them answers. On real
//! Keas.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::api_client::{Answer, ApiClient};
use crate::support::lab::hooks;
use crate::support::{Kea, Nestor, load, path, searched};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long servers may take to notice each other, and Nestor to notice them.
const TIME_LIMIT: Duration = Duration::from_mins(1);

const PREFIX: &str = "10.77.0.0/20";
const RESERVED: &str = "02:78:00:00:00:01";
const LEASED: &str = "02:78:00:00:00:02";
const LONE: &str = "10.78.0.0/24";

/// Some Keas, and Nestor before them.
struct Site {
    keas: Vec<Kea>,
    nestor: Nestor,
    cookie: String,
    api: ApiClient,
    folder: TempDir,
    names: Vec<&'static str>,
}

impl Site {
    async fn start(servers: Vec<(&'static str, Kea)>) -> Self {
        let (names, keas): (Vec<_>, Vec<_>) = servers.into_iter().unzip();
        let folder = TempDir::new().unwrap();
        crate::support::lay_accounts(folder.path());
        let nestor = Nestor::launch(folder.path(), &["--config", path(&config(&folder, &names, &keas))]);
        let cookie = nestor.sign_in("operator").await;
        let api = ApiClient::of(&nestor, &cookie);
        Self { keas, nestor, cookie, api, folder, names }
    }

    async fn ask(&self, path: &str, arguments: Value) -> Value {
        self.api.ask(path, &arguments).await
    }

    /// Each row of the list of subnets: its prefix, and its servers, the one first that is asked; those away have a mark.
    async fn networks(&self) -> Vec<String> {
        let list = self.ask("/api/subnets/list", json!({})).await;
        list["subnets"].as_array().unwrap().iter().map(shown).collect()
    }

    /// Waits until the list is that.
    async fn settle(&self, expected: &[&str]) {
        let begun = Instant::now();
        loop {
            let networks = self.networks().await;
            if networks == expected {
                return;
            }
            assert!(begun.elapsed() < TIME_LIMIT, "{networks:?}, and not {expected:?}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    async fn page(&self, path: &str) -> String {
        let response = self.nestor.get(path, &self.cookie).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.text().await.unwrap()
    }

    async fn create(&self, subnet: &str, mac: &str, address: &str, name: &str) -> Value {
        let identifier = json!({ "kind": "hw-address", "value": mac });
        let new = json!({ "subnet": key(subnet), "identifier": identifier, "address": address, "host_name": name });
        self.ask("/api/reservations/create", json!({ "new": new })).await
    }

    async fn restart_nestor(&mut self) {
        self.nestor.kill9();
        let config = config(&self.folder, &self.names, &self.keas);
        self.nestor = Nestor::launch(self.folder.path(), &["--config", path(&config)]);
        self.cookie = self.nestor.sign_in("operator").await;
        self.api = ApiClient::of(&self.nestor, &self.cookie);
    }
}

fn shown(row: &Value) -> String {
    let member = |member: &Value| {
        let away = if member["answers"] == true { "" } else { "!" };
        format!("{}{away}", member["server"].as_str().unwrap())
    };
    let members = row["members"].as_array().unwrap().iter().map(member).collect::<Vec<_>>();
    format!("{} {}", row["subnet"]["prefix"].as_str().unwrap(), members.join(","))
}

fn key(text: &str) -> Value {
    let (server, id) = text.split_once('/').unwrap();
    json!({ "server": server, "id": id.parse::<u32>().unwrap() })
}

fn config(folder: &TempDir, names: &[&str], keas: &[Kea]) -> PathBuf {
    let section = |(name, kea): (&&str, &Kea)| {
        let password = folder.path().join(format!("{name}.password"));
        std::fs::write(&password, kea.password()).unwrap();
        let (url, user) = (kea.url(), kea.user());
        format!("[[kea]]\nname = {name:?}\nurl = {url:?}\nuser = {user:?}\npassword_file = {:?}\n", path(&password))
    };
    let file = folder.path().join("nestor.toml");
    std::fs::write(&file, names.iter().zip(keas).map(section).collect::<String>()).unwrap();
    file
}

/// Leases an address past Nestor. The servers of a pair do not synchronise it.
fn lease(kea: &Kea, address: &str, mac: &str) {
    let lease = json!({ "ip-address": address, "hw-address": mac, "subnet-id": 1, "hostname": "leased" });
    assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
}

/// A pair, “one” of which has a subnet that “two” has not, with a reservation and a lease; and “other”, which has nothing to
/// do with them but the same prefix.
async fn site(stranger: bool) -> Site {
    let [one, two] = Kea::start_pair(&load::subnets());
    let lone = json!({ "subnet4": [{ "id": 7, "subnet": LONE }] });
    assert_eq!(one.command("subnet4-add", &lone)["result"], 0);
    for kea in [&one, &two] {
        lease(kea, "10.77.4.200", LEASED);
    }
    let mut servers = vec![("one", one), ("two", two)];
    if stranger {
        servers.push(("other", load::kea()));
    }
    Site::start(servers).await
}

const HEALTHY: [&str; 2] = ["10.77.0.0/20 one,two", "10.78.0.0/24 one"];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pair_has_everything_once() {
    let site = site(false).await;
    site.settle(&HEALTHY).await;
    site.create("two/1", RESERVED, "10.77.4.1", "once").await;

    let overview = site.ask("/api/overview", json!({})).await;
    assert_eq!((&overview["subnets"], &overview["leases"]), (&json!(2), &json!(1)), "{overview}");
    assert_eq!(overview["fullest"].as_array().unwrap().len(), 1, "{overview}");

    for text in ["10.77.4.200", LEASED, "leased", "lease", RESERVED, "once", "onc", "10.77.4.1"] {
        let found = searched(async || site.ask("/api/search", json!({ "text": text })).await).await;
        let clients = found["clients"].as_array().unwrap();
        let of = |client: &Value| client[1]["address"].as_str().unwrap().to_owned();
        let expected = if matches!(text, "10.77.4.200" | "leased" | "lease") || text == LEASED { "200" } else { "1" };
        let hits: Vec<String> =
            clients.iter().map(of).filter(|address| address.ends_with(&format!(".{expected}"))).collect();
        assert_eq!(hits.len(), 1, "{text}: {found}");
    }
    let found = site.ask("/api/search", json!({ "text": "10.77" })).await;
    assert_eq!(found["subnets"].as_array().unwrap().len(), 1, "{found}");

    let listed = site.ask("/api/foreman/subnets", json!({})).await;
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed.iter().all(|view| view["hidden_by"].is_null()), "{listed:?}");

    let table = site.ask("/api/table/export", json!({ "subnet": null })).await;
    let table = table.as_str().unwrap();
    assert_eq!(table.matches(RESERVED).count(), 1, "{table}");
    assert!(table.contains(&format!("{PREFIX},")), "{table}");
    let checked = site.ask("/api/table/check", json!({ "text": table, "subnet": null })).await;
    assert_eq!(checked["rows"][0]["verdict"], "same", "{checked}");
    // Tables that were exported when a pair was two.
    let twice = format!("subnet,mac,ip,hostname\none/1,{RESERVED},10.77.4.1,once\ntwo/1,{RESERVED},10.77.4.1,once\n");
    let checked = site.ask("/api/table/check", json!({ "text": twice, "subnet": null })).await;
    let verdicts: Vec<_> = checked["rows"].as_array().unwrap().iter().map(|row| row["verdict"].clone()).collect();
    assert_eq!(verdicts, ["same", "same"], "{checked}");

    site.page("/").await;
    site.page("/foreman?tab=subnets").await;
    let page = site.page("/networks").await;
    assert_eq!(page.matches("/networks/one/1\"").count(), 1);
    assert!(!page.contains("/networks/two/") && page.contains("2/2") && !page.contains("1/2"));
    for name in ["one", "two"] {
        let page = site.page(&format!("/networks/{name}/1")).await;
        assert!(page.contains("10.77.4.200") && page.contains("2/2"), "{name}");
    }
    // Rows are named as the caller names the subnet, and can be edited under that name.
    let query =
        json!({ "text": RESERVED, "filter": "all", "sort": "address", "descending": false, "offset": 0, "limit": 9 });
    for name in ["one/1", "two/1"] {
        let rows = site.ask("/api/subnets/addresses", json!({ "subnet": key(name), "query": query })).await;
        let seen = &rows["rows"][0]["client"]["reservation"];
        assert_eq!(seen["subnet"], key(name), "{rows}");
        let identifier = &seen["identifier"];
        let new =
            json!({ "subnet": key(name), "identifier": identifier, "address": "10.77.4.1", "host_name": &name[..3] });
        let changed = site.ask("/api/reservations/update", json!({ "seen": seen, "new": new })).await;
        assert_eq!(changed["peers"][0]["state"], "done", "{changed}");
    }
    let alone: Vec<Value> = site.ask("/api/servers/list", json!({})).await.as_array().unwrap().clone();
    let findings = |at: usize| alone[at]["findings"].to_string();
    assert!(findings(0).contains(LONE) && !findings(1).contains(LONE), "{alone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whichever_of_a_pair_is_away_nothing_goes_with_it() {
    for away in [0, 1] {
        let mut site = site(false).await;
        site.settle(&HEALTHY).await;
        site.create("one/1", RESERVED, "10.77.4.1", "once").await;
        let excluded = json!({ "subnet": key("two/1"), "range": ["10.77.5.0", "10.77.5.9"], "reason": "cabling" });
        site.ask("/api/exclusions/add", excluded).await;
        site.keas[away].kill9();
        let (here, gone) = (["two", "one"][away], ["one", "two"][away]);
        let lone = if away == 0 { format!("{LONE} one!") } else { HEALTHY[1].to_owned() };
        let expected = [format!("{PREFIX} {here},{gone}!"), lone];
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        site.settle(&expected).await;

        let overview = site.ask("/api/overview", json!({})).await;
        assert_eq!((&overview["subnets"], &overview["leases"]), (&json!(expected.len()), &json!(1)), "{overview}");
        for name in ["one/1", "two/1"] {
            let summary = site.ask("/api/subnets/get", json!({ "subnet": key(name) })).await;
            assert_eq!(summary["subnet"]["key"], json!({ "server": here, "id": 1 }), "{name}");
            assert_eq!(summary["utilization"]["assigned"], 1, "{name}: {summary}");
            let query = json!({ "text": "", "filter": "all", "sort": "address", "descending": false, "offset": 0, "limit": 100 });
            let rows = site.ask("/api/subnets/addresses", json!({ "subnet": key(name), "query": query })).await;
            assert!(rows.to_string().contains(LEASED) && rows.to_string().contains(RESERVED), "{name}: {rows}");
            let page = site.page(&format!("/networks/{name}")).await;
            assert!(page.contains("10.77.4.200") && page.contains("1/2"), "{name}");
            let table = site.ask("/api/table/export", json!({ "subnet": key(name) })).await;
            assert_eq!(table.as_str().unwrap().matches(RESERVED).count(), 1, "{table}");
        }
        // What was excluded under the one name counts under the other.
        for name in ["one/1", "two/1"] {
            let excluded = site.ask("/api/exclusions/list", json!({ "subnet": key(name) })).await;
            assert_eq!(excluded.as_array().unwrap().len(), 1, "{name}: {excluded}");
        }
        let identifier = json!({ "kind": "hw-address", "value": "02:78:00:00:00:08" });
        let new = json!({ "subnet": key(&format!("{here}/1")), "identifier": identifier, "address": "10.77.5.5" });
        let made = site.api.call("/api/reservations/create", &json!({ "new": new })).await;
        assert!(matches!(&made, Answer::Refused(said) if said.contains("cabling")), "{made:?}");
        let found = site.ask("/api/search", json!({ "text": RESERVED })).await;
        assert_eq!(found["clients"].as_array().unwrap().len(), 1, "{found}");
        let silent = site.ask("/api/subnets/list", json!({})).await["silent"].clone();
        // What “one” has alone is shown as it was while it is away, and said to be.
        assert_eq!(silent.as_array().unwrap().len(), usize::from(away == 0), "{silent}");
        // Since when it is, a later answer may say differently.
        let said = |silent: &Value| silent.to_string().replace(|c: char| c.is_ascii_digit(), "");
        assert_eq!(said(&found["silent"]), said(&silent));
        let row = format!("subnet,mac,ip\n{PREFIX},02:78:00:00:00:09,10.77.4.9\n");
        let checked = site.ask("/api/table/check", json!({ "text": row, "subnet": null })).await;
        assert_eq!(checked["rows"][0]["wanted"]["subnet"]["server"], here, "{checked}");
        site.page("/").await;
        site.page("/networks").await;
        let listed = site.ask("/api/foreman/subnets", json!({})).await;
        assert!(listed.as_array().unwrap().iter().all(|view| view["hidden_by"].is_null()), "{listed}");

        // Whether Nestor remembers what it had, or never heard of it: it is said to be away.
        site.restart_nestor().await;
        assert!(site.networks().await.contains(&expected[0].to_owned()), "{:?}", site.networks().await);
        site.keas[away].restart();
        site.settle(&HEALTHY).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_prefix_on_a_server_of_its_own_is_another_network() {
    let site = site(true).await;
    site.settle(&["10.77.0.0/20 one,two", "10.77.0.0/20 other", "10.78.0.0/24 one"]).await;
    site.create("other/1", RESERVED, "10.77.4.1", "theirs").await;
    site.create("one/1", RESERVED, "10.77.4.2", "ours").await;
    let overview = site.ask("/api/overview", json!({})).await;
    assert_eq!((&overview["subnets"], &overview["leases"]), (&json!(3), &json!(1)), "{overview}");
    let found = site.ask("/api/search", json!({ "text": RESERVED })).await;
    assert_eq!(found["clients"].as_array().unwrap().len(), 2, "{found}");
    let listed = site.ask("/api/foreman/subnets", json!({})).await;
    let hidden: Vec<_> = listed.as_array().unwrap().iter().map(|view| view["hidden_by"].clone()).collect();
    assert_eq!(hidden, [Value::Null, Value::Null, key("one/1")], "{listed}");
    let row = format!("subnet,mac,ip\n{PREFIX},02:78:00:00:00:09,10.77.4.9\n");
    let checked = site.ask("/api/table/check", json!({ "text": row, "subnet": null })).await;
    let fault = checked["rows"][0]["faults"][0]["text"].as_str().unwrap();
    assert_eq!(fault, format!("2 subnets have the prefix {PREFIX}: write one/1 or other/1"));
    let checked = site.ask("/api/table/check", json!({ "text": row, "subnet": key("two/1") })).await;
    assert_eq!(checked["rows"][0]["wanted"]["subnet"], key("one/1"), "{checked}");
    let table = site.ask("/api/table/export", json!({ "subnet": null })).await;
    let table = table.as_str().unwrap();
    assert!(table.contains("one/1,") && table.contains("other/1,") && !table.contains("two/1,"), "{table}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hub_shares_each_subnet_with_the_spoke_that_has_it() {
    let ports = [(); 4].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let ports = ports.map(|listener| listener.local_addr().unwrap().port());
    let relationship = |this: &str, spoke: &str, hub: &str, at: usize| {
        let peer = |name: &str, role: &str, at: usize| json!({ "name": name, "role": role, "url": format!("http://127.0.0.1:{}/", ports[at]) });
        json!({
            "this-server-name": this, "mode": "hot-standby",
            "peers": [peer(spoke, "primary", at), peer(hub, "standby", at + 1)],
            "heartbeat-delay": 200, "max-response-delay": 1000, "max-ack-delay": 200, "max-unacked-clients": 0,
        })
    };
    let start = |relationships: Value, subnets: &[(u32, &str, Option<&str>)]| {
        let ha = json!({ "library": "libdhcp_ha.so", "parameters": { "high-availability": relationships } });
        let subnets = subnets.iter().map(|(id, prefix, of)| match of {
            Some(of) => json!({ "id": id, "subnet": prefix, "user-context": { "ha-server-name": of } }),
            None => json!({ "id": id, "subnet": prefix }),
        });
        let hooks: Value = hooks().into_iter().chain([ha]).collect();
        Kea::start(json!({ "hooks-libraries": hooks, "subnet4": subnets.collect::<Value>() }))
    };
    let (a, b) = ("192.0.2.0/24", "198.51.100.0/24");
    let both = json!([relationship("hub-a", "spoke-a", "hub-a", 0), relationship("hub-b", "spoke-b", "hub-b", 2)]);
    let hub = start(both, &[(1, a, Some("spoke-a")), (2, b, Some("spoke-b"))]);
    let spoke_a = start(json!([relationship("spoke-a", "spoke-a", "hub-a", 0)]), &[(1, a, None)]);
    // What has the number 1 here is a subnet of its own, and so is one of the prefix that the hub shares with the other.
    let of_b = [(1, "10.99.0.0/24", None), (2, b, None), (3, a, None)];
    let spoke_b = start(json!([relationship("spoke-b", "spoke-b", "hub-b", 2)]), &of_b);

    let mut site = Site::start(vec![("hub", hub), ("spoke-a", spoke_a), ("spoke-b", spoke_b)]).await;
    let lab = "192.0.2.0/24 spoke-b";
    site.settle(&["10.99.0.0/24 spoke-b", "192.0.2.0/24 spoke-a,hub", lab, "198.51.100.0/24 spoke-b,hub"]).await;
    for (subnet, mac, peers) in [
        ("hub/1", "02:77:00:00:00:11", json!(["spoke-a"])),
        ("spoke-a/1", "02:77:00:00:00:12", json!(["hub"])),
        ("spoke-b/3", "02:77:00:00:00:13", json!([])),
    ] {
        let made = site.create(subnet, mac, &format!("192.0.2.{}", &mac[15..]), "roving").await;
        let done = made["peers"].as_array().unwrap().iter().filter(|peer| peer["detail"] == "");
        assert_eq!(done.map(|peer| peer["server"].clone()).collect::<Value>(), peers, "{made}");
    }
    let macs = |kea: &Kea, id: u32| {
        let answer = kea.command("reservation-get-all", &json!({ "subnet-id": id }));
        let hosts = answer["arguments"]["hosts"].as_array().cloned().unwrap_or_default();
        let mut macs: Vec<_> = hosts.iter().map(|host| host["hw-address"].as_str().unwrap()[15..].to_owned()).collect();
        macs.sort();
        macs
    };
    let [hub, spoke_a, spoke_b] = &site.keas[..] else { panic!("three servers") };
    assert_eq!([macs(hub, 1), macs(spoke_a, 1), macs(spoke_b, 3)], [vec!["11", "12"], vec!["11", "12"], vec!["13"]]);
    let prefix = |summary: Value| summary["subnet"]["prefix"].as_str().unwrap().to_owned();
    for (name, expected) in [("hub/1", a), ("spoke-a/1", a), ("spoke-b/1", "10.99.0.0/24"), ("hub/2", b)] {
        let summary = site.ask("/api/subnets/get", json!({ "subnet": key(name) })).await;
        assert_eq!((&summary["subnet"]["key"], prefix(summary.clone()).as_str()), (&key(name), expected));
    }
    let findings = site.ask("/api/servers/list", json!({})).await;
    let findings: Vec<String> =
        findings.as_array().unwrap().iter().map(|server| server["findings"].to_string()).collect();
    assert!(!findings[0].contains("No partner") && !findings[1].contains("No partner"), "{findings:?}");
    assert!(findings[2].contains("No partner of this server has 10.99.0.0/24"), "{findings:?}");

    site.keas[0].kill9();
    site.settle(&["10.99.0.0/24 spoke-b", "192.0.2.0/24 spoke-a,hub!", lab, "198.51.100.0/24 spoke-b,hub!"]).await;
    for (name, expected) in [("hub/1", a), ("hub/2", b)] {
        let summary = site.ask("/api/subnets/get", json!({ "subnet": key(name) })).await;
        assert_eq!(prefix(summary), expected);
    }
    let unknown = site.api.call("/api/subnets/get", &json!({ "subnet": key("hub/9") })).await;
    assert!(matches!(unknown, Answer::Refused(_)), "{unknown:?}");
}

/// The first look at many subnets shows some of them, and says how many there are.
#[tokio::test]
async fn three_thousand_subnets_come_page_by_page() {
    let subnet = |at: usize| json!({ "id": 100_000 + at, "subnet": format!("10.{}.{}.0/24", at / 256, at % 256), "user-context": { "name": format!("site {at}") } });
    let network = |at: usize| json!({ "name": format!("net{at}"), "subnet4": (at * 10..at * 10 + 10).map(subnet).collect::<Vec<_>>() });
    let kea = Kea::start(json!({ "shared-networks": (0..300).map(network).collect::<Vec<_>>() }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    // A page does not wait for a server that takes its time.
    let query = json!({ "query": { "text": "10.11.183.9", "order": "used", "offset": 0 } });
    let begun = Instant::now();
    loop {
        let (status, page) = nestor.call("/api/subnets/networks", &query, &cookie).await;
        if (status, &page["total"], &page["all"]) == (200, &json!(1), &json!(3000)) {
            break;
        }
        assert!(begun.elapsed() < TIME_LIMIT, "{status} {page}");
    }
    let text = nestor.get("/networks", &cookie).await.text().await.unwrap();
    assert!(text.len() <= 300_000, "{} octets", text.len());
    let rows = |text: &str| text.matches("class=\"row-link address\"").count();
    assert!(
        rows(&text) == 100 && text.contains("3000 subnets") && text.contains("/networks?offset=100"),
        "{}",
        rows(&text)
    );
    // Nor is any other page heavier that has to do with all of them; what is asked for by name is there all the same.
    let foreman = nestor.get("/foreman?tab=subnets&offset=100", &cookie).await.text().await.unwrap();
    assert!(foreman.len() <= 300_000 && foreman.contains("rows 101–200 of 3000"), "{} octets", foreman.len());
    assert_eq!(foreman.matches("data-testid=\"foreman-subnet\"").count(), 100);
    let import = nestor.get("/import?subnet=kea/102950", &cookie).await.text().await.unwrap();
    assert!(import.len() <= 300_000 && import.contains("Find one of 3000 subnets"), "{} octets", import.len());
    assert!(import.contains("10.11.134.0/24 site 2950 (kea/102950)"), "{import}");
    let last = nestor.get("/networks?offset=2950&text=site", &cookie).await.text().await.unwrap();
    assert!(rows(&last) == 50 && last.contains("site 2999"), "{}", rows(&last));
}
