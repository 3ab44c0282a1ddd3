//! The hook libraries of a server: what is loaded, its parameters, and what may be added.

use leptos::prelude::*;
use model::{ConfigEdit, HookChoice, HookSettings, LoadedHook, Permission, ServerName};

use super::review::Review;
use super::text::TextEditor;
use super::typed::quoted;
use super::{of_server, version};
use crate::api;
use crate::components::field::TextField;
use crate::components::latest::{Latest, Outdated, load};
use crate::live::Live;
use crate::routes;
use crate::state::Session;

/// The hook libraries of the server that the address names.
#[component]
pub fn HooksPage() -> impl IntoView {
    of_server(routes::HOOKS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let asked = server.clone();
    let hooks = Resource::new(move || version(live), move |_| api::list_config_hooks(asked.clone()));
    let retry = Callback::new(move |()| hooks.refetch());
    let server = StoredValue::new(server);
    let may = Session::allows(Permission::Reserve);
    let edits = RwSignal::new(None::<Vec<ConfigEdit>>);
    load(hooks, 6, move |latest: Latest<HookSettings>| {
        let close = move |()| edits.set(None);
        let applied = Callback::new(close);
        let review = move || {
            let edits = edits.get()?;
            Some(view! { <Review edits server on_close=close on_applied=applied/> })
        };
        // Rows stand still while nothing of theirs changes: in one of them parameters may be half typed.
        let loaded = Memo::new(move |_| latest.value.with(|hooks| hooks.loaded.clone()));
        let rows = move || {
            let loaded = loaded.get();
            if loaded.is_empty() {
                return view! { <p class="card-empty">"No hook library is loaded."</p> }.into_any();
            }
            let rows = loaded.into_iter().map(|hook| view! { <Loaded hook server edits/> }).collect::<Vec<_>>();
            view! { <ul class="concerns">{rows}</ul> }.into_any()
        };
        let choices = Memo::new(move |_| latest.value.with(|hooks| hooks.choices.clone()));
        view! {
            <Outdated problem=latest.problem retry/>
            <div class="card">{rows}</div>
            <Show when=move || may.get()>
                <Adding choices edits/>
            </Show>
            {review}
        }
        .into_any()
    })
}

/// A library that is loaded.
#[component]
fn Loaded(
    hook: LoadedHook,
    server: StoredValue<ServerName>,
    edits: RwSignal<Option<Vec<ConfigEdit>>>,
) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let editing = RwSignal::new(false);
    let LoadedHook { path, file, about, parameters } = hook;
    let about = if about.is_empty() { "Not known here.".to_owned() } else { about };
    let href = server.with_value(|server| routes::config_part(server, &path, 0));
    let (path, parameters) = (StoredValue::new(path), StoredValue::new(parameters));
    let has_parameters = parameters.with_value(Option::is_some);
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
                <p class="muted">{about}</p>
                <Show when=move || may.get()>
                    <p class="field-line">
                        <Show when=move || has_parameters>
                            <button type="button" class="button button-small" on:click=move |_| editing.set(true)>
                                "Edit parameters"
                            </button>
                        </Show>
                        <button
                            type="button"
                            class="button button-small"
                            on:click=move |_| edits.set(Some(vec![ConfigEdit::remove(path.get_value())]))
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

/// The form for one more.
#[component]
fn Adding(choices: Memo<Vec<HookChoice>>, edits: RwSignal<Option<Vec<ConfigEdit>>>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let parameters = RwSignal::new(String::new());
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
            <p>{choice.about}</p>
            <p class="mono">{choice.file}</p>
            <pre>{sources}</pre>
        })
    };
    let review = move |_| {
        let Some(choice) = chosen.get_untracked() else { return };
        edits.set(Some(vec![ConfigEdit::add("hooks-libraries", entry(&choice.file, &parameters.get_untracked()))]));
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
                    on:change=move |event| name.set(event_target_value(&event))
                >
                    <option value="">"Choose one"</option>
                    {options}
                </select>
                {about}
                <TextField
                    name="hook-parameters"
                    label="Parameters, as JSON (may stay empty)"
                    value=parameters
                    on_input=move |text| parameters.set(text)
                    on_leave=move |()| {}
                    fault=Signal::derive(|| None::<String>)
                    mono=true
                />
                <button
                    type="button"
                    class="button button-primary"
                    data-testid="add-hook"
                    disabled=move || chosen.with(Option::is_none)
                    on:click=review
                >
                    "Review…"
                </button>
            </div>
        </section>
    }
}

/// An entry of the list, as JSON.
fn entry(file: &str, parameters: &str) -> String {
    let library = quoted(file);
    match parameters.trim() {
        "" => format!("{{\"library\":{library}}}"),
        parameters => format!("{{\"library\":{library},\"parameters\":{parameters}}}"),
    }
}
