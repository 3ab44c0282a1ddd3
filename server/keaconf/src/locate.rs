//! Finds what a path names, and names what stands at a place.

use crate::identity::{Identities, Keys};
use crate::{Document, Map, Path, PathError, Step, Text, Value};

/// How many elements are named where the one that was asked for is missing.
const NAMED: usize = 5;

/// Where a part stands: the number of the member or element at each step.
pub(crate) type Route = Vec<usize>;

impl Document {
    /// What a path names.
    pub fn get(&self, path: &Path) -> Result<&Value, PathError> {
        let route = self.route(&self.identities(), path)?;
        self.at(&route).ok_or_else(|| PathError("the whole configuration is no part of itself".to_owned()))
    }

    /// The map that a path names; the whole configuration for an empty one.
    pub fn map(&self, path: &Path) -> Result<&Map, PathError> {
        if path.is_root() {
            return Ok(&self.root);
        }
        self.get(path)?.as_map().ok_or_else(|| PathError(format!("{path} is no map")))
    }

    /// By what the elements of this document are known.
    pub fn identities(&self) -> Identities {
        Identities::of(self.daemon, &[self])
    }

    pub(crate) fn at(&self, route: &[usize]) -> Option<&Value> {
        let (first, rest) = route.split_first()?;
        rest.iter().try_fold(self.root.at(*first)?, |value, place| match value {
            Value::Map(map) => map.at(*place),
            Value::List(items) => items.get(*place),
            _ => None,
        })
    }

    pub(crate) fn at_mut(&mut self, route: &[usize]) -> Option<&mut Value> {
        let (first, rest) = route.split_first()?;
        rest.iter().try_fold(self.root.at_mut(*first)?, |value, place| match value {
            Value::Map(map) => map.at_mut(*place),
            Value::List(items) => items.get_mut(*place),
            _ => None,
        })
    }

    pub(crate) fn route(&self, identities: &Identities, path: &Path) -> Result<Route, PathError> {
        let mut route = Route::new();
        let mut list = Text::default();
        for (number, step) in path.steps().iter().enumerate() {
            let here = if route.is_empty() { None } else { self.at(&route) };
            let so_far = || Path::from(path.steps()[..number].to_vec());
            let place = match (step, here) {
                (Step::Member(name), None) => {
                    list = name.clone();
                    self.root.place(name).ok_or_else(|| no_member(&so_far(), name))?
                }
                (Step::Member(name), Some(Value::Map(map))) => {
                    list = name.clone();
                    map.place(name).ok_or_else(|| no_member(&so_far(), name))?
                }
                (Step::Element(keys), Some(Value::List(items))) => {
                    let named = so_far().with(step.clone());
                    the_one(identities, &list, items, keys, &named)?
                }
                (Step::At(place), Some(Value::List(items))) if *place < items.len() => *place,
                (Step::At(place), Some(Value::List(items))) => {
                    return Err(PathError(format!("{} has {} elements, none at {place}", so_far(), items.len())));
                }
                (Step::Member(name), _) => return Err(PathError(format!("{} is no map: it has no {name}", so_far()))),
                (_, _) => return Err(PathError(format!("{} is no list", so_far()))),
            };
            route.push(place);
        }
        Ok(route)
    }
}

/// The place of the one element that is meant. Of options of one code it is the one for all clients, where no classes are
/// named.
fn the_one(
    identities: &Identities,
    list: &Text,
    items: &[Value],
    wanted: &Keys,
    path: &Path,
) -> Result<usize, PathError> {
    let found: Vec<usize> = (0..items.len()).filter(|at| identities.has(list, &items[*at], wanted)).collect();
    let known = |at: &usize| identities.keys(list, &items[*at]);
    match found.as_slice() {
        [] => Err(no_element(identities, list, items, path)),
        [one] => Ok(*one),
        several => {
            let mut exact = several.iter().filter(|at| known(at).is_some_and(|own| own.len() == wanted.len()));
            if let (Some(one), None) = (exact.next(), exact.next()) {
                return Ok(*one);
            }
            let names = in_brackets(several.iter().filter_map(known));
            let names = if names.is_empty() { names } else { format!(" ({names})") };
            Err(PathError(format!("there are several {path}: name more of what the one is known by{names}")))
        }
    }
}

/// The first of the elements, by what each is known by.
fn in_brackets(known: impl Iterator<Item = Keys>) -> String {
    let names = known.take(NAMED).map(|keys| Path::from(vec![Step::Element(keys)]).to_string());
    names.collect::<Vec<_>>().join(", ")
}

fn no_member(path: &Path, name: &Text) -> PathError {
    let owner = if path.is_root() { "the configuration".to_owned() } else { path.to_string() };
    PathError(format!("{owner} has no “{name}”"))
}

fn no_element(identities: &Identities, list: &Text, items: &[Value], wanted: &Path) -> PathError {
    let names = in_brackets(items.iter().filter_map(|item| identities.keys(list, item)));
    let more = if items.len() > NAMED { ", …" } else { "" };
    let there = if names.is_empty() { "the list is empty".to_owned() } else { format!("there are {names}{more}") };
    PathError(format!("there is no {wanted}: {there}"))
}
