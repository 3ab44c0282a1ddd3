//! The hook libraries of a server: which are loaded, which may be added.

use keaconf::{Ability, Document, Edit, HookLibrary, Keys, Op, Path, Step, Value};
use model::{HookAbility, HookChoice, HookFacts, HookSettings, LoadedHook, ParameterGroup, ServerName};

use super::Configurations;
use super::parameters::parameters;
use super::view::written;
use crate::{Actor, Result};

impl Configurations {
    /// The hook libraries that a server has loaded, and those that may be added.
    pub async fn hooks(&self, actor: &Actor, server: &ServerName) -> Result<HookSettings> {
        let document = self.show(actor, server).await?;
        // One that does not say what it can do still says what it has loaded.
        let commands = self.dhcp.commands(server).await.ok();
        Ok(hooks(&document, commands.as_deref()))
    }
}

/// `commands`: those that the server knows; none: it does not say.
fn hooks(document: &Document, commands: Option<&[String]>) -> HookSettings {
    let list = document.children(&Path::root().member("hooks-libraries")).unwrap_or_default();
    let order: Vec<Option<Keys>> = list.iter().map(|(path, _)| known_by(path)).collect();
    let mut loaded: Vec<LoadedHook> = list.into_iter().map(|(path, value)| loaded(document, &path, value)).collect();
    for (at, pair) in order.windows(2).enumerate() {
        let [Some(first), Some(second)] = pair else { continue };
        let swap = written(&Edit {
            path: Path::root().member("hooks-libraries"),
            op: Op::Order(vec![second.clone(), first.clone()]),
        });
        loaded[at].later = Some(swap.clone());
        loaded[at + 1].earlier = Some(swap);
    }
    let folder = loaded.iter().find_map(|hook| Some(hook.file.rsplit_once('/')?.0)).map(|folder| format!("{folder}/"));
    let folder = folder.unwrap_or_default();
    let is_loaded = |library: &HookLibrary| {
        loaded.iter().any(|hook| HookLibrary::find(&hook.file).is_some_and(|known| known.name == library.name))
    };
    let offered = HookLibrary::all()
        .iter()
        .filter(|library| library.free_since.is_some() && library.serves(document.family()) && !is_loaded(library));
    let choice = |library: &HookLibrary| HookChoice {
        name: library.name.to_owned(),
        about: library.description.to_owned(),
        file: format!("{folder}{}", library.file),
        sources: library.sources(),
        groups: parameters_of(document, library),
        facts: facts(document, library),
    };
    let choices = offered.map(choice).filter(|choice| !choice.sources.is_empty()).collect();
    let ability = |ability: Ability| HookAbility {
        what: ability.what.to_owned(),
        there: commands.map(|commands| commands.contains(&ability.command)),
        command: ability.command,
        hook: ability.hook.map(str::to_owned),
    };
    let abilities = Ability::all(document.family()).into_iter().map(ability).collect();
    HookSettings { loaded, choices, abilities }
}

/// What an entry of the list is known by; none: it cannot be told from others.
fn known_by(path: &Path) -> Option<Keys> {
    match path.split()?.1 {
        Step::Element(keys) => Some(keys.clone()),
        _ => None,
    }
}

fn facts(document: &Document, library: &HookLibrary) -> HookFacts {
    let brings = |ability: &Ability| ability.hook == Some(library.name);
    let unlocks = Ability::all(document.family()).into_iter().filter(brings).map(|ability| ability.what.to_owned());
    HookFacts { unlocks: unlocks.collect(), free_since: library.free_since.map(str::to_owned) }
}

/// The parameters of a library that is not loaded yet, by the paths that they have once it is.
fn parameters_of(document: &Document, library: &HookLibrary) -> Vec<ParameterGroup> {
    let entry = Step::Element(vec![("library".to_owned(), library.file.into())]);
    let path = Path::root().member("hooks-libraries").with(entry).member("parameters");
    parameters(document, &path).map(|all| all.groups).unwrap_or_default()
}

/// An entry of the list. One that names no file is shown as it is.
fn loaded(document: &Document, path: &Path, value: &Value) -> LoadedHook {
    let map = value.as_map();
    let file = map.and_then(|map| map.text("library"));
    let file = file.map_or_else(|| value.to_json(keaconf::Layout::Compact), str::to_owned);
    let library = HookLibrary::find(&file);
    let about = library.map(|library| library.description).unwrap_or_default().to_owned();
    let facts = library.map(|library| facts(document, library)).unwrap_or_default();
    let inside = path.member("parameters");
    let parameters_at = map.and_then(|map| map.get("parameters")).map(|_| inside.to_string());
    let groups = parameters(document, &inside).map(|all| all.groups).unwrap_or_default();
    LoadedHook {
        path: path.to_string(),
        file,
        about,
        parameters: parameters_at,
        groups,
        facts,
        earlier: None,
        later: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ConfigEdit, ParameterKind};

    fn of(daemon: &str, libraries: &str) -> HookSettings {
        let text = format!(r#"{{ "{daemon}": {{ "hooks-libraries": [{libraries}] }} }}"#);
        hooks(&Document::read(text.as_bytes()).unwrap(), None)
    }

    #[test]
    fn what_a_server_can_do_is_told_by_its_commands_and_by_the_library_that_is_missing() {
        let text = br#"{ "Dhcp4": { "hooks-libraries": [{ "library": "libdhcp_host_cmds.so" }] } }"#;
        let commands = ["reservation-get-page", "config-get"].map(str::to_owned);
        let found = hooks(&Document::read(text).unwrap(), Some(&commands));
        let there = |command: &str| found.abilities.iter().find(|one| one.command == command).unwrap().there;
        assert_eq!((there("reservation-get-page"), there("lease4-get-page")), (Some(true), Some(false)));
        assert_eq!(found.loaded[0].facts.unlocks[0], "see reservations");
        assert_eq!(found.loaded[0].facts.free_since.as_deref(), Some("3.0"));
        let leases = found.choices.iter().find(|choice| choice.name == "lease_cmds").unwrap();
        assert!(leases.facts.unlocks.contains(&"release leases".to_owned()), "{leases:?}");
        assert!(of("Dhcp4", "").abilities.iter().all(|one| one.there.is_none()), "it does not say");
    }

    #[test]
    fn a_library_changes_places_with_its_neighbours() {
        let found = of("Dhcp4", r#"{ "library": "/a/one.so" }, { "library": "two.so" }, { "odd": 1 }"#).loaded;
        assert!(found.iter().all(|hook| hook.earlier.is_none() && hook.later.is_none()), "one cannot be told apart");
        let found = of("Dhcp4", r#"{ "library": "/a/one.so" }, { "library": "two.so" }"#).loaded;
        let swap = ConfigEdit::order("hooks-libraries", r#"[{"library":"two.so"},{"library":"one.so"}]"#);
        let ways = |hook: &LoadedHook| (hook.earlier.clone(), hook.later.clone());
        assert_eq!((ways(&found[0]), ways(&found[1])), ((None, Some(swap.clone())), (Some(swap), None)));
    }

    #[test]
    fn what_is_loaded_is_not_offered_and_the_folder_follows() {
        let found = of(
            "Dhcp4",
            r#"{ "library": "/opt/kea/hooks/libdhcp_ping_check.so", "parameters": { "reply-timeout": 100 } },
               { "library": "/opt/own/own.so" }"#,
        );
        let [ping, own] = found.loaded.as_slice() else { panic!("{found:?}") };
        assert_eq!(
            ping.parameters.as_deref(),
            Some("hooks-libraries[library=libdhcp_ping_check.so].parameters"),
            "{ping:?}"
        );
        assert!(!ping.about.is_empty() && own.about.is_empty() && own.parameters.is_none());
        assert!(found.choices.iter().all(|choice| choice.name != "ping_check"));
        let bootp = found.choices.iter().find(|choice| choice.name == "bootp").unwrap();
        assert_eq!(bootp.file, "/opt/kea/hooks/libdhcp_bootp.so");
    }

    #[test]
    fn parameters_are_a_form_and_what_is_not_known_stays_in_it() {
        let found = of(
            "Dhcp4",
            r#"{ "library": "libdhcp_radius.so", "parameters": { "retries": 5, "access": { "servers": [{ "name": "r" }] },
                "own": { "a": 1 } } }, { "library": "libdhcp_lease_cmds.so" }, { "library": "own.so", "parameters": { "x": 1 } }"#,
        );
        let radius = &found.loaded[0];
        let rows: Vec<_> = radius.groups.iter().flat_map(|group| &group.parameters).collect();
        let row = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
        assert_eq!((row("retries").own.as_deref(), row("timeout").inherited.as_deref()), (Some("5"), Some("10")));
        assert_eq!(row("own").kind, ParameterKind::Json);
        assert_eq!(radius.groups.last().unwrap().title, "Not known here");
        assert!(!rows.iter().any(|row| row.name == "protocol"), "newer than what every server has");
        assert!(
            found.loaded[1].parameters.is_none() && found.loaded[1].groups[0].title == "Binding variables: one more"
        );
        assert_eq!(found.loaded[2].groups[0].parameters[0].own.as_deref(), Some("1"));
        let script = found.choices.iter().find(|choice| choice.name == "run_script").unwrap();
        let name = &script.groups[0].parameters[0];
        assert_eq!(name.path, "hooks-libraries[library=libdhcp_run_script.so].parameters.name");
        assert!(name.required && name.own.is_none(), "{name:?}");
    }

    #[test]
    fn lists_of_maps_are_rows_for_each_element_and_for_one_more() {
        let found = of(
            "Dhcp4",
            r#"{ "library": "libdhcp_lease_cmds.so", "parameters": { "binding-variables": [
                { "name": "a", "expression": "hexstring(pkt4.mac, ':')", "source": "query", "odd": 1 }] } },
               { "library": "libdhcp_perfmon.so" },
               { "library": "libdhcp_radius.so", "parameters": { "nas-ports": "none" } }"#,
        );
        let [variables, performance, radius] = found.loaded.as_slice() else { panic!("{found:?}") };
        let elements = |hook: &LoadedHook| {
            let of = |group: &ParameterGroup| {
                let element = group.element.clone()?;
                let names = group.parameters.iter().map(|row| row.name.clone()).collect::<Vec<_>>().join(" ");
                Some((group.title.clone(), element.path, element.is_there, names))
            };
            hook.groups.iter().filter_map(of).collect::<Vec<_>>()
        };
        let path = "hooks-libraries[library=libdhcp_lease_cmds.so].parameters.binding-variables";
        let row = |title: &str, at: usize, is_there: bool, names: &str| {
            (title.to_owned(), format!("{path}[{at}]"), is_there, names.to_owned())
        };
        assert_eq!(
            elements(variables),
            [
                row("Binding variables: 1", 0, true, "name expression source odd"),
                row("Binding variables: one more", 1, false, "name expression source"),
            ]
        );
        let alarm = &elements(performance)[0];
        assert!(alarm.3.contains("duration-key.query-type") && alarm.1.ends_with("alarms[0]"), "{alarm:?}");
        let rows = radius.groups.iter().flat_map(|group| &group.parameters);
        let odd = rows.clone().find(|row| row.name == "nas-ports").unwrap();
        assert_eq!((&odd.kind, odd.own.as_deref()), (&ParameterKind::Json, Some("\"none\"")), "what is no list stays");
        let inside: Vec<_> = elements(radius).into_iter().map(|element| element.0).collect();
        assert!(inside.contains(&"Access: servers: one more".to_owned()), "{inside:?}");
    }

    #[test]
    fn an_entry_that_names_no_file_is_shown_as_it_is() {
        let found = of("Dhcp4", r#"{ "library": "libdhcp_bootp.so" }, { "odd": 1 }"#).loaded;
        assert_eq!(
            found.iter().map(|hook| hook.file.as_str()).collect::<Vec<_>>(),
            ["libdhcp_bootp.so", r#"{"odd":1}"#]
        );
    }

    #[test]
    fn only_what_serves_the_family_and_is_free_is_offered() {
        let names = |daemon| of(daemon, "").choices.into_iter().map(|choice| choice.name).collect::<Vec<_>>();
        let (v4, v6) = (names("Dhcp4"), names("Dhcp6"));
        assert!(v4.contains(&"bootp".to_owned()) && !v6.contains(&"bootp".to_owned()));
        assert!(!v4.contains(&"rbac".to_owned()) && !v4.contains(&"user_chk".to_owned()), "{v4:?}");
        assert_eq!(of("Dhcp6", "").choices[0].file, "libdhcp_class_cmds.so", "no folder is known");
    }
}
