//! Expressions that cannot be read: tests of classes, and what hooks evaluate.

use model::Expression;

use super::{Review, Severity};
use crate::Value;
use crate::expressions::WrittenExpression;
use crate::table::options;

pub(super) fn look(review: &mut Review<'_>) {
    for written in review.document.expressions() {
        read(review, &written);
    }
}

fn read(review: &mut Review<'_>, written: &WrittenExpression<'_>) {
    let document = review.document;
    let WrittenExpression { path, text, kind, of_hook } = written;
    let (rule, consequence) = if *of_hook {
        ("hook-expression", "Kea does not load the hook, and does not start.")
    } else {
        ("expression", "Kea refuses the configuration.")
    };
    let expression = match Expression::parse(text, document.family(), *kind) {
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
            let own =
                |map: &&crate::Map| map.text("name") == Some(name) && map.text("space").is_none_or(|own| own == space);
            definitions.iter().filter_map(Value::as_map).find(own)?.get("code")?.as_i64()
        })
    }
}
