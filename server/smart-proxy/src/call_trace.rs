//! What a call records of itself on its way: what it asked, what it was answered, and why.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use model::Why;

/// The most of one text that is kept.
const LONGEST: usize = 2_000;

/// The trace of one call; its handlers add to it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallTrace(Arc<Mutex<Entry>>);

/// What was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The fields, as `name=value` lines.
    pub(crate) parameters: String,
    /// What a good answer says, in a line.
    pub(crate) answer: String,
    /// Why.
    pub(crate) why: Vec<Why>,
    /// Whether there was no address to give.
    pub(crate) exhausted: bool,
    /// Whether the caller was let in.
    pub(crate) let_in: bool,
}

impl CallTrace {
    /// Notes the fields.
    pub(crate) fn asked(&self, parameters: String) {
        self.entry().parameters = shortened(parameters);
    }

    /// Notes the answer.
    pub(crate) fn answered(&self, answer: impl Into<String>) {
        self.entry().answer = shortened(answer.into());
    }

    /// Notes reasons.
    pub(crate) fn because(&self, why: impl IntoIterator<Item = Why>) {
        self.entry().why.extend(why);
    }

    /// Notes that there was no address to give.
    pub(crate) fn exhausted(&self) {
        self.entry().exhausted = true;
    }

    /// Notes that the caller was let in.
    pub(crate) fn let_in(&self) {
        self.entry().let_in = true;
    }

    /// All of it.
    pub(crate) fn take(&self) -> Entry {
        std::mem::take(&mut *self.entry())
    }

    fn entry(&self) -> MutexGuard<'_, Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Sync> FromRequestParts<S> for CallTrace {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// The text without control characters other than line ends, and not too long.
pub(crate) fn shortened(text: String) -> String {
    let is_bad = |c: char| c.is_control() && c != '\n';
    let short = text.len() <= LONGEST || text.chars().nth(LONGEST).is_none();
    if short && !text.contains(is_bad) {
        return text;
    }
    let clean = text.chars().map(|c| if is_bad(c) { ' ' } else { c });
    let mut kept: String = clean.take(LONGEST).collect();
    if !short {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_short_and_printable() {
        assert_eq!(shortened("mac=a\nname=b\tc\u{1b}[31m".to_owned()), "mac=a\nname=b c [31m");
        assert_eq!(shortened("ä".repeat(5_000)).chars().count(), LONGEST + 1);
        assert_eq!(shortened(String::new()), "");
        let whole = "ä".repeat(LONGEST);
        assert_eq!(shortened(whole.clone()), whole, "characters count, not octets");
    }
}
