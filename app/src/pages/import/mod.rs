//! Reservations by CSV: paste or choose a file, see what each row would do, apply, undo; and the way out again.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

mod choice;
mod columns;
mod export;
mod row;
mod rows;
mod sheet;
mod source;
mod words;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{NetworkPage, NetworkQuery, Permission, SubnetKey};

use self::choice::{Choice, Choices, choices};
use self::export::Export;
use self::rows::Verdicts;
use self::sheet::Sheet;
use self::source::Source;
use crate::api::{self, Answer};
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, load};
use crate::components::problem::SilentServers;
use crate::components::right::ByRight;
use crate::components::unsaved::ask_before_leaving;
use crate::routes;

/// The page that takes tables.
#[component]
pub fn ImportPage() -> impl IntoView {
    let params = use_query_map();
    let asked = Memo::new(move |_| params.read().get("subnet").and_then(|subnet| subnet.parse::<SubnetKey>().ok()));
    let start = Resource::new(move || asked.get_untracked().or_else(sheet::left_subnet), start);
    let retry = Callback::new(move |()| start.refetch());
    view! {
        <Title text="Import · Nestor"/>
        <header class="page-head">
            <h1>
                <ByRight permission=Permission::Reserve otherwise=|| "Export reservations">"Import reservations"</ByRight>
            </h1>
            <a class="button" href=routes::CHANGES>
                <Icon glyph=Glyph::History/>
                "Changes"
            </a>
        </header>
        {load(
            start,
            8,
            move |latest| {
                view! { <Loaded latest retry/> }.into_any()
            },
        )}
    }
    .into_any()
}

/// What the page begins with: the first subnets, and the one that its address asks for, where there is one of that name.
type Start = (NetworkPage, Option<Choice>);

async fn start(asked: Option<SubnetKey>) -> Answer<Start> {
    let asked = match asked {
        Some(key) => api::get_subnet(key).await.ok().as_ref().map(Choice::of_summary),
        None => None,
    };
    Ok((api::list_networks(NetworkQuery::default()).await?, asked))
}

#[component]
fn Loaded(latest: Latest<Start>, retry: Callback<()>) -> impl IntoView {
    let silent = move || latest.value.with(|(page, _)| page.silent.clone());
    let (page, asked) = latest.value.get_untracked();
    let sheet = Sheet::here(asked.as_ref().map(|choice| choice.key.clone()));
    let subnets = Choices { first: choices(&page), all: page.all, asked };
    ask_before_leaving(move || sheet.is_unsaved());
    let source = subnets.clone();
    view! {
        {move || view! { <SilentServers problems=silent() retry/> }}
        // Who may only look would end at a table that they may not apply.
        <ByRight permission=Permission::Reserve otherwise=|| ()>
            <Source sheet subnets=source.clone()/>
            <Verdicts sheet/>
        </ByRight>
        <Export subnets first=sheet.subnet.get_untracked()/>
    }
}
