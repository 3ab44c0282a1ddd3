//! What a server cannot show for want of a hook library: the rest of what it shows counts all the same.

use std::collections::BTreeSet;

use model::{Finding, Hook, ServerName};

use crate::{Error, Result};

/// The hook libraries whose absence kept something from being seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unseen(BTreeSet<Hook>);

impl Unseen {
    /// What was answered; where a hook library is missing, nothing, and that is noted.
    pub(crate) fn or_nothing<T: Default>(&mut self, answer: Result<T>) -> Result<T> {
        match answer {
            Err(Error::MissingHook { hook, .. }) => {
                self.0.insert(hook);
                Ok(T::default())
            }
            answer => answer,
        }
    }

    /// Whether that one is missing.
    pub(crate) fn has(&self, hook: Hook) -> bool {
        self.0.contains(&hook)
    }

    /// The error of what needs everything to be seen; none: everything was.
    pub(crate) fn error(&self, server: &ServerName) -> Option<Error> {
        self.0.first().map(|hook| Error::MissingHook { server: server.clone(), hook: *hook })
    }

    /// All of them, in one order.
    pub(crate) fn hooks(&self) -> Vec<Hook> {
        self.0.iter().copied().collect()
    }

    /// What people are shown.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.0.iter().map(|hook| hook.is_missing()).collect()
    }
}
