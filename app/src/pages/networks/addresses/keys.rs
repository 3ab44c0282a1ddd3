//! The keys of the address list.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::List;
use super::verb::Verb;
use crate::components::dialog::{DialogHead, Modal};

/// Listens to the keys for as long as the list is there.
pub(super) fn listen(list: List) {
    let handle = window_event_listener(ev::keydown, move |event| on_key(list, &event));
    on_cleanup(move || handle.remove());
    keep_focus(list);
}

/// When the row with the focus goes away, the one in its place gets it, so that the next key still finds the list.
fn keep_focus(list: List) {
    Effect::new(move |before: Option<Vec<String>>| {
        let ids = list.ids.get();
        let gone = list.current.get_untracked().filter(|current| !ids.contains(current));
        if let Some(gone) = gone {
            let at = before.unwrap_or_default().iter().position(|id| *id == gone).unwrap_or(0);
            let next = ids.get(at).or_else(|| ids.last()).cloned();
            list.current.set(next.clone());
            request_animation_frame(move || {
                let nowhere = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
                if nowhere && let Some(next) = next {
                    focus(&next);
                }
            });
        }
        ids
    });
}

fn on_key(list: List, event: &ev::KeyboardEvent) {
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(event) {
        return;
    }
    let done = match event.key().as_str() {
        "n" if list.may_reserve.get_untracked() => {
            list.reserve();
            true
        }
        "?" => {
            list.help.set(true);
            true
        }
        key => focused_row(event).is_some_and(|row| on_row_key(list, event, key, &row)),
    };
    if done {
        event.prevent_default();
    }
}

/// A key pressed in a row.
fn on_row_key(list: List, event: &ev::KeyboardEvent, key: &str, id: &str) -> bool {
    let ids = list.ids.get_untracked();
    let at = ids.iter().position(|known| known == id).unwrap_or(0);
    let next = match key {
        "ArrowDown" => ids.get(at + 1),
        "ArrowUp" => at.checked_sub(1).and_then(|at| ids.get(at)),
        "Home" => ids.first(),
        "End" => ids.last(),
        // On a button inside of the row, Enter belongs to the button.
        "Enter" if !is_row(event) => return false,
        _ => {
            let verb = Verb::of_key(key);
            if let Some(verb) = verb {
                list.act(verb, id);
            }
            return verb.is_some();
        }
    };
    if let Some(next) = next {
        focus(next);
    }
    true
}

fn target(event: &ev::KeyboardEvent) -> Option<HtmlElement> {
    event.target()?.dyn_into().ok()
}

fn is_typing(event: &ev::KeyboardEvent) -> bool {
    target(event).is_some_and(|element| {
        element.is_content_editable() || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

fn is_row(event: &ev::KeyboardEvent) -> bool {
    target(event).is_some_and(|element| element.tag_name() == "TR")
}

fn focused_row(event: &ev::KeyboardEvent) -> Option<String> {
    target(event)?.closest("tr[data-row]").ok()??.get_attribute("data-row")
}

/// Puts the focus on the row of that id.
fn focus(id: &str) {
    let Ok(rows) = document().query_selector_all("tr[data-row]") else { return };
    let rows = (0..rows.length()).filter_map(|at| rows.get(at)?.dyn_into::<HtmlElement>().ok());
    if let Some(row) = rows.into_iter().find(|row| row.get_attribute("data-row").as_deref() == Some(id)) {
        let _ = row.focus();
    }
}

/// What each key does.
const KEYS: [(&[&str], &str); 12] = [
    (&["/"], "search everything"),
    (&["n"], "reserve an address"),
    (&["↑", "↓"], "move between rows"),
    (&["Enter"], "details of the row; reserve in a gap"),
    (&["r"], "reserve the address of the row for its client"),
    (&["e"], "edit the reservation of the row"),
    (&["Del"], "delete the reservation of the row"),
    (&["y"], "copy the address of the row"),
    (&["m"], "move the reservation between database and configuration"),
    (&["b"], "exclude the addresses of the row"),
    (&["u"], "remove the exclusion of the row"),
    (&["Esc"], "close what is open"),
];

/// The list of keys.
#[component]
pub(super) fn KeyList(list: List) -> impl IntoView {
    let close = move |()| list.help.set(false);
    let rows = KEYS.map(|(keys, what)| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect::<Vec<_>>();
        view! {
            <div>
                <dt>{keys}</dt>
                <dd>{what}</dd>
            </div>
        }
    });
    view! {
        <Modal class="dialog" labelled_by="keys-title" on_close=close>
            <DialogHead id="keys-title" title="Keys" on_close=close/>
            <dl class="key-list">{rows}</dl>
        </Modal>
    }
}
