//! By what the elements of lists are known, and which spellings mean the same.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use model::{AddressRange, IpNetwork};

use crate::table::options;
use crate::{Daemon, Document, Map, Text, Value};

/// What an element of a list is known by: names of members, and their values in one spelling.
pub type Keys = Vec<(String, Text)>;

/// Lists of texts of which each counts once, so that they are compared one by one.
const SETS: [&str; 10] = [
    "interfaces",
    "client-classes",
    "evaluate-additional-classes",
    "require-client-classes",
    "ip-addresses",
    "prefixes",
    "excluded-prefixes",
    "host-reservation-identifiers",
    "mac-sources",
    "relay-supplied-options",
];

/// What tells options of one code apart: the classes whose members they are for, as one text; an option for all has none.
const CLASSES: &str = "client-classes";

/// Knows elements by what they are. The option definitions of a document give codes to names.
#[derive(Debug)]
pub struct Identities {
    daemon: Daemon,
    definitions: HashMap<(String, String), i64>,
}

impl Identities {
    /// For elements of these documents, which are of one daemon.
    pub fn of(daemon: Daemon, documents: &[&Document]) -> Self {
        let lists = documents.iter().filter_map(|document| document.root.get("option-def")?.as_list());
        let definitions = lists.flatten().filter_map(|item| {
            let map = item.as_map()?;
            let space = map.text("space").unwrap_or_else(|| daemon.option_space());
            Some(((space.to_owned(), map.text("name")?.to_owned()), map.get("code")?.as_i64()?))
        });
        Self { daemon, definitions: definitions.collect() }
    }

    /// The name of the lists of subnets of their daemon.
    pub(crate) fn subnets(&self) -> Option<&'static str> {
        self.daemon.subnets()
    }

    /// What an element of a list of this name is known by; none: by nothing.
    pub fn keys(&self, list: &Text, item: &Value) -> Option<Keys> {
        let list = list.as_str()?;
        let Value::Map(map) = item else {
            let text = scalar(item).filter(|_| SETS.contains(&list))?;
            return Some(vec![("value".to_owned(), text)]);
        };
        match list {
            "subnet4" | "subnet6" => any(map, &["id", "subnet"]),
            "pools" => any(map, &["pool"]),
            "pd-pools" => all(map, &["prefix"], &["prefix-len"]),
            "option-data" => {
                let mut keys = self.option(map)?;
                keys.extend(classes(map).map(|classes| (CLASSES.to_owned(), classes)));
                Some(keys)
            }
            "option-def" => Some(vec![self.space(map), ("code".to_owned(), canonical("code", map.get("code")?)?)]),
            "reservations" => any(map, &["hw-address", "duid", "client-id", "circuit-id", "flex-id"]),
            "shared-networks" | "client-classes" | "loggers" | "http-headers" | "ddns-domains" | "tsig-keys"
            | "peers" => any(map, &["name"]),
            "hooks-libraries" => Some(vec![("library".to_owned(), file_name(map.text("library")?))]),
            // Kea shows the folder of a file that is written without one, and knows no other folder.
            "output-options" | "output_options" => Some(vec![("output".to_owned(), file_name(map.text("output")?))]),
            "control-sockets" => all(map, &["socket-type"], &["socket-name", "socket-address", "socket-port"]),
            "clients" => any(map, &["user", "user-file"]),
            "hosts-databases" | "config-databases" => all(map, &["type"], &["name", "host", "port"]),
            "dns-servers" => all(map, &["ip-address"], &["port"]),
            "high-availability" => any(map, &["this-server-name"]),
            "states" => any(map, &["state"]),
            _ => None,
        }
    }

    /// What each element of a list is known by; none: some cannot be told apart.
    pub(crate) fn all(&self, list: &Text, items: &[Value]) -> Option<Vec<Keys>> {
        let keys: Vec<Keys> = items.iter().map(|item| self.keys(list, item)).collect::<Option<_>>()?;
        let different = keys.iter().collect::<HashSet<_>>().len();
        (different == keys.len()).then_some(keys)
    }

    /// Whether the elements of a list can be told apart.
    pub(crate) fn are_known(&self, list: &Text, items: &[Value]) -> bool {
        are_numbered(list, items) || self.all(list, items).is_some()
    }

    /// Whether an element of a list has what a path says of it.
    pub(crate) fn has(&self, list: &Text, item: &Value, wanted: &Keys) -> bool {
        let own = self.keys(list, item).unwrap_or_default();
        wanted.iter().all(|(name, value)| {
            let value = spelled(name, value.clone());
            match own.iter().find(|(known, _)| known == name) {
                Some((_, known)) if name == "library" || name == "output" => *known == file_name(&value.shown()),
                Some((_, known)) => *known == value,
                None if name == CLASSES && list == "option-data" => value.as_bytes().is_empty(),
                None if name == "value" => scalar(item) == Some(value),
                None => item.as_map().and_then(|map| canonical(name, map.get(name)?)) == Some(value),
            }
        })
    }

    /// What an element is to be found by that is added to a list: an option for all clients is none of those for some.
    pub(crate) fn keys_of_added(&self, list: &Text, item: &Value) -> Option<Keys> {
        let mut keys = self.keys(list, item)?;
        if list == "option-data" && !keys.iter().any(|(name, _)| name == CLASSES) {
            keys.push((CLASSES.to_owned(), Text::default()));
        }
        Some(keys)
    }

    /// What elements of two states of a list are known by. The only option of its code is the same one in both, whatever
    /// classes it is for.
    pub(crate) fn paired(&self, list: &Text, old: &[Value], new: &[Value]) -> (Option<Vec<Keys>>, Option<Vec<Keys>>) {
        let (mut old, mut new) = (self.all(list, old), self.all(list, new));
        if let (Some(old), Some(new)) = (&mut old, &mut new)
            && list == "option-data"
        {
            let code = |keys: &Keys| keys.iter().filter(|(name, _)| name != CLASSES).cloned().collect::<Keys>();
            for at in 0..old.len() {
                let own = code(&old[at]);
                let only = |all: &[Keys]| {
                    let mut same = (0..all.len()).filter(|at| all[*at].starts_with(&own));
                    same.next().filter(|_| same.next().is_none())
                };
                if let (Some(at), Some(there)) = (only(old), only(new))
                    && old[at] != new[there]
                {
                    old[at].clone_from(&own);
                    new[there].clone_from(&own);
                }
            }
        }
        (old, new)
    }

    fn option(&self, map: &Map) -> Option<Keys> {
        let space = self.space(map);
        if let Some(code) = map.get("code").and_then(Value::as_i64) {
            return Some(vec![space, ("code".to_owned(), code.to_string().into())]);
        }
        let name = map.text("name")?;
        let known = options::code(self.daemon, &space.1.shown(), name);
        let known = known.or_else(|| self.definitions.get(&(space.1.to_string(), name.to_owned())).copied());
        let key = match known {
            Some(code) => ("code".to_owned(), code.to_string().into()),
            None => ("name".to_owned(), name.into()),
        };
        Some(vec![space, key])
    }

    fn space(&self, map: &Map) -> (String, Text) {
        ("space".to_owned(), map.text("space").unwrap_or_else(|| self.daemon.option_space()).into())
    }
}

/// Whether these are subnets of which each has a number of its own: so each is known by it, which takes no time to see.
pub(crate) fn are_numbered(list: &Text, items: &[Value]) -> bool {
    let mut numbers = HashSet::with_capacity(items.len());
    let is_first = |item: &Value| {
        let number = item.as_map().and_then(|map| map.get("id")?.as_i64());
        number.is_some_and(|number| numbers.insert(number))
    };
    (list == "subnet4" || list == "subnet6") && items.iter().all(is_first)
}

/// Whether Kea goes by the order of a list of this name. Pools it sorts by itself.
pub(crate) fn is_ordered(list: &Text) -> bool {
    let ordered = [
        "client-classes",
        "evaluate-additional-classes",
        "require-client-classes",
        "hooks-libraries",
        "hosts-databases",
        "config-databases",
        "host-reservation-identifiers",
        "mac-sources",
        "dns-servers",
        "ddns-domains",
    ];
    list.as_str().is_some_and(|name| ordered.contains(&name))
}

/// The classes that an option is for; none: it is for all clients.
fn classes(map: &Map) -> Option<Text> {
    let all = map.get(CLASSES)?.as_list()?.iter().filter_map(Value::as_str);
    let all = spelled(CLASSES, Text::from(all.collect::<Vec<_>>().join(",")));
    (!all.as_bytes().is_empty()).then_some(all)
}

/// The first of the members that there is.
fn any(map: &Map, names: &[&str]) -> Option<Keys> {
    names.iter().find_map(|name| Some(vec![((*name).to_owned(), canonical(name, map.get(name)?)?)]))
}

/// The needed members, and of the others those that there are.
fn all(map: &Map, needed: &[&str], more: &[&str]) -> Option<Keys> {
    let key = |name: &&str| Some(((*name).to_owned(), canonical(name, map.get(name)?)?));
    let mut keys: Keys = needed.iter().map(key).collect::<Option<_>>()?;
    keys.extend(more.iter().filter_map(key));
    Some(keys)
}

/// A file without its folder.
pub(crate) fn file_name(path: &str) -> Text {
    path.rsplit('/').next().unwrap_or(path).into()
}

fn scalar(value: &Value) -> Option<Text> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.json().into_owned().into()),
        Value::Bool(truth) => Some(truth.to_string().into()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Include(_) => None,
    }
}

/// The one spelling of a member of this name; none: it is neither a text nor a number.
pub(crate) fn canonical(name: &str, value: &Value) -> Option<Text> {
    scalar(value).map(|text| spelled(name, text))
}

/// Whether two values of a member of this name mean the same to Kea.
pub(crate) fn mean_the_same(name: &Text, one: &Value, other: &Value) -> bool {
    one == other
        || match (one, other, name.as_str()) {
            (Value::Text(one), Value::Text(other), Some(name)) => {
                spelled(name, one.clone()) == spelled(name, other.clone())
            }
            _ => false,
        }
}

/// The one spelling of a text that a member of this name has.
fn spelled(name: &str, text: Text) -> Text {
    let Some(read) = text.as_str() else { return text };
    let one = match name {
        "pool" => range(read),
        "subnet" => read.parse::<IpNetwork>().ok().map(|prefix| prefix.to_string()),
        "prefix" | "ip-address" | "socket-address" | "excluded-prefix" => {
            read.trim().parse::<IpAddr>().ok().map(|address| address.to_string())
        }
        "hw-address" | "duid" => octets(read),
        CLASSES => {
            let mut names: Vec<&str> = read.split(',').map(str::trim).collect();
            names.sort_unstable();
            Some(names.join(","))
        }
        "client-id" | "circuit-id" | "flex-id" => {
            match read.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
                Some(inside) => Some(hex(inside.as_bytes())),
                None => octets(read),
            }
        }
        _ => None,
    };
    one.map_or(text, Text::from)
}

/// A range, written as one or as a prefix, as its first and last address.
fn range(text: &str) -> Option<String> {
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let range = squeezed.parse::<AddressRange>().ok();
    let range = range.or_else(|| squeezed.parse().ok().map(AddressRange::of_prefix))?;
    Some(format!("{}-{}", range.first(), range.last()))
}

fn octets(text: &str) -> Option<String> {
    let digits: String = text.strip_prefix("0x").unwrap_or(text).chars().filter(|c| !":-. ".contains(*c)).collect();
    let bytes: Option<Vec<u8>> = (0..digits.len())
        .step_by(2)
        .map(|at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
