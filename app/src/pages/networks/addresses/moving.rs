//! Moving a reservation to the other place that its server keeps reservations in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Client, Problem, Storage};

use super::{List, words};
use crate::api;
use crate::components::dialog::Confirm;
use crate::forms::{ChangeProblem, Notices};

/// The other place.
pub(super) fn other(storage: Storage) -> Storage {
    match storage {
        Storage::Configuration => Storage::Database,
        Storage::Database => Storage::Configuration,
    }
}

/// The place in few words.
pub(super) fn place(storage: Storage) -> &'static str {
    match storage {
        Storage::Configuration => "configuration file",
        Storage::Database => "host database",
    }
}

/// Asks whether the reservation of that client shall be moved, and moves it.
#[component]
pub(super) fn Moving(list: List, client: Client) -> impl IntoView {
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let close = move |()| list.moving.set(None);
    let Some(reservation) = client.reservation.clone() else { return ().into_any() };
    let to = other(reservation.storage);
    let title = words::title(&client);
    let subnet = reservation.subnet.clone();
    let notices = Notices::here(subnet.clone());
    let what = title.clone();
    let from = reservation.storage.label();
    let confirm = move |()| {
        busy.set(true);
        let (seen, notices, what) = (reservation.clone(), notices.clone(), what.clone());
        spawn_local(async move {
            let answer = api::move_reservation(seen, to).await;
            busy.try_set(false);
            match answer {
                Ok(applied) => {
                    let done = format!("Moved the reservation of {what} to the {}.", place(to));
                    notices.done(&done, format!("The move of {what} is undone."), &applied);
                    list.moving.try_set(None);
                }
                Err(error) => {
                    if problem.try_set(Some(error.0.clone())).is_some() {
                        notices.failed(&error.0);
                    }
                }
            }
        });
    };
    view! {
        <Confirm
            title=format!("Move the reservation of {title} to the {}?", place(to))
            confirm="Move"
            testid="confirm-move"
            harmless=true
            busy
            on_confirm=confirm
            on_close=close
        >
            <p>{format!("It is now {from}. All of it moves; clients are not affected.")}</p>
            {client
                .duplicate
                .is_some()
                .then(|| {
                    view! {
                        <p class="notice tone-warn">
                            "The client has a reservation there, too. Compare the two before you delete one."
                        </p>
                    }
                })}
            <ChangeProblem problem subnet on_saved=close/>
        </Confirm>
    }
    .into_any()
}
