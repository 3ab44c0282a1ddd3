//! The definitions of options that a server has beside Kea's own: what each is, where it is used, and forms for them.

mod form;

use leptos::prelude::*;
use model::{ConfigDefinition, ConfigDefinitions, ConfigEdit, ConfigForm, OptionDefinition, Permission, ServerName};

use self::form::{Choices, Form};
use super::review::Reviewed;
use super::uses::{Refused, Uses, places};
use super::{Asked, Listed, asked, of_part, of_server, part_named};
use crate::api;
use crate::components::empty::Empty;
use crate::components::icon::Glyph;
use crate::routes;
use crate::state::Session;

/// The definitions of options of the server that the address names.
#[component]
pub fn DefinitionsPage() -> impl IntoView {
    of_server(routes::DEFINITIONS, |server| view! { <Loading server/> }.into_any())
}

/// The definitions of a server.
const DEFINITIONS: Listed = Listed {
    page: routes::DEFINITIONS,
    missing: "Definition not found",
    all: "All definitions",
    form: |_| ConfigForm::Definitions,
};

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let (server, part) = (StoredValue::new(server), part_named());
    let ask = move |()| api::list_config_definitions(server.get_value());
    asked(
        6,
        || (),
        ask,
        move |asked: Asked<ConfigDefinitions>| {
            let all = asked.value;
            let choices = StoredValue::new(all.with_untracked(Choices::of));
            Effect::new(move || choices.set_value(all.with(Choices::of)));
            let find = move |path: &str| all.with(|all| all.definitions.iter().find(|one| one.path == path).cloned());
            let list = move || view! { <List server all choices/> }.into_any();
            let one = move |definition| view! { <One server definition choices/> }.into_any();
            DEFINITIONS.show(server, part, find, list, one)
        },
    )
}

#[component]
fn List(
    server: StoredValue<ServerName>,
    all: RwSignal<ConfigDefinitions>,
    choices: StoredValue<Choices>,
) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let refused = RwSignal::new(None::<ConfigDefinition>);
    let deleting = RwSignal::new(None::<Vec<ConfigEdit>>);
    let delete = Callback::new(move |definition: ConfigDefinition| {
        if definition.used > 0 {
            refused.set(Some(definition));
        } else {
            refused.set(None);
            deleting.set(Some(vec![ConfigEdit::remove(&definition.path)]));
        }
    });
    let refusal = move || {
        let ConfigDefinition { written, uses, used, .. } = refused.get()?;
        let why = format!("“{}” cannot be deleted while it is used in:", written.name);
        Some(view! { <Refused server why uses count=used testid="definition-refused"/> })
    };
    let rows = Memo::new(move |_| all.with(|all| all.definitions.clone()));
    let table = move || {
        let rows = rows.get();
        if rows.is_empty() {
            return view! {
                <Empty glyph=Glyph::Info title="No definitions">
                    <p>"A definition gives an option that Kea does not know a name, a code, and a type for its value."</p>
                </Empty>
            }
            .into_any();
        }
        let rows = rows.into_iter().map(|definition| view! { <Row server definition may delete/> });
        view! {
            <div class="table-frame">
                <table class="table table-cards config-table" data-testid="definitions">
                    <caption class="visually-hidden">"Definitions of options"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Option"</th>
                            <th scope="col">"Code"</th>
                            <th scope="col">"Space"</th>
                            <th scope="col">"Type"</th>
                            <th scope="col">"Used in"</th>
                            <th scope="col">
                                <span class="visually-hidden">"Actions"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect::<Vec<_>>()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        {refusal}
        {table}
        <Show when=move || may.get()>
            <Form server path=String::new() first=blank(choices) choices/>
        </Show>
        <Reviewed reviewing=deleting server/>
    }
}

/// A definition of which only the space is known.
fn blank(choices: StoredValue<Choices>) -> OptionDefinition {
    let space = choices.with_value(|choices| choices.spaces.first().cloned().unwrap_or_default());
    OptionDefinition { space, ..OptionDefinition::default() }
}

#[component]
fn Row(
    server: StoredValue<ServerName>,
    definition: ConfigDefinition,
    may: Signal<bool>,
    delete: Callback<ConfigDefinition>,
) -> impl IntoView {
    let ConfigDefinition { path, class, written, used, .. } = definition.clone();
    let href = of_part(server, routes::DEFINITIONS, &path);
    let made_of = written.made_of();
    let inside =
        (!written.encapsulates.is_empty()).then(|| format!("with options of the space {}", written.encapsulates));
    let label = format!("Delete {}", written.name);
    let definition = StoredValue::new(definition);
    view! {
        <tr class="row" data-path=path>
            <th scope="row" class="row-main">
                <a class="row-link" href=href data-noscroll="">
                    {written.name}
                </a>
                {class.map(|class| view! { <p class="muted">{format!("for the class {class} alone")}</p> })}
            </th>
            <td data-label="Code" class="mono">
                {written.code}
            </td>
            <td data-label="Space" class="mono">
                {written.space}
            </td>
            <td data-label="Type" class="config-value">
                <span class="mono">{made_of}</span>
                {inside.map(|inside| view! { <p class="muted">{inside}</p> })}
            </td>
            <td data-label="Used in">{places(used)}</td>
            <td>
                <Show when=move || may.get()>
                    <button
                        type="button"
                        class="button button-small"
                        aria-label=label.clone()
                        on:click=move |_| delete.run(definition.get_value())
                    >
                        "Delete…"
                    </button>
                </Show>
            </td>
        </tr>
    }
}

/// A definition by itself: where it is used, and the form that changes it.
#[component]
fn One(server: StoredValue<ServerName>, definition: ConfigDefinition, choices: StoredValue<Choices>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let ConfigDefinition { path, class, written, uses, used } = definition;
    let title = format!("{} ({} {})", written.name, written.space, written.code);
    let made_of = written.made_of();
    let form = move || view! { <Form server path=path.clone() first=written.clone() choices/> };
    view! {
        <section class="card form-card" aria-labelledby="definition">
            <h2 id="definition">{title}</h2>
            <nav class="subnet-ways" aria-label="More definitions">
                <a href=DEFINITIONS.href(server)>{DEFINITIONS.all}</a>
            </nav>
            {class.map(|class| view! { <p class="muted">{format!("For clients of the class {class} alone.")}</p> })}
            <p class="mono">{made_of}</p>
            <h3>"Used in"</h3>
            {if used == 0 {
                view! { <p class="muted">"Nothing."</p> }.into_any()
            } else {
                view! {
                    <Uses server uses count=used/>
                    <p class="muted">
                        "They follow another code, name or space. Values stay as they are written: the review says where they do not
                         fit another type, or where clients get other octets."
                    </p>
                }
                    .into_any()
            }}
        </section>
        <Show when=move || may.get()>{form.clone()}</Show>
    }
}
