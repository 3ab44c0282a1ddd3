//! Places where nothing is yet: what will appear here, and why there is nothing now.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A place where nothing is.
#[component]
pub fn Empty(
    /// Its drawing.
    glyph: Glyph,
    /// What is not there, in a few words.
    #[prop(into)]
    title: String,
    /// What will appear, why nothing is here, what can be done.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph/>
            <p class="empty-title">{title}</p>
            <div class="empty-text">{children()}</div>
        </div>
    }
}
