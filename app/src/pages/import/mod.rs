//! Reservations by CSV: paste or choose a file, see what each row would do, apply, undo; and the way out again.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

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
use model::{SubnetKey, SubnetList, SubnetSummary};

use self::export::Export;
use self::rows::Verdicts;
use self::sheet::Sheet;
use self::source::Source;
use crate::api;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, load};
use crate::components::problem::SilentServers;
use crate::routes;

/// The page that takes tables.
#[component]
pub fn ImportPage() -> impl IntoView {
    let params = use_query_map();
    let asked = Memo::new(move |_| params.read().get("subnet").and_then(|subnet| subnet.parse::<SubnetKey>().ok()));
    let subnets = Resource::new(|| (), |()| api::list_subnets());
    let retry = Callback::new(move |()| subnets.refetch());
    view! {
        <Title text="Import · Nestor"/>
        <header class="page-head">
            <h1>"Import reservations"</h1>
            <a class="button" href=routes::CHANGES>
                <Icon glyph=Glyph::History/>
                "Changes"
            </a>
        </header>
        {load(
            subnets,
            8,
            move |latest| {
                view! { <Loaded latest asked retry/> }.into_any()
            },
        )}
    }
    .into_any()
}

#[component]
fn Loaded(latest: Latest<SubnetList>, asked: Memo<Option<SubnetKey>>, retry: Callback<()>) -> impl IntoView {
    let subnets = Memo::new(move |_| latest.value.with(|list| list.subnets.iter().map(Choice::of).collect::<Vec<_>>()));
    let silent = move || latest.value.with(|list| list.silent.clone());
    // What the address asks for is chosen only where it exists, under whichever name.
    let known = |key: SubnetKey| {
        latest
            .value
            .with_untracked(|list| list.subnets.iter().find(|row| row.is(&key)).map(|row| row.subnet.key.clone()))
    };
    let sheet = Sheet::new(asked.get_untracked().and_then(known));
    view! {
        {move || view! { <SilentServers problems=silent() retry/> }}
        <Source sheet subnets/>
        <Verdicts sheet/>
        <Export subnets first=sheet.subnet.get_untracked()/>
    }
}

/// A subnet that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    key: SubnetKey,
    label: String,
}

impl Choice {
    fn of(row: &SubnetSummary) -> Self {
        let subnet = &row.subnet;
        let name = subnet.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        let servers: Vec<_> = row.members.iter().map(|member| member.server.as_str()).collect();
        let place = if servers.len() > 1 { servers.join(", ") } else { subnet.key.to_string() };
        Self { key: subnet.key.clone(), label: format!("{}{name} ({place})", subnet.prefix) }
    }
}

/// One of the subnets, or none of them.
#[component]
fn SubnetSelect(
    /// The id of the field.
    id: &'static str,
    /// What it is.
    label: &'static str,
    /// What no subnet means.
    none: &'static str,
    subnets: Memo<Vec<Choice>>,
    chosen: RwSignal<Option<SubnetKey>>,
) -> impl IntoView {
    let option = move |choice: Choice| {
        let selected = chosen.with_untracked(|chosen| chosen.as_ref() == Some(&choice.key));
        view! {
            <option value=choice.key.to_string() selected=selected>
                {choice.label}
            </option>
        }
    };
    let options = move || subnets.get().into_iter().map(option).collect::<Vec<_>>();
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            <select id=id class="input" on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                <option value="" selected=chosen.with_untracked(Option::is_none)>
                    {none}
                </option>
                {options}
            </select>
        </div>
    }
}
