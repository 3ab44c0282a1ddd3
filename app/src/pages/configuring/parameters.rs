//! The parameters of a part: what is set, what holds, and where that comes from.

use leptos::prelude::*;
use model::{
    ConfigEdit, ConfigForm, ConfigParameter, ConfigParameters, ParameterGroup, ParameterKind, Permission, ServerName,
};

use super::class_choice::ClassChoice;
use super::edits::Edits;
use super::review::EditBar;
use super::typed::{json, shown, typed};
use super::{Asked, OfPart, asked, of_server, part_named};
use crate::api;
use crate::components::field::FieldNotes;
use crate::routes;
use crate::state::Session;

/// The parameters of the server that the address names.
#[component]
pub fn ParametersPage() -> impl IntoView {
    of_server(routes::PARAMETERS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let (edits, server, part) = (Edits::new(), StoredValue::new(server), part_named());
    let ask = move |part| api::list_config_parameters(server.get_value(), part);
    asked(
        12,
        move || part.get(),
        ask,
        move |asked: Asked<ConfigParameters>| {
            let settled = edits.settled(asked.value);
            let groups = move || view! { <Groups groups=settled.get().1.groups edits/> };
            view! {
                <OfPart server part page=ConfigForm::Parameters(String::new())/>
                {groups}
                <EditBar edits server/>
            }
            .into_any()
        },
    )
}

/// Parameters in groups.
#[component]
pub(super) fn Groups(groups: Vec<ParameterGroup>, edits: Edits) -> impl IntoView {
    let filter = RwSignal::new(String::new());
    let group = move |ParameterGroup { title, parameters, .. }: ParameterGroup| {
        let names: Vec<String> = parameters.iter().map(|one| format!("{} {}", one.name, one.about)).collect();
        let any = move || filter.with(|filter| names.iter().any(|name| fits(name, filter)));
        view! {
            <section class="card parameter-group" hidden=move || !any()>
                <header class="card-head">
                    <h2>{title}</h2>
                </header>
                <Rows parameters edits filter/>
            </section>
        }
    };
    let groups = groups.into_iter().map(group).collect::<Vec<_>>();
    view! {
        <div class="toolbar parameter-filter">
            <label class="visually-hidden" for="parameter-filter">
                "Filter parameters"
            </label>
            <input
                id="parameter-filter"
                class="input"
                type="search"
                placeholder="Filter parameters"
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| filter.set(event_target_value(&event))
            />
        </div>
        {groups}
    }
}

/// A table of parameters.
#[component]
pub(super) fn Rows(
    /// The parameters.
    parameters: Vec<ConfigParameter>,
    /// What is typed.
    edits: Edits,
    /// Those that have this text are shown; empty: all.
    #[prop(optional)]
    filter: RwSignal<String>,
) -> impl IntoView {
    let rows = parameters.into_iter().map(|parameter| view! { <Row parameter edits filter/> }).collect::<Vec<_>>();
    view! {
        <table class="table table-cards parameter-table">
            <thead class="visually-hidden">
                <tr>
                    <th scope="col">"Parameter"</th>
                    <th scope="col">"Value"</th>
                    <th scope="col">"Where from"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn fits(name: &str, filter: &str) -> bool {
    name.to_lowercase().contains(&filter.trim().to_lowercase())
}

#[component]
fn Row(parameter: ConfigParameter, edits: Edits, filter: RwSignal<String>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let own = parameter.own.as_ref().map(|json| typed(&parameter, json)).unwrap_or_default();
    let text = RwSignal::new(own.clone());
    let ConfigParameter { path, name, about, notes, from, fixed, .. } = parameter.clone();
    let value = parameter.own.as_ref().or(parameter.inherited.as_ref());
    let value = value.map_or_else(|| "–".to_owned(), |json| shown(&parameter, json));
    let searched = format!("{name} {about}");
    let notes = notes.into_iter().map(|note| view! { <p class="muted">{note}</p> }).collect::<Vec<_>>();
    let parameter = StoredValue::new(parameter);
    let control = path.clone();
    // What cannot be missing is not taken out once it is there.
    let stays = parameter.with_value(|parameter| parameter.required && parameter.own.is_some());
    // Only subnets, and what is in or around them, inherit.
    let unset = if path.contains("subnet") || path.contains("networks") { "Inherit" } else { "Clear" };
    let is_set = move || text.with(|text| !text.trim().is_empty());
    let set = move |typed: String| {
        let edit = parameter.with_value(|parameter| edit(parameter, &typed));
        edits.put(&parameter.with_value(|parameter| parameter.path.clone()), edit);
        text.set(typed);
    };
    let set = Callback::new(set);
    let from = move || if is_set() { "set here".to_owned() } else { from.clone() };
    let cell = move || {
        if may.get() && !fixed {
            view! { <Control parameter text edits set/> }.into_any()
        } else {
            view! { <span>{value.clone()}</span> }.into_any()
        }
    };
    view! {
        <tr
            class="row"
            class:is-changed=move || edits.touches(&control)
            data-path=path
            hidden=move || !filter.with(|filter| fits(&searched, filter))
        >
            <th scope="row">
                <span class="mono">{name}</span>
                <p class="muted">{about}</p>
                {notes}
            </th>
            <td data-label="Value" class="config-value">
                {cell}
            </td>
            <td data-label="Where from" class="muted">
                {from} " "
                <Show when=move || may.get() && is_set() && !stays && !fixed>
                    <button type="button" class="link" on:click=move |_| set.run(String::new())>
                        {unset}
                    </button>
                </Show>
            </td>
        </tr>
    }
}

/// What is typed into the control of a parameter; empty: nothing is set on the part itself.
fn edit(parameter: &ConfigParameter, text: &str) -> Option<Result<Vec<ConfigEdit>, String>> {
    let path = &parameter.path;
    if text.trim().is_empty() {
        return parameter.own.as_ref().map(|_| Ok(vec![ConfigEdit::unset(path)]));
    }
    match json(parameter, text) {
        Ok(value) => (parameter.own.as_ref() != Some(&value)).then(|| Ok(vec![ConfigEdit::set(path, value)])),
        Err(fault) => Some(Err(fault)),
    }
}

/// What a value is typed into, or chosen from; empty where none is set on the part itself.
#[component]
fn Control(
    parameter: StoredValue<ConfigParameter>,
    text: RwSignal<String>,
    edits: Edits,
    set: Callback<String>,
) -> impl IntoView {
    let ConfigParameter { path, name, kind, unit, classes, .. } = parameter.get_value();
    let several = kind == ParameterKind::Texts;
    let inherited = parameter.with_value(|parameter| {
        parameter.inherited.as_ref().map_or_else(|| "not set".to_owned(), |json| shown(parameter, json))
    });
    let stays = parameter.with_value(|parameter| parameter.required && parameter.own.is_some());
    let choices = match kind {
        ParameterKind::Flag => Some(vec![("true".to_owned(), "yes".to_owned()), ("false".to_owned(), "no".to_owned())]),
        ParameterKind::Word(words) => Some(words.into_iter().map(|word| (word.clone(), word)).collect()),
        _ => None,
    };
    if let Some(choices) = choices {
        let choice = move |(value, label): (String, String)| {
            let this = value.clone();
            view! {
                <option value=value selected=move || text.with(|text| *text == this)>
                    {label}
                </option>
            }
        };
        let none = (!stays).then(|| (String::new(), format!("inherited: {inherited}")));
        let all = none.into_iter().chain(choices).map(choice).collect::<Vec<_>>();
        return view! {
            <select class="input" aria-label=name on:change=move |event| set.run(event_target_value(&event))>
                {all}
            </select>
        }
        .into_any();
    }
    let fault = Memo::new(move |_| edits.fault(&path));
    let unit = Some(unit).filter(|unit| !["", "s", "count"].contains(&unit.as_str()));
    view! {
        <div class="field" class:is-wrong=move || fault.with(Option::is_some)>
            <div class="field-line">
                <input
                    class="input mono"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-label=name
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    placeholder=inherited
                    prop:value=move || text.get()
                    on:input=move |event| set.run(event_target_value(&event))
                />
                {unit.map(|unit| view! { <span class="muted">{unit}</span> })}
            </div>
            <FieldNotes fault/>
            {(!classes.is_empty()).then(|| view! { <ClassChoice text known=classes several set/> })}
        </div>
    }
    .into_any()
}
