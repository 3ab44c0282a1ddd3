//! Shared networks, and the subnets that come into them and go out of them: `network4-add` and the like.
//!
//! Kea copies what a subnet inherits into it when it is configured, and does not copy anew when a command moves it (seen on
//! 3.0.3). So commands move only subnets for which the same holds at both places; for all others the whole is set.

use super::{Command, command, has_subnet_hook, subnet};
use crate::words::{network_of, origin_of};
use crate::{Change, Document, Keys, Map, Path, Step, Table, Text, Value, What};

/// The commands that make a change of a shared network, or of a subnet within one; none: there are none for it.
pub(super) fn commands(
    before: &Document,
    after: &Document,
    changes: &[Change],
    change: &Change,
) -> Option<Vec<Command>> {
    let list = after.daemon.subnets().filter(|_| has_subnet_hook(before))?;
    let named = |verb: &str| format!("network{}-{verb}", &list["subnet".len()..]);
    match (change.path.steps(), &change.what) {
        ([Step::Member(_), Step::Element(_)], What::Added(Value::Map(network))) if !network.has(list) => {
            Some(vec![command(&named("add"), "shared-networks", Value::List(vec![network.clone().into()]))])
        }
        ([Step::Member(_), Step::Element(keys)], What::Removed(_)) => {
            let keep = ("subnets-action", Value::from("keep"));
            Some(vec![with(&named("del"), [("name", name(keys)?), keep])])
        }
        (_, What::Moved { from }) if is_subnet(list, &change.path) => {
            let origin = origin_of(changes, &change.path);
            let id = id(&change.path)?;
            inherits_alike(before, &origin, after, &change.path).then_some(())?;
            let out = network_of(from).map(|network| place(&named("subnet-del"), &network, &id));
            let into = network_of(&change.path).map(|network| place(&named("subnet-add"), &network, &id));
            [out, into].into_iter().flatten().collect()
        }
        ([_, _, _, Step::Element(keys)], what @ (What::Added(_) | What::Removed(_)))
            if is_subnet(list, &change.path) =>
        {
            let first = subnet(before, list, keys, what)?;
            if matches!(what, What::Removed(_)) {
                return Some(vec![first]);
            }
            let top = Path::root().member(list).with(Step::Element(keys.clone()));
            inherits_alike(after, &top, after, &change.path).then_some(())?;
            Some(vec![first, place(&named("subnet-add"), &network_of(&change.path)?, &id(&change.path)?)?])
        }
        _ => None,
    }
}

fn is_subnet(list: &str, path: &Path) -> bool {
    path.kind().is_some_and(|kind| kind == list) && matches!(path.steps().last(), Some(Step::Element(_)))
}

/// Whether all that Kea copies into a subnet, and that is not set on it, is the same at both places.
fn inherits_alike(before: &Document, from: &Path, after: &Document, to: &Path) -> bool {
    let Ok(subnet) = after.map(to) else { return false };
    let parameters =
        Table::of(after.daemon).level("subnet").map(|level| level.parameters.as_slice()).unwrap_or_default();
    parameters.iter().filter(|parameter| parameter.is_copied() && !subnet.has(parameter.name)).all(|parameter| {
        let value =
            |document: &Document, path| document.inherited(path, parameter.name).ok().and_then(|found| found.value);
        value(before, from) == value(after, to)
    })
}

/// The command that puts a subnet into a network, or takes it out.
fn place(command: &str, network: &Path, id: &Value) -> Option<Command> {
    let (_, Step::Element(keys)) = network.split()? else { return None };
    Some(with(command, [("name", name(keys)?), ("id", id.clone())]))
}

fn name(keys: &Keys) -> Option<Value> {
    keys.iter().find(|(key, _)| key == "name").map(|(_, name)| Value::Text(name.clone()))
}

fn id(subnet: &Path) -> Option<Value> {
    let (_, Step::Element(keys)) = subnet.split()? else { return None };
    super::number_of(keys)
}

fn with<const N: usize>(name: &str, arguments: [(&str, Value); N]) -> Command {
    let arguments: Map = arguments.into_iter().map(|(name, value)| (Text::from(name), value)).collect();
    Command { name: name.to_owned(), arguments: Value::Map(arguments) }
}
