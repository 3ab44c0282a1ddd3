//! Which changes of a configuration touch a part of it: told by the paths in their edits, forward and back. Pure.
//!
//! What an edit adds to a list is named by the way back, which takes it out; so the two together name every element.

use keaconf::{Path, Step};
use model::{ChangeQuery, SubnetKey};

use crate::{Error, Result};

/// What the edits have before a path, as they are kept.
const BEFORE: [&str; 2] = ["\"path\": \"", "\"value\": \""];

/// The question with what the edits must have in them that it is for. Those of a subnet are also among the changes of several
/// subnets.
pub(super) fn asked(query: &ChangeQuery) -> Result<ChangeQuery> {
    let touching = match (&query.at, &query.subnet) {
        (Some(_), _) if query.server.is_none() => {
            return Err(Error::invalid("server", "name the server that this part is of"));
        }
        (Some(at), _) => {
            of_part(&at.parse().map_err(|error: keaconf::PathError| Error::invalid("at", error.to_string()))?)
        }
        (None, Some(subnet)) => of_subnet(subnet),
        (None, None) => Vec::new(),
    };
    Ok(ChangeQuery { touching, ..query.clone() })
}

fn of_subnet(subnet: &SubnetKey) -> Vec<String> {
    if subnet.is_global() {
        return Vec::new();
    }
    let parts = ["subnet4", "subnet6"].map(|list| format!("{list}[id={}]", subnet.id).parse::<Path>());
    parts.into_iter().flatten().flat_map(|part| at_or_within(&part)).collect()
}

/// What is at a part, in it, or is what it is in.
fn of_part(part: &Path) -> Vec<String> {
    let part = from_its_subnet(part);
    let mut found = at_or_within(&part);
    for count in (1..part.steps().len()).rev() {
        let (above, below) = part.steps().split_at(count);
        // A list is not touched as what is in it is: others are added to it.
        if matches!(below.first(), Some(Step::Member(_))) {
            found.extend(written(&above.to_vec().into()).into_iter().map(|text| text + "\""));
        }
    }
    found
}

fn at_or_within(part: &Path) -> Vec<String> {
    let ends: &[&str] = if matches!(part.steps().last(), Some(Step::Member(_))) { &["\"", ".", "["] } else { &[""] };
    written(part).iter().flat_map(|text| ends.iter().map(move |end| format!("{text}{end}"))).collect()
}

/// The part as edits may have it: a subnet also within its shared network.
fn written(part: &Path) -> Vec<String> {
    let text = part.to_string().replace('\\', "\\\\").replace('"', "\\\"");
    let within = is_of_subnet(part.steps()).then(|| format!("].{text}"));
    BEFORE.iter().map(|before| format!("{before}{text}")).chain(within).collect()
}

/// The path from the subnet on that it leads through: its number says which one that is, wherever it is kept.
fn from_its_subnet(part: &Path) -> Path {
    let steps = part.steps();
    let at = (0..steps.len()).find(|at| is_of_subnet(&steps[*at..]) && at + 1 < steps.len()).unwrap_or_default();
    Path::from(steps[at..].to_vec())
}

fn is_of_subnet(steps: &[Step]) -> bool {
    matches!(steps.first(), Some(Step::Member(name)) if ["subnet4", "subnet6"].iter().any(|list| name.as_str() == Some(*list)))
}

#[cfg(test)]
mod tests {
    use keaconf::{Document, Edit, Plan};

    use super::*;

    const SITE: &str = r#"{ "Dhcp4": { "valid-lifetime": 3600, "client-classes": [{ "name": "pxe" }, { "name": "pxe-2" }],
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": 60, "pools": [{ "pool": "192.0.2.10-192.0.2.20" }] },
                    { "id": 10, "subnet": "198.51.100.0/24" }],
        "shared-networks": [{ "name": "floor \"3\"", "subnet4": [{ "id": 3, "subnet": "203.0.113.0/24" }] }] } }"#;

    /// Whether what is kept of a change with this edit touches the part.
    fn touches(edit: &str, part: &str) -> bool {
        let edits = Edit::read_all(format!("[{edit}]").as_bytes()).unwrap();
        let plan = Plan::of(&Document::read(SITE.as_bytes()).unwrap(), &edits).unwrap();
        let kept = format!("{} {}", Edit::write_all(&plan.forward()), Edit::write_all(&plan.back()));
        of_part(&part.parse().unwrap()).iter().any(|text| kept.contains(text.as_str()))
    }

    #[test]
    fn a_change_touches_what_it_is_of_what_is_in_that_and_what_that_is_in() {
        let pool = "subnet4[id=1].pools[pool=192.0.2.10-192.0.2.20]";
        let floor = r#"shared-networks[name="floor \"3\""]"#;
        let cases = [
            (r#"{"op":"set","path":"subnet4[id=1].valid-lifetime","value":7}"#, "subnet4[id=1]", true),
            (r#"{"op":"set","path":"subnet4[id=1].valid-lifetime","value":7}"#, "subnet4[id=10]", false),
            (r#"{"op":"set","path":"subnet4[id=1].valid-lifetime","value":7}"#, "valid-lifetime", false),
            (r#"{"op":"set","path":"subnet4[id=1].valid-lifetime","value":7}"#, "subnet4[id=1].pools", false),
            (r#"{"op":"set","path":"valid-lifetime","value":7}"#, "valid-lifetime", true),
            (r#"{"op":"set","path":"valid-lifetime","value":7}"#, "subnet4[id=1]", false),
            (r#"{"op":"remove","path":"subnet4[id=1]"}"#, pool, true),
            (r#"{"op":"remove","path":"subnet4[id=10]"}"#, pool, false),
            (r#"{"op":"add","path":"client-classes","value":{"name":"new"}}"#, "client-classes[name=new]", true),
            (r#"{"op":"add","path":"client-classes","value":{"name":"new"}}"#, "client-classes[name=pxe]", false),
            (r#"{"op":"remove","path":"client-classes[name=pxe-2]"}"#, "client-classes[name=pxe]", false),
            (r#"{"op":"remove","path":"client-classes[name=pxe]"}"#, "client-classes", true),
        ];
        for (edit, part, touched) in cases {
            assert_eq!(touches(edit, part), touched, "{edit} and {part}");
        }
        let set = |path: &str| format!(r#"{{"op":"set","path":{path:?},"value":7}}"#);
        let subnet = format!("{floor}.subnet4[id=3]");
        assert!(touches(&set(&format!("{floor}.renew-timer")), floor));
        let inside = set(&format!("{subnet}.renew-timer"));
        assert!([floor, &subnet, "subnet4[id=3]"].iter().all(|part| touches(&inside, part)), "{inside}");
        assert!(!touches(&inside, "subnet4[id=1]"));
    }

    #[test]
    fn a_part_is_of_a_server_and_is_read() {
        let of = |at: &str, server: Option<&str>| {
            let server = server.map(|server| server.parse().unwrap());
            asked(&ChangeQuery { at: Some(at.to_owned()), server, ..ChangeQuery::default() })
        };
        assert!(of("client-classes[name=pxe]", Some("kea1")).is_ok_and(|query| !query.touching.is_empty()));
        assert!(matches!(of("client-classes[name=pxe]", None), Err(Error::Invalid { .. })));
        assert!(matches!(of("client-classes[name=", Some("kea1")), Err(Error::Invalid { .. })));
        assert_eq!(asked(&ChangeQuery::default()), Ok(ChangeQuery::default()));
        let subnet = ChangeQuery { subnet: "kea1/0".parse().ok(), ..ChangeQuery::default() };
        assert_eq!(asked(&subnet).map(|query| query.touching), Ok(Vec::new()), "global ones are in no subnet");
    }
}
