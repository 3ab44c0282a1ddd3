//! Secrets out, and secrets back.
//!
//! A value is a secret when the name that it has ends with one of [`SUFFIXES`], in any spelling, wherever it stands: Kea's
//! own parameters, parameters of hooks that nobody here knows, what people keep in `user-context`. What a URL has before
//! its `@` is one in any text.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use crate::identity::{Identities, Keys};
use crate::{Change, Document, Edit, Layout, Map, Op, Path, Step, Text, Value, What};

/// How the names of secrets end.
pub const SUFFIXES: [&str; 6] = ["password", "secret", "token", "passphrase", "psk", "private-key"];

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Whether what has this name is a secret: it ends with one of the suffixes, or their plurals, in any spelling.
pub fn is_secret(name: &Text) -> bool {
    let shown = name.shown();
    let own = letters_from_the_end(&shown);
    let mut singular = own.clone();
    let is_plural = singular.next() == Some('s');
    let ends = |suffix: &&str| begin(own.clone(), suffix) || (is_plural && begin(singular.clone(), suffix));
    SUFFIXES.iter().any(ends)
}

fn letters_from_the_end(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().rev().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Whether letters from the end of a name begin with those from the end of a suffix.
fn begin(mut letters: impl Iterator<Item = char>, suffix: &str) -> bool {
    letters_from_the_end(suffix).all(|letter| letters.next() == Some(letter))
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
        Value::Text(text) | Value::Include(text) if credentials(text).is_some() => without_credentials(text),
        // Names cannot be hidden alone, or nothing could be put back.
        Value::Map(map) if map.iter().any(|(name, _)| credentials(name).is_some()) => Value::from(REDACTED),
        Value::Map(map) => Value::Map(redacted_map(map)),
        Value::List(items) => Value::List(items.iter().map(|item| redacted(&Text::default(), item)).collect()),
        other => other.clone(),
    }
}

fn has_secrets(name: &Text, value: &Value) -> bool {
    let in_member = |(name, value): (&Text, &Value)| credentials(name).is_some() || has_secrets(name, value);
    is_secret(name)
        || match value {
            Value::Text(text) | Value::Include(text) => credentials(text).is_some(),
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

/// Whether something was taken out of a text.
fn is_redacted(text: &Text) -> bool {
    text.as_bytes().windows(REDACTED.len()).any(|part| part == REDACTED.as_bytes())
}

/// Where the first credentials in a text are.
fn credentials(text: &Text) -> Option<Range<usize>> {
    next_credentials(text.as_bytes(), 0)
}

/// The first credentials from a place on: of a URL, or the value of `password=` and the like.
fn next_credentials(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let found = [of_url(bytes, from), of_assignment(bytes, from)];
    found.into_iter().flatten().min_by_key(|range| range.start)
}

/// What stands between `://` and the last `@` before a blank or a quote. That may be more than credentials; better so.
fn of_url(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(found) = bytes[at..].windows(3).position(|part| part == b"://") {
        let start = at + found + 3;
        let length = bytes[start..].iter().position(|byte| ends_word(*byte)).unwrap_or(bytes.len() - start);
        let sign = bytes[start..start + length].iter().rposition(|byte| *byte == b'@');
        if let Some(range) =
            sign.filter(|length| *length > 0).and_then(|length| hidden_yet(bytes, start..start + length))
        {
            return Some(range);
        }
        at = start;
    }
    None
}

/// What stands behind the `=` of a name that secrets have, as in `--token=…`, up to a blank, a quote, `&` or `;`.
fn of_assignment(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'=') {
        let start = at + found + 1;
        let before = &bytes[..start - 1];
        let word = before.iter().rposition(|byte| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte)));
        let name = &before[word.map_or(0, |at| at + 1)..];
        let ends = |byte: &u8| ends_word(*byte) || b"&;".contains(byte);
        let length = bytes[start..].iter().position(ends).unwrap_or(bytes.len() - start);
        if length > 0
            && is_secret(&Text::from(name.to_vec()))
            && let Some(range) = hidden_yet(bytes, start..start + length)
        {
            return Some(range);
        }
        at = start;
    }
    None
}

fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'<>".contains(&byte)
}

fn hidden_yet(bytes: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    (bytes[range.clone()] != *REDACTED.as_bytes()).then_some(range)
}

fn without_credentials(text: &Text) -> Value {
    let mut bytes = text.as_bytes().to_vec();
    let mut from = 0;
    while let Some(range) = next_credentials(&bytes, from) {
        from = range.start;
        bytes.splice(range, REDACTED.bytes());
    }
    Value::Text(bytes.into())
}
