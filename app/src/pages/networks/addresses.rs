//! The addresses of a subnet: leases, reservations, holds and gaps in one list, and what can be done with each.
#![allow(unreachable_pub, private_interfaces, reason = "the component macro makes every component `pub`")]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "what is shared is a handful of handles, large in debug builds only"
)]

mod details;
mod excluding;
mod filters;
mod goto;
mod history;
mod keys;
mod menu;
mod moving;
mod opened;
mod query;
mod removal;
mod row;
mod sizes;
mod verb;
mod words;

use std::net::IpAddr;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{
    AddressPage, AddressQuery, AddressRow, AddressSort, Client, Exclusion, Permission, PoolUse, Problem, Storage,
    SubnetKey, SubnetSummary, Timestamp,
};

use self::excluding::Including;
use self::filters::Filters;
use self::menu::RowMenu;
use self::moving::Moving;
use self::opened::OpenDrawer;
use self::row::RowView;
use self::sizes::Sizes;
use self::verb::Rights;
use crate::api::{self, Answer};
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::freshness::{AsOf, Freshness};
use crate::components::icon::{Glyph, Icon};
use crate::components::keys::Keys;
use crate::components::opened::Opened;
use crate::components::pager::{Pager, Part};
use crate::components::problem::ProblemView;
use crate::components::server::Findings;
use crate::components::table::{Order, SortHead};
use crate::live::Live;
use crate::routes;
use crate::state::{Session, ToastKind, Toasts};

pub(super) use self::opened::RENAME;
pub(super) use self::query::read;

/// What the parts of the list share.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// The subnet.
    summary: RwSignal<SubnetSummary>,
    /// What is shown.
    page: RwSignal<AddressPage>,
    /// What was asked.
    query: Memo<AddressQuery>,
    /// Whether an answer is on its way.
    pending: Signal<bool>,
    /// The ids of the rows that are shown.
    ids: Memo<Vec<String>>,
    /// Whether the user may change reservations.
    may_reserve: Signal<bool>,
    /// The row that the arrow keys are at.
    current: RwSignal<Option<String>>,
    /// Whether the focus was in the list last: where its row goes, another one of the list gets it.
    inside: StoredValue<bool>,
    /// The address that is gone to, until its row is there.
    wanted: RwSignal<Option<IpAddr>>,
    /// The row that was made last on this page, or gone to.
    made: RwSignal<Option<String>>,
    /// The row whose menu is open.
    menu: RwSignal<Option<String>>,
    /// The drawer that is open.
    opened: Opened,
    /// The client whose reservation is to be moved.
    moving: RwSignal<Option<Client>>,
    /// The exclusion to be removed.
    including: RwSignal<Option<Exclusion>>,
    /// The ranges that are excluded, once the server was asked.
    exclusions: RwSignal<Option<Answer<Vec<Exclusion>>>>,
    /// Where the server keeps new reservations, once it was asked.
    storage: RwSignal<Option<Storage>>,
    /// The address that was reserved last on this page.
    last: RwSignal<Option<IpAddr>>,
    toasts: Toasts,
    live: Live,
}

impl List {
    /// A list of these addresses.
    pub(super) fn new(
        summary: RwSignal<SubnetSummary>,
        page: RwSignal<AddressPage>,
        query: Memo<AddressQuery>,
        pending: Signal<bool>,
    ) -> Self {
        let session = Session::here();
        let list = Self {
            summary,
            page,
            query,
            pending,
            ids: Memo::new(move |_| page.with(|page| words::ids(&page.rows))),
            may_reserve: Signal::derive(move || session.is_some_and(|session| session.may(Permission::Reserve))),
            current: RwSignal::new(None),
            inside: StoredValue::new(false),
            // A page that was sent to somebody shows what it was sent for.
            wanted: RwSignal::new(query.with_untracked(|query| query.at)),
            made: RwSignal::new(None),
            menu: RwSignal::new(None),
            opened: Opened::of(opened::KINDS),
            moving: RwSignal::new(None),
            including: RwSignal::new(None),
            exclusions: RwSignal::new(None),
            storage: RwSignal::new(None),
            last: RwSignal::new(None),
            toasts: Toasts::here(),
            live: Live::here(),
        };
        list.follow_exclusions();
        list.ask_storage();
        list
    }

    /// Which subnet it is; none when the page is gone.
    pub(super) fn key(self) -> Option<SubnetKey> {
        self.summary.try_with_untracked(|summary| summary.subnet.key.clone())
    }

    /// Finds out whether there are two places that reservations are kept in. Without an answer nothing is offered that
    /// needs the second.
    fn ask_storage(self) {
        Effect::new(move || {
            let Some(key) = self.key() else { return };
            spawn_local(async move {
                let answer = api::reservation_storage(key.server, None).await;
                self.storage.try_set(answer.ok().map(|kept| kept.storage));
            });
        });
    }

    /// What the user may do here.
    fn rights(self) -> Rights {
        Rights { reserve: self.may_reserve.get(), database: self.storage.get() == Some(Storage::Database) }
    }

    /// Whether the server keeps reservations in a database besides its configuration.
    pub(super) fn has_database(self) -> bool {
        self.rights().database
    }

    /// The ranges that are excluded, once the server was asked.
    pub(super) fn exclusions(self) -> Option<Answer<Vec<Exclusion>>> {
        self.exclusions.get()
    }

    /// Asks whether that exclusion shall end.
    pub(super) fn include(self, exclusion: Exclusion) {
        self.including.set(Some(exclusion));
    }

    /// How much of each pool is used, as far as that is known.
    pub(super) fn pool_use(self) -> Vec<PoolUse> {
        self.page.with(|page| page.pool_use.clone())
    }

    /// Whether the user may change reservations.
    pub(super) fn may_reserve(self) -> bool {
        self.may_reserve.get()
    }

    /// Why nothing can be done with reservations: the hook library that the server lacks. How it is added stands above the
    /// list.
    pub(super) fn reserving_lacks(self) -> Option<String> {
        self.summary.with(|summary| summary.reserving_lacks.as_ref().map(|lacks| lacks.text.clone()))
    }

    /// Whether the server lacks what reservations need, which is then said.
    fn refuses_reservations(self) -> bool {
        let lacks = self.summary.with_untracked(|summary| summary.reserving_lacks.clone());
        let refuses = lacks.is_some();
        if let Some(lacks) = lacks {
            self.toasts.push(ToastKind::Warning, format!("{} {}", lacks.text, lacks.advice), None);
        }
        refuses
    }

    /// Opens the form for a new reservation.
    pub(super) fn reserve(self) {
        if self.refuses_reservations() {
            return;
        }
        self.opened.open(opened::RESERVE, opened::NOTHING);
    }

    /// The drawer that is open.
    pub(super) fn opened(self) -> Opened {
        self.opened
    }

    /// The row with that id.
    fn row(self, id: &str) -> Option<AddressRow> {
        let at = self.ids.with_untracked(|ids| ids.iter().position(|known| known == id))?;
        self.page.with_untracked(|page| page.rows.get(at).cloned())
    }

    /// Something was changed here: asks again.
    pub(super) fn changed(self) {
        self.live.changed(Some(self.summary.with_untracked(|summary| summary.subnet.key.clone())));
    }

    /// The path of the page, without the question.
    fn path(self) -> String {
        self.summary.with(|summary| routes::subnet(&summary.subnet.key))
    }

    /// The page with what that makes of the question.
    fn href(self, change: impl Fn(&AddressQuery) -> AddressQuery) -> String {
        query::href(&self.path(), &self.query.with(change))
    }
}

/// The list with its filters, and the drawers and dialogs that belong to it.
#[component]
pub(super) fn AddressList(
    /// What its parts share.
    list: List,
    /// Why what is shown could not be brought up to date.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let part = Signal::derive(move || {
        list.page.with(|page| Part {
            offset: page.offset,
            shown: u32::try_from(page.rows.len()).unwrap_or(u32::MAX),
            size: list.query.with(|query| query.limit),
            total: page.total,
        })
    });
    let known = move || list.page.with(|page| page.as_of != Timestamp(0));
    let is_old = move || list.summary.with(|summary| summary.as_of.is_some());
    let unseen = Memo::new(move |_| list.page.with(|page| page.unseen.clone()));
    keys::listen(list);
    view! {
        <section class="addresses" aria-label="Addresses" class:is-old=is_old>
            {move || list.summary.with(silence)}
            {move || view! { <Findings findings=unseen.get()/> }}
            <Filters list/>
            {move || problem.get().map(|problem| view! { <ProblemView problem retry=move |()| list.changed()/> })}
            <Show when=known>
                <Table list/>
                <footer class="list-foot">
                    <Pager part href=move |offset: u32| list.href(|query| query::with_offset(query, offset))/>
                    <Sizes list/>
                    {move || {
                        let of = list.summary.with(|summary| summary.subnet.key.server.clone());
                        view! { <Freshness as_of=list.page.with(|page| page.as_of) of=Some(of)/> }
                    }}
                </footer>
                <Hints list/>
            </Show>
        </section>
        <Overlays list/>
    }
}

/// That the server does not answer, and how old what is shown of it is.
fn silence(summary: &SubnetSummary) -> Option<impl IntoView + use<>> {
    let at = summary.as_of?;
    let text = format!("{} does not answer. This is its last answer, ", summary.subnet.key.server);
    Some(view! {
        <div class="notice tone-warn" role="alert" data-testid="silent">
            <Icon glyph=Glyph::Warning/>
            <p>{text} <AsOf at/> "."</p>
        </div>
    })
}

#[component]
fn Table(list: List) -> impl IntoView {
    let order = move |sort: AddressSort| {
        Signal::derive(move || {
            let order = if list.query.get().descending { Order::Descending } else { Order::Ascending };
            (list.query.get().sort == sort).then_some(order)
        })
    };
    let href = move |sort: AddressSort| Signal::derive(move || list.href(|query| query::with_sort(query, sort)));
    let head = move |(sort, class): (AddressSort, &'static str)| {
        let label = query::SORTS.iter().find(|(known, ..)| *known == sort).map_or("", |found| found.2);
        view! { <SortHead label href=href(sort) order=order(sort) class/> }
    };
    let columns = [
        (AddressSort::Address, "col-address"),
        (AddressSort::HostName, "col-name"),
        (AddressSort::HwAddress, "col-identifier"),
        (AddressSort::State, "col-state"),
        (AddressSort::Expiry, "col-expiry"),
    ];
    view! {
        <div class="table-frame" class:is-pending=move || list.pending.get()>
            <table class="table address-table" data-testid="address-table" aria-busy=move || list.pending.get().to_string()>
                <caption class="visually-hidden">"Addresses of the subnet. The arrow keys move between rows."</caption>
                <thead>
                    <tr>
                        {columns.map(head)}
                        <th scope="col" class="col-actions">
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=move || list.ids.get() key=Clone::clone children=move |id| view! { <RowView list id/> }/>
                </tbody>
            </table>
            <Show when=move || list.page.with(|page| page.rows.is_empty())>
                <NoRows list/>
            </Show>
        </div>
    }
}

#[component]
fn NoRows(list: List) -> impl IntoView {
    let asked = move || list.query.with(|query| !query::pairs(query).is_empty());
    let all = move || list.href(|_| AddressQuery::default());
    view! {
        <Show
            when=asked
            fallback=|| {
                view! {
                    <Empty glyph=Glyph::Networks title="No addresses">
                        <p>"The server has no leases, reservations or free addresses here."</p>
                    </Empty>
                }
            }
        >
            <Empty glyph=Glyph::Filter title="No matching addresses">
                <p>"No address of this subnet matches the text and the filter."</p>
                <p>
                    <a class="button" href=all data-noscroll="">
                        "Show all addresses"
                    </a>
                </p>
            </Empty>
        </Show>
    }
}

#[component]
fn Hints(list: List) -> impl IntoView {
    let keys = Keys::here();
    view! {
        <p class="key-hints">
            <span><kbd>"↑"</kbd><kbd>"↓"</kbd>" move"</span>
            <span><kbd>"Enter"</kbd>" details"</span>
            <Show when=move || list.may_reserve.get() && list.reserving_lacks().is_none()>
                <span><kbd>"n"</kbd>" reserve an address"</span>
                <span><kbd>"r"</kbd>" reserve this one"</span>
                <span><kbd>"e"</kbd>" edit"</span>
            </Show>
            <button type="button" class="link" on:click=move |_| if let Some(keys) = keys { keys.show() }>
                <kbd>"?"</kbd>
                " all keys"
            </button>
        </p>
    }
}

/// What opens above the list.
#[component]
fn Overlays(list: List) -> impl IntoView {
    view! {
        <RowMenu list/>
        <OpenDrawer list/>
        {move || list.moving.get().map(|client| view! { <Moving list client/> })}
        {move || list.including.get().map(|exclusion| view! { <Including list exclusion/> })}
    }
}
