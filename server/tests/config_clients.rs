//! What is typed into the forms of a configuration, and what real clients get of it: planned and applied through the functions
//! that the pages call.

use std::collections::HashMap;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::dhcp_client::{is_served, is_served6, reachable6, told};
use crate::support::{Kea, Nestor, lay_accounts, load, path, section};

/// How often a server is asked whether it serves, a third of a second each time, before it counts as one that does not.
const LOOKS: usize = 30;

/// A console before a Kea, and an operator.
struct Desk {
    kea: Kea,
    nestor: Nestor,
    cookie: String,
}

impl Desk {
    async fn before(kea: Kea) -> Self {
        let nestor = Nestor::before(&kea);
        let cookie = nestor.sign_in("operator").await;
        Self { kea, nestor, cookie }
    }

    async fn ask(&self, path: &str, arguments: Value) -> Value {
        self.nestor.done(path, &arguments, &self.cookie).await
    }

    /// As the review of a page does it.
    async fn apply(&self, edits: Value) -> Value {
        let plan = self.ask("/api/config/plan", json!({ "server": "kea", "edits": edits })).await;
        let request = json!({ "edits": plan["edits"], "base": plan["base"], "back": plan["back"] });
        self.ask("/api/config/apply", json!({ "server": "kea", "request": request })).await
    }

    /// What a client is told by a Kea that starts from the file that was saved.
    fn told(&self, mac: &str, asks: &str) -> HashMap<String, String> {
        let saved = std::fs::read(self.kea.config_path()).unwrap();
        told(serde_json::from_slice(&saved).unwrap(), mac, asks)
    }
}

fn edit(op: &str, path: &str, value: &Value) -> Value {
    json!({ "op": op, "path": path, "value": value.to_string() })
}

fn is_any(mut serves: impl FnMut() -> bool) -> bool {
    (0..LOOKS).any(|_| serves())
}

#[tokio::test]
async fn an_option_a_lifetime_and_a_pool_of_a_class_arrive_at_clients() {
    let desk = Desk::before(Kea::start(load::subnets())).await;
    let before = desk.told("02:16:00:00:00:01", "-V phone");
    assert_eq!((before.get("dns"), before["lease"].as_str()), (None, "3600"));
    let pool = "subnet4[id=1].pools[pool=10.77.4.0-10.77.7.255]";
    let applied = desk
        .apply(json!([
            edit("add", "subnet4[id=1].option-data", &json!({ "code": 6, "data": "192.0.2.53" })),
            edit("set", "subnet4[id=1].valid-lifetime", &json!(1234)),
            edit("add", "client-classes", &json!({ "name": "phones", "test": "option[60].hex == 'phone'" })),
            edit("set", &format!("{pool}.client-classes"), &json!(["phones"])),
            edit("add", "subnet4[id=1].pools", &json!({ "pool": "10.77.8.0-10.77.8.255" })),
        ]))
        .await;
    assert_eq!(applied["said"], json!(["Class 'phones' added", "IPv4 subnet updated"]), "Kea’s own words");
    let phone = desk.told("02:16:00:00:00:02", "-V phone");
    assert_eq!((phone["dns"].as_str(), phone["lease"].as_str()), ("192.0.2.53", "1234"));
    let in_pool = |client: &HashMap<String, String>, thirds: std::ops::RangeInclusive<u8>| {
        let third = client["ip"].strip_prefix("10.77.").and_then(|rest| rest.split('.').next()?.parse::<u8>().ok());
        third.is_some_and(|third| thirds.contains(&third))
    };
    assert!(in_pool(&phone, 4..=7), "the pool of its class comes first: {phone:?}");
    let other = desk.told("02:16:00:00:00:03", "-V printer");
    assert!(in_pool(&other, 8..=8), "the first pool is not for it: {other:?}");
}

#[tokio::test]
async fn a_new_subnet_serves_clients_behind_its_relay() {
    let interfaces = json!({ "interfaces": ["lo/127.0.0.1"], "dhcp-socket-type": "udp" });
    let desk = Desk::before(Kea::start(json!({ "interfaces-config": interfaces }))).await;
    let asked = json!({ "server": "kea", "prefix": "10.88.0.0/24" });
    let proposal = desk.ask("/api/config/propose-subnet", asked).await;
    assert!(!is_served(&desk.kea), "no subnet is there yet");
    let subnet = json!({
        "id": proposal["id"], "subnet": proposal["prefix"], "pools": [{ "pool": proposal["pool"] }],
        "relay": { "ip-addresses": ["127.0.0.1"] },
    });
    desk.apply(json!([edit("add", "subnet4", &subnet)])).await;
    assert!(is_any(|| is_served(&desk.kea)));
}

#[tokio::test]
async fn a_new_subnet_of_ipv6_serves_addresses_and_prefixes_behind_its_relay() {
    let kea = Kea::start6(reachable6(json!({})));
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("nestor.toml");
    std::fs::write(&file, section(folder.path(), "kea", "dhcp6", &kea)).unwrap();
    lay_accounts(folder.path());
    let nestor = Nestor::launch(folder.path(), &["--config", path(&file)]);
    let cookie = nestor.sign_in("operator").await;
    let desk = Desk { kea, nestor, cookie };
    let asked = json!({ "server": "kea", "prefix": "2001:db8:7::/64" });
    let proposal = desk.ask("/api/config/propose-subnet", asked).await;
    assert_eq!((&proposal["interfaces"], &proposal["interface"]), (&json!(["lo"]), &json!("lo")));
    assert!(!is_served6(&desk.kea), "no subnet is there yet");
    let subnet = json!({
        "id": proposal["id"], "subnet": proposal["prefix"], "pools": [{ "pool": proposal["pool"] }],
        "pd-pools": [{ "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56 }],
        "relay": { "ip-addresses": ["::1"] },
    });
    desk.apply(json!([edit("add", "subnet6", &subnet)])).await;
    assert!(is_any(|| is_served6(&desk.kea)));
}
