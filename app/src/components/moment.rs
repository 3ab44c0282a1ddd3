//! Points in time: in UTC until the browser has taken over, then in the reader's zone, with UTC in the tooltip.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use model::{Seconds, Timestamp};
use web_sys::js_sys::Date;

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
    let short = hour(at);
    let text = move || clock.until(at).map_or_else(|| short.clone(), |span| in_words(span, past));
    view! { <span class="number" title=move || in_full(clock, at)>{text}</span> }
}

/// The hour of a point in time, in a line of its own.
#[component]
pub fn Hour(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <span class="cell-sub">{hour_of(at)}</span> }
}

/// The hour of a point in time, in full when pointed at. In UTC and in the reader's zone it takes the same room.
pub fn hour_of(at: Timestamp) -> impl IntoView {
    let clock = Clock::here();
    let utc = format!("{} UTC", hour(at));
    let text = move || if clock.knows_zone() { local(at).split_off(DAY) } else { utc.clone() };
    view! { <span class="number hour" title=move || in_full(clock, at)>{text}</span> }
}

/// A sentence; the points in time that it names are told in the reader's zone.
pub fn sentence(text: &str) -> Vec<AnyView> {
    let mut rest = text;
    let mut views = Vec::new();
    while let Some((place, at)) = Timestamp::find(rest) {
        views.push(rest[..place.start].to_owned().into_any());
        views.push(view! { <Point at/> }.into_any());
        rest = &rest[place.end..];
    }
    views.push(rest.to_owned().into_any());
    views
}

/// A tooltip; the points in time that it names are told in the reader's zone, too. Reactive.
pub fn tooltip(clock: Clock, text: &str) -> String {
    match Timestamp::find(text).filter(|_| clock.knows_zone()) {
        Some((place, at)) => {
            let rest = tooltip(clock, &text[place.end..]);
            format!("{}{} ({}){rest}", &text[..place.start], local(at), &text[place])
        }
        None => text.to_owned(),
    }
}

/// Day and hour; in UTC when pointed at.
#[component]
fn Point(at: Timestamp) -> impl IntoView {
    let clock = Clock::here();
    let text = move || if clock.knows_zone() { local(at) } else { at.to_string() };
    view! { <span class="number" title=at.to_string()>{text}</span> }
}

fn in_full(clock: Clock, at: Timestamp) -> String {
    tooltip(clock, &at.to_string())
}

/// How much of a point in time is the day, with the space behind it.
const DAY: usize = "2026-11-21 ".len();

/// "2026-11-21 15:03:22", in the browser's zone. For browsers.
fn local(at: Timestamp) -> String {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds are exact for longer than the sun shines")]
    let date = Date::new(&(at.0 as f64 * 1000.0).into());
    // Swedish writes the day and the hour as ISO 8601 does.
    let text = String::from(date.to_locale_string("sv", &JsValue::UNDEFINED));
    if text.is_char_boundary(DAY) { text } else { at.to_string() }
}

/// The day that it is on in the browser's zone: `2026-11-21`. For browsers.
pub fn local_day(at: Timestamp) -> String {
    local(at).split(' ').next().unwrap_or_default().to_owned()
}

/// When that day (`2026-11-21`), or the day after it, begins in the browser's zone; none where there is no such day. For
/// browsers.
pub fn begin_of_local_day(day: &str, after: bool) -> Option<Timestamp> {
    Timestamp::of_day(day)?;
    // Without a zone that is the browser's.
    let begin = Date::new(&format!("{day}T00:00:00").into());
    if after {
        begin.set_date(begin.get_date() + 1);
    }
    #[allow(clippy::cast_possible_truncation, reason = "seconds fit into an i64 for longer than the sun shines")]
    let seconds = (begin.get_time() / 1000.0) as i64;
    Some(Timestamp(seconds))
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
