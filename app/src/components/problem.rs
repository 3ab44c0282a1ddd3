//! What went wrong, and the way out.

use leptos::prelude::*;
use model::{Problem, ProblemKind, as_sentence};

use super::conflicts::ConflictList;
use super::icon::{Glyph, Icon};
use super::moment::sentence;

/// A problem: what failed and how things stand, what is wrong with the input, what to do, what stands against it, and a button
/// to try again. Forms that mark their fields say by them what is wrong, and show none of this then.
#[component]
pub fn ProblemView(
    /// The problem.
    problem: Problem,
    /// Tries again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let (class, glyph) = match problem.kind {
        ProblemKind::NotSaved | ProblemKind::Stale | ProblemKind::Unknown => ("problem tone-warn", Glyph::Warning),
        _ => ("problem tone-bad", Glyph::Error),
    };
    // Pages that can be asked for again are, whenever the server is back.
    let retried = problem.kind == ProblemKind::Unreachable && retry.is_some();
    let advice = problem.advice_in_full();
    let advice = if retried { format!("{advice} Retrying automatically.") } else { advice.to_owned() };
    let faults = problem.fields.iter().map(|fault| sentence(&as_sentence(&fault.text)));
    let faults = faults.map(|text| view! { <li>{text}</li> }).collect::<Vec<_>>();
    let Problem { text, conflicts, .. } = problem;
    view! {
        <div class=class role="alert">
            <Icon glyph/>
            <div class="problem-body">
                <p class="problem-text">{sentence(&text)}</p>
                {(!faults.is_empty()).then(|| view! { <ul class="review-words">{faults}</ul> })}
                {(!advice.is_empty()).then(|| view! { <p class="problem-advice">{sentence(&advice)}</p> })}
                {(!conflicts.is_empty()).then(|| view! { <ConflictList conflicts/> })}
            </div>
            {retry
                .map(|retry| {
                    view! {
                        <button type="button" class="button" on:click=move |_| retry.run(())>
                            <Icon glyph=Glyph::Refresh/>
                            "Try again"
                        </button>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Servers that could not be asked: the rest of the page is right, but not whole.
#[component]
pub fn SilentServers(
    /// One problem for each.
    problems: Vec<Problem>,
    /// Asks again.
    retry: Callback<()>,
) -> impl IntoView {
    problems.into_iter().map(|problem| view! { <ProblemView problem retry/> }).collect::<Vec<_>>()
}
