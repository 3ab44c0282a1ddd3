//! How old what you see is.

use leptos::prelude::*;
use model::{Seconds, Timestamp};

use crate::live::Live;
use crate::state::Clock;

/// How long a page may be without its event stream before it says so.
const ALARM: Seconds = Seconds(5);

/// "as of 14:03:22 UTC", then "live, 4 s ago" once the browser has taken over.
#[component]
pub fn Freshness(
    /// When the server said what is shown.
    as_of: Timestamp,
) -> impl IntoView {
    let clock = Clock::here();
    let live = Live::here();
    let at = as_of.to_string();
    let hour = at.get(11..).unwrap_or_default().to_owned();
    // The browser's clock may be wrong: the age is counted from when the data came, not from what the server's clock said.
    let came = StoredValue::new(None::<Timestamp>);
    let age = move || {
        let now = clock.now()?;
        // The clock may tick once more while the page goes away.
        let came_at = came.try_get_value()?.unwrap_or(now);
        came.try_set_value(Some(came_at));
        let age = now.since(came_at);
        Some(match live.connected() {
            true => format!(" · live, {age} old"),
            // The stream opens a moment after the page: no reason for alarm yet.
            false if age < ALARM => format!(" · {age} old"),
            false => format!(" · {age} old, not live"),
        })
    };
    view! {
        <p class="freshness" class:is-live=move || live.connected()>
            <span class="freshness-dot" aria-hidden="true"></span>
            <span title=at>"as of " {hour}</span>
            <span>{age}</span>
        </p>
    }
}
