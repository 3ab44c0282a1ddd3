//! The servers: how they are, what they have not saved, and whether those of a pair hold the same.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

mod card;
mod drift;
mod lost;
mod pair;
mod words;

use leptos::prelude::*;
use leptos_meta::Title;
use model::{Pair, ServerName, ServerStatus};

use self::card::Card;
use self::pair::PairCard;
use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::freshness::Freshness;
use crate::components::icon::Glyph;
use crate::components::latest::{Latest, Outdated, load};
use crate::live::Live;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Servers {
    latest: Latest<Vec<ServerStatus>>,
    refetch: Callback<()>,
    live: Live,
}

impl Servers {
    fn names(self) -> Vec<ServerName> {
        self.latest.value.with(|servers| servers.iter().map(|server| server.name.clone()).collect())
    }

    /// One of them, as last reported; none when it is no longer listed.
    fn one(self, name: ServerName) -> Memo<Option<ServerStatus>> {
        Memo::new(move |_| self.latest.value.with(|servers| servers.iter().find(|server| server.name == name).cloned()))
    }

    fn pairs(self) -> Vec<Pair> {
        self.latest.value.with(|servers| Pair::of_all(servers))
    }
}

/// The servers.
#[component]
pub fn ServersPage() -> impl IntoView {
    let live = Live::here();
    let servers = Resource::new(move || live.version(), |_| api::list_servers());
    let refetch = Callback::new(move |()| servers.refetch());
    view! {
        <Title text="Servers · Nestor"/>
        {load(
            servers,
            8,
            move |latest| {
                let servers = Servers { latest, refetch, live };
                view! { <Loaded servers/> }.into_any()
            },
        )}
    }
    .into_any()
}

#[component]
fn Loaded(servers: Servers) -> impl IntoView {
    let oldest = |all: &Vec<ServerStatus>| all.iter().filter(|one| one.dated().is_none()).map(|one| one.as_of).min();
    let as_of = Memo::new(move |_| servers.latest.value.with(oldest));
    let pairs = Memo::new(move |_| servers.pairs());
    let pair_names = move || {
        pairs.with(|pairs| {
            pairs.iter().map(|pair| pair.names().map(ToOwned::to_owned).collect()).collect::<Vec<Vec<String>>>()
        })
    };
    view! {
        <header class="page-head">
            <h1>"Servers"</h1>
            {move || as_of.get().map(|as_of| view! { <Freshness as_of/> })}
        </header>
        <Outdated problem=servers.latest.problem retry=servers.refetch/>
        <Show when=move || !servers.names().is_empty() fallback=|| view! { <NoServers/> }>
            <Each each=pair_names key=Clone::clone children=move |names| view! { <PairCard pairs names/> }/>
            <div class="columns">
                <Each each=move || servers.names() key=Clone::clone children=move |name| view! { <Card servers name/> }/>
            </div>
        </Show>
    }
}

#[component]
fn NoServers() -> impl IntoView {
    view! {
        <Empty glyph=Glyph::Server title="No Kea server yet">
            <p>
                "Servers appear here with their state, unsaved changes and pair differences. None is configured yet: add the first one to "
                <code>"nestor.toml"</code> " and restart Nestor."
            </p>
        </Empty>
    }
}
