//! Two who edit one configuration at a time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bench::Bench;
use super::{edit, subnet4};
use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::Kea;

/// A Kea behind a proxy, and another editor who comes past Nestor.
struct Editors {
    bench: Bench,
    proxy: FaultProxy,
    user: String,
    password: String,
}

impl Editors {
    async fn new() -> Self {
        let kea = Kea::start(subnet4());
        let (user, password) = (kea.user().to_owned(), kea.password().to_owned());
        let proxy = FaultProxy::before(kea.port()).await;
        let bench = Bench { url: proxy.url(), ..Bench::before(kea) };
        Self { bench, proxy, user, password }
    }

    /// Applies edits while the other one changes the configuration between the test and the first command.
    async fn both(self, mine: Value, theirs: (&str, Value)) -> (Bench, (i32, String, String)) {
        let Self { bench, proxy, user, password } = self;
        proxy.set_on("config-test", Fault::Late(Duration::from_millis(800)));
        let applying = tokio::task::spawn_blocking(move || {
            let outcome = bench.apply(&mine, &[]);
            (bench, outcome)
        });
        let begun = Instant::now();
        while proxy.count("config-test") == 0 {
            assert!(begun.elapsed() < Duration::from_secs(30), "it is tested");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        proxy.set(Fault::None);
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = json!({ "command": theirs.0, "arguments": theirs.1, "service": ["dhcp4"] });
        let asked = client.post(proxy.url()).basic_auth(user, Some(password)).body(body.to_string());
        let asked = asked.header("content-type", "application/json").send().await.unwrap();
        let answer: Value = serde_json::from_str(&asked.text().await.unwrap()).unwrap();
        assert_eq!(answer[0]["result"].as_i64().or(answer["result"].as_i64()), Some(0), "{answer}");
        applying.await.unwrap()
    }
}

#[tokio::test]
async fn editors_of_different_parts_both_get_their_change() {
    let mine = json!([edit("set", "valid-lifetime", json!(7200))]);
    let theirs = json!({ "subnet4": [{ "id": 9, "subnet": "203.0.113.0/24" }] });
    let (bench, (code, said, error)) = Editors::new().await.both(mine, ("subnet4-add", theirs)).await;
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    let running = bench.running();
    assert_eq!(running["Dhcp4"]["valid-lifetime"], 7200);
    let subnets: Vec<_> = running["Dhcp4"]["subnet4"].as_array().unwrap().iter().map(|subnet| &subnet["id"]).collect();
    assert_eq!(subnets, [1, 9]);
    bench.saves_what_it_runs();
}

#[tokio::test]
async fn a_reservation_made_meanwhile_is_kept() {
    let mine = json!([edit("set", "valid-lifetime", json!(7200))]);
    let theirs = json!({ "operation-target": "memory",
        "reservation": { "subnet-id": 1, "hw-address": "02:00:00:00:00:07", "ip-address": "192.0.2.7" } });
    let (bench, (code, said, error)) = Editors::new().await.both(mine, ("reservation-add", theirs)).await;
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert_eq!(bench.running()["Dhcp4"]["subnet4"][0]["reservations"][0]["ip-address"], "192.0.2.7");
    assert_eq!(bench.running()["Dhcp4"]["valid-lifetime"], 7200);
}

#[tokio::test]
async fn of_one_part_only_one_editor_gets_it_and_both_values_are_named() {
    let mine = json!([edit("set", "subnet4[id=1].valid-lifetime", json!(600))]);
    let three = json!({ "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": 1200, "min-valid-lifetime": 1200,
        "max-valid-lifetime": 1200 });
    let theirs = json!({ "subnet4": [three] });
    let (bench, (code, said, error)) = Editors::new().await.both(mine, ("subnet4-delta-add", theirs)).await;
    assert_eq!(code, 1, "{said}{error}");
    assert!(
        error.contains("subnet4[id=1].valid-lifetime was changed by others meanwhile: it was nothing, it is 1200 now, and 600 is wanted"),
        "{error}"
    );
    assert_eq!(bench.running()["Dhcp4"]["subnet4"][0]["valid-lifetime"], 1200);
    assert!(bench.serves());
}

/// What only adds a subnet is sent without a look at all that the server runs: at which subnets it has, though.
#[tokio::test]
async fn of_subnets_that_are_added_at_a_time_all_come_that_fit() {
    let mine = json!([edit("add", "subnet4", json!({ "id": 2, "subnet": "198.51.100.0/24" }))]);
    let add = |subnet: Value| ("subnet4-add", json!({ "subnet4": [subnet] }));
    let elsewhere = add(json!({ "id": 9, "subnet": "203.0.113.0/24" }));
    let (bench, (code, said, error)) = Editors::new().await.both(mine.clone(), elsewhere).await;
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    let running = bench.running();
    let subnets: Vec<_> = running["Dhcp4"]["subnet4"].as_array().unwrap().iter().map(|subnet| &subnet["id"]).collect();
    assert_eq!(subnets, [1, 2, 9]);
    bench.saves_what_it_runs();
    for (theirs, why) in [
        (json!({ "id": 9, "subnet": "198.51.100.128/25" }), "overlaps with the subnet"),
        (json!({ "id": 2, "subnet": "203.0.113.0/24" }), "was changed by others meanwhile"),
        (json!({ "id": 9, "subnet": "198.51.100.0/24" }), "There is another subnet 198.51.100.0/24 (id 9)"),
    ] {
        let (bench, (code, said, error)) = Editors::new().await.both(mine.clone(), add(theirs.clone())).await;
        assert_eq!((code, error.contains(why)), (1, true), "{theirs}: {said}{error}");
        let running = bench.running();
        let subnets = running["Dhcp4"]["subnet4"].as_array().unwrap();
        assert_eq!((subnets.len(), &subnets[1]["subnet"]), (2, &theirs["subnet"]), "nothing of ours came");
    }
}
