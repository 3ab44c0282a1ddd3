//! What differs between the two servers of a pair, and should not: whoever takes over serves the same clients with what it
//! has itself. Subnets are compared by their prefix, as each server has numbers of its own.

use std::collections::HashMap;

use super::{Finding, Severity};
use crate::identity::canonical;
use crate::{Change, Daemon, Document, Map, Path, Step, Text, Value, What, Words, differences};

mod mend;

/// Something in which the two servers of a pair differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairFinding {
    /// What, seen from one of the two.
    pub finding: Finding,
    /// Whether the edits that mend it are for the partner: it gets what it lacks, and what it has otherwise. What only it has
    /// the first one gets, so that nothing is ever taken away.
    pub is_for_partner: bool,
}

/// What differs, seen from one of the two. `partner`: what people call the other one.
pub fn review_pair(own: &Document, other: &Document, partner: &str) -> Vec<PairFinding> {
    let (aligned, of_numbers) = aligned(own, other, partner);
    let changes = differences(own, &aligned);
    let words = Words::new(own, &aligned);
    let mends = mend::Mends::of([own, &aligned, other], &changes);
    let of_numbers = of_numbers.into_iter().map(|finding| PairFinding { finding, is_for_partner: false });
    let judged = changes.iter().filter_map(|change| {
        let finding = judged(change, &words, partner)?;
        let is_for_partner = !matches!(change.what, What::Added(_));
        Some(PairFinding { finding: Finding { mend: mends.mend(change), ..finding }, is_for_partner })
    });
    of_numbers.chain(judged).collect()
}

/// The other configuration with the subnets under the numbers that they have here, and where they have others. Without those
/// whose number is that of another subnet here.
fn aligned(own: &Document, other: &Document, partner: &str) -> (Document, Vec<Finding>) {
    let here = numbers(own);
    let taken: HashMap<i64, &Path> = here.values().filter_map(|(id, path)| Some((id.as_i64()?, path))).collect();
    let mut aligned = other.clone();
    let mut findings = Vec::new();
    each_subnet(&mut aligned.root, own.daemon, &mut |subnet| {
        let number = subnet.get("id").and_then(Value::as_i64);
        let (Some(prefix), Some(number)) = (prefix(subnet), number) else { return true };
        let (severity, path, text) = match (here.get(&prefix), taken.get(&number)) {
            (Some((own_id, _)), _) if own_id.as_i64() == Some(number) => return true,
            (Some((own_id, path)), _) => {
                subnet.set("id", own_id.clone());
                let text = format!(
                    "This subnet has the id {number} on {partner}. The two tell each other of leases by the id of the subnet, so \
                     they must be the same."
                );
                (Severity::Warning, path, text)
            }
            (None, Some(path)) => {
                let text = format!(
                    "{partner} has the id {number} for the subnet {prefix}, which is not here. The two tell each other of leases \
                     by the id of the subnet, so those of the one would count in the other: give one of them another id."
                );
                (Severity::Error, *path, text)
            }
            (None, None) => return true,
        };
        findings.push(finding("pair-subnet-id", severity, path.clone(), text));
        here.contains_key(&prefix)
    });
    (aligned, findings)
}

fn finding(rule: &'static str, severity: Severity, path: Path, text: String) -> Finding {
    Finding { rule, severity, path, text, mend: Vec::new() }
}

/// The numbers of the subnets and where they are, by prefix.
fn numbers(document: &Document) -> HashMap<Text, (Value, Path)> {
    let subnets = document.parts().into_iter().filter(|part| part.is_subnet);
    subnets.filter_map(|part| Some((prefix(part.map)?, (part.map.get("id")?.clone(), part.path)))).collect()
}

fn prefix(subnet: &Map) -> Option<Text> {
    canonical("subnet", subnet.get("subnet")?)
}

/// Goes through all subnets, and takes out those for which `keep` is false.
fn each_subnet(map: &mut Map, daemon: Daemon, keep: &mut impl FnMut(&mut Map) -> bool) {
    let Some(subnets) = daemon.subnets() else { return };
    if let Some(Value::List(items)) = map.get_mut(subnets) {
        items.retain_mut(|item| item.as_map_mut().is_none_or(&mut *keep));
    }
    if let Some(Value::List(networks)) = map.get_mut("shared-networks") {
        for network in networks.iter_mut().filter_map(Value::as_map_mut) {
            each_subnet(network, daemon, keep);
        }
    }
}

/// What is to be said of a difference; none: each of the two may have its own.
fn judged(change: &Change, words: &Words<'_>, partner: &str) -> Option<Finding> {
    let (rule, severity, follows) = rule(&change.path)?;
    let severity = if matches!(change.what, What::Moved { .. }) { Severity::Warning } else { severity };
    let name = words.name(&change.path);
    let text = match &change.what {
        What::Removed(_) => format!("{partner} does not have this: {name}. {follows}"),
        What::Added(_) => format!("Only {partner} has this: {name}. {follows}"),
        What::Moved { .. } => format!(
            "{partner} has it elsewhere: {}. Clients there may get other options and lease times when the other one serves.",
            words.sentence(change)
        ),
        What::Changed { .. } | What::Reordered { .. } => {
            format!("This is otherwise on {partner}: {}. {follows}", words.sentence(change))
        }
    };
    // What is there only on the other side has no place here.
    let path = match (&change.what, change.path.split()) {
        (What::Added(_), Some((above, _))) => above,
        (What::Moved { from }, _) => from.clone(),
        _ => change.path.clone(),
    };
    Some(finding(rule, severity, path, text))
}

/// What of a parameter's name says that it is a lease time.
const LEASE_TIMES: [&str; 7] =
    ["lifetime", "renew-timer", "rebind-timer", "tee-times", "t1-percent", "t2-percent", "cache-"];

/// Other parameters that say what clients get, and which.
const SERVED: [&str; 18] = [
    "next-server",
    "server-hostname",
    "boot-file-name",
    "authoritative",
    "rapid-commit",
    "match-client-id",
    "echo-client-id",
    "client-class",
    "client-classes",
    "require-client-classes",
    "evaluate-additional-classes",
    "relay",
    "allocator",
    "host-reservation-identifiers",
    "reservations-global",
    "reservations-in-subnet",
    "reservations-out-of-pool",
    "ip-reservations-unique",
];

/// What a parameter decides of what clients get, so that both servers of a pair need the same: `lease times` or `parameters`.
fn decides(parameter: &str) -> Option<&'static str> {
    if LEASE_TIMES.iter().any(|part| parameter.contains(part)) {
        return Some("lease times");
    }
    SERVED.contains(&parameter).then_some("parameters")
}

/// The rule for a part: by the innermost list that it is in or of.
fn rule(path: &Path) -> Option<(&'static str, Severity, &'static str)> {
    let steps = path.steps();
    let lists = steps.iter().enumerate().rev().filter_map(|(at, step)| match step {
        Step::Member(name) => Some((at, name.as_str()?)),
        _ => None,
    });
    for (at, list) in lists {
        match list {
            "reservations" => return None,
            // Which parameters a hook has is each server's own affair, as its name in the pair is.
            "hooks-libraries" if steps.len() > at + 2 => return None,
            "hooks-libraries" => {
                return Some((
                    "pair-hooks",
                    Severity::Warning,
                    "Clients may be served otherwise by the one that takes over.",
                ));
            }
            "option-data" | "option-def" => {
                return Some((
                    "pair-options",
                    Severity::Warning,
                    "Clients get another value when the other one serves.",
                ));
            }
            "pools" | "pd-pools" => {
                return Some(("pair-pools", Severity::Error, "Leases out of it are refused by the one that lacks it."));
            }
            "client-classes" if at == 0 => {
                return Some((
                    "pair-classes",
                    Severity::Warning,
                    "Clients are sorted otherwise when the other one serves.",
                ));
            }
            "subnet4" | "subnet6" if steps.len() == at + 2 => {
                return Some((
                    "pair-subnets",
                    Severity::Error,
                    "Clients there are not served while the other one is away.",
                ));
            }
            _ => {}
        }
    }
    let mut named = steps.iter().filter_map(|step| if let Step::Member(name) = step { name.as_str() } else { None });
    match named.find_map(decides)? {
        "lease times" => {
            Some(("pair-lease-times", Severity::Warning, "Clients get other lease times when the other one serves."))
        }
        _ => {
            Some(("pair-parameters", Severity::Warning, "Clients may be served otherwise by the one that takes over."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(inside: &str) -> Document {
        Document::read(format!("{{ \"Dhcp4\": {{ {inside} }} }}").as_bytes()).unwrap()
    }

    fn rules(own: &str, other: &str) -> Vec<(&'static str, String)> {
        let found = review_pair(&document(own), &document(other), "kea2").into_iter().map(|found| found.finding);
        found.map(|finding| (finding.rule, finding.path.to_string())).collect()
    }

    #[test]
    fn what_is_of_one_server_alone_is_no_difference() {
        let own = r#""control-sockets": [{ "socket-type": "unix", "socket-name": "a" }], "server-tag": "a",
            "interfaces-config": { "interfaces": ["eth0"] }, "loggers": [{ "name": "a", "severity": "INFO" }],
            "hooks-libraries": [{ "library": "/usr/lib/libdhcp_ha.so", "parameters": { "a": 1 } }],
            "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [{ "hw-address": "02:00:00:00:00:01" }] }]"#;
        let other = r#""control-sockets": [{ "socket-type": "unix", "socket-name": "b" }], "server-tag": "b",
            "interfaces-config": { "interfaces": ["eth1"] }, "loggers": [{ "name": "b", "severity": "INFO" }],
            "hooks-libraries": [{ "library": "/opt/lib/libdhcp_ha.so", "parameters": { "a": 2 } }],
            "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }]"#;
        assert_eq!(rules(own, other), []);
    }

    #[test]
    fn each_kind_of_difference_is_found_once_and_where_it_is() {
        let subnet =
            |id: u32, inside: &str| format!(r#""subnet4": [{{ "id": {id}, "subnet": "192.0.2.0/24" {inside} }}]"#);
        let pool = r#", "pools": [{ "pool": "192.0.2.10 - 192.0.2.20" }]"#;
        assert_eq!(rules(&subnet(1, ""), &subnet(7, "")), [("pair-subnet-id", "subnet4[id=1]".to_owned())]);
        assert_eq!(
            rules(&subnet(1, pool), &subnet(1, "")),
            [("pair-pools", "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.20]".to_owned())]
        );
        assert_eq!(rules(&subnet(1, ""), &subnet(1, pool)), [("pair-pools", "subnet4[id=1].pools".to_owned())]);
        let numbers: Vec<_> = rules(&subnet(1, pool), &subnet(7, "")).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(numbers, ["pair-subnet-id", "pair-pools"], "compared by prefix");
        let option = |data: &str| subnet(1, &format!(r#", "option-data": [{{ "code": 6, "data": "{data}" }}]"#));
        let found = review_pair(&document(&option("192.0.2.1")), &document(&option("192.0.2.2")), "kea2");
        let [PairFinding { finding, .. }] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(finding.rule, "pair-options");
        assert!(finding.text.starts_with("This is otherwise on kea2: subnet 192.0.2.0/24 (id 1)"), "{}", finding.text);
        let class = |test: &str| format!(r#""client-classes": [{{ "name": "a", "test": "{test}" }}]"#);
        assert_eq!(rules(&class("member('x')"), &class("member('y')"))[0].0, "pair-classes");
        assert_eq!(rules(r#""hooks-libraries": [{ "library": "a.so" }]"#, "")[0].0, "pair-hooks");
        assert_eq!(rules("", &subnet(1, "")), [("pair-subnets", "subnet4".to_owned())]);
        let time = |text: &str| subnet(1, &format!(r#", "max-valid-lifetime": {text}"#));
        assert_eq!(
            rules(&time("60"), &time("70")),
            [("pair-lease-times", "subnet4[id=1].max-valid-lifetime".to_owned())]
        );
        assert_eq!(rules(r#""renew-timer": 5"#, ""), [("pair-lease-times", "renew-timer".to_owned())]);
        let relay = |address: &str| subnet(1, &format!(r#", "relay": {{ "ip-addresses": ["{address}"] }}"#));
        assert_eq!(rules(&relay("192.0.2.1"), &relay("192.0.2.2"))[0].0, "pair-parameters");
        let of_network = format!(r#""shared-networks": [{{ "name": "n", {} }}]"#, subnet(7, ""));
        let own = format!(r#""shared-networks": [{{ "name": "n", {} }}]"#, subnet(1, pool));
        let inside: Vec<_> = rules(&own, &of_network).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(inside, ["pair-subnet-id", "pair-pools"]);
    }

    /// Numbers are each server's own: one that means another subnet hides no other difference.
    #[test]
    fn a_number_that_is_another_subnet_there_is_told() {
        let own = r#""subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }, { "id": 2, "subnet": "198.51.100.0/24" }]"#;
        let other = r#""subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }, { "id": 2, "subnet": "203.0.113.0/24" }]"#;
        let at = "subnet4[id=2]".to_owned();
        assert_eq!(rules(own, other), [("pair-subnet-id", at.clone()), ("pair-subnets", at)]);
    }
}
