//! What is shown while data is on its way.

use leptos::prelude::*;

/// Grey lines in the place of rows.
#[component]
pub fn Skeleton(
    /// How many.
    #[prop(default = 6)]
    rows: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">"Loading …"</span>
            {(0..rows).map(|_| view! { <span class="skeleton-row" aria-hidden="true"></span> }).collect::<Vec<_>>()}
        </div>
    }
}
