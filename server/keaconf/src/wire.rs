//! The octets of an option's value, as they go to clients; or why the value does not fit.
//!
//! What Kea 3.0.3 takes and sends was asked of it: `tests/wire.rs` asks it again, for every option that it defines.

mod fields;
mod special;

use crate::table::options::{DataType, Definition};
use crate::{Document, Map, Value};

/// The value of an option, as it goes to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Its octets, without code and length.
    pub octets: Vec<u8>,
    /// How many of the values that are written Kea leaves out, without a word.
    pub left_out: usize,
}

/// Why the value of an option cannot go to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Nobody defines the option, and its value is not written as octets (`csv-format` is not false).
    Undefined,
    /// The value does not fit what the option is made of: a clause on why.
    Value(String),
    /// It is not known here how this option is written: a clause on what is not.
    Unknown(&'static str),
}

impl Wire {
    /// That not all of what is written goes out, as sentences; none: it does.
    pub fn what_is_left_out(&self) -> Option<String> {
        let values = match self.left_out {
            0 => return None,
            1 => "a value".to_owned(),
            count => format!("{count} values"),
        };
        Some(format!(
            "The option has room for less than is written: Kea leaves out {values} without a word. A comma that belongs to a \
             text needs a backslash before it."
        ))
    }
}

impl Misfit {
    /// What Kea says of it, as sentences; none: it is not known here.
    pub fn sentences(&self) -> Option<String> {
        match self {
            Self::Undefined => Some(
                "The option is not defined, here or by Kea. Kea refuses the configuration. Define it in “option-def”, or \
                 write its value as hexadecimal digits with “csv-format” false."
                    .to_owned(),
            ),
            Self::Value(why) => Some(format!("The value does not fit: {why}. Kea refuses the configuration.")),
            Self::Unknown(_) => None,
        }
    }
}

impl Document {
    /// The octets of an option of the `option-data` of a map: its own, and after them the options of that list that go
    /// inside of it.
    pub fn wire(&self, around: &Map, option: &Map) -> Result<Wire, Misfit> {
        let definition = self.definition_of(around, option);
        let mut wire = self.own_wire(option, definition.as_ref())?;
        let Some(definition) = definition else { return Ok(wire) };
        if let Some(space) = special::space_inside(self.daemon, &definition, &wire.octets) {
            let inside = self.all_of_space(&space, around)?;
            special::put_inside(self.daemon, &definition, &mut wire.octets, &inside);
        }
        Ok(wire)
    }

    /// The octets of an option without those of other options inside of it.
    fn own_wire(&self, option: &Map, definition: Option<&Definition>) -> Result<Wire, Misfit> {
        let data = option.text("data").unwrap_or_default();
        let whole = |octets| Wire { octets, left_out: 0 };
        // What is never sent needs no value; an empty one has to fit all the same.
        if !option.has("data") && option.get("never-send").and_then(Value::as_bool) == Some(true) {
            return definition.map(|_| whole(Vec::new())).ok_or(Misfit::Undefined);
        }
        let is_octets = option.get("csv-format").and_then(Value::as_bool) == Some(false);
        match definition {
            None if is_octets => fields::digits(data).map(whole).map_err(Misfit::Value),
            None => Err(Misfit::Undefined),
            Some(definition) if is_octets => {
                let octets = fields::digits(data).map_err(Misfit::Value)?;
                fields::fit(definition, &octets).map_err(Misfit::Value)?;
                Ok(whole(octets))
            }
            Some(definition) if definition.types == [DataType::Internal] => {
                special::octets(self.daemon, definition.code, data).map(whole)
            }
            Some(definition) => fields::octets(self.daemon, definition, data).map_err(Misfit::Value),
        }
    }

    /// The options of a space, one after the other, with their codes and lengths.
    fn all_of_space(&self, space: &str, around: &Map) -> Result<Vec<u8>, Misfit> {
        let beside = around.get("option-data").and_then(Value::as_list).unwrap_or_default();
        let mut inside = Vec::new();
        for option in beside.iter().filter_map(Value::as_map).filter(|option| option.text("space") == Some(space)) {
            let definition = self.definition_of(around, option);
            let code = definition.as_ref().map(|definition| definition.code);
            let code = code.or_else(|| option.get("code")?.as_i64()).unwrap_or_default();
            inside.push((code, self.own_wire(option, definition.as_ref())?.octets));
        }
        // Kea sorts them.
        inside.sort_by_key(|(code, _)| *code);
        if space == special::ONE_TIME_SERVER {
            inside.drain(..inside.len().saturating_sub(1));
        }
        let mut all = Vec::new();
        for (code, octets) in inside {
            special::push(self.daemon, &mut all, code, &octets);
        }
        Ok(all)
    }
}
