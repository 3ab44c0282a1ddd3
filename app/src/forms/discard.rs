//! The question before something half filled in goes.
#![allow(unreachable_pub, reason = "the component macro makes every component `pub`")]

use leptos::prelude::*;

use crate::components::dialog::Confirm;

/// Asks whether what is typed shall go.
#[component]
pub fn Discard(
    /// Whether it asks.
    asking: RwSignal<bool>,
    /// It shall go.
    on_discard: Callback<()>,
) -> impl IntoView {
    view! {
        <Show when=move || asking.get()>
            <Confirm
                title="Discard unsaved changes?"
                confirm="Discard"
                testid="confirm-discard"
                busy=false
                on_confirm=move |()| on_discard.run(())
                on_close=move |()| asking.set(false)
            >
                <p>"Nothing has been saved yet."</p>
            </Confirm>
        </Show>
    }
}
