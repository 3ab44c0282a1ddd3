//! Where expressions of classes are typed: what is wrong with one stands under it, with its place.

use leptos::prelude::*;
use model::{Expression, ExpressionError, ExpressionKind, Family};

use crate::components::field::FaultLine;

/// What is wrong with an expression; none: Kea reads it, or nothing is typed.
pub(super) fn fault(text: &str, family: Family, kind: ExpressionKind) -> Option<ExpressionError> {
    if text.trim().is_empty() { None } else { Expression::parse(text, family, kind).err() }
}

/// The line of a text where an error is, and a mark under it.
fn marked(text: &str, error: &ExpressionError) -> String {
    let line = text.split('\n').nth(error.line.saturating_sub(1) as usize).unwrap_or_default();
    let from = error.column.saturating_sub(1) as usize;
    let length =
        text.get(error.range.clone()).map_or(1, |part| part.lines().next().unwrap_or_default().chars().count());
    format!("{line}\n{}{}", " ".repeat(from), "^".repeat(length.max(1)))
}

/// A field for an expression.
#[component]
pub(super) fn ExpressionField(
    /// What is typed.
    text: RwSignal<String>,
    /// IPv4 or IPv6.
    family: Family,
    /// What it is wanted to be.
    kind: ExpressionKind,
    /// Takes what is typed.
    on_input: Callback<String>,
) -> impl IntoView {
    let error = Memo::new(move |_| text.with(|text| fault(text, family, kind)));
    let note = move || {
        let error = error.get()?;
        let place = text.with(|text| marked(text, &error));
        Some(view! {
            <pre class="mono expression-mark" aria-hidden="true">
                {place}
            </pre>
            <FaultLine text=format!("{error}.")/>
        })
    };
    view! {
        <div class="field" class:is-wrong=move || error.with(Option::is_some)>
            <label class="field-label" for="expression">
                "Expression"
            </label>
            <textarea
                id="expression"
                class="input mono"
                rows="4"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="option[60].text == 'MSFT 5.0'"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                prop:value=move || text.get()
                on:input=move |event| on_input.run(event_target_value(&event))
            >
                {text.get_untracked()}
            </textarea>
            <div class="field-notes" aria-live="polite" data-testid="expression-fault">
                {note}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_error_is_marked_under_its_line() {
        let text = "member('a') and\n  option[12].hax == 'ä'";
        let error = fault(text, Family::V4, ExpressionKind::Condition).unwrap();
        let marked = marked(text, &error);
        assert!(marked.starts_with("  option[12].hax == 'ä'\n"), "{marked}");
        assert_eq!(marked.split('\n').nth(1).and_then(|line| line.find('^')), Some(error.column as usize - 1));
        assert_eq!(fault(" ", Family::V4, ExpressionKind::Condition), None, "no expression is none that is wrong");
    }
}
