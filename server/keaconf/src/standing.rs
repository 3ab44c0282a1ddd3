//! How a configuration stands to edits: whether it is as they want it, and what is left to be done.
//!
//! What Kea shows of a part has more in it than what was sent: defaults, copies of what is inherited. So a part is as it is
//! wanted when all that is wanted of it is there, by meaning.

use std::collections::HashMap;

use crate::diff::is_nothing;
use crate::edit::{apply, destination};
use crate::identity::{Identities, Keys, file_name, is_ordered, mean_the_same};
use crate::redact::redacted_at;
use crate::{Document, Edit, EditError, Layout, Map, Op, Overtaken, Path, Step, Text, Value};

/// How a configuration stands to a change: what it wants, and the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All of it is there.
    Made,
    /// All is as it was before.
    NotMade,
    /// A part of it is there, the rest is as it was before.
    Half,
    /// Some part is neither as wanted nor as it was: others changed it.
    Elsewhere,
}

impl Document {
    /// Whether the part that an edit names is as the edit wants it. Secrets that are left out of the edit count as right;
    /// so does what holds for the part without being set on it.
    pub fn holds(&self, edit: &Edit) -> bool {
        let part = part_of(self, edit);
        let found = self.get(&place_of(self, edit));
        let name = match part.steps().last() {
            Some(Step::Member(name)) => name.clone(),
            _ => Text::default(),
        };
        match (&edit.op, found) {
            (Op::Remove, found) => found.is_err(),
            (Op::Move(_), found) => found.is_ok() && (part == edit.path || self.get(&edit.path).is_err()),
            (Op::Order(wanted), _) => self.is_in_order(&part, wanted),
            (Op::Unset, Err(_)) => true,
            (Op::Unset, Ok(found)) => is_nothing(&name, found) || self.beneath(&part).as_ref() == Some(found),
            (Op::Set(wanted) | Op::Add(wanted), Ok(found)) => {
                let holds = |found: &Value| covers(&self.identities(), &name, wanted, found);
                holds(found) || holds(&redacted_at(&part, found))
            }
            (Op::Set(wanted) | Op::Add(wanted), Err(_)) => {
                is_nothing(&name, wanted) || self.beneath(&part).is_some_and(|held| held == *wanted)
            }
        }
    }

    /// What holds for a parameter where it is not set: what is inherited, or Kea's default.
    fn beneath(&self, path: &Path) -> Option<Value> {
        let (above, Step::Member(name)) = path.split()? else { return None };
        if self.get(path).is_err() {
            return self.effective(&above, name.as_str()?).ok()?.value;
        }
        let bare = self.edited(&[Edit { path: path.clone(), op: Op::Unset }]).ok()?;
        bare.effective(&above, name.as_str()?).ok()?.value
    }

    /// The part that an edit is of: what is added is named by what it is, what is moved by where it is then.
    pub fn part_of(&self, edit: &Edit) -> Path {
        part_of(self, edit)
    }

    /// The document as edits want it: those are made that it does not hold yet, so that it may be asked for twice.
    pub fn brought_to(&self, edits: &[Edit]) -> Result<Self, EditError> {
        let mut document = self.clone();
        for (index, edit) in edits.iter().enumerate() {
            if document.holds(edit) {
                continue;
            }
            // What is there already, otherwise than wanted, gives place; but no subnet does to one of another prefix.
            let part = part_of(&document, edit);
            if let Some(text) = another_subnet(&document, &part, &edit.op).or_else(|| still_used(&document, edit)) {
                return Err(EditError { index, text });
            }
            let edit = match &edit.op {
                Op::Add(value) if document.get(&place_of(&document, edit)).is_ok() => {
                    let value = with_its_subnets(&document, &part, value);
                    Edit { path: part, op: Op::Set(value) }
                }
                // Others may have taken some of them out.
                Op::Order(wanted) => Edit { path: part.clone(), op: Op::Order(document.present(&part, wanted)) },
                _ => edit.clone(),
            };
            // In place: of many edits each would copy the whole document.
            apply(&mut document, &edit).map_err(|text| EditError { index, text })?;
        }
        Ok(document)
    }

    /// How it stands to a change, where `forward` makes it and `back` takes it back.
    pub fn standing(&self, forward: &[Edit], back: &[Edit]) -> Standing {
        if forward.iter().all(|edit| self.holds(edit)) {
            return Standing::Made;
        }
        if back.iter().all(|edit| self.holds(edit)) {
            return Standing::NotMade;
        }
        if self.foreign(forward, back).is_empty() { Standing::Half } else { Standing::Elsewhere }
    }

    /// The parts that are neither as a change wants them nor as they were before it.
    pub fn foreign(&self, forward: &[Edit], back: &[Edit]) -> Vec<Path> {
        let mut parts: HashMap<Path, bool> = HashMap::new();
        let mut order = Vec::new();
        for edit in forward.iter().chain(back) {
            let part = self.part_before(edit, forward);
            let known = parts.entry(part.clone()).or_insert_with(|| {
                order.push(part);
                false
            });
            *known |= self.holds(edit);
        }
        // The order of a list is given on one way alone, where the other one adds to its end.
        let is_list =
            |path: &Path| path.kind().is_some_and(is_ordered) && matches!(path.steps().last(), Some(Step::Member(_)));
        // What is within an element that is as it should be is so, too: one way may name the whole, the other a part of it.
        let is_known = |path: &Path| parts.iter().any(|(other, known)| *known && path.starts_with(other));
        order.into_iter().filter(|path| !is_known(path) && !is_list(path)).collect()
    }

    /// That a part is foreign, in words that show what it was, what it is, and what is wanted.
    pub fn clash(&self, path: &Path, forward: &[Edit], back: &[Edit]) -> String {
        let [was, now, wanted] = self.values(path, forward, back);
        Overtaken { path: path.clone(), was, now, wanted, edits: Vec::new(), anew: None }.to_string()
    }

    /// What a part was, what it is, and what is wanted; none: nothing. Without secrets.
    pub(crate) fn values(&self, path: &Path, forward: &[Edit], back: &[Edit]) -> [Option<String>; 3] {
        let of = |edit: &&Edit| self.part_before(edit, forward) == *path;
        let wants = |edits: &[Edit]| match edits.iter().find(of).map(|edit| &edit.op)? {
            Op::Set(value) | Op::Add(value) => Some(shown(path, value)),
            Op::Move(to) => Some(format!("at {to}")),
            Op::Order(_) => Some("another order".to_owned()),
            Op::Unset | Op::Remove => None,
        };
        [wants(back), self.get(path).ok().map(|value| shown(path, value)), wants(forward)]
    }
}

impl Document {
    /// The part that an edit is of, under the name that it has before `forward` is made: so the edits that make a change and
    /// those that take it back are of the same parts, whatever moves.
    pub(crate) fn part_before(&self, edit: &Edit, forward: &[Edit]) -> Path {
        let moves = forward.iter().filter(|edit| matches!(edit.op, Op::Move(_)));
        let back = |part: Path, edit: &Edit| part.within(&part_of(self, edit), &edit.path);
        moves.rev().fold(part_of(self, edit), back)
    }
}

/// That a shared network which is to go has subnets, which would go with it.
fn still_used(document: &Document, edit: &Edit) -> Option<String> {
    let subnets = document.daemon.subnets()?;
    if edit.op != Op::Remove || edit.path.kind()? != "shared-networks" {
        return None;
    }
    let left = document.children(&edit.path.member(subnets)).ok()?;
    let names: Vec<String> = left.iter().map(|(path, _)| path.to_string()).collect();
    (!names.is_empty()).then(|| format!("{} still has subnets: {}", edit.path, names.join(", ")))
}

/// A shared network as it is wanted, with the subnets that are in it.
pub(crate) fn with_its_subnets(document: &Document, part: &Path, value: &Value) -> Value {
    let mut value = value.clone();
    if part.kind().is_some_and(|kind| kind == "shared-networks")
        && let (Some(subnets), Some(map), Ok(there)) =
            (document.daemon.subnets(), value.as_map_mut(), document.map(part))
        && let Some(inside) = there.get(subnets).filter(|_| !map.has(subnets))
    {
        map.set(subnets, inside.clone());
    }
    value
}

/// That the part is a subnet of another prefix than the one that is to come.
pub(crate) fn another_subnet(document: &Document, part: &Path, op: &Op) -> Option<String> {
    let Op::Add(Value::Map(wanted)) = op else { return None };
    if part.kind()?.as_str() != document.daemon.subnets() {
        return None;
    }
    let (there, wanted) = (document.map(part).ok()?.get("subnet")?, wanted.get("subnet")?);
    let same = mean_the_same(&Text::from("subnet"), there, wanted);
    (!same).then(|| format!("{part} is another subnet there: {}", in_words(there, false)))
}

/// A value in words, without its secrets.
pub(crate) fn shown(path: &Path, value: &Value) -> String {
    in_words(&redacted_at(path, value), false)
}

/// `nested`: whether it stands in another one.
fn in_words(value: &Value, nested: bool) -> String {
    let several = |texts: Vec<String>| {
        let text = if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") };
        if nested { format!("({text})") } else { text }
    };
    match value {
        Value::Text(text) if !text.as_bytes().is_empty() => text.to_string(),
        Value::Map(map) => {
            several(map.iter().map(|(name, value)| format!("{name} {}", in_words(value, true))).collect())
        }
        Value::List(items) => several(items.iter().map(|item| in_words(item, true)).collect()),
        other => other.to_json(Layout::Compact),
    }
}

/// The part that an edit is of: what is added is named by what it is, what is moved by where it is then.
pub(crate) fn part_of(document: &Document, edit: &Edit) -> Path {
    if let Op::Move(to) = &edit.op {
        return destination(&edit.path, to);
    }
    let Op::Add(value) = &edit.op else { return edit.path.clone() };
    let list = edit.path.kind().cloned().unwrap_or_default();
    let keys = document.identities().keys(&list, value);
    keys.map_or_else(|| edit.path.clone(), |keys| edit.path.with(Step::Element(keys)))
}

/// Where that part is looked for.
pub(crate) fn place_of(document: &Document, edit: &Edit) -> Path {
    let Op::Add(value) = &edit.op else { return part_of(document, edit) };
    let list = edit.path.kind().cloned().unwrap_or_default();
    let keys = document.identities().keys_of_added(&list, value);
    keys.map_or_else(|| edit.path.clone(), |keys| edit.path.with(Step::Element(keys)))
}

/// Whether all that is wanted is there, by meaning. `name`: that of the member that both are.
fn covers(identities: &Identities, name: &Text, wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Map(wanted), Value::Map(found)) => covers_map(identities, wanted, found),
        (Value::List(wanted), Value::List(found)) => covers_list(identities, name, wanted, found),
        // Kea shows the values of options in a spelling of its own.
        (Value::Text(wanted), Value::Text(found)) if name == "data" => squeezed(wanted) == squeezed(found),
        // So it does with the folder of a file that is logged to.
        (Value::Text(wanted), Value::Text(found)) if name == "output" => {
            file_name(&wanted.shown()) == file_name(&found.shown())
        }
        (wanted, found) => mean_the_same(name, wanted, found),
    }
}

fn covers_map(identities: &Identities, wanted: &Map, found: &Map) -> bool {
    wanted.iter().all(|(name, value)| match found.get_text(name) {
        Some(found) => covers(identities, name, value, found),
        // Kea leaves out what says nothing.
        None => value.as_list().is_some_and(<[Value]>::is_empty),
    })
}

fn covers_list(identities: &Identities, name: &Text, wanted: &[Value], found: &[Value]) -> bool {
    let known = (identities.all(name, wanted), identities.all(name, found));
    let (Some(wanted_keys), Some(found_keys)) = known else {
        return wanted.len() == found.len()
            && wanted.iter().zip(found).all(|(wanted, found)| covers(identities, name, wanted, found));
    };
    if wanted.len() != found.len() || (is_ordered(name) && wanted_keys != found_keys) {
        return false;
    }
    let found: HashMap<&Keys, &Value> = found_keys.iter().zip(found).collect();
    let same = |(keys, wanted): (&Keys, &Value)| {
        found.get(keys).is_some_and(|found| covers(identities, &Text::default(), wanted, found))
    };
    wanted_keys.iter().zip(wanted).all(same)
}

fn squeezed(text: &Text) -> Vec<u8> {
    text.as_bytes().iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect()
}
