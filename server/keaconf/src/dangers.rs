//! What of a change may harm the host, or cut off who manages the server.

use crate::{Change, Daemon, Document, Map, Path, Step, Table, Value, What, table::Level};

/// A part of a change that only administrators make, who say so once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// Which part.
    pub path: Path,
    /// What may come of it, as the end of a sentence: “may …”.
    pub may: &'static str,
}

/// Parts that say where leases, reservations and further configuration are: whoever changes them may lose all of them.
const DATABASES: [&str; 5] =
    ["lease-database", "hosts-database", "hosts-databases", "config-control", "config-databases"];

/// What is dangerous in changes that make one configuration the other, each part once.
pub fn dangers(daemon: Daemon, changes: &[Change]) -> Vec<Danger> {
    let mut found: Vec<Danger> = Vec::new();
    for change in changes {
        let all = on_the_way(daemon, &change.path).into_iter().chain(inside(daemon, change));
        if let Some(may) = all.into_iter().next() {
            let may = if matches!(change.what, What::Removed(_)) { of_removal(may) } else { may };
            found.push(Danger { path: change.path.clone(), may });
        }
    }
    found
}

/// What runs, reads or writes something on the host.
const ON_HOST: [(&str, &str); 3] = [
    ("runs-code", "run programs on the server’s host"),
    ("reads-files", "read files of the server’s host"),
    ("writes-files", "write files on the server’s host"),
];

fn word(danger: &str) -> &'static str {
    let on_host = ON_HOST.iter().find(|(name, _)| *name == danger);
    on_host.map_or("cut off who manages the server", |(_, may)| may)
}

/// The same of a part that goes: it does nothing on the host any more, and the server lacks it.
fn of_removal(may: &'static str) -> &'static str {
    if ON_HOST.iter().any(|(_, word)| *word == may) { "end what the server does by it" } else { may }
}

/// What members on the way to a part mean.
fn on_the_way(daemon: Daemon, path: &Path) -> Vec<&'static str> {
    members(daemon, path).into_iter().filter_map(|(level, name)| of_member(level, name)).collect()
}

/// Whether a part is of one server, and never copied to its partner: it says so, or is dangerous.
pub fn is_of_one_server(daemon: Daemon, path: &Path) -> bool {
    members(daemon, path).into_iter().any(|(level, name)| {
        let is_private = level.and_then(|level| level.parameter(name)).is_some_and(crate::Parameter::is_private);
        is_private || of_member(level, name).is_some()
    })
}

/// The members on the way to a part, each with the level that it is of.
fn members(daemon: Daemon, path: &Path) -> Vec<(Option<&'static Level>, &str)> {
    let table = Table::of(daemon);
    let mut level = table.level("global");
    let mut found = Vec::new();
    let mut steps = path.steps().iter().peekable();
    while let Some(step) = steps.next() {
        let Step::Member(name) = step else { continue };
        let Some(name) = name.as_str() else { break };
        found.push((level, name));
        let in_list = steps.next_if(|next| !matches!(next, Step::Member(_))).is_some();
        level = level.and_then(|level| table.below(level, name, in_list));
    }
    found
}

fn of_member(level: Option<&Level>, name: &str) -> Option<&'static str> {
    if DATABASES.contains(&name) {
        return Some("leave the server without its leases, reservations or settings");
    }
    level?.parameter(name)?.dangers().next().map(word)
}

/// What is in a part that comes or goes as a whole.
fn inside(daemon: Daemon, change: &Change) -> Vec<&'static str> {
    let table = Table::of(daemon);
    let (What::Added(value) | What::Removed(value) | What::Changed { after: value, .. }) = &change.what else {
        return Vec::new();
    };
    match (value, table.level_at(&change.path)) {
        (Value::Map(map), level) => in_map(table, level, map),
        _ => Vec::new(),
    }
}

fn in_map(table: &Table, level: Option<&Level>, map: &Map) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (name, value) in map.iter().filter_map(|(name, value)| Some((name.as_str()?, value))) {
        found.extend(of_member(level, name));
        let below = |in_list| level.and_then(|level| table.below(level, name, in_list));
        match value {
            Value::Map(map) => found.extend(in_map(table, below(false), map)),
            Value::List(items) => {
                let maps = items.iter().filter_map(Value::as_map);
                found.extend(maps.flat_map(|map| in_map(table, below(true), map)));
            }
            _ => {}
        }
    }
    found
}

impl Document {
    /// The subnet that all changes are within, or are of; none: they are of several, or of none.
    pub fn subnet_of(&self, changes: &[Change]) -> Option<u32> {
        let mut ids = changes.iter().map(|change| {
            let subnets = self.daemon.subnets()?;
            let steps = change.path.steps();
            let at = steps.iter().position(|step| matches!(step, Step::Member(name) if name == subnets))?;
            let Step::Element(keys) = steps.get(at + 1)? else { return None };
            keys.iter().find(|(name, _)| name == "id")?.1.as_str()?.parse::<u32>().ok()
        });
        let first = ids.next()??;
        ids.all(|id| id == Some(first)).then_some(first)
    }
}
