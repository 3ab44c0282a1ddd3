//! Foreman's calls, as they come in.

mod advice;
mod clash;
mod detail;
mod filters;
mod row;
mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use model::{CallPage, CallQuery, ForemanCall, Permission};

use self::detail::Detail;
use self::filters::Filters;
use self::row::Row;
use super::connect::Connect;
use super::query;
use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::icon::Glyph;
use crate::components::latest::{Latest, Outdated, load};
use crate::components::list::ListFoot;
use crate::components::opened::Opened;
use crate::live::Live;
use crate::state::Session;

/// The question that was asked, with what came back.
type Answered = (CallQuery, CallPage);

/// What the parts of the list share.
#[derive(Clone, Copy)]
struct List {
    /// What is asked.
    query: Memo<CallQuery>,
    latest: Latest<Answered>,
    /// Whether what comes in is left out for now.
    paused: RwSignal<bool>,
    /// The call whose details are shown.
    open: Opened,
    /// The newest call when this list was first shown: what is newer has just come in.
    newest: StoredValue<i64>,
    may_reserve: Signal<bool>,
    refetch: Callback<()>,
    live: Live,
}

impl List {
    fn new(query: Memo<CallQuery>, paused: RwSignal<bool>, latest: Latest<Answered>, refetch: Callback<()>) -> Self {
        let session = Session::here();
        let newest = latest.value.with_untracked(|(_, page)| page.calls.first().map_or(0, |call| call.number));
        Self {
            query,
            latest,
            paused,
            open: Opened::of(&["open"]),
            newest: StoredValue::new(newest),
            may_reserve: Signal::derive(move || session.is_some_and(|session| session.may(Permission::Reserve))),
            refetch,
            live: Live::here(),
        }
    }

    fn calls(self) -> Vec<ForemanCall> {
        self.latest.value.with(|(_, page)| page.calls.clone())
    }

    fn is_empty(self) -> bool {
        self.latest.value.with(|(_, page)| page.calls.is_empty())
    }

    /// Whether the answer to what is asked now is still on its way.
    fn is_pending(self) -> bool {
        self.latest.problem.with(Option::is_none)
            && self.query.with(|query| self.latest.value.with(|(of, _)| of != query))
    }

    /// Whether the newest calls are shown, so that more can come in.
    fn is_newest(self) -> bool {
        self.query.with(|query| query.before.is_none())
    }
}

/// The calls.
#[component]
pub(super) fn Calls() -> impl IntoView {
    let live = Live::here();
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(query::read));
    let paused = RwSignal::new(false);
    let version = Memo::new(move |before: Option<&u64>| match before {
        Some(before) if paused.get() || query.with(|query| query.before.is_some()) => *before,
        _ => live.calls_version(),
    });
    let calls = Resource::new(
        move || (query.get(), version.get()),
        |(query, _)| async move { api::list_calls(query.clone()).await.map(|page| (query, page)) },
    );
    let refetch = Callback::new(move |()| calls.refetch());
    load(calls, 10, move |latest| {
        let list = List::new(query, paused, latest, refetch);
        view! { <Loaded list/> }.into_any()
    })
}

#[component]
fn Loaded(list: List) -> impl IntoView {
    let nothing_yet =
        Memo::new(move |_| list.is_empty() && list.latest.value.with(|(of, _)| *of == CallQuery::default()));
    view! {
        <Show when=move || !nothing_yet.get() || list.query.with(|query| *query != CallQuery::default())>
            <Filters list/>
        </Show>
        <Outdated problem=list.latest.problem retry=list.refetch/>
        <Show when=move || !nothing_yet.get() fallback=|| view! { <NoCallsYet/> }>
            <Table list/>
            <Foot list/>
        </Show>
        {opened(list)}
    }
}

/// The details of the call that is open: of the list, or, where somebody was sent its address, as the server has it.
fn opened(list: List) -> impl IntoView {
    let call = RwSignal::new(None::<ForemanCall>);
    Effect::new(move || {
        let number = list.open.of_kind("open").and_then(|number| number.parse::<i64>().ok());
        let is = move |call: &ForemanCall| Some(call.number) == number;
        let listed = list.latest.value.with_untracked(|(_, page)| page.calls.iter().find(|call| is(call)).cloned());
        call.set(listed);
        if let Some(number) = number.filter(|_| call.with_untracked(Option::is_none)) {
            let query = CallQuery { before: number.checked_add(1), ..CallQuery::default() };
            spawn_local(async move {
                if let Ok(page) = api::list_calls(query).await {
                    call.try_set(page.calls.into_iter().find(is));
                }
            });
        }
    });
    move || call.get().map(|call| view! { <Detail list call/> })
}

#[component]
fn Table(list: List) -> impl IntoView {
    view! {
        <div class="table-frame" class:is-pending=move || list.is_pending()>
            <table class="table call-table" data-testid="call-table" aria-busy=move || list.is_pending().to_string()>
                <caption class="visually-hidden">"Foreman’s calls, newest first. The arrow keys move between rows."</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Call"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col">"Answer"</th>
                        <th scope="col">"Caller"</th>
                        <th scope="col" class="numeric">
                            "Took"
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=move || list.calls() key=|call| call.number children=move |call| view! { <Row list call/> }/>
                </tbody>
            </table>
            <Show when=move || list.is_empty()>
                <NothingFits list/>
            </Show>
        </div>
    }
}

#[component]
fn NoCallsYet() -> impl IntoView {
    view! {
        <section class="card">
            <Empty glyph=Glyph::Foreman title="Foreman has not called yet">
                <p>
                    "Every call from Foreman appears here as it arrives, with its answer and the reason. Connect Foreman as below: its first call comes when you save the Smart Proxy there."
                </p>
            </Empty>
        </section>
        <Connect/>
    }
}

#[component]
fn NothingFits(list: List) -> impl IntoView {
    let text = move || {
        let only_problems =
            list.query.with(|query| query.filter == model::CallFilter::Problems && query.text.is_empty());
        if only_problems {
            "No calls were refused or failed."
        } else {
            "No recorded call matches the text and the filter."
        }
    };
    view! {
        <Empty glyph=Glyph::Filter title="No matching calls">
            <p>{text}</p>
            <p>
                <a class="button" href=query::href(&CallQuery::default()) data-noscroll="">
                    "Show all calls"
                </a>
            </p>
        </Empty>
    }
}

/// The way to older calls and back, and whether new ones come in.
#[component]
fn Foot(list: List) -> impl IntoView {
    let older = move || {
        let before =
            list.latest.value.with(|(_, page)| page.older.then(|| page.calls.last().map(|call| call.number)).flatten());
        before.map(|before| list.query.with(|query| query::href(&query::with_before(query, Some(before)))))
    };
    let newest =
        move || (!list.is_newest()).then(|| list.query.with(|query| query::href(&query::with_before(query, None))));
    let live = move || list.is_newest() && list.live.connected() && !list.paused.get();
    let text = move || match (list.is_newest(), list.paused.get(), live()) {
        (false, ..) => "older calls",
        (true, true, _) => "paused",
        (true, false, true) => "live: new calls appear automatically",
        (true, false, false) => "not live yet",
    };
    view! {
        <ListFoot
            newest=Signal::derive(newest)
            older=Signal::derive(older)
            live=Signal::derive(live)
            text=Signal::derive(text)
        />
    }
}
