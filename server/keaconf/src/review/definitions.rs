//! Definitions of options that Kea refuses.

use std::collections::HashMap;

use super::{Review, Severity, set};
use crate::table::options::{self, DataType};
use crate::{Daemon, Map, Path, Value};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    let own = document.daemon.option_space();
    // By space: the names and codes that are taken.
    let mut taken: HashMap<(&str, String), Path> = HashMap::new();
    for (path, definition) in document.elements(&Path::root(), &document.root, "option-def") {
        let space = definition.text("space").unwrap_or(own);
        let mut refuse = |path: &Path, text: String| {
            review.say("option-definition", Severity::Refused, path, format!("{text} Kea refuses the configuration."));
        };
        let faults =
            [code_fault(document.daemon, space, definition), types_fault(definition), inside_fault(space, definition)];
        for text in faults.into_iter().flatten() {
            refuse(&path, text);
        }
        let code = definition.get("code").and_then(Value::as_i64).map(|code| code.to_string());
        let name = definition.text("name").map(str::to_owned);
        for key in code.into_iter().chain(name) {
            if taken.contains_key(&(space, key.clone())) {
                refuse(&path, format!("Another definition of the space {space} has {key} too."));
            }
            taken.entry((space, key)).or_insert_with(|| path.clone());
        }
        if definition.text("space").is_some_and(str::is_empty) {
            let path = path.member("space");
            let text = "The space of a definition is empty.".to_owned();
            review.say("option-definition", Severity::Refused, &path, text).mended_by([set(path.clone(), own)]);
        }
    }
}

/// What is wrong with its code or its name.
fn code_fault(daemon: Daemon, space: &str, definition: &Map) -> Option<String> {
    let code = definition.get("code").and_then(Value::as_i64)?;
    let most = if daemon == Daemon::Dhcp6 { 65_535 } else { 255 };
    if !(0..=most).contains(&code) {
        return Some(format!("Codes end at {most}, and this one is {code}."));
    }
    let is_main = space == daemon.option_space();
    if is_main && (code == 0 || (code == 255 && daemon == Daemon::Dhcp4)) {
        return Some(format!("The code {code} is no option's: it has a meaning of its own."));
    }
    // Those of a vendor may be defined anew, and so may option 43.
    let is_free = space.starts_with("vendor-") || (is_main && code == 43);
    if let Some(name) = options::name(daemon, space, code).filter(|_| !is_free) {
        return Some(format!("The code {code} is Kea's own option {name}."));
    }
    let name = definition.text("name")?;
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !is_plain || name.is_empty() || name.starts_with(['-', '_']) || name.ends_with(['-', '_']) {
        return Some(format!("“{name}” is no name: use letters and digits, with - and _ between them."));
    }
    let other = options::code(daemon, space, name).filter(|other| *other != code && !space.starts_with("vendor-"))?;
    Some(format!("The name {name} is that of Kea's own option {other}."))
}

/// What is wrong with what its value is made of.
fn types_fault(definition: &Map) -> Option<String> {
    let kind = definition.text("type")?;
    let fields = definition.text("record-types").filter(|types| !types.trim().is_empty());
    let repeats = definition.get("array").and_then(Value::as_bool) == Some(true);
    let unknown = |word: &str| Some(format!("“{word}” is no type of an option."));
    if kind != "record" {
        let Some(read) = DataType::of(kind) else { return unknown(kind) };
        if fields.is_some() {
            return Some("“record-types” belong to the type record alone.".to_owned());
        }
        let single = matches!(read, DataType::Empty | DataType::Binary | DataType::Text);
        return (repeats && single).then(|| format!("There is no list of the type {kind}."));
    }
    let words: Vec<&str> = fields.map(|types| types.split(',').map(str::trim).collect()).unwrap_or_default();
    if words.len() < 2 {
        return Some("A record needs two fields or more, in “record-types”.".to_owned());
    }
    for (at, word) in words.iter().enumerate() {
        let Some(read) = DataType::of(word).filter(|read| !matches!(read, DataType::Empty | DataType::Internal)) else {
            return unknown(word);
        };
        let open = matches!(read, DataType::Binary | DataType::Text);
        if open && at + 1 < words.len() {
            return Some(format!("A field of the type {word} has no end, so that none can come after it."));
        }
        if open && repeats {
            return Some(format!("There is no list of the type {word}."));
        }
    }
    None
}

/// What is wrong with the options inside of it.
fn inside_fault(space: &str, definition: &Map) -> Option<String> {
    let inside = definition.text("encapsulate").filter(|inside| !inside.is_empty())?;
    if inside == space {
        return Some(format!("The option is of the space {space}, and cannot hold the options of that."));
    }
    let repeats = definition.get("array").and_then(Value::as_bool) == Some(true);
    repeats.then(|| "A list has no room for other options: leave out “array” or “encapsulate”.".to_owned())
}
