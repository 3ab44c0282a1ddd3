//! Pools of addresses and of prefixes before the real Kea: made, changed, split, and for some clients alone, in subnets of
//! shared networks as in others.

use serde_json::{Value, json};

use super::bench::Bench;
use super::{edit, without_hooks};
use crate::support::{Kea, Nestor, lay_accounts};

const NETWORK: &str = "shared-networks[name=floor-3].subnet6[id=1]";

fn site() -> Value {
    json!({ "client-classes": [{ "name": "routers" }], "shared-networks": [{ "name": "floor-3", "subnet6": [
        { "id": 1, "subnet": "2001:db8:1::/48", "pools": [{ "pool": "2001:db8:1::10-2001:db8:1::1f", "pool-id": 5 }] }] }] })
}

fn benches() -> Vec<Bench> {
    vec![Bench::before6(Kea::start6(site())), Bench::before6(Kea::start6(without_hooks(site())))]
}

fn subnet(bench: &Bench) -> Value {
    bench.running()["Dhcp6"]["shared-networks"][0]["subnet6"][0].clone()
}

#[test]
fn a_prefix_pool_is_made_changed_and_removed() {
    for bench in benches() {
        let applies = |edits: Value, words: &str| {
            let (code, said, error) = bench.apply(&edits, &[]);
            assert_eq!((code, error.as_str()), (0, ""), "{edits}: {said}");
            assert!(said.contains(words), "{words}: {said}");
            bench.saves_what_it_runs();
            bench.made_it();
            assert!(bench.serves());
            subnet(&bench)["pd-pools"].clone()
        };
        let refused = |edits: Value, words: &str| {
            let (code, said, error) = bench.apply(&edits, &[]);
            assert!(code == 1 && error.contains(words), "{words}: {code} {said}{error}");
        };
        let list = format!("{NETWORK}.pd-pools");
        let new = json!({ "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56 });
        let made = applies(json!([edit("add", &list, new)]), "prefix pool 2001:db8:8000::/40 added");
        assert_eq!(made[0]["delegated-len"], 56);
        let pool = format!("{list}[prefix=2001:db8:8000::,prefix-len=40]");
        let changed = applies(
            json!([
                edit("set", &format!("{pool}.delegated-len"), json!(60)),
                edit("set", &format!("{pool}.excluded-prefix"), json!("2001:db8:8000::")),
                edit("set", &format!("{pool}.excluded-prefix-len"), json!(64)),
                edit("set", &format!("{pool}.client-classes"), json!(["routers"])),
                edit("set", &format!("{pool}.user-context.name"), json!("Homes")),
                edit("set", &format!("{pool}.pool-id"), json!(9)),
            ]),
            "delegated-len from 56 to 60",
        );
        let has = |pool: &Value, prefix: &str, length: i64| {
            assert_eq!((&pool["prefix"], &pool["prefix-len"]), (&json!(prefix), &json!(length)));
            assert_eq!((&pool["excluded-prefix"], &pool["pool-id"]), (&json!("2001:db8:8000::"), &json!(9)));
            assert_eq!(
                (&pool["client-classes"], &pool["user-context"]["name"]),
                (&json!(["routers"]), &json!("Homes"))
            );
        };
        has(&changed[0], "2001:db8:8000::", 40);
        let to = format!("{list}[prefix=2001:db8:8000::,prefix-len=44]");
        let moved = applies(
            json!([edit("move", &pool, json!(to))]),
            "prefix pool 2001:db8:8000::/40 shrank to 2001:db8:8000::/44",
        );
        has(&moved[0], "2001:db8:8000::", 44);
        refused(
            json!([edit("set", &format!("{to}.delegated-len"), json!(43))]),
            "The delegated length is from 44 to 128",
        );
        refused(
            json!([edit("set", &format!("{to}.delegated-len"), json!(130))]),
            "The delegated length is from 44 to 128",
        );
        refused(json!([edit("set", &format!("{to}.excluded-prefix"), json!("2001:db8:9000::"))]), "it lies in");
        let inside = json!({ "prefix": "2001:db8:8000:8000::", "prefix-len": 52, "delegated-len": 60 });
        refused(json!([edit("add", &list, inside)]), "overlaps with 2001:db8:8000::/44 of 2001:db8:1::/48");
        let none = applies(json!([edit("remove", &to, None)]), "prefix pool 2001:db8:8000::/44 removed");
        assert_eq!(none, json!([]));
    }
}

#[tokio::test]
async fn pools_are_split_and_halved_and_what_is_left_outside_is_said() {
    let mut site = site();
    site["shared-networks"][0]["subnet6"][0]["pd-pools"] =
        json!([{ "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56, "client-classes": ["routers"] }]);
    let bench = Bench::before6(Kea::start6(site));
    let kea = &bench.kea;
    let lease = json!({ "type": "IA_PD", "ip-address": "2001:db8:80ff::", "prefix-len": 56, "duid": "01:02:03:04:05",
        "iaid": 1, "subnet-id": 1 });
    let answer = kea.command("lease6-add", &lease);
    assert_eq!(answer["result"], 0, "{answer}");
    lay_accounts(bench.data.path());
    let settings = bench.config_words();
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let nestor = Nestor::launch(bench.data.path(), &settings);
    let cookie = nestor.sign_in("operator").await;
    let split = async |path: String, at: &str| {
        nestor.call("/api/config/split-pool", &json!({ "server": "kea", "path": path, "at": at }), &cookie).await
    };
    let plan = async |edits: Value| {
        nestor.done("/api/config/plan", &json!({ "server": "kea", "edits": edits }), &cookie).await
    };
    let apply = async |planned: &Value| {
        let request = json!({ "edits": planned["edits"], "back": planned["back"], "base": planned["base"] });
        nestor.done("/api/config/apply", &json!({ "server": "kea", "request": request }), &cookie).await
    };
    let subnet =
        || kea.command("config-get", &json!(null))["arguments"]["Dhcp6"]["shared-networks"][0]["subnet6"][0].clone();
    let pool = format!("{NETWORK}.pools[pool=2001:db8:1::10-2001:db8:1::1f]");
    let (status, problem) = split(pool.clone(), "2001:db8:1::20").await;
    assert_eq!((status, &problem["fields"][0]["field"]), (422, &json!("at")), "{problem}");
    let (_, edits) = split(pool, "2001:db8:1::18").await;
    let planned = plan(edits).await;
    assert_eq!(planned["findings"], json!([]), "{planned}");
    let applied = apply(&planned).await;
    let pools = subnet()["pools"].clone();
    let ranges: Vec<&Value> = pools.as_array().unwrap().iter().map(|pool| &pool["pool"]).collect();
    assert_eq!(ranges, ["2001:db8:1::10/125", "2001:db8:1::18/125"], "as Kea writes them");
    nestor.done("/api/changes/undo", &json!({ "number": applied["change"] }), &cookie).await;
    assert_eq!(subnet()["pools"].as_array().unwrap().len(), 1);
    let prefixes = format!("{NETWORK}.pd-pools[prefix=2001:db8:8000::,prefix-len=40]");
    let (_, edits) = split(prefixes, "").await;
    apply(&plan(edits).await).await;
    let halves = subnet()["pd-pools"].clone();
    let halves: Vec<_> = halves
        .as_array()
        .unwrap()
        .iter()
        .map(|half| (half["prefix"].clone(), half["client-classes"].clone()))
        .collect();
    assert_eq!(halves, ["2001:db8:8000::", "2001:db8:8080::"].map(|prefix| (json!(prefix), json!(["routers"]))));
    let gone = format!("{NETWORK}.pd-pools[prefix=2001:db8:8080::,prefix-len=41]");
    let planned = plan(json!([{ "op": "remove", "path": gone }])).await;
    assert!(planned["findings"].to_string().contains("1 delegated prefix is outside of the pools then"), "{planned}");
    let settings = json!({ "subnet": { "server": "kea", "id": 1 } });
    let settings = nestor.done("/api/config/subnet", &settings, &cookie).await;
    assert_eq!(settings["prefix_pools"][0]["more"]["classes"], json!(["routers"]), "{settings}");
    let page = nestor.get("/networks/kea/1/settings", &cookie).await.text().await.unwrap();
    for text in ["Prefix pools", "2001:db8:8080::/41", "only for class routers", "prefixes of length 56"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}
