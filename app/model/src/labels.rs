//! What people call an element of a server's configuration, and what they say of it.

use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::reservation::text_fault;

/// The longest name, in octets.
const LONGEST_NAME: usize = 200;

/// The longest comment, in octets.
const LONGEST_COMMENT: usize = 1_000;

/// Name and comment of an element.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Labels {
    /// What people call it.
    pub name: Option<String>,
    /// What else they say of it.
    pub comment: Option<String>,
}

impl Labels {
    /// Whether there is neither.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.comment.is_none()
    }

    /// What is wrong with those of the two that changed: an untouched one is not judged.
    pub fn faults_since(&self, seen: &Self) -> Vec<FieldError> {
        let texts = [
            ("name", &self.name, &seen.name, LONGEST_NAME),
            ("comment", &self.comment, &seen.comment, LONGEST_COMMENT),
        ];
        let fault = |(field, text, old, longest): (_, &Option<String>, &Option<String>, _)| {
            let text = text.as_deref().filter(|_| text != old)?;
            Some(FieldError::new(field, text_fault(text, longest)?))
        };
        texts.into_iter().filter_map(fault).collect()
    }

    /// The same without blanks around them; a text of nothing else is none.
    #[must_use]
    pub fn trimmed(self) -> Self {
        let trim = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self { name: trim(self.name), comment: trim(self.comment) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(name: &str, comment: &str) -> Labels {
        Labels { name: Some(name.to_owned()), comment: Some(comment.to_owned()) }
    }

    #[test]
    fn only_what_was_touched_is_judged() {
        let odd = labels("two\nlines", &"x".repeat(LONGEST_COMMENT + 1));
        assert_eq!(odd.faults_since(&odd), []);
        let fields = |faults: Vec<FieldError>| faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>();
        assert_eq!(fields(odd.faults_since(&Labels::default())), ["name", "comment"]);
        assert_eq!(fields(odd.faults_since(&labels("two\nlines", ""))), ["comment"]);
        assert_eq!(labels("a", "b").faults_since(&odd), []);
    }

    #[test]
    fn blanks_are_no_text() {
        assert_eq!(labels("  ", " b ").trimmed(), Labels { name: None, comment: Some("b".to_owned()) });
    }
}
