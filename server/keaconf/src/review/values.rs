//! Every value against the table of parameters: unknown names, wrong types, numbers out of range, missing parts.

use super::{Review, Severity, Way, set, shown, unset};
use crate::edit::is_never_empty;
use crate::table::{Kind, Level, Parameter, Table, Unknown};
use crate::{Edit, HookLibrary, Map, Path, Step, Text, Value, proposal};

/// Libraries that do not load without a map of parameters, though none of them is needed.
const NEED_A_MAP: [&str; 2] = ["ddns_tuning", "ping_check"];

/// The library that does not load with one, though it were empty.
const TAKES_NONE: &str = "limits";

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    let table = Table::of(document.daemon);
    if let Some(global) = table.level("global") {
        look_at_map(review, table, global, &Path::root(), &document.root);
    }
    hooks(review, table);
}

/// What hook libraries miss altogether: Kea finds out when it loads them.
fn hooks(review: &mut Review<'_>, table: &Table) {
    let document = review.document;
    for (path, hook) in document.elements(&Path::root(), &document.root, "hooks-libraries") {
        let Some(library) = hook.text("library").and_then(HookLibrary::find) else { continue };
        let parameters = path.member("parameters");
        match (hook.has("parameters"), table.hook(library.file)) {
            (false, _) if NEED_A_MAP.contains(&library.name) => {
                let text = format!("{} does not load without “parameters”, which may be empty.", library.name);
                let empty = Value::Map(Map::default());
                review.say("missing", Severity::Refused, &path, text).mended_by([set(parameters, empty)]);
            }
            (false, Some(level)) => look_at_map(review, table, level, &parameters, &Map::default()),
            (true, _) if library.name == TAKES_NONE => {
                let text = format!("{TAKES_NONE} does not load with “parameters”, be they empty.");
                review
                    .say("hook-parameters", Severity::Refused, &parameters, text)
                    .mended_by([unset(parameters.clone())]);
            }
            _ => {}
        }
    }
}

fn look_at_map(review: &mut Review<'_>, table: &Table, level: &Level, path: &Path, map: &Map) {
    for (name, value) in map.iter() {
        let here = path.with(Step::Member(name.clone()));
        match name.as_str().and_then(|name| level.parameter(name)) {
            _ if matches!(value, Value::Include(_)) => {}
            None => unknown(review, level, &here, name),
            Some(parameter) => {
                look_at_parameter(review, parameter, &here, value);
                if judged(review, parameter, &parameter.kind, &here, value) {
                    descend(review, table, level, path, map, parameter.name);
                }
            }
        }
    }
    for parameter in level.parameters.iter().filter(|parameter| parameter.is_required() && !map.has(parameter.name)) {
        // Of a file that includes others some may be there.
        if map.iter().all(|(_, value)| !matches!(value, Value::Include(_))) {
            let text = format!("“{}” is missing: {}", parameter.name, lower_first(parameter.description));
            if level.name == "subnet" && parameter.name == "id" {
                without_id(review, path, &text);
            } else {
                review.say("missing", Severity::Refused, path, text);
            }
        }
    }
}

/// A subnet that older versions of Kea numbered by themselves. Each gets a number that is free, and none that was given here.
fn without_id(review: &mut Review<'_>, path: &Path, missing: &str) {
    let given = |edit: &Edit| edit.op.value().filter(|_| edit.path.kind().is_some_and(|name| name == "id"))?.as_i64();
    let known = review.everywhere.iter().filter_map(|part| part.map.get("id")?.as_i64());
    let used: Vec<i64> = known.chain(review.findings.iter().flat_map(|found| &found.mend).filter_map(given)).collect();
    let id = i64::from(proposal::next_id(&used));
    let text = format!(
        "{missing} Kea before 3.0 counted such subnets from 1 in the order of its file, and its leases have that number: give \
         the same one where leases are to stay."
    );
    review.say("missing", Severity::Refused, path, text).mended_by([set(path.member("id"), id)]);
}

fn descend(review: &mut Review<'_>, table: &Table, level: &Level, path: &Path, map: &Map, name: &str) {
    match map.get(name) {
        Some(Value::Map(inner)) => {
            if let Some(below) = table.inside(level, map, name) {
                look_at_map(review, table, below, &path.member(name), inner);
            }
        }
        Some(Value::List(_)) => {
            let Some(below) = table.below(level, name, true) else { return };
            for (path, map) in review.document.elements(path, map, name) {
                look_at_map(review, table, below, &path, map);
            }
        }
        _ => {}
    }
}

fn unknown(review: &mut Review<'_>, level: &Level, path: &Path, name: &Text) {
    let known = level.parameters.iter().map(|parameter| parameter.name);
    let near = name
        .as_str()
        .and_then(|name| known.min_by_key(|other| distance(name, other)).filter(|other| distance(name, other) <= 2));
    let meant = near.map(|name| format!(" Is “{name}” meant?")).unwrap_or_default();
    let of = level.name;
    let (severity, follows) = match (review.way, level.unknown) {
        (_, Unknown::Kept) if of == "hook-parameters" => return,
        (_, Unknown::Kept) if of.starts_with("ha-") => {
            (Severity::Warning, "the high-availability hook ignores it without a word")
        }
        // Versions of Kea that are not known here may know it.
        (_, Unknown::Refused) if level.is_of_hook() => (Severity::Warning, "Kea 3.0 does not load the library with it"),
        (_, _) if level.is_of_hook() => (Severity::Warning, "the hook library ignores it without a word"),
        (Way::Api, Unknown::Dropped) => (Severity::Warning, "Kea drops it without a word, and it has no effect"),
        (Way::Api, Unknown::Kept) => {
            (Severity::Error, "Kea keeps it without effect, and then its saved file does not load")
        }
        (_, Unknown::Kept) if of == "dhcp-queue-control" => return,
        _ => (Severity::Refused, "Kea refuses the configuration"),
    };
    let text = format!("Kea knows no “{name}” at this level ({of}): {follows}.{meant}");
    review.say("unknown-name", severity, path, text).mended_by([unset(path.clone())]);
}

fn look_at_parameter(review: &mut Review<'_>, parameter: &Parameter, path: &Path, value: &Value) {
    let name = parameter.name;
    if let Some(version) = parameter.gone_in() {
        let instead = parameter.replaced_by().map(|name| format!(" Use {name}.")).unwrap_or_default();
        review.say("gone", Severity::Refused, path, format!("Kea {version} and later refuse “{name}”.{instead}"));
    }
    if parameter.is_for_files_only() && review.way == Way::Api {
        let text = format!("“{name}” works in files only: sent to Kea, it is refused or lost.");
        review.say("file-only", Severity::Error, path, text);
    }
    // Of names of classes an empty list is taken, of their definitions not.
    let names = name == "client-classes" && path.steps().len() > 1;
    if is_never_empty(name) && !names && value.as_list().is_some_and(<[Value]>::is_empty) && name != "output-options" {
        let text = format!("“{name}” is empty: Kea refuses files with that. Leave it out.");
        let severity = if review.way == Way::File { Severity::Refused } else { Severity::Error };
        review.say("empty-list", severity, path, text).mended_by([unset(path.clone())]);
    }
}

/// Says what is wrong with a value. Whether it is of the right kind.
fn judged(review: &mut Review<'_>, parameter: &Parameter, kind: &Kind, path: &Path, value: &Value) -> bool {
    let name = parameter.name;
    if let Some(wanted) = wrong_kind(kind, value) {
        let text = format!(
            "“{name}” must be {wanted}, this is {}. Kea takes some of these over the API and refuses all in files.",
            value.kind()
        );
        review.say("wrong-type", Severity::Refused, path, text);
        return false;
    }
    match (kind, value) {
        (Kind::Integer { least, most }, Value::Number(number)) => {
            let within = number.as_i64().is_some_and(|number| (*least..=*most).contains(&number));
            if !within {
                let follows = "Kea refuses numbers out of range, or silently takes them modulo 2^32.";
                let text = format!("“{name}” must be from {least} to {most}, this is {number}. {follows}");
                review.say("out-of-range", Severity::Error, path, text);
            }
        }
        (Kind::Word(words), Value::Text(text)) if !words.iter().any(|word| is_word(name, text, word)) => {
            let text = format!("“{name}” must be one of {}, this is {}.", words.join(", "), shown(path, value));
            review.say("wrong-word", Severity::Refused, path, text);
        }
        (Kind::Address { v4, v6 }, Value::Text(text)) if !is_address(text, *v4, *v6) => {
            let family = if *v4 && *v6 {
                "an IP address"
            } else if *v4 {
                "an IPv4 address"
            } else {
                "an IPv6 address"
            };
            let text = format!("“{name}” must be {family}, this is {}.", shown(path, value));
            review.say("wrong-address", Severity::Refused, path, text);
        }
        (Kind::List(kind), Value::List(items)) => {
            for (at, item) in items.iter().enumerate() {
                judged(review, parameter, kind, &path.with(Step::At(at)), item);
            }
        }
        _ => {}
    }
    true
}

/// What should stand there, if something else does.
fn wrong_kind(kind: &Kind, value: &Value) -> Option<&'static str> {
    let (right, wanted) = match kind {
        Kind::Any => (true, ""),
        Kind::Boolean => (value.as_bool().is_some(), "true or false"),
        Kind::Integer { .. } => (value.as_i64().is_some(), "an integer"),
        Kind::Real => (
            matches!(value, Value::Number(number) if !number.is_integer()),
            "a number with a decimal point, such as 0.5",
        ),
        Kind::Text | Kind::Word(_) | Kind::Address { .. } => (matches!(value, Value::Text(_)), "a text"),
        Kind::Map(_) => (matches!(value, Value::Map(_)), "a map"),
        Kind::List(_) => (matches!(value, Value::List(_)), "a list"),
    };
    (!right && !matches!(value, Value::Include(_))).then_some(wanted)
}

/// Kea takes algorithms in any case, all other words as they are.
fn is_word(name: &str, text: &Text, word: &str) -> bool {
    text == word || (name == "algorithm" && text.as_bytes().eq_ignore_ascii_case(word.as_bytes()))
}

fn is_address(text: &Text, v4: bool, v6: bool) -> bool {
    let address = text.as_str().and_then(|text| text.parse().ok());
    // An empty text takes an address back.
    text.as_bytes().is_empty()
        || address.is_some_and(|address: std::net::IpAddr| if address.is_ipv4() { v4 } else { v6 })
}

/// A text for the middle of a sentence; abbreviations stay as they are.
fn lower_first(text: &str) -> String {
    if text.chars().nth(1).is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// How many letters one must change, add or take out to come from one name to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, wanted) in other.iter().enumerate() {
            let cost = diagonal + usize::from(letter != *wanted);
            diagonal = row[column + 1];
            row[column + 1] = cost.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
