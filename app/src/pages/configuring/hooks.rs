//! The hook libraries of a server: what is loaded, its parameters, and what may be added.

use leptos::prelude::*;
use model::{
    ConfigEdit, HookAbility, HookChoice, HookFacts, HookSettings, ListElement, LoadedHook, ParameterGroup, Permission,
    ServerName,
};

use super::edits::Edits;
use super::findings::FindingsOf;
use super::parameters::Rows;
use super::review::{EditBar, Reviewed};
use super::text::TextEditor;
use super::typed::quoted;
use super::{Asked, asked, of_server};
use crate::api;
use crate::routes;
use crate::state::Session;

/// The list of libraries.
const LIST: &str = "hooks-libraries";

/// The hook libraries of the server that the address names.
#[component]
pub fn HooksPage() -> impl IntoView {
    of_server(routes::HOOKS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let server = StoredValue::new(server);
    let may = Session::allows(Permission::Reserve);
    let (typed, added) = (Edits::new(), Edits::new());
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let ask = move |()| api::list_config_hooks(server.get_value());
    asked(
        6,
        || (),
        ask,
        move |Asked { value: hooks, .. }: Asked<HookSettings>| {
            // Rows stand still while nothing of theirs changes: in one of them parameters may be half typed.
            let settled = typed.settled(hooks);
            let loaded = Memo::new(move |_| settled.with(|(round, hooks)| (*round, hooks.loaded.clone())));
            let rows = move || {
                let (_, loaded) = loaded.get();
                if loaded.is_empty() {
                    return view! { <p class="card-empty">"No hook library is loaded."</p> }.into_any();
                }
                let row = |hook| view! { <Loaded hook server typed reviewing/> };
                let rows = loaded.into_iter().map(row).collect::<Vec<_>>();
                view! { <ul class="concerns">{rows}</ul> }.into_any()
            };
            let choices = Memo::new(move |_| hooks.with(|hooks| hooks.choices.clone()));
            view! {
            <FindingsOf server part=LIST/>
            <div class="card">{rows}</div>
            <p class="muted">"Kea does not tell the version of a library: it loads those alone that are made for its own."</p>
            <Abilities abilities=Signal::derive(move || hooks.with(|hooks| hooks.abilities.clone()))/>
            <Show when=move || may.get()>
                <Adding choices added reviewing/>
            </Show>
            <EditBar edits=typed server/>
            <Reviewed reviewing server on_applied=move |()| added.discard()/>
        }
        .into_any()
        },
    )
}

/// A library that is loaded.
#[component]
fn Loaded(
    hook: LoadedHook,
    server: StoredValue<ServerName>,
    typed: Edits,
    reviewing: RwSignal<Option<Vec<ConfigEdit>>>,
) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let editing = RwSignal::new(false);
    let LoadedHook { path, file, about, parameters, groups, facts, earlier, later } = hook;
    let about = if about.is_empty() { "Not known here.".to_owned() } else { about };
    let href = server.with_value(|server| routes::config_part(server, &path, 0));
    let (path, parameters) = (StoredValue::new(path), StoredValue::new(parameters));
    let has_parameters = parameters.with_value(Option::is_some);
    let step = move |label: &'static str, edit: Option<ConfigEdit>| {
        edit.map(|edit| {
            view! {
                <button
                    type="button"
                    class="button button-small"
                    on:click=move |_| reviewing.set(Some(vec![edit.clone()]))
                >
                    {label}
                </button>
            }
        })
    };
    let editor = move || {
        let path = parameters.get_value().filter(|_| editing.get())?;
        Some(view! { <TextEditor server path on_close=Callback::new(move |()| editing.set(false))/> })
    };
    view! {
        <li class="concern" data-testid="hook">
            <div>
                <p>
                    <a class="mono" href=href>
                        {file}
                    </a>
                </p>
                <p class="muted">{about} " " {known(facts)}</p>
                <Parameters groups edits=typed reviewing/>
                <Show when=move || may.get()>
                    <p class="field-line">
                        <Show when=move || has_parameters>
                            <button type="button" class="button button-small" on:click=move |_| editing.set(true)>
                                "Edit parameters as text"
                            </button>
                        </Show>
                        {step("Load earlier…", earlier.clone())}
                        {step("Load later…", later.clone())}
                        <button
                            type="button"
                            class="button button-small"
                            on:click=move |_| reviewing.set(Some(vec![ConfigEdit::remove(path.get_value())]))
                        >
                            "Remove…"
                        </button>
                    </p>
                </Show>
                {editor}
            </div>
        </li>
    }
}

/// What else is to be known of a library, as sentences.
fn known(facts: HookFacts) -> String {
    let HookFacts { unlocks, free_since } = facts;
    let unlocks = (!unlocks.is_empty()).then(|| format!("By it Nestor can {}.", unlocks.join("; ")));
    let free = free_since.map(|version| format!("Free since Kea {version}."));
    unlocks.into_iter().chain(free).collect::<Vec<_>>().join(" ")
}

/// What Nestor can do on the server, and what is missing for the rest.
#[component]
fn Abilities(abilities: Signal<Vec<HookAbility>>) -> impl IntoView {
    let row = |ability: HookAbility| {
        let HookAbility { what, command, hook, there } = ability;
        let said = match (there, hook) {
            (Some(true), _) => "yes".to_owned(),
            (Some(false), Some(hook)) => format!("no: {hook} is not loaded"),
            (Some(false), None) => "no: the server does not offer the command".to_owned(),
            (None, _) => "not known: the server does not tell its commands".to_owned(),
        };
        view! {
            <tr class="row">
                <th scope="row">{what}</th>
                <td data-label="Command" class="mono">
                    {command}
                </td>
                <td data-label="Here">{said}</td>
            </tr>
        }
    };
    let rows = move || abilities.get().into_iter().map(row).collect::<Vec<_>>();
    view! {
        <details class="fold" data-testid="abilities">
            <summary>"What Nestor can do on this server"</summary>
            <table class="table table-cards">
                <thead>
                    <tr>
                        <th scope="col">"What"</th>
                        <th scope="col">"Command"</th>
                        <th scope="col">"Here"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}

/// The parameters of a library, to be opened. Those that are needed and missing stand open.
#[component]
fn Parameters(
    groups: Vec<ParameterGroup>,
    edits: Edits,
    /// Takes what removes an element of a list.
    reviewing: RwSignal<Option<Vec<ConfigEdit>>>,
) -> impl IntoView {
    let is_new = |group: &ParameterGroup| group.element.as_ref().is_some_and(|element| !element.is_there);
    let all = || groups.iter().filter(|group| !is_new(group)).flat_map(|group| &group.parameters);
    if groups.is_empty() {
        return ().into_any();
    }
    let (set, count) = (all().filter(|row| row.own.is_some()).count(), all().count());
    let open = all().any(|row| row.required && row.own.is_none());
    let group = move |group: ParameterGroup| view! { <Group group edits reviewing/> };
    view! {
        <details class="fold" open=open data-testid="hook-parameters">
            <summary>{format!("Parameters: {set} of {count} set")}</summary>
            {groups.into_iter().map(group).collect::<Vec<_>>()}
        </details>
    }
    .into_any()
}

/// Parameters that belong together. What makes one more element of a list is folded away, and one that is there can be removed.
#[component]
fn Group(group: ParameterGroup, edits: Edits, reviewing: RwSignal<Option<Vec<ConfigEdit>>>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let ParameterGroup { title, parameters, element } = group;
    if element.as_ref().is_some_and(|element| !element.is_there) {
        return view! {
            <Show when=move || may.get()>
                <details class="fold" data-testid="hook-element-new">
                    <summary>{title.clone()}</summary>
                    <Rows parameters=parameters.clone() edits/>
                </details>
            </Show>
        }
        .into_any();
    }
    let label = format!("Remove {title}");
    let remove = element.map(|ListElement { path, .. }| {
        let path = StoredValue::new(path);
        view! {
            <Show when=move || may.get()>
                <button
                    type="button"
                    class="button button-small"
                    aria-label=label.clone()
                    on:click=move |_| reviewing.set(Some(vec![ConfigEdit::remove(path.get_value())]))
                >
                    "Remove…"
                </button>
            </Show>
        }
    });
    view! {
        <div class="field-line">
            <h3>{title}</h3>
            {remove}
        </div>
        <Rows parameters edits/>
    }
    .into_any()
}

/// The form for one more.
#[component]
fn Adding(choices: Memo<Vec<HookChoice>>, added: Edits, reviewing: RwSignal<Option<Vec<ConfigEdit>>>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let chosen = Memo::new(move |_| {
        choices.with(|all| name.with(|name| all.iter().find(|choice| choice.name == *name).cloned()))
    });
    let options = move || {
        let option = |choice: HookChoice| view! { <option value=choice.name.clone()>{choice.name.clone()}</option> };
        choices.get().into_iter().map(option).collect::<Vec<_>>()
    };
    let about = move || {
        let choice = chosen.get()?;
        let sources = choice.sources.join("\n");
        Some(view! {
            <p>{choice.about} " " {known(choice.facts)}</p>
            <p class="mono">{choice.file}</p>
            <pre>{sources}</pre>
            <Parameters groups=choice.groups edits=added reviewing/>
        })
    };
    let choose = move |chosen: String| {
        added.discard();
        name.set(chosen);
    };
    let review = move |_| {
        let Some(choice) = chosen.get_untracked() else { return };
        reviewing.set(Some(addition(&choice.file, added.list())));
    };
    view! {
        <section class="card" aria-labelledby="add-hook">
            <header class="card-head">
                <h2 id="add-hook">"Add a hook library"</h2>
            </header>
            <div class="card-body">
                <select
                    class="input"
                    aria-label="Hook library"
                    data-testid="hook-choice"
                    on:change=move |event| choose(event_target_value(&event))
                >
                    <option value="">"Choose one"</option>
                    {options}
                </select>
                {about}
                <button
                    type="button"
                    class="button button-primary"
                    data-testid="add-hook"
                    disabled=move || chosen.with(Option::is_none) || added.is_faulty()
                    on:click=review
                >
                    "Review…"
                </button>
            </div>
        </section>
    }
}

/// What loads a library with what is typed for it.
fn addition(file: &str, parameters: Vec<ConfigEdit>) -> Vec<ConfigEdit> {
    let library = ConfigEdit::add(LIST, format!("{{\"library\":{}}}", quoted(file)));
    std::iter::once(library).chain(parameters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_added_before_its_parameters_are_set() {
        let name = ConfigEdit::set("hooks-libraries[library=libdhcp_run_script.so].parameters.name", "\"/x\"");
        let edits = addition("/opt/libdhcp_run_script.so", vec![name.clone()]);
        let library = ConfigEdit::add("hooks-libraries", r#"{"library":"/opt/libdhcp_run_script.so"}"#);
        assert_eq!(edits, [library, name]);
    }
}
