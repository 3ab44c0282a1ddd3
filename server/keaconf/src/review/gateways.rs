//! Gateways that clients cannot reach: those outside of the subnet in which their clients are.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};

use model::IpNetwork;

use super::{Review, Severity};
use crate::{Daemon, Document, Identities, Keys, Map, Part, Path, Text, Value};

/// How many subnets are named.
const NAMED: usize = 3;

/// The gateways of one option: 3, `routers`.
struct Gateways {
    path: Path,
    /// In their order.
    addresses: Vec<Ipv4Addr>,
    /// Whether only members of classes are told them, so that others may be told those of a level above.
    is_for_some: bool,
}

/// The gateways that a part sets itself.
fn of(document: &Document, identities: &Identities, path: &Path, map: &Map) -> Vec<Gateways> {
    if !map.has("option-data") {
        return Vec::new();
    }
    let list = Text::from("option-data");
    let wanted: Keys = vec![("space".to_owned(), "dhcp4".into()), ("code".to_owned(), "3".into())];
    let all = document.elements(path, map, "option-data").into_iter();
    let read = |(path, option): (Path, &Map)| {
        let is_sent = option.get("never-send").and_then(Value::as_bool) != Some(true);
        let is_it = is_sent && identities.has(&list, &Value::Map(option.clone()), &wanted);
        let octets = document.wire(map, option).ok().filter(|_| is_it)?.octets;
        let address = |octets: &[u8]| Some(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?));
        let addresses: Vec<Ipv4Addr> = octets.chunks(4).filter_map(address).collect();
        let is_for_some = option.get("client-classes").and_then(Value::as_list).is_some_and(|all| !all.is_empty());
        (!addresses.is_empty()).then_some(Gateways { path, addresses, is_for_some })
    };
    all.filter_map(read).collect()
}

/// A subnet whose clients may be judged: in one of a single address every gateway is outside.
struct Subnet<'a> {
    part: &'a Part<'a>,
    prefix: IpNetwork,
    /// Whether all of its clients are told gateways of its own.
    has_own: bool,
}

impl Subnet<'_> {
    fn has(&self, address: Ipv4Addr) -> bool {
        self.prefix.contains(IpAddr::V4(address))
    }
}

/// A subnet with the gateways that it sets itself; none: its prefix cannot be read, or has room for none.
fn judged<'a>(document: &Document, identities: &Identities, part: &'a Part<'a>) -> Option<(Subnet<'a>, Vec<Gateways>)> {
    let own = of(document, identities, &part.path, part.map);
    let prefix: IpNetwork = part.map.text("subnet")?.parse().ok()?;
    let subnet = Subnet { part, prefix, has_own: own.iter().any(|gateways| !gateways.is_for_some) };
    (prefix.prefix() < 32).then_some((subnet, own))
}

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    if document.daemon != Daemon::Dhcp4 {
        return;
    }
    let identities = document.identities();
    let here: HashSet<&Path> = review.parts.iter().map(|part| &part.path).collect();
    let is_network = |part: &&Part<'_>| !part.is_subnet;
    let set = |part: &'_ Part<'_>| (part.path.clone(), of(document, &identities, &part.path, part.map));
    let networks: Vec<(Path, Vec<Gateways>)> = review.everywhere.iter().filter(is_network).map(set).collect();
    let global = of(document, &identities, &Path::root(), &document.root);
    // What is set above is judged by all subnets that are told it.
    let is_set_above = !global.is_empty() || networks.iter().any(|(_, own)| !own.is_empty());
    let parts = if is_set_above { review.everywhere } else { review.parts };
    let (mut subnets, mut findings) = (Vec::new(), Vec::new());
    for (subnet, mut own) in
        parts.iter().filter(|part| part.is_subnet).filter_map(|part| judged(document, &identities, part))
    {
        if here.contains(&subnet.part.path) {
            for list in ["pools", "reservations"] {
                let inside = document.elements(&subnet.part.path, subnet.part.map, list).into_iter();
                own.extend(inside.flat_map(|(path, map)| of(document, &identities, &path, map)));
            }
            findings.extend(own.iter().filter_map(|gateways| set_here(gateways, &subnet)));
        }
        subnets.push(subnet);
    }
    for (network, own) in networks.iter().filter(|(network, _)| here.contains(network)) {
        let inside = |subnet: &&Subnet<'_>| subnet.part.path.starts_with(network);
        let inside: Vec<&Subnet<'_>> = subnets.iter().filter(inside).collect();
        findings.extend(own.iter().filter_map(|gateways| set_above(gateways, "the shared network", &inside)));
    }
    let tell: Vec<&Path> = networks
        .iter()
        .filter(|(_, own)| own.iter().any(|gateways| !gateways.is_for_some))
        .map(|(network, _)| network)
        .collect();
    let of_server = |subnet: &&Subnet<'_>| !tell.iter().any(|network| subnet.part.path.starts_with(network));
    let of_server: Vec<&Subnet<'_>> = subnets.iter().filter(of_server).collect();
    findings.extend(global.iter().filter_map(|gateways| set_above(gateways, "the whole server", &of_server)));
    for (path, text) in findings {
        review.say("gateway-outside", Severity::Warning, &path, text);
    }
}

/// What is set in a subnet, or in a part of it: each of them must be there.
fn set_here(gateways: &Gateways, subnet: &Subnet<'_>) -> Option<(Path, String)> {
    let outside: Vec<String> =
        gateways.addresses.iter().filter(|address| !subnet.has(**address)).map(ToString::to_string).collect();
    let (they, by) = if outside.len() == 1 { ("The gateway", "lies") } else { ("The gateways", "lie") };
    (!outside.is_empty()).then(|| {
        let named = outside.join(", ");
        let text = format!(
            "{they} {named} {by} outside of the subnet {}: clients there reach nothing that way.",
            subnet.prefix
        );
        (gateways.path.clone(), text)
    })
}

/// What is set above several subnets, for those that have no other: one of them for each subnet is enough.
fn set_above(gateways: &Gateways, whose: &str, subnets: &[&Subnet<'_>]) -> Option<(Path, String)> {
    let told = subnets.iter().filter(|subnet| gateways.is_for_some || !subnet.has_own);
    let without = told.filter(|subnet| !gateways.addresses.iter().any(|address| subnet.has(*address)));
    let without: Vec<String> = without.map(|subnet| subnet.prefix.to_string()).collect();
    let more = without.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!without.is_empty()).then(|| {
        let named = without.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let text = format!(
            "Of the gateways of {whose} none lies in {named}{more}: clients there are told no other, and reach nothing that way."
        );
        (gateways.path.clone(), text)
    })
}

#[cfg(test)]
mod tests {
    use crate::Document;
    use crate::review::{Way, review};

    /// Where gateways are outside, and what is said of them.
    fn found(inside: &str) -> Vec<(String, String)> {
        let document = Document::read(format!("{{\"Dhcp4\":{{{inside}}}}}").as_bytes()).unwrap();
        let all = review(&document, Way::File).into_iter().filter(|finding| finding.rule == "gateway-outside");
        all.map(|finding| (finding.path.to_string(), finding.text)).collect()
    }

    fn paths(inside: &str) -> Vec<String> {
        found(inside).into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn a_gateway_of_a_subnet_lies_in_it_at_every_level_of_it() {
        let subnet = |options: &str, pool: &str, reservation: &str| {
            paths(&format!(
                r#""subnet4":[{{"id":1,"subnet":"192.0.2.0/24","option-data":[{options}],
                    "pools":[{{"pool":"192.0.2.10-192.0.2.20","option-data":[{pool}]}}],
                    "reservations":[{{"hw-address":"02:00:00:00:00:01","option-data":[{reservation}]}}]}}]"#
            ))
        };
        let good = r#"{"name":"routers","data":"192.0.2.1, 192.0.2.2"}"#;
        let bad = r#"{"code":3,"data":"192.0.2.1, 198.51.100.1"}"#;
        let of_class = r#"{"code":3,"data":"198.51.100.1","client-classes":["voice"]}"#;
        assert_eq!(subnet(good, good, good), [""; 0]);
        assert_eq!(subnet(bad, "", ""), ["subnet4[id=1].option-data[space=dhcp4,code=3]"]);
        assert_eq!(
            subnet(&format!("{good},{of_class}"), "", ""),
            ["subnet4[id=1].option-data[space=dhcp4,code=3,client-classes=voice]"]
        );
        assert_eq!(
            subnet("", bad, bad),
            [
                "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.20].option-data[space=dhcp4,code=3]",
                "subnet4[id=1].reservations[hw-address=02:00:00:00:00:01].option-data[space=dhcp4,code=3]"
            ]
        );
        assert_eq!(subnet(r#"{"code":3,"data":"c6336401","csv-format":false}"#, "", "").len(), 1, "in octets");
        for silent in [r#"{"code":3,"data":"198.51.100.1","never-send":true}"#, r#"{"code":3,"data":"nowhere"}"#] {
            assert_eq!(subnet(silent, "", ""), [""; 0], "{silent}");
        }
    }

    #[test]
    fn what_is_set_above_fits_each_subnet_that_has_no_other() {
        let network = |routers: &str, own: &str| {
            found(&format!(
                r#""option-data":[{{"code":3,"data":"10.0.0.1"}}],"subnet4":[{{"id":3,"subnet":"10.0.0.0/24"}}],
                "shared-networks":[{{"name":"n","option-data":[{routers}],"subnet4":[{{"id":1,"subnet":"192.0.2.0/24"}},
                    {{"id":2,"subnet":"198.51.100.0/24","option-data":[{own}]}}]}}]"#
            ))
        };
        let both = r#"{"code":3,"data":"192.0.2.1,198.51.100.1"}"#;
        assert_eq!(network(both, ""), []);
        let one = r#"{"code":3,"data":"192.0.2.1"}"#;
        let said = network(one, "");
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].0, "shared-networks[name=n].option-data[space=dhcp4,code=3]");
        assert!(said[0].1.contains("none lies in 198.51.100.0/24"), "{said:?}");
        assert_eq!(network(one, r#"{"code":3,"data":"198.51.100.1"}"#), [], "it has its own");
        let said = network("", "");
        assert_eq!(said[0].0, "option-data[space=dhcp4,code=3]");
        assert!(said[0].1.contains("none lies in 192.0.2.0/24, 198.51.100.0/24"), "{said:?}");
        let of_class = r#"{"code":3,"data":"203.0.113.1","client-classes":["voice"]}"#;
        assert_eq!(network(&format!("{both},{of_class}"), "").len(), 1, "for some clients it is outside of both");
    }
}
