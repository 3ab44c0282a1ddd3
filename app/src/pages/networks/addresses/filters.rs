//! Which rows of the list are shown: chips, and a text.

use leptos::prelude::*;

use super::goto::GoTo;
use super::{List, query};
use crate::components::chip::FilterChip;
use crate::components::text_filter::TextFilter;

/// Chips and text.
#[component]
pub(super) fn Filters(list: List) -> impl IntoView {
    let chips = query::FILTERS.map(|(filter, _, label)| {
        let href = Signal::derive(move || list.href(|query| query::with_filter(query, filter)));
        let on = Signal::derive(move || list.query.get().filter == filter);
        view! { <FilterChip label href on/> }
    });
    view! {
        <div class="toolbar">
            <nav class="chips" aria-label="Filter" data-testid="filter-chips">
                {chips}
            </nav>
            <GoTo list/>
            <TextFilter
                id="text-filter"
                label="Only addresses with this text"
                placeholder="Address, name, MAC …"
                action=Signal::derive(move || list.path())
                text=Signal::derive(move || list.query.with(|query| query.text.clone()))
                href=move |text: String| untrack(|| list.href(|query| query::with_text(query, &text)))
                rest=Signal::derive(move || list.query.with(|query| query::pairs(&query::with_text(query, ""))))
            />
        </div>
    }
}
