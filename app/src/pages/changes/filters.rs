//! Which changes are shown: chips, a server, a text; and what the list is narrowed to.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::ChangeQuery;

use super::list::List;
use super::query;
use crate::api;
use crate::components::batch::UndoBatch;
use crate::components::chip::FilterChip;
use crate::components::download::save_text;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{begin_of_local_day, local_day};
use crate::components::text_filter::TextFilter;
use crate::routes;
use crate::state::{Clock, ToastKind, Toasts};

/// The name of an exported file.
const FILE: &str = "nestor-changes.csv";
/// The same where there may be older changes than it has.
const FILE_OF_NEWEST: &str = "nestor-changes-newest-50000.csv";
/// What is then said of it.
const CUT: &str = "the newest 50,000 changes, which is the most. Filter by days for older ones.";

/// How many rows a table has, its head left out. A cell may have several lines.
fn rows(csv: &str) -> usize {
    let mut quoted = false;
    let ends = csv.bytes().filter(|octet| {
        quoted ^= *octet == b'"';
        *octet == b'\n' && !quoted
    });
    ends.count().saturating_sub(1)
}

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
            <Days list/>
            <Export list/>
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

/// The days, of which the last one counts.
#[component]
fn Days(list: List) -> impl IntoView {
    let navigate = StoredValue::new(use_navigate());
    // The zone is the browser's: the server fills in nothing, and a link names the same points in time to everybody.
    let clock = Clock::here();
    let days = Memo::new(move |_| {
        let days = |query: &ChangeQuery| query::days(query, local_day);
        if clock.knows_zone() { list.query.with(days) } else { Default::default() }
    });
    let go = move |from: &str, to: &str| {
        let (since, until) = (begin_of_local_day(from, false), begin_of_local_day(to, true));
        let href = list.query.with_untracked(|query| query::href(&query::between(query, since, until)));
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&href, options));
    };
    view! {
        <fieldset class="day-filter">
            <legend class="visually-hidden">"Only changes of these days"</legend>
            <input
                class="input"
                type="date"
                aria-label="From"
                title="From this day on, in your time zone"
                data-testid="from-day"
                prop:value=move || days.get().0
                on:change=move |event| go(&event_target_value(&event), &days.get_untracked().1)
            />
            <input
                class="input"
                type="date"
                aria-label="To"
                title="Up to and including this day, in your time zone"
                data-testid="to-day"
                prop:value=move || days.get().1
                on:change=move |event| go(&days.get_untracked().0, &event_target_value(&event))
            />
        </fieldset>
    }
    .into_any()
}

/// Saves what is listed, all pages of it, as a file.
#[component]
fn Export(list: List) -> impl IntoView {
    let toasts = Toasts::here();
    let busy = RwSignal::new(false);
    let export = move |_| {
        busy.set(true);
        let query = list.query.get_untracked();
        spawn_local(async move {
            let answer = api::export_changes(ChangeQuery { before: None, ..query }).await;
            busy.try_set(false);
            let cut = answer.as_ref().is_ok_and(|text| rows(text) >= ChangeQuery::EXPORTED);
            let file = if cut { FILE_OF_NEWEST } else { FILE };
            match answer {
                Ok(text) if save_text(file, "text/csv;charset=utf-8", &text) => {
                    let said = if cut { format!("Saved as {file}: {CUT}") } else { format!("Saved as {file}.") };
                    toasts.push(if cut { ToastKind::Warning } else { ToastKind::Done }, said, None);
                }
                Ok(_) => toasts.push(
                    ToastKind::Failed,
                    "The browser did not save the file. Allow downloads from this page.",
                    None,
                ),
                Err(error) => toasts.failed(&error.0),
            }
        });
    };
    view! {
        <button
            type="button"
            class="button"
            data-testid="export-changes"
            title="Every change that is listed, on all pages; times are in UTC"
            disabled=move || busy.get()
            on:click=export
        >
            <Icon glyph=Glyph::Download/>
            "Export CSV"
        </button>
    }
    .into_any()
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
    } else if let Some(at) = &query.at {
        Some(format!("Only changes of {at}, of what is in it, or of what it is in."))
    } else if let Some(subnet) = &query.subnet {
        Some(format!("Only changes in {}.", place(subnet)))
    } else {
        query.actor.as_ref().map(|actor| format!("Only changes by {actor}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_and_not_lines() {
        assert_eq!(rows(""), 0);
        assert_eq!(rows("a,b\n"), 0);
        assert_eq!(rows("a,b\n1,\"two\nlines, \"\"quoted\"\"\"\n2,x\n"), 2);
        assert!(FILE_OF_NEWEST.contains(&ChangeQuery::EXPORTED.to_string()));
    }
}
