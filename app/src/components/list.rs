//! What stands below lists that go back in time.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

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
