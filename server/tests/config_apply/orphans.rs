//! Subnets that are deleted, and what they have: named before, kept, or deleted with them, on the real Kea.

use serde_json::{Value, json};

use super::bench::Bench;
use super::pair::Pair;
use super::{edit, subnet4};
use crate::host_database::with_database;
use crate::postgres::Cluster;
use crate::support::{Kea, Nestor};

fn with_leases() -> Kea {
    let kea = Kea::start(json!({ "subnet4": [
        { "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.100-192.0.2.199" }] },
        { "id": 7, "subnet": "198.51.100.0/24", "pools": [{ "pool": "198.51.100.10-198.51.100.99" }],
          "reservations": [{ "hw-address": "02:00:00:00:00:07", "ip-address": "198.51.100.7" }] },
    ] }));
    for last in 10..35 {
        lease(&kea, 7, &format!("198.51.100.{last}"), last);
    }
    lease(&kea, 1, "192.0.2.100", 1);
    kea
}

fn lease(kea: &Kea, subnet: u32, address: &str, last: u8) {
    let lease =
        json!({ "subnet-id": subnet, "ip-address": address, "hw-address": format!("02:00:00:00:01:{last:02x}") });
    assert_eq!(kea.command("lease4-add", &lease)["result"], 0);
}

fn leases(kea: &Kea, subnet: u32) -> usize {
    let all = kea.command("lease4-get-all", &json!({ "subnets": [subnet] }));
    all["arguments"]["leases"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_subnet_has_is_listed_exported_and_deleted_only_when_that_is_said() {
    let kea = with_leases();
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let edits = json!([{ "op": "remove", "path": "subnet4[id=7]", "value": null }]);
    let plan = nestor.done("/api/config/plan", &json!({ "server": "kea", "edits": edits }), &cookie).await;
    let orphans = &plan["orphans"];
    assert_eq!(orphans[0]["prefix"], "198.51.100.0/24", "{plan}");
    assert_eq!(
        (&orphans[0]["leases"], &orphans[0]["written"], &orphans[0]["in_database"]),
        (&json!(25), &json!(1), &json!(0))
    );
    let first: Vec<String> = serde_json::from_value(orphans[0]["first"].clone()).unwrap();
    assert_eq!((first.len(), first[0].as_str()), (20, "lease 198.51.100.10 of 02:00:00:00:01:0a"), "{first:?}");
    let subnet = json!({ "subnet": { "server": "kea", "id": 7 } });
    let table = nestor.done("/api/table/export-leases", &subnet, &cookie).await;
    let table = table.as_str().unwrap();
    assert_eq!(table.lines().count(), 26, "{table}");
    let read = nestor.done("/api/table/check", &json!({ "text": table, "subnet": null }), &cookie).await;
    assert_eq!(read["rows"].as_array().unwrap().len(), 25, "an import reads it: {read}");

    let apply = async |edit: Value, delete: bool| {
        let request = json!({ "edits": json!([edit]).to_string(), "delete_orphans": delete });
        nestor.call("/api/config/apply", &json!({ "server": "kea", "request": request }), &cookie).await
    };
    let remove = || edit("remove", "subnet4[id=7]", None);
    let (_, applied) = apply(remove(), false).await;
    assert_eq!(leases(&kea, 7), 25, "they are kept unless that is said: {applied}");
    let again = || edit("add", "subnet4", json!({ "id": 7, "subnet": "203.0.113.0/24" }));
    let (status, refused) = apply(again(), false).await;
    assert!(status == 422 && refused.to_string().contains("The number 7 was that"), "{status} {refused}");
    nestor.done("/api/changes/undo", &json!({ "number": applied["change"] }), &cookie).await;
    let (_, applied) = apply(remove(), true).await;
    assert_eq!((leases(&kea, 7), leases(&kea, 1)), (0, 1), "{applied}");
    assert!(applied["findings"].to_string().contains("its leases on kea are deleted"), "{applied}");
    let (status, answer) = apply(again(), false).await;
    assert_eq!(status, 200, "with nothing left the number is free: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_does_not_list_is_said() {
    let hooks = json!([{ "library": "libdhcp_subnet_cmds.so" }]);
    let kea = Kea::start(json!({ "hooks-libraries": hooks, "subnet4": [
        { "id": 1, "subnet": "192.0.2.0/24" },
        { "id": 7, "subnet": "198.51.100.0/24",
          "reservations": [{ "hw-address": "02:00:00:00:00:07", "ip-address": "198.51.100.7" }] },
    ] }));
    let nestor = Nestor::before(&kea);
    let cookie = nestor.sign_in("operator").await;
    let edits = json!([{ "op": "remove", "path": "subnet4[id=7]", "value": null }]);
    let plan = nestor.done("/api/config/plan", &json!({ "server": "kea", "edits": edits }), &cookie).await;
    let orphans = &plan["orphans"][0];
    assert_eq!((&orphans["leases"], &orphans["written"]), (&Value::Null, &json!(1)), "{plan}");
    let why = orphans["not_listed"].to_string();
    assert!(why.contains("Its leases cannot be listed") && why.contains("lease_cmds"), "{why}");
    assert!(why.contains("Its reservations cannot be listed") && why.contains("host_cmds"), "{why}");
    let request =
        json!({ "edits": json!([edit("remove", "subnet4[id=7]", None)]).to_string(), "delete_orphans": true });
    let applied =
        nestor.done("/api/config/apply", &json!({ "server": "kea", "request": request }), &cookie).await.to_string();
    assert!(applied.contains("its leases on kea stay") && applied.contains("lease_cmds"), "{applied}");
}

#[test]
fn a_shared_network_goes_with_the_leases_and_prefixes_of_its_subnets() {
    let subnet = |id: u32| json!({ "id": id, "subnet": format!("2001:db8:{id}::/64"), "pools": [{ "pool": format!("2001:db8:{id}::/80") }] });
    let mut first = subnet(2);
    first["pd-pools"] = json!([{ "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56 }]);
    let networks = json!([{ "name": "floor", "subnet6": [first, subnet(3)] }]);
    let bench = Bench::before6(Kea::start6(json!({ "subnet6": [subnet(1)], "shared-networks": networks })));
    for (id, address, prefix_len) in
        [(1, "2001:db8:1::7", 128), (2, "2001:db8:2::7", 128), (2, "2001:db8:8000::", 56), (3, "2001:db8:3::7", 128)]
    {
        let kind = if prefix_len == 128 { "IA_NA" } else { "IA_PD" };
        let lease = json!({ "subnet-id": id, "ip-address": address, "duid": "00:03:00:01:02:00:00:00:00:07", "iaid": id,
            "type": kind, "prefix-len": prefix_len });
        let added = bench.kea.command("lease6-add", &lease);
        assert_eq!(added["result"], 0, "{added}");
    }
    let leases = || {
        let all = bench.kea.command("lease6-get-all", &json!({ "subnets": [1, 2, 3] }));
        all["arguments"]["leases"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(leases(), 4);
    let remove = json!([edit("remove", "shared-networks[name=floor]", None)]);
    let (_, said, error) = bench.plan(&remove);
    assert!(said.contains("The subnet still has 2 leases.") && said.contains("has 1 lease."), "{said}{error}");
    let again = json!([edit("add", "subnet6", json!({ "id": 2, "subnet": "2001:db8:4::/64" }))]);
    let (code, said, error) = bench.apply(&remove, &[]);
    assert_eq!((code, leases()), (0, 4), "{said}{error}");
    assert_eq!(bench.kea.command("lease6-del", &json!({ "ip-address": "2001:db8:2::7" }))["result"], 0);
    let (code, _, error) = bench.apply(&again, &[]);
    assert!(code == 1 && error.contains("of which is left: 1 lease on kea"), "a prefix that is left counts: {error}");
    let (code, said, error) = bench.config(&["restore", "kea", "1"]);
    assert_eq!(code, 0, "{said}{error}");
    let (code, said, error) = bench.apply(&remove, &["--delete-orphans"]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    for prefix in ["2001:db8:2::/64", "2001:db8:3::/64"] {
        assert!(said.contains(&format!("{prefix}: its leases on kea are deleted.")), "{said}");
    }
    assert_eq!(leases(), 1);
    let (code, said, error) = bench.apply(&again, &[]);
    assert_eq!(code, 0, "with nothing left the number is free: {said}{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn partners_lose_the_leases_of_a_deleted_subnet_where_it_is_gone() {
    let mut site = subnet4();
    for id in [7, 8] {
        site["subnet4"].as_array_mut().unwrap().push(json!({ "id": id, "subnet": format!("198.51.{id}.0/24") }));
    }
    let mut pair = Pair::start(&site).await;
    for kea in &pair.keas {
        lease(kea, 7, "198.51.7.10", 7);
        lease(kea, 8, "198.51.8.10", 8);
    }
    let remove = |id: u32| json!([edit("remove", &format!("subnet4[id={id}]"), None)]);
    let (code, said, error) = pair.apply(&remove(7), &["--delete-orphans"]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    for server in ["kea1", "kea2"] {
        assert!(said.contains(&format!("198.51.7.0/24: its leases on {server} are deleted.")), "{said}");
    }
    assert_eq!([0, 1].map(|at| (leases(&pair.keas[at], 7), leases(&pair.keas[at], 8))), [(0, 1), (0, 1)]);
    let (nestor, cookie) = pair.serve().await;
    nestor.done("/api/servers/list", &json!({}), &cookie).await;
    pair.keas[1].kill9();
    let request = json!({ "edits": remove(8).to_string(), "delete_orphans": true });
    let applied = nestor.done("/api/config/apply", &json!({ "server": "kea1", "request": request }), &cookie).await;
    let said = applied["findings"].to_string();
    assert!(
        said.contains("its leases on kea1 are deleted") && said.contains("what kea2 has of it stays there"),
        "{applied}"
    );
    assert_eq!(leases(&pair.keas[0], 8), 0);
}

#[test]
fn reservations_in_a_database_go_with_their_subnet_where_that_is_said() {
    let cluster = Cluster::start();
    let mut map = with_database(&cluster, "orphans");
    map["subnet4"].as_array_mut().unwrap().push(json!({ "id": 7, "subnet": "198.51.100.0/24" }));
    let bench = Bench::before(Kea::start(map));
    for (subnet, address) in [(1, "192.0.2.7"), (7, "198.51.100.7"), (7, "198.51.100.8")] {
        let hw_address = format!("02:00:00:00:00:0{}", &address[address.len() - 1..]);
        let new = json!({ "subnet-id": subnet, "hw-address": hw_address, "ip-address": address });
        let added =
            bench.kea.command("reservation-add", &json!({ "reservation": new, "operation-target": "database" }));
        assert_eq!(added["result"], 0, "{added}");
    }
    // Kea lists none by a number that no subnet has.
    let in_database = |subnet: u32| {
        let found = bench.kea.command("reservation-get-page", &json!({ "limit": 10, "operation-target": "database" }));
        let hosts = found["arguments"]["hosts"].as_array().cloned().unwrap_or_default();
        hosts.iter().filter(|host| host["subnet-id"] == subnet).count()
    };
    assert_eq!((in_database(1), in_database(7)), (1, 2));
    let remove = json!([edit("remove", "subnet4[id=7]", None)]);
    let again = json!([edit("add", "subnet4", json!({ "id": 7, "subnet": "203.0.113.0/24" }))]);
    let (code, said, error) = bench.apply(&remove, &[]);
    assert_eq!((code, in_database(7)), (0, 2), "{said}{error}");
    let (code, _, error) = bench.apply(&again, &[]);
    assert!(code == 1 && error.contains("of which is left: 2 reservations on kea"), "{error}");
    let (code, said, error) = bench.config(&["restore", "kea", "1"]);
    assert_eq!(code, 0, "{said}{error}");
    let (code, said, error) = bench.apply(&remove, &["--delete-orphans"]);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.contains("deleted in a database of kea: 2 reservations."), "{said}");
    assert_eq!((in_database(1), in_database(7)), (1, 0));
    let (code, said, error) = bench.apply(&again, &[]);
    assert_eq!(code, 0, "with nothing left the number is free: {said}{error}");
}
