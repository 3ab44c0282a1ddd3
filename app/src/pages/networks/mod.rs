//! Every subnet of every server.

pub mod addresses;
mod arrange;
pub mod subnet;

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::{SubnetList, SubnetSummary};

use self::arrange::{Group, Order, arrange, servers};
use crate::api;
use crate::components::empty::Empty;
use crate::components::freshness::AsOf;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::{ProblemView, SilentServers};
use crate::components::server::Members;
use crate::components::skeleton::Skeleton;
use crate::components::utilization_bar::UtilizationBar;
use crate::live::Live;
use crate::routes;

/// How long after the last key the address of the page follows.
const PATIENCE: Duration = Duration::from_millis(300);

/// What is shown of the list, kept in the address of the page.
#[derive(Clone, Copy)]
struct View {
    text: RwSignal<String>,
    order: Memo<Order>,
}

impl View {
    /// The view that the address says, and that from then on writes the address.
    fn from_address() -> Self {
        let query = use_query_map();
        let said = move || query.read().get("text").unwrap_or_default();
        let order = Memo::new(move |_| query.read().get("sort").map(|sort| Order::parse(&sort)).unwrap_or_default());
        let text = RwSignal::new(untrack(said));
        let written = StoredValue::new(text.get_untracked());
        // Back and forward change the address: the field follows, unless it was the field that changed the address.
        Effect::new(move || {
            let said = said();
            if written.get_value() != said {
                written.set_value(said.clone());
                text.set(said);
            }
        });
        let navigate = StoredValue::new(use_navigate());
        let timer = StoredValue::new(None::<TimeoutHandle>);
        Effect::new(move |before: Option<String>| {
            let now = text.get();
            if before.is_some_and(|before| before != now) {
                if let Some(timer) = timer.get_value() {
                    timer.clear();
                }
                let now = now.clone();
                let write = move || {
                    let stale = written.try_get_value().is_none_or(|written| written == now);
                    if stale {
                        return;
                    }
                    written.set_value(now.clone());
                    let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                    let path = routes::networks(&now, order.get_untracked().as_str());
                    navigate.with_value(|navigate| navigate(&path, options));
                };
                timer.set_value(set_timeout_with_handle(write, PATIENCE).ok());
            }
            now
        });
        on_cleanup(move || {
            if let Some(timer) = timer.try_get_value().flatten() {
                timer.clear();
            }
        });
        Self { text, order }
    }
}

/// The list of subnets.
#[component]
pub fn NetworksPage() -> impl IntoView {
    let live = Live::here();
    let list = Resource::new(move || live.version(), |_| api::list_subnets());
    let view = View::from_address();
    view! {
        <Title text="Networks · Nestor"/>
        <header class="page-head">
            <h1>"Networks"</h1>
            <a class="button" href=routes::IMPORT>
                <Icon glyph=Glyph::File/>
                "Import CSV"
            </a>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=10/> }>
            {move || Suspend::new(async move {
                let retry = Callback::new(move |()| list.refetch());
                match list.await {
                    Ok(list) => view! { <Subnets list view retry/> }.into_any(),
                    Err(error) => view! { <ProblemView problem=error.0 retry/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Subnets(list: SubnetList, view: View, retry: Callback<()>) -> impl IntoView {
    let SubnetList { subnets, silent } = list;
    let any_silent = !silent.is_empty();
    let silent = view! { <SilentServers problems=silent retry/> };
    if subnets.is_empty() {
        return view! {
            {silent}
            <Empty glyph=Glyph::Networks title="No subnets">
                {if any_silent {
                    "Subnets will appear here as soon as a server answers."
                } else {
                    "Subnets will appear here once they are in the configuration of a Kea server. The servers that answer have none."
                }}
            </Empty>
        }
        .into_any();
    }
    let several_servers = servers(&subnets) > 1;
    let total = subnets.len();
    let subnets = StoredValue::new(subnets);
    let groups = Memo::new(move |_| {
        let text = view.text.get();
        subnets.with_value(|subnets| arrange(subnets, &text, view.order.get()))
    });
    let shown = move || groups.with(|groups| groups.iter().map(|group| group.rows.len()).sum::<usize>());
    let table = move || {
        let groups = groups.get();
        if groups.is_empty() {
            return view! {
                <Empty glyph=Glyph::Filter title="No subnet matches">
                    <p>
                        "Subnets with “" {view.text.get()} "” in prefix, name, shared network or server would appear here. "
                        <button type="button" class="link" on:click=move |_| view.text.set(String::new())>
                            "Show all"
                        </button>
                    </p>
                </Empty>
            }
            .into_any();
        }
        view! { <Table groups view several_servers/> }.into_any()
    };
    view! {
        {silent}
        <Filter view shown=Signal::derive(shown) total/>
        {table}
    }
    .into_any()
}

#[component]
fn Filter(view: View, shown: Signal<usize>, total: usize) -> impl IntoView {
    let first = view.text.get_untracked();
    view! {
        <form class="toolbar" method="get" action=routes::NETWORKS role="search" on:submit=|event| event.prevent_default()>
            <label class="filter">
                <Icon glyph=Glyph::Filter/>
                <input
                    class="input"
                    type="search"
                    name="text"
                    value=first
                    prop:value=move || view.text.get()
                    on:input:target=move |event| view.text.set(event.target().value())
                    placeholder="Filter by prefix, name or network"
                    aria-label="Filter subnets"
                    autocomplete="off"
                    spellcheck="false"
                />
            </label>
            <p class="muted" role="status">
                {move || {
                    let shown = shown.get();
                    if shown == total { format!("{total} subnets") } else { format!("{shown} of {total} subnets") }
                }}
            </p>
        </form>
    }
    .into_any()
}

#[component]
fn Table(groups: Vec<Group>, view: View, several_servers: bool) -> impl IntoView {
    let columns = if several_servers { 7 } else { 6 };
    let bodies = groups.into_iter().map(|group| {
        let titled = group.title.is_some();
        let heading = group.title.map(|title| {
            view! {
                <tr class="group-head">
                    <th colspan=columns.to_string() scope="rowgroup">
                        {title}
                    </th>
                </tr>
            }
        });
        let rows = group.rows.into_iter().map(|summary| view! { <Row summary several_servers tell_network=!titled/> });
        view! { <tbody>{heading} {rows.collect::<Vec<_>>()}</tbody> }
    });
    let bodies = bodies.collect::<Vec<_>>();
    view! {
        <div class="table-frame">
            <table class="table table-cards">
                <caption class="visually-hidden">"Subnets"</caption>
                <thead>
                    <tr>
                        <SortHead view ascending=Order::Prefix descending=Order::PrefixDown name="Subnet"/>
                        <SortHead view ascending=Order::Name descending=Order::NameDown name="Name"/>
                        <SortHead view ascending=Order::UsedDown descending=Order::Used name="Used"/>
                        <th scope="col" class="number">"Free"</th>
                        <th scope="col" class="number">"Pools"</th>
                        <th scope="col">"Gateway"</th>
                        {several_servers.then(|| view! { <th scope="col">"Servers"</th> })}
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
    }
    .into_any()
}

/// A column that can be sorted by: the first click gives `ascending` (or what is wanted first), the second `descending`.
#[component]
fn SortHead(view: View, ascending: Order, descending: Order, name: &'static str) -> impl IntoView {
    let order = view.order;
    let href = move || {
        let next = if order.get() == ascending { descending } else { ascending };
        routes::networks(&view.text.get(), next.as_str())
    };
    let sorted = move || match order.get() {
        now if now != ascending && now != descending => None,
        now if now.is_descending() => Some("descending"),
        _ => Some("ascending"),
    };
    let arrow = move || match sorted() {
        Some("ascending") => Some(view! { <Icon glyph=Glyph::SortUp/> }),
        Some(_) => Some(view! { <Icon glyph=Glyph::SortDown/> }),
        None => None,
    };
    view! {
        <th scope="col" aria-sort=sorted>
            <a class="sort" href=href>
                {name}
                {arrow}
            </a>
        </th>
    }
}

#[component]
fn Row(summary: SubnetSummary, several_servers: bool, tell_network: bool) -> impl IntoView {
    let SubnetSummary { subnet, utilization, as_of, members } = summary;
    let network = subnet.shared_network.filter(|_| tell_network);
    let used = utilization.filter(|utilization| utilization.total > 0);
    let counts = used.map(|utilization| format!("{} / {}", utilization.assigned, utilization.total));
    let free = used.map_or_else(|| "–".to_owned(), |utilization| utilization.free().to_string());
    let gateway = subnet.routers.first().map_or_else(|| "–".to_owned(), ToString::to_string);
    view! {
        <tr class="row" class:is-old=as_of.is_some()>
            <th scope="row" class="row-main">
                <a class="row-link address" href=routes::subnet(&subnet.key)>
                    {subnet.prefix.to_string()}
                </a>
            </th>
            <td data-label="Name">
                <span>
                    {subnet.name}
                    {network.map(|network| view! { <span class="row-note muted">{network}</span> })}
                    {as_of.map(|at| view! { <span class="row-note muted"><AsOf at/></span> })}
                </span>
            </td>
            <td data-label="Used" class="leased">
                <UtilizationBar utilization/>
                {counts.map(|counts| view! { <span class="number muted">{counts}</span> })}
            </td>
            <td data-label="Free" class="number">{free}</td>
            <td data-label="Pools" class="number">{subnet.pools.len()}</td>
            <td data-label="Gateway" class="address">{gateway}</td>
            {several_servers.then(|| view! { <td data-label="Servers"><Members members/></td> })}
        </tr>
    }
    .into_any()
}
