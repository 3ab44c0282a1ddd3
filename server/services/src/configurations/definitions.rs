//! The definitions of options that a server has beside Kea's own: what each says, what uses it, and the edits that make one.

use keaconf::{Daemon, Document, Edit, Kind, Map, Op, OwnDefinition, Path, Table, Value, Words};
use model::{ConfigDefinition, ConfigDefinitions, ConfigEdit, FieldError, OptionDefinition, Permission, ServerName};

use super::Configurations;
use super::forms::place;
use super::view::{missing, read_path};
use crate::{Actor, Error, Result};

/// The list of definitions.
const LIST: &str = "option-def";

/// Spaces whose options Kea puts into the option of a vendor: by family.
const OF_VENDORS: [(&str, Daemon); 3] = [
    ("vendor-encapsulated-options-space", Daemon::Dhcp4),
    ("vendor-4491", Daemon::Dhcp4),
    ("vendor-4491", Daemon::Dhcp6),
];

impl Configurations {
    /// The definitions of options of a server.
    pub async fn definitions(&self, actor: &Actor, server: &ServerName) -> Result<ConfigDefinitions> {
        Ok(definitions(&self.show(actor, server).await?))
    }

    /// The edits that make a definition, or put one in the place of that at a path; what uses it follows. What is wrong is
    /// said of the member that it is wrong with. Nothing is sent.
    pub async fn define_option(
        &self,
        actor: &Actor,
        server: &ServerName,
        path: &str,
        definition: &OptionDefinition,
    ) -> Result<Vec<ConfigEdit>> {
        actor.may(Permission::Reserve)?;
        let document = self.show(actor, server).await?;
        Ok(define(&document, &read_path(path)?, definition)?.iter().map(super::written).collect())
    }
}

/// The definitions of a document.
fn definitions(document: &Document) -> ConfigDefinitions {
    let words = Words::new(document, document);
    let uses = document.option_uses();
    let place = |path: &Path| place(&words, path);
    let all = document.own_definitions();
    let row = |definition: &OwnDefinition<'_>| {
        let found = uses.paths(definition);
        ConfigDefinition {
            path: definition.path.to_string(),
            class: definition
                .class
                .as_ref()
                .and_then(|class| document.map(class).ok().and_then(|map| map.text("name")).map(str::to_owned)),
            written: written(definition),
            uses: found.iter().take(ConfigDefinition::MOST).map(place).collect(),
            used: u32::try_from(found.len()).unwrap_or(u32::MAX),
        }
    };
    ConfigDefinitions {
        v6: document.daemon == Daemon::Dhcp6,
        definitions: all.iter().map(row).collect(),
        spaces: spaces(document.daemon, &all),
        types: types(document.daemon),
    }
}

/// The spaces that there are, the daemon's own first.
fn spaces(daemon: Daemon, definitions: &[OwnDefinition<'_>]) -> Vec<String> {
    let own = if daemon == Daemon::Dhcp6 { "dhcp6" } else { "dhcp4" };
    let vendors = OF_VENDORS.iter().filter(|(_, of)| *of == daemon).map(|(space, _)| *space);
    let used = definitions.iter().flat_map(|definition| {
        let inside = definition.map.text("encapsulate").filter(|space| !space.is_empty());
        std::iter::once(definition.space).chain(inside)
    });
    let mut spaces: Vec<String> = Vec::new();
    for space in std::iter::once(own).chain(vendors).chain(used) {
        if !spaces.iter().any(|known| known == space) {
            spaces.push(space.to_owned());
        }
    }
    spaces
}

/// Kea's words for types. Those of options that only Kea's own program reads are left out.
fn types(daemon: Daemon) -> Vec<String> {
    let level = Table::of(daemon).level(LIST);
    match level.and_then(|level| level.parameter("type")).map(|parameter| &parameter.kind) {
        Some(Kind::Word(words)) => words.iter().filter(|word| **word != "internal").map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// What a definition says.
pub(super) fn written(definition: &OwnDefinition<'_>) -> OptionDefinition {
    let text = |member: &str| definition.map.text(member).unwrap_or_default().to_owned();
    let code = definition.map.get("code").map(|code| code.to_json(keaconf::Layout::Compact)).unwrap_or_default();
    OptionDefinition {
        space: definition.space.to_owned(),
        code,
        name: definition.name.to_owned(),
        kind: text("type"),
        fields: text("record-types"),
        array: definition.map.get("array").and_then(Value::as_bool) == Some(true),
        encapsulates: text("encapsulate"),
    }
}

/// The edits that make a definition; of one that is there, in its place.
fn define(document: &Document, path: &Path, wanted: &OptionDefinition) -> Result<Vec<Edit>> {
    let all = document.own_definitions();
    let replaced = if path.is_root() {
        None
    } else {
        document.get(path).map_err(|error| missing(&error))?;
        all.iter().find(|definition| definition.path == *path)
    };
    let (map, mut fields) = as_map(wanted, replaced.map(|definition| definition.map));
    let class = replaced.and_then(|definition| definition.class.as_ref());
    let faults = document.definition_faults(&map, replaced.map(|definition| &definition.path), class);
    // Of what is not typed yet it is said once, and what goes with a type is judged with it.
    let is_typed = |member: &str| {
        let typed = |member: &str| !fields.iter().any(|fault: &FieldError| fault.field == member);
        typed(member) && (typed("type") || !["record-types", "array"].contains(&member))
    };
    let faults: Vec<_> = faults.into_iter().filter(|(member, _)| is_typed(member)).collect();
    fields.extend(faults.into_iter().map(|(member, text)| FieldError::new(member, text)));
    if !fields.is_empty() {
        return Err(Error::Invalid { fields });
    }
    Ok(match replaced {
        Some(_) => document.redefinition(path, &map),
        None => vec![Edit { path: Path::root().member(LIST), op: Op::Add(Value::Map(map)) }],
    })
}

/// A definition as Kea has it written, and what is missing of it. Of one that is there, what no form knows stays.
fn as_map(wanted: &OptionDefinition, before: Option<&Map>) -> (Map, Vec<FieldError>) {
    let mut faults = Vec::new();
    let mut needed = |member: &str, text: &str, asked: &str| {
        if text.trim().is_empty() {
            faults.push(FieldError::new(member, asked));
        }
    };
    needed("name", &wanted.name, "Give it a name.");
    needed("type", &wanted.kind, "Choose a type.");
    let code = wanted.code.trim().parse::<i64>().map_err(|_| FieldError::new("code", "Type a whole number."));
    let code = code.map_err(|fault| faults.push(fault)).unwrap_or_default();
    let mut map = before.cloned().unwrap_or_default();
    map.set("name", wanted.name.trim().into());
    map.set("code", code.into());
    map.set("type", wanted.kind.trim().into());
    let mut put = |member: &str, value: Value, says_nothing: bool| {
        // What says nothing is written only in the place of something else.
        if !says_nothing || map.has(member) {
            map.set(member, value);
        }
    };
    put("space", wanted.space.trim().into(), wanted.space.trim().is_empty());
    put("record-types", wanted.fields.trim().into(), wanted.fields.trim().is_empty());
    put("array", wanted.array.into(), !wanted.array);
    put("encapsulate", wanted.encapsulates.trim().into(), wanted.encapsulates.trim().is_empty());
    (map, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Document {
        Document::read(
            br#"{ "Dhcp4": {
                "option-def": [
                    { "name": "acme", "code": 234, "type": "ipv4-address", "array": true, "space": "dhcp4", "record-types": "",
                        "encapsulate": "", "user-context": { "note": "kept" } },
                    { "name": "inside", "code": 1, "type": "string", "space": "acme-parts" },
                    { "name": "odd", "code": "x", "type": "colour" } ],
                "client-classes": [{ "name": "c", "option-def": [{ "name": "own", "code": 240, "type": "string" }] }],
                "option-data": [{ "code": 234, "data": "192.0.2.1" }] } }"#,
        )
        .unwrap()
    }

    #[test]
    fn definitions_come_with_what_they_say_and_what_uses_them() {
        let found = definitions(&site());
        let said: Vec<_> = found
            .definitions
            .iter()
            .map(|one| (one.written.name.as_str(), one.written.code.as_str(), one.class.as_deref(), one.used))
            .collect();
        assert_eq!(
            said,
            [
                ("acme", "234", None, 1),
                ("inside", "1", None, 0),
                ("odd", "\"x\"", None, 0),
                ("own", "240", Some("c"), 0)
            ]
        );
        assert_eq!(found.definitions[0].uses[0].label, "option 234 (acme)");
        assert_eq!(found.spaces, ["dhcp4", "vendor-encapsulated-options-space", "vendor-4491", "acme-parts"]);
        for word in ["record", "fqdn", "ipv6-prefix", "psid", "tuple", "binary"] {
            assert!(found.types.contains(&word.to_owned()), "{word}");
        }
    }

    fn wanted(code: &str, name: &str) -> OptionDefinition {
        let (code, name) = (code.to_owned(), name.to_owned());
        OptionDefinition {
            space: "dhcp4".to_owned(),
            code,
            name,
            kind: "string".to_owned(),
            ..OptionDefinition::default()
        }
    }

    #[test]
    fn a_definition_is_made_changed_with_its_uses_and_refused_by_member() {
        let document = site();
        let of = |path: &str, wanted: &OptionDefinition| define(&document, &path.parse().unwrap(), wanted);
        let made = of("", &wanted("240", "new")).unwrap();
        let text = Edit::write_all(&made);
        assert!(text.contains(r#""path": "option-def""#) && text.contains(r#""code": 240"#), "{text}");
        assert!(!text.contains("encapsulate") && !text.contains("array"), "what says nothing is not written: {text}");
        let changed = of("option-def[space=dhcp4,code=234]", &wanted("235", "acme")).unwrap();
        let text = Edit::write_all(&changed);
        assert_eq!(changed.len(), 2, "the value follows: {text}");
        assert!(text.contains(r#""note": "kept""#) && text.contains(r#""array": false"#), "{text}");
        let members = |path: &str, wanted: &OptionDefinition| match of(path, wanted) {
            Err(Error::Invalid { fields }) => fields.into_iter().map(|fault| fault.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(members("", &wanted("234", "new")), ["code"]);
        assert_eq!(members("", &wanted("many", "")), ["name", "code"]);
        let early = |code: &str, name: &str| OptionDefinition { kind: String::new(), ..wanted(code, name) };
        assert_eq!(members("", &early("6", "new")), ["type", "code"], "before a type is chosen");
        assert_eq!(members("", &early("240", "acme")), ["type", "name"]);
        assert_eq!(members("", &early("6", "")), ["name", "type", "code"]);
        assert_eq!(members("client-classes[name=c].option-def[space=dhcp4,code=240]", &wanted("6", "own")), ["code"]);
        assert!(matches!(of("option-def[space=dhcp4,code=9]", &wanted("9", "x")), Err(Error::NotFound { .. })));
    }
}
