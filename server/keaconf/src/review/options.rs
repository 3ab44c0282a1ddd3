//! Options: what clients of a subnet miss, and what Kea cannot send.

use super::{Review, Severity, set};
use crate::table::options;
use crate::{Daemon, Keys, Map, Path, Text, Value};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    if document.daemon.subnets().is_none() {
        return;
    }
    nameless(review, &Path::root(), &document.root);
    for part in document.parts() {
        nameless(review, &part.path, part.map);
        if part.is_subnet && document.daemon == Daemon::Dhcp4 {
            let maps = [Some(part.map), part.network, Some(&document.root)];
            missing(review, &part.path, part.map, &maps.into_iter().flatten().collect::<Vec<_>>());
        }
    }
    definitions(review);
}

/// Options that have neither name nor code.
fn nameless(review: &mut Review<'_>, path: &Path, map: &Map) {
    for (path, option) in review.document.elements(path, map, "option-data") {
        if !option.has("name") && !option.has("code") {
            let text = "An option needs a name or a code. Kea refuses the configuration.";
            review.say("option", Severity::Refused, &path, text);
        }
    }
}

/// What clients of an IPv4 subnet are not told by any level, nor by a class.
fn missing(review: &mut Review<'_>, path: &Path, subnet: &Map, maps: &[&Map]) {
    let document = review.document;
    let identities = document.identities();
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

/// Definitions of codes that are Kea's own.
fn definitions(review: &mut Review<'_>) {
    let document = review.document;
    let own = document.daemon.option_space();
    for (path, definition) in document.elements(&Path::root(), &document.root, "option-def") {
        let space = definition.text("space").unwrap_or(own);
        let Some(code) = definition.get("code").and_then(Value::as_i64) else { continue };
        if let Some(name) = options::name(document.daemon, space, code).filter(|_| space == own && code != 43) {
            let text = format!("The code {code} is Kea's own option {name}: Kea refuses another definition of it.");
            review.say("option-definition", Severity::Refused, &path, text);
        }
        if definition.text("space").is_some_and(str::is_empty) {
            let path = path.member("space");
            let text = "The space of a definition is empty.".to_owned();
            review.say("option-definition", Severity::Refused, &path, text).mended_by([set(path.clone(), own)]);
        }
    }
}
