//! Values of parameters, as people read and type them.

use std::net::IpAddr;

use model::{ConfigParameter, ParameterKind, exact_span, read_span};

/// An empty text, as JSON and as it is typed.
const EMPTY: &str = "\"\"";

/// A value, as JSON, as people read it.
pub(super) fn shown(parameter: &ConfigParameter, json: &str) -> String {
    let typed = typed(parameter, json);
    match (&parameter.kind, parameter.unit.as_str()) {
        (ParameterKind::Flag, _) => (if json == "true" { "yes" } else { "no" }).to_owned(),
        (ParameterKind::Text, _) if json == EMPTY => "empty".to_owned(),
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
        // Nothing typed means nothing set: an empty text is typed as two quotes.
        ParameterKind::Text if json == EMPTY => json.to_owned(),
        ParameterKind::Text | ParameterKind::Word(_) | ParameterKind::Address => {
            serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
        }
        ParameterKind::Texts => {
            serde_json::from_str::<Vec<String>>(json).map_or_else(|_| json.to_owned(), |texts| texts.join(", "))
        }
        _ => json.to_owned(),
    }
}

/// What is typed, as JSON; or what is wrong with it.
pub(super) fn json(parameter: &ConfigParameter, text: &str) -> Result<String, String> {
    let text = text.trim();
    match &parameter.kind {
        ParameterKind::Whole { least, most } => {
            let number = if parameter.unit == "s" { read_span(text) } else { text.parse().ok() };
            let number = number.ok_or_else(|| match parameter.unit.as_str() {
                "s" => "Type a time, such as 3600, 90 min or 1 d 12 h.".to_owned(),
                _ => "Type a whole number.".to_owned(),
            })?;
            if (*least..=*most).contains(&number) {
                Ok(number.to_string())
            } else {
                Err(format!("It must be from {least} to {most}."))
            }
        }
        ParameterKind::Real => {
            let number: f64 = text.parse().map_err(|_| "Type a number, such as 0.5.".to_owned())?;
            // Kea takes no whole number here.
            if text.contains('.') && number.is_finite() { Ok(text.to_owned()) } else { Ok(format!("{number:.1}")) }
        }
        ParameterKind::Address => {
            let address: IpAddr = text.parse().map_err(|_| "Type an IP address.".to_owned())?;
            Ok(quoted(&address.to_string()))
        }
        ParameterKind::Text if text == EMPTY => Ok(text.to_owned()),
        ParameterKind::Text | ParameterKind::Word(_) => Ok(quoted(text)),
        ParameterKind::Texts => {
            let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(quoted);
            Ok(format!("[{}]", texts.collect::<Vec<_>>().join(",")))
        }
        ParameterKind::Flag | ParameterKind::Json => Ok(text.to_owned()),
    }
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
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
            required: false,
            fixed: false,
            classes: Vec::new(),
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        let whole = ParameterKind::Whole { least: 0, most: 4_294_967_295 };
        for (kind, unit, value, text) in [
            (whole.clone(), "s", "129600", "1 d 12 h"),
            (whole.clone(), "ms", "250", "250"),
            (ParameterKind::Real, "", "0.875", "0.875"),
            (ParameterKind::Text, "", r#""a \"b\"""#, r#"a "b""#),
            (ParameterKind::Text, "", EMPTY, EMPTY),
            (ParameterKind::Word(vec!["random".to_owned()]), "", r#""random""#, "random"),
            (ParameterKind::Address, "", r#""192.0.2.1""#, "192.0.2.1"),
            (ParameterKind::Texts, "", r#"["eth0","eth1"]"#, "eth0, eth1"),
            (ParameterKind::Flag, "", "true", "true"),
            (ParameterKind::Json, "", r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            let parameter = parameter(kind, unit);
            assert_eq!(typed(&parameter, value), text);
            assert_eq!(json(&parameter, text).as_deref(), Ok(value));
        }
        assert_eq!(shown(&parameter(whole.clone(), "ms"), "250"), "250 ms");
        assert_eq!(shown(&parameter(ParameterKind::Flag, ""), "false"), "no");
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let short = parameter(ParameterKind::Whole { least: 0, most: 65_535 }, "");
        assert_eq!(json(&short, "70000"), Err("It must be from 0 to 65535.".to_owned()));
        assert!(json(&short, "many").is_err() && json(&short, "-1").is_err());
        assert!(json(&parameter(ParameterKind::Address, ""), "192.0.2").is_err());
        assert_eq!(json(&parameter(ParameterKind::Real, ""), "1").as_deref(), Ok("1.0"), "Kea takes no whole number");
        assert!(json(&parameter(ParameterKind::Real, ""), "half").is_err());
    }
}
