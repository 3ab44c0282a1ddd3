//! What is half filled in, and would be gone with the page.

use leptos::ev;
use leptos::prelude::*;

/// Has the browser ask before the page is reloaded, closed or left for another one, for as long as the current owner lives
/// and there is something to lose.
pub fn ask_before_leaving(unsaved: impl Fn() -> bool + Copy + 'static) {
    Effect::new(move || {
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if unsaved() {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}
