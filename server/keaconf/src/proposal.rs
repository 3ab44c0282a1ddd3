//! What a new subnet is proposed to have, and one that lacks it: a number, a pool, a gateway, name servers.

use std::collections::HashMap;
use std::net::IpAddr;

use model::{AddressRange, IpNetwork};

use crate::{Daemon, Map, Part, Value};

/// The addresses at the start of a prefix that a proposed pool leaves to devices with fixed ones.
const LEFT_OUT: u128 = 9;

/// How many addresses a proposed pool has at most.
const MOST: u128 = 65_536;

/// One above the highest number there is; where that is the last one, the lowest that is free.
pub fn next_id(used: &[i64]) -> u32 {
    const LAST: i64 = 4_294_967_294;
    let above = used.iter().max().map_or(1, |highest| highest + 1);
    let next = if above <= LAST { above } else { (1..=LAST).find(|id| !used.contains(id)).unwrap_or(LAST) };
    u32::try_from(next).unwrap_or(u32::MAX)
}

/// What is left of a prefix without the gateway and some addresses for devices with fixed ones; of a large prefix its
/// start.
pub fn pool(prefix: IpNetwork) -> Option<AddressRange> {
    let usable = AddressRange::usable(prefix);
    let count = usable.count();
    let skipped = if count > 4 * LEFT_OUT { LEFT_OUT } else { 1 };
    let first = usable.nth(skipped)?;
    let last = usable.nth((skipped + MOST - 1).min(count - 1))?;
    AddressRange::new(first, last).ok()
}

/// The name servers that most of these subnets have of their own. What is set for the whole server holds anyway.
pub fn name_servers<'a>(daemon: Daemon, root: &Map, subnets: impl Iterator<Item = &'a Map>) -> Option<String> {
    let of_daemon = if daemon == Daemon::Dhcp6 { (23, "dns-servers") } else { (6, "domain-name-servers") };
    if own(root, of_daemon).is_some() {
        return None;
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    subnets.filter_map(|map| own(map, of_daemon)).for_each(|data| *counts.entry(data).or_default() += 1);
    let most = counts.into_iter().max_by(|one, other| (one.1, other.0).cmp(&(other.1, one.0)));
    most.map(|(data, _)| data.to_owned())
}

/// Where all subnets that have a gateway of their own have it in their prefixes; none: they do not agree, or there are none.
pub(crate) fn place_of_gateways<'a>(subnets: impl Iterator<Item = &'a Map>) -> Option<Place> {
    let place = |subnet: &Map| {
        let router: Option<IpAddr> = own(subnet, (3, "routers"))?.trim().parse().ok();
        let usable = subnet.text("subnet")?.parse().ok().map(AddressRange::usable)?;
        Some(match router {
            Some(router) if router == usable.first() => Some(Place::First),
            Some(router) if router == usable.last() => Some(Place::Last),
            _ => None,
        })
    };
    let mut places = subnets.filter_map(place);
    let first = places.next()?;
    places.all(|place| place == first).then_some(first)?
}

/// The gateway of a subnet that has it there.
pub(crate) fn gateway(prefix: IpNetwork, place: Place) -> Option<IpAddr> {
    let usable = Some(AddressRange::usable(prefix)).filter(|_| prefix.is_ipv4() && prefix.prefix() < 31)?;
    Some(match place {
        Place::First => usable.first(),
        Place::Last => usable.last(),
    })
}

/// The interfaces that a server listens on, by name, each once; none: on all that it has.
pub fn interfaces(root: &Map) -> Vec<&str> {
    let listed = root.get("interfaces-config").and_then(Value::as_map).and_then(|map| map.get("interfaces")?.as_list());
    let names = listed.into_iter().flatten().filter_map(Value::as_str).filter_map(|name| name.split('/').next());
    let mut interfaces: Vec<&str> = Vec::new();
    for name in names {
        if name == "*" {
            return Vec::new();
        }
        if !interfaces.contains(&name) {
            interfaces.push(name);
        }
    }
    interfaces
}

/// The interface that a server listens on, where it is a single one and no part has it: clients on it get none of the
/// subnets.
pub fn free_interface<'a>(root: &'a Map, parts: &[Part<'_>]) -> Option<&'a str> {
    let all = interfaces(root);
    let [only] = all[..] else { return None };
    (!parts.iter().any(|part| part.map.text("interface") == Some(only))).then_some(only)
}

/// Where in its prefix a gateway is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// At the first address that a client can have.
    First,
    /// At the last one.
    Last,
}

/// What a standard option of this code and name says in text, where a part has it of its own.
fn own<'a>(map: &'a Map, (code, name): (i64, &str)) -> Option<&'a str> {
    let is_standard = |map: &Map| map.text("space").is_none_or(|space| space == "dhcp4" || space == "dhcp6");
    let is_named = |map: &Map| map.get("code").and_then(Value::as_i64) == Some(code) || map.text("name") == Some(name);
    let is_it = |map: &&Map| is_named(map) && is_standard(map);
    let option = map.get("option-data")?.as_list()?.iter().filter_map(Value::as_map).find(is_it)?;
    let is_text = option.get("csv-format").and_then(Value::as_bool) != Some(false);
    option.text("data").filter(|_| is_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> IpNetwork {
        text.parse().unwrap()
    }

    #[test]
    fn an_option_of_a_vendor_with_the_same_code_names_no_name_servers() {
        let of = |space: &str| {
            let text = format!(r#"{{"option-data":[{{"space":"{space}","code":6,"data":"192.0.2.53"}}]}}"#);
            let subnet = crate::read_json(text.as_bytes()).unwrap().as_map().unwrap().clone();
            name_servers(Daemon::Dhcp4, &Map::default(), [subnet].iter())
        };
        assert_eq!((of("dhcp4").as_deref(), of("vendor-4491")), (Some("192.0.2.53"), None));
    }

    fn subnet(prefix: &str, router: &str) -> Map {
        let option: Map = [("name".into(), "routers".into()), ("data".into(), router.into())].into_iter().collect();
        let options = Value::List(vec![Value::Map(option)]);
        [("subnet".into(), prefix.into()), ("option-data".into(), options)].into_iter().collect()
    }

    #[test]
    fn prefixes_of_every_size_get_a_pool_inside_of_them() {
        for (text, expected) in [
            ("10.0.0.0/8", Some("10.0.0.10-10.1.0.9")),
            ("192.0.2.0/29", Some("192.0.2.2-192.0.2.6")),
            ("192.0.2.0/31", Some("192.0.2.1-192.0.2.1")),
            ("192.0.2.0/32", None),
            ("2001:db8::/64", Some("2001:db8::a-2001:db8::1:9")),
            ("2001:db8::/128", None),
        ] {
            let proposed = pool(prefix(text)).map(|range| format!("{}-{}", range.first(), range.last()));
            assert_eq!(proposed.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_never_come_again_while_there_are_higher_ones() {
        assert_eq!(next_id(&[]), 1);
        assert_eq!(next_id(&[3, 1]), 4);
        assert_eq!(next_id(&[4_294_967_294, 1]), 2);
    }

    #[test]
    fn an_interface_is_known_where_there_is_one() {
        let of = |listed: &str, taken: &str| {
            let text = format!(
                r#"{{"Dhcp6":{{"interfaces-config":{{"interfaces":[{listed}]}},"subnet6":[{{"id":1,"interface":"{taken}"}}]}}}}"#
            );
            let document = crate::Document::read(text.as_bytes()).unwrap();
            let all: Vec<String> = interfaces(&document.root).into_iter().map(str::to_owned).collect();
            (all.join(" "), free_interface(&document.root, &document.parts()).map(str::to_owned))
        };
        let eth0 = Some("eth0".to_owned());
        assert_eq!(of(r#""eth0/2001:db8::1","eth0/2001:db8::2""#, "eth7"), ("eth0".to_owned(), eth0));
        assert_eq!(of(r#""eth0""#, "eth0"), ("eth0".to_owned(), None), "its clients have a subnet");
        assert_eq!(of(r#""eth0","eth1""#, ""), ("eth0 eth1".to_owned(), None));
        assert_eq!(of(r#""eth0","*""#, ""), (String::new(), None));
    }

    #[test]
    fn a_gateway_is_where_all_others_have_theirs() {
        let of = |routers: &[(&str, &str)]| {
            let subnets: Vec<Map> = routers.iter().map(|(prefix, router)| subnet(prefix, router)).collect();
            let place = place_of_gateways(subnets.iter())?;
            gateway(prefix("192.0.2.0/25"), place).map(|address| address.to_string())
        };
        let (first, last) = (("10.0.0.0/24", "10.0.0.1"), ("10.0.1.0/24", "10.0.1.254"));
        assert_eq!(of(&[first]).as_deref(), Some("192.0.2.1"));
        assert_eq!(of(&[last, last]).as_deref(), Some("192.0.2.126"));
        assert_eq!(of(&[first, last]), None, "they do not agree");
        assert_eq!(of(&[("10.0.0.0/24", "10.0.0.7")]), None);
        assert_eq!(of(&[("10.0.0.0/24", "10.0.0.1, 10.0.0.2")]), None, "several are not guessed at");
        assert_eq!(of(&[]), None);
    }
}
