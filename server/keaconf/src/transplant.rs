//! What was edited on one server of a pair, as it is edited on its partner: subnets are found by their prefix, as each
//! server has numbers of its own, and what is of one server alone stays there.

use std::collections::HashMap;

use crate::dangers::is_of_one_server;
use crate::edit::destination;
use crate::identity::canonical;
use crate::table::{Level, Table};
use crate::{Document, Edit, Map, Op, Path, Step, Text, Value};

/// The edits of one server for the other one. `back` takes them back on the first; it says what of that is gone by now.
/// `ours`, `theirs`: what the two servers run. An error is a sentence without its full stop.
pub fn transplanted(edits: &[Edit], back: &[Edit], ours: &Document, theirs: &Document) -> Result<Vec<Edit>, String> {
    let transplant = Transplant::between(ours, theirs, edits, back);
    let mut moved = Vec::new();
    for edit in edits {
        moved.extend(transplant.edit(edit)?);
    }
    Ok(moved)
}

/// The prefixes of the subnets of a configuration by their number, with those that edits add or take out.
fn prefixes(document: &Document, edits: &[Edit], back: &[Edit]) -> HashMap<Text, Text> {
    let own = document.parts().into_iter().filter(|part| part.is_subnet).map(|part| part.map);
    let added = edits.iter().chain(back).filter_map(|edit| match &edit.op {
        Op::Add(Value::Map(map)) => Some(map),
        _ => None,
    });
    own.chain(added).filter_map(known_by).collect()
}

/// Number and prefix of a subnet.
fn known_by(subnet: &Map) -> Option<(Text, Text)> {
    Some((canonical("id", subnet.get("id")?)?, canonical("subnet", subnet.get("subnet")?)?))
}

/// Moves edits from one server to the other.
pub(crate) struct Transplant<'a> {
    /// Our prefixes by number.
    ours: HashMap<Text, Text>,
    theirs: &'a Document,
    /// Their subnets by prefix: number and path.
    subnets: HashMap<Text, (Text, Path)>,
    /// Their prefixes by number.
    numbers: HashMap<Text, Text>,
}

impl<'a> Transplant<'a> {
    /// From the first to the other, as [`transplanted`] says.
    pub(crate) fn between(ours: &Document, theirs: &'a Document, edits: &[Edit], back: &[Edit]) -> Self {
        let (mut subnets, mut numbers) = (HashMap::new(), HashMap::new());
        for part in theirs.parts().into_iter().filter(|part| part.is_subnet) {
            let Some((id, prefix)) = known_by(part.map) else { continue };
            numbers.entry(id.clone()).or_insert_with(|| prefix.clone());
            subnets.entry(prefix).or_insert((id, part.path));
        }
        Self { ours: prefixes(ours, edits, back), theirs, subnets, numbers }
    }

    /// An edit for the other server. None: nothing is left of it for that one.
    pub(crate) fn edit(&self, edit: &Edit) -> Result<Option<Edit>, String> {
        if is_of_one_server(self.theirs.daemon, &edit.path) {
            return Ok(None);
        }
        let Some(path) = self.path(edit)? else { return Ok(None) };
        let table = Table::of(self.theirs.daemon);
        let level = |path: &Path| table.level_at(path);
        let op = match &edit.op {
            Op::Unset => Op::Unset,
            Op::Remove => Op::Remove,
            Op::Order(wanted) => Op::Order(wanted.clone()),
            Op::Move(to) => match moved(&path, &edit.path, to)? {
                Some(to) => Op::Move(to),
                None => return Ok(None),
            },
            Op::Set(value) => Op::Set(without_private(table, level(&path), value)),
            Op::Add(value) => {
                let below = || {
                    let (above, Step::Member(name)) = path.split()? else { return None };
                    table.below(level(&above)?, name.as_str()?, true)
                };
                let value = without_private(table, below(), value);
                match self.added_subnet(&path, &value)? {
                    Some(value) => Op::Add(value),
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(Edit { path, op }))
    }

    /// The path there; none: what is to be taken out is not there.
    fn path(&self, edit: &Edit) -> Result<Option<Path>, String> {
        let steps = edit.path.steps();
        let subnets = self.theirs.daemon.subnets();
        let at =
            steps.iter().position(|step| matches!(step, Step::Member(name) if subnets.is_some_and(|own| name == own)));
        let Some((at, Step::Element(keys))) = at.and_then(|at| Some((at, steps.get(at + 1)?))) else {
            return Ok(Some(edit.path.clone()));
        };
        let id = keys.iter().find(|(name, _)| name == "id").map(|(_, id)| id);
        let prefix = id.and_then(|id| self.ours.get(id));
        let prefix = prefix.ok_or_else(|| format!("which subnet {} is meant by is not known", edit.path))?;
        let there = self.subnets.get(prefix).map(|(_, path)| path);
        let rest = &steps[at + 2..];
        match there {
            Some(path) => Ok(Some(Path::from([path.steps(), rest].concat()))),
            None if rest.is_empty() && edit.op == Op::Remove => Ok(None),
            None => Err(format!("it has no subnet {prefix}")),
        }
    }

    /// What is added there; none: they have that subnet already, just so. One that they have under another number is not the
    /// same: servers of a pair tell each other of leases by it.
    fn added_subnet(&self, list: &Path, value: &Value) -> Result<Option<Value>, String> {
        let is_subnets = list.kind().and_then(Text::as_str) == self.theirs.daemon.subnets();
        let known = value.as_map().filter(|_| is_subnets).and_then(known_by);
        let Some((id, prefix)) = known else { return Ok(Some(value.clone())) };
        if let Some((their_id, _)) = self.subnets.get(&prefix) {
            if *their_id != id {
                return Err(format!(
                    "it has subnet {prefix} already, with the id {their_id} and not {id}. The two tell each other of leases by \
                     the id, so both need the same one: take the subnet out there, and it is added with the id {id}, or undo \
                     this change here and add it with the id {their_id}"
                ));
            }
            let held = self.theirs.holds(&Edit { path: list.clone(), op: Op::Add(value.clone()) });
            return if held {
                Ok(None)
            } else {
                Err(format!("it has subnet {prefix} (id {their_id}) already, otherwise"))
            };
        }
        match self.numbers.get(&id) {
            Some(other) => Err(format!("number {id} is that of subnet {other} there")),
            None => Ok(Some(value.clone())),
        }
    }
}

/// Where what is at a path there moves to; none: it is there already. `own`: its path here.
fn moved(path: &Path, own: &Path, to: &Path) -> Result<Option<Path>, String> {
    let to = destination(own, to);
    let (Some((_, own_name)), Some((_, name)), Some((list, new_name))) = (own.split(), path.split(), to.split()) else {
        return Err(format!("{own} cannot be moved"));
    };
    // A subnet has a number of their own there, which it keeps.
    let to = if own_name == new_name { list.with(name.clone()) } else { to.clone() };
    Ok((to != *path).then_some(to))
}

/// A value without what is of one server alone.
fn without_private(table: &Table, level: Option<&Level>, value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let is_private = |name: &Text| {
                let parameter = name.as_str().and_then(|name| level?.parameter(name));
                parameter.is_some_and(crate::Parameter::is_private)
            };
            let kept = map.iter().filter(|(name, _)| !is_private(name)).map(|(name, value)| {
                let below = |in_list| name.as_str().and_then(|name| table.below(level?, name, in_list));
                let value = match value {
                    Value::List(items) => {
                        Value::List(items.iter().map(|item| without_private(table, below(true), item)).collect())
                    }
                    value => without_private(table, below(false), value),
                };
                (name.clone(), value)
            });
            Value::Map(kept.collect())
        }
        value => value.clone(),
    }
}
