//! Old spellings that Kea still takes, each with the edits to the new one.

use super::{Review, Severity, Way, set, unset};
use crate::table::{Level, Table};
use crate::{Edit, Map, Path, Step, Value};

/// Those that Kea takes over the API and shows by their new name alone (seen with 3.0.3): whether such a change is there, and
/// whether it is taken back, cannot be told.
const RENAMED_BY_KEA: [&str; 3] = ["client-class", "only-if-required", "require-client-classes"];

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    let table = Table::of(document.daemon);
    if let Some(global) = table.level("global") {
        walk(review, table, global, &Path::root(), &document.root);
    }
}

fn walk(review: &mut Review<'_>, table: &Table, level: &Level, path: &Path, map: &Map) {
    for (name, value) in map.iter() {
        let Some(parameter) = name.as_str().and_then(|name| level.parameter(name)) else { continue };
        let here = path.with(Step::Member(name.clone()));
        if let (Some(new), None) = (parameter.replaced_by(), parameter.gone_in()) {
            let unseen = review.way == Way::Api && RENAMED_BY_KEA.contains(&parameter.name);
            let severity = if unseen { Severity::Refused } else { Severity::Hint };
            let text = format!("“{name}” is an old spelling; Kea's own is “{new}” now.");
            let mend = if map.has(&new) { Vec::new() } else { renewed(path, parameter.name, &new, value) };
            review.say("old-spelling", severity, &here, text).mended_by(mend);
        }
        match value {
            Value::Map(map) => {
                if let Some(below) = table.below(level, parameter.name, false) {
                    walk(review, table, below, &here, map);
                }
            }
            Value::List(_) => {
                if let Some(below) = table.below(level, parameter.name, true) {
                    for (path, map) in review.document.elements(path, map, parameter.name) {
                        walk(review, table, below, &path, map);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The edits from an old spelling to the new one; none where the meaning depends on more than the value.
fn renewed(path: &Path, old: &str, new: &str, value: &Value) -> Vec<Edit> {
    let value = match (old, value) {
        ("client-class" | "control-socket" | "hosts-database", value) => Value::List(vec![value.clone()]),
        ("require-client-classes" | "only-if-required" | "output_options", value) => value.clone(),
        ("ddns-use-conflict-resolution", Value::Bool(true)) => Value::from("check-with-dhcid"),
        ("ddns-use-conflict-resolution", Value::Bool(false)) => Value::from("no-check-with-dhcid"),
        _ => return Vec::new(),
    };
    vec![unset(path.member(old)), set(path.member(new), value)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, review};

    #[test]
    fn what_kea_renames_is_refused_over_the_api_with_the_way_to_say_it() {
        let text = r#"{"Dhcp4":{"client-classes":[{"name":"a","only-if-required":true}]}}"#;
        let document = Document::read(text.as_bytes()).unwrap();
        for (way, severity) in [(Way::Api, Severity::Refused), (Way::File, Severity::Hint)] {
            let found = review(&document, way).into_iter().find(|finding| finding.rule == "old-spelling").unwrap();
            assert_eq!((found.severity, found.mend.len()), (severity, 2), "{found:?}");
        }
    }
}
