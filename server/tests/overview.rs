//! The first page says what needs attention, and the lines that it gives to be copied are taken by the real Kea.

use std::time::{Duration, Instant};

use crate::support::{Kea, Nestor};
use serde_json::{Value, json};

/// How long a change at Kea may take until the page shows it.
const SHOWN_WITHIN: Duration = Duration::from_secs(30);

/// A subnet whose pool of ten is full, two in five of its leases declined; and one that its pool fills, full too.
fn site() -> Kea {
    let kea = Kea::start(json!({ "subnet4": [
        { "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.109" }],
          "option-data": [{ "name": "routers", "data": "192.0.2.1" }] },
        { "id": 2, "subnet": "198.51.100.0/30", "pools": [{ "pool": "198.51.100.1-198.51.100.2" }] },
        { "id": 3, "subnet": "203.0.113.0/24", "pools": [{ "pool": "203.0.113.100-203.0.113.109" }] },
    ] }));
    let lease = |address: String, subnet: u8, state: u8| {
        let last = address.rsplit('.').next().unwrap().parse::<u8>().unwrap();
        let lease = json!({ "ip-address": address, "hw-address": format!("02:00:00:00:{subnet:02x}:{last:02x}"),
            "subnet-id": subnet, "valid-lft": 3_600, "state": state });
        assert_eq!(kea.command("lease4-add", &lease)["result"], 0, "{lease}");
    };
    (100..110).for_each(|last| lease(format!("192.0.2.{last}"), 1, u8::from(last < 104)));
    (1..3).for_each(|last| lease(format!("198.51.100.{last}"), 2, 0));
    lease("203.0.113.100".to_owned(), 3, 1);
    kea
}

async fn overview(nestor: &Nestor, cookie: &str) -> String {
    let page = nestor.get("/", cookie).await;
    assert_eq!(page.status(), 200);
    page.text().await.unwrap()
}

/// The page as soon as it says this, or does not say it any more.
async fn until(nestor: &Nestor, cookie: &str, text: &str, there: bool) -> String {
    let begun = Instant::now();
    loop {
        let page = overview(nestor, cookie).await;
        if page.contains(text) == there {
            return page;
        }
        assert!(begun.elapsed() < SHOWN_WITHIN, "{text}: {}\n{page}", if there { "missing" } else { "still there" });
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Puts a line that was to be copied into a subnet, in the list of that name or else into the subnet itself.
fn apply(kea: &Kea, subnet: usize, list: Option<&str>, line: &str) {
    let mut config = kea.command("config-get", &json!({}))["arguments"].clone();
    config.as_object_mut().unwrap().remove("hash");
    let element = &mut config["Dhcp4"]["subnet4"][subnet];
    if let Some(list) = list {
        element[list].as_array_mut().unwrap().push(serde_json::from_str(line).unwrap());
    } else {
        let pairs: Value = serde_json::from_str(&format!("{{{line}}}")).unwrap();
        element.as_object_mut().unwrap().extend(pairs.as_object().unwrap().clone());
    }
    for command in ["config-test", "config-set"] {
        let answer = kea.command(command, &config);
        assert_eq!(answer["result"], 0, "{command}: {answer}");
    }
}

#[tokio::test]
async fn full_pools_come_with_lines_that_kea_takes() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let page = until(&nestor, &cookie, "192.0.2.110 - 192.0.2.119", true).await;
    let shorter = r#""valid-lifetime": 1800, "min-valid-lifetime": 1800, "max-valid-lifetime": 1800"#;
    for text in ["Pools full", "subnet 1 in Kea’s configuration of kea", &shorter.replace('"', "&quot;")] {
        assert!(page.contains(text), "{text}: {page}");
    }
    apply(&kea, 0, Some("pools"), r#"{ "pool": "192.0.2.110 - 192.0.2.119" }"#);
    apply(&kea, 1, None, shorter);
    until(&nestor, &cookie, "192.0.2.110 - 192.0.2.119", false).await;
}

#[tokio::test]
async fn declined_addresses_and_refused_calls_are_said_and_lead_there() {
    let kea = site();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let page = until(&nestor, &cookie, "4 addresses declined", true).await;
    assert!(page.contains("/networks/kea/1?filter=problems"), "{page}");
    assert!(!page.contains("/networks/kea/3?filter=problems"), "one is not many: {page}");
    assert!(!page.contains("refused or failed"), "{page}");
    let (status, _) = nestor.foreman("POST", "/dhcp/192.0.2.0", &[("mac", "no mac"), ("ip", "192.0.2.9")]).await;
    assert!(status >= 400, "{status}");
    let page = overview(&nestor, &cookie).await;
    assert!(page.contains("1 call was refused or failed"), "{page}");
    assert!(page.contains("/foreman?filter=problems"), "{page}");
}

#[tokio::test]
async fn pages_say_what_does_not_work_without_javascript() {
    let kea = crate::support::kea();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    for (path, cookie, said) in
        [("/", &*cookie, true), ("/networks/kea/1", &*cookie, true), ("/import", &*cookie, true), ("/login", "", false)]
    {
        let page = nestor.get(path, cookie).await.text().await.unwrap();
        assert_eq!(page.contains("<p class=\"no-script\">"), said, "{path}: {page}");
    }
}
