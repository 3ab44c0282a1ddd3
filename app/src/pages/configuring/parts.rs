//! The configuration part by part: one opens a part to see what is in it, or searches for a text.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{ConfigHint, ConfigHits, ConfigPart, ConfigParts, Permission, ServerName};

use super::reload::Reload;
use super::text::TextEditor;
use super::{Asked, asked, of_part, of_server};
use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::pager::{Pager, Part};
use crate::components::text_filter::TextFilter;
use crate::routes;
use crate::state::Session;

/// The configuration of the server that the address names.
#[component]
pub fn ConfigurationPage() -> impl IntoView {
    of_server(routes::CONFIGURATION, |server| view! { <Browser server/> }.into_any())
}

#[component]
fn Browser(server: ServerName) -> impl IntoView {
    let params = use_query_map();
    let text = Memo::new(move |_| params.with(|params| params.get("text").unwrap_or_default().trim().to_owned()));
    let server = StoredValue::new(server);
    let action = Signal::derive(move || server.with_value(|server| routes::of_server(server, routes::CONFIGURATION)));
    let searching = Memo::new(move |_| text.with(|text| !text.is_empty()));
    view! {
        <div class="toolbar">
            <TextFilter
                id="config-search"
                label="Search the configuration"
                placeholder="Search names and values"
                action
                text=text
                href=move |text: String| server.with_value(|server| routes::config_search(server, text.trim()))
                rest=Signal::derive(Vec::new)
            />
            <Reload server/>
        </div>
        {move || {
            if searching.get() {
                view! { <Hits server text/> }.into_any()
            } else {
                view! { <Parts server/> }.into_any()
            }
        }}
    }
}

#[component]
fn Hits(server: StoredValue<ServerName>, text: Memo<String>) -> impl IntoView {
    let ask = move |text| api::search_config(server.get_value(), text);
    asked(
        8,
        move || text.get(),
        ask,
        move |asked: Asked<ConfigHits>| {
            let hits = asked.value;
            let count = move || {
                let (shown, total) = hits.with(|hits| (hits.parts.len(), hits.total as usize));
                if shown == total {
                    format!("{total} found")
                } else {
                    format!("{shown} of {total} found: search for more of it")
                }
            };
            let body = move || {
                let parts = hits.with(|hits| hits.parts.clone());
                if parts.is_empty() {
                    return view! {
                    <Empty glyph=Glyph::Search title="Nothing found">
                        <p>"No name and no value of the configuration has this text in it. Secrets are not searched."</p>
                    </Empty>
                }
                .into_any();
                }
                view! { <PartTable server parts/> }.into_any()
            };
            view! {
                <p class="muted" role="status">{count}</p>
                {body}
            }
            .into_any()
        },
    )
}

#[component]
fn Parts(server: StoredValue<ServerName>) -> impl IntoView {
    let params = use_query_map();
    let part = Memo::new(move |_| {
        params.with(|params| {
            let offset = params.get("offset").and_then(|offset| offset.parse::<u32>().ok()).unwrap_or_default();
            (params.get("at").unwrap_or_default(), offset)
        })
    });
    let ask = move |(path, offset)| api::list_config_parts(server.get_value(), path, offset);
    asked(
        12,
        move || part.get(),
        ask,
        move |asked: Asked<ConfigParts>| {
            let parts = asked.value;
            let path = Memo::new(move |_| parts.with(|parts| parts.path.clone()));
            let size = Signal::derive(move || parts.with(|parts| parts.size));
            let body = move || view! { <Opened server of=parts.get()/> };
            // One for as long as the part is open: what is half typed must not go away when others change the server.
            let editor = move || view! { <EditPart server path=path.get() size/> };
            view! { {body} {editor} }.into_any()
        },
    )
}

/// A part that is opened: where it is, and what is in it.
#[component]
fn Opened(server: StoredValue<ServerName>, of: ConfigParts) -> impl IntoView {
    let ConfigParts { path, above, parts, offset, total, has_parameters, has_options, hints, absent, .. } = of;
    let ways = [(has_parameters, routes::PARAMETERS, "Parameters"), (has_options, routes::OPTIONS, "Options")];
    // Those of the whole have tabs of their own.
    let ways = ways.into_iter().filter(|(has, ..)| *has && !path.is_empty()).map(|(_, page, label)| {
        let href = of_part(server, page, &path);
        view! { <a href=href>{label}</a> }.into_any()
    });
    let changes = (!path.is_empty()).then(|| {
        let href = server.with_value(|server| routes::changes_at(server, &path));
        view! { <a href=href data-testid="changes-at">"Changes"</a> }.into_any()
    });
    let ways = ways.chain(changes).collect::<Vec<_>>();
    let link = move |path: &str, label: String| {
        let href = server.with_value(|server| routes::config_part(server, path, 0));
        view! {
            <li>
                <a href=href data-noscroll="">
                    {label}
                </a>
            </li>
        }
    };
    let mut steps = vec![link("", "Whole configuration".to_owned())];
    steps.extend(above.into_iter().map(|(path, label)| link(&path, label)));
    let shown = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let part = Part { offset, shown, size: ConfigParts::MOST, total };
    let href = move |offset: u32| server.with_value(|server| routes::config_part(server, &path, offset));
    let none = parts.is_empty();
    view! {
        <nav aria-label="Where this part is">
            <ol class="config-steps" data-testid="config-steps">{steps}</ol>
        </nav>
        {(!ways.is_empty())
            .then(|| view! { <nav class="subnet-ways" aria-label="More of this part">{ways}</nav> })}
        {if none {
            let text = if absent { "It is not set. Edit it as text to set it." } else { "Nothing is in it." };
            view! { <p class="muted">{text}</p> }.into_any()
        } else {
            view! { <PartTable server parts/> }.into_any()
        }}
        <footer class="list-foot">
            <Pager part href/>
        </footer>
        <Hints server hints/>
    }
}

/// What a part may have, with the way to what it does not have yet.
#[component]
fn Hints(server: StoredValue<ServerName>, hints: Vec<ConfigHint>) -> impl IntoView {
    let row = move |hint: ConfigHint| {
        let ConfigHint { path, name, about, takes, there } = hint;
        let name = if there || path.is_empty() {
            view! { <span class="mono">{name}</span> }.into_any()
        } else {
            let href = server.with_value(|server| routes::config_part(server, &path, 0));
            view! { <a class="mono" href=href>{name}</a> }.into_any()
        };
        view! {
            <li>
                {name} " " <span class="muted">{format!("{about} Takes {takes}.")} {there.then_some(" Is set.")}</span>
            </li>
        }
    };
    (!hints.is_empty()).then(|| {
        view! {
            <details class="fold" data-testid="config-hints">
                <summary>"What may be here"</summary>
                <ul class="review-words">{hints.into_iter().map(row).collect::<Vec<_>>()}</ul>
            </details>
        }
    })
}

/// The way to edit a part as text. Large parts are edited part by part.
#[component]
fn EditPart(server: StoredValue<ServerName>, path: String, size: Signal<u64>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let fits = move || size.get() <= ConfigParts::MOST_TEXT;
    let editing = RwSignal::new(false);
    let path = StoredValue::new(path);
    let close = Callback::new(move |()| editing.set(false));
    view! {
        <Show when=move || may.get() && fits() && !editing.get()>
            <p>
                <button type="button" class="button" data-testid="edit-text" on:click=move |_| editing.set(true)>
                    <Icon glyph=Glyph::Edit/>
                    "Edit as text"
                </button>
            </p>
        </Show>
        <Show when=move || editing.get()>
            <TextEditor server path=path.get_value() on_close=close/>
        </Show>
    }
}

#[component]
fn PartTable(server: StoredValue<ServerName>, parts: Vec<ConfigPart>) -> impl IntoView {
    let row = move |part: ConfigPart| {
        let ConfigPart { path, label, text, count } = part;
        let href = server.with_value(|server| routes::config_part(server, &path, 0));
        let name = match count {
            Some(_) => view! {
                <a class="row-link" href=href data-noscroll="">
                    {label}
                </a>
            }
            .into_any(),
            None => view! { <span>{label}</span> }.into_any(),
        };
        view! {
            <tr class="row" data-path=path>
                <th scope="row" class="row-main">
                    {name}
                </th>
                <td data-label="Value" class="mono config-value">
                    {text}
                </td>
                <td data-label="Parts" class="number">
                    {count}
                </td>
            </tr>
        }
    };
    view! {
        <div class="table-frame">
            <table class="table table-cards config-table" data-testid="config-parts">
                <caption class="visually-hidden">"Parts of the configuration"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Part"</th>
                        <th scope="col">"Value"</th>
                        <th scope="col" class="number">
                            "Parts"
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=move || parts.clone() key=Clone::clone children=row/>
                </tbody>
            </table>
        </div>
    }
}
