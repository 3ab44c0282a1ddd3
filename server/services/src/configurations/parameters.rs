//! The parameters of a part, from the tables: what each takes, which value holds, and where it comes from.

use keaconf::{Document, Kind, Layout, Level, Map, Origin, Parameter, Path, Step, Table, Value, Words};
use model::{ConfigParameter, ConfigParameters, ListElement, ParameterGroup, ParameterKind, ServerName};

use super::Configurations;
use super::view::{missing, read_path};
use crate::{Actor, Error, Result};

impl Configurations {
    /// The parameters of a part of what a server runs; of the server as a whole where the path is empty.
    pub async fn parameters(&self, actor: &Actor, server: &ServerName, path: &str) -> Result<ConfigParameters> {
        let document = self.show(actor, server).await?;
        parameters(&document, &read_path(path)?)
    }
}

/// The parameters that name classes, in the spelling of 3.0 and the old one.
const NAMES_CLASSES: [&str; 4] =
    ["client-class", "client-classes", "evaluate-additional-classes", "require-client-classes"];

/// What parameters are about, by parts of their names; the first that fits counts.
const SUBJECTS: [(&str, &[&str]); 8] = [
    ("DNS updates", &["ddns-", "hostname-char-"]),
    (
        "Lease times",
        &["lifetime", "renew-timer", "rebind-timer", "tee-times", "t1-percent", "t2-percent", "cache-", "decline-"],
    ),
    ("Reservations", &["reservation"]),
    ("Boot", &["next-server", "server-hostname", "boot-file-name"]),
    (
        "Identity and matching",
        &[
            "client-id",
            "identifiers",
            "mac-sources",
            "classes",
            "client-class",
            "interface",
            "relay",
            "extended-info",
            "agent-options",
            "server-tag",
            "subnet",
            "name",
            "id",
            "prefix",
        ],
    ),
    ("Allocation", &["allocator", "authoritative", "rapid-commit", "parked-packet", "pool"]),
    ("Statistics", &["statistic-"]),
    ("Ports", &["port"]),
];

/// The parameters of a part of a document without secrets.
pub(super) fn parameters(document: &Document, path: &Path) -> Result<ConfigParameters> {
    let table = Table::of(document.daemon);
    let level = table.level_at(path);
    let nothing = Map::default();
    // A hook library may have none yet, or may not be there yet.
    let map = match document.map(path) {
        Err(_) if level.is_some_and(Level::is_of_hook) => &nothing,
        found => found.map_err(|error| missing(&error))?,
    };
    let level = level.ok_or_else(|| Error::invalid("path", format!("{path} has no parameters that are known here")))?;
    let in_hook = level.is_of_hook();
    let words = Words::new(document, document);
    let mut groups: Vec<ParameterGroup> = Vec::new();
    let mut put = |title: &str, row: ConfigParameter| match groups.iter_mut().find(|group| group.title == title) {
        Some(group) => group.parameters.push(row),
        None => groups.push(ParameterGroup::new(title, vec![row])),
    };
    let mut lists = Vec::new();
    for parameter in &level.parameters {
        let own = map.get(parameter.name);
        if let Kind::Map(Some(below)) = &parameter.kind {
            let path = path.member(parameter.name);
            let level = table.level(below);
            let below = level.map(|level| level.parameters.as_slice()).unwrap_or_default();
            let map = own.and_then(Value::as_map).unwrap_or(&nothing);
            // What only files have, or an old name has, is shown where it is set.
            let offered = own.is_some() || is_offered(parameter);
            for parameter in below.iter().filter(|_| offered) {
                let own = map.get(parameter.name);
                if let Some(below) = elements_of(table, parameter, own) {
                    lists.push(elements(document, &words, &path.member(parameter.name), below, own));
                } else if let Some(row) = row(document, &words, &path, parameter, map.get(parameter.name), in_hook) {
                    put(&title(parameter_name(&path).as_str()), row);
                }
            }
            for row in level.map(|level| unknown(level, &path, map)).unwrap_or_default() {
                put(UNKNOWN, row);
            }
        } else if let Some(below) = elements_of(table, parameter, own) {
            let offered = own.is_some() || is_offered(parameter);
            lists.extend(offered.then(|| elements(document, &words, &path.member(parameter.name), below, own)));
        } else if let Some(row) = row(document, &words, path, parameter, own, in_hook) {
            put(if in_hook { "Parameters" } else { subject(parameter.name) }, row);
        }
    }
    for row in unknown(level, path, map) {
        put(UNKNOWN, row);
    }
    groups.extend(lists.into_iter().flatten());
    groups.sort_by_key(|group| group.title == UNKNOWN);
    Ok(ConfigParameters { path: path.to_string(), groups })
}

/// The level of the elements of a list among the parameters of a hook library, where they are known by their places alone.
/// None: it is no such list, or what is set is none.
fn elements_of<'a>(table: &'a Table, parameter: &Parameter, own: Option<&Value>) -> Option<&'a Level> {
    let Kind::List(items) = &parameter.kind else { return None };
    let Kind::Map(Some(below)) = **items else { return None };
    let is_list = |value: &Value| value.as_list().is_some_and(|all| all.iter().all(|item| item.as_map().is_some()));
    table.level(below).filter(|level| level.is_of_hook() && own.is_none_or(is_list))
}

/// The parameters of each element of a list, and those of one more.
fn elements(
    document: &Document,
    words: &Words<'_>,
    list: &Path,
    level: &Level,
    own: Option<&Value>,
) -> Vec<ParameterGroup> {
    let there: Vec<&Map> = own.and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_map).collect();
    // Before them the path has the list of libraries, the library, and `parameters`.
    let names = list.steps().iter().skip(3).filter_map(|step| match step {
        Step::Member(name) => Some(name.shown().into_owned()),
        _ => None,
    });
    let (nothing, title) = (Map::default(), title(&names.collect::<Vec<_>>().join(": ")));
    let group = |at: usize, map: &Map| {
        let path = list.with(Step::At(at));
        let mut rows = rows_of(document, words, &path, level, map);
        rows.extend(unknown(level, &path, map));
        let is_there = at < there.len();
        let title = if is_there { format!("{title}: {}", at + 1) } else { format!("{title}: one more") };
        let element = Some(ListElement { path: path.to_string(), is_there });
        ParameterGroup { element, ..ParameterGroup::new(title, rows) }
    };
    there.iter().copied().chain([&nothing]).enumerate().map(|(at, map)| group(at, map)).collect()
}

/// The rows of a map among the parameters of a hook library, with those of the maps in it.
fn rows_of(document: &Document, words: &Words<'_>, path: &Path, level: &Level, map: &Map) -> Vec<ConfigParameter> {
    let table = Table::of(document.daemon);
    let mut rows = Vec::new();
    for parameter in &level.parameters {
        let own = map.get(parameter.name);
        let inside = match &parameter.kind {
            Kind::Map(Some(below)) if own.is_none_or(|own| own.as_map().is_some()) => table.level(below),
            _ => None,
        };
        match inside {
            Some(below) => {
                let (path, nothing) = (path.member(parameter.name), Map::default());
                let map = own.and_then(Value::as_map).unwrap_or(&nothing);
                let of =
                    |row: ConfigParameter| ConfigParameter { name: format!("{}.{}", parameter.name, row.name), ..row };
                rows.extend(rows_of(document, words, &path, below, map).into_iter().map(of));
            }
            None => rows.extend(row(document, words, path, parameter, own, true)),
        }
    }
    rows
}

/// The title of what is set and not known here.
const UNKNOWN: &str = "Not known here";

/// What a map has that its level does not know, as it is written.
fn unknown(level: &Level, path: &Path, map: &Map) -> Vec<ConfigParameter> {
    let all = map.iter().filter_map(|(name, value)| Some((name.as_str()?, value)));
    let row = |(name, value): (&str, &Value)| ConfigParameter {
        path: path.member(name).to_string(),
        name: name.to_owned(),
        about: String::new(),
        kind: ParameterKind::Json,
        unit: String::new(),
        own: Some(value.to_json(Layout::Compact)),
        inherited: None,
        from: "not set".to_owned(),
        notes: Vec::new(),
        required: false,
        fixed: false,
        classes: Vec::new(),
    };
    all.filter(|(name, _)| level.parameter(name).is_none()).map(row).collect()
}

fn parameter_name(path: &Path) -> String {
    path.kind().map(ToString::to_string).unwrap_or_default()
}

fn subject(name: &str) -> &'static str {
    let fits = |(_, parts): &&(&str, &[&str])| parts.iter().any(|part| name.contains(part));
    SUBJECTS.iter().find(fits).map_or("Other", |(title, _)| title)
}

/// The title of a map of parameters: `expired-leases-processing` is "Expired leases processing".
fn title(name: &str) -> String {
    let words = name.replace('-', " ").replace("ddns", "DDNS");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether a parameter is offered where it is not set.
pub(super) fn is_offered(parameter: &Parameter) -> bool {
    let newer = parameter.since().is_some();
    !(newer || parameter.is_for_files_only() || parameter.replaced_by().is_some() || parameter.gone_in().is_some())
}

/// Whether a part is known by that member: with another value it would be another part, and edits of it would find nothing.
fn is_known_by(part: &Path, member: &str) -> bool {
    matches!(part.steps().last(), Some(Step::Element(keys)) if keys.iter().any(|(name, _)| name == member))
}

/// None: it is no single value, or there is no reason to show it.
fn row(
    document: &Document,
    words: &Words<'_>,
    path: &Path,
    parameter: &Parameter,
    own: Option<&Value>,
    in_hook: bool,
) -> Option<ConfigParameter> {
    // What elsewhere has pages of its own is written as JSON where a hook library has it.
    let kind = kind(&parameter.kind, own).or_else(|| in_hook.then_some(ParameterKind::Json))?;
    if own.is_none() && !is_offered(parameter) {
        return None;
    }
    let inherited = document.inherited(path, parameter.name).ok()?;
    let from = match &inherited.origin {
        Origin::Here => "from the lease time here".to_owned(),
        Origin::Inherited(above) if above.is_root() => "from the whole server".to_owned(),
        Origin::Inherited(above) => format!("from {}", words.name(above)),
        Origin::Default => "Kea’s default".to_owned(),
        Origin::Unset => "not set".to_owned(),
    };
    let json = |value: &Value| value.to_json(Layout::Compact);
    Some(ConfigParameter {
        path: path.member(parameter.name).to_string(),
        name: parameter.name.to_owned(),
        about: parameter.description.to_owned(),
        kind,
        unit: parameter.unit.to_owned(),
        own: own.map(json),
        inherited: inherited.value.as_ref().map(json),
        from,
        notes: notes(parameter),
        required: parameter.is_required(),
        fixed: is_known_by(path, parameter.name),
        classes: if NAMES_CLASSES.contains(&parameter.name) { document.known_classes() } else { Vec::new() },
    })
}

/// What a row takes; none: what it holds is shown elsewhere.
fn kind(kind: &Kind, own: Option<&Value>) -> Option<ParameterKind> {
    let single = match kind {
        Kind::Boolean => ParameterKind::Flag,
        Kind::Integer { least, most } => ParameterKind::Whole { least: *least, most: *most },
        Kind::Real => ParameterKind::Real,
        Kind::Text => ParameterKind::Text,
        Kind::Word(words) => ParameterKind::Word(words.iter().map(|word| (*word).to_owned()).collect()),
        Kind::Address { .. } => ParameterKind::Address,
        Kind::List(items) => match **items {
            Kind::Text | Kind::Word(_) | Kind::Address { .. } => ParameterKind::Texts,
            _ => return None,
        },
        Kind::Map(_) | Kind::Any => return None,
    };
    let fits = own.is_none_or(|value| match single {
        ParameterKind::Flag => value.as_bool().is_some(),
        ParameterKind::Whole { .. } => value.as_i64().is_some(),
        ParameterKind::Real => matches!(value, Value::Number(_)),
        ParameterKind::Texts => value.as_list().is_some_and(|items| items.iter().all(|item| item.as_str().is_some())),
        _ => value.as_str().is_some(),
    });
    // A value that is none of its kind is kept, and shown as it is.
    Some(if fits { single } else { ParameterKind::Json })
}

fn notes(parameter: &Parameter) -> Vec<String> {
    let danger = |danger: &str| match danger {
        "runs-code" => "A wrong value runs programs on the server.",
        "reads-files" => "Names a file that Kea reads.",
        "writes-files" => "Names a file that Kea writes.",
        _ => "A wrong value cuts Nestor off from the server.",
    };
    let mut notes: Vec<String> = parameter.dangers().map(|kind| danger(kind).to_owned()).collect();
    notes.extend(parameter.is_required().then(|| "Needed.".to_owned()));
    notes.extend(parameter.is_private().then(|| "Of this server alone; never copied to its partner.".to_owned()));
    notes.extend(parameter.surprise().map(str::to_owned));
    notes.extend(parameter.replaced_by().map(|name| format!("Old name: {name} took its place.")));
    notes.extend(parameter.gone_in().map(|version| format!("Kea refuses it from {version} on.")));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::read(text.as_bytes()).unwrap()
    }

    fn of(document: &Document, path: &str) -> Vec<ConfigParameter> {
        let found = parameters(document, &path.parse().unwrap()).unwrap();
        found.groups.into_iter().flat_map(|group| group.parameters).collect()
    }

    fn one(document: &Document, path: &str, name: &str) -> ConfigParameter {
        of(document, path).into_iter().find(|row| row.name == name).unwrap()
    }

    #[test]
    fn a_row_says_what_is_set_what_holds_else_and_where_from() {
        let document = document(
            r#"{ "Dhcp4": { "valid-lifetime": 3600, "shared-networks": [{ "name": "west", "renew-timer": 900, "subnet4": [
                { "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": 600 }] }] } }"#,
        );
        let subnet = "shared-networks[name=west].subnet4[id=1]";
        let row = one(&document, subnet, "valid-lifetime");
        let said = (row.own.as_deref(), row.inherited.as_deref(), row.from.as_str());
        assert_eq!(said, (Some("600"), Some("3600"), "from the whole server"));
        assert_eq!(row.path, format!("{subnet}.valid-lifetime"));
        let fixed = of(&document, subnet).into_iter().filter(|row| row.fixed).map(|row| row.name);
        assert_eq!(fixed.collect::<Vec<_>>(), ["id"], "shown, and never given anew");
        let row = one(&document, subnet, "renew-timer");
        assert_eq!((row.own, row.from.as_str()), (None, "from shared network west"));
        let row = one(&document, subnet, "max-valid-lifetime");
        assert_eq!(row.inherited.as_deref(), Some("600"), "a limit that is set nowhere is the lease time");
        let row = one(&document, "", "decline-probation-period");
        assert_eq!((row.inherited.as_deref(), row.from.as_str()), (Some("86400"), "Kea’s default"));
    }

    #[test]
    fn parameters_of_maps_are_shown_though_the_map_is_not_there() {
        let document = document(r#"{ "Dhcp4": { } }"#);
        let row = one(&document, "", "hold-reclaimed-time");
        assert_eq!((row.path.as_str(), row.own), ("expired-leases-processing.hold-reclaimed-time", None));
        let old = of(&document, "").iter().any(|row| row.path.starts_with("control-socket."));
        assert!(!old, "what has another name now is not offered");
    }

    #[test]
    fn a_value_of_another_kind_is_shown_as_it_is() {
        let document = document(r#"{ "Dhcp4": { "valid-lifetime": "long", "reservation-mode": "all" } }"#);
        assert_eq!(one(&document, "", "valid-lifetime").kind, ParameterKind::Json);
        let old = one(&document, "", "reservation-mode");
        assert!(old.notes.iter().any(|note| note.starts_with("Old name")), "{:?}", old.notes);
    }

    #[test]
    fn classes_are_chosen_from_those_that_are_known() {
        let document = document(
            r#"{ "Dhcp4": { "client-classes": [{ "name": "pxe" }], "subnet4": [
                { "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.0/25", "client-class": "pxe" }] }] } }"#,
        );
        for (path, name) in [
            ("subnet4[id=1]", "client-classes"),
            ("subnet4[id=1]", "evaluate-additional-classes"),
            ("subnet4[id=1].pools[pool=192.0.2.0-192.0.2.127]", "client-class"),
        ] {
            assert_eq!(one(&document, path, name).classes, ["pxe", "KNOWN", "UNKNOWN"], "{path} {name}");
        }
        assert!(one(&document, "subnet4[id=1]", "valid-lifetime").classes.is_empty());
    }

    #[test]
    fn every_daemon_has_rows() {
        for root in ["Dhcp4", "Dhcp6", "DhcpDdns"] {
            let document = document(&format!("{{ \"{root}\": {{ }} }}"));
            assert!(!of(&document, "").is_empty(), "{root}");
        }
    }
}
