//! Definitions of options: those that Kea refuses, and what becomes of values when one comes, goes or changes.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::{Finding, Review, Severity, set};
use crate::definitions::{OptionUse, faults, taken};
use crate::{Document, Map, OwnDefinition, Path, Wire};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    let definitions = document.own_definitions();
    for (at, definition) in definitions.iter().enumerate() {
        let before = definitions[..at].iter().filter(|other| other.class == definition.class);
        for (member, text) in faults(document.daemon, definition).into_iter().chain(taken(definition, before)) {
            let empty = member == "space" && definition.space.is_empty();
            let path = if empty { definition.path.member(member) } else { definition.path.clone() };
            let text = format!("{text} Kea refuses the configuration.");
            let finding = review.say("option-definition", Severity::Refused, &path, text);
            if empty {
                finding.mended_by([set(path, document.daemon.option_space())]);
            }
        }
    }
}

/// What stands against the step from some definitions to others: what uses one that goes would be refused, or come to
/// nothing; and a value may stay and mean other octets.
pub(super) fn redefined(before: &Document, after: &Document) -> Vec<Finding> {
    let (old, new) = (before.own_definitions(), after.own_definitions());
    let known = |all: &[OwnDefinition<'_>], one: &OwnDefinition<'_>| {
        all.iter().any(|other| other.class == one.class && other.map == one.map)
    };
    let touched: Vec<_> =
        old.iter().filter(|one| !known(&new, one)).chain(new.iter().filter(|one| !known(&old, one))).collect();
    if touched.is_empty() {
        return Vec::new();
    }
    let uses = after.option_uses();
    let mut seen = HashSet::new();
    let places = touched.into_iter().flat_map(|definition| uses.of(definition)).filter(|used| match used {
        OptionUse::Value { path, .. } => seen.insert((path.clone(), String::new())),
        OptionUse::Name { path, name, .. } => seen.insert((path.clone(), name.clone())),
    });
    let finding = |used: &OptionUse<'_>| match used {
        OptionUse::Value { path, around, option } => {
            let around_then = owner(path).and_then(|owner| before.map(&owner).ok()).unwrap_or(around);
            match (before.definition_of(around_then, option), after.definition_of(around, option)) {
                (Some(then), None) => Some(gone(path, &then.name)),
                (then, now) if then != now && is_as_before(before, path, option) => {
                    changed(path, &before.wire(around_then, option).ok()?, &after.wire(around, option).ok()?)
                }
                _ => None,
            }
        }
        OptionUse::Name { path, name, .. } => match (before.option_code(name), after.option_code(name)) {
            (Some(_), None) => Some(gone(path, name)),
            (Some(then), Some(now)) if then != now => {
                let text = format!("“{name}” is option {now} now, and no longer {then}: other clients may match.");
                Some(self::finding("definition-changed", Severity::Warning, path, text))
            }
            _ => None,
        },
    };
    places.filter_map(finding).collect()
}

/// The part whose `option-data` an option is of.
fn owner(option: &Path) -> Option<Path> {
    let (list, _) = option.split()?;
    list.split().map(|(owner, _)| owner)
}

fn is_as_before(before: &Document, path: &Path, option: &Map) -> bool {
    before.get(path).is_ok_and(|value| value.as_map() == Some(option))
}

fn gone(path: &Path, name: &str) -> Finding {
    let text = format!("The definition of the option “{name}” goes, and is still used here. Take this out first.");
    finding("definition-used", Severity::Error, path, text)
}

fn changed(path: &Path, then: &Wire, now: &Wire) -> Option<Finding> {
    let text = || {
        let (then, now) = (octets(then), octets(now));
        format!("The value stays as it is written, and clients get other octets: {now}, and no longer {then}.")
    };
    (then.octets != now.octets).then(|| finding("definition-changed", Severity::Warning, path, text()))
}

fn octets(wire: &Wire) -> String {
    let digits = wire.octets.iter().fold(String::new(), |mut digits, octet| {
        let _ = write!(digits, "{octet:02x}");
        digits
    });
    if digits.is_empty() { "none".to_owned() } else { digits }
}

fn finding(rule: &'static str, severity: Severity, path: &Path, text: String) -> Finding {
    Finding { rule, severity, path: path.clone(), text, mend: Vec::new() }
}
