//! What a change touches of a large configuration. A subnet that is the very same in both of two copies, and holds among the
//! same things, is left out of both: nothing that is true of it alone has become so by the change.

use std::collections::HashSet;

use crate::identity::are_numbered;
use crate::{Document, Map, Text, Value};

/// Two documents, each without the subnets and shared networks that stand in the same list of both and are unchanged copies
/// of one another.
pub(crate) fn apart(before: &Document, after: &Document) -> [Document; 2] {
    without_the_same(before, after, false)
}

/// The same, but subnets stay where anything else differs that they may inherit: of the whole configuration, or of their
/// shared network.
pub(crate) fn touched(before: &Document, after: &Document) -> [Document; 2] {
    without_the_same(before, after, true)
}

fn without_the_same(before: &Document, after: &Document, with_heirs: bool) -> [Document; 2] {
    let mut both = [before.clone(), after.clone()];
    let Some(subnets) = before.daemon.subnets() else { return both };
    let lists = [subnets, NETWORKS];
    // Where some cannot be told apart, they are known by their places, which must not change.
    if !(is_known(before) && is_known(after)) || (with_heirs && !is_alike_beside(&lists, &before.root, &after.root)) {
        return both;
    }
    for list in lists {
        let [before, after] = &mut both;
        leave_out_the_same(list, &mut before.root, &mut after.root);
    }
    let [before, after] = &mut both;
    for (before, after) in pairs(before, after) {
        if !with_heirs || is_alike_beside(&[subnets], before, after) {
            leave_out_the_same(subnets, before, after);
        }
    }
    both
}

const NETWORKS: &str = "shared-networks";

/// Whether all subnets and shared networks are known by what they are.
fn is_known(document: &Document) -> bool {
    let identities = document.identities();
    let known = |map: &Map, list: &str| {
        map.get(list).and_then(Value::as_list).is_none_or(|items| identities.are_known(&Text::from(list), items))
    };
    let subnets = document.daemon.subnets().unwrap_or_default();
    let mut networks = elements(&document.root, NETWORKS);
    known(&document.root, subnets) && known(&document.root, NETWORKS) && networks.all(|network| known(network, subnets))
}

/// Whether two maps say the same but for these members.
fn is_alike_beside(lists: &[&str], before: &Map, after: &Map) -> bool {
    let beside = |map: &Map| -> Map {
        let members = map.iter().filter(|(name, _)| !lists.iter().any(|list| **name == **list));
        members.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    beside(before) == beside(after)
}

fn elements<'a>(map: &'a Map, list: &str) -> impl Iterator<Item = &'a Map> {
    map.get(list).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_map)
}

fn leave_out_the_same(list: &str, before: &mut Map, after: &mut Map) {
    let addresses = |map: &Map| elements(map, list).map(Map::address).collect::<HashSet<_>>();
    let (old, new) = (addresses(before), addresses(after));
    let same: HashSet<usize> = old.intersection(&new).copied().collect();
    if same.is_empty() {
        return;
    }
    for map in [before, after] {
        let others = map.get(list).and_then(Value::as_list).map(|items| without(items, &same));
        if let Some(others) = others {
            map.set(list, Value::List(others));
        }
    }
}

/// The elements but for those at these addresses.
fn without(items: &[Value], same: &HashSet<usize>) -> Vec<Value> {
    items.iter().filter(|item| item.as_map().is_none_or(|map| !same.contains(&map.address()))).cloned().collect()
}

/// Subnets in two states of a list without those that are the very same in both; none: there are no such, or some are known by
/// no number of their own.
pub(crate) fn without_shared(list: &Text, before: &[Value], after: &[Value]) -> Option<[Vec<Value>; 2]> {
    let addresses = |items: &[Value]| items.iter().filter_map(Value::as_map).map(Map::address).collect::<HashSet<_>>();
    if !(are_numbered(list, before) && are_numbered(list, after)) {
        return None;
    }
    let same: HashSet<usize> = addresses(before).intersection(&addresses(after)).copied().collect();
    (!same.is_empty()).then(|| [before, after].map(|items| without(items, &same)))
}

/// The shared networks of the same name, to be changed.
fn pairs<'a>(before: &'a mut Document, after: &'a mut Document) -> Vec<(&'a mut Map, &'a mut Map)> {
    let mut others: Vec<&mut Map> = networks(after);
    let pair = |network: &'a mut Map| {
        let at = others.iter().position(|other| other.get("name") == network.get("name"))?;
        Some((network, others.swap_remove(at)))
    };
    networks(before).into_iter().filter_map(pair).collect()
}

fn networks(document: &mut Document) -> Vec<&mut Map> {
    match document.root.get_mut(NETWORKS) {
        Some(Value::List(items)) => items.iter_mut().filter_map(Value::as_map_mut).collect(),
        _ => Vec::new(),
    }
}
