//! Edits of a configuration: each names one part, and touches nothing else.

mod moving;
mod order;
mod read;

use std::fmt;

use crate::identity::{Identities, Keys};
use crate::{Document, Map, Path, Step, Text, Value};

pub(crate) use moving::destination;

/// What is to be done with a part.
#[derive(Clone, PartialEq, Eq)]
pub enum Op {
    /// Give a member a value, or put another element in the place of one.
    Set(Value),
    /// Take a member out, so that what is inherited holds.
    Unset,
    /// Put an element into a list.
    Add(Value),
    /// Take an element out of a list.
    Remove,
    /// Bring these elements of a list into this order. The others stay where they are, and no element becomes another.
    Order(Vec<Keys>),
    /// Take an element, with all that it has, to another place: to a list of its kind, or to what it is to be known by there.
    Move(Path),
}

/// An edit of one part of a configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is edited: for [`Op::Add`] the list.
    pub path: Path,
    /// What is done with it.
    pub op: Op,
}

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    /// Which of the edits, from 0.
    pub index: usize,
    /// A sentence without its full stop.
    pub text: String,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "edit {}: {}", self.index + 1, self.text)
    }
}

impl std::error::Error for EditError {}

impl Op {
    /// The order that a list of what elements are known by asks for. An error is a sentence without its full stop.
    pub fn order(value: &Value) -> Result<Self, String> {
        order::read(value).map(Self::Order)
    }

    /// The move to the place that a value names. An error is a sentence without its full stop.
    pub fn moving(value: &Value) -> Result<Self, String> {
        moving::read(value).map(Self::Move)
    }

    /// Its value, as edits are written; none: it takes none.
    pub fn value(&self) -> Option<Value> {
        match self {
            Self::Set(value) | Self::Add(value) => Some(value.clone()),
            Self::Order(wanted) => Some(order::written(wanted)),
            Self::Move(to) => Some(to.to_string().as_str().into()),
            Self::Unset | Self::Remove => None,
        }
    }
}

impl Document {
    /// The document with these edits made, one after the other. It is all or nothing.
    pub fn edited(&self, edits: &[Edit]) -> Result<Self, EditError> {
        let mut document = self.clone();
        for (index, edit) in edits.iter().enumerate() {
            apply(&mut document, edit).map_err(|text| EditError { index, text })?;
        }
        Ok(document)
    }
}

/// Makes one edit. One that cannot be made may leave maps behind that it needed.
pub(crate) fn apply(document: &mut Document, edit: &Edit) -> Result<(), String> {
    let identities = document.identities();
    let path = &edit.path;
    let Some((above, last)) = path.split() else { return Err("the path is empty: name a part".to_owned()) };
    match (&edit.op, last) {
        (Op::Set(value), Step::Member(name)) => {
            made_map(document, &identities, &above)?.set(name.clone(), value.clone());
            Ok(())
        }
        (Op::Set(value), _) => replace(document, &identities, path, &above, value),
        (Op::Unset, Step::Member(name)) => {
            let map = map_at(document, &identities, &above)?;
            map.remove_text(name).map(drop).ok_or_else(|| format!("{path} is not set there, so it cannot be unset"))
        }
        (Op::Unset, _) => Err(format!("{path} is an element of a list: use remove")),
        (Op::Add(value), Step::Member(name)) => add(document, &identities, path, &above, name, value),
        (Op::Add(_), _) => Err(format!("{path} is an element, not a list: add takes the path of the list")),
        (Op::Remove, Step::Member(_)) => Err(format!("{path} is no element of a list: use unset")),
        (Op::Remove, _) => remove(document, &identities, path, &above),
        (Op::Move(to), _) => moving::carry(document, &identities, path, to),
        (Op::Order(wanted), Step::Member(_)) => order::bring(document, &identities, path, wanted),
        (Op::Order(_), _) => Err(format!("{path} is an element, not a list: order takes the path of the list")),
    }
}

/// The map that a path names.
fn map_at<'a>(document: &'a mut Document, identities: &Identities, path: &Path) -> Result<&'a mut Map, String> {
    if path.is_root() {
        return Ok(&mut document.root);
    }
    let route = document.route(identities, path).map_err(|error| error.to_string())?;
    document.at_mut(&route).and_then(Value::as_map_mut).ok_or_else(|| format!("{path} is no map"))
}

/// The same; maps that are not there yet are made.
fn made_map<'a>(document: &'a mut Document, identities: &Identities, path: &Path) -> Result<&'a mut Map, String> {
    match path.split() {
        Some((above, Step::Member(name))) => {
            let map = made_map(document, identities, &above)?;
            if map.get_text(name).is_none() {
                map.set(name.clone(), Value::Map(Map::default()));
            }
        }
        Some((list, Step::At(place))) if has_places(path) => make_next(document, identities, &list, *place)?,
        _ => {}
    }
    map_at(document, identities, path)
}

/// Whether a path names elements by their places alone: those among the parameters of a hook library. All others are known
/// by something, and made with it.
fn has_places(path: &Path) -> bool {
    let parameters =
        path.steps().iter().position(|step| matches!(step, Step::Member(name) if name.as_str() == Some("parameters")));
    parameters == Some(2) && path.steps().first() == Some(&Step::Member("hooks-libraries".into()))
}

/// Makes the element after the last one of a list, if that is the one that is named; the list, too, where there is none.
fn make_next(document: &mut Document, identities: &Identities, list: &Path, place: usize) -> Result<(), String> {
    let Some((above, Step::Member(name))) = list.split() else { return Ok(()) };
    let map = made_map(document, identities, &above)?;
    if map.get_text(name).is_none() {
        map.set(name.clone(), Value::List(Vec::new()));
    }
    if let Some(Value::List(items)) = map.get_text_mut(name)
        && items.len() == place
    {
        items.push(Value::Map(Map::default()));
    }
    Ok(())
}

fn add(
    document: &mut Document,
    identities: &Identities,
    path: &Path,
    above: &Path,
    name: &Text,
    value: &Value,
) -> Result<(), String> {
    let map = made_map(document, identities, above)?;
    if map.get_text(name).is_none() {
        map.set(name.clone(), Value::List(Vec::new()));
    }
    let Some(Value::List(items)) = map.get_text_mut(name) else { return Err(format!("{path} is no list: use set")) };
    if let Some(keys) = identities.keys_of_added(name, value)
        && items.iter().any(|item| identities.has(name, item, &keys))
    {
        let keys = identities.keys(name, value).unwrap_or(keys);
        return Err(format!("there is {} already", path.with(Step::Element(keys))));
    }
    items.push(value.clone());
    Ok(())
}

fn replace(
    document: &mut Document,
    identities: &Identities,
    path: &Path,
    above: &Path,
    value: &Value,
) -> Result<(), String> {
    let route = document.route(identities, path).map_err(|error| error.to_string())?;
    let list = above.kind().cloned().unwrap_or_default();
    let keys = identities.keys_of_added(&list, value);
    let others = route.split_last().and_then(|(place, list)| Some((*place, document.at(list)?.as_list()?)));
    if let (Some(keys), Some((place, items))) = (keys, others) {
        let taken = |at: usize, item: &Value| at != place && identities.has(&list, item, &keys);
        if items.iter().enumerate().any(|(at, item)| taken(at, item)) {
            let keys = identities.keys(&list, value).unwrap_or(keys);
            return Err(format!("there is {} already", above.with(Step::Element(keys))));
        }
    }
    let old = document.at_mut(&route).ok_or_else(|| format!("there is no {path}"))?;
    *old = value.clone();
    Ok(())
}

fn remove(document: &mut Document, identities: &Identities, path: &Path, above: &Path) -> Result<(), String> {
    let route = document.route(identities, path).map_err(|error| error.to_string())?;
    let Some((place, list)) = route.split_last() else { return Err(format!("there is no {path}")) };
    let Some(Value::List(items)) = document.at_mut(list) else { return Err(format!("{above} is no list")) };
    items.remove(*place);
    let name = above.kind().and_then(Text::as_str).unwrap_or_default();
    if items.is_empty() && is_never_empty(name) {
        let Some((owner, _)) = above.split() else { return Ok(()) };
        map_at(document, identities, &owner)?.remove(name);
    }
    Ok(())
}

/// Whether Kea refuses files in which a list of this name is empty: then it is left out.
pub(crate) fn is_never_empty(list: &str) -> bool {
    ["client-classes", "host-reservation-identifiers", "mac-sources", "output-options"].contains(&list)
}
