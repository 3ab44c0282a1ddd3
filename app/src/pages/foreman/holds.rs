//! The holds that run now.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Hold, HoldKey, Permission, Seconds, SubnetKey, SubnetSummary};

use crate::api;
use crate::components::copy::{Copied, CopyButton};
use crate::components::dialog::Confirm;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load};
use crate::components::moment::Moment;
use crate::live::Live;
use crate::routes;
use crate::state::{Clock, Session, Toasts};

/// The prefixes of subnets. No map: JSON has no keys but texts.
type Prefixes = Vec<(SubnetKey, String)>;

/// What is asked for: the holds, and the prefixes of their subnets.
type Answered = (Vec<Hold>, Prefixes);

/// What the parts of the list share.
#[derive(Clone, Copy)]
struct List {
    latest: Latest<Answered>,
    /// The hold that the user is about to release.
    asking: RwSignal<Option<HoldKey>>,
    /// Whether the user is about to release all of them.
    asking_all: RwSignal<bool>,
    busy: RwSignal<bool>,
    refetch: Callback<()>,
    may_release: Signal<bool>,
    toasts: Toasts,
}

impl List {
    fn new(latest: Latest<Answered>, refetch: Callback<()>) -> Self {
        let session = Session::here();
        Self {
            latest,
            asking: RwSignal::new(None),
            asking_all: RwSignal::new(false),
            busy: RwSignal::new(false),
            refetch,
            may_release: Signal::derive(move || session.is_some_and(|session| session.may(Permission::Reserve))),
            toasts: Toasts::here(),
        }
    }

    fn count(self) -> usize {
        self.latest.value.with(|(holds, _)| holds.len())
    }

    fn release(self, key: HoldKey) {
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::release_hold(key.clone()).await;
            self.asking.try_set(None);
            self.finish(answer.map(|()| format!("{} can be suggested again.", key.address)));
        });
    }

    fn release_all(self) {
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::release_all_holds(None).await;
            self.asking_all.try_set(false);
            self.finish(answer.map(|count| match count {
                0 => "No holds left.".to_owned(),
                1 => "1 address can be suggested again.".to_owned(),
                _ => format!("{count} addresses can be suggested again."),
            }));
        });
    }

    fn finish(self, answer: api::Answer<String>) {
        self.busy.try_set(false);
        match answer {
            Ok(text) => self.toasts.done(text),
            Err(error) => self.toasts.failed(&error.0),
        }
        self.refetch.try_run(());
    }
}

/// The holds, and how they work.
#[component]
pub(super) fn Holds() -> impl IntoView {
    let live = Live::here();
    // Only for the prefixes: without them the numbers of the subnets are shown.
    let prefixes = Resource::new(|| (), |()| prefixes());
    let holds = Resource::new(
        move || live.version(),
        move |_| async move {
            let prefixes = prefixes.await;
            api::list_holds().await.map(|holds| (holds, prefixes))
        },
    );
    let refetch = Callback::new(move |()| holds.refetch());
    view! {
        <section class="card" aria-labelledby="holds">
            {load(
                holds,
                4,
                move |latest| {
                    let list = List::new(latest, refetch);
                    view! { <Loaded list/> }.into_any()
                },
            )}
        </section>
        <Explanation/>
    }
    .into_any()
}

async fn prefixes() -> Prefixes {
    match api::list_subnets().await {
        Ok(list) => list.subnets.iter().flat_map(names).collect(),
        Err(_) => Prefixes::new(),
    }
}

/// The prefix of a subnet, by every name that its servers have for it.
fn names(row: &SubnetSummary) -> impl Iterator<Item = (SubnetKey, String)> {
    let keys = row.members.iter().filter_map(model::Member::key);
    keys.map(|key| (key, row.subnet.prefix.to_string()))
}

#[component]
fn Loaded(list: List) -> impl IntoView {
    forget_what_ends(list);
    view! {
        <header class="card-head">
            <h2 id="holds">
                "Active holds"
                <span class="count">{move || list.count()}</span>
            </h2>
            <Show when=move || list.may_release.get() && list.count() != 0>
                <button type="button" class="button" on:click=move |_| list.asking_all.set(true)>
                    <Icon glyph=Glyph::Release/>
                    "Release all"
                </button>
            </Show>
        </header>
        <Outdated problem=list.latest.problem retry=list.refetch/>
        <Show when=move || list.count() != 0 fallback=|| view! { <NoHolds/> }>
            <Table list/>
        </Show>
        {move || list.asking.get().map(|key| view! { <ReleaseOne list key/> })}
        <Show when=move || list.asking_all.get()>
            <ReleaseAll list/>
        </Show>
    }
}

/// Asks again when a hold has ended: no event says so.
fn forget_what_ends(list: List) {
    let clock = Clock::here();
    Effect::new(move |before: Option<usize>| {
        let Some(now) = clock.now() else { return 0 };
        let over = |hold: &&Hold| hold.until.since(now) < Seconds(0);
        let ended = list.latest.value.with_untracked(|(holds, _)| holds.iter().filter(over).count());
        // The browser's clock may be wrong: what looked over from the start is left alone.
        if before.is_some_and(|before| ended > before) {
            list.refetch.run(());
        }
        ended
    });
}

#[component]
fn NoHolds() -> impl IntoView {
    view! {
        <Empty glyph=Glyph::Pause title="No active holds">
            <p>
                "An address appears here when Foreman or a user asks for a free one, until it is reserved or the hold expires."
            </p>
        </Empty>
    }
}

#[component]
fn Table(list: List) -> impl IntoView {
    let holds = move || list.latest.value.with(|(holds, _)| holds.clone());
    view! {
        <div class="table-frame">
            <table class="table table-cards">
                <caption class="visually-hidden">"Active holds"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Subnet"</th>
                        <th scope="col">"Requested by"</th>
                        <th scope="col">"For client"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Ends"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Release"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=holds key=|hold| (hold.key.clone(), hold.until) children=move |hold| view! { <Row hold list/> }/>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(hold: Hold, list: List) -> impl IntoView {
    let Hold { key, holder, purpose, since, until } = hold;
    let address = key.address.to_string();
    let subnet = list.latest.value.with_untracked(|(_, prefixes)| {
        prefixes.iter().find(|(known, _)| *known == key.subnet).map(|(_, prefix)| prefix.clone())
    });
    let purpose = match purpose {
        Some(purpose) => view! {
            <span class="address">{purpose.clone()}<CopyButton what=Copied::Mac text=purpose in_row=true/></span>
        }
        .into_any(),
        None => view! { <span class="muted">"not given"</span> }.into_any(),
    };
    view! {
        <tr class="row">
            <th scope="row" class="row-main">
                <a class="row-link address" href=routes::subnet_with_text(&key.subnet, &address)>
                    {address.clone()}
                </a>
                <CopyButton what=Copied::Address text=address in_row=true/>
            </th>
            <td data-label="Subnet">
                <a class="address" href=routes::subnet(&key.subnet)>
                    {subnet.unwrap_or_else(|| key.subnet.to_string())}
                </a>
            </td>
            <td data-label="Requested by">{holder}</td>
            <td data-label="For client">{purpose}</td>
            <td data-label="Since">
                <Moment at=since past=true/>
            </td>
            <td data-label="Ends">
                <Moment at=until/>
            </td>
            <td class="row-actions">
                <ReleaseButton key list/>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn ReleaseButton(key: HoldKey, list: List) -> impl IntoView {
    let label = format!("Release {}", key.address);
    let key = StoredValue::new(key);
    view! {
        <Show when=move || list.may_release.get()>
            <button
                type="button"
                class="button"
                aria-label=label.clone()
                on:click=move |_| list.asking.set(Some(key.get_value()))
            >
                <Icon glyph=Glyph::Release/>
                "Release"
            </button>
        </Show>
    }
}

/// Asks once more before it releases.
#[component]
fn ReleaseOne(list: List, key: HoldKey) -> impl IntoView {
    let title = format!("Release {}?", key.address);
    let key = StoredValue::new(key);
    view! {
        <Confirm
            title
            confirm="Release"
            testid="confirm-release"
            harmless=true
            busy=list.busy
            on_confirm=move |()| list.release(key.get_value())
            on_close=move |()| list.asking.set(None)
        >
            <p>"It can be suggested to others at once. Whoever was offered it and has not saved yet may find it taken."</p>
        </Confirm>
    }
}

#[component]
fn ReleaseAll(list: List) -> impl IntoView {
    let title = match list.latest.value.with_untracked(|(holds, _)| holds.len()) {
        1 => "Release the active hold?".to_owned(),
        count => format!("Release all {count} holds?"),
    };
    view! {
        <Confirm
            title
            confirm="Release all"
            testid="confirm-release-all"
            busy=list.busy
            on_confirm=move |()| list.release_all()
            on_close=move |()| list.asking_all.set(false)
        >
            <p>"All held addresses, in every subnet, can be suggested again at once."</p>
            <p>
                "A host or form that was offered one and is not yet saved, in Foreman or here, may find it taken. Reservations and leases stay as they are."
            </p>
        </Confirm>
    }
}

/// What a hold is.
#[component]
fn Explanation() -> impl IntoView {
    let settings = Resource::new(|| (), |()| api::foreman_settings());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let span = Seconds(settings.await.ok()?.hold_seconds.into()).to_string();
                Some(
                    view! {
                        <section class="card" aria-labelledby="how">
                            <header class="card-head">
                                <h2 id="how">"How holds work"</h2>
                            </header>
                            <div class="card-body prose">
                                <p>
                                    "When Foreman or a user asks for a free address, Nestor suggests one and holds it for "
                                    <strong>{span}</strong> ". Until then it is not suggested to anyone else."
                                </p>
                                <p>
                                    "A hold ends when the address is reserved, when its time is up, or when it is released above. Holds are kept in Nestor’s own store and survive a restart. Kea does not know of them and may still lease a held address of a pool."
                                </p>
                            </div>
                        </section>
                    },
                )
            })}
        </Transition>
    }
}
