//! Whether others changed the secrets that somebody replaces or takes out. What may be seen of a configuration does not tell it:
//! there every secret is the same. So a mark is kept of each one that a plan would do away with.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::standing::part_of;
use crate::{Edit, Layout, Overtaken, Path, Plan};

/// What marks are made with. It is of one program and known to nobody: without it a mark says nothing, so that none can be
/// found by trying.
#[derive(Clone, Default)]
pub struct MarkKey(RandomState);

/// Marks of the secrets that a plan replaces or takes out: whether they are others later, and nothing of what they are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretMarks(HashMap<Path, u64>);

impl SecretMarks {
    /// Whether the plan leaves all secrets as they are.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and others of the same configuration.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }
}

impl Plan {
    /// The marks of the secrets that it replaces or takes out, as they are now.
    pub fn secret_marks(&self, key: &MarkKey) -> SecretMarks {
        let marked = |path: Path| {
            let value = self.running.get(&path).ok()?.to_json(Layout::Compact);
            Some((path, key.0.hash_one(value)))
        };
        SecretMarks(self.without_way_back().into_iter().filter_map(marked).collect())
    }

    /// The secrets that these edits replace or take out and others changed since `then`, when the same edits were planned
    /// before; none: of that nothing is known, so that they may have. It says which, and not what they are or were.
    pub fn overtaken_secrets(&self, edits: &[Edit], then: Option<&SecretMarks>, key: &MarkKey) -> Vec<Overtaken> {
        let SecretMarks(now) = self.secret_marks(key);
        let mut changed: Vec<Path> = now
            .into_iter()
            .filter(|(path, mark)| then.and_then(|then| then.0.get(path)) != Some(mark))
            .map(|(path, _)| path)
            .collect();
        changed.sort_by_cached_key(ToString::to_string);
        let mut all: Vec<Overtaken> = Vec::new();
        for path in changed {
            let found = self.secret(path, edits, then.is_some());
            // One edit that does away with several is asked for once.
            if !all.iter().any(|known| known.edits == found.edits) {
                all.push(found);
            }
        }
        all
    }

    fn secret(&self, path: Path, edits: &[Edit], is_known: bool) -> Overtaken {
        let meets = |edit: &Edit| {
            let part = part_of(&self.running, edit);
            path.starts_with(&part) || part.starts_with(&path) || path.starts_with(&edit.path)
        };
        let mut own: Vec<usize> = (0..edits.len()).filter(|at| meets(&edits[*at])).collect();
        if own.is_empty() {
            own = (0..edits.len()).collect();
        }
        let now = if is_known { "another secret" } else { "a secret, perhaps another one" };
        let wanted = self.result.get(&path).is_ok().then(|| "the secret that is given".to_owned());
        let anew = own.iter().map(|at| edits[*at].clone()).collect();
        Overtaken {
            path,
            was: Some("a secret".to_owned()),
            now: Some(now.to_owned()),
            wanted,
            edits: own,
            anew: Some(anew),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    fn site(password: &str, user: &str) -> Document {
        let text = format!(
            r#"{{"Dhcp4":{{"valid-lifetime":60,"lease-database":{{"type":"mysql","user":"{user}","password":"{password}"}}}}}}"#
        );
        Document::read(text.as_bytes()).unwrap()
    }

    fn edits(json: &str) -> Vec<Edit> {
        Edit::read_all(json.as_bytes()).unwrap()
    }

    fn paths(found: &[Overtaken]) -> Vec<String> {
        found.iter().map(|found| found.path.to_string()).collect()
    }

    const NEW: &str = r#"[{"op": "set", "path": "lease-database.password", "value": "mine"}]"#;

    #[test]
    fn a_secret_that_others_changed_meanwhile_is_asked_for() {
        let key = MarkKey::default();
        let gone = r#"[{"op": "unset", "path": "lease-database.password"}]"#;
        let whole =
            r#"[{"op": "set", "path": "lease-database", "value": {"type": "mysql", "user": "a", "password": "mine"}}]"#;
        for edits in [NEW, gone, whole].map(edits) {
            let plan = |document: &Document| Plan::of_bare(document, &edits).unwrap();
            let then = plan(&site("old", "a")).secret_marks(&key);
            let found = |now: &Document, then| plan(now).overtaken_secrets(&edits, then, &key);
            assert_eq!(paths(&found(&site("old", "a"), Some(&then))), [""; 0], "as it was");
            assert_eq!(paths(&found(&site("theirs", "a"), Some(&then))), ["lease-database.password"], "{edits:?}");
            let unknown = found(&site("old", "a"), None);
            assert_eq!(paths(&unknown), ["lease-database.password"], "not known is asked for");
            assert!(unknown[0].now.as_ref().unwrap().contains("perhaps"));
            let said = format!("{} {}", found(&site("theirs", "a"), Some(&then))[0], unknown[0]);
            assert!(["old", "theirs", "mine"].iter().all(|secret| !said.contains(secret)), "{said}");
        }
    }

    #[test]
    fn a_secret_that_is_kept_is_not_asked_for_whoever_changed_it() {
        let key = MarkKey::default();
        let kept = r#"[{"op": "set", "path": "lease-database", "value": {"type": "mysql", "user": "b", "password": "[redacted]"}},
            {"op": "set", "path": "valid-lifetime", "value": 90}]"#;
        let plan = Plan::of_bare(&site("theirs", "a"), &edits(kept)).unwrap();
        assert!(plan.secret_marks(&key).is_empty());
        assert_eq!(paths(&plan.overtaken_secrets(&edits(kept), None, &key)), [""; 0]);
    }

    /// Marks tell nobody what a secret is: they are the same for one that is given, and others in another program.
    #[test]
    fn marks_do_not_depend_on_what_is_given() {
        let key = MarkKey::default();
        let marks = |given: &str, key: &MarkKey| {
            let edits = edits(&NEW.replace("mine", given));
            Plan::of_bare(&site("old", "a"), &edits).unwrap().secret_marks(key)
        };
        assert!(marks("mine", &key) == marks("old", &key));
        assert!(marks("mine", &key) != marks("mine", &MarkKey::default()));
    }
}
