//! What was changed, by whom, how it stands, and the way back.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

mod act;
mod detail;
mod filters;
mod lines;
mod list;
mod query;
mod row;
mod words;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::OutsideChange;

use self::filters::{Filters, Narrowed};
use self::list::{Foot, List, Table};
use crate::api;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::import_link::ImportLink;
use crate::components::latest::{Outdated, load};
use crate::components::moment::sentence;
use crate::live::Live;
use crate::routes;

/// The changes.
#[component]
pub fn ChangesPage() -> impl IntoView {
    let live = Live::here();
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(query::read));
    let changes = Resource::new(
        move || (query.get(), live.version()),
        |(query, _)| async move { api::list_changes(query::as_asked(&query)).await.map(|page| (query, page)) },
    );
    let refetch = Callback::new(move |()| changes.refetch());
    view! {
        <Title text="Changes · Nestor"/>
        <header class="page-head">
            <h1>"Changes"</h1>
            <ImportLink/>
        </header>
        {load(
            changes,
            10,
            move |latest| {
                let list = List::new(query, latest, refetch);
                view! { <Loaded list/> }.into_any()
            },
        )}
    }
    .into_any()
}

#[component]
fn Loaded(list: List) -> impl IntoView {
    let nothing_yet = Memo::new(move |_| list.is_empty() && list.asks_for_all());
    view! {
        <Show when=move || !nothing_yet.get()>
            <Filters list/>
            <Narrowed list/>
        </Show>
        <Outdated problem=list.latest.problem retry=list.refetch/>
        <Outside list/>
        <Show when=move || !nothing_yet.get() fallback=|| view! { <NoChangesYet/> }>
            <Table list/>
            <Foot list/>
        </Show>
        {move || list::number(list.open).map(|number| view! { <detail::Detail list number/> })}
        {move || list.ask.get().map(|(act, change)| view! { <act::Question list act change/> })}
    }
}

/// What others changed of configurations, until somebody has looked at it.
#[component]
fn Outside(list: List) -> impl IntoView {
    let outside = Memo::new(move |_| list.latest.value.with(|(_, page)| page.outside.clone()));
    move || {
        let strip = |change: OutsideChange| {
            let href = routes::of_server(&change.server, routes::HISTORY);
            view! {
                <section class="strip change-strip" aria-label="Changed outside Nestor" data-testid="outside">
                    <Icon glyph=Glyph::Info/>
                    <p>{change.server.to_string()} ": " {sentence(&change.text)}</p>
                    <a class="card-more" href=href>
                        "Show"
                    </a>
                </section>
            }
        };
        outside.get().into_iter().map(strip).collect::<Vec<_>>()
    }
}

#[component]
fn NoChangesYet() -> impl IntoView {
    view! {
        <section class="card">
            <Empty glyph=Glyph::History title="No changes yet">
                <p>
                    "Every change of a reservation, or of the name of a subnet, that is made through Nestor appears here: in the console, by Foreman, by a CSV import or on the command line. Each change can be undone."
                </p>
            </Empty>
        </section>
    }
}
