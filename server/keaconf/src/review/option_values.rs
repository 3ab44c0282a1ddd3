//! Options whose value does not fit what they are made of.

use super::{Review, Severity};
use crate::table::options::DataType;
use crate::{Daemon, Map, Misfit, Path, Value};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    for (path, around, option) in document.options() {
        if !option.has("name") && !option.has("code") {
            let text = "An option needs a name or a code. Kea refuses the configuration.";
            review.say("option", Severity::Refused, &path, text);
            continue;
        }
        if let Some(text) = name_fault(review, around, option) {
            review.say("option-name", Severity::Refused, &path, format!("{text} Kea refuses the configuration."));
            continue;
        }
        if let Some(text) = lost(review, around, option) {
            review.say("option-value", Severity::Error, &path.member("data"), text);
            continue;
        }
        value(review, &path, around, option);
    }
}

/// What Kea takes, and does not keep as it is written.
fn lost(review: &Review<'_>, around: &Map, option: &Map) -> Option<&'static str> {
    let data = option.text("data")?;
    let definition = review.document.definition_of(around, option)?;
    let is_whole = definition.types == [DataType::Empty] && definition.encapsulates.is_some();
    let is_octets = option.get("csv-format").and_then(Value::as_bool) == Some(false);
    if is_whole && is_octets && !data.is_empty() {
        return Some(
            "The option is made of other options, and Kea forgets a value that is written for it as a whole. Set the options \
             of its space, or define it as “binary” in a class.",
        );
    }
    let addresses = matches!(definition.types[..], [DataType::Ipv4 | DataType::Ipv6]) && definition.repeats;
    (addresses && data.trim().is_empty()).then_some(
        "The option has no address: clients are told an empty list. Take the option out, or set “never-send”.",
    )
}

/// What is wrong with its code and its name.
fn name_fault(review: &Review<'_>, around: &Map, option: &Map) -> Option<String> {
    let most = if review.document.daemon == Daemon::Dhcp6 { 65_535 } else { 255 };
    let code = option.get("code").and_then(Value::as_i64);
    if let Some(code) = code.filter(|code| !(0..=most).contains(code)) {
        return Some(format!("Codes end at {most}, and this one is {code}."));
    }
    let name = option.text("name")?;
    let definition = review.document.definition_of(around, option)?;
    (definition.name != name)
        .then(|| format!("The option {} is called {}, and not “{name}”.", definition.code, definition.name))
}

fn value(review: &mut Review<'_>, path: &Path, around: &Map, option: &Map) {
    match review.document.wire(around, option) {
        Ok(wire) => {
            if let Some(text) = wire.what_is_left_out() {
                review.say("option-left-out", Severity::Warning, &path.member("data"), text);
            }
        }
        Err(misfit) => {
            let undefined = misfit == Misfit::Undefined;
            let (rule, at) =
                if undefined { ("option-undefined", path.clone()) } else { ("option-value", path.member("data")) };
            if let Some(text) = misfit.sentences() {
                review.say(rule, Severity::Refused, &at, text);
            }
        }
    }
}
