//! Client classes: names that lead nowhere, and names that Kea keeps for itself.

use std::collections::HashSet;

use super::{Review, Severity};
use crate::{Map, Path, Step, Value};

/// Classes that are there without a definition.
const BUILT_IN: [&str; 7] = ["ALL", "KNOWN", "UNKNOWN", "DROP", "BOOTP", "SKIP_DDNS", "REJECT"];

/// How the names of classes begin that Kea or its hooks make.
const MADE: [&str; 5] = ["VENDOR_CLASS_", "HA_", "SPAWN_", "AFTER_", "EXTERNAL_"];

/// Built-in classes that take no test.
const WITHOUT_TEST: [&str; 3] = ["ALL", "KNOWN", "UNKNOWN"];

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    let classes = document.elements(&Path::root(), &document.root, "client-classes");
    let mut known: HashSet<&str> = HashSet::new();
    for (path, class) in &classes {
        let Some(name) = class.text("name") else { continue };
        if !known.insert(name) {
            let text = format!("There is another class “{name}”. Kea refuses two of the same name.");
            review.say("class-twice", Severity::Refused, path, text);
        }
        if WITHOUT_TEST.contains(&name) && class.has("test") {
            review.say(
                "class-built-in",
                Severity::Refused,
                path,
                format!("The built-in class “{name}” takes no test."),
            );
        }
    }
    for (at, (path, class)) in classes.iter().enumerate() {
        let before: HashSet<&str> = classes[..at].iter().filter_map(|(_, class)| class.text("name")).collect();
        for test in ["test", "template-test"].into_iter().filter_map(|name| class.text(name)) {
            for name in members(test).filter(|name| !is_made(name) && !before.contains(name)) {
                let text = if known.contains(name) {
                    format!(
                        "The test asks for the class “{name}”, which comes later in the list. Kea refuses that: order counts."
                    )
                } else {
                    format!(
                        "The test asks for the class “{name}”, which is not defined. Kea refuses the configuration."
                    )
                };
                review.say("class-unknown", Severity::Refused, &path.member("test"), text);
            }
        }
    }
    uses(review, &known, &Path::root(), &document.root);
}

/// The classes that `member('…')` of a test asks for.
fn members(test: &str) -> impl Iterator<Item = &str> {
    let calls = test.split("member").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('('));
    calls.filter_map(|rest| rest.trim_start().strip_prefix('\'')?.split_once('\'').map(|(name, _)| name))
}

fn is_made(name: &str) -> bool {
    BUILT_IN.contains(&name) || MADE.iter().any(|prefix| name.starts_with(prefix))
}

/// Looks for names of classes wherever they are used.
fn uses(review: &mut Review<'_>, known: &HashSet<&str>, path: &Path, map: &Map) {
    for (name, value) in map.iter() {
        let here = path.with(Step::Member(name.clone()));
        match (name.as_str(), value) {
            // A reservation puts its client into a class, which needs no definition for that.
            (Some("user-context" | "parameters" | "reservations"), _) => {}
            (Some("client-class"), _) => used(review, known, &here, value),
            (Some("evaluate-additional-classes" | "require-client-classes"), _) => each(review, known, &here, value),
            (Some("client-classes"), Value::List(items)) if items.iter().all(Value::is_scalar) => {
                each(review, known, &here, value);
            }
            (_, Value::Map(map)) => uses(review, known, &here, map),
            (_, Value::List(_)) => {
                for (path, map) in review.document.elements(path, map, &name.shown()) {
                    uses(review, known, &path, map);
                }
            }
            _ => {}
        }
    }
}

fn each(review: &mut Review<'_>, known: &HashSet<&str>, path: &Path, value: &Value) {
    value.as_list().unwrap_or_default().iter().for_each(|item| used(review, known, path, item));
}

fn used(review: &mut Review<'_>, known: &HashSet<&str>, path: &Path, value: &Value) {
    let Some(name) = value.as_str().filter(|name| !name.is_empty()) else { return };
    if !known.contains(name) && !is_made(name) {
        let text = format!(
            "The class “{name}” is not defined: only a reservation can put a client into it. Kea says nothing."
        );
        review.say("class-unknown", Severity::Warning, path, text);
    }
}
