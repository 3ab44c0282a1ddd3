//! Where expressions stand: tests of classes, and what hooks evaluate.

use model::ExpressionKind;

use crate::classes::TESTS;
use crate::{Document, Map, Path, Step, Value};

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

/// An expression, where it stands.
pub(crate) struct WrittenExpression<'a> {
    pub(crate) path: Path,
    pub(crate) text: &'a str,
    /// What it is wanted to be.
    pub(crate) kind: ExpressionKind,
    /// Whether a hook evaluates it.
    pub(crate) of_hook: bool,
}

impl Document {
    /// Every expression, those of classes first.
    pub(crate) fn expressions(&self) -> Vec<WrittenExpression<'_>> {
        let mut found = Vec::new();
        if self.daemon.subnets().is_none() {
            return found;
        }
        for (path, class) in self.elements(&Path::root(), &self.root, "client-classes") {
            for (name, kind) in TESTS {
                if let Some(text) = class.text(name) {
                    found.push(WrittenExpression { path: path.member(name), text, kind, of_hook: false });
                }
            }
        }
        for (path, hook) in self.elements(&Path::root(), &self.root, "hooks-libraries") {
            let library = hook.text("library").and_then(|file| file.rsplit('/').next()).unwrap_or_default();
            if let (Some(parameters), true) = (hook.get("parameters"), OF_HOOKS.iter().any(|row| row.0 == library)) {
                in_hook(library, &path.member("parameters"), parameters, &mut found);
            }
        }
        found
    }
}

/// Looks at the members of these names, all the way down.
fn in_hook<'a>(library: &str, path: &Path, value: &'a Value, found: &mut Vec<WrittenExpression<'a>>) {
    match value {
        Value::Map(map) => members(library, path, map, found),
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                in_hook(library, &path.with(Step::At(at)), item, found);
            }
        }
        _ => {}
    }
}

fn members<'a>(library: &str, path: &Path, map: &'a Map, found: &mut Vec<WrittenExpression<'a>>) {
    for (name, value) in map.iter() {
        let here = path.with(Step::Member(name.clone()));
        let row = OF_HOOKS.iter().find(|row| row.0 == library && name == row.1);
        match (row, value.as_str().filter(|text| !text.is_empty())) {
            (Some((_, _, kind)), Some(text)) => {
                found.push(WrittenExpression { path: here, text, kind: *kind, of_hook: true });
            }
            _ => in_hook(library, &here, value, found),
        }
    }
}
