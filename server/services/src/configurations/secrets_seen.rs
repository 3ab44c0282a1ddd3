//! Whether others changed the secrets that somebody replaces since they planned it. Kept in memory alone: after a restart, or
//! where another program made the plan, it is not known, and is asked for.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use keaconf::{Edit, MarkKey, Overtaken, Plan, SecretMarks};
use model::ServerName;

/// How many plans are remembered.
const REMEMBERED: usize = 200;

/// The marks of the secrets that the last plans would do away with.
#[derive(Default)]
pub(super) struct SecretsSeen {
    key: MarkKey,
    /// Of which server, of which configuration that it ran, and which; the newest last.
    marks: Mutex<VecDeque<(ServerName, String, SecretMarks)>>,
}

impl SecretsSeen {
    /// Remembers those of a plan that somebody saw. `base`: the hash of what runs.
    pub(super) fn note(&self, server: &ServerName, base: Option<&str>, plan: &Plan) {
        let marks = plan.secret_marks(&self.key);
        let Some(base) = base.filter(|_| !marks.is_empty()) else { return };
        let mut all = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| (&known.0, known.1.as_str(), &known.2) != (server, base, &marks));
        all.push_back((server.clone(), base.to_owned(), marks));
        if all.len() > REMEMBERED {
            all.pop_front();
        }
    }

    /// The secrets that a plan does away with and others changed, or may have changed, since the same was planned on another
    /// configuration. `base`: the hash of that one.
    pub(super) fn overtaken(&self, server: &ServerName, base: &str, plan: &Plan, edits: &[Edit]) -> Vec<Overtaken> {
        let then = {
            let all = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
            let of_it = all.iter().filter(|known| known.0 == *server && known.1 == base).map(|known| &known.2);
            of_it.cloned().reduce(SecretMarks::and)
        };
        plan.overtaken_secrets(edits, then.as_ref(), &self.key)
    }
}
