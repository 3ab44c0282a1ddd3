//! What lists have in common: how one moves through their rows, and what stands below them.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use super::icon::{Glyph, Icon};

/// Moves the focus from row to row with the arrow keys: from the link or button that opens a row to the next one's.
pub fn move_between_rows(event: &ev::KeyboardEvent) {
    let row = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("tr").ok()?);
    let next = row.and_then(|row| match event.key().as_str() {
        "ArrowDown" => row.next_element_sibling(),
        "ArrowUp" => row.previous_element_sibling(),
        _ => None,
    });
    let target = next.and_then(|row| row.query_selector(".row-link").ok()?);
    if let Some(target) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        drop(target.focus());
    }
}

/// The way to the newest and to older rows of a list, and whether new ones come in.
#[component]
pub fn ListFoot(
    /// Where the newest rows are, if others are shown.
    #[prop(into)]
    newest: Signal<Option<String>>,
    /// Where the next older rows are, if there are any.
    #[prop(into)]
    older: Signal<Option<String>>,
    /// Whether new rows come in.
    #[prop(into)]
    live: Signal<bool>,
    /// What that means, in words.
    #[prop(into)]
    text: Signal<&'static str>,
) -> impl IntoView {
    let step = |href: String, label: &'static str, glyph: Glyph, testid: &'static str| {
        view! {
            <a class="button" href=href data-testid=testid>
                <Icon glyph/>
                <span>{label}</span>
            </a>
        }
    };
    view! {
        <footer class="list-foot">
            <nav class="pager-steps" aria-label="Pages of the list">
                {move || newest.get().map(|href| step(href, "Newest", Glyph::ChevronLeft, "newest"))}
                {move || older.get().map(|href| step(href, "Older", Glyph::ChevronRight, "older"))}
            </nav>
            <p class="freshness" class:is-live=move || live.get()>
                <span class="freshness-dot" aria-hidden="true"></span>
                <span>{move || text.get()}</span>
            </p>
        </footer>
    }
    .into_any()
}
