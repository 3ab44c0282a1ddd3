//! Which rows of the list are shown: chips, and a text.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{List, query};
use crate::components::chip::FilterChip;
use crate::components::icon::{Glyph, Icon};

/// How long typing must rest before the list is asked for again.
const REST: Duration = Duration::from_millis(200);

/// Chips and text.
#[component]
pub(super) fn Filters(list: List) -> impl IntoView {
    let chips = query::FILTERS.map(|(filter, _, label)| {
        let href = Signal::derive(move || list.href(|query| query::with_filter(query, filter)));
        let on = Signal::derive(move || list.query.get().filter == filter);
        view! { <FilterChip label href on/> }
    });
    view! {
        <div class="toolbar">
            <nav class="chips" aria-label="Filter" data-testid="filter-chips">
                {chips}
            </nav>
            <TextFilter list/>
        </div>
    }
}

/// What was typed is not looked for any more: more was typed, or the list is gone.
fn stop(waiting: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}

/// The text: a form of its own without JavaScript, and with it a list that follows the typing.
#[component]
fn TextFilter(list: List) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let go = move |text: String| {
        if query::with_text(&list.query.get_untracked(), &text).text
            == list.query.with_untracked(|query| query.text.clone())
        {
            return;
        }
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&untrack(|| list.href(|query| query::with_text(query, &text))), options);
    };
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let on_input = {
        let go = go.clone();
        move |event| {
            let (go, text) = (go.clone(), event_target_value(&event));
            stop(waiting);
            waiting.set_value(set_timeout_with_handle(move || go(text), REST).ok());
        }
    };
    on_cleanup(move || stop(waiting));
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        go(node.get_untracked().map(|input| input.value()).unwrap_or_default());
    };
    // Back, forward and chips change the text from outside; what is being typed is not overwritten.
    Effect::new(move || {
        let text = list.query.with(|query| query.text.clone());
        if let Some(input) = node.get() {
            let typing = document().active_element().as_ref() == Some(input.as_ref());
            if !typing {
                input.set_value(&text);
            }
        }
    });
    let rest = move || list.query.with(|query| query::pairs(&query::with_text(query, "")));
    view! {
        <form class="text-filter" method="get" action=move || list.path() role="search" aria-label="Filter the addresses" on:submit=on_submit>
            <Icon glyph=Glyph::Filter/>
            <label class="visually-hidden" for="text-filter">
                "Only addresses with this text"
            </label>
            <input
                id="text-filter"
                node_ref=node
                class="input"
                type="search"
                name="text"
                placeholder="Address, name, MAC …"
                autocomplete="off"
                spellcheck="false"
                maxlength="100"
                value=list.query.with_untracked(|query| query.text.clone())
                data-testid="text-filter"
                on:input=on_input
            />
            {move || {
                rest().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect::<Vec<_>>()
            }}
        </form>
    }
}
