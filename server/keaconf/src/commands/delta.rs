//! What changes within one subnet, as `subnet4-delta-del` and `subnet4-delta-add`: they touch nothing else of it.

use std::collections::BTreeSet;

use super::{Command, command};
use crate::inherit::LIFETIMES;
use crate::{Change, Document, Map, Path, Step, Text, Value, What};

/// Lists whose elements are added and taken out one by one, and by which members the one to take out is named.
const LISTS: [(&str, &[&str]); 3] = [
    ("pools", &["pool"]),
    ("pd-pools", &["prefix", "prefix-len", "delegated-len"]),
    ("option-data", &["space", "code", "name"]),
];

/// The subnet that a change is within: its path, and the steps from there.
pub(super) fn subnet_of<'c>(document: &Document, change: &'c Change) -> Option<(Path, &'c [Step])> {
    let subnets = document.daemon.subnets()?;
    let steps = change.path.steps();
    let at = steps.iter().position(|step| matches!(step, Step::Member(name) if name == subnets))?;
    let rest = steps.get(at + 2..).filter(|rest| !rest.is_empty())?;
    Some((Path::from(steps[..at + 2].to_vec()), rest))
}

/// The commands for all changes within one subnet; none: some have no command of their own.
pub(super) fn commands(
    [before, after]: [&Document; 2],
    subnet: &Path,
    changes: &[(&[Step], &What)],
) -> Option<Vec<Command>> {
    let list = after.daemon.subnets()?;
    let whole = after.map(subnet).ok()?;
    if touches_options_of_classes(before, after, subnet, changes) {
        return None;
    }
    let mut delta = Delta::default();
    for (rest, what) in changes {
        delta.take(after, subnet, rest, what)?;
    }
    for pool in pools_within(changes) {
        delta.pool([before, after], subnet, changes, pool)?;
    }
    let head = |map: Map| -> Option<Value> {
        let members = ["id", "subnet"].into_iter().map(|name| Some((Text::from(name), whole.get(name)?.clone())));
        let members: Map = members.collect::<Option<Vec<_>>>()?.into_iter().chain(map).collect();
        Some(Value::List(vec![Value::Map(members)]))
    };
    let mut commands = Vec::new();
    if !delta.del.is_empty() {
        commands.push(command(&format!("{list}-delta-del"), list, head(delta.del)?));
    }
    if !delta.add.is_empty() {
        commands.push(command(&format!("{list}-delta-add"), list, head(delta.add)?));
    }
    Some(commands)
}

/// The pools in which something changes, each by the steps that lead to it.
fn pools_within<'c>(changes: &[(&'c [Step], &What)]) -> BTreeSet<&'c [Step]> {
    let within = changes.iter().map(|(rest, _)| *rest).filter(|rest| rest.len() > 2 && is_pools(&rest[0]));
    within.map(|rest| &rest[..2]).collect()
}

fn is_pools(list: &Step) -> bool {
    matches!(list, Step::Member(name) if name == "pools" || name == "pd-pools")
}

/// Whether an option changes where some are for classes: these commands go by the code alone. `delta-del` of one takes others
/// of the code out too, `delta-add` puts its value and its classes into all of them (3.0.3).
fn touches_options_of_classes(
    before: &Document,
    after: &Document,
    subnet: &Path,
    changes: &[(&[Step], &What)],
) -> bool {
    let of_classes = |document: &Document| {
        let options = document.map(subnet).ok().and_then(|map| map.get("option-data")?.as_list()).unwrap_or_default();
        options.iter().filter_map(Value::as_map).any(|option| option.has("client-classes"))
    };
    let is_option = |(rest, _): &(&[Step], &What)| matches!(rest, [Step::Member(name), ..] if name == "option-data");
    changes.iter().any(is_option) && (of_classes(before) || of_classes(after))
}

#[derive(Default)]
struct Delta {
    add: Map,
    del: Map,
}

impl Delta {
    fn take(&mut self, after: &Document, subnet: &Path, rest: &[Step], what: &What) -> Option<()> {
        match (rest, what) {
            ([Step::Member(name)], What::Added(value) | What::Changed { after: value, .. }) if value.is_scalar() => {
                self.parameter(after, subnet, name.as_str()?, value)
            }
            ([Step::Member(name)], What::Removed(value)) if value.is_scalar() => {
                self.inherited(subnet, name.as_str()?, value)
            }
            // Each pool is looked at as a whole.
            ([list, Step::Element(_), _, ..], _) if is_pools(list) => Some(()),
            ([Step::Member(name), Step::Element(_)], What::Added(value)) => {
                named(name)?;
                push(&mut self.add, name, value.clone());
                Some(())
            }
            ([Step::Member(name), Step::Element(_)], What::Removed(Value::Map(map))) => {
                let by = named(name)?.iter().filter_map(|key| Some((Text::from(*key), map.get(key)?.clone())));
                push(&mut self.del, name, Value::Map(by.collect()));
                Some(())
            }
            // An option is replaced by one of the same code.
            ([Step::Member(name), element @ Step::Element(_), Step::Member(_)], _) if name == "option-data" => {
                let option = after.get(&subnet.with(Step::Member(name.clone())).with(element.clone())).ok()?;
                let known = self.add.get_text(name).and_then(Value::as_list).unwrap_or_default();
                if !known.contains(option) {
                    push(&mut self.add, name, option.clone());
                }
                Some(())
            }
            _ => None,
        }
    }

    /// A parameter that is set no more. In a shared network Kea would give the subnet the value of the whole server in its place,
    /// not that of the network, and of lifetimes it keeps the limits (seen on 3.0.3).
    fn inherited(&mut self, subnet: &Path, name: &str, value: &Value) -> Option<()> {
        let is_alone = subnet.steps().len() == 2;
        let is_lifetime = LIFETIMES.iter().any(|three| three.contains(&name));
        (is_alone && !is_lifetime && !["id", "subnet"].contains(&name)).then_some(())?;
        self.del.set(name, value.clone());
        Some(())
    }

    /// A pool in which something changes. What is added to one of the same range is joined with what it has; where anything
    /// else changes, it is taken out first.
    fn pool(
        &mut self,
        [before, after]: [&Document; 2],
        subnet: &Path,
        changes: &[(&[Step], &What)],
        pool: &[Step],
    ) -> Option<()> {
        let [Step::Member(list), ..] = pool else { return None };
        let path = Path::from([subnet.steps(), pool].concat());
        let (old, new) = (before.map(&path).ok()?, after.get(&path).ok()?);
        let is_joined = |(rest, what): &(&[Step], &What)| match &rest[2..] {
            [Step::Member(name), Step::Element(_)] if name == "option-data" => !matches!(what, What::Removed(_)),
            [Step::Member(name), Step::Element(_), Step::Member(_)] => name == "option-data",
            _ => false,
        };
        if !changes.iter().filter(|(rest, _)| rest.starts_with(pool)).all(is_joined) {
            let by = named(list)?.iter().filter_map(|key| Some((Text::from(*key), old.get(key)?.clone())));
            push(&mut self.del, list, Value::Map(by.collect()));
        }
        push(&mut self.add, list, new.clone());
        Some(())
    }

    fn parameter(&mut self, after: &Document, subnet: &Path, name: &str, value: &Value) -> Option<()> {
        if ["id", "subnet"].contains(&name) {
            return None;
        }
        let Some(three) = LIFETIMES.iter().find(|three| three.contains(&name)) else {
            self.add.set(name, value.clone());
            return Some(());
        };
        // Kea has copied the limits of the old lifetime into the subnet, and refuses a new one that is beyond them.
        for name in three {
            self.add.set(*name, after.effective(subnet, name).ok()?.value?);
        }
        Some(())
    }
}

/// The members by which an element of such a list is named; none: it is no such list.
fn named(list: &Text) -> Option<&'static [&'static str]> {
    LISTS.iter().find(|(name, _)| list == name).map(|(_, members)| *members)
}

fn push(map: &mut Map, list: &Text, value: Value) {
    match map.get_text_mut(list) {
        Some(Value::List(items)) => items.push(value),
        _ => drop(map.set(list.clone(), Value::List(vec![value]))),
    }
}
