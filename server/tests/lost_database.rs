//! A database that goes away is the server's trouble, not the request's; and what Kea does not find while it is away is not
//! gone for that.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::host_database::with_database;
use crate::postgres::Cluster;
use crate::support::{Kea, Nestor};

/// Kea serves on while it looks for the database again.
fn goes_on_without(database: &mut Value) {
    for (member, value) in [
        ("on-fail", json!("serve-retry-continue")),
        ("max-reconnect-tries", json!(100)),
        ("reconnect-wait-time", json!(200)),
    ] {
        database[member] = value;
    }
}

/// A server that has lost its database, as Foreman, a page and a table see it.
struct Bereft {
    nestor: Nestor,
    cookie: String,
}

impl Bereft {
    async fn before(kea: &Kea) -> Self {
        let nestor = Nestor::before(kea);
        let cookie = nestor.sign_in("operator").await;
        Self { nestor, cookie }
    }

    async fn rows(&self) -> (u16, Value) {
        let query = json!({ "text": "", "filter": "all", "sort": "address", "descending": false, "offset": 0,
            "limit": 500 });
        let subnet = json!({ "server": "kea", "id": 1 });
        self.nestor.call("/api/subnets/addresses", &json!({ "subnet": subnet, "query": query }), &self.cookie).await
    }

    async fn foreman(&self, method: &str, path: &str) -> (u16, String) {
        self.nestor.foreman(method, &format!("/dhcp/192.0.2.0{path}"), &[]).await
    }

    async fn verdict(&self, address: &str) -> u16 {
        let identifier = json!({ "kind": "hw-address", "value": "02:00:00:00:00:99" });
        let new = json!({ "subnet": { "server": "kea", "id": 1 }, "identifier": identifier, "address": address });
        let arguments = json!({ "new": new, "replacing": null });
        self.nestor.call("/api/reservations/verdict", &arguments, &self.cookie).await.0
    }

    /// Waits until the page of servers says so, or does not any more: what it says may be two seconds old.
    async fn until_said(&self, text: &str, said: bool) {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let servers = self.nestor.done("/api/servers/list", &json!({}), &self.cookie).await;
            let findings = servers[0]["findings"].to_string();
            if findings.contains(text) == said {
                return;
            }
            assert!(Instant::now() < end, "{text}: {findings}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    async fn until_found(&self, path: &str) {
        let end = Instant::now() + Duration::from_secs(30);
        while self.foreman("GET", path).await.0 != 200 {
            assert!(Instant::now() < end, "{}", self.nestor.log());
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

fn reserved_at(page: &Value, address: &str) -> bool {
    let rows = page["rows"].as_array().unwrap();
    rows.iter().any(|row| row["client"]["address"] == address && !row["client"]["reservation"].is_null())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_found_while_the_host_database_is_away_is_not_gone() {
    let mut cluster = Cluster::start();
    let mut map = with_database(&cluster, "away");
    goes_on_without(&mut map["hosts-database"]);
    let kea = Kea::start(map);
    let host = json!({ "subnet-id": 1, "hw-address": "02:00:00:00:00:77", "ip-address": "192.0.2.177" });
    let made = kea.command("reservation-add", &json!({ "reservation": host, "operation-target": "database" }));
    assert_eq!(made["result"], 0, "{made}");
    let site = Bereft::before(&kea).await;
    assert!(reserved_at(&site.rows().await.1, "192.0.2.177"));
    assert_eq!(site.foreman("GET", "/unused_ip?from=192.0.2.177&to=192.0.2.177").await.0, 200);

    cluster.crash();
    // The first question breaks, and from then on Kea says that there is nothing.
    for _ in 0..3 {
        for path in ["/ip/192.0.2.177", "/mac/02:00:00:00:00:77", "/unused_ip?from=192.0.2.177&to=192.0.2.178"] {
            let (status, text) = site.foreman("GET", path).await;
            assert!(status == 503 && text.contains("host database does not answer"), "{path}: {status} {text}");
        }
        let (status, text) = site.foreman("DELETE", "/mac/02:00:00:00:00:77").await;
        assert_eq!(status, 503, "{text}");
        assert_eq!(site.verdict("192.0.2.177").await, 502);
    }
    site.until_said("host database does not answer", true).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let (status, page) = site.rows().await;
    assert!(status == 200 && reserved_at(&page, "192.0.2.177"), "{status} {page}");
    assert!(page["unseen"].to_string().contains("host database does not answer"), "{page}");

    cluster.run();
    site.until_found("/mac/02:00:00:00:00:77").await;
    site.until_said("host database", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_free_while_the_lease_database_is_away() {
    let mut cluster = Cluster::start();
    let mut map = with_database(&cluster, "leases");
    map["lease-database"] = map["hosts-database"].take();
    map.as_object_mut().unwrap().shift_remove("hosts-database");
    goes_on_without(&mut map["lease-database"]);
    let kea = Kea::start(map);
    let lease = json!({ "subnet-id": 1, "ip-address": "192.0.2.177", "hw-address": "02:00:00:00:00:77" });
    assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
    let site = Bereft::before(&kea).await;
    assert_eq!(site.rows().await.0, 200);
    cluster.crash();
    for _ in 0..2 {
        for path in ["/ip/192.0.2.177", "/mac/02:00:00:00:00:77", "/unused_ip?from=192.0.2.177&to=192.0.2.178"] {
            let (status, text) = site.foreman("GET", path).await;
            assert!(status == 503 && text.contains("lease database"), "{path}: {status} {text}");
        }
    }
    site.until_said("DHCP is not being served", true).await;
    cluster.run();
    site.until_found("/mac/02:00:00:00:00:77").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn foreman_is_asked_to_retry_while_the_database_is_away() {
    let mut cluster = Cluster::start();
    let mut map = with_database(&cluster, "lost");
    goes_on_without(&mut map["hosts-database"]);
    let kea = Kea::start(map);
    let nestor = Nestor::before(&kea);
    let make = async |last: u8| {
        let (mac, ip) = (format!("02:00:00:00:01:{last:02x}"), format!("192.0.2.{last}"));
        let fields = [("mac", mac.as_str()), ("ip", &ip), ("name", "a.example.org"), ("hostname", "a.example.org")];
        nestor.foreman("POST", "/dhcp/192.0.2.0", &fields).await
    };
    assert_eq!(make(20).await.0, 200);
    cluster.crash();
    for last in 21..24 {
        let (status, text) = make(last).await;
        assert!(status == 503 && text.contains("host database does not answer"), "{status} {text}");
    }
    cluster.run();
    let end = Instant::now() + Duration::from_secs(30);
    while make(24).await.0 != 200 {
        assert!(Instant::now() < end, "{}", nestor.log());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
