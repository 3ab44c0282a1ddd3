//! Changes that were made in one go, and the way back from all of them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{BatchUndone, Permission};

use super::dialog::Confirm;
use super::icon::{Glyph, Icon};
use super::problem::ProblemView;
use crate::api::{self, Answer};
use crate::live::Live;
use crate::state::Session;

/// A button that takes every change of a batch back, and what became of that.
#[component]
pub fn UndoBatch(
    /// The batch.
    batch: String,
    /// It was tried.
    #[prop(into)]
    on_done: Callback<()>,
    /// Whether the button stands in a row.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let live = Live::here();
    let may = Session::allows(Permission::Reserve);
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let answer = RwSignal::new(None::<Answer<BatchUndone>>);
    let batch = StoredValue::new(batch);
    let undo = move |()| {
        busy.set(true);
        spawn_local(async move {
            let undone = api::undo_batch(batch.get_value()).await;
            busy.try_set(false);
            asking.try_set(false);
            answer.try_set(Some(undone));
            live.changed(None);
            on_done.try_run(());
        });
    };
    view! {
        <Show when=move || may.get()>
            <button type="button" class="button" class:button-small=small data-testid="undo-all" on:click=move |_| asking.set(true)>
                <Icon glyph=Glyph::Undo/>
                "Undo all"
            </button>
        </Show>
        <div class="batch-result" role="status">
            {move || answer.get().map(|answer| view! { <Result answer/> })}
        </div>
        <Show when=move || asking.get()>
            <Confirm
                title="Undo all of these changes?"
                confirm="Undo all"
                testid="confirm-undo-all"
                busy
                on_confirm=undo
                on_close=move |()| asking.set(false)
            >
                <p>"Everything goes back to its previous version: what was created is deleted, what was changed is changed back, what was deleted is created again."</p>
                <p>"What was changed since then stays as it is and is listed afterwards."</p>
            </Confirm>
        </Show>
    }
    .into_any()
}

#[component]
fn Result(answer: Answer<BatchUndone>) -> impl IntoView {
    let BatchUndone { undone, left } = match answer {
        Ok(undone) => undone,
        Err(error) => return view! { <ProblemView problem=error.0/> }.into_any(),
    };
    let (class, glyph) =
        if left.is_empty() { ("notice tone-good", Glyph::CheckCircle) } else { ("notice tone-warn", Glyph::Warning) };
    let rows = left.into_iter().map(|problem| {
        view! {
            <li>
                {problem.text}
                " "
                <span class="notice-advice">{problem.advice}</span>
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <div class=class data-testid="batch-undone">
            <Icon glyph/>
            <div>
                <p>{in_words(undone, rows.len())}</p>
                {(!rows.is_empty()).then(|| view! { <ul class="reasons">{rows}</ul> })}
            </div>
        </div>
    }
    .into_any()
}

fn in_words(undone: u32, left: usize) -> String {
    let undone = match undone {
        0 if left == 0 => return "Nothing left to undo.".to_owned(),
        0 => "No change was undone.".to_owned(),
        1 => "1 change was undone.".to_owned(),
        _ => format!("{undone} changes were undone."),
    };
    match left {
        0 => undone,
        1 => format!("{undone} 1 was left as it is:"),
        _ => format!("{undone} {left} were left as they are:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_counted() {
        assert_eq!(in_words(0, 0), "Nothing left to undo.");
        assert_eq!(in_words(1, 0), "1 change was undone.");
        assert_eq!(in_words(12, 1), "12 changes were undone. 1 was left as it is:");
        assert_eq!(in_words(0, 2), "No change was undone. 2 were left as they are:");
    }
}
