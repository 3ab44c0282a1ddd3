//! An element that gets another place: another list of its kind, or another name in its own.

use super::{add, remove, replace};
use crate::identity::{Identities, Keys, canonical, mean_the_same};
use crate::{Document, Map, Path, Step, Text, Value};

/// The place that a move names: the list of the path, or an element of it.
pub(super) fn read(value: &Value) -> Result<Path, String> {
    let text = value.as_str().ok_or_else(|| {
        "move needs the path of a list, or of the element there, as in \"shared-networks[name=floor-3].subnet4\""
            .to_owned()
    })?;
    text.parse().map_err(|error: crate::PathError| error.to_string())
}

/// Where an element is after a move: one that is named by its list alone is known there by what it was.
pub(crate) fn destination(from: &Path, to: &Path) -> Path {
    match (from.steps().last(), to.steps().last()) {
        (Some(element), Some(Step::Member(_))) if !matches!(element, Step::Member(_)) => to.with(element.clone()),
        _ => to.clone(),
    }
}

/// Moves an element.
pub(super) fn carry(document: &mut Document, identities: &Identities, from: &Path, to: &Path) -> Result<(), String> {
    let to = destination(from, to);
    let (Some((above, last)), Some((target, name))) = (from.split(), to.split()) else {
        return Err("the path is empty: name an element".to_owned());
    };
    if matches!(last, Step::Member(_)) || matches!(name, Step::Member(_)) {
        return Err(format!("{from} is no element of a list: only elements move"));
    }
    let kind = target.kind().cloned().unwrap_or_default();
    if from.kind() != Some(&kind) {
        return Err(format!("{from} is no element for {target}"));
    }
    let route = document.route(identities, from).map_err(|error| error.to_string())?;
    let mut value = document.at(&route).cloned().ok_or_else(|| format!("there is no {from}"))?;
    if let (Some(map), Step::Element(keys)) = (value.as_map_mut(), name) {
        call(map, keys).map_err(|member| format!("{from} keeps its {member}: it cannot become {to}"))?;
    }
    if target == above {
        return replace(document, identities, from, &above, &value);
    }
    remove(document, identities, from, &above)?;
    add(document, identities, &target, &list_of(&target)?, &kind, &value)
}

/// What holds a list.
fn list_of(list: &Path) -> Result<Path, String> {
    match list.split() {
        Some((above, Step::Member(_))) => Ok(above),
        _ => Err(format!("{list} is no list")),
    }
}

/// Gives an element what it is to be known by. An error is the member that stays as it is: ids are never given anew.
fn call<'k>(map: &mut Map, keys: &'k Keys) -> Result<(), &'k str> {
    for (name, value) in keys {
        let wanted = Value::Text(value.clone());
        let there = map.get(name);
        let is_so = there.is_some_and(|there| {
            mean_the_same(&Text::from(name.as_str()), there, &wanted) || canonical(name, there).as_ref() == Some(value)
        });
        match there {
            _ if is_so => {}
            Some(Value::Text(_)) => drop(map.set(name.as_str(), wanted)),
            Some(Value::Number(_)) if name != "id" => {
                let number: i64 = value.as_str().and_then(|text| text.parse().ok()).ok_or(name.as_str())?;
                map.set(name.as_str(), number.into());
            }
            _ => return Err(name),
        }
    }
    Ok(())
}
