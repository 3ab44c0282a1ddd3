//! Every subnet of every server.

pub mod addresses;
pub mod subnet;

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::{NetworkOrder as Order, NetworkPage, NetworkQuery, NetworkRow, SubnetKey, readable_count};

use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::freshness::AsOf;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load};
use crate::components::pager::{Pager, Part};
use crate::components::problem::SilentServers;
use crate::components::server::Members;
use crate::components::utilization_bar::UtilizationBar;
use crate::live::Live;
use crate::routes;

/// How long after the last key the address of the page follows.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// What is shown of the list, kept in the address of the page.
#[derive(Clone, Copy)]
struct View {
    /// What stands in the field; the address follows.
    text: RwSignal<String>,
    /// What the address says.
    query: Memo<NetworkQuery>,
}

impl View {
    /// The view that the address says, and that from then on writes the address.
    fn from_address() -> Self {
        let params = use_query_map();
        let query = Memo::new(move |_| {
            let value = |name| params.read().get(name).unwrap_or_default();
            NetworkQuery {
                text: value("text"),
                order: Order::parse(&value("sort")),
                offset: value("offset").parse().unwrap_or_default(),
            }
        });
        let said = move || query.with(|query| query.text.clone());
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
                    let path = routes::networks(&now, query.with_untracked(|query| query.order.as_str()), 0);
                    navigate.with_value(|navigate| navigate(&path, options));
                };
                timer.set_value(set_timeout_with_handle(write, DEBOUNCE).ok());
            }
            now
        });
        on_cleanup(move || {
            if let Some(timer) = timer.try_get_value().flatten() {
                timer.clear();
            }
        });
        Self { text, query }
    }
}

/// The list of subnets.
#[component]
pub fn NetworksPage() -> impl IntoView {
    let live = Live::here();
    let view = View::from_address();
    let list = Resource::new(move || (view.query.get(), live.version()), |(query, _)| api::list_networks(query));
    let retry = Callback::new(move |()| list.refetch());
    view! {
        <Title text="Networks · Nestor"/>
        <header class="page-head">
            <h1>"Networks"</h1>
            <a class="button" href=routes::IMPORT>
                <Icon glyph=Glyph::File/>
                "Import CSV"
            </a>
        </header>
        {load(list, 10, move |latest| view! { <Subnets latest view retry/> }.into_any())}
    }
    .into_any()
}

#[component]
fn Subnets(latest: Latest<NetworkPage>, view: View, retry: Callback<()>) -> impl IntoView {
    let page = latest.value;
    let silent = move || page.with(|page| page.silent.clone());
    let counts = Memo::new(move |_| page.with(|page| (page.total, page.all)));
    let body = move || match counts.get() {
        (_, 0) => view! { <NoSubnets any_silent=page.with(|page| !page.silent.is_empty())/> }.into_any(),
        (0, _) => view! { <NoMatch view/> }.into_any(),
        _ => view! { <Table page view/> }.into_any(),
    };
    view! {
        <Outdated problem=latest.problem retry/>
        {move || view! { <SilentServers problems=silent() retry/> }}
        <Show when=move || counts.get().1 != 0>
            <Filter view counts/>
        </Show>
        {body}
        <Globals page/>
    }
    .into_any()
}

#[component]
fn NoSubnets(any_silent: bool) -> impl IntoView {
    view! {
        <Empty glyph=Glyph::Networks title="No subnets">
            {if any_silent {
                "Subnets will appear here as soon as a server answers."
            } else {
                "Subnets will appear here once they are in the configuration of a Kea server. The servers that answer have none."
            }}
        </Empty>
    }
}

#[component]
fn NoMatch(view: View) -> impl IntoView {
    view! {
        <Empty glyph=Glyph::Filter title="No subnet matches">
            <p>
                "Subnets with “" {move || view.query.with(|query| query.text.clone())} "” in prefix, name, shared network or server would appear here. "
                <button type="button" class="link" on:click=move |_| view.text.set(String::new())>
                    "Show all"
                </button>
            </p>
        </Empty>
    }
}

/// Where reservations are that are of no subnet in particular.
#[component]
fn Globals(page: RwSignal<NetworkPage>) -> impl IntoView {
    let link = |key: SubnetKey| view! { <a href=routes::subnet(&key)>{key.server.to_string()}</a> };
    let links = move || page.with(|page| page.globals.iter().cloned().map(link).collect::<Vec<_>>());
    view! {
        <nav class="subnet-ways" aria-label="Global reservations" data-testid="globals">
            <span class="muted">"Global reservations, of no subnet in particular:"</span>
            {links}
        </nav>
    }
}

#[component]
fn Filter(view: View, counts: Memo<(u32, u32)>) -> impl IntoView {
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
                    let (shown, all) = counts.get();
                    if shown == all { format!("{all} subnets") } else { format!("{shown} of {all} subnets") }
                }}
            </p>
        </form>
    }
    .into_any()
}

/// A line of the table.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Line {
    Heading(String),
    Subnet(Box<NetworkRow>),
}

/// The rows with their headings, each above the first of its rows.
fn lines(rows: &[NetworkRow]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(rows.len() + 1);
    let mut last = None;
    for row in rows {
        if let Some(group) = row.group.as_ref().filter(|group| last != Some(*group)) {
            lines.push(Line::Heading(group.clone()));
            last = Some(group);
        }
        lines.push(Line::Subnet(Box::new(row.clone())));
    }
    lines
}

#[component]
fn Table(page: RwSignal<NetworkPage>, view: View) -> impl IntoView {
    let several = Memo::new(move |_| page.with(|page| page.several_servers));
    let part = Signal::derive(move || {
        page.with(|page| {
            let shown = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
            Part { offset: page.offset, shown, size: NetworkQuery::ROWS, total: page.total }
        })
    });
    let href = move |offset: u32| view.query.with(|query| routes::networks(&query.text, query.order.as_str(), offset));
    let heading = |title: String, several: bool| {
        let columns = if several { "7" } else { "6" };
        view! {
            <tr class="group-head">
                <th colspan=columns scope="rowgroup">
                    {title}
                </th>
            </tr>
        }
    };
    let line = move |(line, several): (Line, bool)| match line {
        Line::Heading(title) => heading(title, several).into_any(),
        Line::Subnet(row) => view! { <Row row=*row several/> }.into_any(),
    };
    let all = move || {
        let lines = page.with(|page| lines(&page.rows));
        lines.into_iter().map(|line| (line, several.get())).collect::<Vec<_>>()
    };
    view! {
        <div class="table-frame">
            <table class="table table-cards networks-table">
                <caption class="visually-hidden">"Subnets"</caption>
                <thead>
                    <tr>
                        <SortHead view ascending=Order::Prefix descending=Order::PrefixDown name="Subnet"/>
                        <SortHead view ascending=Order::Name descending=Order::NameDown name="Name"/>
                        <SortHead view ascending=Order::UsedDown descending=Order::Used name="Used"/>
                        <th scope="col" class="number">"Free"</th>
                        <th scope="col" class="number">"Pools"</th>
                        <th scope="col">"Gateway"</th>
                        <Show when=move || several.get()>
                            <th scope="col">"Servers"</th>
                        </Show>
                    </tr>
                </thead>
                <tbody>
                    <Each each=all key=Clone::clone children=line/>
                </tbody>
            </table>
        </div>
        <footer class="list-foot">
            <Pager part href/>
        </footer>
    }
    .into_any()
}

/// A column that can be sorted by: the first click gives `ascending` (or what is wanted first), the second `descending`.
#[component]
fn SortHead(view: View, ascending: Order, descending: Order, name: &'static str) -> impl IntoView {
    let order = Memo::new(move |_| view.query.with(|query| query.order));
    let href = move || {
        let next = if order.get() == ascending { descending } else { ascending };
        routes::networks(&view.text.get(), next.as_str(), 0)
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
fn Row(row: NetworkRow, several: bool) -> impl IntoView {
    let NetworkRow { key, prefix, name, shared_network, group, utilization, pools, gateway, as_of, members } = row;
    let network = shared_network.filter(|_| group.is_none());
    let used = utilization.filter(|utilization| utilization.total > 0);
    let counts =
        used.map(|utilization| format!("{} / {}", utilization.assigned, readable_count(utilization.total.into())));
    let free = used.map_or_else(|| "–".to_owned(), |utilization| readable_count(utilization.free().into()));
    let gateway = gateway.map_or_else(|| "–".to_owned(), |gateway| gateway.to_string());
    view! {
        <tr class="row" class:is-old=as_of.is_some()>
            <th scope="row" class="row-main">
                <a class="row-link address" href=routes::subnet(&key)>
                    {prefix.to_string()}
                </a>
            </th>
            <td data-label="Name">
                <span>
                    {name}
                    {network.map(|network| view! { <span class="row-note muted">{network}</span> })}
                    {as_of.map(|at| view! { <span class="row-note muted"><AsOf at/></span> })}
                </span>
            </td>
            <td data-label="Used" class="leased">
                <UtilizationBar utilization/>
                {counts.map(|counts| view! { <span class="number muted">{counts}</span> })}
            </td>
            <td data-label="Free" class="number">{free}</td>
            <td data-label="Pools" class="number">{pools}</td>
            <td data-label="Gateway" class="address">{gateway}</td>
            {several.then(|| view! { <td data-label="Servers"><Members members/></td> })}
        </tr>
    }
    .into_any()
}
