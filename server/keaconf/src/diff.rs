//! What differs between two configurations, by meaning.
//!
//! Elements are compared with their like, wherever they stand; the order counts where Kea goes by it; an empty list of
//! elements is the same as none; a range, prefix or identifier is the same in any spelling.

mod moves;

use crate::identity::{Identities, Keys, is_ordered, mean_the_same};
use crate::touched::without_shared;
use crate::{Document, Edit, Map, Op, Path, Step, Text, Value};

/// One part that differs.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// Which part.
    pub path: Path,
    /// How it differs.
    pub what: What,
}

/// How a part differs.
#[derive(Clone, PartialEq, Eq)]
pub enum What {
    /// It is there only now.
    Added(Value),
    /// It was there only before.
    Removed(Value),
    /// It has another value.
    Changed {
        /// The value before.
        before: Value,
        /// The value now.
        after: Value,
    },
    /// A list in whose order Kea goes has another one: what its elements are known by.
    Reordered {
        /// The order before.
        before: Vec<Keys>,
        /// The order now.
        after: Vec<Keys>,
    },
    /// It was at another place, with all that it has: a subnet in another list, a shared network under another name.
    Moved {
        /// Where it was.
        from: Path,
    },
}

impl Change {
    /// The edit that makes it.
    pub fn to_edit(&self) -> Edit {
        let in_list = self.path.split().is_some_and(|(_, last)| !matches!(last, Step::Member(_)));
        let (path, op) = match &self.what {
            What::Added(value) if in_list => {
                let list = self.path.split().map(|(list, _)| list).unwrap_or_default();
                (list, Op::Add(value.clone()))
            }
            What::Removed(_) if in_list => (self.path.clone(), Op::Remove),
            What::Removed(_) => (self.path.clone(), Op::Unset),
            What::Added(value) | What::Changed { after: value, .. } => (self.path.clone(), Op::Set(value.clone())),
            What::Reordered { after, .. } => (self.path.clone(), Op::Order(after.clone())),
            What::Moved { from } => (from.clone(), Op::Move(self.path.clone())),
        };
        Edit { path, op }
    }

    /// The change that takes it back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let what = match self.what.clone() {
            What::Moved { from } => return Self { path: from, what: What::Moved { from: self.path.clone() } },
            What::Added(value) => What::Removed(value),
            What::Removed(value) => What::Added(value),
            What::Changed { before, after } => What::Changed { before: after, after: before },
            What::Reordered { before, after } => What::Reordered { before: after, after: before },
        };
        Self { path: self.path.clone(), what }
    }
}

/// What differs from one document to another of the same daemon: first what moves, then what differs then. The edits of the
/// changes, made in this order, make the one the same as the other.
pub fn differences(before: &Document, after: &Document) -> Vec<Change> {
    let mut changes = moves::moves(before, after);
    if changes.is_empty() {
        return in_place(before, after);
    }
    let edits: Vec<Edit> = changes.iter().map(Change::to_edit).collect();
    let Ok(moved) = before.edited(&edits) else { return in_place(before, after) };
    changes.extend(in_place(&moved, after));
    changes
}

/// What differs where nothing moves.
fn in_place(before: &Document, after: &Document) -> Vec<Change> {
    let identities = Identities::of(before.daemon, &[before, after]);
    let mut differ = Differ { identities, changes: Vec::new() };
    differ.maps(&Path::root(), &before.root, &after.root);
    differ.changes
}

struct Differ {
    identities: Identities,
    changes: Vec<Change>,
}

impl Differ {
    fn note(&mut self, path: Path, what: What) {
        self.changes.push(Change { path, what });
    }

    fn maps(&mut self, path: &Path, before: &Map, after: &Map) {
        if before.is_copy_of(after) {
            return;
        }
        for (name, old) in before.iter().filter(|(name, _)| after.get_text(name).is_none()) {
            let path = path.with(Step::Member(name.clone()));
            match self.elements(name, old) {
                Some(items) => self.lists(&path, name, items, &[]),
                None => self.note(path, What::Removed(old.clone())),
            }
        }
        for (name, new) in after.iter() {
            let path = path.with(Step::Member(name.clone()));
            match (before.get_text(name), self.elements(name, new)) {
                (Some(old), _) => self.values(&path, name, old, new),
                (None, Some(items)) => self.lists(&path, name, &[], items),
                (None, None) => self.note(path, What::Added(new.clone())),
            }
        }
    }

    /// The elements of a list that counts as empty where it is not there.
    fn elements<'v>(&self, name: &Text, value: &'v Value) -> Option<&'v [Value]> {
        let items = value.as_list().filter(|_| is_list_of_elements(name))?;
        self.identities.all(name, items).map(|_| items)
    }

    fn values(&mut self, path: &Path, name: &Text, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Map(before), Value::Map(after)) => self.maps(path, before, after),
            (Value::List(before), Value::List(after)) => self.lists(path, name, before, after),
            _ if mean_the_same(name, before, after) => {}
            _ => self.note(path.clone(), What::Changed { before: before.clone(), after: after.clone() }),
        }
    }

    fn lists(&mut self, path: &Path, name: &Text, before: &[Value], after: &[Value]) {
        if let Some([before, after]) = without_shared(name, before, after) {
            return self.lists(path, name, &before, &after);
        }
        let known = self.identities.paired(name, before, after);
        let (Some(old_keys), Some(new_keys)) = known else {
            if before != after {
                let (before, after) = (Value::List(before.to_vec()), Value::List(after.to_vec()));
                self.note(path.clone(), What::Changed { before, after });
            }
            return;
        };
        let new_at = place_of(&new_keys);
        for (keys, old) in old_keys.iter().zip(before).filter(|(keys, _)| !new_at.contains_key(keys)) {
            self.goes(path.with(Step::Element(keys.clone())), name, old);
        }
        let old_at = place_of(&old_keys);
        for (keys, new) in new_keys.iter().zip(after) {
            let element = path.with(Step::Element(keys.clone()));
            match old_at.get(keys).and_then(|at| before.get(*at)) {
                Some(old) => self.values(&element, &Text::default(), old, new),
                None => self.comes(element, name, new),
            }
        }
        // What the edits before this one make of the list: what stayed, and behind it what came.
        let stayed = old_keys.iter().filter(|keys| new_at.contains_key(keys));
        let made = stayed.chain(new_keys.iter().filter(|keys| !old_at.contains_key(keys)));
        if is_ordered(name) && !made.eq(&new_keys) {
            self.note(path.clone(), What::Reordered { before: old_keys.clone(), after: new_keys.clone() });
        }
    }
}

impl Differ {
    /// Notes that an element is gone; before a shared network each of its subnets is.
    fn goes(&mut self, path: Path, list: &Text, old: &Value) {
        let Some((bare, subnets, items)) = self.network(list, old) else {
            return self.note(path, What::Removed(old.clone()));
        };
        self.lists(&path.with(Step::Member(subnets.clone())), &subnets, items, &[]);
        self.note(path, What::Removed(bare));
    }

    /// Notes that an element is new; behind a shared network each of its subnets is.
    fn comes(&mut self, path: Path, list: &Text, new: &Value) {
        let Some((bare, subnets, items)) = self.network(list, new) else {
            return self.note(path, What::Added(new.clone()));
        };
        self.note(path.clone(), What::Added(bare));
        self.lists(&path.with(Step::Member(subnets.clone())), &subnets, &[], items);
    }

    /// A shared network without its subnets, the name of their list, and the subnets; none: it has none that are known.
    fn network<'v>(&self, list: &Text, value: &'v Value) -> Option<(Value, Text, &'v [Value])> {
        let (map, subnets) = (value.as_map().filter(|_| list == "shared-networks")?, self.identities.subnets()?);
        let name = Text::from(subnets);
        let items = map.get(subnets)?.as_list().filter(|items| !items.is_empty())?;
        self.identities.all(&name, items)?;
        Some((moves::bare(map, subnets).into(), name, items))
    }
}

fn place_of(keys: &[Keys]) -> std::collections::HashMap<&Keys, usize> {
    keys.iter().enumerate().map(|(at, keys)| (keys, at)).collect()
}

/// Whether a member says nothing: Kea takes an empty list of elements for none, and shows a relay without addresses where
/// none is set.
pub(crate) fn is_nothing(name: &Text, value: &Value) -> bool {
    let is_empty = |value: &Value| value.as_list().is_some_and(<[Value]>::is_empty);
    let no_relay = || name == "relay" && value.as_map().is_some_and(|map| map.iter().all(|(_, list)| is_empty(list)));
    is_empty(value) && is_list_of_elements(name) || no_relay()
}

fn is_list_of_elements(name: &Text) -> bool {
    const LISTS: &[&str] = &[
        "subnet4",
        "subnet6",
        "shared-networks",
        "pools",
        "pd-pools",
        "option-data",
        "option-def",
        "client-classes",
        "evaluate-additional-classes",
        "reservations",
        "hooks-libraries",
        "loggers",
        "tsig-keys",
        "ddns-domains",
        "http-headers",
    ];
    name.as_str().is_some_and(|name| LISTS.contains(&name))
}
