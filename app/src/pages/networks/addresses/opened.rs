//! The drawers of the list, each with an address: what a colleague is sent may be on no page of the list that is shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{AddressFilter, AddressQuery, AddressRow};

use super::details::Details;
use super::excluding::{self, Excluding};
use super::removal::Removal;
use super::{List, verb, words};
use crate::api;
use crate::components::drawer::Drawer;
use crate::components::opened::Open;
use crate::forms::{Draft, ReservationDrawer, Task};

/// Details of a row.
pub(super) const DETAILS: &str = "open";
/// A change of the reservation of a row.
pub(super) const EDIT: &str = "edit";
/// A new reservation, from a row or from nothing.
pub(super) const RESERVE: &str = "reserve";
/// A range of addresses to be excluded.
pub(super) const EXCLUDE: &str = "exclude";
/// The end of the reservation of a row.
pub(super) const DELETE: &str = "delete";
/// The name of the subnet.
pub(in crate::pages::networks) const RENAME: &str = "rename";
/// Every drawer of the page.
pub(super) const KINDS: &[&str] = &[DETAILS, EDIT, RESERVE, EXCLUDE, DELETE, RENAME];
/// What a reservation or an exclusion is made of where it is made from nothing.
pub(super) const NOTHING: &str = "new";

/// The drawer that is open.
#[component]
pub(super) fn OpenDrawer(list: List) -> impl IntoView {
    let open = Memo::new(move |_| list.opened.get().filter(|(kind, _)| *kind != RENAME));
    let may = Memo::new(move |_| list.may_reserve.get());
    move || {
        let open = open.get()?;
        // What is open of a row stays as it was opened, whatever becomes of the row.
        (open.0 == DETAILS || may.get()).then(|| untrack(|| of(list, open)))
    }
}

fn of(list: List, (kind, id): Open) -> AnyView {
    if (kind, id.as_str()) == (RESERVE, NOTHING) {
        let family = list.summary.with_untracked(|summary| summary.subnet.family());
        let task = Task::Create { draft: Box::new(Draft::empty(family)), range: None };
        return view! { <Form list task/> }.into_any();
    }
    if kind == EXCLUDE {
        return view! { <Excluding list ends=excluding::ends(&id)/> }.into_any();
    }
    if let Some(row) = list.row(&id) {
        return filled(list, kind, id, row);
    }
    let found = RwSignal::new(None::<Option<AddressRow>>);
    let wanted = id.clone();
    spawn_local(async move {
        found.try_set(Some(find(list, &wanted).await));
    });
    let view = move || match (found.get()?, words::text_of(&id).parse().ok().filter(|_| kind == RESERVE)) {
        (Some(row), _) => Some(filled(list, kind, id.clone(), row)),
        // One of the free addresses of a gap.
        (None, Some(address)) => {
            let task = Task::Create { draft: Box::new(Draft::at(address)), range: None };
            Some(view! { <Form list task/> }.into_any())
        }
        (None, None) => Some(nothing(list, &id)),
    };
    view.into_any()
}

/// The row of that id, whatever part of the list is shown.
async fn find(list: List, id: &str) -> Option<AddressRow> {
    let text = words::text_of(id).to_owned();
    let query = AddressQuery { text, filter: AddressFilter::All, ..AddressQuery::default() };
    let page = api::list_addresses(list.key()?, query).await.ok()?;
    let at = words::ids(&page.rows).iter().position(|known| known == id)?;
    page.rows.into_iter().nth(at)
}

fn filled(list: List, kind: &str, id: String, row: AddressRow) -> AnyView {
    match (kind, row) {
        (DETAILS, AddressRow::Client(client)) => view! { <Details list id client=*client/> }.into_any(),
        (DELETE, AddressRow::Client(client)) if client.reservation.is_some() => {
            view! { <Removal list client=*client/> }.into_any()
        }
        (kind, row) => match verb::task(kind, &row) {
            Some(task) => view! { <Form list task/> }.into_any(),
            None => nothing(list, &id),
        },
    }
}

/// What was named in the address is not there, or not any more.
fn nothing(list: List, id: &str) -> AnyView {
    view! {
        <Drawer title=words::text_of(id).to_owned() on_close=move |()| list.opened.close() testid="address-gone">
            <div class="drawer-body">
                <p>"It is not in this subnet any more, or there is nothing of the kind to change."</p>
            </div>
        </Drawer>
    }
    .into_any()
}

#[component]
fn Form(list: List, task: Task) -> impl IntoView {
    let subnet = list.summary.with_untracked(|summary| summary.subnet.clone());
    view! {
        <ReservationDrawer subnet task last=list.last opened=list.opened on_close=move |()| list.opened.close()/>
    }
}
