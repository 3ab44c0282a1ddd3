//! The time of day, as the browser has it.

use std::time::Duration;

use leptos::prelude::*;
use model::{Seconds, Timestamp};
use web_sys::js_sys;

/// The time of day. The server knows none: what it renders must still be right when the page arrives, so that relative
/// times ("4 min ago") appear when the browser has taken over.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    now: RwSignal<Option<Timestamp>>,
    /// Whether the browser has taken over, and its zone is the reader's.
    knows_zone: RwSignal<bool>,
}

impl Clock {
    /// Provides the clock to everything below, and starts it when this runs in a browser.
    pub fn provide() -> Self {
        let clock = Self::unknown();
        provide_context(clock);
        let running = StoredValue::new(None::<IntervalHandle>);
        Effect::new(move || {
            clock.now.set(Some(Self::read()));
            clock.knows_zone.set(true);
            running.set_value(
                set_interval_with_handle(move || clock.now.set(Some(Self::read())), Duration::from_secs(1)).ok(),
            );
        });
        on_cleanup(move || {
            if let Some(handle) = running.try_get_value().flatten() {
                handle.clear();
            }
        });
        clock
    }

    /// The clock that is provided.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::unknown)
    }

    /// Now; none until the browser has taken over. Changes every second.
    pub fn now(self) -> Option<Timestamp> {
        self.now.get()
    }

    /// How long until that point in time (negative: since); none until the browser has taken over.
    pub fn until(self, end: Timestamp) -> Option<Seconds> {
        self.now().map(|now| end.since(now))
    }

    /// Whether times can be shown in the reader's zone: once the browser has taken over. Changes once.
    pub fn knows_zone(self) -> bool {
        self.knows_zone.get()
    }

    fn unknown() -> Self {
        Self { now: RwSignal::new(None), knows_zone: RwSignal::new(false) }
    }

    fn read() -> Timestamp {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the time in seconds fits into an i64 for longer than the sun shines"
        )]
        Timestamp((js_sys::Date::now() / 1000.0) as i64)
    }
}

/// "in 4 min", "4 min ago".
pub fn relative(span: Seconds) -> String {
    if span.0 >= 0 { format!("in {span}") } else { format!("{span} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_direction() {
        assert_eq!(relative(Seconds(240)), "in 4 min");
        assert_eq!(relative(Seconds(-5)), "5 s ago");
    }
}
