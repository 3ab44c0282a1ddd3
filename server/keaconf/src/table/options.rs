//! The options that Kea defines itself, and what their values are made of.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::{Daemon, Document, Map, Path, Step, Value};

type Codes = HashMap<(&'static str, &'static str), i64>;

/// What a field of an option holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// Nothing.
    Empty,
    /// Any octets.
    Binary,
    /// Yes or no.
    Boolean,
    /// A number of so many octets.
    Integer {
        /// How many.
        octets: usize,
        /// Whether it may be negative.
        signed: bool,
    },
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// An IPv6 prefix.
    Prefix6,
    /// A port set number, with how many bits it has.
    Psid,
    /// A text: the rest of the option.
    Text,
    /// A text with its length before it.
    Tuple {
        /// Whether the length has two octets in IPv4 too.
        long: bool,
    },
    /// A domain name.
    Name,
    /// A form of its own.
    Internal,
}

impl DataType {
    /// The type of a word of Kea's.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let integer = |octets, signed| Some(Self::Integer { octets, signed });
        match word {
            "empty" => Some(Self::Empty),
            "binary" => Some(Self::Binary),
            "boolean" => Some(Self::Boolean),
            "int8" => integer(1, true),
            "int16" => integer(2, true),
            "int32" => integer(4, true),
            "uint8" => integer(1, false),
            "uint16" => integer(2, false),
            "uint32" => integer(4, false),
            "ipv4-address" => Some(Self::Ipv4),
            "ipv6-address" => Some(Self::Ipv6),
            "ipv6-prefix" => Some(Self::Prefix6),
            "psid" => Some(Self::Psid),
            "string" => Some(Self::Text),
            "tuple" => Some(Self::Tuple { long: false }),
            "long-tuple" => Some(Self::Tuple { long: true }),
            "fqdn" => Some(Self::Name),
            "internal" => Some(Self::Internal),
            _ => None,
        }
    }
}

/// What an option is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The space that it is of.
    pub space: String,
    /// Its code.
    pub code: i64,
    /// Its name.
    pub name: String,
    /// Its fields.
    pub types: Vec<DataType>,
    /// Whether the last field is repeated as often as it is written.
    pub repeats: bool,
    /// The space of the options inside of it.
    pub encapsulates: Option<String>,
}

/// The code of an option of a space by its name.
pub(crate) fn code(daemon: Daemon, space: &str, name: &str) -> Option<i64> {
    static CODES: OnceLock<[Codes; 2]> = OnceLock::new();
    let codes = CODES.get_or_init(|| ["4", "6"].map(read));
    let codes = match daemon {
        Daemon::Dhcp4 => &codes[0],
        Daemon::Dhcp6 => &codes[1],
        Daemon::D2 | Daemon::ControlAgent => return None,
    };
    codes.get(&(space, name)).copied()
}

/// An option that Kea defines itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnOption {
    /// The space that it is of.
    pub space: &'static str,
    /// Its code.
    pub code: i64,
    /// Its name.
    pub name: &'static str,
    /// Kea's words for the types of its fields.
    pub types: Vec<&'static str>,
    /// Whether the last field is repeated as often as it is written.
    pub repeats: bool,
    /// The option that it stands in, and that has no value of its own.
    pub container: Option<i64>,
}

/// The options that Kea defines itself in the space of a daemon, and those that stand in one of them without a value.
pub fn of_kea(daemon: Daemon) -> impl Iterator<Item = OwnOption> {
    let family = if daemon == Daemon::Dhcp6 { "6" } else { "4" };
    let (is_own, is_container) = (
        move |entry: &Entry| entry.space == daemon.option_space(),
        |entry: &Entry| entry.types == "empty" && entry.inside != "-",
    );
    let containers: Vec<Entry> = entries(family).filter(is_own).filter(is_container).collect();
    entries(family).filter_map(move |entry| {
        let container = containers.iter().find(|container| container.inside == entry.space).map(|entry| entry.code);
        (is_own(&entry) || container.is_some()).then(|| OwnOption {
            space: entry.space,
            code: entry.code,
            name: entry.name,
            types: entry.types.trim_end_matches('*').split('+').collect(),
            repeats: entry.types.ends_with('*'),
            container,
        })
    })
}

/// The name of an option of a space by its code.
pub(crate) fn name(daemon: Daemon, space: &str, code: i64) -> Option<&'static str> {
    entry(daemon, space, code).map(|entry| entry.name)
}

impl Document {
    /// The definition that an option of the `option-data` of a map goes by: Kea's own, one of the map (a class may have
    /// its own ones), or one of the document. One with a type that Kea does not know is none.
    pub fn definition_of(&self, around: &Map, option: &Map) -> Option<Definition> {
        let space = option.text("space").unwrap_or_else(|| self.daemon.option_space());
        let (code, name) = (option.get("code").and_then(Value::as_i64), option.text("name"));
        let by_name = || self::code(self.daemon, space, name?);
        let own = code.or_else(by_name).and_then(|code| entry(self.daemon, space, code));
        // Option 43 is the one of its own that Kea lets be defined anew.
        if let Some(own) = own.filter(|own| !(own.space == "dhcp4" && own.code == 43)) {
            return own.definition();
        }
        let fits = |definition: &&Map| match code {
            Some(code) => definition.get("code").and_then(Value::as_i64) == Some(code),
            None => name.is_some() && definition.text("name") == name,
        };
        let of_space = |definition: &&Map| definition.text("space").unwrap_or(self.daemon.option_space()) == space;
        let lists = [around, &self.root].into_iter().filter_map(|map| map.get("option-def")?.as_list());
        let found = lists.flatten().filter_map(Value::as_map).filter(of_space).find(fits);
        found.map_or_else(|| own.and_then(|own| own.definition()), |map| Definition::written(space, map))
    }

    /// Every option that is set, wherever, with the map whose `option-data` it is of.
    pub fn options(&self) -> Vec<(Path, &Map, &Map)> {
        let mut found = Vec::new();
        self.options_below(&Path::root(), &self.root, &mut found);
        found
    }

    fn options_below<'a>(&'a self, path: &Path, map: &'a Map, found: &mut Vec<(Path, &'a Map, &'a Map)>) {
        for (name, value) in map.iter() {
            match (name.as_str(), value) {
                (Some("user-context" | "parameters"), _) => {}
                (Some("option-data"), Value::List(_)) => {
                    let options = self.elements(path, map, "option-data").into_iter();
                    found.extend(options.map(|(path, option)| (path, map, option)));
                }
                (_, Value::Map(inner)) => self.options_below(&path.with(Step::Member(name.clone())), inner, found),
                (Some(list), Value::List(items)) if items.iter().any(|item| item.as_map().is_some()) => {
                    for (path, inner) in self.elements(path, map, list) {
                        self.options_below(&path, inner, found);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Definition {
    /// A definition as it is written in a configuration.
    fn written(space: &str, map: &Map) -> Option<Self> {
        let repeats = map.get("array").and_then(Value::as_bool) == Some(true);
        let types = match map.text("type")? {
            "record" => {
                map.text("record-types")?.split(',').map(|word| DataType::of(word.trim())).collect::<Option<_>>()?
            }
            word => vec![DataType::of(word)?],
        };
        let encapsulates = map.text("encapsulate").filter(|space| !space.is_empty()).map(str::to_owned);
        let name = map.text("name").unwrap_or_default().to_owned();
        let code = map.get("code").and_then(Value::as_i64)?;
        Some(Self { space: space.to_owned(), code, name, types, repeats, encapsulates })
    }
}

/// A line of the table.
#[derive(Clone, Copy)]
struct Entry {
    space: &'static str,
    code: i64,
    name: &'static str,
    types: &'static str,
    inside: &'static str,
}

impl Entry {
    fn definition(&self) -> Option<Definition> {
        let types = self.types.trim_end_matches('*');
        Some(Definition {
            space: self.space.to_owned(),
            code: self.code,
            name: self.name.to_owned(),
            types: types.split('+').map(DataType::of).collect::<Option<_>>()?,
            repeats: self.types.ends_with('*'),
            encapsulates: (self.inside != "-").then(|| self.inside.to_owned()),
        })
    }
}

fn entry(daemon: Daemon, space: &str, code: i64) -> Option<Entry> {
    let family = if daemon == Daemon::Dhcp6 { "6" } else { "4" };
    entries(family).find(|entry| entry.space == space && entry.code == code)
}

fn entries(family: &str) -> impl Iterator<Item = Entry> {
    let lines = include_str!("../../tables/options.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(move |line| {
        let [own, space, code, name, types, inside] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
        (own == family).then_some(Entry { space, code: code.parse().ok()?, name, types, inside })
    })
}

fn read(family: &str) -> Codes {
    entries(family).map(|entry| ((entry.space, entry.name), entry.code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_known_by_name_and_code() {
        assert_eq!(code(Daemon::Dhcp4, "dhcp4", "domain-name-servers"), Some(6));
        assert_eq!(code(Daemon::Dhcp6, "dhcp6", "dns-servers"), Some(23));
        assert_eq!(name(Daemon::Dhcp4, "dhcp4", 3), Some("routers"));
        let all: Vec<_> = entries("4").chain(entries("6")).map(|entry| entry.definition()).collect();
        assert_eq!(all.len(), 256);
        assert!(all.iter().all(Option::is_some), "every type is known");
    }
}
