//! Values of parameters, as people read them.

use model::{ConfigParameter, ParameterKind, exact_span};

/// A value, as JSON, as people read it.
pub(super) fn shown(parameter: &ConfigParameter, json: &str) -> String {
    let typed = typed(parameter, json);
    match (&parameter.kind, parameter.unit.as_str()) {
        (ParameterKind::Flag, _) => (if json == "true" { "yes" } else { "no" }).to_owned(),
        (ParameterKind::Text, _) if typed.is_empty() => "empty".to_owned(),
        (ParameterKind::Texts, _) if typed.is_empty() => "none".to_owned(),
        (ParameterKind::Whole { .. }, "s" | "count" | "") => typed,
        (ParameterKind::Whole { .. }, unit) => format!("{typed} {unit}"),
        _ => typed,
    }
}

/// A value, as JSON, as people would type it.
pub(super) fn typed(parameter: &ConfigParameter, json: &str) -> String {
    match parameter.kind {
        ParameterKind::Whole { .. } if parameter.unit == "s" => {
            json.parse().map_or_else(|_| json.to_owned(), exact_span)
        }
        ParameterKind::Text | ParameterKind::Word(_) | ParameterKind::Address => {
            serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
        }
        ParameterKind::Texts => {
            serde_json::from_str::<Vec<String>>(json).map_or_else(|_| json.to_owned(), |texts| texts.join(", "))
        }
        _ => json.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(kind: ParameterKind, unit: &str) -> ConfigParameter {
        let empty = String::new;
        ConfigParameter {
            path: empty(),
            name: empty(),
            about: empty(),
            kind,
            unit: unit.to_owned(),
            own: None,
            inherited: None,
            from: empty(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn values_are_shown_as_people_type_them() {
        let whole = ParameterKind::Whole { least: 0, most: 4_294_967_295 };
        for (kind, unit, value, text) in [
            (whole.clone(), "s", "129600", "1 d 12 h"),
            (whole.clone(), "ms", "250", "250"),
            (ParameterKind::Real, "", "0.875", "0.875"),
            (ParameterKind::Text, "", r#""a \"b\"""#, r#"a "b""#),
            (ParameterKind::Word(vec!["random".to_owned()]), "", r#""random""#, "random"),
            (ParameterKind::Address, "", r#""192.0.2.1""#, "192.0.2.1"),
            (ParameterKind::Texts, "", r#"["eth0","eth1"]"#, "eth0, eth1"),
            (ParameterKind::Flag, "", "true", "true"),
            (ParameterKind::Json, "", r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            let parameter = parameter(kind, unit);
            assert_eq!(typed(&parameter, value), text);
        }
        assert_eq!(shown(&parameter(whole.clone(), "ms"), "250"), "250 ms");
        assert_eq!(shown(&parameter(ParameterKind::Flag, ""), "false"), "no");
    }
}
