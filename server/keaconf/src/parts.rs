//! The shared networks and subnets of a configuration, and which of them follow when something is edited above them.

use model::AddressRange;

use crate::identity::canonical;
use crate::{Document, Map, Path, Step, Table, Text, Value};

/// A shared network or a subnet.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Its path.
    pub path: Path,
    /// What it says.
    pub map: &'a Map,
    /// The shared network that a subnet is in.
    pub network: Option<&'a Map>,
    /// Whether it is a subnet.
    pub is_subnet: bool,
}

impl Part<'_> {
    /// Whether it has a pool, of addresses or of prefixes.
    pub(crate) fn serves(&self) -> bool {
        let filled = |list: &str| self.map.get(list).and_then(Value::as_list).is_some_and(|items| !items.is_empty());
        filled("pools") || filled("pd-pools")
    }

    /// The ranges of its pools of addresses, but for what is none.
    pub(crate) fn ranges(&self) -> Vec<AddressRange> {
        let pools = self.map.get("pools").and_then(Value::as_list).unwrap_or_default();
        let range = |pool: &Value| canonical("pool", pool.as_map()?.get("pool")?)?.shown().parse().ok();
        pools.iter().filter_map(range).collect()
    }

    /// What people call a subnet: `192.0.2.0/24 (id 7)`.
    pub(crate) fn called(&self) -> String {
        let prefix = self.map.text("subnet").unwrap_or("without a prefix");
        match self.map.get("id").and_then(Value::as_i64) {
            Some(id) => format!("{prefix} (id {id})"),
            None => prefix.to_owned(),
        }
    }
}

/// The parts whose value of a parameter follows when it is edited on what holds them, and those that keep their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followers {
    /// Those that follow.
    pub follow: Vec<Path>,
    /// Those that keep theirs.
    pub keep: Vec<Path>,
}

impl Document {
    /// All shared networks and subnets, a network before its subnets.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let Some(subnets) = self.daemon.subnets() else { return Vec::new() };
        let mut parts = Vec::new();
        for (path, network) in self.elements(&Path::root(), &self.root, "shared-networks") {
            let inside = self.elements(&path, network, subnets);
            parts.push(Part { path, map: network, network: None, is_subnet: false });
            let subnet = |(path, map)| Part { path, map, network: Some(network), is_subnet: true };
            parts.extend(inside.into_iter().map(subnet));
        }
        let outside = self.elements(&Path::root(), &self.root, subnets).into_iter();
        parts.extend(outside.map(|(path, map)| Part { path, map, network: None, is_subnet: true }));
        parts
    }

    /// What each subnet says, in the order of [`parts`](Self::parts), where their paths are not needed.
    pub fn subnets(&self) -> impl Iterator<Item = &Map> {
        let name = self.daemon.subnets();
        let networks = self.root.get("shared-networks").and_then(Value::as_list).unwrap_or_default();
        let networks = networks.iter().filter_map(Value::as_map);
        let owners = networks.chain([&self.root]).filter_map(move |owner| owner.get(name?)?.as_list());
        owners.flatten().filter_map(Value::as_map)
    }

    /// The elements of a list of maps, each with its path.
    pub(crate) fn elements<'a>(&self, above: &Path, map: &'a Map, list: &str) -> Vec<(Path, &'a Map)> {
        let items = map.get(list).and_then(Value::as_list).unwrap_or_default();
        let keys = if items.is_empty() { None } else { self.identities().all(&Text::from(list), items) };
        let list = above.member(list);
        let step = |at: usize| keys.as_ref().map_or(Step::At(at), |keys| Step::Element(keys[at].clone()));
        items.iter().enumerate().filter_map(|(at, item)| Some((list.with(step(at)), item.as_map()?))).collect()
    }

    /// What it means for the shared networks and subnets below when a parameter is edited on the whole configuration or on
    /// a shared network.
    pub fn followers(&self, path: &Path, name: &str) -> Followers {
        let mut followers = Followers::default();
        let table = Table::of(self.daemon);
        let Some(edited) = table.level_at(path) else { return followers };
        let inherits = |part: &Part<'_>| {
            let level = table.level(if part.is_subnet { "subnet" } else { "shared-network" });
            level.and_then(|level| level.parameter(name)).is_some_and(|own| own.inherits.contains(&edited.name))
        };
        let below = |part: &Part<'_>| part.path != *path && part.path.starts_with(path);
        for part in self.parts().into_iter().filter(|part| below(part) && inherits(part)) {
            let between = part.network.filter(|_| path.is_root());
            let kept = [Some(part.map), between].into_iter().flatten().any(|map| map.has(name));
            if kept { followers.keep.push(part.path) } else { followers.follow.push(part.path) }
        }
        followers
    }
}
