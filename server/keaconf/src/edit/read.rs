use super::{Edit, EditError, Op};
use crate::{Layout, Map, Text, Value, read_json};

impl Edit {
    /// Reads a list of edits: `[{"op": "set", "path": "subnet4[id=10].valid-lifetime", "value": 3600}, …]`. The operations
    /// are `set` and `add`, which take a value, `unset` and `remove`, which take none, `order`, which takes the list of what
    /// elements are known by: `[{"name": "a"}, {"name": "b"}]`, and `move`, which takes the path of the new place.
    pub fn read_all(json: &[u8]) -> Result<Vec<Self>, EditError> {
        Self::all_of(read_json(json))
    }

    /// Reads what [`Edit::write_kept`] wrote, and what older versions of Nestor kept.
    pub fn read_kept(text: &[u8]) -> Result<Vec<Self>, EditError> {
        Self::all_of(crate::read(text))
    }

    fn all_of(read_list: Result<Value, crate::SyntaxError>) -> Result<Vec<Self>, EditError> {
        let list = read_list.map_err(|error| EditError { index: 0, text: format!("the list of edits: {error}") })?;
        let Value::List(items) = list else {
            return Err(EditError { index: 0, text: format!("the edits must be a list, this is {}", list.kind()) });
        };
        let edits = items.into_iter().enumerate();
        edits.map(|(index, item)| read(item).map_err(|text| EditError { index, text })).collect()
    }

    /// The JSON that [`Edit::read_all`] reads as these edits.
    pub fn write_all(edits: &[Self]) -> String {
        Value::List(edits.iter().map(Self::to_value).collect()).to_json(Layout::Indented)
    }

    /// The edits as Nestor keeps them: octets that are no UTF-8 come back as they were, which in JSON they cannot.
    pub fn write_kept(edits: &[Self]) -> String {
        Value::List(edits.iter().map(Self::to_value).collect()).to_kea(Layout::Indented)
    }

    fn to_value(&self) -> Value {
        let op = match &self.op {
            Op::Set(_) => "set",
            Op::Unset => "unset",
            Op::Add(_) => "add",
            Op::Remove => "remove",
            Op::Order(_) => "order",
            Op::Move(_) => "move",
        };
        let path = self.path.to_string();
        let members = [("op", Value::from(op)), ("path", Value::from(path.as_str()))].into_iter();
        let members = members.chain(self.op.value().map(|value| ("value", value)));
        Value::Map(members.map(|(name, value)| (Text::from(name), value)).collect())
    }
}

fn read(item: Value) -> Result<Edit, String> {
    let Value::Map(mut map) = item else { return Err(format!("an edit must be a map, this is {}", item.kind())) };
    let op = word(&mut map, "op")?;
    let path = word(&mut map, "path")?.parse().map_err(|error: crate::PathError| error.to_string())?;
    let mut value = map.remove("value");
    if let Some((name, _)) = map.iter().next() {
        return Err(format!("“{name}” means nothing in an edit: it has op, path and value"));
    }
    let mut needed = || value.take().ok_or_else(|| format!("{op} needs a value"));
    let op = match op.as_str() {
        "set" => Op::Set(needed()?),
        "add" => Op::Add(needed()?),
        "unset" => Op::Unset,
        "remove" => Op::Remove,
        "order" => Op::order(&needed()?)?,
        "move" => Op::moving(&needed()?)?,
        other => return Err(format!("“{other}” is no operation: use set, unset, add, remove, order or move")),
    };
    if value.is_some() {
        return Err("unset and remove take no value".to_owned());
    }
    Ok(Edit { path, op })
}

fn word(map: &mut Map, name: &str) -> Result<String, String> {
    let value = map.remove(name).ok_or_else(|| format!("“{name}” is missing"))?;
    value.as_str().map(str::to_owned).ok_or_else(|| format!("“{name}” must be a text, this is {}", value.kind()))
}
