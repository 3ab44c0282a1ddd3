//! Which calls are shown: chips, a text, and a stop for what comes in.

use leptos::prelude::*;

use super::List;
use crate::components::chip::FilterChip;
use crate::components::icon::{Glyph, Icon};
use crate::components::text_filter::TextFilter;
use crate::pages::foreman::query;
use crate::routes;

/// Chips, the text, and the stop.
#[component]
pub(super) fn Filters(list: List) -> impl IntoView {
    let chips = query::FILTERS.map(|(filter, _, label)| {
        let href = Signal::derive(move || list.query.with(|query| query::href(&query::with_filter(query, filter))));
        let on = Signal::derive(move || list.query.with(|query| query.filter == filter));
        view! { <FilterChip label href on/> }
    });
    let text = Signal::derive(move || list.query.with(|query| query.text.clone()));
    let rest = Signal::derive(move || list.query.with(|query| query::pairs(&query::with_text(query, ""))));
    let href = move |text: String| list.query.with_untracked(|query| query::href(&query::with_text(query, &text)));
    view! {
        <div class="toolbar">
            <nav class="chips" aria-label="Filter" data-testid="call-filters">
                {chips}
            </nav>
            <TextFilter
                id="call-filter"
                label="Only calls with this text"
                placeholder="Host, address, MAC, request id …"
                action=routes::FOREMAN
                text
                href
                rest
            />
            <Show when=move || list.is_newest()>
                <Stop list/>
            </Show>
        </div>
    }
}

/// Stops what comes in, and lets it in again.
#[component]
fn Stop(list: List) -> impl IntoView {
    let label = move || if list.paused.get() { "Resume" } else { "Pause" };
    let glyph = move || if list.paused.get() { Glyph::Refresh } else { Glyph::Pause };
    view! {
        <button
            type="button"
            class="button"
            title="New calls are not added while the list is paused."
            on:click=move |_| list.paused.update(|paused| *paused = !*paused)
        >
            {move || view! { <Icon glyph=glyph()/> }}
            <span>{label}</span>
        </button>
    }
}
