//! Points in time.

use leptos::prelude::*;
use model::{Seconds, Timestamp};

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

fn in_words(span: Seconds, past: bool) -> String {
    match span {
        Seconds(0) => "now".to_owned(),
        Seconds(1..) if past => "now".to_owned(),
        _ => relative(span),
    }
}

/// "14:03:22", in UTC.
pub fn hour(at: Timestamp) -> String {
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
