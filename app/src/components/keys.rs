//! Keys that work everywhere: into a list and through it, and what keys there are.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Element, HtmlElement};
use web_sys::js_sys::{Function, Reflect};

use super::copy::{self, Copied};
use super::dialog::{DialogHead, Modal};
use crate::state::Toasts;

/// Keys, and what they do.
pub type Key = (&'static [&'static str], &'static str);

/// The keys of every page.
const EVERYWHERE: [Key; 6] = [
    (&["/"], "search everything"),
    (&["↑", "↓"], "into a list, and from row to row"),
    (&["Enter"], "open the row"),
    (&Copied::KEYS, "copy the address, the MAC address, the host name of the row"),
    (&["Esc"], "close what is open"),
    (&["?"], "this list"),
];

/// What opens a row.
const OPENER: &str = ".row-link, [data-row]";

/// The keys that the page has of its own, and whether the list of all keys is shown.
#[derive(Clone, Copy)]
pub struct Keys {
    own: RwSignal<Vec<Key>>,
    shown: RwSignal<bool>,
}

impl Keys {
    /// Provides an empty list to everything below, and listens to the keys of every page.
    pub fn provide() -> Self {
        let keys = Self { own: RwSignal::new(Vec::new()), shown: RwSignal::new(false) };
        provide_context(keys);
        let toasts = Toasts::here();
        Effect::new(move || {
            let pressed = window_event_listener(ev::keydown, move |event| on_key(keys, &event));
            let clicked = window_event_listener(ev::click, move |event| on_click(&event, toasts));
            on_cleanup(move || {
                pressed.remove();
                clicked.remove();
            });
        });
        keys
    }

    /// The keys that are provided.
    pub fn here() -> Option<Self> {
        use_context()
    }

    /// Names the keys that the page has now for this user, for as long as the current owner lives.
    pub fn name(self, keys: impl Fn() -> Vec<Key> + 'static) {
        Effect::new(move || self.own.set(keys()));
        on_cleanup(move || {
            self.own.try_set(Vec::new());
        });
    }

    /// Shows the list.
    pub fn show(self) {
        self.shown.set(true);
    }
}

/// Whether the key belongs to what is typed in, to a dialog or to a menu, or means something else with another key.
pub fn is_taken(event: &ev::KeyboardEvent) -> bool {
    let held = event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key();
    held || target(event).is_some_and(|at| {
        at.closest("input, textarea, select, [contenteditable], dialog, [role=menu]").ok().flatten().is_some()
    })
}

fn target(event: &leptos::web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn on_key(keys: Keys, event: &ev::KeyboardEvent) {
    if is_taken(event) {
        return;
    }
    let done = match event.key().as_str() {
        "?" => {
            keys.show();
            true
        }
        "ArrowDown" => step(event, Element::next_element_sibling),
        "ArrowUp" => step(event, Element::previous_element_sibling),
        key => Copied::KEYS.contains(&key) && copy_in_row(event, key),
    };
    if done {
        event.prevent_default();
    }
}

/// Copies what the row has for that key.
fn copy_in_row(event: &ev::KeyboardEvent, key: &str) -> bool {
    let row = target(event).and_then(|at| at.closest("tbody tr").ok()?);
    let button = row.and_then(|row| row.query_selector(&format!("[data-copy][data-key={key}]")).ok()?);
    button.and_then(|button| button.dyn_into::<HtmlElement>().ok()).map(|button| button.click()).is_some()
}

/// From row to row, past what is no row; into the first list of the page from anywhere else.
fn step(event: &ev::KeyboardEvent, next: fn(&Element) -> Option<Element>) -> bool {
    let row = target(event).and_then(|at| at.closest("tbody tr").ok()?);
    let Some(mut row) = row else {
        let first = |selector: &str| document().query_selector(selector).ok().flatten();
        // A list that is left is entered again where it was left.
        let row = first("main tbody tr[tabindex='0']").or_else(|| first("main tbody .row-link"));
        return row.is_some_and(focus);
    };
    while let Some(neighbour) = next(&row) {
        let opener = if neighbour.has_attribute("data-row") {
            Some(neighbour.clone())
        } else {
            neighbour.query_selector(OPENER).ok().flatten()
        };
        if let Some(opener) = opener {
            return focus(opener);
        }
        row = neighbour;
    }
    false
}

fn focus(element: Element) -> bool {
    element.dyn_into::<HtmlElement>().is_ok_and(|element| element.focus().is_ok())
}

fn on_click(event: &ev::MouseEvent, toasts: Toasts) {
    if let Some(at) = target(event).filter(|_| !event.default_prevented())
        && !copy::clicked(&at, toasts)
    {
        open_clicked(event, &at);
    }
}

/// A click anywhere in a row opens it, unless it was meant for something in the row, or selects text.
fn open_clicked(event: &ev::MouseEvent, at: &Element) {
    let held = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    let own = at.closest("a, button, input, select, label, summary").ok().flatten().is_some();
    if held || own || selects_text() {
        return;
    }
    let opener = at.closest("tbody tr").ok().flatten().and_then(|row| row.query_selector(".row-link").ok()?);
    if let Some(opener) = opener.and_then(|opener| opener.dyn_into::<HtmlElement>().ok()) {
        // After this click: its listeners must not run while one of them runs.
        set_timeout(move || opener.click(), Duration::ZERO);
    }
}

/// Whether some text of the page is selected.
fn selects_text() -> bool {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let selection =
        get(&window(), "getSelection").and_then(|ask| ask.dyn_into::<Function>().ok()?.call0(&window()).ok());
    selection.and_then(|selection| get(&selection, "isCollapsed")?.as_bool()) == Some(false)
}

/// The list of keys, where it was asked for.
#[component]
pub fn KeyList() -> impl IntoView {
    let keys = Keys::here();
    let close = move |()| {
        if let Some(keys) = keys {
            keys.shown.set(false);
        }
    };
    move || {
        let keys = keys.filter(|keys| keys.shown.get())?;
        let all = keys.own.get().into_iter().chain(EVERYWHERE).map(|(keys, what)| {
            let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect::<Vec<_>>();
            view! {
                <div>
                    <dt>{keys}</dt>
                    <dd>{what}</dd>
                </div>
            }
        });
        Some(view! {
            <Modal class="dialog" labelled_by="keys-title" on_close=close>
                <DialogHead id="keys-title" title="Keys" on_close=close/>
                <dl class="key-list">{all.collect::<Vec<_>>()}</dl>
            </Modal>
        })
    }
}
