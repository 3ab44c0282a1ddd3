//! Own definitions of options: what uses them, what follows when they change, and what stands against that.

use keaconf::{Document, Edit, Plan, Severity, read_json};

use crate::edits::{document, edit};

const CONFIGURATION: &str = r#"
    "option-def": [
        {"name": "acme", "code": 234, "type": "uint16", "space": "dhcp4", "array": false},
        {"name": "unused", "code": 235, "type": "string"},
        {"name": "part", "code": 1, "type": "string", "space": "acme-parts"}
    ],
    "client-classes": [
        {"name": "a", "test": "option[acme].exists and option[acme].hex == 0x0001"},
        {"name": "own", "option-def": [{"name": "other", "code": 234, "type": "string"}],
            "option-data": [{"code": 234, "data": "not of the server"}]}
    ],
    "hooks-libraries": [{"library": "libdhcp_flex_id.so", "parameters": {"identifier-expression": "option[acme].hex"}}],
    "option-data": [{"name": "acme", "code": 234, "space": "dhcp4", "data": "258"}],
    "subnet4": [{"id": 1, "subnet": "192.0.2.0/24",
        "option-data": [{"code": 1, "space": "acme-parts", "data": "x"}],
        "reservations": [{"hw-address": "02:00:00:00:00:01", "option-data": [{"name": "acme", "data": "3"}]}]}]"#;

fn uses(document: &Document, name: &str) -> Vec<String> {
    let all = document.own_definitions();
    let definition = all.iter().find(|definition| definition.name == name).unwrap();
    document.option_uses().paths(definition).iter().map(ToString::to_string).collect()
}

#[test]
fn every_use_of_a_definition_is_found_each_place_once() {
    let document = document(CONFIGURATION);
    assert_eq!(
        uses(&document, "acme"),
        [
            "option-data[space=dhcp4,code=234]",
            "subnet4[id=1].reservations[hw-address=02:00:00:00:00:01].option-data[space=dhcp4,code=234]",
            "client-classes[name=a].test",
            "hooks-libraries[library=libdhcp_flex_id.so].parameters.identifier-expression",
        ]
    );
    assert_eq!(uses(&document, "other"), ["client-classes[name=own].option-data[space=dhcp4,code=234]"]);
    assert_eq!(uses(&document, "part"), ["subnet4[id=1].option-data[space=acme-parts,code=1]"]);
    assert_eq!(uses(&document, "unused"), Vec::<String>::new());
}

#[test]
fn a_definition_is_not_taken_out_while_it_is_used() {
    let document = document(CONFIGURATION);
    let plan = |edits: &[Edit]| Plan::of(&document, edits).unwrap();
    for (path, name) in [
        ("option-def[space=dhcp4,code=234]", "acme"),
        ("client-classes[name=own].option-def[space=dhcp4,code=234]", "other"),
        ("option-def[space=acme-parts,code=1]", "part"),
    ] {
        let planned = plan(&[edit("remove", path, None)]);
        let said: Vec<_> = planned.refusals().map(|found| (found.rule, found.path.to_string())).collect();
        // A class without its own goes by that of the server.
        if name == "other" {
            let rules: Vec<_> = planned.findings().iter().map(|found| found.rule).collect();
            assert_eq!(rules, ["option-value"], "{:?}", planned.findings());
            continue;
        }
        assert_eq!(said.len(), uses(&document, name).len(), "each place once: {said:?}");
        assert!(said.iter().all(|(rule, _)| *rule == "definition-used"), "{said:?}");
    }
    assert!(!plan(&[edit("remove", "option-def[space=dhcp4,code=235]", None)]).is_refused());
    let all_out = [
        edit("remove", "subnet4[id=1].option-data[space=acme-parts,code=1]", None),
        edit("remove", "option-def[space=acme-parts,code=1]", None),
    ];
    assert!(!plan(&all_out).is_refused(), "with its uses it may go");
}

#[test]
fn uses_follow_another_code_name_and_space() {
    let document = document(CONFIGURATION);
    let path = "option-def[space=dhcp4,code=234]".parse().unwrap();
    let wanted = read_json(br#"{"name": "corp", "code": 236, "type": "uint16"}"#).unwrap();
    let edits = document.redefinition(&path, wanted.as_map().unwrap());
    let plan = Plan::of(&document, &edits).unwrap();
    assert!(!plan.is_refused(), "{:?}", plan.findings());
    let left = plan.result.to_value().to_json(keaconf::Layout::Compact);
    assert!(!left.contains("acme\"") && !left.contains("[acme]"), "{left}");
    assert!(left.contains(r#""test":"option[corp].exists and option[corp].hex == 0x0001""#), "{left}");
    assert_eq!(
        uses(&plan.result, "corp"),
        [
            "option-data[space=dhcp4,code=236]",
            "subnet4[id=1].reservations[hw-address=02:00:00:00:00:01].option-data[space=dhcp4,code=236]",
            "client-classes[name=a].test",
            "hooks-libraries[library=libdhcp_flex_id.so].parameters.identifier-expression",
        ]
    );
    assert_eq!(uses(&plan.result, "other").len(), 1, "what a class defines itself stays");
    let parts = "option-def[space=acme-parts,code=1]".parse().unwrap();
    let moved = read_json(br#"{"name": "part", "code": 2, "type": "string", "space": "moved"}"#).unwrap();
    let plan = Plan::of(&document, &document.redefinition(&parts, moved.as_map().unwrap())).unwrap();
    assert!(!plan.is_refused(), "{:?}", plan.findings());
    assert_eq!(uses(&plan.result, "part"), ["subnet4[id=1].option-data[space=moved,code=2]"]);
}

#[test]
fn what_becomes_of_values_of_another_type_is_said() {
    let document = document(CONFIGURATION);
    let set = |kind: &str| {
        let edits = [edit("set", "option-def[space=dhcp4,code=234].type", Some(&format!("\"{kind}\"")))];
        let plan = Plan::of(&document, &edits).unwrap();
        plan.findings().iter().map(|found| (found.rule, found.severity, found.text.clone())).collect::<Vec<_>>()
    };
    let wider = set("uint32");
    assert!(wider.iter().all(|(rule, severity, _)| (*rule, *severity) == ("definition-changed", Severity::Warning)));
    assert_eq!(wider.len(), 2, "the value of the server and that of the reservation: {wider:?}");
    assert!(wider[0].2.ends_with("00000102, and no longer 0102."), "{wider:?}");
    let others = set("ipv4-address");
    assert!(others.iter().all(|(rule, ..)| *rule == "option-value") && others.len() == 2, "{others:?}");
}

#[test]
fn a_definition_that_cannot_be_says_of_which_member() {
    let document = document(CONFIGURATION);
    let faults = |text: &str, class: Option<&str>| {
        let value = read_json(text.as_bytes()).unwrap();
        let class = class.map(|class| class.parse().unwrap());
        let found = document.definition_faults(value.as_map().unwrap(), None, class.as_ref());
        found.into_iter().map(|(member, _)| member).collect::<Vec<_>>()
    };
    for (text, expected) in [
        (r#"{"name": "new", "code": 240, "type": "string"}"#, &[][..]),
        (r#"{"name": "new", "code": 234, "type": "string"}"#, &["code"]),
        (r#"{"name": "acme", "code": 240, "type": "string"}"#, &["name"]),
        (r#"{"name": "acme", "code": 240, "type": "string", "space": "mine"}"#, &[]),
        (r#"{"name": "routers", "code": 240, "type": "string"}"#, &["name"]),
        (r#"{"name": "new", "code": 6, "type": "string"}"#, &["code"]),
        (r#"{"name": "new", "code": 300, "type": "string"}"#, &["code"]),
        (r#"{"name": "new", "code": 255, "type": "string"}"#, &["code"]),
        (r#"{"name": "a b", "code": 240, "type": "strings", "space": "a b"}"#, &["space", "name", "type"]),
        (r#"{"name": "new", "code": 240, "type": "string", "encapsulate": "a.b"}"#, &["encapsulate"]),
        (r#"{"name": "new", "code": 240, "type": "internal", "array": true}"#, &["array"]),
        (r#"{"name": "new", "code": 240, "type": "long-tuple"}"#, &["type"]),
        (r#"{"name": "new", "code": 240, "type": "record", "record-types": "uint8"}"#, &["record-types"]),
    ] {
        assert_eq!(faults(text, None), expected, "{text}");
    }
    let own = Some("client-classes[name=own]");
    assert_eq!(faults(r#"{"name": "new", "code": 234, "type": "string"}"#, own), ["code"], "the class has it");
    assert_eq!(faults(r#"{"name": "new", "code": 235, "type": "string"}"#, own), Vec::<&str>::new());
    assert_eq!(faults(r#"{"name": "new", "code": 200, "type": "string"}"#, own), ["code"]);
    let itself = "option-def[space=dhcp4,code=234]".parse().unwrap();
    let same = read_json(br#"{"name": "acme", "code": 234, "type": "string"}"#).unwrap();
    assert_eq!(document.definition_faults(same.as_map().unwrap(), Some(&itself), None), []);
}
