//! The menu of a row: one popover for the whole list, so that the browser closes it on `Esc` and on a click elsewhere.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos::{ev, html};

use super::List;
use super::verb::Verb;
use crate::components::icon::Icon;

/// Space between the menu and what is around it, in pixels.
const GAP: f64 = 4.0;

/// The menu of the row that it is open for.
#[component]
pub(super) fn RowMenu(list: List) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let (Some(menu), Some(id)) = (node.get(), list.menu.get()) else { return };
        // Its items are there in the next frame: then it knows its size.
        request_animation_frame(move || show(&menu, &id));
    });
    // Its items stay until it is closed: a menu whose item with the focus is gone does not give the focus back.
    let on_toggle = move |_| {
        let shown = node.get_untracked().is_some_and(|menu| menu.matches(":popover-open").unwrap_or(false));
        if !shown {
            list.menu.set(None);
        }
    };
    let verbs = move || {
        let id = list.menu.get()?;
        let row = list.row(&id)?;
        Some(
            Verb::of(&row, list.rights())
                .into_iter()
                .map(|verb| view! { <Item list node id=id.clone() verb label=verb.label(&row)/> })
                .collect::<Vec<_>>(),
        )
    };
    view! {
        <div class="row-menu" popover="auto" role="menu" aria-label="Actions" node_ref=node on:toggle=on_toggle on:keydown=|event| move_focus(&event)>
            {verbs}
        </div>
    }
}

#[component]
fn Item(list: List, node: NodeRef<html::Div>, id: String, verb: Verb, label: &'static str) -> impl IntoView {
    let on_click = move |_| {
        let id = id.clone();
        if let Some(menu) = node.get_untracked() {
            let _ = menu.hide_popover();
        }
        // The focus is back at the row now: what opens next will give it back to there.
        request_animation_frame(move || list.act(verb, &id));
    };
    let lacks = move || if verb.reserves() { list.reserving_lacks() } else { None };
    let class = if verb == Verb::Delete { "row-menu-item is-dangerous" } else { "row-menu-item" };
    view! {
        <button type="button" role="menuitem" class=class disabled=move || lacks().is_some() title=lacks on:click=on_click>
            <Icon glyph=verb.glyph()/>
            <span class="row-menu-label">{label}</span>
            <kbd>{verb.key()}</kbd>
        </button>
    }
}

/// Shows the menu beside the button of that row, above it where there is no room beneath.
fn show(menu: &HtmlElement, id: &str) {
    let Some(button) = button_of(id) else { return };
    let _ = menu.show_popover();
    if let Some(item) = menu
        .query_selector(".row-menu-item:enabled")
        .ok()
        .flatten()
        .and_then(|item| item.dyn_into::<HtmlElement>().ok())
    {
        let _ = item.focus();
    }
    let (at, size) = (button.get_bounding_client_rect(), menu.get_bounding_client_rect());
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let beneath = at.bottom() + GAP;
    let top = if beneath + size.height() > height { (at.top() - GAP - size.height()).max(GAP) } else { beneath };
    let left = (at.right() - size.width()).max(GAP);
    // Set on the object, which the content security policy allows, unlike an attribute.
    let style = menu.style();
    let _ = style.set_property("top", &format!("{top}px"));
    let _ = style.set_property("left", &format!("{left}px"));
}

fn button_of(id: &str) -> Option<HtmlElement> {
    let rows = document().query_selector_all("tr[data-row] [aria-haspopup=menu]").ok()?;
    let buttons = (0..rows.length()).filter_map(|at| rows.get(at)?.dyn_into::<HtmlElement>().ok());
    let mut of_row = buttons.filter(|button| {
        let row = button.closest("tr").ok().flatten();
        row.and_then(|row| row.get_attribute("data-row")).as_deref() == Some(id)
    });
    of_row.next()
}

/// Arrow keys move between the items, round and round.
fn move_focus(event: &ev::KeyboardEvent) {
    event.stop_propagation();
    let step = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    event.prevent_default();
    let Ok(items) = document().query_selector_all(".row-menu .row-menu-item:enabled") else { return };
    let items: Vec<HtmlElement> = (0..items.length()).filter_map(|at| items.get(at)?.dyn_into().ok()).collect();
    let focused = document().active_element();
    let at = items.iter().position(|item| focused.as_ref() == Some(item.as_ref()));
    let count = items.len();
    let next = match (at, step) {
        (Some(at), 1) => (at + 1) % count,
        (Some(at), _) => (at + count - 1) % count,
        (None, _) => 0,
    };
    if let Some(item) = items.get(next) {
        let _ = item.focus();
    }
}
