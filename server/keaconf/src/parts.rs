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
        self.subnets_in_networks().map(|(_, subnet)| subnet)
    }

    /// The same, each with the shared network that it is in.
    pub fn subnets_in_networks(&self) -> impl Iterator<Item = (Option<&Map>, &Map)> {
        let list = self.daemon.subnets();
        let networks = self.root.get("shared-networks").and_then(Value::as_list).unwrap_or_default();
        let networks = networks.iter().filter_map(Value::as_map).map(Some).chain([None]);
        networks.flat_map(move |network| {
            let items = list.and_then(|list| network.unwrap_or(&self.root).get(list)?.as_list());
            items.unwrap_or_default().iter().filter_map(Value::as_map).map(move |subnet| (network, subnet))
        })
    }

    /// The document where its server shows one of the subnets outside of shared networks so; none: it has none of that number.
    /// Those of its reservations stay that were there, as no command shows them with their subnet.
    #[must_use]
    pub fn with_subnet(&self, id: u32, shown: Option<&Map>) -> Self {
        let mut document = self.clone();
        let Some(list) = self.daemon.subnets() else { return document };
        let mut items = self.root.get(list).and_then(Value::as_list).unwrap_or_default().to_vec();
        let is_it = |item: &Value| item.as_map().and_then(|map| map.get("id")?.as_i64()) == Some(i64::from(id));
        let at = items.iter().position(is_it);
        let with_reservations = |shown: &Map| {
            let mut shown = shown.clone();
            let held = at.and_then(|at| items[at].as_map()?.get("reservations").cloned());
            if let Some(held) = held.filter(|_| !shown.has("reservations")) {
                shown.set("reservations", held);
            }
            Value::Map(shown)
        };
        match (at, shown.map(with_reservations)) {
            (Some(at), Some(shown)) => items[at] = shown,
            (None, Some(shown)) => items.push(shown),
            (Some(at), None) => drop(items.remove(at)),
            (None, None) => return document,
        }
        document.root.set(list, Value::List(items));
        document
    }

    /// A subnet outside of shared networks without copies of what it inherits here.
    pub fn bare_subnet(&self, shown: &Map) -> Map {
        let Some(list) = self.daemon.subnets() else { return shown.clone() };
        let mut alone = self.clone();
        alone.root.remove("shared-networks");
        alone.root.set(list, Value::List(vec![shown.clone().into()]));
        let bare = alone.without_copies();
        bare.subnets().next().cloned().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_that_is_read_alone_takes_its_place_with_or_without_copies() {
        let site = br#"{ "Dhcp4": { "valid-lifetime": 600, "renew-timer": 90, "shared-networks": [
            { "name": "a", "valid-lifetime": 60, "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": 60 }] }],
            "subnet4": [{ "id": 2, "subnet": "198.51.100.0/24", "valid-lifetime": 600,
                "reservations": [{ "hw-address": "02:00:00:00:00:01" }] }] } }"#;
        let site = Document::read(site).unwrap();
        let map = |text: &str| crate::read_json(text.as_bytes()).unwrap().as_map().unwrap().clone();
        let changed = map(r#"{"id":2,"subnet":"198.51.100.0/24","valid-lifetime":600,"renew-timer":80}"#);
        let new =
            map(r#"{"id":3,"subnet":"203.0.113.0/24","valid-lifetime":600,"renew-timer":90,"min-valid-lifetime":600}"#);
        for (id, shown) in [(2, Some(&changed)), (3, Some(&new)), (2, None), (4, None)] {
            let whole = site.with_subnet(id, shown);
            let bare = site.without_copies();
            let own = shown.map(|shown| bare.bare_subnet(shown));
            assert_eq!(whole.without_copies(), bare.with_subnet(id, own.as_ref()), "{id} {shown:?}");
        }
        let changed = site.with_subnet(2, Some(&changed));
        let text = |document: &Document| {
            let subnets = document.root.get("subnet4").unwrap();
            subnets.to_json(crate::Layout::Compact).replace([' ', '\n'], "")
        };
        assert!(text(&changed).contains("02:00:00:00:00:01") && text(&changed).contains(r#""renew-timer":80"#));
        assert_eq!(text(&site.with_subnet(2, None)), "[]");
        assert_eq!(
            text(&Document { root: Map::default(), ..site }.with_subnet(3, Some(&new))).matches("203.0.113").count(),
            1
        );
    }
}
