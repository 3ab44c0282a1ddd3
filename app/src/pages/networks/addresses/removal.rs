//! Deleting a reservation: what it means, and the way back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Client, Reservation};

use super::{List, words};
use crate::api;
use crate::components::dialog::Confirm;
use crate::components::problem::ProblemView;
use crate::forms::{again, create_again};

/// Asks whether the reservation of that client shall go, and deletes it.
#[component]
pub(super) fn Removal(list: List, client: Client) -> impl IntoView {
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None);
    let close = move |()| list.deleting.set(None);
    let Some(reservation) = client.reservation.clone() else { return ().into_any() };
    let subnet = list.summary.with_untracked(|summary| summary.subnet.clone());
    let as_of = list.page.with_untracked(|page| page.as_of);
    let in_pool = client.address.is_some_and(|address| subnet.pool_of(address).is_some());
    let what = format!("Reserved for {}, stored {}.", described(&reservation), reservation.storage.label());
    let irreversible = again(&reservation, &subnet).is_none();
    let confirm = {
        let reservation = reservation.clone();
        move |()| {
            busy.set(true);
            spawn_local(delete(list, reservation.clone(), busy, problem));
        }
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
            <p>{words::who_has_it(&client, as_of)}</p>
            <p>{words::after_deletion(&client, in_pool, as_of)}</p>
            {irreversible
                .then(|| {
                    view! {
                        <p class="notice tone-warn">
                            "This reservation also holds client classes or options that Nestor cannot write. Deleting it cannot be undone here."
                        </p>
                    }
                })}
            {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
        </Confirm>
    }
    .into_any()
}

/// Whom it is for, with the name.
fn described(reservation: &Reservation) -> String {
    let owner = words::owner(reservation);
    reservation.host_name.as_ref().map_or(owner.clone(), |name| format!("{owner} ({name})"))
}

async fn delete(list: List, reservation: Reservation, busy: RwSignal<bool>, problem: RwSignal<Option<model::Problem>>) {
    let answer = api::delete_reservation(reservation.clone()).await;
    busy.try_set(false);
    match answer {
        Ok(_) => {
            let text = format!(
                "Deleted the reservation of {}.",
                reservation.address.map_or_else(|| words::owner(&reservation), |address| address.to_string())
            );
            let (live, toasts) = (list.live, list.toasts);
            let subnet = list.summary.try_with_untracked(|summary| summary.subnet.clone());
            match subnet.and_then(|subnet| again(&reservation, &subnet)) {
                Some(new) => {
                    list.toasts.done_with_undo(text, Callback::new(move |()| create_again(new.clone(), live, toasts)));
                }
                None => list.toasts.done(text),
            }
            live.changed(Some(reservation.subnet));
            list.deleting.try_set(None);
        }
        Err(error) => {
            if problem.try_set(Some(error.0.clone())).is_some() {
                list.toasts.failed(&error.0);
            }
            list.live.changed(Some(reservation.subnet));
        }
    }
}
