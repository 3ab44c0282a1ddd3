//! What stands against a reservation, or is worth knowing about it.

use leptos::prelude::*;
use model::Conflict;

use super::badge::SeverityBadge;

/// The conflicts, the worst first.
#[component]
pub fn ConflictList(
    /// The conflicts.
    conflicts: Vec<Conflict>,
) -> impl IntoView {
    let mut conflicts = conflicts;
    conflicts.sort_by_key(|conflict| std::cmp::Reverse(conflict.severity));
    let rows = conflicts.into_iter().map(|conflict| {
        view! {
            <li>
                <SeverityBadge severity=conflict.severity/>
                " "
                {conflict.text}
                " "
                <span class="muted">{conflict.advice}</span>
            </li>
        }
    });
    view! { <ul class="problem-conflicts">{rows.collect::<Vec<_>>()}</ul> }
}
