//! What went wrong, as people read it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Conflict, as_sentence};

/// The kind of a problem; each has one meaning to programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// No user is signed in.
    Unauthenticated,
    /// The one who is signed in may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The input is wrong; `fields` says where.
    Invalid,
    /// It may harm the host of the DHCP server, and it was not confirmed that it is meant; `fields` says what.
    Dangerous,
    /// Something else stands against it; `conflicts` says what.
    Conflict,
    /// It was changed in the meantime.
    Stale,
    /// Nothing is free.
    Exhausted,
    /// Others were at work for too long.
    Busy,
    /// The DHCP server did not answer.
    Unreachable,
    /// The DHCP server said no.
    Refused,
    /// The DHCP server cannot do this as it is set up.
    Unsupported,
    /// Whether the change was made is not known.
    Unknown,
    /// The change works but is not saved: a restart of the DHCP server would lose it.
    NotSaved,
    /// The DHCP server serves no clients.
    NotServing,
    /// Too many tries.
    Throttled,
    /// Nestor's own store does not work, and nothing was changed.
    Store,
    /// A fault of ours.
    Internal,
}

/// A fault in one field of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name, as in the type it belongs to.
    pub field: String,
    /// What is wrong with it.
    pub text: String,
}

impl FieldError {
    /// That field is wrong, for that reason.
    pub fn new(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into() }
    }
}

/// What failed, how things stand now, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The kind.
    pub kind: ProblemKind,
    /// What failed and how things stand, in a sentence or two.
    pub text: String,
    /// What to do about it.
    pub advice: String,
    /// Faults of single fields.
    pub fields: Vec<FieldError>,
    /// What stands against it.
    pub conflicts: Vec<Conflict>,
}

impl Problem {
    /// A problem without details.
    pub fn new(kind: ProblemKind, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind, text: text.into(), advice: advice.into(), fields: Vec::new(), conflicts: Vec::new() }
    }

    /// All of it in one text, for where no field is marked: what failed, what is wrong with the input, and what to do.
    pub fn in_full(&self) -> String {
        let faults = self.fields.iter().map(|fault| as_sentence(&fault.text));
        let parts = std::iter::once(self.text.clone()).chain(faults).chain([self.advice_in_full().to_owned()]);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// What to do about it where each fault is named: of those that are wrong the faults say it themselves.
    pub fn advice_in_full(&self) -> &str {
        let named = self.kind == ProblemKind::Invalid && !self.fields.is_empty();
        if named { "" } else { &self.advice }
    }

    /// The fault of one field, if it has one.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|fault| fault.field == name).map(|fault| fault.text.as_str())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_field_is_marked_each_fault_is_said() {
        let mut problem = Problem::new(ProblemKind::Invalid, "It is invalid.", "Correct the highlighted fields.");
        assert_eq!(problem.in_full(), "It is invalid. Correct the highlighted fields.", "nothing else is known");
        problem.fields = vec![FieldError::new("path", "there is no such part")];
        assert_eq!(problem.in_full(), "It is invalid. There is no such part.");
        problem.kind = ProblemKind::Dangerous;
        assert_eq!(problem.in_full(), "It is invalid. There is no such part. Correct the highlighted fields.");
    }
}
