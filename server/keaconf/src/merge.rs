//! Brings together what two made of the same configuration.

use std::collections::{HashMap, HashSet};

use crate::diff::is_nothing;
use crate::identity::{Identities, Keys, is_ordered, mean_the_same};
use crate::{Document, Map, Path, Step, Text, Value};

/// A part that both changed, each to something else.
#[derive(Clone, PartialEq, Eq)]
pub struct Clash {
    /// Which part.
    pub path: Path,
    /// What it was; none: it was not there.
    pub base: Option<Value>,
    /// What we made of it; none: we took it out.
    pub mine: Option<Value>,
    /// What they made of it; none: they took it out.
    pub theirs: Option<Value>,
}

/// What comes of two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Both versions in one; where they clash, theirs.
    pub document: Document,
    /// Where they clash.
    pub clashes: Vec<Clash>,
}

/// Brings together what we (`mine`) and others (`theirs`) made of `base`, all of one daemon.
pub fn merge(base: &Document, mine: &Document, theirs: &Document) -> Merged {
    let identities = Identities::of(base.daemon, &[base, mine, theirs]);
    let mut merger = Merger { identities, clashes: Vec::new() };
    let root = merger.maps(&Path::root(), &base.root, &mine.root, &theirs.root);
    Merged { document: Document { daemon: theirs.daemon, root }, clashes: merger.clashes }
}

struct Merger {
    identities: Identities,
    clashes: Vec<Clash>,
}

impl Merger {
    fn maps(&mut self, path: &Path, base: &Map, mine: &Map, theirs: &Map) -> Map {
        let names = |map: &Map| map.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let order = order(&names(base), &names(mine), &names(theirs));
        let members = order.names.into_iter().filter_map(|name| {
            let path = path.with(Step::Member(name.clone()));
            let [base, mine, theirs] = [base, mine, theirs].map(|map| map.get_text(&name));
            Some((name.clone(), self.values(&path, &name, base, mine, theirs)?))
        });
        members.collect()
    }

    fn values(
        &mut self,
        path: &Path,
        name: &Text,
        base: Option<&Value>,
        mine: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        if self.same(name, base, theirs) {
            return mine.cloned();
        }
        if self.same(name, base, mine) || self.same(name, mine, theirs) {
            return theirs.cloned();
        }
        match (base, mine, theirs) {
            (None | Some(Value::Map(_)), Some(Value::Map(mine)), Some(Value::Map(theirs))) => {
                let nothing = Map::default();
                let base = base.and_then(Value::as_map).unwrap_or(&nothing);
                return Some(Value::Map(self.maps(path, base, mine, theirs)));
            }
            (None | Some(Value::List(_)), Some(Value::List(mine)), Some(Value::List(theirs))) => {
                let base = base.and_then(Value::as_list).unwrap_or_default();
                if let Some(list) = self.lists(path, name, base, mine, theirs) {
                    return Some(Value::List(list));
                }
            }
            _ => {}
        }
        self.clash(path, base, mine, theirs);
        theirs.cloned()
    }

    fn clash(&mut self, path: &Path, base: Option<&Value>, mine: Option<&Value>, theirs: Option<&Value>) {
        let [base, mine, theirs] = [base, mine, theirs].map(Option::<&Value>::cloned);
        self.clashes.push(Clash { path: path.clone(), base, mine, theirs });
    }

    /// Lists whose elements are known, element by element; none: some are not.
    fn lists(
        &mut self,
        path: &Path,
        name: &Text,
        base: &[Value],
        mine: &[Value],
        theirs: &[Value],
    ) -> Option<Vec<Value>> {
        let [base_keys, my_keys, their_keys] = [base, mine, theirs].map(|items| self.identities.all(name, items));
        let (base_keys, my_keys, their_keys) = (base_keys?, my_keys?, their_keys?);
        let order = order(&base_keys, &my_keys, &their_keys);
        if order.torn && is_ordered(name) {
            let [base, mine, theirs] = [base, mine, theirs].map(|items| Value::List(items.to_vec()));
            self.clash(path, Some(&base), Some(&mine), Some(&theirs));
            return Some(theirs.as_list().unwrap_or_default().to_vec());
        }
        let (base, mine, theirs) = (by(&base_keys, base), by(&my_keys, mine), by(&their_keys, theirs));
        let mut merged = Vec::new();
        for keys in order.names {
            let element = path.with(Step::Element(keys.clone()));
            let [base, mine, theirs] = [&base, &mine, &theirs].map(|elements| elements.get(&keys).copied());
            merged.extend(self.values(&element, &Text::default(), base, mine, theirs));
        }
        Some(merged)
    }

    /// Whether two mean the same.
    fn same(&self, name: &Text, one: Option<&Value>, other: Option<&Value>) -> bool {
        match (one, other) {
            (Some(Value::Map(one)), Some(Value::Map(other))) => {
                let covers = |one: &Map, other: &Map| {
                    one.iter().all(|(name, value)| self.same(name, Some(value), other.get_text(name)))
                };
                covers(one, other) && covers(other, one)
            }
            (Some(Value::List(one)), Some(Value::List(other))) => self.same_lists(name, one, other),
            (Some(one), Some(other)) => mean_the_same(name, one, other),
            (Some(value), None) | (None, Some(value)) => is_nothing(name, value),
            (None, None) => true,
        }
    }

    fn same_lists(&self, name: &Text, one: &[Value], other: &[Value]) -> bool {
        let known = (self.identities.all(name, one), self.identities.all(name, other));
        let (Some(my_keys), Some(their_keys)) = known else { return one == other };
        if one.len() != other.len() || (is_ordered(name) && my_keys != their_keys) {
            return false;
        }
        let theirs = by(&their_keys, other);
        let nameless = Text::default();
        my_keys
            .iter()
            .zip(one)
            .all(|(keys, mine)| theirs.get(keys).is_some_and(|theirs| self.same(&nameless, Some(mine), Some(theirs))))
    }
}

fn by<'a>(keys: &'a [Keys], items: &'a [Value]) -> HashMap<&'a Keys, &'a Value> {
    keys.iter().zip(items).collect()
}

struct Order<T> {
    names: Vec<T>,
    /// Whether both brought what was there into another order, each into one of their own.
    torn: bool,
}

/// The order of what is in any of the three: that of the one who changed it, and new ones behind what they came after.
fn order<T: Clone + Eq + std::hash::Hash>(base: &[T], mine: &[T], theirs: &[T]) -> Order<T> {
    let (in_mine, in_theirs): (HashSet<&T>, HashSet<&T>) = (mine.iter().collect(), theirs.iter().collect());
    let in_base: HashSet<&T> = base.iter().collect();
    let of = |list: &'_ [T], others: [&HashSet<&T>; 2]| -> Vec<T> {
        list.iter().filter(|name| others.iter().all(|other| other.contains(name))).cloned().collect()
    };
    let (was, my, their) =
        (of(base, [&in_mine, &in_theirs]), of(mine, [&in_base, &in_theirs]), of(theirs, [&in_base, &in_mine]));
    let (main, other) = if their == was { (mine, theirs) } else { (theirs, mine) };
    let mut names = main.to_vec();
    let mut known: HashSet<T> = main.iter().cloned().collect();
    let mut behind: Option<&T> = None;
    for name in other.iter().chain(base) {
        if known.insert(name.clone()) {
            let at = behind.and_then(|before| names.iter().position(|own| own == before)).map_or(0, |at| at + 1);
            names.insert(at, name.clone());
        }
        behind = Some(name);
    }
    Order { names, torn: their != was && my != was && their != my }
}
