//! What a part may have, from the tables: for people who edit it as text.

use keaconf::{Document, Kind, Layout, Level, Map, Path, Step, Table, Value};
use model::ConfigHint;

use super::parameters::is_offered;

/// What a part may have; of a list what each of its elements may. Empty: nothing is known of it.
pub(super) fn hints(document: &Document, path: &Path) -> Vec<ConfigHint> {
    let table = Table::of(document.daemon);
    let nothing = Map::default();
    let of_map = |level: &Level, map: &Map| {
        let known = level.parameters.iter().filter(|known| map.has(known.name) || is_offered(known));
        let hint = |known: &keaconf::Parameter| ConfigHint {
            path: path.member(known.name).to_string(),
            name: known.name.to_owned(),
            about: known.description.to_owned(),
            takes: takes(&known.kind),
            there: map.has(known.name),
        };
        known.map(hint).collect()
    };
    if let Some(level) = table.level_at(path) {
        return of_map(level, document.map(path).unwrap_or(&nothing));
    }
    let element = table.level_at(&path.with(Step::At(0)));
    let hints: Vec<ConfigHint> = element.map(|level| of_map(level, &nothing)).unwrap_or_default();
    // An element has no path before it is there.
    hints.into_iter().map(|hint| ConfigHint { path: String::new(), ..hint }).collect()
}

/// What a part begins with that is known and not there yet; none: it is there, or is not known.
pub(super) fn beginning(document: &Document, path: &Path) -> Option<Value> {
    if path.is_root() || document.get(path).is_ok() {
        return None;
    }
    let (above, Step::Member(name)) = path.split()? else { return None };
    document.map(&above).ok()?;
    let known = Table::of(document.daemon).level_at(&above)?.parameter(name.as_str()?)?;
    known.default.clone().or_else(|| Some(empty(&known.kind)))
}

fn empty(kind: &Kind) -> Value {
    match kind {
        Kind::Boolean => false.into(),
        Kind::Integer { least, .. } => (*least).max(0).into(),
        Kind::Real => keaconf::read_json(b"0.5").unwrap_or_else(|_| "".into()),
        Kind::Word(words) => words.first().copied().unwrap_or_default().into(),
        Kind::Map(_) => Value::Map(Map::default()),
        Kind::List(each) if matches!(**each, Kind::Map(_)) => Value::List(vec![Value::Map(Map::default())]),
        Kind::List(_) => Value::List(Vec::new()),
        Kind::Text | Kind::Address { .. } | Kind::Any => "".into(),
    }
}

/// What a parameter takes, in words.
fn takes(kind: &Kind) -> String {
    match kind {
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer { least, most } => format!("a whole number from {least} to {most}"),
        Kind::Real => "a number with a decimal point".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Word(words) => {
            words.iter().map(|word| Value::from(*word).to_json(Layout::Compact)).collect::<Vec<_>>().join(", ")
        }
        Kind::Address { .. } => "an address".to_owned(),
        Kind::Map(_) => "a map".to_owned(),
        Kind::List(each) => match &**each {
            Kind::Map(_) => "a list of maps".to_owned(),
            each => format!("a list, each {}", takes(each)),
        },
        Kind::Any => "anything".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Document {
        let text = br#"{ "Dhcp4": { "valid-lifetime": 3600, "loggers": [{ "name": "kea-dhcp4", "severity": "INFO" }],
            "interfaces-config": { } } }"#;
        Document::read(text).unwrap()
    }

    #[test]
    fn what_may_be_there_is_said_with_what_it_takes() {
        let hint = |path: &str, name: &str| {
            let all = hints(&site(), &path.parse().unwrap());
            all.into_iter().find(|hint| hint.name == name).unwrap_or_else(|| panic!("{path}: {name}"))
        };
        assert!(
            hint("", "valid-lifetime").there && hint("", "valid-lifetime").takes.starts_with("a whole number from")
        );
        let absent = hint("", "hosts-databases");
        assert_eq!(
            (absent.there, absent.path.as_str(), absent.takes.as_str()),
            (false, "hosts-databases", "a list of maps")
        );
        assert_eq!(hint("interfaces-config", "interfaces").path, "interfaces-config.interfaces");
        assert_eq!(hint("loggers", "severity").path, "", "of each element");
        assert!(hints(&site(), &"valid-lifetime".parse().unwrap()).is_empty());
    }

    #[test]
    fn what_is_known_and_not_there_begins_with_something_of_its_kind() {
        let of = |path: &str| beginning(&site(), &path.parse().unwrap()).map(|value| value.to_json(Layout::Compact));
        assert_eq!(of("hosts-databases").as_deref(), Some("[{}]"));
        assert_eq!(of("config-control").as_deref(), Some("{}"));
        assert_eq!(of("user-context").as_deref(), Some("{}"));
        for none in ["", "valid-lifetime", "not-known", "config-control.config-databases"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
