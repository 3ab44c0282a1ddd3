//! What differs, in words for people.

mod moved;
mod order;

use std::collections::{HashMap, HashSet};

use model::{AddressRange, IpNetwork};

use crate::diff::is_nothing;
use crate::table::options;
use crate::{Change, Daemon, Document, Layout, Map, Path, Step, Text, Value, What};

pub(crate) use moved::{network_of, origin_of};

/// How long a value may be to be shown as it is.
const LONGEST: usize = 80;

/// In how many subnets the same must change to be one sentence.
const ALIKE: usize = 3;

/// How many subnets are named where it is said once for all.
const NAMED: usize = 20;

/// What changes, once for all subnets in which it changes alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// A sentence without its full stop.
    pub text: String,
    /// The prefixes of the subnets that it is said of, where it is of several.
    pub subnets: Vec<String>,
}

impl Summary {
    pub(crate) fn of(text: String) -> Self {
        Self { text, subnets: Vec::new() }
    }

    /// The sentence with the first of the subnets in it.
    pub fn sentence(&self) -> String {
        if self.subnets.is_empty() {
            return self.text.clone();
        }
        let named = self.subnets.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = self.subnets.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{} ({named}{more})", self.text)
    }
}

/// Sentences on changes between two documents; secrets are left out.
pub struct Words<'a> {
    before: &'a Document,
    after: &'a Document,
    /// The prefixes of subnets by their number, where people know a subnet by its prefix.
    prefixes: HashMap<Text, String>,
}

impl<'a> Words<'a> {
    /// For changes from one document to another.
    pub fn new(before: &'a Document, after: &'a Document) -> Self {
        let documents = [before, after].into_iter();
        let prefixes = documents.flat_map(Document::subnets).filter_map(|subnet| {
            let id = subnet.get("id")?.as_i64()?;
            Some((Text::from(id.to_string()), subnet.text("subnet")?.to_owned()))
        });
        Self { before, after, prefixes: prefixes.collect() }
    }

    /// Whose documents they are.
    pub fn daemon(&self) -> Daemon {
        self.after.daemon
    }

    /// Changes as sentences, each without its full stop. A pool that comes in the place of one that goes is one sentence:
    /// “subnet 192.0.2.0/24 (id 10): pool 192.0.2.10-192.0.2.20 grew to 192.0.2.10-192.0.2.30”.
    pub fn sentences(&self, changes: &[Change]) -> Vec<String> {
        self.told(changes).into_iter().map(|(_, sentence)| sentence).collect()
    }

    /// The same, where what changes alike in several subnets is one sentence: “in 15 subnets: valid-lifetime from 3600 to
    /// 7200”.
    pub fn summary(&self, changes: &[Change]) -> Vec<Summary> {
        let mut groups: Vec<(String, Vec<(String, String)>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (change, sentence) in self.told(changes) {
            let within =
                self.within_subnet(change, &sentence).map(|(what, subnet)| (format!("in * subnets: {what}"), subnet));
            let moved = || {
                self.of_moved_subnet(change, &sentence).map(|(what, subnet)| (format!("* subnets move {what}"), subnet))
            };
            let (what, subnet) = within.or_else(moved).unwrap_or_else(|| (sentence.clone(), String::new()));
            let place = *places.entry(what.clone()).or_insert(groups.len());
            if place == groups.len() {
                groups.push((what, Vec::new()));
            }
            groups[place].1.push((subnet, sentence));
        }
        let summary = |(what, each): (String, Vec<(String, String)>)| {
            let count = each.len();
            if count < ALIKE || each.iter().any(|(subnet, _)| subnet.is_empty()) {
                return each.into_iter().map(|(_, sentence)| Summary::of(sentence)).collect();
            }
            let subnets = each.into_iter().map(|(subnet, _)| subnet).collect();
            vec![Summary { text: what.replacen('*', &count.to_string(), 1), subnets }]
        };
        groups.into_iter().flat_map(summary).collect::<Vec<_>>()
    }

    /// What a sentence says of a subnet, and the prefix of that; none: it is not of something within one.
    fn within_subnet(&self, change: &Change, sentence: &str) -> Option<(String, String)> {
        let steps = change.path.steps();
        let at = steps
            .iter()
            .position(|step| matches!(step, Step::Member(name) if name == "subnet4" || name == "subnet6"))?;
        let Step::Element(keys) = steps.get(at + 1)? else { return None };
        let subnet = Path::from(steps[..at + 2].to_vec());
        let what = sentence.strip_prefix(&self.name(&subnet))?.strip_prefix(": ")?;
        let id = keys.iter().find(|(name, _)| name == "id").map(|(_, id)| id);
        let prefix = id.and_then(|id| self.prefixes.get(id)).cloned();
        Some((what.to_owned(), prefix.unwrap_or_else(|| self.name(&subnet))))
    }

    /// Changes with their sentences.
    fn told<'c>(&self, changes: &'c [Change]) -> Vec<(&'c Change, String)> {
        let mut sentences = Vec::with_capacity(changes.len());
        let mut told = HashSet::new();
        for (at, change) in changes.iter().enumerate() {
            if told.contains(&at) {
                continue;
            }
            match moved_pool(change, changes) {
                Some((other, verb)) => {
                    told.insert(other);
                    let range = pool(&changes[other]).map(|pool| pool.text).unwrap_or_default();
                    sentences.push((change, format!("{} {verb} {range}", self.name(&change.path))));
                }
                None => sentences.push((change, self.sentence(change))),
            }
        }
        sentences
    }

    /// One change as a sentence without its full stop: “subnet 192.0.2.0/24 (id 10): valid-lifetime from 3600 to 7200”.
    pub fn sentence(&self, change: &Change) -> String {
        let change = change.redacted();
        let what = match &change.what {
            What::Added(value) => format!("added{}", content(&change.path, value)),
            What::Removed(value) => format!("removed{}", content(&change.path, value)),
            What::Changed { before, after } if before == after => "another secret".to_owned(),
            What::Changed { before, after } => format!("from {} to {}", short(before), short(after)),
            What::Reordered { before, after } => order::moves(before, after),
            What::Moved { from } => return self.moved(from, &change.path),
        };
        let name = self.name(&change.path);
        if matches!(change.what, What::Changed { .. }) {
            format!("{name} {what}")
        } else {
            format!("{name} {what}").trim_end().to_owned()
        }
    }

    /// A part by the name that people have for it: “subnet 192.0.2.0/24 (id 10): pool 192.0.2.10-192.0.2.20”.
    pub fn name(&self, path: &Path) -> String {
        let mut names: Vec<String> = Vec::new();
        let mut steps = path.steps().iter().peekable();
        let mut plain: Vec<String> = Vec::new();
        while let Some(step) = steps.next() {
            let Step::Member(name) = step else {
                plain.push(Path::from(vec![step.clone()]).to_string());
                continue;
            };
            match steps.peek() {
                Some(Step::Element(keys)) => {
                    plain.clear();
                    names.push(self.element(&name.shown(), keys));
                    steps.next();
                }
                _ => plain.push(name.to_string()),
            }
        }
        if !plain.is_empty() {
            names.push(plain.join("."));
        }
        names.join(": ")
    }

    fn element(&self, list: &str, keys: &crate::Keys) -> String {
        let value = |name: &str| keys.iter().find(|(own, _)| own == name).map(|(_, value)| value);
        let first = keys.first().map(|(_, value)| value.to_string()).unwrap_or_default();
        match list {
            "subnet4" | "subnet6" => {
                let prefix = value("id").and_then(|id| self.prefixes.get(id));
                prefix.map_or_else(|| format!("subnet {first}"), |prefix| format!("subnet {prefix} (id {first})"))
            }
            "shared-networks" => format!("shared network {first}"),
            "pools" => format!("pool {first}"),
            "pd-pools" => {
                format!("prefix pool {}", keys.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>().join("/"))
            }
            "client-classes" => format!("class {first}"),
            "reservations" => format!("reservation {first}"),
            "hooks-libraries" => format!("hook {first}"),
            "loggers" => format!("logger {first}"),
            "option-data" | "option-def" => {
                let kind = if list == "option-def" { "option definition" } else { "option" };
                self.option(kind, keys)
            }
            _ => format!("{list}{}", Path::from(vec![Step::Element(keys.clone())])),
        }
    }

    fn option(&self, kind: &str, keys: &crate::Keys) -> String {
        let value = |name: &str| keys.iter().find(|(own, _)| own == name).map(|(_, value)| value.to_string());
        let (space, code, name) = (value("space").unwrap_or_default(), value("code"), value("name"));
        let known = code.as_ref().and_then(|code| self.option_name(&space, code.parse().ok()?));
        let space = if space == self.after.daemon.option_space() { String::new() } else { format!("{space} ") };
        let classes = value("client-classes").filter(|classes| !classes.is_empty());
        let of = classes.map(|classes| format!(" for {}", classes.replace(',', ", "))).unwrap_or_default();
        match (code, known.or(name)) {
            (Some(code), Some(name)) => format!("{kind} {space}{code} ({name}){of}"),
            (code, name) => format!("{kind} {space}{}{of}", code.or(name).unwrap_or_default()),
        }
    }

    /// The name of an option: Kea's own, or that of a definition of these documents.
    fn option_name(&self, space: &str, code: i64) -> Option<String> {
        if let Some(name) = options::name(self.after.daemon, space, code) {
            return Some(name.to_owned());
        }
        let lists =
            [self.after, self.before].into_iter().filter_map(|document| document.root.get("option-def")?.as_list());
        let own = |item: &Value| {
            let map = item.as_map()?;
            let is_it = map.text("space") == Some(space) && map.get("code")?.as_i64() == Some(code);
            if is_it { map.text("name").map(str::to_owned) } else { None }
        };
        lists.flatten().find_map(own)
    }
}

/// Where a pool goes: the place of the change by which one comes instead, and what that is called.
fn moved_pool(change: &Change, changes: &[Change]) -> Option<(usize, &'static str)> {
    let What::Removed(Value::Map(gone)) = &change.what else { return None };
    let old = pool(change)?;
    let of_list = |is: fn(&What) -> bool| {
        changes.iter().filter(|change| is(&change.what) && pool(change).is_some_and(|one| one.list == old.list)).count()
    };
    // A prefix that is given up for another one has nothing in common with it.
    let only = old.of_prefixes
        && of_list(|what| matches!(what, What::Removed(_))) == 1
        && of_list(|what| matches!(what, What::Added(_))) == 1;
    let comes = |(at, other): (usize, &Change)| {
        let What::Added(Value::Map(come)) = &other.what else { return None };
        let is_it = |new: &Pool<'_>| new.list == old.list && (only || new.range.intersection(old.range).is_some());
        let new = pool(other).filter(is_it)?;
        // What else is said of them must be the same, or both sentences are needed.
        let rest = |map: &Map| {
            let is_key = |name: &Text| old.keys.iter().any(|(key, _)| name == key.as_str());
            let rest = map.iter().filter(|(name, value)| !is_key(name) && !is_nothing(name, value));
            rest.map(|(name, value)| (name.clone(), value.clone())).collect::<Map>()
        };
        let same = rest(gone) == rest(come);
        same.then(|| (at, verb(old.range, new.range)))
    };
    changes.iter().enumerate().find_map(comes)
}

fn verb(old: AddressRange, new: AddressRange) -> &'static str {
    match new.intersection(old) {
        Some(both) if both == old => "grew to",
        Some(both) if both == new => "shrank to",
        _ => "moved to",
    }
}

/// A pool, of addresses or of prefixes.
struct Pool<'a> {
    list: Path,
    keys: &'a crate::Keys,
    range: AddressRange,
    text: String,
    of_prefixes: bool,
}

fn pool(change: &Change) -> Option<Pool<'_>> {
    let (list, Step::Element(keys)) = change.path.split()? else { return None };
    let key = |name: &str| keys.iter().find(|(own, _)| own == name)?.1.as_str();
    let of_prefixes = list.kind()? == "pd-pools";
    let (range, text) = match list.kind()?.as_str()? {
        "pools" => {
            let range: AddressRange = key("pool")?.parse().ok()?;
            (range, format!("{}-{}", range.first(), range.last()))
        }
        "pd-pools" => {
            let prefix: IpNetwork = format!("{}/{}", key("prefix")?, key("prefix-len")?).parse().ok()?;
            (AddressRange::of_prefix(prefix), prefix.to_string())
        }
        _ => return None,
    };
    Some(Pool { list, keys, range, text, of_prefixes })
}

/// A value as it is where it is short, else by its kind.
fn short(value: &Value) -> String {
    let text = match value {
        Value::Text(text) => format!("“{text}”"),
        other => other.to_json(Layout::Compact),
    };
    if text.chars().count() <= LONGEST { text } else { value.kind().to_owned() }
}

/// What was added or removed, unless its name says it already.
fn content(path: &Path, value: &Value) -> String {
    let element = matches!(path.steps().last(), Some(Step::Element(_)));
    match value {
        _ if element && value.is_scalar() => String::new(),
        Value::Map(map) if element => map.text("data").map_or_else(String::new, |data| format!(": {data}")),
        value => format!(": {}", short(value)),
    }
}
