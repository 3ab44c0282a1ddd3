//! The options of a part: what is set on it, what holds from above, and where that comes from.

use keaconf::{Daemon, Document, Map, OwnDefinition, OwnOption, Path, Step, Text, Value, Words, of_kea};
use model::{DefinedOption, OptionDatum, OptionDefinition, OptionSetting, OptionSettings, ServerName, StandardOption};

use super::Configurations;
use super::definitions::written;
use super::view::{missing, read_path};
use crate::{Actor, Result};

/// The list of options of a part.
const LIST: &str = "option-data";

impl Configurations {
    /// The options of a part of what a server runs; of the server as a whole where the path is empty.
    pub async fn options(&self, actor: &Actor, server: &ServerName, path: &str) -> Result<OptionSettings> {
        let document = self.show(actor, server).await?;
        options(&document, &read_path(path)?)
    }
}

/// The options of a part of a document without secrets.
pub(super) fn options(document: &Document, path: &Path) -> Result<OptionSettings> {
    document.map(path).map_err(|error| missing(&error))?;
    let words = Words::new(document, document);
    let identities = document.identities();
    let mut found: Vec<(keaconf::Keys, OptionSetting)> = Vec::new();
    for (level, at) in levels(document, path) {
        for item in level.get(LIST).and_then(Value::as_list).unwrap_or_default() {
            let (Some(map), Some(keys)) = (item.as_map(), identities.keys(&Text::from(LIST), item)) else { continue };
            let datum = datum(map, &keys);
            let here = at == *path;
            match found.iter_mut().find(|(known, _)| *known == keys) {
                // For some clients only: each of these stands for itself.
                Some((_, setting)) if !here && setting.inherited.is_none() && !datum.never => {
                    setting.from = origin(&words, &at);
                    setting.inherited = Some(datum);
                }
                Some(_) if !here => {}
                _ => found.push((keys.clone(), setting(&words, &at, path, keys, datum))),
            }
        }
    }
    Ok(OptionSettings {
        list: path.member(LIST).to_string(),
        v6: document.daemon == Daemon::Dhcp6,
        options: found.into_iter().map(|(_, setting)| setting).collect(),
        defined: defined(document, path),
        classes: document.known_classes(),
    })
}

fn setting(words: &Words<'_>, at: &Path, path: &Path, keys: keaconf::Keys, datum: OptionDatum) -> OptionSetting {
    if at == path {
        let own = path.member(LIST).with(Step::Element(keys)).to_string();
        return OptionSetting { path: Some(own), own: Some(datum), inherited: None, from: "not set".to_owned() };
    }
    OptionSetting { path: None, own: None, inherited: Some(datum), from: origin(words, at) }
}

fn origin(words: &Words<'_>, at: &Path) -> String {
    if at.is_root() { "from the whole server".to_owned() } else { format!("from {}", words.name(at)) }
}

/// The part itself and what holds it, the nearest first.
fn levels<'a>(document: &'a Document, path: &Path) -> Vec<(&'a Map, Path)> {
    let ends = (0..=path.steps().len()).rev().map(|end| Path::from(path.steps()[..end].to_vec()));
    ends.filter_map(|path| Some((document.map(&path).ok()?, path))).collect()
}

fn datum(map: &Map, keys: &keaconf::Keys) -> OptionDatum {
    let key = |name: &str| keys.iter().find(|(own, _)| own == name).map(|(_, value)| value.to_string());
    let is = |name: &str| map.get(name).and_then(Value::as_bool);
    let classes = map.get("client-classes").and_then(Value::as_list).unwrap_or_default().iter();
    OptionDatum {
        code: key("code").and_then(|code| code.parse().ok()).unwrap_or_default(),
        name: map.text("name").unwrap_or_default().to_owned(),
        data: map.text("data").unwrap_or_default().to_owned(),
        space: key("space").filter(|space| space != "dhcp4"),
        hex: is("csv-format") == Some(false),
        always: is("always-send") == Some(true),
        never: is("never-send") == Some(true),
        client_classes: classes.filter_map(|class| class.as_str().map(str::to_owned)).collect(),
    }
}

/// The options that may be set on a part by name, and that forms have no editor of their own for: those that the server
/// defines, of a class also its own ones, and the rest of Kea's.
fn defined(document: &Document, path: &Path) -> Vec<DefinedOption> {
    let holds = |definition: &&OwnDefinition<'_>| definition.class.as_ref().is_none_or(|class| path.starts_with(class));
    let option = |definition: &OwnDefinition<'_>| {
        Some(DefinedOption {
            space: Some(definition.space.to_owned()).filter(|space| space != "dhcp4"),
            code: definition.code?.try_into().ok()?,
            name: definition.name.to_owned(),
            about: written(definition).made_of(),
        })
    };
    let own = document.own_definitions();
    let own: Vec<DefinedOption> = own.iter().filter(holds).filter_map(option).collect();
    let v6 = document.daemon == Daemon::Dhcp6;
    let space = v6.then(|| "dhcp6".to_owned());
    let is_free = |option: &DefinedOption| {
        let is_own = own.iter().any(|known| known.space == option.space && known.code == option.code);
        !is_own && (v6 || StandardOption::with_code(option.code).is_none())
    };
    let rest = of_kea(document.daemon).filter_map(|row| of_kea_itself(row, space.clone())).filter(is_free);
    let rest: Vec<DefinedOption> = rest.collect();
    own.into_iter().chain(rest).collect()
}

/// None: the server sends it by itself, or its value has a form of its own.
fn of_kea_itself((code, name, types, repeats): OwnOption, space: Option<String>) -> Option<DefinedOption> {
    let code: u16 = code.try_into().ok()?;
    let probe = OptionDatum { code, data: "0".to_owned(), space: space.clone(), ..OptionDatum::default() };
    if probe.fault().is_some() || types == ["internal"] || types == ["empty"] {
        return None;
    }
    let fields = if types.len() > 1 { types.join(", ") } else { String::new() };
    let kind = types.first().map(ToString::to_string).unwrap_or_default();
    let made = OptionDefinition { kind, fields, array: repeats, ..OptionDefinition::default() };
    Some(DefinedOption { space, code, name: name.to_owned(), about: made.made_of() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_by_name_is_that_of_the_server_and_the_rest_of_kea() {
        let named = |text: &str| {
            let document = Document::read(text.as_bytes()).unwrap();
            options(&document, &Path::root()).unwrap().defined
        };
        let v6 = named(r#"{ "Dhcp6": { "option-def": [{ "name": "acme", "code": 1000, "type": "fqdn" }] } }"#);
        let said = |all: &[DefinedOption], name: &str| {
            all.iter().find(|option| option.name == name).map(|option| (option.code, option.about.clone()))
        };
        assert_eq!(v6[0].label(), "acme (1000)");
        assert_eq!(said(&v6, "dns-servers"), Some((23, "list of ipv6-address".to_owned())));
        assert_eq!(said(&v6, "clientid"), None, "the server sends it by itself");
        let v4 = named(r#"{ "Dhcp4": { } }"#);
        assert_eq!(said(&v4, "routers"), None, "forms have an editor for it");
        assert!(v4.iter().all(|option| option.space.is_none()) && v4.len() > 20, "{}", v4.len());
    }

    #[test]
    fn the_nearest_value_holds_and_the_one_above_is_known() {
        let document = Document::read(
            br#"{ "Dhcp4": {
                "option-data": [{ "name": "domain-name-servers", "data": "192.0.2.53" }, { "code": 42, "data": "192.0.2.4" }],
                "shared-networks": [{ "name": "west", "option-data": [{ "code": 6, "data": "198.51.100.53" }], "subnet4": [
                    { "id": 1, "subnet": "192.0.2.0/24", "option-data": [
                        { "code": 6, "data": "203.0.113.53", "always-send": true }, { "code": 3, "data": "192.0.2.1" } ] }] }] } }"#,
        )
        .unwrap();
        let path = "shared-networks[name=west].subnet4[id=1]";
        let found = options(&document, &path.parse().unwrap()).unwrap();
        let said = |option: &OptionSetting| {
            let data = |datum: &Option<OptionDatum>| datum.as_ref().map(|datum| datum.data.clone()).unwrap_or_default();
            (option.effective().unwrap().code, data(&option.own), data(&option.inherited), option.from.clone())
        };
        let line =
            |code: u16, own: &str, above: &str, from: &str| (code, own.to_owned(), above.to_owned(), from.to_owned());
        assert_eq!(
            found.options.iter().map(said).collect::<Vec<_>>(),
            [
                line(6, "203.0.113.53", "198.51.100.53", "from shared network west"),
                line(3, "192.0.2.1", "", "not set"),
                line(42, "", "192.0.2.4", "from the whole server"),
            ]
        );
        assert_eq!(
            found.options[0].path.as_deref(),
            Some("shared-networks[name=west].subnet4[id=1].option-data[space=dhcp4,code=6]")
        );
        assert!(document.get(&found.options[0].path.as_ref().unwrap().parse().unwrap()).is_ok());
        assert!(options(&document, &"subnet4[id=9]".parse().unwrap()).is_err());
    }
}
