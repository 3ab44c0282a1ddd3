//! A Kea without everything: what does not need the missing hook library goes on, and what does says which one it is.

use crate::support::api_client::{Answer, ApiClient};
use crate::support::{Kea, Nestor, run, searched};
use serde_json::{Value, json};

const RESERVED: &str = "02:77:00:00:00:01";
const LEASED: &str = "02:77:00:00:00:02";

/// A Kea with these hook libraries alone, and Nestor before it.
struct Site {
    kea: Kea,
    nestor: Nestor,
    api: ApiClient,
    cookie: String,
}

impl Site {
    async fn with(hooks: &[&str]) -> Self {
        let hooks: Value = hooks.iter().map(|hook| json!({ "library": format!("libdhcp_{hook}.so") })).collect();
        let kea = Kea::start(json!({
            "hooks-libraries": hooks,
            "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }] }],
        }));
        let nestor = Nestor::before(&kea);
        let cookie = nestor.sign_in("operator").await;
        let api = ApiClient::of(&nestor, &cookie);
        Self { kea, nestor, api, cookie }
    }

    fn lease(&self) {
        let lease = json!({ "ip-address": "192.0.2.150", "hw-address": LEASED, "subnet-id": 1, "valid-lft": 3_600 });
        assert_eq!(self.kea.command("lease4-add", &lease)["result"], 0);
    }

    async fn create(&self, address: &str) -> Answer {
        let identifier = json!({ "kind": "hw-address", "value": RESERVED });
        let new = json!({ "subnet": subnet(), "identifier": identifier, "address": address, "host_name": "one" });
        self.api.call("/api/reservations/create", &json!({ "new": new })).await
    }

    async fn suggest(&self) -> Answer {
        let suggest = json!({ "subnet": subnet(), "range": null, "client": null });
        self.api.call("/api/reservations/suggest", &suggest).await
    }

    /// The rows of clients, and what is said to be unseen.
    async fn addresses(&self) -> (Vec<Value>, String) {
        let query = json!({ "subnet": subnet(), "query": {
            "text": "", "filter": "all", "sort": "address", "descending": false, "offset": 0, "limit": 100 } });
        let page = self.api.ask("/api/subnets/addresses", &query).await;
        let rows = page["rows"].as_array().unwrap().iter().filter(|row| row.to_string().contains("02:77:"));
        (rows.cloned().collect(), page["unseen"].to_string())
    }

    async fn page(&self, path: &str) -> String {
        let response = self.nestor.get(path, &self.cookie).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// What `nestor check` says.
    fn check(&self) -> String {
        let password = self.nestor.data.join("kea.password");
        let password = password.to_str().unwrap();
        let url = self.kea.url();
        let kea = ["--kea", &url, "--kea-user", self.kea.user(), "--kea-password-file", password];
        let listen = ["--listen", "127.0.0.1:0", "--smart-proxy-listen", "127.0.0.1:0"];
        let checked =
            run(&[&["check", "--data-dir", self.nestor.data.to_str().unwrap()], &kea[..], &listen[..]].concat(), "");
        String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr)
    }

    /// Whether everything that reports it names the hook library and the line to add.
    async fn is_reported(&self, hook: &str) {
        let line = format!("{{ \"library\": \"libdhcp_{hook}.so\" }}");
        let (_, unseen) = self.addresses().await;
        assert!(unseen.contains(hook) && unseen.contains(&json!(line).to_string()), "{unseen}");
        let page = self.page("/networks/kea/1").await;
        let shown = page.replace("&quot;", "\"");
        assert!(page.contains(&format!("Without the hook library {hook}")) && shown.contains(&line), "{hook}: {page}");
        assert!(self.page("/servers").await.contains(&format!("Without the hook library {hook}")));
        let checked = self.check();
        assert!(checked.contains(&format!("Without the hook library {hook}")) && checked.contains(&line), "{checked}");
    }
}

fn subnet() -> Value {
    json!({ "server": "kea", "id": 1 })
}

fn refused(answer: &Answer, hook: &str) {
    let Answer::Refused(problem) = answer else { panic!("{answer:?}") };
    assert!(problem.contains(&format!("Without the hook library {hook}")), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_host_cmds_leases_stay_usable() {
    let site = Site::with(&["lease_cmds", "stat_cmds"]).await;
    site.lease();
    let (rows, _) = site.addresses().await;
    assert!(rows.len() == 1 && rows[0].to_string().contains(LEASED), "{rows:?}");
    site.is_reported("host_cmds").await;
    let found = site.api.ask("/api/search", &json!({ "text": LEASED })).await;
    assert!(found["clients"].to_string().contains("192.0.2.150"), "{found}");
    assert!(found["silent"].to_string().contains("host_cmds"), "what cannot be searched is said: {found}");
    let (status, record) = site.nestor.foreman("GET", "/dhcp/192.0.2.0/ip/192.0.2.150", &[]).await;
    assert_eq!(status, 400, "whether it is reserved is not known: {record}");
    refused(&site.create("192.0.2.10").await, "host_cmds");
    refused(&site.suggest().await, "host_cmds");
    let kept = site.api.call("/api/reservations/storage", &json!({ "server": "kea", "storage": null })).await;
    refused(&kept, "host_cmds");

    // What switches the buttons off, and says why.
    let lacks = site.api.ask("/api/subnets/get", &json!({ "subnet": subnet() })).await["reserving_lacks"].to_string();
    assert!(lacks.contains("hook library host_cmds") && lacks.contains("libdhcp_host_cmds.so"), "{lacks}");
    let table = "mac,address,subnet\n02:77:00:00:00:31,192.0.2.31,192.0.2.0/24\n";
    let row = site.api.ask("/api/table/check", &json!({ "text": table, "subnet": subnet() })).await["rows"][0].take();
    assert_eq!(row["verdict"], "blocked", "{row}");
    assert!(row["findings"].to_string().contains("host_cmds"), "{row}");
    let exported = site.api.call("/api/table/export", &json!({ "subnet": subnet() })).await;
    refused(&exported, "host_cmds");
}

/// Where nothing is missing nothing is in the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_everything_everything_is_offered() {
    let site = Site::with(&["host_cmds", "lease_cmds", "stat_cmds"]).await;
    let summary = site.api.ask("/api/subnets/get", &json!({ "subnet": subnet() })).await;
    assert!(summary["reserving_lacks"].is_null(), "{summary}");
    assert_eq!(site.addresses().await.1, "[]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_lease_cmds_reservations_stay_usable() {
    let site = Site::with(&["host_cmds", "stat_cmds"]).await;
    let Answer::Done(made) = site.create("192.0.2.10").await else { panic!("it can be reserved") };
    assert!(made["findings"].to_string().contains("lease_cmds"), "that leases are not known is said: {made}");
    let (rows, _) = site.addresses().await;
    assert!(rows.len() == 1 && rows[0].to_string().contains(RESERVED), "{rows:?}");
    site.is_reported("lease_cmds").await;
    let found = searched(async || site.api.ask("/api/search", &json!({ "text": "one" })).await).await;
    assert!(found["clients"].to_string().contains(RESERVED), "{found}");
    refused(&site.suggest().await, "lease_cmds");

    // Foreman's whole life of a host, but for the suggestion.
    let mac = "02:77:00:00:00:09";
    let of = |what: &str| format!("/dhcp/192.0.2.0/{what}");
    assert_eq!(site.nestor.foreman("GET", &of(&format!("mac/{mac}")), &[]).await.0, 404);
    assert_eq!(site.nestor.foreman("GET", &of("ip/192.0.2.20"), &[]).await.0, 404);
    let posted = [("mac", mac), ("ip", "192.0.2.20"), ("hostname", "host"), ("name", "host")];
    let (status, text) = site.nestor.foreman("POST", "/dhcp/192.0.2.0", &posted).await;
    assert_eq!(status, 200, "{text}");
    let (status, records) = site.nestor.foreman("GET", "/dhcp/192.0.2.0", &[]).await;
    assert!(status == 200 && records.contains(mac), "{records}");
    assert_eq!(site.nestor.foreman("DELETE", &of(&format!("mac/{mac}")), &[]).await.0, 200);
    let (status, text) = site.nestor.foreman("GET", &of("unused_ip"), &[]).await;
    assert!(status == 400 && text.contains("lease_cmds"), "{status} {text}");

    let table = "mac,address,subnet\n02:77:00:00:00:31,192.0.2.31,192.0.2.0/24\n02:77:00:00:00:32,next,192.0.2.0/24\n";
    let checked = site.api.ask("/api/table/check", &json!({ "text": table, "subnet": subnet() })).await;
    let verdicts: Vec<&Value> = checked["rows"].as_array().unwrap().iter().map(|row| &row["verdict"]).collect();
    assert_eq!(verdicts, [&json!("new"), &json!("faulty")], "{checked}");
    assert!(checked["rows"][1]["faults"].to_string().contains("lease_cmds"), "{checked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_stat_cmds_what_was_read_is_counted() {
    let site = Site::with(&["host_cmds", "lease_cmds"]).await;
    site.lease();
    let counted =
        async || site.api.ask("/api/subnets/get", &json!({ "subnet": subnet() })).await["utilization"].clone();
    // Nothing was read so far; the first look has it read.
    let mut seen = counted().await;
    for _ in 0..100 {
        if !seen.is_null() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        seen = counted().await;
    }
    assert_eq!((&seen["total"], &seen["assigned"]), (&json!(100), &json!(1)), "{seen}");
    let Answer::Done(offered) = site.suggest().await else { panic!("an address can be suggested") };
    assert_eq!(offered["address"], "192.0.2.100");
    assert!(site.check().contains("Without the hook library stat_cmds"));
    let (_, unseen) = site.addresses().await;
    assert_eq!(unseen, "[]", "nothing is missing on the page");
}
