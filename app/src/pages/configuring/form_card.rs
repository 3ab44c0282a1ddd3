//! A form for one more part, or for what is changed as a whole.

use leptos::prelude::*;

/// A card with fields, and a button that reviews what is typed.
#[component]
pub(super) fn FormCard(
    /// What it is for; empty: the page says so.
    #[prop(optional, into)]
    title: String,
    /// How tests find it.
    #[prop(optional, into)]
    testid: Option<String>,
    /// How tests find its button.
    #[prop(optional)]
    review: Option<&'static str>,
    /// What the button says; empty: that it reviews.
    #[prop(optional, into)]
    label: Signal<String>,
    /// Whether enough is typed.
    #[prop(default = Signal::stored(true), into)]
    ready: Signal<bool>,
    /// Whether the page has several of them.
    #[prop(optional)]
    several: bool,
    /// Reviews what is typed.
    #[prop(into)]
    on_review: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let name = Some(title).filter(|title| !title.is_empty());
    let heading = name.clone().map(|title| view! { <h2>{title}</h2> });
    let class = if several { "button" } else { "button button-primary" };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if ready.get_untracked() {
            on_review.run(());
        }
    };
    view! {
        <form class="card form-card" aria-label=name data-testid=testid novalidate on:submit=submit>
            {heading}
            {children()}
            <p>
                <button type="submit" class=class data-testid=review disabled=move || !ready.get()>
                    {move || Some(label.get()).filter(|label| !label.is_empty()).unwrap_or_else(|| "Review…".to_owned())}
                </button>
            </p>
        </form>
    }
    .into_any()
}
