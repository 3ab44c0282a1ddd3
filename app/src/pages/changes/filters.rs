//! Which changes are shown: chips, a server, a text; and what the list is narrowed to.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::ChangeQuery;

use super::list::List;
use super::query;
use crate::components::batch::UndoBatch;
use crate::components::chip::FilterChip;
use crate::components::icon::{Glyph, Icon};
use crate::components::text_filter::TextFilter;
use crate::routes;

/// Chips, the server and the text.
#[component]
pub(super) fn Filters(list: List) -> impl IntoView {
    let chips = query::FILTERS.map(|(filter, _, label)| {
        let href = Signal::derive(move || list.query.with(|query| query::href(&query::with_filter(query, filter))));
        let on = Signal::derive(move || list.query.with(|query| query.filter == filter));
        view! { <FilterChip label href on/> }
    });
    let text = Signal::derive(move || list.query.with(|query| query.text.clone()));
    let rest = Signal::derive(move || list.query.with(|query| query::pairs(&query::with_text(query, ""))));
    let href = move |text: String| list.query.with_untracked(|query| query::href(&query::with_text(query, &text)));
    view! {
        <div class="toolbar">
            <nav class="chips" aria-label="Filter" data-testid="change-filters">
                {chips}
            </nav>
            <ServerFilter list/>
            <TextFilter
                id="change-filter"
                label="Only changes with this text"
                placeholder="Who, client, address, host name …"
                action=routes::CHANGES
                text
                href
                rest
            />
        </div>
    }
}

/// The server, where there are several.
#[component]
fn ServerFilter(list: List) -> impl IntoView {
    let navigate = StoredValue::new(use_navigate());
    let servers = Memo::new(move |_| list.servers());
    let chosen = Memo::new(move |_| list.query.with(|query| query.server.as_ref().map(ToString::to_string)));
    let choose = move |name: String| {
        let href = list.query.with_untracked(|query| query::href(&query::with_server(query, name.parse().ok())));
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&href, options));
    };
    let options = move || {
        let all = servers.get().into_iter().map(|server| {
            let name = server.to_string();
            let selected = chosen.with(|chosen| chosen.as_ref() == Some(&name));
            view! {
                <option value=name selected=selected>
                    {server.to_string()}
                </option>
            }
        });
        all.collect::<Vec<_>>()
    };
    view! {
        <Show when=move || servers.with(|servers| servers.len() > 1) || chosen.with(Option::is_some)>
            <label class="server-filter">
                <span class="visually-hidden">"Only changes on this server"</span>
                <select
                    class="input"
                    data-testid="server-filter"
                    on:change=move |event| choose(event_target_value(&event))
                >
                    <option value="" selected=move || chosen.with(Option::is_none)>
                        "All servers"
                    </option>
                    {options}
                </select>
            </label>
        </Show>
    }
}

/// The one subnet, client or batch that the list is narrowed to, and the way out.
#[component]
pub(super) fn Narrowed(list: List) -> impl IntoView {
    move || {
        let query = list.query.get();
        let text = narrowed(list, &query)?;
        let batch = query.batch.clone();
        Some(view! {
            <section class="strip change-strip" aria-label="Active filters">
                <Icon glyph=Glyph::Filter/>
                <p>{text}</p>
                {batch.map(|batch| view! { <UndoBatch batch on_done=list.refetch/> })}
                <a class="card-more" href=query::href(&query::wider(&query))>
                    "Show all changes"
                </a>
            </section>
        })
    }
}

fn narrowed(list: List, query: &ChangeQuery) -> Option<String> {
    let place = |key| match list.subnet(key) {
        (subnet, Some(server)) => format!("{subnet} on {server}"),
        (subnet, None) => subnet,
    };
    if query.batch.is_some() {
        Some("Only the changes of one batch.".to_owned())
    } else if let Some(key) = &query.reservation {
        Some(format!("Only the history of {} in {}.", key.identifier, place(&key.subnet)))
    } else if let Some(element) = &query.element {
        Some(format!("Only the history of the name of {}.", place(element.subnet())))
    } else {
        query.subnet.as_ref().map(|subnet| format!("Only changes in {}.", place(subnet)))
    }
}
