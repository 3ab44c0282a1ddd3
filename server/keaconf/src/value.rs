//! The tree that a configuration is: Kea's JSON, in its order.

use std::sync::Arc;

use crate::{Number, Text};

/// A value of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, in its spelling.
    Number(Number),
    /// A text.
    Text(Text),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(Map),
    /// `<?include "file"?>` in the place of a value, of an element of a list, or of members of a map: the file's name.
    Include(Text),
}

impl Value {
    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }

    /// The map, if it is one, to be changed.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }

    /// The elements, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The text, if it is one and UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { text.as_str() } else { None }
    }

    /// The integer, if it is a number written as one.
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    /// The truth, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// Whether it is neither a map nor a list.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Map(_) | Self::Include(_))
    }

    /// What kind of value it is, in a word with its article.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(number) if number.is_integer() => "an integer",
            Self::Number(_) => "a decimal number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Include(_) => "an include",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

/// The members of a map, each name once, in their order.
///
/// Two are equal when they have equal members: their order means nothing to Kea. A copy shares its members with the map
/// that it is of until one of the two is changed, so that a configuration of megabytes is copied in no time, and what two
/// copies still share need not be compared.
#[derive(Clone, Debug, Default)]
pub struct Map(Arc<Vec<(Text, Value)>>);

impl Map {
    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The member of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The member of a name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let place = self.0.iter().position(|(own, _)| own == name)?;
        self.at_mut(place)
    }

    /// Whether there is a member of a name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The text of a member, where it is one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Sets a member: in its place if there is one of the name, else at the end. What was there comes back.
    pub fn set(&mut self, name: impl Into<Text>, value: Value) -> Option<Value> {
        let name = name.into();
        if let Some(old) = self.get_text_mut(&name) {
            return Some(std::mem::replace(old, value));
        }
        Arc::make_mut(&mut self.0).push((name, value));
        None
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.remove_text(&name.into())
    }

    pub(crate) fn remove_text(&mut self, name: &Text) -> Option<Value> {
        let at = self.place(name)?;
        Some(Arc::make_mut(&mut self.0).remove(at).1)
    }

    /// The members, in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Text, &Value)> + ExactSizeIterator {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The members, in their order, their values to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Text, &mut Value)> {
        Arc::make_mut(&mut self.0).iter_mut().map(|(name, value)| (&*name, value))
    }

    /// The member at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&Value> {
        self.0.get(place).map(|(_, value)| value)
    }

    /// The member at a place, to be changed.
    pub(crate) fn at_mut(&mut self, place: usize) -> Option<&mut Value> {
        if place < self.0.len() { Some(&mut Arc::make_mut(&mut self.0)[place].1) } else { None }
    }

    pub(crate) fn get_text_mut(&mut self, name: &Text) -> Option<&mut Value> {
        let place = self.place(name)?;
        self.at_mut(place)
    }

    /// The place of a member.
    pub(crate) fn place(&self, name: &Text) -> Option<usize> {
        self.0.iter().position(|(own, _)| own == name)
    }

    pub(crate) fn get_text(&self, name: &Text) -> Option<&Value> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Whether it shares its members with another one, of which it is an unchanged copy then. Two that do not may be equal.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells it and its unchanged copies from all other maps, as long as it lives.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.is_copy_of(other)
            || (self.len() == other.len() && self.iter().all(|(name, value)| other.get_text(name) == Some(value)))
    }
}

impl Eq for Map {}

impl FromIterator<(Text, Value)> for Map {
    fn from_iter<T: IntoIterator<Item = (Text, Value)>>(members: T) -> Self {
        Self(Arc::new(members.into_iter().collect()))
    }
}

impl IntoIterator for Map {
    type Item = (Text, Value);
    type IntoIter = std::vec::IntoIter<(Text, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}
