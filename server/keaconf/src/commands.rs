//! The smallest commands of Kea that make a change.

mod delta;

use std::collections::BTreeMap;

use crate::{Change, Document, Layout, Map, Path, Step, Text, Value, What, redact};

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
    smallest(before, after, changes).unwrap_or_else(whole)
}

/// None: some of the changes have no command of their own.
fn smallest(before: &Document, after: &Document, changes: &[Change]) -> Option<Vec<Command>> {
    let mut commands = Vec::new();
    let mut within: BTreeMap<Path, Vec<(&[Step], &What)>> = BTreeMap::new();
    for change in changes {
        match delta::subnet_of(before, change) {
            Some((subnet, rest)) => within.entry(subnet).or_default().push((rest, &change.what)),
            None => commands.push(small(before, change)?),
        }
    }
    if !within.is_empty() && !has_hook(before, "libdhcp_subnet_cmds.so") {
        return None;
    }
    for (subnet, changes) in &within {
        commands.extend(delta::commands(after, subnet, changes)?);
    }
    Some(commands)
}

/// The command that makes this change alone.
fn small(document: &Document, change: &Change) -> Option<Command> {
    let [Step::Member(list), Step::Element(keys)] = change.path.steps() else { return None };
    let name = list.as_str()?;
    match &change.what {
        _ if Some(name) == document.daemon.subnets() => subnet(document, name, keys, &change.what),
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

fn subnet(document: &Document, list: &str, keys: &crate::Keys, what: &What) -> Option<Command> {
    if !has_hook(document, "libdhcp_subnet_cmds.so") {
        return None;
    }
    match what {
        // The command takes no reservations with it.
        What::Added(Value::Map(map)) if !map.has("reservations") => {
            Some(command(&format!("{list}-add"), list, Value::List(vec![Value::Map(map.clone())])))
        }
        What::Removed(_) => {
            let (_, id) = keys.iter().find(|(key, _)| key == "id")?;
            Some(command(&format!("{list}-del"), "id", Value::from(id.as_str()?.parse::<i64>().ok()?)))
        }
        _ => None,
    }
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
