//! The holds that run now.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Hold, HoldKey, Permission, SubnetKey, Timestamp};

use crate::api;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;
use crate::live::Live;
use crate::routes;
use crate::state::{Clock, Session, Toasts, relative};

/// What somebody is about to release.
#[derive(Clone, Copy)]
struct Release {
    asking: RwSignal<Option<HoldKey>>,
    busy: RwSignal<bool>,
    after: Callback<()>,
}

impl Release {
    fn run(self, key: HoldKey) {
        let toasts = Toasts::here();
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::release_hold(key.clone()).await;
            self.busy.try_set(false);
            self.asking.try_set(None);
            match answer {
                Ok(()) => toasts.done(format!("{} can be suggested again.", key.address)),
                Err(error) => toasts.failed(&error.0),
            }
            self.after.try_run(());
        });
    }
}

/// The holds.
#[component]
pub fn Holds() -> impl IntoView {
    let live = Live::here();
    let holds = Resource::new(move || live.version(), |_| api::list_holds());
    // Only for the prefixes: without them the numbers of the subnets are shown.
    let subnets = Resource::new(|| (), |()| api::list_subnets());
    let after = Callback::new(move |()| holds.refetch());
    let release = Release { asking: RwSignal::new(None), busy: RwSignal::new(false), after };
    view! {
        <section class="card" aria-labelledby="holds">
            <header class="card-head">
                <h2 id="holds">"Running holds"</h2>
            </header>
            <Transition fallback=|| view! { <Skeleton rows=4/> }>
                {move || Suspend::new(async move {
                    let prefixes = match subnets.await {
                        Ok(list) => list.subnets.into_iter().map(|row| (row.subnet.key, row.subnet.prefix.to_string())).collect(),
                        Err(_) => BTreeMap::new(),
                    };
                    match holds.await {
                        Ok(holds) => view! { <Table holds prefixes release/> }.into_any(),
                        Err(error) => view! { <ProblemView problem=error.0 retry=after/> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Table(holds: Vec<Hold>, prefixes: BTreeMap<SubnetKey, String>, release: Release) -> impl IntoView {
    if holds.is_empty() {
        return view! {
            <Empty glyph=Glyph::Pause title="Nothing is held">
                <p>
                    "Addresses appear here as soon as Foreman or somebody here asks for a free one, and go when the reservation is made or the time is over. Nobody has asked just now."
                </p>
            </Empty>
        }
        .into_any();
    }
    let rows = holds.into_iter().map(|hold| {
        let subnet = prefixes.get(&hold.key.subnet).cloned().unwrap_or_else(|| hold.key.subnet.to_string());
        view! { <Row hold subnet release/> }
    });
    view! {
        <div class="table-frame">
            <table class="table table-cards">
                <caption class="visually-hidden">"Running holds"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Subnet"</th>
                        <th scope="col">"Held for"</th>
                        <th scope="col">"Client"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Ends"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Release"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(hold: Hold, subnet: String, release: Release) -> impl IntoView {
    let Hold { key, holder, purpose, since, until } = hold;
    let address = key.address.to_string();
    view! {
        <tr>
            <th scope="row" class="row-main">
                <a class="address" href=routes::subnet_with_text(&key.subnet, &address)>{address.clone()}</a>
            </th>
            <td data-label="Subnet">
                <a class="address" href=routes::subnet(&key.subnet)>{subnet}</a>
            </td>
            <td data-label="Held for">{holder}</td>
            <td data-label="Client" class="address">{purpose.unwrap_or_else(|| "not said".to_owned())}</td>
            <td data-label="Since"><Moment at=since/></td>
            <td data-label="Ends"><Moment at=until/></td>
            <td class="row-actions"><ReleaseButton key release/></td>
        </tr>
    }
    .into_any()
}

/// A point in time: in full, and how far it is from now when the browser has taken over.
#[component]
fn Moment(at: Timestamp) -> impl IntoView {
    let clock = Clock::here();
    let full = at.to_string();
    let short = full.get(11..19).unwrap_or_default().to_owned();
    let text = move || clock.until(at).map_or_else(|| short.clone(), relative);
    view! { <span class="number" title=full>{text}</span> }
}

/// Asks once more before it releases.
#[component]
fn ReleaseButton(key: HoldKey, release: Release) -> impl IntoView {
    let session = Session::here();
    let key = StoredValue::new(key);
    let may = move || session.is_some_and(|session| session.may(Permission::Reserve));
    let asking = Memo::new(move |_| release.asking.with(|asking| asking.as_ref() == Some(&key.get_value())));
    let address = key.with_value(|key| key.address.to_string());
    let label = format!("Release {address}");
    move || {
        if !may() {
            return None;
        }
        let label = label.clone();
        Some(if asking.get() {
            view! {
                <span class="confirm">
                    <span>"Let others be offered it?"</span>
                    <button
                        type="button"
                        class="button button-change"
                        disabled=move || release.busy.get()
                        on:click=move |_| release.run(key.get_value())
                    >
                        "Release"
                    </button>
                    <button type="button" class="button" on:click=move |_| release.asking.set(None)>
                        "Keep"
                    </button>
                </span>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="button" aria-label=label on:click=move |_| release.asking.set(Some(key.get_value()))>
                    <Icon glyph=Glyph::Release/>
                    "Release"
                </button>
            }
            .into_any()
        })
    }
}
