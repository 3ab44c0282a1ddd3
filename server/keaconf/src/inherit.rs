//! Which value holds at a part, and from which level it comes.

use crate::table::{Level, Table};
use crate::{Document, Map, Path, PathError, Step, Text, Value};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is set on the part itself.
    Here,
    /// It is set on the part of this path, which holds this one: a subnet, a shared network, the whole configuration.
    Inherited(Path),
    /// It is set nowhere, and Kea has a default.
    Default,
    /// It is set nowhere, and there is no default that holds always.
    Unset,
}

/// A value that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The value; none where there is none.
    pub value: Option<Value>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Lifetimes come as three, each inherited by itself; a limit that is set nowhere is the same as the lifetime.
pub(crate) const LIFETIMES: [[&str; 3]; 2] = [
    ["valid-lifetime", "min-valid-lifetime", "max-valid-lifetime"],
    ["preferred-lifetime", "min-preferred-lifetime", "max-preferred-lifetime"],
];

/// The lifetime of a limit.
pub(crate) fn lifetime_of(name: &str) -> Option<&'static str> {
    LIFETIMES.iter().find(|three| three[1..].contains(&name)).map(|three| three[0])
}

impl Document {
    /// The value of a parameter that holds for a part, as in `effective(subnet4[id=10], valid-lifetime)`.
    pub fn effective(&self, path: &Path, name: &str) -> Result<Effective, PathError> {
        match self.map(path)?.get(name) {
            Some(value) => Ok(Effective { value: Some(value.clone()), origin: Origin::Here }),
            None => self.inherited(path, name),
        }
    }

    /// The value that holds for a part where it is not set on the part itself, whether it is or not. The part need not be
    /// there.
    pub fn inherited(&self, path: &Path, name: &str) -> Result<Effective, PathError> {
        let table = Table::of(self.daemon);
        let level = table.level_at(path);
        let parameter = level.and_then(|level| level.parameter(name));
        let inherits = parameter.map(|parameter| parameter.inherits.as_slice()).unwrap_or_default();
        for above in holders(path) {
            let asked = table.level_at(&above).is_some_and(|level| inherits.contains(&level.name));
            if let Some(value) = if asked { self.map(&above)?.get(name) } else { None } {
                return Ok(Effective { value: Some(value.clone()), origin: Origin::Inherited(above) });
            }
        }
        if let Some(lifetime) = lifetime_of(name).filter(|_| parameter.is_some()) {
            return if self.map(path).is_ok() {
                self.effective(path, lifetime)
            } else {
                self.inherited(path, lifetime)
            };
        }
        let of_above = || inherits.iter().find_map(|level| default_at(table, level, name)).cloned();
        let value = parameter.and_then(|parameter| parameter.default.clone()).or_else(of_above);
        let origin = if value.is_some() { Origin::Default } else { Origin::Unset };
        Ok(Effective { value, origin })
    }

    /// The document without the copies of inherited values that `config-get` shows in subnets and shared networks. Sent
    /// back, they would be pinned: changed above, they would not follow. A value that equals what would be inherited
    /// counts as inherited.
    #[must_use]
    pub fn without_copies(&self) -> Self {
        let table = Table::of(self.daemon);
        let mut document = self.clone();
        let Some(subnets) = self.daemon.subnets() else { return document };
        let root = document.root.clone();
        if let Some(Value::List(networks)) = document.root.get_mut("shared-networks") {
            for network in networks.iter_mut().filter_map(Value::as_map_mut) {
                strip(network, table.level("shared-network"), &[&root], table);
                // What a network has of its own alone is what its subnets inherit.
                let bare = network.clone();
                if let Some(Value::List(items)) = network.get_mut(subnets) {
                    let items = items.iter_mut().filter_map(Value::as_map_mut);
                    items.for_each(|subnet| strip(subnet, table.level("subnet"), &[&bare, &root], table));
                }
            }
        }
        if let Some(Value::List(items)) = document.root.get_mut(subnets) {
            let items = items.iter_mut().filter_map(Value::as_map_mut);
            items.for_each(|subnet| strip(subnet, table.level("subnet"), &[&root], table));
        }
        document
    }
}

/// What holds a part, the nearest first, the whole configuration last.
fn holders(path: &Path) -> Vec<Path> {
    let steps = path.steps();
    let ends = (0..steps.len()).rev().filter(|end| matches!(steps[*end], Step::Member(_)));
    ends.map(|end| Path::from(steps[..end].to_vec())).collect()
}

/// What holds for the whole of a server where nothing is set.
fn default<'t>(table: &'t Table, name: &str) -> Option<&'t Value> {
    default_at(table, "global", name)
}

/// What holds at a level where nothing is set there or above.
fn default_at<'t>(table: &'t Table, level: &str, name: &str) -> Option<&'t Value> {
    table.level(level)?.parameter(name)?.default.as_ref()
}

/// Takes out of a map what would be so without it.
fn strip(map: &mut Map, level: Option<&Level>, above: &[&Map], table: &Table) {
    let Some(level) = level else { return };
    let set_above = |name: &str| above.iter().find_map(|map| map.get(name));
    let is_copy = |name: &Text, value: &Value| {
        let Some(parameter) = name.as_str().and_then(|name| level.parameter(name)) else { return false };
        let own_or_above = |name: &str| map.get(name).or_else(|| set_above(name)).or_else(|| default(table, name));
        let inherited = || match lifetime_of(parameter.name) {
            Some(lifetime) => own_or_above(lifetime),
            None => default(table, parameter.name),
        };
        parameter.is_copied() && set_above(parameter.name).or_else(inherited) == Some(value)
    };
    let own = map.iter().filter(|(name, value)| !is_copy(name, value));
    let own: Map = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    if own.len() < map.len() {
        *map = own;
    }
}
