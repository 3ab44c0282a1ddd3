//! The smallest commands of Kea that make a change.

mod classes;
mod delta;
mod networks;

use std::collections::BTreeMap;

use crate::{Change, Document, Keys, Layout, Map, Path, Step, Text, Value, What, redact};

/// How many commands are sent before the whole configuration at once is quicker, and holds the server up for less long.
const MOST_COMMANDS: usize = 50;

/// A command for the daemon whose configuration is changed.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub name: String,
    /// Its arguments, **with secrets**.
    pub arguments: Value,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let arguments = redact::redacted(&Text::default(), &self.arguments);
        write!(f, "{} {}", self.name, arguments.to_json(Layout::Compact))
    }
}

/// The commands that make one document the other, the first to be sent first. Subnets and classes have commands of their
/// own where the server has their hook; where anything else changes, the whole configuration is sent at once.
pub fn commands(before: &Document, after: &Document, changes: &[Change]) -> Vec<Command> {
    if changes.is_empty() {
        return Vec::new();
    }
    let whole = || vec![Command { name: "config-set".to_owned(), arguments: after.to_value() }];
    smallest(before, after, changes).filter(|commands| commands.len() <= MOST_COMMANDS).unwrap_or_else(whole)
}

/// None: some of the changes have no command of their own.
fn smallest(before: &Document, after: &Document, changes: &[Change]) -> Option<Vec<Command>> {
    // A class that is deleted may be asked for by one that is edited.
    let mut commands = classes::updates(before, after, changes)?;
    let mut within: BTreeMap<Path, Vec<(&[Step], &What)>> = BTreeMap::new();
    for change in changes {
        match delta::subnet_of(before, change) {
            _ if classes::is_update(change) => {}
            Some((subnet, rest)) => within.entry(subnet).or_default().push((rest, &change.what)),
            None => commands.extend(small(before, after, changes, change)?),
        }
    }
    if !within.is_empty() && !has_subnet_hook(before) {
        return None;
    }
    for (subnet, changes) in &within {
        commands.extend(delta::commands([before, after], subnet, changes)?);
    }
    Some(commands)
}

/// The commands that make this change alone.
fn small(before: &Document, after: &Document, changes: &[Change], change: &Change) -> Option<Vec<Command>> {
    let is_move = matches!(change.what, What::Moved { .. });
    let in_network = matches!(change.path.steps().first(), Some(Step::Member(name)) if name == "shared-networks");
    if is_move || in_network {
        return networks::commands(before, after, changes, change);
    }
    let [Step::Member(list), Step::Element(keys)] = change.path.steps() else { return None };
    one(before, list.as_str()?, keys, &change.what).map(|command| vec![command])
}

fn one(document: &Document, name: &str, keys: &Keys, what: &What) -> Option<Command> {
    match what {
        _ if Some(name) == document.daemon.subnets() => subnet(document, name, keys, what),
        What::Added(class) if name == "client-classes" => {
            class_hook(document).then(|| command("class-add", "client-classes", Value::List(vec![class.clone()])))
        }
        What::Removed(_) if name == "client-classes" => {
            let (_, class) = keys.iter().find(|(key, _)| key == "name")?;
            class_hook(document).then(|| command("class-del", "name", Value::Text(class.clone())))
        }
        _ => None,
    }
}

fn subnet(document: &Document, list: &str, keys: &Keys, what: &What) -> Option<Command> {
    if !has_subnet_hook(document) {
        return None;
    }
    match what {
        // The command takes no reservations with it.
        What::Added(Value::Map(map)) => {
            let mut map = map.clone();
            let reservations = map.remove("reservations");
            let has_none = reservations.as_ref().and_then(Value::as_list).is_none_or(<[Value]>::is_empty);
            has_none.then(|| command(&format!("{list}-add"), list, Value::List(vec![Value::Map(map)])))
        }
        What::Removed(_) => Some(command(&format!("{list}-del"), "id", number_of(keys)?)),
        _ => None,
    }
}

/// The number by which a subnet is known.
fn number_of(keys: &Keys) -> Option<Value> {
    let (_, id) = keys.iter().find(|(key, _)| key == "id")?;
    Some(Value::from(id.as_str()?.parse::<i64>().ok()?))
}

fn has_subnet_hook(document: &Document) -> bool {
    has_hook(document, "libdhcp_subnet_cmds.so")
}

fn class_hook(document: &Document) -> bool {
    has_hook(document, "libdhcp_class_cmds.so")
}

fn has_hook(document: &Document, library: &str) -> bool {
    let path = Path::from(vec![
        Step::Member("hooks-libraries".into()),
        Step::Element(vec![("library".to_owned(), library.into())]),
    ]);
    document.get(&path).is_ok()
}

fn command(name: &str, argument: &str, value: Value) -> Command {
    let arguments: Map = [(Text::from(argument), value)].into_iter().collect();
    Command { name: name.to_owned(), arguments: Value::Map(arguments) }
}
