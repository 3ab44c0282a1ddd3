//! Loggers: what passes the tests of Kea, and fails or hangs when it is used.

use super::{Review, Severity, set};
use crate::{Path, SEVERITIES, Value};

/// Above this many files `config-set` never answers.
const MOST_FILES: i64 = 2_147_483_647;

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    for (path, logger) in document.elements(&Path::root(), &document.root, "loggers") {
        if let Some(word) =
            logger.text("severity").filter(|word| !SEVERITIES.contains(&word.to_ascii_uppercase().as_str()))
        {
            let text =
                format!("“{word}” is no severity: Kea takes it without a word. Use one of {}.", SEVERITIES.join(", "));
            let path = path.member("severity");
            review.say("logger", Severity::Error, &path, text).mended_by([set(path.clone(), "INFO")]);
        }
        for list in ["output-options", "output_options"] {
            for (path, output) in document.elements(&path, logger, list) {
                if output.get("maxver").and_then(Value::as_i64).is_some_and(|most| most > MOST_FILES) {
                    let path = path.member("maxver");
                    let text = format!("maxver above {MOST_FILES} hangs Kea: config-set never answers.");
                    review.say("logger", Severity::Refused, &path, text).mended_by([set(path.clone(), MOST_FILES)]);
                }
            }
        }
        let main = logger.text("name").is_some_and(|name| !name.contains('.'));
        let outputs = logger.get("output-options").or_else(|| logger.get("output_options"));
        if main && outputs.and_then(Value::as_list).is_none_or(<[Value]>::is_empty) {
            let text = "The main logger has no output-options: nothing is logged any more.";
            review.say("logger", Severity::Error, &path, text);
        }
    }
}
