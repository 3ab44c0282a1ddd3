//! One subnet: the home of a network.
#![allow(unreachable_pub, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

mod exclusions;
mod header;
mod pools;
mod storage;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{AddressPage, AddressQuery, ProblemKind, SubnetKey, SubnetSummary, Timestamp};

use self::header::Header;
use super::addresses::{self, AddressList, List};
use crate::api::{self, Answer};
use crate::components::empty::Empty;
use crate::components::icon::Glyph;
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;
use crate::components::subnet_tabs::{SubnetTab, subnet_tabs, unread_subnet};
use crate::live::Live;
use crate::routes;
use crate::state::PageSize;

/// The page of the subnet that the address names.
#[component]
pub fn SubnetPage() -> impl IntoView {
    let params = use_params_map();
    let key = Memo::new(move |_| params.with(routes::subnet_key));
    move || match key.get() {
        Some(key) => view! { <Loading subnet=key/> }.into_any(),
        None => view! { <NoSubnet/> }.into_any(),
    }
}

/// The question that was asked, with what came back.
type Answered = (AddressQuery, Answer<AddressPage>);

/// What the server is asked for.
#[derive(Clone, Copy)]
struct Source {
    query: Memo<AddressQuery>,
    /// What the subnet is called on every server that has it, as far as that is known: what changes on any of them
    /// changes it.
    names: RwSignal<Vec<SubnetKey>>,
    summary: Resource<Answer<SubnetSummary>>,
    page: Resource<Answered>,
}

impl Source {
    fn of(subnet: &SubnetKey) -> Self {
        let live = Live::here();
        let params = use_query_map();
        let query = Memo::new(move |_| params.with(|params| addresses::read(params, PageSize::here())));
        let names = RwSignal::new(vec![subnet.clone()]);
        let version = move || names.with(|names| live.version_under(names));
        let summary = {
            let subnet = subnet.clone();
            Resource::new(version, move |_| api::get_subnet(subnet.clone()))
        };
        let subnet = subnet.clone();
        let page = Resource::new(
            move || (query.get(), version()),
            move |(query, _)| {
                let subnet = subnet.clone();
                async move { (query.clone(), api::list_addresses(subnet, query).await) }
            },
        );
        Self { query, names, summary, page }
    }
}

/// What came back last, as plain signals: read outside of the `Transition`, so that asking again suspends nothing.
#[derive(Clone, Copy)]
struct Arrived {
    summary: RwSignal<Option<Answer<SubnetSummary>>>,
    page: RwSignal<Option<Answered>>,
}

impl Arrived {
    fn from(source: Source) -> Self {
        let arrived = Self { summary: RwSignal::new(None), page: RwSignal::new(None) };
        Effect::new(move || {
            let summary = source.summary.get();
            if let Some(Ok(summary)) = &summary {
                let mut names: Vec<_> = summary.members.iter().filter_map(model::Member::key).collect();
                names.sort();
                if !names.is_empty() && source.names.with_untracked(|known| *known != names) {
                    source.names.set(names);
                }
            }
            arrived.summary.set(summary);
        });
        Effect::new(move || arrived.page.set(source.page.get()));
        arrived
    }
}

#[component]
fn Loading(subnet: SubnetKey) -> impl IntoView {
    let source = Source::of(&subnet);
    let key = StoredValue::new(subnet);
    let arrived = Arrived::from(source);
    let attempt = RwSignal::new(0);
    let failed = StoredValue::new(false);
    Effect::new(move || {
        let answered = arrived.summary.with(|summary| matches!(summary, Some(Ok(_))));
        if answered && failed.try_update_value(std::mem::take) == Some(true) {
            attempt.update(|count| *count += 1);
        }
    });
    let retry = Callback::new(move |()| {
        source.summary.refetch();
        source.page.refetch();
        attempt.update(|count| *count += 1);
    });
    // Only another attempt, or the first answer after a failure, builds the page anew. Later answers reach it through what has arrived, so that nothing that
    // has the focus, is open or is half typed goes away.
    let body = move || {
        attempt.track();
        untrack(|| {
            Suspend::new(async move {
                match source.summary.await {
                    Ok(summary) => {
                        let page = source.page.await;
                        view! { <Loaded summary page query=source.query arrived/> }.into_any()
                    }
                    Err(error) if error.0.kind == ProblemKind::NotFound => view! { <NoSubnet/> }.into_any(),
                    Err(error) => {
                        failed.set_value(true);
                        let head = key.with_value(|key| unread_subnet(key, SubnetTab::Addresses));
                        view! { {head} <ProblemView problem=error.0 retry/> }.into_any()
                    }
                }
            })
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton rows=12/> }>{body}</Transition> }
}

#[component]
fn Loaded(summary: SubnetSummary, page: Answered, query: Memo<AddressQuery>, arrived: Arrived) -> impl IntoView {
    let nothing = AddressPage {
        pool_use: Vec::new(),
        rows: Vec::new(),
        total: 0,
        offset: 0,
        at: None,
        as_of: Timestamp(0),
        unseen: Vec::new(),
    };
    let summary = RwSignal::new(summary);
    let answered = RwSignal::new(page.0);
    let problem = RwSignal::new(page.1.as_ref().err().map(|error| error.0.clone()));
    let page = RwSignal::new(page.1.unwrap_or(nothing));
    // What fails leaves the last good answer where it is.
    Effect::new(move || match arrived.summary.get() {
        Some(Ok(arrived)) => summary.set(arrived),
        Some(Err(error)) => problem.set(Some(error.0)),
        None => {}
    });
    Effect::new(move || {
        let Some((asked, answer)) = arrived.page.get() else { return };
        answered.set(asked);
        match answer {
            Ok(arrived) => {
                page.set(arrived);
                problem.set(None);
            }
            Err(error) => problem.set(Some(error.0)),
        }
    });
    let pending = Signal::derive(move || query.get() != answered.get());
    let list = List::new(summary, page, query, pending);
    // A text, not a signal: the server reads the title once more when what belongs to the page may be disposed of.
    let title = summary.with_untracked(|summary| format!("{} · Nestor", summary.subnet.heading()));
    let key = summary.with_untracked(|summary| summary.subnet.key.clone());
    let tabs = (!key.is_global()).then(|| subnet_tabs(&key, SubnetTab::Addresses));
    view! {
        <Title text=title/>
        <Header summary list/>
        {tabs}
        <AddressList list problem/>
    }
}

/// Nothing is here.
#[component]
fn NoSubnet() -> impl IntoView {
    view! {
        <Title text="Not found · Nestor"/>
        <Empty glyph=Glyph::NoEntry title="Subnet not found">
            <p>"The server does not serve it: it was removed or renumbered, or the URL is mistyped."</p>
            <p>
                <a href=routes::NETWORKS>"Networks"</a>
            </p>
        </Empty>
    }
}
