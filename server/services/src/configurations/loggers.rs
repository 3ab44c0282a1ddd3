//! The loggers of a server: how much each says, where its messages go, and which may be added.

use keaconf::{Document, LoggerName, Path, SEVERITIES, Value};
use model::{
    ConfigLogger, ConfigParameter, LoggerChoice, LoggerOutput, LoggerSettings, ParameterKind, ServerName, Unconfirmed,
};

use super::Configurations;
use super::parameters::parameters;
use crate::{Actor, Result};

/// How much is said of messages for debugging at most.
const MOST: i64 = 99;

impl Configurations {
    /// The loggers of a server, and those that may be added.
    pub async fn loggers(&self, actor: &Actor, server: &ServerName) -> Result<LoggerSettings> {
        let pending = self.unconfirmed(actor, server).await?;
        Ok(loggers(&self.show(actor, server).await?, &pending))
    }
}

fn loggers(document: &Document, pending: &[Unconfirmed]) -> LoggerSettings {
    let names = document.logger_names();
    let list = document.children(&Path::root().member("loggers")).unwrap_or_default();
    let mut loggers: Vec<ConfigLogger> =
        list.iter().map(|(path, value)| logger(document, &names, path, value)).collect();
    for logger in &mut loggers {
        let how_much = ["severity", "debuglevel"].map(|member| format!("{}.{member}", logger.path));
        let is_it = |change: &&Unconfirmed| change.parts.iter().any(|part| how_much.contains(part));
        logger.debugging = pending.iter().find(is_it).cloned();
    }
    let is_free = |choice: &LoggerName| !loggers.iter().any(|logger| logger.name == choice.name);
    let choices = names.into_iter().filter(is_free).map(|LoggerName { name, about }| LoggerChoice { name, about });
    LoggerSettings { choices: choices.collect(), severities: SEVERITIES.map(str::to_owned).to_vec(), loggers }
}

fn logger(document: &Document, names: &[LoggerName], path: &Path, value: &Value) -> ConfigLogger {
    let map = value.as_map();
    let name = map.and_then(|map| map.text("name")).unwrap_or_default().to_owned();
    let about = names.iter().find(|known| known.name == name).map(|known| known.about.clone()).unwrap_or_default();
    let says = |member: &str| map.and_then(|map| map.get(member));
    let is_debug = says("severity").and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("DEBUG"));
    // The spelling of 2.0 is taken all the same.
    let old = says("output_options").is_some() && says("output-options").is_none();
    let list = path.member(if old { "output_options" } else { "output-options" });
    let outputs = document.children(&list).unwrap_or_default();
    let outputs = outputs.into_iter().map(|(path, value)| LoggerOutput {
        output: value.as_map().and_then(|map| map.text("output")).unwrap_or_default().to_owned(),
        parameters: rows(document, &path, "output"),
        path: path.to_string(),
    });
    ConfigLogger {
        parameters: rows(document, path, "name").into_iter().map(with_severities).collect(),
        debugging: None,
        says_all: is_debug && says("debuglevel").and_then(Value::as_i64).is_some_and(|level| level >= MOST),
        list: list.to_string(),
        outputs: outputs.collect(),
        path: path.to_string(),
        name,
        about,
    }
}

/// The parameters of a part but for what it is known by. One that is no map has none.
fn rows(document: &Document, path: &Path, known_by: &str) -> Vec<ConfigParameter> {
    let groups = parameters(document, path).map(|all| all.groups).unwrap_or_default();
    groups.into_iter().flat_map(|group| group.parameters).filter(|row| row.name != known_by).collect()
}

/// Kea takes any text for a severity, and means one of these.
fn with_severities(mut row: ConfigParameter) -> ConfigParameter {
    if row.name == "severity" && row.kind == ParameterKind::Text {
        let own = row.own.as_ref().and_then(|json| keaconf::read_json(json.as_bytes()).ok());
        let own = own.as_ref().and_then(Value::as_str).filter(|own| !SEVERITIES.contains(own)).map(str::to_owned);
        row.kind = ParameterKind::Word(SEVERITIES.map(str::to_owned).into_iter().chain(own).collect());
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;

    #[test]
    fn loggers_come_with_what_they_say_and_where_to() {
        let document = Document::read(
            br#"{ "Dhcp4": { "loggers": [
                { "name": "kea-dhcp4", "severity": "info", "debuglevel": 0,
                    "output-options": [{ "output": "kea.log", "maxver": 3 }] },
                { "name": "kea-dhcp4.leases", "severity": "DEBUG", "debuglevel": 99 },
                { "name": "own.logger", "severity": "WARN", "output_options": [{ "output": "stdout" }] } ] } }"#,
        )
        .unwrap();
        let pending = Unconfirmed {
            change: 7,
            until: Timestamp(9),
            actor: "ann".to_owned(),
            words: Vec::new(),
            parts: vec!["loggers[name=kea-dhcp4.leases].severity".to_owned()],
            problem: None,
        };
        let found = loggers(&document, std::slice::from_ref(&pending));
        let for_a_while: Vec<_> =
            found.loggers.iter().map(|one| one.debugging.as_ref().map(|one| one.change)).collect();
        assert_eq!(for_a_while, [None, Some(7), None]);
        let said: Vec<_> =
            found.loggers.iter().map(|one| (one.name.as_str(), one.says_all, one.outputs.len())).collect();
        assert_eq!(said, [("kea-dhcp4", false, 1), ("kea-dhcp4.leases", true, 0), ("own.logger", false, 1)]);
        let main = &found.loggers[0];
        let severity = main.parameters.iter().find(|row| row.name == "severity").unwrap();
        let ParameterKind::Word(words) = &severity.kind else { panic!("{severity:?}") };
        assert!(severity.required && words.last().is_some_and(|word| word == "info"), "{words:?}");
        assert_eq!(main.outputs[0].path, "loggers[name=kea-dhcp4].output-options[output=kea.log]");
        assert!(main.outputs[0].parameters.iter().any(|row| row.name == "maxver" && row.own.as_deref() == Some("3")));
        assert!(found.loggers[1].about.contains("Leases") && found.loggers[2].about.is_empty());
        assert!(found.choices.iter().all(|choice| choice.name != "kea-dhcp4.leases"));
        assert!(found.choices.iter().any(|choice| choice.name == "kea-dhcp4.hosts"));
        let odd = Document::read(br#"{ "Dhcp4": { "loggers": [{ "severity": "INFO" }, 7] } }"#).unwrap();
        assert_eq!(loggers(&odd, &[]).loggers.len(), 2, "what is no logger is shown all the same");
    }
}
