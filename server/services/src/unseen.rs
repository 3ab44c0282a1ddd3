//! What a server cannot show for want of a hook library, or refuses to show: the rest of what it shows counts all the same.

use std::collections::BTreeSet;

use model::{Finding, Hook, Problem, RawRecord, ServerName, Severity};

use crate::{Error, Result};

/// What was answered; where that is a record that is not understood, nothing, and it is put aside.
pub(crate) fn aside<T: Default>(raw: &mut Vec<RawRecord>, answer: Result<T>) -> Result<T> {
    match answer {
        Err(Error::Unreadable(record)) => {
            raw.push(*record);
            Ok(T::default())
        }
        answer => answer,
    }
}

/// What kept something from being seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unseen {
    /// Hook libraries that are missing.
    hooks: BTreeSet<Hook>,
    /// Why a list is not whole, or not of now: a server refuses to give it where a single record of a database is odd, and
    /// cannot give it while its database is away.
    trouble: Option<Error>,
}

impl Unseen {
    /// What was answered; where a hook library is missing, nothing, and that is noted.
    pub(crate) fn or_nothing<T: Default>(&mut self, answer: Result<T>) -> Result<T> {
        match answer {
            Err(Error::MissingHook { hook, .. }) => {
                self.hooks.insert(hook);
                Ok(T::default())
            }
            answer => answer,
        }
    }

    /// The same of a list; where the server refuses to give it, nothing, and that is noted too.
    pub(crate) fn or_refused<T: Default>(&mut self, answer: Result<T>) -> Result<T> {
        match self.or_nothing(answer) {
            Err(error @ Error::Refused { .. }) => {
                self.trouble.get_or_insert(error);
                Ok(T::default())
            }
            answer => answer,
        }
    }

    /// Why a list is not whole, where that is not for want of a hook library.
    pub(crate) fn trouble(&self) -> Option<&Error> {
        self.trouble.as_ref()
    }

    /// The same of what was seen once, and cannot be seen now.
    pub(crate) fn since(mut self, trouble: Error) -> Self {
        self.trouble.get_or_insert(trouble);
        self
    }

    /// Whether that one is missing.
    pub(crate) fn has(&self, hook: Hook) -> bool {
        self.hooks.contains(&hook)
    }

    /// The error of what needs everything to be seen; none: everything was.
    pub(crate) fn error(&self, server: &ServerName) -> Option<Error> {
        self.hooks.first().map(|hook| Error::MissingHook { server: server.clone(), hook: *hook })
    }

    /// All of them, in one order.
    pub(crate) fn hooks(&self) -> Vec<Hook> {
        self.hooks.iter().copied().collect()
    }

    /// What people are shown.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let trouble = self.trouble.clone().map(|error| {
            let what = match error {
                Error::Unreachable { .. } => "This is how it was when all of it could be seen.",
                _ => "A part of the list is missing.",
            };
            let Problem { text, advice, .. } = error.into();
            let text = format!("{what} {text}");
            Finding { severity: Severity::Warns, text, advice, items: Vec::new(), line: None }
        });
        self.hooks.iter().map(|hook| hook.is_missing()).chain(trouble).collect()
    }
}
