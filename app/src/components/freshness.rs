//! How old what you see is.

use leptos::prelude::*;
use model::Timestamp;

use crate::live::Live;
use crate::state::Clock;

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
        Some(if live.connected() { format!(" · live, {age} old") } else { format!(" · {age} old, not live") })
    };
    view! {
        <p class="freshness" class:is-live=move || live.connected()>
            <span class="freshness-dot" aria-hidden="true"></span>
            <span title=at>"as of " {hour}</span>
            <span>{age}</span>
        </p>
    }
}
