//! What moves, in words, and what a subnet inherits otherwise where it goes.

use super::{ALIKE, Summary, Words, short};
use crate::diff::is_nothing;
use crate::inherit::lifetime_of;
use crate::{Change, Document, Keys, Map, Path, Step, Table, Text, Value, What};

impl Words<'_> {
    /// A move as a sentence without its full stop: “subnet 192.0.2.0/24 (id 10) moves into shared network floor-3”.
    pub(super) fn moved(&self, from: &Path, to: &Path) -> String {
        let what = self.itself(from);
        match (network_of(from), network_of(to)) {
            (None, Some(new)) => format!("{what} moves into {}", self.name(&new)),
            (Some(old), None) => format!("{what} moves out of {}", self.name(&old)),
            (Some(old), Some(new)) if old != new => {
                format!("{what} moves from {} into {}", self.name(&old), self.name(&new))
            }
            _ => {
                let name = to.split().and_then(|(_, last)| match last {
                    Step::Element(keys) => keys.first().map(|(_, value)| value.to_string()),
                    _ => None,
                });
                format!("{} is renamed to {}", self.name(from), name.unwrap_or_else(|| to.to_string()))
            }
        }
    }

    /// What is said of a subnet that moves, and its prefix; none: no subnet does.
    pub(super) fn of_moved_subnet(&self, change: &Change, sentence: &str) -> Option<(String, String)> {
        let What::Moved { from } = &change.what else { return None };
        let (_, Step::Element(keys)) = change.path.split()? else { return None };
        let what = sentence.strip_prefix(&self.itself(from))?.strip_prefix(" moves ")?;
        let prefix = keys.iter().find_map(|(name, id)| self.prefixes.get(id).filter(|_| name == "id"))?;
        Some((what.to_owned(), prefix.clone()))
    }

    /// An element by its own name, without what it is in.
    fn itself(&self, path: &Path) -> String {
        let from = path.steps().len().saturating_sub(2);
        self.name(&Path::from(path.steps()[from..].to_vec()))
    }

    /// What subnets that move inherit otherwise than before, once for all that inherit the same.
    pub(crate) fn inherited_anew(&self, changes: &[Change]) -> Vec<Summary> {
        let mut groups: Vec<(String, Vec<(&Path, String)>)> = Vec::new();
        let subnets = self.after.daemon.subnets();
        for change in changes {
            let is_subnet = change.path.kind().is_some_and(|kind| kind.as_str() == subnets);
            let is_element = matches!(change.path.split(), Some((_, Step::Element(_))));
            let what = match &change.what {
                What::Moved { .. } if is_subnet => self.otherwise(&origin_of(changes, &change.path), &change.path),
                What::Added(_) if is_subnet && is_element => self.inherited_of_network(&change.path),
                _ => continue,
            };
            let Some(subnet) = self.after.map(&change.path).ok().filter(|_| !what.is_empty()) else { continue };
            let prefix = subnet.text("subnet").unwrap_or_default().to_owned();
            match groups.iter_mut().find(|(known, _)| *known == what) {
                Some((_, all)) => all.push((&change.path, prefix)),
                None => groups.push((what, vec![(&change.path, prefix)])),
            }
        }
        let said = |(what, subnets): (String, Vec<(&Path, String)>)| {
            if subnets.len() < ALIKE {
                let one =
                    |(path, _): &(&Path, String)| Summary::of(format!("{} then inherits {what}", self.itself(path)));
                return subnets.iter().map(one).collect::<Vec<_>>();
            }
            let text = format!("{} subnets then inherit {what}", subnets.len());
            vec![Summary { text, subnets: subnets.into_iter().map(|(_, prefix)| prefix).collect() }]
        };
        groups.into_iter().flat_map(said).collect()
    }

    /// What holds otherwise for a subnet at its new place: “renew-timer 900 (before: 1800)”.
    fn otherwise(&self, from: &Path, to: &Path) -> String {
        let (Ok(old), Ok(new)) = (self.before.map(from), self.after.map(to)) else { return String::new() };
        let level = Table::of(self.after.daemon).level("subnet");
        let mut found = Vec::new();
        for parameter in level.map(|level| level.parameters.as_slice()).unwrap_or_default() {
            let name = parameter.name;
            if parameter.inherits.is_empty() || old.has(name) || new.has(name) {
                continue;
            }
            let [was, is] = [(self.before, from), (self.after, to)].map(|(document, path)| {
                let found = document.inherited(path, name).ok().and_then(|found| found.value);
                found.filter(|value| !is_nothing(&Text::from(name), value))
            });
            let with_its_lifetime = lifetime_of(name).is_some_and(|lifetime| {
                let of =
                    |document: &Document, path| document.effective(path, lifetime).ok().and_then(|found| found.value);
                of(self.before, from) == was && of(self.after, to) == is
            });
            if was != is && !with_its_lifetime {
                found.push(differs(name, is.as_ref(), was.as_ref()));
            }
        }
        found.extend(self.other_options((from, old), (to, new)));
        found.join(", ")
    }

    /// What a new subnet inherits of its shared network: “renew-timer 900, option 6 (domain-name-servers) “192.0.2.53””. That of
    /// the whole server goes without saying.
    fn inherited_of_network(&self, path: &Path) -> String {
        let network = network_of(path).and_then(|network| self.after.map(&network).ok());
        let (Some(network), Ok(subnet)) = (network, self.after.map(path)) else { return String::new() };
        let level = Table::of(self.after.daemon).level("subnet");
        let parameters = level.map(|level| level.parameters.as_slice()).unwrap_or_default().iter();
        let inherited = parameters.filter(|parameter| parameter.inherits.contains(&"shared-network"));
        let set = inherited.filter(|parameter| !subnet.has(parameter.name));
        let mut found: Vec<String> = set
            .filter_map(|parameter| Some(format!("{} {}", parameter.name, short(network.get(parameter.name)?))))
            .collect();
        let own = options(self.after, subnet);
        let more = options(self.after, network).into_iter().filter(|(keys, _)| !own.iter().any(|(own, _)| own == keys));
        found.extend(more.map(|(keys, value)| format!("{} {}", self.option("option", &keys), short(&value))));
        found.join(", ")
    }

    fn other_options(&self, (from, old): (&Path, &Map), (to, new): (&Path, &Map)) -> Vec<String> {
        let was = options_above(self.before, from);
        let is = options_above(self.after, to);
        let own = [options(self.before, old), options(self.after, new)].concat();
        let names = was.iter().chain(&is).map(|(keys, _)| keys);
        let mut known: Vec<&Keys> = own.iter().map(|(keys, _)| keys).collect();
        let mut found = Vec::new();
        for keys in names {
            if known.contains(&keys) {
                continue;
            }
            known.push(keys);
            let value =
                |list: &[(Keys, Value)]| list.iter().find(|(own, _)| own == keys).map(|(_, value)| value.clone());
            let (was, is) = (value(&was), value(&is));
            if was != is {
                found.push(differs(&self.option("option", keys), is.as_ref(), was.as_ref()));
            }
        }
        found
    }
}

fn differs(name: &str, is: Option<&Value>, was: Option<&Value>) -> String {
    let was = was.map_or_else(|| "none".to_owned(), short);
    match is {
        Some(is) => format!("{name} {} (before: {was})", short(is)),
        None => format!("no {name} (before: {was})"),
    }
}

/// Where a part was before some changes, among which moves are.
pub(crate) fn origin_of(changes: &[Change], path: &Path) -> Path {
    let back = |path: Path, change: &Change| match &change.what {
        What::Moved { from } => path.within(&change.path, from),
        _ => path,
    };
    changes.iter().rev().fold(path.clone(), back)
}

/// The shared network that a part is in.
pub(crate) fn network_of(path: &Path) -> Option<Path> {
    let steps = path.steps();
    let is_inside = steps.len() > 2 && matches!(&steps[0], Step::Member(name) if name == "shared-networks");
    is_inside.then(|| Path::from(steps[..2].to_vec()))
}

/// The options that hold above a subnet, the nearest first: what each is known by, and its value.
fn options_above(document: &Document, subnet: &Path) -> Vec<(Keys, Value)> {
    let network = network_of(subnet).and_then(|network| document.map(&network).ok());
    [network, Some(&document.root)].into_iter().flatten().flat_map(|map| options(document, map)).collect()
}

fn options(document: &Document, map: &Map) -> Vec<(Keys, Value)> {
    let identities = document.identities();
    let list = Text::from("option-data");
    let items = map.get("option-data").and_then(Value::as_list).unwrap_or_default();
    let value = |item: &Value| item.as_map().and_then(|map| map.get("data")).cloned().unwrap_or(Value::Null);
    items.iter().filter_map(|item| Some((identities.keys(&list, item)?, value(item)))).collect()
}
