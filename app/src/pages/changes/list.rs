//! The list itself, and what its parts share.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Change, ChangeFilter, ChangePage, ChangeQuery, Permission, Problem, ServerName, SubnetKey, WayBack};

use super::lines::{Line, lines};
use super::query;
use super::row::LineRows;
use super::words::Act;
use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::icon::Glyph;
use crate::components::latest::Latest;
use crate::components::list::ListFoot;
use crate::components::opened::Opened;
use crate::live::Live;
use crate::state::Session;

/// The question that was asked, with what came back.
type Answered = (ChangeQuery, ChangePage);

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// What is asked.
    pub(super) query: Memo<ChangeQuery>,
    pub(super) latest: Latest<Answered>,
    /// The number of the change whose details are shown.
    pub(super) open: Opened,
    /// That change, as it was last seen.
    pub(super) shown: Memo<Option<Change>>,
    /// What the user is about to do about which change.
    pub(super) ask: RwSignal<Option<(Act, Change)>>,
    pub(super) busy: RwSignal<bool>,
    /// Why it was not done.
    pub(super) problem: RwSignal<Option<Problem>>,
    /// What is to be known before it is done, where there is anything.
    pub(super) way: RwSignal<Option<WayBack>>,
    /// The password of whoever does something dangerous.
    pub(super) password: RwSignal<String>,
    /// The newest change when this list was first shown: what is newer has just come in.
    pub(super) newest: i64,
    pub(super) may_change: Signal<bool>,
    pub(super) refetch: Callback<()>,
    pub(super) live: Live,
}

impl List {
    pub(super) fn new(query: Memo<ChangeQuery>, latest: Latest<Answered>, refetch: Callback<()>) -> Self {
        let open = Opened::of(&["open"]);
        let found = RwSignal::new(None);
        find(open, latest, found);
        Self {
            query,
            latest,
            open,
            shown: Memo::new(move |before: Option<&Option<Change>>| shown(latest, number(open)?, found, before)),
            ask: RwSignal::new(None),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            way: RwSignal::new(None),
            password: RwSignal::new(String::new()),
            newest: latest.value.with_untracked(|(_, page)| page.changes.first().map_or(0, |change| change.number)),
            may_change: Session::allows(Permission::Reserve),
            refetch,
            live: Live::here(),
        }
    }

    fn lines(self) -> Vec<Line> {
        self.latest.value.with(|(query, page)| {
            let batches = query.batch.is_none() && query.reservation.is_none() && query.element.is_none();
            lines(&page.changes, &page.batches, batches)
        })
    }

    pub(super) fn is_empty(self) -> bool {
        self.latest.value.with(|(_, page)| page.changes.is_empty())
    }

    /// Whether what is shown is the answer to the question for everything.
    pub(super) fn asks_for_all(self) -> bool {
        self.latest.value.with(|(of, _)| *of == ChangeQuery::default())
            && self.query.with(|query| *query == ChangeQuery::default())
    }

    /// Whether the answer to what is asked now is still on its way.
    fn is_pending(self) -> bool {
        self.latest.problem.with(Option::is_none)
            && self.query.with(|query| self.latest.value.with(|(of, _)| of != query))
    }

    /// The servers that there are, and those that changes are known of.
    pub(super) fn servers(self) -> Vec<ServerName> {
        let mut servers = self.latest.value.with(|(of, page)| {
            let changed = page.changes.iter().map(|change| change.subject.server());
            page.servers.iter().chain(changed).chain(&of.server).cloned().collect::<Vec<_>>()
        });
        servers.sort_unstable();
        servers.dedup();
        servers
    }

    /// What people know a subnet by, and its server where that is not plain; of one that is gone its key is left.
    pub(super) fn subnet(self, key: &SubnetKey) -> (String, Option<String>) {
        let prefix = self.latest.value.with(|(_, page)| {
            page.prefixes.iter().find(|(known, _)| known == key).map(|(_, prefix)| prefix.to_string())
        });
        match prefix {
            Some(prefix) => (prefix, (self.servers().len() > 1).then(|| key.server.to_string())),
            None if key.is_global() => ("global".to_owned(), Some(key.server.to_string())),
            None => (key.to_string(), None),
        }
    }

    /// The changes that repeat that one on other servers.
    pub(super) fn repeats(self, number: i64) -> Vec<Change> {
        let repeats = |change: &&Change| change.repeats == Some(number);
        self.latest.value.with(|(_, page)| page.changes.iter().filter(repeats).cloned().collect())
    }
}

/// The number of the change whose details are open.
pub(super) fn number(open: Opened) -> Option<i64> {
    open.of_kind("open")?.parse().ok()
}

fn shown(
    latest: Latest<Answered>,
    number: i64,
    found: RwSignal<Option<Change>>,
    before: Option<&Option<Change>>,
) -> Option<Change> {
    let is = |change: &&Change| change.number == number;
    let now = latest.value.with(|(_, page)| page.changes.iter().find(is).cloned());
    let now = now.or_else(|| found.with(|found| found.as_ref().filter(is).cloned()));
    now.or_else(|| before.and_then(|before| before.as_ref()).filter(is).cloned())
}

/// Asks for the change that is open where it is not among those that are listed: somebody was sent its address.
fn find(open: Opened, latest: Latest<Answered>, found: RwSignal<Option<Change>>) {
    Effect::new(move || {
        let Some(number) = number(open) else { return };
        let listed = latest.value.with_untracked(|(_, page)| page.changes.iter().any(|change| change.number == number));
        if listed {
            return;
        }
        let query = ChangeQuery { before: number.checked_add(1), ..ChangeQuery::default() };
        spawn_local(async move {
            if let Ok(page) = api::list_changes(query).await {
                found.try_set(page.changes.into_iter().find(|change| change.number == number));
            }
        });
    });
}

/// The changes, newest first.
#[component]
pub(super) fn Table(list: List) -> impl IntoView {
    view! {
        <div class="table-frame" class:is-pending=move || list.is_pending()>
            <table
                class="table table-cards change-table"
                data-testid="change-table"
                aria-busy=move || list.is_pending().to_string()
            >
                <caption class="visually-hidden">"Changes, newest first. The arrow keys move between rows."</caption>
                <thead>
                    <tr>
                        <th scope="col">"Change"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Subnet"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"When"</th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=move || list.lines() key=Line::key children=move |line| view! { <LineRows list line/> }/>
                </tbody>
            </table>
            <Show when=move || list.is_empty()>
                <NothingFits list/>
            </Show>
        </div>
    }
}

#[component]
fn NothingFits(list: List) -> impl IntoView {
    let settled = move || {
        list.query.with(|query| {
            *query
                == ChangeQuery {
                    filter: ChangeFilter::Unsettled,
                    server: query.server.clone(),
                    ..ChangeQuery::default()
                }
        })
    };
    view! {
        <Show
            when=settled
            fallback=|| {
                view! {
                    <Empty glyph=Glyph::Filter title="No matching changes">
                        <ShowAll/>
                    </Empty>
                }
            }
        >
            <Empty glyph=Glyph::CheckCircle title="Nothing needs attention">
                <p>"Every change was either applied and saved, or refused."</p>
                <ShowAll/>
            </Empty>
        </Show>
    }
}

#[component]
fn ShowAll() -> impl IntoView {
    view! {
        <p>
            <a class="button" href=query::href(&ChangeQuery::default()) data-noscroll="">
                "Show all changes"
            </a>
        </p>
    }
}

/// The way to older changes and back, and whether new ones come in.
#[component]
pub(super) fn Foot(list: List) -> impl IntoView {
    let part = move |before: Option<i64>| list.query.with(|query| query::href(&query::with_before(query, before)));
    let oldest =
        move || list.latest.value.with(|(_, page)| page.changes.last().filter(|_| page.more).map(|last| last.number));
    let newest = move || list.query.with(|query| query.before.is_some()).then(|| part(None));
    let older = move || oldest().map(|number| part(Some(number)));
    let text = move || if list.live.connected() { "live: changes appear automatically" } else { "not live yet" };
    view! {
        <ListFoot
            newest=Signal::derive(newest)
            older=Signal::derive(older)
            live=Signal::derive(move || list.live.connected())
            text=Signal::derive(text)
        />
    }
}
