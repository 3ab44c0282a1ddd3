//! Options that clients of a subnet miss.

use super::{Review, Severity};
use crate::{Daemon, Identities, Keys, Map, Path, Text, Value};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    if document.daemon.subnets().is_none() {
        return;
    }
    let identities = document.identities();
    for part in review.parts {
        if part.is_subnet && document.daemon == Daemon::Dhcp4 {
            let maps = [Some(part.map), part.network, Some(&document.root)];
            missing(review, &identities, (&part.path, part.map), &maps.into_iter().flatten().collect::<Vec<_>>());
        }
    }
}

/// What clients of an IPv4 subnet are not told by any level, nor by a class.
fn missing(review: &mut Review<'_>, identities: &Identities, (path, subnet): (&Path, &Map), maps: &[&Map]) {
    let document = review.document;
    let filled = |list: &str| subnet.get(list).and_then(Value::as_list).is_some_and(|items| !items.is_empty());
    if !filled("pools") {
        return;
    }
    let classes = document.root.get("client-classes").and_then(Value::as_list).unwrap_or_default();
    let pools = subnet.get("pools").and_then(Value::as_list).unwrap_or_default();
    let others = classes.iter().chain(pools).filter_map(Value::as_map);
    let lists: Vec<&[Value]> =
        maps.iter().copied().chain(others).filter_map(|map| map.get("option-data")?.as_list()).collect();
    let name = Text::from("option-data");
    for (code, what, follows) in [
        ("3", "gateway (routers)", "clients reach nothing beyond their own network"),
        ("6", "DNS server (domain-name-servers)", "clients resolve no names"),
    ] {
        let wanted: Keys = vec![("space".to_owned(), "dhcp4".into()), ("code".to_owned(), code.into())];
        if !lists.iter().any(|list| list.iter().any(|option| identities.has(&name, option, &wanted))) {
            review.say("option-missing", Severity::Hint, path, format!("Clients here are told no {what}: {follows}."));
        }
    }
}
