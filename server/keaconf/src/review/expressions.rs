//! Expressions that cannot be read: tests of classes, and what hooks evaluate.

use model::{Expression, ExpressionKind};

use super::{Review, Severity};
use crate::classes::TESTS;
use crate::table::options;
use crate::{Map, Path, Step, Value};

/// Parameters of hooks that are expressions: the library, the member, and what is wanted.
const OF_HOOKS: [(&str, &str, ExpressionKind); 10] = [
    ("libdhcp_flex_id.so", "identifier-expression", ExpressionKind::Text),
    ("libdhcp_flex_option.so", "add", ExpressionKind::Text),
    ("libdhcp_flex_option.so", "supersede", ExpressionKind::Text),
    ("libdhcp_flex_option.so", "remove", ExpressionKind::Condition),
    ("libdhcp_ddns_tuning.so", "hostname-expr", ExpressionKind::Text),
    ("libdhcp_lease_cmds.so", "expression", ExpressionKind::Text),
    ("libdhcp_legal_log.so", "request-parser-format", ExpressionKind::Text),
    ("libdhcp_legal_log.so", "response-parser-format", ExpressionKind::Text),
    ("libdhcp_radius.so", "expr", ExpressionKind::Text),
    ("libdhcp_radius.so", "expression", ExpressionKind::Text),
];

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    if document.daemon.subnets().is_none() {
        return;
    }
    for (path, class) in document.elements(&Path::root(), &document.root, "client-classes") {
        for (name, kind) in TESTS {
            if let Some(test) = class.text(name) {
                read(review, "expression", &path.member(name), test, kind);
            }
        }
    }
    for (path, hook) in document.elements(&Path::root(), &document.root, "hooks-libraries") {
        let library = hook.text("library").and_then(|file| file.rsplit('/').next()).unwrap_or_default();
        if let (Some(parameters), true) = (hook.get("parameters"), OF_HOOKS.iter().any(|row| row.0 == library)) {
            in_hook(review, library, &path.member("parameters"), parameters);
        }
    }
}

/// Looks at the members of these names, all the way down.
fn in_hook(review: &mut Review<'_>, library: &str, path: &Path, value: &Value) {
    match value {
        Value::Map(map) => members(review, library, path, map),
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                in_hook(review, library, &path.with(Step::At(at)), item);
            }
        }
        _ => {}
    }
}

fn members(review: &mut Review<'_>, library: &str, path: &Path, map: &Map) {
    for (name, value) in map.iter() {
        let here = path.with(Step::Member(name.clone()));
        let row = OF_HOOKS.iter().find(|row| row.0 == library && name == row.1);
        match (row, value.as_str().filter(|text| !text.is_empty())) {
            (Some((_, _, kind)), Some(text)) => read(review, "hook-expression", &here, text, *kind),
            _ => in_hook(review, library, &here, value),
        }
    }
}

fn read(review: &mut Review<'_>, rule: &'static str, path: &Path, text: &str, kind: ExpressionKind) {
    let document = review.document;
    let consequence = if rule == "expression" {
        "Kea refuses the configuration."
    } else {
        "Kea does not load the hook, and does not start."
    };
    let family = document.family();
    let expression = match Expression::parse(text, family, kind) {
        Ok(expression) => expression,
        Err(error) => {
            let words = format!("The expression cannot be read: {error}. {consequence}");
            review.say(rule, Severity::Refused, path, words);
            return;
        }
    };
    for name in expression.option_names() {
        if document.option_code(&name.text).is_none() {
            let words = format!("The expression has an option “{}”, which is not defined. {consequence}", name.text);
            review.say(rule, Severity::Refused, path, words);
        }
    }
}

impl crate::Document {
    /// The code of an option of the space of the daemon, by its name: of Kea's own, or of a definition here. What
    /// expressions go by.
    pub fn option_code(&self, name: &str) -> Option<i64> {
        let space = self.daemon.option_space();
        options::code(self.daemon, space, name).or_else(|| {
            let definitions = self.root.get("option-def").and_then(Value::as_list).unwrap_or_default();
            let own = |map: &&Map| map.text("name") == Some(name) && map.text("space").is_none_or(|own| own == space);
            definitions.iter().filter_map(Value::as_map).find(own)?.get("code")?.as_i64()
        })
    }
}
