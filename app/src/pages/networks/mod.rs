//! Every subnet of every server.

pub mod addresses;
pub mod subnet;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{NetworkOrder as Order, NetworkPage, NetworkQuery, NetworkRow, Permission, SubnetKey, readable_count};

use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::freshness::AsOf;
use crate::components::icon::{Glyph, Icon};
use crate::components::import_link::ImportLink;
use crate::components::latest::{Latest, Outdated, load};
use crate::components::pager::{Pager, Part};
use crate::components::problem::SilentServers;
use crate::components::server::Members;
use crate::components::table::{self, SortHead};
use crate::components::text_filter::TextFilter;
use crate::components::utilization_bar::UtilizationBar;
use crate::live::Live;
use crate::routes;
use crate::state::Session;

/// What is shown of the list, kept in the address of the page.
#[derive(Clone, Copy)]
struct View {
    query: Memo<NetworkQuery>,
}

impl View {
    /// The view that the address says.
    fn from_address() -> Self {
        let params = use_query_map();
        let query = Memo::new(move |_| {
            let value = |name| params.read().get(name).unwrap_or_default();
            NetworkQuery {
                text: value("text").trim().to_owned(),
                order: Order::parse(&value("sort")),
                offset: value("offset").parse().unwrap_or_default(),
            }
        });
        Self { query }
    }

    fn text(self) -> String {
        self.query.with(|query| query.text.clone())
    }

    /// The list with another text, from the start.
    fn with_text(self, text: &str) -> String {
        self.query.with(|query| routes::networks(text.trim(), query.order.as_str(), 0))
    }

    /// The list in another order, from the start.
    fn with_order(self, order: Order) -> String {
        self.query.with(|query| routes::networks(&query.text, order.as_str(), 0))
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
            <div class="page-actions">
                <ImportLink/>
                <NewSubnet view/>
            </div>
        </header>
        {load(list, 10, move |latest| view! { <Subnets latest view retry/> }.into_any())}
    }
    .into_any()
}

/// The ways to a new subnet, and to a change of all that are listed, for those who may make one.
#[component]
fn NewSubnet(view: View) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    view! {
        <Show when=move || may.get()>
            <a class="button" href=move || routes::bulk(&view.text())>
                "Change several"
            </a>
            <a class="button button-primary" href=routes::NEW_SUBNET>
                <Icon glyph=Glyph::Plus/>
                "New subnet"
            </a>
        </Show>
    }
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
                "Subnets with “" {move || view.text()} "” in prefix, name, shared network or server would appear here. "
                <a href=move || view.with_text("") data-noscroll="">
                    "Show all"
                </a>
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
    let order = move || view.query.with(|query| query.order.as_str().to_owned());
    let rest = move || vec![("sort", order())].into_iter().filter(|(_, order)| !order.is_empty()).collect::<Vec<_>>();
    view! {
        <div class="toolbar">
            <TextFilter
                id="network-filter"
                label="Filter subnets"
                placeholder="Filter by prefix, name, network or class:name"
                action=routes::NETWORKS
                text=Signal::derive(move || view.text())
                href=move |text: String| untrack(|| view.with_text(&text))
                rest=Signal::derive(rest)
            />
            <p class="muted" role="status">
                {move || {
                    let (shown, all) = counts.get();
                    if shown == all { format!("{all} subnets") } else { format!("{shown} of {all} subnets") }
                }}
            </p>
        </div>
    }
    .into_any()
}

/// A line of the table.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Line {
    /// The title, and the page of the shared network that it names.
    Heading(String, Option<String>),
    Subnet(Box<NetworkRow>),
}

/// The rows with their headings, each above the first of its rows.
fn lines(rows: &[NetworkRow]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(rows.len() + 1);
    let mut last = None;
    for row in rows {
        if let Some(group) = row.group.as_ref().filter(|group| last != Some(*group)) {
            let way = row.group_path.as_ref();
            let way = way.map(|path| routes::settings_of_part(&row.key.server, routes::SHARED_NETWORKS, path));
            lines.push(Line::Heading(group.clone(), way));
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
    let heading = |title: String, way: Option<String>, several: bool| {
        let label = format!("Settings of {title}");
        let columns = if several { "7" } else { "6" };
        view! {
            <tr class="group-head">
                <th colspan=columns scope="rowgroup">
                    {title} " "
                    {way.map(|way| view! { <a href=way aria-label=label>"Settings"</a> })}
                </th>
            </tr>
        }
    };
    let line = move |(line, several): (Line, bool)| match line {
        Line::Heading(title, way) => heading(title, way, several).into_any(),
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
                        {sort_head(view, (Order::Prefix, Order::PrefixDown), "Subnet")}
                        {sort_head(view, (Order::Name, Order::NameDown), "Name")}
                        {sort_head(view, (Order::UsedDown, Order::Used), "Used")}
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
fn sort_head(view: View, (ascending, descending): (Order, Order), label: &'static str) -> impl IntoView {
    let now = Memo::new(move |_| view.query.with(|query| query.order));
    let href = move || view.with_order(if now.get() == ascending { descending } else { ascending });
    let order = move || match now.get() {
        now if now != ascending && now != descending => None,
        now if now.is_descending() => Some(table::Order::Descending),
        _ => Some(table::Order::Ascending),
    };
    view! { <SortHead label href=Signal::derive(href) order=Signal::derive(order)/> }
}

#[component]
fn Row(row: NetworkRow, several: bool) -> impl IntoView {
    let NetworkRow { key, prefix, name, shared_network, group, utilization, pools, gateway, as_of, members, .. } = row;
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
