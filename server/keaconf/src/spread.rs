//! One wish for many subnets: the same edits in each of them, as far as it is not so there already.

use std::collections::HashMap;

use crate::identity::{Identities, mean_the_same};
use crate::parts::Part;
use crate::{Document, Edit, Map, Op, Path, Step, Text, Value};

/// What every subnet has of its own, and no two can have alike.
const OF_ONE: [&str; 5] = ["id", "subnet", "pools", "pd-pools", "reservations"];

impl Document {
    /// The edits that make the same in each of these subnets. The paths of `edits` begin in a subnet: `valid-lifetime`,
    /// `option-data`, `client-classes`. An element that is there already gets what is wanted of it and keeps the rest; what
    /// is to go and is not there is passed over. An error is a sentence without its full stop.
    pub fn spread(&self, subnets: &[u32], edits: &[Edit]) -> Result<Vec<Edit>, String> {
        if let Some(edit) = edits.iter().find(|edit| is_of_one(&edit.path)) {
            return Err(format!("{} is of one subnet alone: change it in the settings of the subnet", edit.path));
        }
        if let Some(edit) = edits.iter().find(|edit| matches!(edit.op, Op::Move(_))) {
            return Err(format!("{} is moved by itself, and not in several subnets together", edit.path));
        }
        let identities = self.identities();
        let known: HashMap<i64, Part<'_>> = self
            .parts()
            .into_iter()
            .filter(|part| part.is_subnet)
            .filter_map(|part| Some((part.map.get("id")?.as_i64()?, part)))
            .collect();
        let mut spread = Vec::new();
        for id in subnets {
            let part = known.get(&i64::from(*id)).ok_or_else(|| format!("there is no subnet with the number {id}"))?;
            let inside = Document { daemon: self.daemon, root: part.map.clone() };
            for edit in edits {
                let made = within(&identities, &inside, edit).into_iter();
                spread.extend(made.map(|Edit { path, op }| Edit { path: below(&part.path, &path), op }));
            }
        }
        Ok(spread)
    }
}

fn is_of_one(path: &Path) -> bool {
    match path.steps().first() {
        Some(Step::Member(name)) => name.as_str().is_some_and(|name| OF_ONE.contains(&name)),
        _ => true,
    }
}

fn below(above: &Path, path: &Path) -> Path {
    Path::from([above.steps(), path.steps()].concat())
}

/// The edits of one subnet, their paths from there.
fn within(identities: &Identities, subnet: &Document, edit: &Edit) -> Vec<Edit> {
    let there = |path: &Path| subnet.at(&subnet.route(identities, path).ok()?);
    let nothing = match &edit.op {
        Op::Add(value) => return add(identities, subnet, edit, value),
        Op::Set(value) => there(&edit.path) == Some(value),
        Op::Unset | Op::Remove => there(&edit.path).is_none(),
        Op::Order(wanted) => subnet.is_in_order(&edit.path, wanted),
        Op::Move(_) => subnet.holds(edit),
    };
    if nothing { Vec::new() } else { vec![edit.clone()] }
}

fn add(identities: &Identities, subnet: &Document, edit: &Edit, value: &Value) -> Vec<Edit> {
    let list = edit.path.kind().cloned().unwrap_or_default();
    let Some(keys) = identities.keys(&list, value) else { return vec![edit.clone()] };
    let known: Vec<Text> = keys.iter().map(|(name, _)| Text::from(name.as_str())).collect();
    let element = edit.path.with(Step::Element(keys));
    let place = identities.keys_of_added(&list, value).map(|keys| edit.path.with(Step::Element(keys)));
    let there = place.and_then(|place| subnet.at(&subnet.route(identities, &place).ok()?));
    match (there, value) {
        (Some(Value::Map(there)), Value::Map(wanted)) => replaced(&known, &element, there, wanted),
        (Some(_), _) => Vec::new(),
        (None, _) => first_class(subnet, edit, value).unwrap_or_else(|| vec![edit.clone()]),
    }
}

/// What is wanted of an element that is there, without what it is known by.
fn replaced(known: &[Text], element: &Path, there: &Map, wanted: &Map) -> Vec<Edit> {
    let other = |(name, value): &(&Text, &Value)| {
        *name != "name"
            && !known.contains(name)
            && !there.get_text(name).is_some_and(|held| mean_the_same(name, held, value))
    };
    let set = |(name, value): (&Text, &Value)| Edit {
        path: element.with(Step::Member(name.clone())),
        op: Op::Set(value.clone()),
    };
    let mut edits: Vec<Edit> = wanted.iter().filter(other).map(set).collect();
    // What was written in octets, and is wanted as a text.
    let was_hex = there.get("csv-format").and_then(Value::as_bool) == Some(false);
    if was_hex && wanted.has("data") && !wanted.has("csv-format") {
        edits.push(Edit { path: element.member("csv-format"), op: Op::Set(true.into()) });
    }
    edits
}

/// A class beside the one that a subnet names in the old way, which Kea does not take beside a list; none: it names none so.
fn first_class(subnet: &Document, edit: &Edit, value: &Value) -> Option<Vec<Edit>> {
    let old = subnet.root.text("client-class").filter(|old| !old.is_empty())?;
    if edit.path != Path::root().member("client-classes") {
        return None;
    }
    if value.as_str() == Some(old) {
        return Some(Vec::new());
    }
    let both = Value::List(vec![old.into(), value.clone()]);
    let unset = Edit { path: Path::root().member("client-class"), op: Op::Unset };
    Some(vec![unset, Edit { path: edit.path.clone(), op: Op::Set(both) }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Document {
        let text = br#"{ "Dhcp4": { "option-def": [{ "name": "site", "code": 234, "type": "string", "space": "dhcp4" }],
            "shared-networks": [{ "name": "west", "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": 600,
                "option-data": [{ "name": "domain-name-servers", "data": "192.0.2.1", "always-send": true }] }] }],
            "subnet4": [{ "id": 2, "subnet": "198.51.100.0/24", "client-class": "old", "option-data": [
                { "code": 6, "data": "C0000201", "csv-format": false }, { "name": "site", "data": "a" }] },
                { "id": 3, "subnet": "203.0.113.0/24", "client-classes": ["new"] }] } }"#;
        Document::read(text).unwrap()
    }

    fn spread(edits: &str) -> Vec<String> {
        let edits = Edit::read_all(edits.as_bytes()).unwrap();
        let made = site().spread(&[1, 2, 3], &edits).unwrap();
        assert!(site().edited(&made).is_ok(), "they can be made");
        let again = site().edited(&made).unwrap().spread(&[1, 2, 3], &edits);
        assert_eq!(again, Ok(Vec::new()), "made once, nothing is left to be done");
        made.iter().map(|edit| Edit::write_all(std::slice::from_ref(edit)).split_whitespace().collect()).collect()
    }

    #[test]
    fn an_option_is_added_replaced_or_left_as_it_is() {
        let made = spread(r#"[{"op":"add","path":"option-data","value":{"code":6,"data":"192.0.2.1"}}]"#);
        assert_eq!(
            made,
            [
                r#"[{"op":"set","path":"subnet4[id=2].option-data[space=dhcp4,code=6].data","value":"192.0.2.1"}]"#,
                r#"[{"op":"set","path":"subnet4[id=2].option-data[space=dhcp4,code=6].csv-format","value":true}]"#,
                r#"[{"op":"add","path":"subnet4[id=3].option-data","value":{"code":6,"data":"192.0.2.1"}}]"#,
            ],
            "the first has it, and keeps that it is always sent"
        );
        let cleared = spread(r#"[{"op":"remove","path":"option-data[space=dhcp4,code=234]"}]"#);
        assert_eq!(cleared, [r#"[{"op":"remove","path":"subnet4[id=2].option-data[space=dhcp4,code=234]"}]"#]);
    }

    #[test]
    fn an_option_for_some_clients_is_none_for_all() {
        let text = br#"{ "Dhcp4": { "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "option-data": [
            { "code": 6, "data": "192.0.2.1", "client-classes": ["voice"] }] }] } }"#;
        let site = Document::read(text).unwrap();
        let edits = br#"[{"op":"add","path":"option-data","value":{"code":6,"data":"192.0.2.9"}}]"#;
        let edits = Edit::read_all(edits).unwrap();
        let made = site.spread(&[1], &edits).unwrap();
        assert!(matches!(made.as_slice(), [Edit { op: Op::Add(_), .. }]), "{made:?}");
        let site = site.edited(&made).unwrap();
        assert_eq!(site.spread(&[1], &edits), Ok(Vec::new()));
    }

    #[test]
    fn parameters_are_set_and_cleared_where_they_differ() {
        let made = spread(r#"[{"op":"set","path":"valid-lifetime","value":600}]"#);
        assert_eq!(made.len(), 2, "{made:?}");
        let cleared = spread(r#"[{"op":"unset","path":"valid-lifetime"}]"#);
        assert_eq!(cleared, [r#"[{"op":"unset","path":"shared-networks[name=west].subnet4[id=1].valid-lifetime"}]"#]);
    }

    #[test]
    fn a_class_comes_beside_those_that_are_there() {
        let made = spread(r#"[{"op":"add","path":"client-classes","value":"new"}]"#);
        assert_eq!(
            made,
            [
                r#"[{"op":"add","path":"shared-networks[name=west].subnet4[id=1].client-classes","value":"new"}]"#,
                r#"[{"op":"unset","path":"subnet4[id=2].client-class"}]"#,
                r#"[{"op":"set","path":"subnet4[id=2].client-classes","value":["old","new"]}]"#,
            ]
        );
    }

    #[test]
    fn what_is_of_one_subnet_and_subnets_that_are_gone_are_refused() {
        let said =
            |ids: &[u32], edits: &str| site().spread(ids, &Edit::read_all(edits.as_bytes()).unwrap()).unwrap_err();
        assert!(said(&[1], r#"[{"op":"set","path":"id","value":9}]"#).contains("of one subnet alone"));
        assert!(said(&[9], r#"[{"op":"unset","path":"valid-lifetime"}]"#).contains("no subnet with the number 9"));
    }
}
