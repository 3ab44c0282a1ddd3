//! A host database that goes away is the server's trouble, not the request's.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::host_database::with_database;
use crate::postgres::Cluster;
use crate::support::{Kea, Nestor};

#[tokio::test(flavor = "multi_thread")]
async fn foreman_is_asked_to_retry_while_the_database_is_away() {
    let mut cluster = Cluster::start();
    let mut map = with_database(&cluster, "lost");
    for (member, value) in [
        ("on-fail", json!("serve-retry-continue")),
        ("max-reconnect-tries", json!(100)),
        ("reconnect-wait-time", json!(200)),
    ] {
        map["hosts-database"][member] = value;
    }
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
