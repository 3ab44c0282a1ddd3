//! A part of a configuration as text, to be edited.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ConfigEdit, Problem, ServerName};

use super::review::Reviewed;
use crate::api;
use crate::components::latest::{Latest, load};
use crate::components::problem::ProblemView;
use crate::components::unsaved::ask_before_leaving;

/// A part as text with line numbers, and the way to review what became of it.
#[component]
pub(super) fn TextEditor(server: StoredValue<ServerName>, path: String, on_close: Callback<()>) -> impl IntoView {
    let path = StoredValue::new(path);
    let text = Resource::new(|| (), move |()| api::get_config_text(server.get_value(), path.get_value()));
    load(text, 6, move |latest: Latest<String>| {
        let first = latest.value.get_untracked();
        view! { <Editor server path first on_close/> }.into_any()
    })
}

#[component]
fn Editor(
    server: StoredValue<ServerName>,
    path: StoredValue<String>,
    first: String,
    on_close: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(first.clone());
    let first = StoredValue::new(first);
    let changed = Memo::new(move |_| text.with(|text| first.with_value(|first| text != first)));
    ask_before_leaving(move || changed.try_get_untracked() == Some(true));
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    // It was asked for, and may be below what is seen of the page.
    let (card, field) = (NodeRef::<html::Section>::new(), NodeRef::<html::Textarea>::new());
    Effect::new(move || {
        let (Some(card), Some(field)) = (card.get(), field.get()) else { return };
        // It is made now, and on the page a moment later.
        request_animation_frame(move || {
            let _ = field.focus();
            card.scroll_into_view();
        });
    });
    let lines = Memo::new(move |_| text.with(|text| text.lines().count() + 1));
    let numbers = move || (1..=lines.get()).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
    let label = path.with_value(|path| format!("Text of {}", if path.is_empty() { "all" } else { path.as_str() }));
    let problem = RwSignal::new(None::<Problem>);
    let review = move |_| {
        let typed = text.get_untracked();
        if path.with_value(|path| !path.is_empty()) {
            reviewing.set(Some(vec![ConfigEdit::set(path.get_value(), typed)]));
            return;
        }
        // Of the whole what was typed is changed alone: others may have changed the rest meanwhile.
        spawn_local(async move {
            match api::compare_config_texts(server.get_value(), first.get_value(), typed).await {
                Ok(edits) => {
                    problem.try_set(None);
                    reviewing.try_set(Some(edits));
                }
                Err(error) => drop(problem.try_set(Some(error.0))),
            }
        });
    };
    view! {
        <section node_ref=card class="card config-editor" aria-label="Edit as text">
            <div class="config-lines">
                <pre aria-hidden="true">{numbers}</pre>
                <textarea
                    node_ref=field
                    class="mono"
                    aria-label=label
                    data-testid="config-text"
                    spellcheck="false"
                    autocomplete="off"
                    wrap="off"
                    rows=move || lines.get().to_string()
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
            </div>
            {move || problem.get().map(|problem| view! { <ProblemView problem/> })}
            <footer class="fold-action">
                <button type="button" class="button" on:click=move |_| on_close.run(())>
                    "Close"
                </button>
                <button
                    type="button"
                    class="button button-primary"
                    data-testid="review-text"
                    disabled=move || !changed.get()
                    on:click=review
                >
                    "Review…"
                </button>
            </footer>
        </section>
        <Reviewed reviewing server on_applied=on_close/>
    }
}
