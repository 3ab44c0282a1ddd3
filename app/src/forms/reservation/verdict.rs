//! What stands against the reservation, shown while it is typed.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{NewReservation, Storage};

use super::Form;
use crate::api;
use crate::components::conflicts::ConflictList;

/// How long typing must rest before the server is asked.
const REST: Duration = Duration::from_millis(400);

/// Asks whenever the draft has become a complete one.
pub(super) fn watch(form: Form) {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        let checked = form.checked.get();
        stop(waiting);
        form.conflicts.set(Vec::new());
        let Ok(new) = checked else { return };
        // Without the address that is yet to be chosen it may say nothing that could be judged.
        if form.chooses() && new.over(None, Storage::Configuration).marks_only() {
            return;
        }
        let unfinished = form.subnet.with_value(|subnet| !new.check(subnet, form.seen().as_ref()).is_empty());
        if unfinished || form.seen().is_some_and(|seen| seen.matches(&new)) {
            return;
        }
        waiting.set_value(set_timeout_with_handle(move || ask(form, new), REST).ok());
    });
    on_cleanup(move || stop(waiting));
}

fn stop(waiting: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = waiting.try_get_value().flatten() {
        handle.clear();
    }
}

fn ask(form: Form, new: NewReservation) {
    let replacing = form.seen().map(|seen| seen.key());
    spawn_local(async move {
        // Advice only: what fails here is reported when the reservation is saved.
        let Ok(conflicts) = api::reservation_verdict(new.clone(), replacing).await else { return };
        let current = form.checked.try_with_untracked(|checked| checked.as_ref().is_ok_and(|now| *now == new));
        if current == Some(true) {
            form.conflicts.try_set(conflicts);
        }
    });
}

/// What stands against it, with the way to each cause.
#[component]
pub(super) fn Conflicts(form: Form) -> impl IntoView {
    let subnet = form.subnet.with_value(|subnet| subnet.key.clone());
    let again = Callback::new(move |()| {
        if let Some(Ok(new)) = form.checked.try_get_untracked() {
            ask(form, new);
        }
    });
    let conflicts = move || {
        let conflicts = form.conflicts.get();
        let subnet = subnet.clone();
        (!conflicts.is_empty()).then(|| view! { <ConflictList conflicts subnet beside=true on_settled=again/> })
    };
    view! {
        <div class="conflicts" role="status" aria-live="polite">
            {conflicts}
        </div>
    }
}
