//! What two servers of a pair should have alike and have not.

use std::collections::BTreeSet;

use crate::{Document, Map, Path, Value};

/// One kind of thing in which two servers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asymmetry {
    /// What kind: `subnets`, `pools`, `options`, `lease times`, `parameters`, `client classes`, `hooks`.
    pub kind: &'static str,
    /// What only the first has.
    pub only_first: Vec<String>,
    /// What only the other has.
    pub only_other: Vec<String>,
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
pub(crate) fn decides(parameter: &str) -> Option<&'static str> {
    if LEASE_TIMES.iter().any(|part| parameter.contains(part)) {
        return Some("lease times");
    }
    SERVED.contains(&parameter).then_some("parameters")
}

/// Where two configurations differ in what both servers of a pair need: a lease of one must fit the other.
pub fn asymmetries(first: &Document, other: &Document) -> Vec<Asymmetry> {
    let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| these.difference(those).cloned().collect();
    let kinds = facets(first).into_iter().zip(facets(other));
    kinds
        .filter(|((_, first), (_, other))| first != other)
        .map(|((kind, first), (_, other))| Asymmetry {
            kind,
            only_first: only(&first, &other),
            only_other: only(&other, &first),
        })
        .collect()
}

/// What there is of each kind, in one spelling, whatever its order and number.
fn facets(document: &Document) -> [(&'static str, BTreeSet<String>); 7] {
    let [mut subnets, mut pools, mut options, mut times, mut parameters] = [(); 5].map(|()| BTreeSet::new());
    options.extend(options_of(document, &Path::root(), &document.root, "everywhere"));
    let mut of_clients = |map: &Map, title: &str| {
        for (name, value) in map.iter().filter_map(|(name, value)| Some((name.as_str()?, value))) {
            // The list of the server's classes is looked at by itself.
            let list = value.as_list().is_some_and(|items| items.iter().any(|item| item.as_map().is_some()));
            let kind = match decides(name).filter(|_| !list) {
                Some("lease times") => &mut times,
                Some(_) => &mut parameters,
                None => continue,
            };
            kind.insert(format!("{name} = {} ({title})", value.to_json(crate::Layout::Compact)));
        }
    };
    of_clients(&document.root, "everywhere");
    for part in document.parts() {
        let name = if part.is_subnet { "subnet" } else { "name" };
        let title = part.map.text(name).unwrap_or_default();
        options.extend(options_of(document, &part.path, part.map, title));
        of_clients(part.map, title);
        if part.is_subnet {
            let id = part.map.get("id").and_then(Value::as_i64).unwrap_or_default();
            subnets.insert(format!("{title} with the number {id}"));
            let inside = document.elements(&part.path, part.map, "pools").into_iter();
            pools.extend(inside.filter_map(|(_, pool)| Some(format!("{} of {title}", pool.text("pool")?))));
        }
    }
    let classes = document.elements(&Path::root(), &document.root, "client-classes").into_iter();
    let class = |(_, map): (Path, &Map)| {
        let test = map.text("test").or_else(|| map.text("template-test")).unwrap_or_default();
        Some(format!("{}: {test}", map.text("name")?).trim_end_matches(": ").to_owned())
    };
    let hooks = document.elements(&Path::root(), &document.root, "hooks-libraries").into_iter();
    let hook = |(_, map): (Path, &Map)| map.text("library")?.rsplit('/').next().map(str::to_owned);
    [
        ("subnets", subnets),
        ("pools", pools),
        ("options", options),
        ("lease times", times),
        ("parameters", parameters),
        ("client classes", classes.filter_map(class).collect()),
        ("hooks", hooks.filter_map(hook).collect()),
    ]
}

fn options_of(document: &Document, path: &Path, map: &Map, title: &str) -> Vec<String> {
    let shown = |(_, option): (Path, &Map)| {
        let code = option.get("code").and_then(Value::as_i64);
        let name = document.definition_of(map, option).map(|definition| definition.name);
        let name =
            name.or_else(|| option.text("name").map(str::to_owned)).or_else(|| code.map(|code| code.to_string()))?;
        Some(format!("{name} = {} ({title})", option.text("data").unwrap_or_default()))
    };
    document.elements(path, map, "option-data").into_iter().filter_map(shown).collect()
}
