//! The keys of the address list, and where the focus is in it.

use std::net::IpAddr;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::List;
use super::verb::Verb;
use crate::components::keys::{Key, Keys, is_taken};

/// Listens to the keys for as long as the list is there.
pub(super) fn listen(list: List) {
    let handle = window_event_listener(ev::keydown, move |event| on_key(list, &event));
    on_cleanup(move || handle.remove());
    if let Some(keys) = Keys::here() {
        keys.name(move || named(list));
    }
    keep_focus(list);
    show_new(list);
    show_wanted(list);
}

/// When the row with the focus goes away or is moved, it, or the one in its place, gets it again, so that the next key still
/// finds the list.
fn keep_focus(list: List) {
    Effect::new(move |before: Option<Vec<String>>| {
        let ids = list.ids.get();
        let Some(current) = list.current.get_untracked() else { return ids };
        let next = if ids.contains(&current) {
            Some(current)
        } else {
            let at = before.unwrap_or_default().iter().position(|id| *id == current).unwrap_or(0);
            ids.get(at).or_else(|| ids.last()).cloned()
        };
        list.current.set(next.clone());
        request_animation_frame(move || {
            let nowhere = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
            if nowhere
                && list.inside.try_get_value() == Some(true)
                && let Some(next) = next
            {
                focus(&next);
            }
        });
        ids
    });
    // Whoever clicks elsewhere has left the list.
    let handle = window_event_listener(ev::mousedown, move |event| {
        list.inside.set_value(row_of(&event).is_some());
    });
    on_cleanup(move || handle.remove());
}

/// A row that was just made is scrolled to and marked, as soon as it is there.
fn show_new(list: List) {
    let awaited = StoredValue::new(None::<String>);
    Effect::new(move |before: Option<Option<String>>| {
        let made = list.last.get().map(|address| address.to_string());
        if before.is_some_and(|before| before != made) {
            awaited.set_value(made.clone());
        }
        if let Some(id) = awaited.get_value().filter(|id| list.ids.with(|ids| ids.contains(id))) {
            awaited.set_value(None);
            list.made.set(Some(id.clone()));
            request_animation_frame(move || focus(&id));
        }
        made
    });
}

/// The row of an address that is gone to gets the focus, as soon as its page is there. For event handlers.
pub(super) fn await_address(list: List, address: IpAddr) {
    list.wanted.set(Some(address));
}

/// Puts the focus on the row of the address that is gone to, and marks it.
fn show_wanted(list: List) {
    Effect::new(move || {
        let Some(wanted) = list.wanted.get() else { return };
        let is_there = !list.pending.get() && list.query.with(|query| query.at == Some(wanted));
        let at = list.page.with(|page| page.at).filter(|_| is_there);
        let id = at.and_then(|at| list.ids.with(|ids| ids.get(at as usize).cloned()));
        if let Some(id) = id {
            list.wanted.set(None);
            list.made.set(Some(id.clone()));
            request_animation_frame(move || focus(&id));
        }
    });
}

fn on_key(list: List, event: &ev::KeyboardEvent) {
    if is_taken(event) {
        return;
    }
    let done = match event.key().as_str() {
        "n" if list.may_reserve.get_untracked() => {
            list.reserve();
            true
        }
        key => row_of(event).is_some_and(|row| on_row_key(list, event, key, &row)),
    };
    if done {
        event.prevent_default();
    }
}

/// A key pressed in a row.
fn on_row_key(list: List, event: &ev::KeyboardEvent, key: &str, id: &str) -> bool {
    let to = match key {
        "Home" => list.ids.with_untracked(|ids| ids.first().cloned()),
        "End" => list.ids.with_untracked(|ids| ids.last().cloned()),
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
    if let Some(to) = to {
        focus(&to);
    }
    true
}

fn target(event: &leptos::web_sys::Event) -> Option<HtmlElement> {
    event.target()?.dyn_into().ok()
}

fn is_row(event: &ev::KeyboardEvent) -> bool {
    target(event).is_some_and(|element| element.tag_name() == "TR")
}

fn row_of(event: &leptos::web_sys::Event) -> Option<String> {
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

/// The keys that this user has here.
fn named(list: List) -> Vec<Key> {
    let rights = list.rights();
    let new: Key = (&["n"], "reserve an address");
    // Copying is a key of every page.
    let own = Verb::ALL.into_iter().filter(|verb| *verb != Verb::Copy);
    let verbs = own.filter(|verb| verb.is_allowed(rights)).map(|verb| (verb.keys(), verb.meaning(rights)));
    rights.reserve.then_some(new).into_iter().chain(verbs).collect()
}
