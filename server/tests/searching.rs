//! A search asks the real Kea little, and waits for none of its long answers.

use std::time::Duration;

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::api_client::ApiClient;
use crate::support::{Kea, Nestor, searched};
use serde_json::{Value, json};

const SUBNETS: u32 = 40;

/// As many subnets, each with one lease.
fn kea() -> Kea {
    let subnet = |n: u32| json!({ "id": n, "subnet": format!("10.1.{n}.0/24") });
    let kea = Kea::start(json!({ "subnet4": (1..=SUBNETS).map(subnet).collect::<Vec<_>>() }));
    for n in 1..=SUBNETS {
        let lease = json!({ "ip-address": format!("10.1.{n}.100"), "subnet-id": n, "hostname": format!("host-{n}"),
            "hw-address": format!("02:00:00:00:01:{n:02x}") });
        assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
    }
    kea
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sweep_serves_all_subnets_and_no_search_waits_for_it() {
    let kea = kea();
    let proxy = FaultProxy::before(kea.port()).await;
    let nestor = Nestor::before_at(&kea, &proxy.url());
    let api = ApiClient::of(&nestor, &nestor.sign_in("viewer").await);
    let search = async |text: &str| api.ask("/api/search", &json!({ "text": text })).await;

    proxy.set_on("lease4-get-page", Fault::Late(Duration::from_secs(3)));
    let answer = search("10.1.7.100").await;
    assert_eq!(answer["clients"][0][1]["lease"]["host_name"], "host-7", "what is exact is asked for: {answer}");
    assert_eq!(answer["subnets"][0]["prefix"], "10.1.7.0/24", "{answer}");
    let progress = json!({ "searched": 0, "of": SUBNETS, "as_of": null, "under_way": true });
    assert_eq!(answer["progress"], progress, "it did not wait");
    let hints = api.ask("/api/search/hints", &json!({ "text": "10.1.7.100" })).await;
    assert_eq!((&hints["exact"], &hints["list"][0]["title"]), (&json!(0), &json!("10.1.7.100")), "{hints}");
    assert_eq!(hints["missing"], format!("searching 0 of {SUBNETS} subnets"), "{hints}");

    proxy.set(Fault::None);
    for (text, total) in [("host-", SUBNETS), ("host-1", 11), ("00:01:2", 9), ("10.1.4", 2)] {
        let answer = searched(async || search(text).await).await;
        assert_eq!(answer["total"], total, "{text}: {answer}");
        assert_eq!(answer["progress"]["searched"], SUBNETS, "{text}");
    }
    // Another sweep may follow when subnets are counted for the first time.
    let pages = proxy.count("lease4-get-page") + proxy.count("reservation-get-page");
    assert!(pages <= 12, "{pages} pages for {SUBNETS} subnets and {} requests", proxy.requests().len());
    assert!(free(&search("10.1.7.101").await) && !free(&search("10.1.7.100").await));
}

fn free(answer: &Value) -> bool {
    answer["free"]["address"] == "10.1.7.101"
}
