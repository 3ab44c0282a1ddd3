use std::collections::HashMap;

use super::{Kind, Level, Parameter, Unknown};

/// The levels of a table. Lines that mean nothing are passed over; a test sees to it that there are none.
pub(super) fn levels(text: &'static str) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, unknown)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            levels.push(Level { name, unknown: unknown_of(unknown), parameters: Vec::new(), index: HashMap::new() });
        } else if let (Some(level), Some(parameter)) = (levels.last_mut(), parameter(line)) {
            level.index.insert(parameter.name, level.parameters.len());
            level.parameters.push(parameter);
        }
    }
    levels
}

fn unknown_of(word: &str) -> Unknown {
    match word {
        "dropped" => Unknown::Dropped,
        "kept" => Unknown::Kept,
        _ => Unknown::Refused,
    }
}

fn parameter(line: &'static str) -> Option<Parameter> {
    let fields: Vec<&'static str> = line.split('|').map(str::trim).collect();
    let [name, kind, unit, default, inherits, remarks, description] = fields.try_into().ok()?;
    let default = if default.is_empty() { None } else { Some(crate::read_json(default.as_bytes()).ok()?) };
    let words = |text: &'static str| text.split_whitespace().collect();
    let (inherits, remarks) = (words(inherits), words(remarks));
    Some(Parameter { name, kind: kind_of(kind)?, unit, default, inherits, description, remarks })
}

fn kind_of(text: &'static str) -> Option<Kind> {
    if let Some(rest) = text.strip_prefix("list of ") {
        return Some(Kind::List(Box::new(kind_of(rest)?)));
    }
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    Some(match word {
        "boolean" => Kind::Boolean,
        "integer" => {
            let (least, most) = rest.split_once("..")?;
            Kind::Integer { least: least.parse().ok()?, most: most.parse().ok()? }
        }
        "real" => Kind::Real,
        "string" => Kind::Text,
        "enum" => Kind::Word(rest.split_whitespace().collect()),
        "ipv4" => Kind::Address { v4: true, v6: false },
        "ipv6" => Kind::Address { v4: false, v6: true },
        "ip" => Kind::Address { v4: true, v6: true },
        "map" => Kind::Map((!rest.is_empty()).then_some(rest)),
        "any" => Kind::Any,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;
    use crate::Daemon;

    #[test]
    fn every_line_of_the_tables_is_understood() {
        let hooks = include_str!("../../tables/hook-parameters.txt");
        let texts = [
            [include_str!("../../tables/dhcp4.txt"), hooks],
            [include_str!("../../tables/dhcp6.txt"), hooks],
            [include_str!("../../tables/d2.txt"), ""],
            [include_str!("../../tables/ctrl-agent.txt"), ""],
        ];
        for (texts, daemon) in texts.into_iter().zip(Daemon::ALL) {
            let table = Table::of(daemon);
            let lines = texts.into_iter().flat_map(str::lines);
            let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
            let parameters: usize = table.levels.iter().map(|level| level.parameters.len()).sum();
            assert_eq!(lines.count(), parameters + table.levels.len(), "{daemon:?}");
            for level in &table.levels {
                assert_eq!(level.index.len(), level.parameters.len(), "each name once in {}", level.name);
                for parameter in &level.parameters {
                    below_exists(table, &parameter.kind);
                    for source in &parameter.inherits {
                        assert!(table.level(source).is_some(), "{source}");
                    }
                }
            }
        }
    }

    fn below_exists(table: &Table, kind: &Kind) {
        match kind {
            Kind::Map(Some(level)) => assert!(table.level(level).is_some(), "{level}"),
            Kind::List(kind) => below_exists(table, kind),
            _ => {}
        }
    }
}
