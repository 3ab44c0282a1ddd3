//! Filter chips.

use leptos::prelude::*;

/// A link to the same list with another filter.
#[component]
pub fn FilterChip(
    /// The filter.
    label: &'static str,
    /// Where the list is with it.
    #[prop(into)]
    href: Signal<String>,
    /// Whether it is the one that is on.
    #[prop(into)]
    on: Signal<bool>,
) -> impl IntoView {
    view! {
        <a class="chip" href=move || href.get() aria-current=move || on.get().then_some("true") data-noscroll="">
            {label}
        </a>
    }
}
