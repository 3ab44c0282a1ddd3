//! The order of the elements of a list.

use crate::identity::{Identities, Keys};
use crate::{Document, Map, Path, Step, Text, Value};

/// Brings these elements of a list into this order, at the places that they have now.
pub(super) fn bring(
    document: &mut Document,
    identities: &Identities,
    path: &Path,
    wanted: &[Keys],
) -> Result<(), String> {
    let route = document.route(identities, path).map_err(|error| error.to_string())?;
    let list = path.kind().cloned().unwrap_or_default();
    let Some(Value::List(items)) = document.at_mut(&route) else { return Err(format!("{path} is no list")) };
    let place = |keys: &Keys| {
        let found = items.iter().position(|item| identities.has(&list, item, keys));
        found.ok_or_else(|| format!("there is no {}", path.with(Step::Element(keys.clone()))))
    };
    let from = wanted.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
    let mut to = from.clone();
    to.sort_unstable();
    if let Some(twice) = to.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("the element {} of {path} is named twice", twice[0] + 1));
    }
    let moved: Vec<Value> = from.iter().map(|at| items[*at].clone()).collect();
    for (at, item) in to.into_iter().zip(moved) {
        items[at] = item;
    }
    Ok(())
}

impl Document {
    /// Those of the elements that are in a list, in the order in which they are wanted.
    pub(crate) fn present(&self, path: &Path, wanted: &[Keys]) -> Vec<Keys> {
        let (identities, list) = (self.identities(), path.kind().cloned().unwrap_or_default());
        let items = self.get(path).ok().and_then(Value::as_list).unwrap_or_default();
        let is_there = |keys: &&Keys| items.iter().any(|item| identities.has(&list, item, keys));
        wanted.iter().filter(is_there).cloned().collect()
    }

    /// Whether those of the elements that are in a list stand in this order.
    pub(crate) fn is_in_order(&self, path: &Path, wanted: &[Keys]) -> bool {
        let (identities, list) = (self.identities(), path.kind().cloned().unwrap_or_default());
        let items = self.get(path).ok().and_then(Value::as_list).unwrap_or_default();
        let place = |keys: &Keys| items.iter().position(|item| identities.has(&list, item, keys));
        wanted.iter().filter_map(place).is_sorted()
    }
}

/// What elements are known by, as it is written: `[{"name": "a"}, {"name": "b"}]`, texts by themselves.
pub(super) fn written(wanted: &[Keys]) -> Value {
    let one = |keys: &Keys| match keys.as_slice() {
        [(name, text)] if name == "value" => Value::Text(text.clone()),
        keys => {
            Value::Map(keys.iter().map(|(name, text)| (Text::from(name.as_str()), Value::Text(text.clone()))).collect())
        }
    };
    Value::List(wanted.iter().map(one).collect())
}

/// Reads what was written so.
pub(crate) fn read(value: &Value) -> Result<Vec<Keys>, String> {
    let wanted = "order needs a list of what the elements are known by, as in [{\"name\": \"a\"}, {\"name\": \"b\"}]";
    let text = |value: &Value| match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.json().into_owned().into()),
        _ => Err(wanted.to_owned()),
    };
    let keys = |map: &Map| -> Result<Keys, String> {
        map.iter().map(|(name, value)| Ok((name.shown().into_owned(), text(value)?))).collect()
    };
    let items = value.as_list().ok_or_else(|| wanted.to_owned())?.iter();
    let one = |item: &Value| match item {
        Value::Map(map) if !map.is_empty() => keys(map),
        item => Ok(vec![("value".to_owned(), text(item)?)]),
    };
    items.map(one).collect()
}
