//! Shared networks that have another name, and subnets that are in another list: they keep all that they have.

use std::collections::{HashMap, HashSet};

use super::{Change, What, is_nothing};
use crate::identity::canonical;
use crate::parts::Part;
use crate::touched::apart;
use crate::{Document, Map, Path, Step, Text};

const NETWORKS: &str = "shared-networks";

/// By what a subnet is the same wherever it is: what its list knows it by, and its prefix.
type Subnet = (Step, Text);

/// What moves from one document to another, in the order in which it can be done: networks get their names, new ones come
/// with nothing in them, then subnets move.
pub(super) fn moves(before: &Document, after: &Document) -> Vec<Change> {
    let any = |document: &Document| {
        document.root.get("shared-networks").is_some_and(|list| !is_nothing(&NETWORKS.into(), list))
    };
    let (Some(list), true) = (before.daemon.subnets(), any(before) || any(after)) else { return Vec::new() };
    let [before, after] = apart(before, after);
    let (old, new) = (Site::of(&before), Site::of(&after));
    let renamed = renamed(&old, &new, list);
    let mut changes: Vec<Change> = renamed.iter().map(|(from, to)| moved((*from).clone(), (*to).clone())).collect();
    let now = |path: &Path| {
        let network = renamed.iter().find(|(from, _)| path.starts_with(from));
        network.map_or_else(|| path.clone(), |(from, to)| path.within(from, to))
    };
    let here: HashSet<Path> = old.networks.iter().map(|(path, _)| now(path)).collect();
    let place = |(subnet, to): (&Subnet, &Path)| {
        let from = old.subnets.get(subnet).map(now).filter(|from| from != to)?;
        Some(moved(from, to.clone()))
    };
    let mut moving: Vec<Change> = new.subnets.iter().filter_map(place).collect();
    moving.sort_by(|one, other| one.path.cmp(&other.path));
    let comes =
        |(path, _): &&(Path, &Map)| !here.contains(path) && moving.iter().any(|change| change.path.starts_with(path));
    let come = new.networks.iter().filter(comes);
    changes.extend(come.map(|(path, map)| Change { path: path.clone(), what: What::Added(bare(map, list).into()) }));
    changes.extend(moving);
    changes
}

fn moved(from: Path, path: Path) -> Change {
    Change { path, what: What::Moved { from } }
}

/// The shared networks and subnets of a document.
struct Site<'a> {
    networks: Vec<(Path, &'a Map)>,
    /// Where each subnet is; those that are there twice are left out.
    subnets: HashMap<Subnet, Path>,
}

impl<'a> Site<'a> {
    fn of(document: &'a Document) -> Self {
        let (subnets, networks): (Vec<Part<'a>>, Vec<_>) =
            document.parts().into_iter().partition(|part| part.is_subnet);
        let mut places: HashMap<Subnet, Vec<Path>> = HashMap::new();
        for part in subnets {
            if let Some(subnet) = known_by(&part) {
                places.entry(subnet).or_default().push(part.path);
            }
        }
        let once = |(subnet, mut paths): (Subnet, Vec<Path>)| Some((subnet, paths.pop().filter(|_| paths.is_empty())?));
        Self {
            networks: networks.into_iter().map(|part| (part.path, part.map)).collect(),
            subnets: places.into_iter().filter_map(once).collect(),
        }
    }

    /// The subnets of a network.
    fn inside(&self, network: &Path) -> HashSet<&Subnet> {
        self.subnets.iter().filter(|(_, path)| path.starts_with(network)).map(|(subnet, _)| subnet).collect()
    }
}

fn known_by(part: &Part<'_>) -> Option<Subnet> {
    let (_, element @ Step::Element(_)) = part.path.split()? else { return None };
    Some((element.clone(), canonical("subnet", part.map.get("subnet")?)?))
}

/// The networks that go while another one comes with subnets of theirs; where neither has any, with all else alike.
fn renamed<'s>(old: &'s Site<'_>, new: &'s Site<'_>, list: &str) -> Vec<(&'s Path, &'s Path)> {
    let is_of = |networks: &[(Path, &Map)], path: &Path| networks.iter().any(|(own, _)| own == path);
    let is_named = |path: &Path| matches!(path.steps().last(), Some(Step::Element(_)));
    let gone = old.networks.iter().filter(|(path, _)| is_named(path) && !is_of(&new.networks, path));
    let mut comes: Vec<_> =
        new.networks.iter().filter(|(path, _)| is_named(path) && !is_of(&old.networks, path)).collect();
    let mut found = Vec::new();
    for (from, was) in gone {
        let theirs = old.inside(from);
        let is_it = |(to, is): &&(Path, &Map)| {
            let ours = new.inside(to);
            let empty = theirs.is_empty() && ours.is_empty();
            !theirs.is_disjoint(&ours) || (empty && nameless(was, list) == nameless(is, list))
        };
        if let Some(at) = comes.iter().position(is_it) {
            found.push((from, &comes.remove(at).0));
        }
    }
    found
}

/// A network without its subnets.
pub(super) fn bare(network: &Map, list: &str) -> Map {
    network.iter().filter(|(name, _)| *name != list).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What a network says beside its name and its subnets.
fn nameless(network: &Map, list: &str) -> Map {
    let said = bare(network, list).into_iter().filter(|(name, value)| *name != "name" && !is_nothing(name, value));
    said.collect()
}
