//! What common devices and ways to boot need: a form for each, and where it holds.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ConfigEdit, ConfigTemplate, ConfigTemplateField, ConfigTemplates, FieldError, Permission, ServerName};

use super::form_card::FormCard;
use super::review::Reviewed;
use super::{Asked, asked, of_server};
use crate::api;
use crate::components::field::{FaultLine, TextField};
use crate::routes;
use crate::state::Session;

/// The templates for the server that the address names.
/// No findings stand there: those of what a template makes stand on the pages of classes and options.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    of_server(routes::TEMPLATES, |server| view! { <Loading server/> }.into_any())
}

/// What the forms share.
#[derive(Clone, Copy)]
struct Shared {
    server: StoredValue<ServerName>,
    /// The paths of the parts where it is to hold; none: on the whole server.
    places: RwSignal<BTreeSet<String>>,
    may: Signal<bool>,
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let server = StoredValue::new(server);
    let shared = Shared { server, places: RwSignal::new(BTreeSet::new()), may: Session::allows(Permission::Reserve) };
    let ask = move |()| api::list_config_templates(server.get_value());
    asked(
        8,
        || (),
        ask,
        move |asked: Asked<ConfigTemplates>| {
            let ConfigTemplates { templates, places } = asked.value.get_untracked();
            let templates = StoredValue::new(templates);
            let forms = move || {
                let form = |template| view! { <Form template shared/> };
                templates.get_value().into_iter().map(form).collect::<Vec<_>>()
            };
            let titles = move || {
                let title = |template: ConfigTemplate| view! { <li>{template.title}</li> };
                let titles = templates.get_value().into_iter().map(title).collect::<Vec<_>>();
                view! {
                    <div class="card card-body">
                        <ul class="review-words">{titles}</ul>
                        <p class="muted">"Operators add them here."</p>
                    </div>
                }
            };
            view! {
                <p class="muted">"What common devices and ways to boot need, made in one change."</p>
                <Places places shared/>
                <Show when=move || shared.may.get() fallback=titles>
                    {forms}
                </Show>
            }
            .into_any()
        },
    )
}

/// Where what is added holds.
#[component]
fn Places(places: Vec<(String, String)>, shared: Shared) -> impl IntoView {
    let summary = move || match shared.places.with(BTreeSet::len) {
        0 => "For the whole server".to_owned(),
        1 => "In 1 subnet or shared network alone".to_owned(),
        count => format!("In {count} subnets and shared networks alone"),
    };
    let filter = RwSignal::new(String::new());
    let place = move |(path, label): (String, String)| {
        let this = path.clone();
        let searched = label.to_lowercase();
        let hidden = move || filter.with(|filter| !searched.contains(&filter.trim().to_lowercase()));
        let change = move |event| {
            let chosen = event_target_checked(&event);
            shared.places.update(|places| {
                let _ = if chosen { places.insert(path.clone()) } else { places.remove(&path) };
            });
        };
        view! {
            <li hidden=hidden>
                <label class="check-line">
                    <input
                        type="checkbox"
                        prop:checked=move || shared.places.with(|places| places.contains(&this))
                        on:change=change
                    />
                    <span>{label}</span>
                </label>
            </li>
        }
    };
    let places = StoredValue::new(places);
    view! {
        <Show when=move || shared.may.get()>
            <details class="fold" data-testid="template-places">
                <summary>{summary}</summary>
                <input
                    class="input"
                    type="search"
                    aria-label="Filter subnets and shared networks"
                    placeholder="Filter by prefix or name"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || filter.get()
                    on:input=move |event| filter.set(event_target_value(&event))
                />
                <ul class="bulk-subnets">{places.get_value().into_iter().map(place).collect::<Vec<_>>()}</ul>
            </details>
        </Show>
    }
}

/// What is typed into a field of a template.
#[derive(Clone)]
struct Typed {
    field: ConfigTemplateField,
    text: RwSignal<String>,
}

#[component]
fn Form(template: ConfigTemplate, shared: Shared) -> impl IntoView {
    let ConfigTemplate { name, title, fields } = template;
    let fields: Vec<Typed> =
        fields.into_iter().map(|field| Typed { field, text: RwSignal::new(String::new()) }).collect();
    let faults = RwSignal::new(Vec::<FieldError>::new());
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let inputs = fields.iter().map(|typed| view! { <Input of=name.clone() typed=typed.clone() faults/> });
    let inputs = inputs.collect::<Vec<_>>();
    // What is of no field.
    let names: Vec<String> = fields.iter().map(|typed| typed.field.name.clone()).collect();
    let rest = move || {
        let other = |fault: &FieldError| (!names.contains(&fault.field)).then(|| fault.text.clone());
        let texts = faults.with(|faults| faults.iter().filter_map(other).collect::<Vec<_>>());
        texts.into_iter().map(|text| view! { <FaultLine text/> }).collect::<Vec<_>>()
    };
    let fields = StoredValue::new(fields);
    let testid = format!("template-{name}");
    let ask = move |()| {
        let value = |typed: &Typed| (typed.field.name.clone(), typed.text.get_untracked());
        let values = fields.with_value(|fields| fields.iter().map(value).collect());
        let places = shared.places.get_untracked().into_iter().collect();
        let (server, name) = (shared.server.get_value(), name.clone());
        spawn_local(async move {
            match api::fill_config_template(server, name, values, places).await {
                Ok(edits) => {
                    faults.try_set(Vec::new());
                    reviewing.try_set(Some(edits));
                }
                Err(error) if error.0.fields.is_empty() => {
                    faults.try_set(vec![FieldError::new("", error.0.text)]);
                }
                Err(error) => drop(faults.try_set(error.0.fields)),
            }
        });
    };
    let applied = move |()| {
        fields.with_value(|fields| fields.iter().for_each(|typed| typed.text.set(String::new())));
    };
    view! {
        <FormCard title testid several=true on_review=ask>
            {inputs}
            <div aria-live="polite">{rest}</div>
        </FormCard>
        <Reviewed reviewing server=shared.server on_applied=applied/>
    }
}

#[component]
fn Input(of: String, typed: Typed, faults: RwSignal<Vec<FieldError>>) -> impl IntoView {
    let Typed { field: ConfigTemplateField { name, label, example, optional }, text } = typed;
    let label = if optional { format!("{label} (may stay empty)") } else { label };
    let field = format!("template-{of}-{name}");
    let fault = Signal::derive(move || {
        faults.with(|faults| faults.iter().find(|fault| fault.field == name).map(|fault| fault.text.clone()))
    });
    view! {
        <TextField
            name=field
            label
            value=text
            on_input=move |typed| text.set(typed)
            fault
            placeholder=example
            mono=true
        />
    }
}
