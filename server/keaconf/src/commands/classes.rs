//! Client classes that are edited, as `class-update`. It puts the class that it carries in the place of the one of that name,
//! with all that this has, and leaves the order as it is (seen on 3.0.3).

use std::collections::BTreeSet;

use super::{Command, class_hook, command};
use crate::{Change, Document, Map, Path, Step, Value};

/// Whether something within a client class changes.
pub(super) fn is_update(change: &Change) -> bool {
    class_of(&change.path).is_some()
}

/// The client class that a path leads into.
fn class_of(path: &Path) -> Option<Path> {
    match path.steps() {
        [Step::Member(list), class @ Step::Element(_), _, ..] if list == "client-classes" => {
            Some(Path::from(vec![Step::Member(list.clone()), class.clone()]))
        }
        _ => None,
    }
}

/// The commands for all changes within classes, in the order of the classes; none: some have no command of their own.
pub(super) fn updates(before: &Document, after: &Document, changes: &[Change]) -> Option<Vec<Command>> {
    let edited: BTreeSet<Path> = changes.iter().filter_map(|change| class_of(&change.path)).collect();
    let classes = after.elements(&Path::root(), &after.root, "client-classes").into_iter();
    let mut commands = Vec::new();
    for (path, class) in classes.filter(|(path, _)| edited.contains(path)) {
        let is_taken = class_hook(before) && !class.has("offer-lifetime");
        (is_taken && knows_alike(before, after, before.map(&path).ok()?, class)).then_some(())?;
        commands.push(command("class-update", "client-classes", Value::List(vec![class.clone().into()])));
    }
    (commands.len() == edited.len()).then_some(commands)
}

/// Whether a class depends on reservations (KNOWN, UNKNOWN) as it did, itself or by others: else the command is refused.
fn knows_alike(before: &Document, after: &Document, old: &Map, new: &Map) -> bool {
    let asks = |map: &Map| ["test", "template-test"].map(|name| map.get(name).cloned());
    let of_known = |document: &Document| {
        let classes = document.root.get("client-classes").and_then(Value::as_list).unwrap_or_default();
        let mut tests = classes.iter().filter_map(|class| class.as_map()?.text("test"));
        tests.any(|test| test.contains("KNOWN"))
    };
    asks(old) == asks(new) || !(of_known(before) || of_known(after))
}
