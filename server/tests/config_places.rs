//! What pages of a configuration show beside their forms, before a real Kea: what stands against the part, and what lies
//! where.

use serde_json::{Value, json};

use crate::support::{Kea, Nestor};

async fn ask(nestor: &Nestor, cookie: &str, path: &str, arguments: Value) -> Value {
    let (status, answer) = nestor.call(path, &arguments, cookie).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

#[tokio::test]
async fn a_finding_is_shown_where_its_part_is_edited_and_leads_there() {
    let kea = Kea::start(json!({ "subnet4": [
        { "id": 7, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10-192.0.2.20", "client-classes": ["nobody"] }] },
        { "id": 8, "subnet": "198.51.100.0/24" },
    ] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("viewer").await;
    let findings = async |path: &str| {
        let found = ask(&nestor, &cookie, "/api/config/findings", json!({ "server": "kea", "path": path })).await;
        found.as_array().unwrap().clone()
    };
    let of_subnet = findings("subnet4[id=7]").await;
    let unknown = of_subnet.iter().find(|one| one["rule"] == "class-unknown").unwrap();
    assert_eq!(unknown["form"], json!({ "subnet": 7 }));
    assert!(!findings("subnet4[id=8]").await.contains(unknown) && findings("").await.contains(unknown));
    let page = async |path: &str| nestor.get(path, &cookie).await.text().await.unwrap();
    let settings = page("/networks/kea/7/settings").await;
    assert!(
        settings.contains("config-finding") && settings.contains("The class “nobody” is not defined"),
        "{settings}"
    );
    assert!(!page("/networks/kea/8/settings").await.contains("The class “nobody” is not defined"));
    let all = page("/servers/kea/findings").await;
    assert!(all.contains("href=\"/networks/kea/7/settings\""), "the way to the form: {all}");
}

#[tokio::test]
async fn leases_outside_of_a_shrunk_pool_are_named_and_listed() {
    let pool = "198.51.100.10-198.51.100.254";
    let kea = Kea::start(json!({ "subnet4": [{ "id": 2, "subnet": "198.51.100.0/24", "pools": [{ "pool": pool }] }] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    for (last, mac) in [(20, "02:00:00:00:00:07"), (200, "02:00:00:00:00:08")] {
        let lease = json!({ "ip-address": format!("198.51.100.{last}"), "hw-address": mac, "subnet-id": 2 });
        kea.command("lease4-add", &lease);
    }
    let shrink = json!([{ "op": "set", "path": format!("subnet4[id=2].pools[pool={pool}].pool"),
        "value": "\"198.51.100.100-198.51.100.254\"" }]);
    let plan = ask(&nestor, &cookie, "/api/config/plan", json!({ "server": "kea", "edits": shrink })).await;
    let finding = plan["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "left-behind").unwrap();
    let text = finding["text"].as_str().unwrap();
    assert!(text.starts_with("1 lease is outside of the pools then: 198.51.100.20."), "{text}");
    let those = &finding["form"]["addresses"];
    assert_eq!(those, &json!({ "subnet": 2, "text": "198.51.100.10-198.51.100.99" }));
    let path = format!("/networks/kea/2?filter=leases&text={}", those["text"].as_str().unwrap());
    let page = nestor.get(&path, &cookie).await.text().await.unwrap();
    assert!(page.contains("02:00:00:00:00:07") && !page.contains("02:00:00:00:00:08"), "{page}");
}
