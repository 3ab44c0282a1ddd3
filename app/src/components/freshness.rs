//! How old what you see is.

use leptos::prelude::*;
use model::{Seconds, ServerName, Timestamp};

use crate::components::moment::hour_of;
use crate::live::Live;
use crate::state::Clock;

/// How long a page may be without its event stream before it says so.
const ALARM: Seconds = Seconds(5);

/// "as of 14:03:22 UTC", then, in the reader's zone, "live, 4 s old" once the browser has taken over; never "live" while a
/// server does not answer.
#[component]
pub fn Freshness(
    /// When the server said what is shown.
    as_of: Timestamp,
    /// The server that what is shown is of; none: all of them.
    #[prop(optional_no_strip)]
    of: Option<ServerName>,
) -> impl IntoView {
    let clock = Clock::here();
    let live = Live::here();
    // The browser's clock may be wrong: the age is counted from when the data came, not from what the server's clock said.
    let came = StoredValue::new(None::<Timestamp>);
    let of = StoredValue::new(of);
    let silent = Memo::new(move |_| of.try_with_value(|of| live.silent(of.as_ref())).unwrap_or_default());
    let is_live = move || live.connected() && silent.with(Vec::is_empty);
    let age = move || {
        if let Some(text) = silent.with(|silent| absent(silent)) {
            return Some(text);
        }
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
        <p class="freshness" class:is-live=is_live>
            <span class="freshness-dot" aria-hidden="true"></span>
            <span>"as of " {hour_of(as_of)}</span>
            <span>{age}</span>
        </p>
    }
}

/// That servers do not answer, if there are any.
fn absent(silent: &[ServerName]) -> Option<String> {
    match silent {
        [] => None,
        [one] => Some(format!(" · {one} does not answer")),
        [one, rest @ ..] => Some(format!(" · {one} and {} more do not answer", rest.len())),
    }
}

/// "as of 14:03:22", beside what a server said that does not answer now.
#[component]
pub fn AsOf(
    /// When it said so.
    at: Timestamp,
) -> impl IntoView {
    view! { <span class="as-of">"as of " {hour_of(at)}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_do_not_answer_are_named() {
        let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<ServerName>>();
        assert_eq!(absent(&names(&[])), None);
        assert_eq!(absent(&names(&["kea2"])).as_deref(), Some(" · kea2 does not answer"));
        assert_eq!(absent(&names(&["a", "b", "c"])).as_deref(), Some(" · a and 2 more do not answer"));
    }
}
