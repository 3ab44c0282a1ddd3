//! Deleting a reservation: what it means, and the way back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Client, Problem, Reservation};

use super::{List, words};
use crate::api;
use crate::components::dialog::Confirm;
use crate::forms::{ChangeProblem, Notices};

/// Asks whether the reservation of that client shall go, and deletes it.
#[component]
pub(super) fn Removal(list: List, client: Client) -> impl IntoView {
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None);
    let close = move |()| list.opened.close();
    let Some(reservation) = client.reservation.clone() else { return ().into_any() };
    let subnet = list.summary.with_untracked(|summary| summary.subnet.clone());
    let as_of = list.page.with_untracked(|page| page.as_of);
    let in_pool = client.address.is_some_and(|address| subnet.pool_of(address).is_some())
        || client.prefix.is_some_and(|prefix| subnet.prefix_pools.iter().any(|pool| pool.prefix.overlaps(prefix)));
    let together = Some(reservation.what()).filter(|what| client.what().as_ref() != Some(what) && !what.is_empty());
    let what = format!("Reserved for {}, stored {}.", described(&reservation), reservation.storage.label());
    let notices = Notices::here(reservation.subnet.clone());
    let key = reservation.subnet.clone();
    let confirm = move |()| {
        busy.set(true);
        spawn_local(delete(list, reservation.clone(), busy, problem, notices.clone()));
    };
    view! {
        <Confirm
            title=format!("Delete the reservation of {}?", words::title(&client))
            confirm="Delete reservation"
            testid="confirm-delete"
            busy
            on_confirm=confirm
            on_close=close
        >
            <p>{what}</p>
            {together.map(|all| view! { <p>"Everything in it is deleted: "<span class="mono">{all}</span>"."</p> })}
            <p>{words::who_has_it(&client, as_of)}</p>
            <p>{words::after_deletion(&client, in_pool, as_of)}</p>
            <ChangeProblem problem subnet=key on_saved=close/>
        </Confirm>
    }
    .into_any()
}

/// Whom it is for, with the name.
fn described(reservation: &Reservation) -> String {
    let owner = words::owner(reservation);
    reservation.host_name.as_ref().map_or(owner.clone(), |name| format!("{owner} ({name})"))
}

async fn delete(
    list: List,
    reservation: Reservation,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    notices: Notices,
) {
    let what = Some(reservation.what()).filter(|what| !what.is_empty()).unwrap_or_else(|| words::owner(&reservation));
    let answer = api::delete_reservation(reservation).await;
    busy.try_set(false);
    match answer {
        Ok(applied) => {
            let undone = format!("The reservation of {what} is restored.");
            notices.done(&format!("Deleted the reservation of {what}."), undone, &applied);
            list.opened.close();
        }
        Err(error) => {
            if problem.try_set(Some(error.0.clone())).is_some() {
                notices.failed(&error.0);
            } else {
                list.changed();
            }
        }
    }
}
