//! How configurations stand to edits, and what of changes is dangerous.

use keaconf::{Document, Edit, Plan, Standing, dangers, differences};
use proptest::prelude::*;

use crate::edits::document;

fn server() -> Document {
    document(
        r#""valid-lifetime": 3600, "renew-timer": 900,
        "subnet4": [
            {"id": 10, "subnet": "192.0.2.0/24", "pools": [{"pool": "192.0.2.10-192.0.2.20"}],
             "option-data": [{"code": 6, "space": "dhcp4", "data": "192.0.2.1, 192.0.2.2"}]},
            {"id": 11, "subnet": "198.51.100.0/24"},
            {"id": 13, "subnet": "10.13.0.0/24", "reservations": [{"hw-address": "02:00:5e:10:00:01"}]}],
        "shared-networks": [{"name": "west"}, {"name": "east", "renew-timer": 60, "subnet4": [
            {"id": 14, "subnet": "10.14.0.0/24"}]}, {"name": "south", "subnet4": [
            {"id": 15, "subnet": "10.15.0.0/24"}, {"id": 16, "subnet": "10.16.0.0/24"}]}],
        "client-classes": [{"name": "a"}, {"name": "b"}, {"name": "c"}],
        "control-sockets": [{"socket-type": "http", "socket-port": 8000}],
        "loggers": [{"name": "kea-dhcp4", "output-options": [{"output": "stdout"}]}]"#,
    )
}

fn edits(json: &str) -> Vec<Edit> {
    Edit::read_all(json.as_bytes()).unwrap()
}

/// Edits that touch nothing that others of them touch.
const APART: [&str; 11] = [
    r#"{"op": "set", "path": "valid-lifetime", "value": 60}"#,
    r#"{"op": "unset", "path": "renew-timer"}"#,
    r#"{"op": "remove", "path": "client-classes[name=b]"}"#,
    r#"{"op": "add", "path": "subnet4", "value": {"id": 12, "subnet": "203.0.113.0/24"}}"#,
    r#"{"op": "remove", "path": "subnet4[id=11]"}"#,
    r#"{"op": "set", "path": "subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20]", "value": {"pool": "192.0.2.10-192.0.2.30"}}"#,
    r#"{"op": "set", "path": "subnet4[id=10].option-data[code=6].data", "value": "192.0.2.9"}"#,
    r#"{"op": "set", "path": "loggers[name=kea-dhcp4].severity", "value": "DEBUG"}"#,
    r#"{"op": "move", "path": "subnet4[id=13]", "value": "shared-networks[name=west].subnet4"}"#,
    r#"{"op": "move", "path": "shared-networks[name=east]", "value": "shared-networks[name=north]"}"#,
    r#"{"op": "set", "path": "shared-networks[name=south]", "value": {"name": "south", "renew-timer": 5}}"#,
];

fn some() -> impl Strategy<Value = Vec<Edit>> {
    proptest::sample::subsequence(APART.to_vec(), 1..=APART.len())
        .prop_map(|all| edits(&format!("[{}]", all.join(","))))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_planned_leads_there_and_back(edits in some()) {
        let before = server();
        let plan = Plan::of(&before, &edits).unwrap();
        let (forward, back) = (plan.forward(), plan.back());
        prop_assert_eq!(before.standing(&forward, &back), Standing::NotMade);
        let there = before.brought_to(&forward).unwrap();
        prop_assert!(differences(&there, &plan.result).is_empty());
        prop_assert_eq!(there.standing(&forward, &back), Standing::Made);
        prop_assert_eq!(there.brought_to(&forward).unwrap(), there.clone());
        let again = there.brought_to(&back).unwrap();
        prop_assert!(differences(&again, &before).is_empty(), "{:?}", differences(&again, &before));
        // Kept as text, and read again.
        let read = Edit::read_all(Edit::write_all(&back).as_bytes()).unwrap();
        prop_assert!(differences(&there.brought_to(&read).unwrap(), &before).is_empty());
    }

    #[test]
    fn what_broke_off_is_told_from_what_others_did(edits in some(), at in 0_usize..12) {
        let before = server();
        let plan = Plan::of(&before, &edits).unwrap();
        let (forward, back) = (plan.forward(), plan.back());
        let some = &forward[..at.min(forward.len())];
        let half = before.brought_to(some).unwrap();
        let expected = match some.len() {
            0 => Standing::NotMade,
            all if all == forward.len() => Standing::Made,
            _ => Standing::Half,
        };
        prop_assert_eq!(half.standing(&forward, &back), expected);
        let back_again = half.brought_to(&back).unwrap();
        prop_assert!(differences(&back_again, &before).is_empty());
    }
}

#[test]
fn what_others_made_of_the_same_part_is_named_with_all_values() {
    let before = server();
    let plan = Plan::of(&before, &edits(&format!("[{}, {}]", APART[0], APART[6]))).unwrap();
    let (forward, back) = (plan.forward(), plan.back());
    let theirs = before.edited(&edits(r#"[{"op": "set", "path": "valid-lifetime", "value": 99}]"#)).unwrap();
    assert_eq!(theirs.standing(&forward, &back), Standing::Elsewhere);
    let foreign = theirs.foreign(&forward, &back);
    assert_eq!(foreign.len(), 1);
    assert_eq!(
        theirs.clash(&foreign[0], &forward, &back),
        "valid-lifetime was changed by others meanwhile: it was 3600, it is 99 now, and 60 is wanted"
    );
}

#[test]
fn a_pool_that_grows_is_one_sentence() {
    let words = |pool: &str| {
        let edit = format!(
            r#"[{{"op": "set", "path": "subnet4[id=10].pools[pool=192.0.2.10-192.0.2.20]", "value": {pool}}}]"#
        );
        Plan::of(&server(), &edits(&edit)).unwrap().words()
    };
    let pool = "subnet 192.0.2.0/24 (id 10): pool 192.0.2.10-192.0.2.20";
    assert_eq!(
        words(r#"{"pool": "192.0.2.10-192.0.2.30", "option-data": []}"#),
        [format!("{pool} grew to 192.0.2.10-192.0.2.30")]
    );
    assert_eq!(words(r#"{"pool": "192.0.2.12-192.0.2.20"}"#), [format!("{pool} shrank to 192.0.2.12-192.0.2.20")]);
    assert_eq!(words(r#"{"pool": "192.0.2.12-192.0.2.30"}"#), [format!("{pool} moved to 192.0.2.12-192.0.2.30")]);
    assert_eq!(words(r#"{"pool": "192.0.2.40-192.0.2.50"}"#).len(), 2, "another one");
    assert_eq!(words(r#"{"pool": "192.0.2.10-192.0.2.30", "client-classes": ["a"]}"#).len(), 2, "and more of it");
}

#[test]
fn a_prefix_pool_of_another_prefix_is_one_sentence() {
    let running = keaconf::Document::read(
        br#"{"Dhcp6": {"subnet6": [{"id": 1, "subnet": "2001:db8::/32", "pd-pools": [
            {"prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56, "option-data": []}]}]}}"#,
    )
    .unwrap();
    let words = |pool: &str| {
        let path = "subnet6[id=1].pd-pools[prefix=2001:db8:8000::,prefix-len=40]";
        let edit = format!(r#"[{{"op": "set", "path": "{path}", "value": {pool}}}]"#);
        Plan::of(&running, &edits(&edit)).unwrap().words()
    };
    let pool = "subnet 2001:db8::/32 (id 1): prefix pool 2001:db8:8000::/40";
    for (prefix, length, verb) in
        [("2001:db8:8000::", 36, "grew"), ("2001:db8:8000::", 44, "shrank"), ("2001:db8:9000::", 40, "moved")]
    {
        let said = words(&format!(r#"{{"prefix": "{prefix}", "prefix-len": {length}, "delegated-len": 56}}"#));
        assert_eq!(said, [format!("{pool} {verb} to {prefix}/{length}")]);
    }
    let said = words(r#"{"prefix": "2001:db8:9000::", "prefix-len": 40, "delegated-len": 60}"#);
    assert_eq!(said.len(), 2, "and more of it: {said:?}");
}

#[test]
fn what_kea_shows_beside_counts_for_nothing() {
    let wanted = edits(
        r#"[{"op": "add", "path": "subnet4", "value": {"id": 12, "subnet": "203.0.113.0/24", "pools": [],
             "option-data": [{"code": 6, "data": "192.0.2.1,192.0.2.2"}], "valid-lifetime": 3600}},
            {"op": "unset", "path": "subnet4[id=11].valid-lifetime"}]"#,
    );
    let shown = server()
        .edited(&edits(
            r#"[{"op": "add", "path": "subnet4", "value": {"id": 12, "subnet": "203.0.113.0/24", "valid-lifetime": 3600,
                 "allocator": "iterative", "relay": {"ip-addresses": []},
                 "option-data": [{"code": 6, "name": "domain-name-servers", "space": "dhcp4", "csv-format": true,
                     "always-send": false, "data": "192.0.2.1, 192.0.2.2"}]}}]"#,
        ))
        .unwrap();
    assert!(wanted.iter().all(|edit| shown.holds(edit)));
    let other = edits(r#"[{"op": "set", "path": "subnet4[id=12].option-data[code=6].data", "value": "192.0.2.3"}]"#);
    assert!(!shown.holds(&other[0]));
}

#[test]
fn secrets_that_are_left_out_count_as_right() {
    let with = document(r#""lease-database": {"type": "mysql", "password": "one", "name": "kea"}"#);
    let hidden = edits(r#"[{"op": "set", "path": "lease-database.password", "value": "[redacted]"}]"#);
    assert!(with.holds(&hidden[0]));
    let given = edits(r#"[{"op": "set", "path": "lease-database.name", "value": "other"}]"#);
    assert!(!with.holds(&given[0]));
}

#[test]
fn what_may_harm_the_host_is_told_from_what_may_not() {
    let danger = |json: &str| {
        let plan = Plan::of(&server(), &edits(&format!("[{json}]"))).unwrap();
        let found = dangers(keaconf::Daemon::Dhcp4, &plan.changes);
        found.last().map(|danger| danger.may)
    };
    let (run, write) = ("run programs on the server’s host", "write files on the server’s host");
    let databases = "leave the server without its leases, reservations or settings";
    for (json, expected) in [
        (APART[0], None),
        (APART[3], None),
        (r#"{"op": "add", "path": "hooks-libraries", "value": {"library": "x.so"}}"#, Some(run)),
        (
            r#"{"op": "set", "path": "loggers[name=kea-dhcp4].output-options[output=stdout]", "value": {"output": "/x"}}"#,
            Some(write),
        ),
        (
            r#"{"op": "remove", "path": "loggers[name=kea-dhcp4].output-options[output=stdout]"}"#,
            Some("end what the server does by it"),
        ),
        (r#"{"op": "set", "path": "lease-database", "value": {"type": "memfile"}}"#, Some(databases)),
        (r#"{"op": "set", "path": "config-control", "value": {"config-databases": []}}"#, Some(databases)),
        (
            r#"{"op": "add", "path": "control-sockets", "value": {"socket-type": "http", "socket-port": 8001}}"#,
            Some("cut off who manages the server"),
        ),
        (
            r#"{"op": "set", "path": "control-sockets[socket-type=http].socket-port", "value": 8001}"#,
            Some("cut off who manages the server"),
        ),
        (r#"{"op": "remove", "path": "control-sockets[socket-type=http]"}"#, Some("cut off who manages the server")),
    ] {
        assert_eq!(danger(json), expected, "{json}");
    }
}

#[test]
fn a_file_that_is_logged_to_is_the_same_in_the_folder_that_kea_shows() {
    let shown = |output: &str| {
        document(&format!(r#""loggers": [{{"name": "kea-dhcp4", "output-options": [{{"output": "{output}"}}]}}]"#))
    };
    let add =
        edits(r#"[{"op": "add", "path": "loggers[name=kea-dhcp4].output-options", "value": {"output": "kea.log"}}]"#);
    assert!(shown("/var/log/kea/kea.log").holds(&add[0]) && !shown("/var/log/kea/other.log").holds(&add[0]));
    let remove = edits(r#"[{"op": "remove", "path": "loggers[name=kea-dhcp4].output-options[output=kea.log]"}]"#);
    assert!(shown("/var/log/kea/kea.log").edited(&remove).is_ok() && !shown("kea.log").holds(&remove[0]));
}
