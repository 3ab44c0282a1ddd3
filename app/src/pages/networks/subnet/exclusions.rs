//! The excluded ranges of a subnet.

use leptos::prelude::*;
use model::Exclusion;

use super::super::addresses::List;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::Moment;
use crate::components::problem::ProblemView;

/// The ranges, folded away.
#[component]
pub(super) fn Exclusions(list: List) -> impl IntoView {
    let count = move || list.exclusions().and_then(Result::ok).map(|known| known.len());
    // Links lead here from what an exclusion stands against.
    let open = RwSignal::new(false);
    Effect::new(move || open.set(window().location().hash().is_ok_and(|hash| hash == "#exclusions")));
    let body = move || match list.exclusions() {
        None => view! { <p class="muted">"Loading …"</p> }.into_any(),
        Some(Err(error)) => view! { <ProblemView problem=error.0 retry=move |()| list.changed()/> }.into_any(),
        Some(Ok(known)) if known.is_empty() => {
            view! { <p class="muted">"None: every free address can be suggested."</p> }.into_any()
        }
        Some(Ok(known)) => {
            let rows = known.into_iter().map(|exclusion| view! { <Row list exclusion/> }).collect::<Vec<_>>();
            view! { <ul class="fold-list">{rows}</ul> }.into_any()
        }
    };
    view! {
        <details class="fold" id="exclusions" open=move || open.get() data-testid="exclusions">
            <summary>"Exclusions " <span class="count">{count}</span></summary>
            {body}
            <Show when=move || list.may_reserve()>
                <p class="fold-action">
                    <button type="button" class="button button-small" on:click=move |_| list.exclude(None)>
                        <Icon glyph=Glyph::Plus/>
                        "Exclude addresses…"
                    </button>
                </p>
            </Show>
        </details>
    }
}

#[component]
fn Row(list: List, exclusion: Exclusion) -> impl IntoView {
    let Exclusion { range, reason, author, since, .. } = exclusion.clone();
    let label = format!("Remove the exclusion of {range}");
    view! {
        <li data-testid="exclusion">
            <span class="mono">{range.to_string()}</span>
            <span>{reason}</span>
            <span class="muted">{author}", "<Moment at=since past=true/></span>
            <Show when=move || list.may_reserve()>
                <button
                    type="button"
                    class="button button-small"
                    aria-label=label.clone()
                    on:click={
                        let exclusion = exclusion.clone();
                        move |_| list.include(exclusion.clone())
                    }
                >
                    "Remove"
                </button>
            </Show>
        </li>
    }
}
