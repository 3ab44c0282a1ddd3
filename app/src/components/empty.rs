//! Places where nothing is yet: what will appear here, and why there is nothing now.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A place where nothing is.
#[component]
pub fn Empty(
    /// Its drawing.
    glyph: Glyph,
    /// Whether it is all that the page says, and its title the heading of the page.
    #[prop(optional)]
    page: bool,
    /// What is not there, in a few words.
    #[prop(into)]
    title: String,
    /// What will appear, why nothing is here, what can be done.
    children: Children,
) -> impl IntoView {
    let title = if page {
        view! { <h1 class="empty-title">{title}</h1> }.into_any()
    } else {
        view! { <p class="empty-title">{title}</p> }.into_any()
    };
    view! {
        <div class="empty">
            <Icon glyph/>
            {title}
            <div class="empty-text">{children()}</div>
        </div>
    }
}
