//! Client classes: names that lead nowhere, and names that Kea keeps for itself.

use std::collections::{HashMap, HashSet};

use model::ConfigClass;

use super::{Finding, Review, Severity};
use crate::classes::is_made_for_tests;
use crate::{ClassUser, Document, Map, Path, Value};

/// Built-in classes that take no test.
const WITHOUT_TEST: [&str; 3] = ["ALL", "KNOWN", "UNKNOWN"];

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    let classes = document.elements(&Path::root(), &document.root, "client-classes");
    // The place of each in the list, by its name.
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (at, (path, class)) in classes.iter().enumerate() {
        let Some(name) = class.text("name") else { continue };
        if known.contains_key(name) {
            let text = format!("There is another class “{name}”. Kea refuses two of the same name.");
            review.say("class-twice", Severity::Refused, path, text);
        }
        known.entry(name).or_insert(at);
        if WITHOUT_TEST.contains(&name) && class.has("test") {
            let text = format!("The built-in class “{name}” takes no test.");
            review.say("class-built-in", Severity::Refused, path, text);
        }
    }
    let place = |path: &Path| classes.iter().position(|(class, _)| path.starts_with(class));
    for used in document.class_uses() {
        let name = &used.class;
        let defined = known.get(name.as_str());
        let in_test = used.user == ClassUser::Test;
        let is_made = if in_test { is_made_for_tests(name) } else { ConfigClass::is_made(name) };
        if is_made || (defined.is_some() && !in_test) {
            continue;
        }
        match (used.user, defined) {
            (ClassUser::Test, Some(at)) if place(&used.path).is_none_or(|user| *at < user) => {}
            (ClassUser::Test, Some(_)) => {
                let text = format!(
                    "The test asks for the class “{name}”, which does not come before it in the list. Kea refuses that: order counts."
                );
                review.say("class-order", Severity::Refused, &used.path, text);
            }
            (ClassUser::Test, None) => {
                let text = format!(
                    "The test asks for the class “{name}”, which is not defined. Kea refuses the configuration."
                );
                review.say("class-unknown", Severity::Refused, &used.path, text);
            }
            (ClassUser::Guard, _) => {
                let text = format!(
                    "The class “{name}” is not defined: only a reservation can put a client into it. Kea says nothing."
                );
                review.say("class-unknown", Severity::Warning, &used.path, text);
            }
            // A reservation puts its client into a class, which needs no definition for that.
            (ClassUser::Reservation, _) => {}
        }
    }
}

/// What stands against taking classes out: what is for their members alone would be for nobody, and reservations that put
/// clients into them would give those nothing any more.
pub(super) fn taken_out(before: &Document, after: &Document) -> Vec<Finding> {
    let names = |document: &Document| -> HashSet<String> {
        let classes = document.elements(&Path::root(), &document.root, "client-classes");
        classes.iter().filter_map(|(_, class)| class.text("name").map(str::to_owned)).collect()
    };
    let left = names(after);
    let gone: HashSet<String> = names(before).into_iter().filter(|name| !left.contains(name)).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let uses = after.class_uses().into_iter().filter(|used| gone.contains(&used.class) && used.user != ClassUser::Test);
    let finding = |used: crate::ClassUse| {
        let (severity, then) = match used.user {
            ClassUser::Reservation => (Severity::Warning, "Its clients lose what the class gives them."),
            _ => (Severity::Error, "Take the class out here first, or clients are shut out without a word."),
        };
        let text = format!("The class “{}” is taken out, and still used here. {then}", used.class);
        Finding { rule: "class-used", severity, path: used.path, text, mend: Vec::new() }
    };
    uses.map(finding).collect()
}

/// What stands against having classes that were looked at for every client be looked at for some alone: clients elsewhere lose
/// what the class gives them.
pub(super) fn limited(before: &Document, after: &Document) -> Vec<Finding> {
    let is_limited = |class: &Map| class.get("only-in-additional-list").and_then(Value::as_bool) == Some(true);
    let everywhere: HashSet<&str> = classes(before).filter(|(_, class)| !is_limited(class)).filter_map(name).collect();
    let finding = |(path, class): (Path, &Map)| {
        let name = class.text("name").filter(|name| everywhere.contains(name))?;
        let text = format!(
            "The class “{name}” was for the whole server, and is taken over: from now on it is looked at only where it is a \
             further class (evaluate-additional-classes). Clients elsewhere lose what it gives them."
        );
        Some(Finding { rule: "class-limited", severity: Severity::Warning, path, text, mend: Vec::new() })
    };
    classes(after).filter(|(_, class)| is_limited(class)).filter_map(finding).collect()
}

fn classes(document: &Document) -> impl Iterator<Item = (Path, &Map)> {
    document.elements(&Path::root(), &document.root, "client-classes").into_iter()
}

fn name((_, class): (Path, &Map)) -> Option<&str> {
    class.text("name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_is_for_fewer_than_before_is_told() {
        let of =
            |class: &str| Document::read(format!(r#"{{"Dhcp4":{{"client-classes":[{class}]}}}}"#).as_bytes()).unwrap();
        let (all, some) = (r#"{"name":"pxe"}"#, r#"{"name":"pxe","only-in-additional-list":true}"#);
        let count = |before: &str, after: &str| limited(&of(before), &of(after)).len();
        assert_eq!((count(all, some), count("", some), count(some, some), count(some, all)), (1, 0, 0, 0));
    }
}
