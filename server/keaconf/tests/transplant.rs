//! What is edited on one server of a pair, for its partner.

use keaconf::{Document, Edit, Op, Plan, transplanted};

use crate::edits::document;

fn ours() -> Document {
    document(
        r#""valid-lifetime": 3600,
        "subnet4": [{"id": 10, "subnet": "192.0.2.0/24", "pools": [{"pool": "192.0.2.10-192.0.2.20"}]},
            {"id": 11, "subnet": "198.51.100.0/24"}]"#,
    )
}

/// The same networks under other numbers, one of them in a shared network.
fn theirs() -> Document {
    document(
        r#""valid-lifetime": 3600,
        "subnet4": [{"id": 7, "subnet": "198.51.100.0/24"}],
        "shared-networks": [{"name": "floor", "subnet4": [
            {"id": 20, "subnet": "192.0.2.0/24", "pools": [{"pool": "192.0.2.10-192.0.2.20"}], "interface": "eth7"}]}]"#,
    )
}

/// The edits for the partner, as text, or why there are none.
fn over(edits: &str) -> Result<Vec<String>, String> {
    let edits = Edit::read_all(edits.as_bytes()).unwrap();
    let plan = Plan::of(&ours(), &edits).unwrap();
    let moved = transplanted(&plan.forward(), &plan.back(), &plan.result, &theirs())?;
    Ok(moved.iter().map(|edit| format!("{edit:?}")).collect())
}

#[test]
fn subnets_are_found_by_their_prefix() {
    let grow = r#"[{"op": "set", "path": "subnet4[id=10].valid-lifetime", "value": 60},
        {"op": "set", "path": "valid-lifetime", "value": 7200}, {"op": "remove", "path": "subnet4[id=11]"}]"#;
    let moved = over(grow).unwrap();
    assert!(
        moved.iter().any(|edit| edit.starts_with("set shared-networks[name=floor].subnet4[id=20].valid-lifetime to"))
    );
    assert!(moved.contains(&"remove subnet4[id=7]".to_owned()), "{moved:?}");
    assert!(moved.iter().any(|edit| edit.starts_with("set valid-lifetime to")));
}

#[test]
fn what_the_partner_has_otherwise_is_named_and_not_overwritten() {
    let add = |value: &str| over(&format!(r#"[{{"op": "add", "path": "subnet4", "value": {value}}}]"#));
    let moved = add(r#"{"id": 30, "subnet": "203.0.113.0/24", "interface": "eth1"}"#).unwrap();
    assert_eq!(moved.len(), 1);
    assert!(!moved[0].contains("eth1"), "what is of one server stays there: {moved:?}");
    assert_eq!(
        add(r#"{"id": 20, "subnet": "203.0.113.0/24"}"#),
        Err("number 20 is that of subnet 192.0.2.0/24 there".to_owned())
    );

    let only_there = document(r#""subnet4": [{"id": 5, "subnet": "203.0.113.0/24", "valid-lifetime": 60}]"#);
    let edits = |value: &str| {
        Edit::read_all(format!(r#"[{{"op": "add", "path": "subnet4", "value": {value}}}]"#).as_bytes()).unwrap()
    };
    let same = edits(r#"{"id": 5, "subnet": "203.0.113.0/24"}"#);
    assert_eq!(transplanted(&same, &[], &ours(), &only_there), Ok(vec![]), "it is there already");
    let other = edits(r#"{"id": 5, "subnet": "203.0.113.0/24", "valid-lifetime": 90}"#);
    assert!(transplanted(&other, &[], &ours(), &only_there).unwrap_err().contains("already, otherwise"));
    for inside in ["", r#", "valid-lifetime": 90"#] {
        let renumbered = edits(&format!(r#"{{"id": 30, "subnet": "203.0.113.0/24"{inside}}}"#));
        let text = transplanted(&renumbered, &[], &ours(), &only_there).unwrap_err();
        assert!(text.contains("with the id 5 and not 30") && text.contains("take the subnet out there"), "{text}");
    }
    let gone = Edit::read_all(br#"[{"op": "set", "path": "subnet4[id=10].renew-timer", "value": 1}]"#).unwrap();
    assert_eq!(transplanted(&gone, &[], &ours(), &only_there), Err("it has no subnet 192.0.2.0/24".to_owned()));
    let remove = Edit::read_all(br#"[{"op": "remove", "path": "subnet4[id=10]"}]"#).unwrap();
    assert_eq!(transplanted(&remove, &[], &ours(), &only_there), Ok(vec![]), "it is gone already");
}

#[test]
fn what_is_of_one_server_or_dangerous_stays_there() {
    let edits = Edit::read_all(
        br#"[{"op": "set", "path": "interfaces-config.interfaces", "value": ["eth0"]},
            {"op": "add", "path": "hooks-libraries", "value": {"library": "libdhcp_ha.so"}},
            {"op": "set", "path": "lease-database", "value": {"type": "memfile"}},
            {"op": "set", "path": "subnet4[id=10].interface", "value": "eth1"},
            {"op": "add", "path": "loggers", "value": {"name": "kea-dhcp4", "severity": "DEBUG"}}]"#,
    )
    .unwrap();
    assert_eq!(transplanted(&edits, &[], &ours(), &theirs()), Ok(vec![]));
    assert!(edits.iter().all(|edit| !matches!(edit.op, Op::Unset)));
}
