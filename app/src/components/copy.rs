//! Text that people take elsewhere.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::components::icon::{Glyph, Icon};
use crate::state::{ToastKind, Toasts};

/// A text in a field of its own, and a button that copies it.
#[component]
pub fn CopyField(
    /// What it is: "URL".
    label: &'static str,
    /// The text.
    text: String,
) -> impl IntoView {
    let toasts = Toasts::here();
    let field = NodeRef::<html::Input>::new();
    let value = text.clone();
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
        // Browsers offer the clipboard to secure pages alone; elsewhere the text is at least selected.
        let by_hand =
            move || toasts.push(ToastKind::Warning, format!("The {label} is selected: copy it with Ctrl-C."), None);
        if !window().is_secure_context() {
            by_hand();
            return;
        }
        let writing = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            match JsFuture::from(writing).await {
                Ok(_) => toasts.done(format!("The {label} is in the clipboard.")),
                Err(_) => by_hand(),
            }
        });
    };
    view! {
        <div class="copy">
            <input node_ref=field aria-label=label class="input address" readonly value=value/>
            <button type="button" class="button" aria-label=format!("Copy the {label}") on:click=copy>
                <Icon glyph=Glyph::Copy/>
                "Copy"
            </button>
        </div>
    }
}
