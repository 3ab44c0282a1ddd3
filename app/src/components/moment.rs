//! Points in time.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use model::{Seconds, Timestamp};
use web_sys::js_sys;

use crate::state::{Clock, relative};

/// A point in time: how far it is from now when the browser has taken over, until then the hour; in full when pointed at.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
    /// Whether it is over, whatever the browser's clock says.
    #[prop(optional)]
    past: bool,
) -> impl IntoView {
    let clock = Clock::here();
    let full = at.to_string();
    let short = hour(at);
    let text = move || clock.until(at).map_or_else(|| short.clone(), |span| in_words(span, past));
    view! { <span class="number" title=full>{text}</span> }
}

/// The hour of a point in time, in UTC until the browser has taken over, then in the reader's zone; in full, in UTC, when
/// pointed at. Both take the same room.
#[component]
pub fn Hour(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    let clock = Clock::here();
    let taken_over = Memo::new(move |_| clock.now().is_some());
    let full = at.to_string();
    let utc = format!("{} UTC", hour(at));
    let text = move || if taken_over.get() { local_hour(at) } else { utc.clone() };
    view! { <span class="cell-sub number hour" title=full>{text}</span> }
}

/// "15:03:22", in the browser's zone. For browsers.
fn local_hour(at: Timestamp) -> String {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds are exact for longer than the sun shines")]
    let date = js_sys::Date::new(&(at.0 as f64 * 1000.0).into());
    // Swedish writes the day and the hour as ISO 8601 does.
    String::from(date.to_locale_string("sv", &JsValue::UNDEFINED)).get(11..19).unwrap_or_default().to_owned()
}

fn in_words(span: Seconds, past: bool) -> String {
    match span {
        Seconds(0) => "now".to_owned(),
        Seconds(1..) if past => "now".to_owned(),
        _ => relative(span),
    }
}

/// "14:03:22", in UTC.
fn hour(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_never_to_come() {
        assert_eq!(in_words(Seconds(3), true), "now");
        assert_eq!(in_words(Seconds(0), false), "now");
        assert_eq!(in_words(Seconds(3), false), "in 3 s");
        assert_eq!(in_words(Seconds(-3), true), "3 s ago");
    }
}
