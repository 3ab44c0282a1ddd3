//! Text that people take elsewhere.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::Element;
use model::Identifier;
use wasm_bindgen_futures::JsFuture;

use crate::components::icon::{Glyph, Icon};
use crate::state::{ToastKind, Toasts};

/// What stands beside a button that copies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Copied {
    /// An address or a prefix.
    Address,
    /// A MAC address.
    Mac,
    /// What else a client is known by.
    Identifier,
    /// A host name.
    Name,
}

impl Copied {
    /// The keys that copy in the row that has the focus.
    pub const KEYS: [&'static str; 3] = ["y", "c", "h"];

    /// What that is of a client.
    pub fn of(identifier: &Identifier) -> Self {
        if identifier.hw_address().is_some() { Self::Mac } else { Self::Identifier }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Address => "y",
            Self::Mac | Self::Identifier => "c",
            Self::Name => "h",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Mac => "MAC address",
            Self::Identifier => "identifier",
            Self::Name => "name",
        }
    }
}

/// A button that copies what it stands beside. In the row of a list it is seen when the row is pointed at or has the focus,
/// and a key does the same: it takes its room always, and no stop of the tab key.
#[component]
pub fn CopyButton(
    /// What it copies.
    what: Copied,
    /// The text.
    text: String,
    /// Whether it stands in the row of a list.
    #[prop(optional)]
    in_row: bool,
) -> impl IntoView {
    let label = format!("Copy the {} {text}", what.word());
    view! {
        <button
            type="button"
            class="copy-button"
            aria-label=label
            title=format!("Copy the {}", what.word())
            tabindex=in_row.then_some("-1")
            aria-keyshortcuts=in_row.then(|| what.key())
            data-key=in_row.then(|| what.key())
            data-copy=text
        ></button>
    }
}

/// Copies what the button copies that was clicked; whether it was one. For the one listener of all of them.
pub fn clicked(at: &Element, toasts: Toasts) -> bool {
    let button = at.closest("[data-copy]").ok().flatten();
    let text = button.and_then(|button| button.get_attribute("data-copy"));
    if let Some(text) = &text {
        copy(text, toasts);
    }
    text.is_some()
}

/// Copies the text, where the page came over a way that browsers trust.
pub fn copy(text: &str, toasts: Toasts) {
    let failed = format!("{text} was not copied: browsers allow that on HTTPS pages only.");
    write(text, format!("Copied {text}."), failed, toasts);
}

fn write(text: &str, done: String, failed: String, toasts: Toasts) {
    let by_hand = move || toasts.push(ToastKind::Warning, failed.clone(), None);
    if !window().is_secure_context() {
        by_hand();
        return;
    }
    let writing = window().navigator().clipboard().write_text(text);
    spawn_local(async move {
        match JsFuture::from(writing).await {
            Ok(_) => toasts.done(done),
            Err(_) => by_hand(),
        }
    });
}

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
        let by_hand = format!("The {label} is selected: copy it with Ctrl-C.");
        write(&text, format!("The {label} is in the clipboard."), by_hand, toasts);
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
