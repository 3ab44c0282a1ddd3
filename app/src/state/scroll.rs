//! Back leads to where one was on a page, also where its content comes later than the browser waits for.

use std::collections::HashMap;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use super::session::here;

/// How often, and how many times, it is looked whether the page is long enough by now.
const PAUSE: Duration = Duration::from_millis(50);
const TIMES: u32 = 60;
/// How many of these times it is looked at least: at first it is the old page that is scrolled.
const FIRST: u32 = 20;

/// Keeps how far each page was scrolled down, and goes there again when somebody comes back.
pub fn keep_scroll() {
    let places = StoredValue::new(HashMap::<String, f64>::new());
    let wanted = StoredValue::new(None::<f64>);
    Effect::new(move || {
        let scrolled = window_event_listener(ev::scroll, move |_| {
            if wanted.get_value().is_none() {
                places.update_value(|places| {
                    places.insert(here(), at());
                });
            }
        });
        let came_back = window_event_listener(ev::popstate, move |_| {
            wanted.set_value(places.with_value(|places| places.get(&here()).copied()));
            go(wanted, TIMES);
        });
        // Whoever scrolls, types or clicks wants to be where they are.
        let stop = move || wanted.set_value(None);
        let [wheel, pressed] =
            [window_event_listener(ev::wheel, move |_| stop()), window_event_listener(ev::keydown, move |_| stop())];
        let clicked = window_event_listener(ev::mousedown, move |_| stop());
        on_cleanup(move || {
            for handle in [scrolled, came_back, wheel, pressed, clicked] {
                handle.remove();
            }
        });
    });
}

fn at() -> f64 {
    window().scroll_y().unwrap_or_default()
}

fn go(wanted: StoredValue<Option<f64>>, times: u32) {
    let Some(place) = wanted.try_get_value().flatten() else { return };
    window().scroll_to_with_x_and_y(0.0, place);
    if times == 0 || (times < TIMES - FIRST && (at() - place).abs() < 2.0) {
        wanted.set_value(None);
    } else {
        set_timeout(move || go(wanted, times - 1), PAUSE);
    }
}
