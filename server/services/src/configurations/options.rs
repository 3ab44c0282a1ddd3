//! The options of a part: what is set on it, what holds from above, and where that comes from.

use keaconf::{Daemon, Document, Map, OwnDefinition, OwnOption, Path, Step, Text, Value, Words, of_kea};
use model::{
    DefinedOption, Family, OptionDatum, OptionDefinition, OptionSetting, OptionSettings, ServerName, StandardOption,
};

use super::Configurations;
use super::definitions::written;
use super::octets::octets;
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
                _ => {
                    let octets = Some(octets(document, level, map));
                    let setting = setting(&words, &at, path, keys.clone(), datum);
                    found.push((keys, OptionSetting { octets, ..setting }));
                }
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
        return OptionSetting {
            path: Some(own),
            own: Some(datum),
            inherited: None,
            from: "not set".to_owned(),
            octets: None,
        };
    }
    OptionSetting { path: None, own: None, inherited: Some(datum), from: origin(words, at), octets: None }
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
        let code = definition.code?.try_into().ok()?;
        Some(DefinedOption { name: definition.name.to_owned(), ..made(definition.space, code, written(definition)) })
    };
    let own = document.own_definitions();
    let own: Vec<DefinedOption> = own.iter().filter(holds).filter_map(option).collect();
    let v6 = document.daemon == Daemon::Dhcp6;
    let is_free = |option: &DefinedOption| {
        let is_own = own.iter().any(|known| known.space == option.space && known.code == option.code);
        !is_own && (v6 || StandardOption::with_code(option.code).is_none())
    };
    let rest: Vec<DefinedOption> =
        of_kea(document.daemon).filter_map(|own| of_kea_itself(document.family(), own)).filter(is_free).collect();
    own.into_iter().chain(rest).collect()
}

/// An option whose value is so made; its name is left to be said.
fn made(space: &str, code: u16, of: OptionDefinition) -> DefinedOption {
    DefinedOption {
        space: Some(space.to_owned()).filter(|space| space != "dhcp4"),
        code,
        about: of.made_of(),
        kind: if of.fields.is_empty() { of.kind } else { String::new() },
        array: of.array,
        ..DefinedOption::default()
    }
}

/// None: the server sends it by itself, or its value has a form of its own.
fn of_kea_itself(family: Family, own: OwnOption) -> Option<DefinedOption> {
    let OwnOption { space, code, name, types, repeats, container } = own;
    let code: u16 = code.try_into().ok()?;
    let fields = if types.len() > 1 { types.join(", ") } else { String::new() };
    let kind = types.first().map(ToString::to_string).unwrap_or_default();
    let made = made(space, code, OptionDefinition { kind, fields, array: repeats, ..OptionDefinition::default() });
    // What stands in messages themselves is no part, though an option may have all of that inside, as 45 of IPv6.
    let is_part = space != family.option_space();
    let container: Option<u16> = container.filter(|_| is_part).and_then(|code| code.try_into().ok());
    let of_server = |code: u16, space: &str| {
        let space = Some(space.to_owned());
        OptionDatum { code, data: "0".to_owned(), space, ..OptionDatum::default() }.fault().is_some()
    };
    let sent = of_server(code, space) || container.is_some_and(|code| of_server(code, family.option_space()));
    if sent || types == ["internal"] || types == ["empty"] {
        return None;
    }
    let label = LABELS.iter().find(|(known, ..)| *known == name).map(|(_, label)| *label);
    let about = label.map_or_else(|| made.about.clone(), |label| format!("{label}: {}", made.about));
    Some(DefinedOption { name: name.to_owned(), about, container, ..made })
}

/// What options of IPv6 are, in a few words. Those of IPv4 have theirs in the catalogue of forms.
const LABELS: [(&str, &str); 29] = [
    ("sip-server-dns", "SIP servers, by name"),
    ("sip-server-addr", "SIP servers"),
    ("dns-servers", "DNS servers"),
    ("domain-search", "Search domains"),
    ("nis-servers", "NIS servers"),
    ("nisp-servers", "NIS+ servers"),
    ("nis-domain-name", "NIS domains"),
    ("nisp-domain-name", "NIS+ domains"),
    ("sntp-servers", "Time servers (SNTP)"),
    ("information-refresh-time", "Ask anew after, in seconds"),
    ("bcmcs-server-dns", "Broadcast controllers, by name"),
    ("bcmcs-server-addr", "Broadcast controllers"),
    ("new-posix-timezone", "Time zone (POSIX)"),
    ("new-tzdb-timezone", "Time zone (name)"),
    ("v6-lost", "Server of emergency services"),
    ("capwap-ac-v6", "Wireless controllers (CAPWAP)"),
    ("v6-access-domain", "Access network domain"),
    ("sip-ua-cs-list", "SIP domains"),
    ("bootfile-url", "Boot file, with its server"),
    ("bootfile-param", "Parameters of the boot file"),
    ("vendor-opts", "Vendor options: the number of the enterprise"),
    ("aftr-name", "Tunnel to IPv4 (DS-Lite)"),
    ("unicast", "Address that takes messages of clients"),
    ("preference", "Preference of this server"),
    ("v6-captive-portal", "Captive portal"),
    ("v6-sztp-redirect", "Zero-touch bootstrap servers"),
    ("ntp-server-address", "Time server (NTP)"),
    ("ntp-server-multicast", "Multicast group of time servers (NTP)"),
    ("ntp-server-fqdn", "Time server (NTP), by name"),
];

#[cfg(test)]
mod tests {
    use model::OptionKind;

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
        assert_eq!(said(&v6, "dns-servers"), Some((23, "DNS servers: list of ipv6-address".to_owned())));
        let servers = v6.iter().find(|option| option.name == "dns-servers").unwrap();
        assert_eq!(servers.value_kind(), Some(OptionKind::Addresses6));
        let time = v6.iter().find(|option| option.name == "ntp-server-address").unwrap();
        assert_eq!((time.space.as_deref(), time.container), (Some("v6-ntp-server-suboptions"), Some(56)));
        let is_whole = |option: &&DefinedOption| option.space.as_deref() == Some("dhcp6");
        assert!(v6.iter().filter(is_whole).all(|option| option.container.is_none()), "45 has whole messages in it");
        for (name, _) in LABELS {
            assert!(v6.iter().any(|option| option.name == name), "{name} is no option of Kea");
        }
        assert_eq!(said(&v6, "clientid"), None, "the server sends it by itself");
        let v4 = named(r#"{ "Dhcp4": { } }"#);
        assert_eq!(said(&v4, "routers"), None, "forms have an editor for it");
        let whole = v4.iter().filter(|option| option.space.is_none());
        assert!(whole.count() > 20 && v4.iter().all(|option| option.space.is_none() == option.container.is_none()));
        assert!(v4.iter().any(|option| option.container == Some(122)), "parts of an option without a value");
        assert!(v4.iter().all(|option| option.container != Some(82)), "what only relays send");
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
