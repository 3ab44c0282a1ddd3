//! Secrets out, and secrets back. What is one, `secrets` says.

use std::collections::HashMap;
use std::fmt;

use crate::identity::{Identities, Keys};
use crate::{Change, Document, Edit, Layout, Map, Op, Path, Step, Text, Value, What};

pub use secrets::REDACTED;

/// Whether what has this name is a secret.
pub fn is_secret(name: &Text) -> bool {
    secrets::is_secret(&name.shown())
}

/// The value without its secrets; `name` is the one that it has.
pub fn redacted(name: &Text, value: &Value) -> Value {
    // What has none stays shared with what it is of: of a large configuration that is nearly all.
    if !has_secrets(name, value) {
        return value.clone();
    }
    if is_secret(name) {
        return Value::from(REDACTED);
    }
    match value {
        Value::Text(text) | Value::Include(text) if has_credentials(text) => {
            Value::Text(secrets::without_credentials(text.as_bytes()).into())
        }
        // Names cannot be hidden alone, or nothing could be put back.
        Value::Map(map) if map.iter().any(|(name, _)| has_credentials(name)) => Value::from(REDACTED),
        Value::Map(map) => Value::Map(redacted_map(map)),
        Value::List(items) => Value::List(items.iter().map(|item| redacted(&Text::default(), item)).collect()),
        other => other.clone(),
    }
}

fn has_secrets(name: &Text, value: &Value) -> bool {
    let in_member = |(name, value): (&Text, &Value)| has_credentials(name) || has_secrets(name, value);
    is_secret(name)
        || match value {
            Value::Text(text) | Value::Include(text) => has_credentials(text),
            Value::Map(map) => map.iter().any(in_member),
            Value::List(items) => items.iter().any(|item| has_secrets(&Text::default(), item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
}

/// The value of a part without its secrets: also of a part of what is secret as a whole.
pub(crate) fn redacted_at(path: &Path, value: &Value) -> Value {
    let secret = |step: &Step| matches!(step, Step::Member(name) if is_secret(name));
    if path.steps().iter().any(secret) {
        return Value::from(REDACTED);
    }
    redacted(&Text::default(), value)
}

impl Change {
    /// The change as it may be shown, logged or kept.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let hide = |value: &Value| redacted_at(&self.path, value);
        let what = match &self.what {
            What::Added(value) => What::Added(hide(value)),
            What::Removed(value) => What::Removed(hide(value)),
            What::Changed { before, after } => What::Changed { before: hide(before), after: hide(after) },
            What::Reordered { .. } | What::Moved { .. } => self.what.clone(),
        };
        Self { path: self.path.clone(), what }
    }
}

impl Edit {
    /// The edit as it may be shown, logged or kept.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let op = match &self.op {
            Op::Set(value) => Op::Set(redacted_at(&self.path, value)),
            Op::Add(value) => Op::Add(redacted_at(&self.path, value)),
            Op::Unset | Op::Remove | Op::Order(_) | Op::Move(_) => self.op.clone(),
        };
        Self { path: self.path.clone(), op }
    }

    /// Whether a secret is given in it.
    pub fn gives_secrets(&self) -> bool {
        self.redacted() != *self
    }

    /// Whether secrets were taken out of it, or stand for those that are there.
    pub fn leaves_secrets_out(&self) -> bool {
        match &self.op {
            Op::Set(value) | Op::Add(value) => lacks_secrets(value),
            Op::Unset | Op::Remove | Op::Order(_) | Op::Move(_) => false,
        }
    }
}

fn lacks_secrets(value: &Value) -> bool {
    match value {
        Value::Text(text) | Value::Include(text) => is_redacted(text),
        Value::Map(map) => map.iter().any(|(_, value)| lacks_secrets(value)),
        Value::List(items) => items.iter().any(lacks_secrets),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

impl Path {
    /// Whether it looks into a secret, or knows an element by one: whether it is there would tell what the secret is.
    pub(crate) fn looks_at_secrets(&self) -> bool {
        let mut inside = false;
        self.steps().iter().any(|step| {
            let looks = match step {
                Step::Member(name) => has_credentials(name),
                Step::Element(keys) => {
                    keys.iter().any(|(name, value)| secrets::is_secret(name) || has_credentials(value))
                }
                Step::At(_) => false,
            };
            let is_in_one = inside;
            inside |= matches!(step, Step::Member(name) if is_secret(name));
            is_in_one || looks
        })
    }
}

/// Whoever prints what was edited for themselves sees no secrets either.
impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, op } = self.redacted();
        match op {
            Op::Set(value) => write!(f, "set {path} to {value:?}"),
            Op::Add(value) => write!(f, "add {value:?} to {path}"),
            Op::Unset => write!(f, "unset {path}"),
            Op::Remove => write!(f, "remove {path}"),
            Op::Order(wanted) => write!(f, "order {path} by {wanted:?}"),
            Op::Move(to) => write!(f, "move {path} to {to}"),
        }
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, what } = self.redacted();
        match what {
            What::Added(value) => write!(f, "{path} added: {value:?}"),
            What::Removed(value) => write!(f, "{path} removed: {value:?}"),
            What::Changed { before, after } => write!(f, "{path} from {before:?} to {after:?}"),
            What::Reordered { before, after } => write!(f, "{path} reordered from {before:?} to {after:?}"),
            What::Moved { from } => write!(f, "{from} moved to {path}"),
        }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted().to_json(Layout::Compact))
    }
}

fn redacted_map(map: &Map) -> Map {
    map.iter().map(|(name, value)| (name.clone(), redacted(name, value))).collect()
}

impl Document {
    /// The document without its secrets: all that may be shown, logged or kept.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let root = match redacted(&Text::default(), &Value::Map(self.root.clone())) {
            Value::Map(root) => root,
            // A name at the top has credentials in it: nothing of it can be shown.
            other => [(Text::from("redacted"), other)].into_iter().collect(),
        };
        Self { daemon: self.daemon, root }
    }

    /// The document with the secrets of another one of the same server put back, part by part. Where the other has none,
    /// the paths come back: somebody must be asked for them.
    pub fn restored(&self, from: &Self) -> Result<Self, Vec<Path>> {
        let mut restorer = Restorer { mine: self.identities(), theirs: from.identities(), missing: Vec::new() };
        let root = restorer.map(&Path::root(), &self.root, Some(&from.root));
        if restorer.missing.is_empty() { Ok(Self { daemon: self.daemon, root }) } else { Err(restorer.missing) }
    }
}

struct Restorer {
    mine: Identities,
    theirs: Identities,
    missing: Vec<Path>,
}

impl Restorer {
    fn map(&mut self, path: &Path, map: &Map, from: Option<&Map>) -> Map {
        let members = map.iter().map(|(name, value)| {
            let path = path.with(Step::Member(name.clone()));
            (name.clone(), self.value(&path, name, value, from.and_then(|map| map.get_text(name))))
        });
        members.collect()
    }

    fn value(&mut self, path: &Path, name: &Text, value: &Value, from: Option<&Value>) -> Value {
        match value {
            Value::Text(text) | Value::Include(text) if is_redacted(text) => match from {
                // Only what was hidden like this is put back: else a text could be moved to where it is shown.
                Some(original) if redacted(name, original) == *value => original.clone(),
                _ => {
                    self.missing.push(path.clone());
                    value.clone()
                }
            },
            Value::Map(map) => Value::Map(self.map(path, map, from.and_then(Value::as_map))),
            Value::List(items) => Value::List(self.list(path, name, items, from.and_then(Value::as_list))),
            other => other.clone(),
        }
    }

    fn list(&mut self, path: &Path, name: &Text, items: &[Value], from: Option<&[Value]>) -> Vec<Value> {
        let from = from.unwrap_or_default();
        let keys = self.mine.all(name, items).filter(|_| items.iter().all(|item| item.as_map().is_some()));
        let theirs = self.theirs.all(name, from).unwrap_or_default();
        let originals: HashMap<Keys, &Value> = theirs.into_iter().zip(from).collect();
        let restore = |(at, item): (usize, &Value)| {
            let own = keys.as_ref().map(|keys| keys[at].clone());
            let original = own.as_ref().map_or_else(|| from.get(at), |keys| originals.get(keys).copied());
            let path = path.with(own.map_or(Step::At(at), Step::Element));
            self.value(&path, &Text::default(), item, original)
        };
        items.iter().enumerate().map(restore).collect()
    }
}

fn is_redacted(text: &Text) -> bool {
    secrets::is_redacted(text.as_bytes())
}

fn has_credentials(text: &Text) -> bool {
    secrets::has_credentials(text.as_bytes())
}
