//! Dialogs: native `<dialog>` elements, so that the browser keeps the focus inside and gives it back afterwards.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use leptos::{ev, html};

use super::icon::{Glyph, Icon};

/// A dialog that is open for as long as it is there. The page decides when it goes: it only hears that the user wants
/// to close it (`Esc`, a click beside it).
#[component]
pub fn Modal(
    /// `dialog`, or what else the style sheet knows.
    class: &'static str,
    /// The id of its title.
    labelled_by: &'static str,
    /// The user wants it closed.
    #[prop(into)]
    on_close: Callback<()>,
    /// A name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// Takes a key that is pressed in it outside of fields; whether it did something.
    #[prop(optional_no_strip)]
    on_key: Option<Callback<String, bool>>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
            // Not the attribute `autofocus`: browsers complain of it in the console when something has the focus already.
            let first = dialog.query_selector("[data-first]").ok().flatten();
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
            }
        }
    });
    on_cleanup(move || {
        // Only a dialog that is closed, not one that is just taken away, gives the focus back.
        if let Some(dialog) = node.try_get_untracked().flatten() {
            dialog.close();
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        if event.key() == "Escape" {
            event.prevent_default();
            on_close.run(());
        } else if let Some(on_key) = on_key.filter(|_| !belongs_to_field(&event))
            && on_key.run(event.key())
        {
            event.prevent_default();
        }
    };
    let on_press = move |event: ev::MouseEvent| {
        let beside = node.get_untracked().is_some_and(|dialog| event.target().as_ref() == Some(dialog.as_ref()));
        if beside {
            on_close.run(());
        }
    };
    let on_cancel = move |event: leptos::web_sys::Event| {
        event.prevent_default();
        on_close.run(());
    };
    view! {
        <dialog
            class=class
            node_ref=node
            aria-labelledby=labelled_by
            data-testid=(!testid.is_empty()).then_some(testid)
            on:keydown=on_key
            on:mousedown=on_press
            on:cancel=on_cancel
        >
            <div class="dialog-frame">{children()}</div>
        </dialog>
    }
}

/// Whether a key is typed into a field, or means something else with another key.
fn belongs_to_field(event: &ev::KeyboardEvent) -> bool {
    let held = event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key();
    let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    held || at.is_some_and(|at| at.closest("input, textarea, select, [contenteditable]").ok().flatten().is_some())
}

/// The head of a dialog: its title and a button that closes it.
#[component]
pub fn DialogHead(
    /// The id of the title.
    id: &'static str,
    /// The title.
    #[prop(into)]
    title: String,
    /// The button was pressed.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    view! {
        <header class="dialog-head">
            <h2 id=id class="dialog-title">
                {title}
            </h2>
            <button type="button" class="button-icon" aria-label="Close" on:click=move |_| on_close.run(())>
                <Icon glyph=Glyph::Close/>
            </button>
        </header>
    }
}

/// A question with one answer that changes something.
#[component]
pub fn Confirm(
    /// The question.
    #[prop(into)]
    title: String,
    /// What the button says that does it.
    confirm: &'static str,
    /// A name for tests of that button.
    #[prop(optional)]
    testid: &'static str,
    /// Whether the answer takes nothing away.
    #[prop(optional)]
    harmless: bool,
    /// Whether it is being done.
    #[prop(into)]
    busy: Signal<bool>,
    /// It shall be done.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// It shall not.
    #[prop(into)]
    on_close: Callback<()>,
    /// What it means.
    children: Children,
) -> impl IntoView {
    let class = if harmless { "button button-change" } else { "button button-danger" };
    view! {
        <Modal class="dialog" labelled_by="confirm-title" on_close>
            <h2 id="confirm-title" class="dialog-title">
                {title}
            </h2>
            <div class="dialog-text">{children()}</div>
            <footer class="dialog-foot">
                <button
                    type="button"
                    class="button"
                    data-first=(!harmless).then_some("")
                    on:click=move |_| on_close.run(())
                >
                    "Cancel"
                </button>
                <button
                    type="button"
                    class=class
                    data-first=harmless.then_some("")
                    data-testid=testid
                    disabled=move || busy.get()
                    on:click=move |_| on_confirm.run(())
                >
                    {confirm}
                </button>
            </footer>
        </Modal>
    }
}
