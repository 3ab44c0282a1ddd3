//! The octets of options against the real Kea: what it sends to a client for every option that it defines, and which values
//! it takes.

use std::collections::BTreeMap;

use keaconf::{Document, Misfit, Severity, Value, Way, review};
use serde_json::json;

use crate::dhcp;
use crate::lab::{Family, Kea};

/// Each option that Kea defines, with a value.
fn samples(family: &str) -> Vec<(&'static str, i64, &'static str)> {
    let lines = include_str!("options.txt").lines().filter(|line| line.starts_with(family));
    let sample = |line: &'static str| {
        let [_, space, code, value] = line.splitn(4, ' ').collect::<Vec<_>>().try_into().unwrap();
        (space, code.parse().unwrap(), value)
    };
    lines.map(sample).collect()
}

/// What we say goes to clients for each of the options of a configuration.
fn ours(family: Family, config: &serde_json::Value) -> Vec<(String, i64, Result<Vec<u8>, Misfit>)> {
    let root = if family == Family::V4 { "Dhcp4" } else { "Dhcp6" };
    let document = Document::read(json!({ root: config }).to_string().as_bytes()).unwrap();
    let options = document.root.get("option-data").and_then(Value::as_list).unwrap();
    let wire = |option: &Value| {
        let option = option.as_map().unwrap();
        let octets = document.wire(&document.root, option).map(|wire| wire.octets);
        let code = option.get("code").and_then(Value::as_i64).unwrap();
        (option.text("space").unwrap().to_owned(), code, octets)
    };
    options.iter().map(wire).collect()
}

fn option_data(some: &[(&str, i64, &str)]) -> serde_json::Value {
    let one = |(space, code, data): &(&str, i64, &str)| json!({ "space": space, "code": code, "data": data, "always-send": true });
    some.iter().map(one).collect()
}

/// Options of IPv4 that the server makes itself, whatever is set.
const MADE_4: [i64; 3] = [1, 51, 53];
/// The same of IPv6.
const MADE_6: [i64; 5] = [1, 2, 3, 25, 26];

/// What a `kea-dhcp4` sends of these options.
fn sent4(config: &serde_json::Value) -> BTreeMap<i64, Vec<u8>> {
    let kea = dhcp::listening(Family::V4, config);
    let packet = dhcp::discover(&[(55, vec![1])]);
    dhcp::options(&dhcp::answer(&kea, &packet)).into_iter().map(|(code, octets)| (code.into(), octets)).collect()
}

#[test]
fn kea_sends_the_octets_that_we_say_to_ipv4() {
    let mut faults = Vec::new();
    let mut compared = 0;
    let main: Vec<_> =
        samples("4").into_iter().filter(|(space, code, _)| *space == "dhcp4" && !MADE_4.contains(code)).collect();
    let inside = |space: &str| samples("4").into_iter().filter(|sample| sample.0 == space).collect::<Vec<_>>();
    let mut groups: Vec<Vec<_>> = main.chunks(25).map(<[_]>::to_vec).collect();
    groups.push([vec![("dhcp4", 122, "")], inside("cablelabs-client-conf")].concat());
    groups.push(vec![("dhcp4", 125, "4491"), ("vendor-4491", 2, "192.0.2.1, 192.0.2.2")]);
    for group in groups {
        let config = json!({ "option-data": option_data(&group) });
        let sent = sent4(&config);
        for (space, code, octets) in ours(Family::V4, &config).into_iter().filter(|(space, ..)| space == "dhcp4") {
            if matches!(octets, Err(Misfit::Unknown(_))) {
                continue;
            }
            compared += 1;
            if octets.as_ref().ok() != sent.get(&code) {
                faults.push(format!("{space} {code}: ours {octets:?}, Kea's {:?}", sent.get(&code)));
            }
        }
    }
    assert!(compared > 115, "{compared} were compared");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Own definitions, options of classes and parts of option 43, as octets or as text.
#[test]
fn kea_sends_the_octets_that_we_say_of_definitions_of_ones_own() {
    let definition = |code: i64, kind: &str, more: serde_json::Value| {
        let mut definition = json!({ "name": format!("own-{code}"), "code": code, "type": kind });
        definition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        definition
    };
    let none = || json!({});
    let part = |code: i64, kind: &str| json!({ "name": format!("part-{code}"), "code": code, "type": kind, "space": "vendor-encapsulated-options-space" });
    let config = json!({
        "option-def": [
            definition(224, "int8", none()),
            definition(225, "int16", json!({ "array": true })),
            definition(226, "ipv6-prefix", none()),
            definition(227, "psid", none()),
            definition(228, "tuple", json!({ "array": true })),
            definition(229, "record", json!({ "record-types": "uint8, fqdn, string" })),
            definition(230, "record", json!({ "record-types": "uint16, ipv4-address", "array": true })),
            definition(231, "string", none()),
            definition(232, "binary", none()),
            definition(233, "uint32", json!({ "encapsulate": "mine" })),
            definition(234, "empty", json!({ "encapsulate": "mine" })),
            json!({ "name": "in-mine", "code": 1, "type": "uint16", "space": "mine" }),
            part(1, "ipv4-address"), part(2, "string"),
        ],
        "option-data": [
            { "space": "dhcp4", "code": 224, "data": "-2" }, { "space": "dhcp4", "code": 225, "data": "-1, 0x7f, 300" },
            { "space": "dhcp4", "code": 226, "data": "2001:db8:ff::/33" }, { "space": "dhcp4", "code": 227, "data": "3/5" },
            { "space": "dhcp4", "code": 228, "data": "ab, c\\,d" }, { "space": "dhcp4", "code": 229, "data": "7, a.example., x\\,y" },
            { "space": "dhcp4", "code": 230, "data": "7, 192.0.2.1, 192.0.2.2" },
            { "space": "dhcp4", "code": 231, "data": "first, second" }, { "space": "dhcp4", "code": 232, "data": "0a 0B" },
            { "space": "dhcp4", "code": 233, "data": "5" }, { "space": "dhcp4", "code": 234 }, { "space": "mine", "code": 1, "data": "513" },
            { "space": "dhcp4", "code": 43 },
            { "space": "vendor-encapsulated-options-space", "code": 1, "data": "192.0.2.1" },
            { "space": "vendor-encapsulated-options-space", "code": 2, "data": "ui" },
            { "space": "vendor-encapsulated-options-space", "code": 9, "data": "0xabc", "csv-format": false },
            { "space": "dhcp4", "code": 240, "data": "'raw'", "csv-format": false },
            { "space": "dhcp4", "code": 241, "data": "0a:b:0c", "csv-format": false },
            { "space": "dhcp4", "code": 242, "data": "abc", "csv-format": false },
            { "space": "dhcp4", "code": 67, "data": "68656c6c6f", "csv-format": false },
        ],
    });
    let mut always = config.clone();
    for option in always["option-data"].as_array_mut().unwrap() {
        option["always-send"] = json!(true);
    }
    let sent = sent4(&always);
    let faults: Vec<_> = ours(Family::V4, &config)
        .into_iter()
        .filter(|(space, code, octets)| space == "dhcp4" && octets.as_ref().ok() != sent.get(code))
        .map(|(_, code, octets)| format!("{code}: ours {octets:?}, Kea's {:?}", sent.get(&code)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a `kea-dhcp6` sends of these options.
fn sent6(config: &serde_json::Value) -> BTreeMap<i64, Vec<u8>> {
    let kea = dhcp::listening(Family::V6, config);
    let mut solicit = vec![1, 0x12, 0x34, 0x56];
    for (code, octets) in
        [(1_u16, vec![0, 3, 0, 1, 2, 0, 0, 0, 0, 1]), (3, [vec![0, 0, 0, 1], vec![0; 8]].concat()), (8, vec![0, 0])]
    {
        solicit.extend(code.to_be_bytes());
        solicit.extend(u16::try_from(octets.len()).unwrap().to_be_bytes());
        solicit.extend(octets);
    }
    let answer = dhcp::answer6(&kea, &solicit);
    dhcp::options6(&answer[4..]).into_iter().map(|(code, octets)| (code.into(), octets)).collect()
}

#[test]
fn kea_sends_the_octets_that_we_say_to_ipv6() {
    let mut faults = Vec::new();
    let mut compared = 0;
    let main: Vec<_> =
        samples("6").into_iter().filter(|(space, code, _)| *space == "dhcp6" && !MADE_6.contains(code)).collect();
    let inside = |space: &str| samples("6").into_iter().filter(|sample| sample.0 == space).collect::<Vec<_>>();
    let mut groups: Vec<Vec<_>> = main.chunks(20).map(<[_]>::to_vec).collect();
    groups.push([vec![("dhcp6", 56, "")], inside("v6-ntp-server-suboptions")].concat());
    groups.push([vec![("dhcp6", 17, "4491")], inside("vendor-4491")].concat());
    for group in groups {
        let config = json!({ "option-data": option_data(&group) });
        let sent = sent6(&config);
        for (space, code, octets) in ours(Family::V6, &config).into_iter().filter(|(space, ..)| space == "dhcp6") {
            // Kea sends no time servers (56) without any.
            if matches!(octets, Err(Misfit::Unknown(_))) || (code == 56 && octets == Ok(Vec::new())) {
                continue;
            }
            compared += 1;
            if octets.as_ref().ok() != sent.get(&code) {
                faults.push(format!("{space} {code}: ours {octets:?}, Kea's {:?}", sent.get(&code)));
            }
        }
    }
    assert!(compared > 60, "{compared} were compared");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is refused of a configuration, by us and by Kea; none: we agree.
fn differ(kea: &Kea, config: &serde_json::Value) -> Option<String> {
    let document = Document::read(json!({ "Dhcp4": config }).to_string().as_bytes()).unwrap();
    let ours: Vec<_> =
        review(&document, Way::Api).into_iter().filter(|found| found.severity == Severity::Refused).collect();
    let answer = kea.command("config-test", &json!({ "Dhcp4": config }));
    let agree = ours.is_empty() == (answer["result"] == 0);
    (!agree).then(|| format!("{config}\n  ours: {ours:?}\n  Kea: {}", answer["text"]))
}

#[test]
fn we_and_kea_take_the_same_values() {
    let kea = Kea::start(json!({}));
    let data = include_str!("option_values.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut faults = Vec::new();
    for line in data {
        let config: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        faults.extend(differ(&kea, &config));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
