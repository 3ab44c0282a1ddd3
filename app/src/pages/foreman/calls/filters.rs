//! Which calls are shown: chips, a text, and a stop for what comes in.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::List;
use crate::components::chip::FilterChip;
use crate::components::icon::{Glyph, Icon};
use crate::pages::foreman::query;
use crate::routes;

/// How long typing must rest before the list is asked for again.
const REST: Duration = Duration::from_millis(200);

/// Chips, the text, and the stop.
#[component]
pub(super) fn Filters(list: List) -> impl IntoView {
    let chips = query::FILTERS.map(|(filter, _, label)| {
        let href = Signal::derive(move || list.query.with(|query| query::href(&query::with_filter(query, filter))));
        let on = Signal::derive(move || list.query.with(|query| query.filter == filter));
        view! { <FilterChip label href on/> }
    });
    view! {
        <div class="toolbar">
            <nav class="chips" aria-label="Filter" data-testid="call-filters">
                {chips}
            </nav>
            <TextFilter list/>
            <Show when=move || list.is_newest()>
                <Stop list/>
            </Show>
        </div>
    }
}

/// Stops what comes in, and lets it in again.
#[component]
fn Stop(list: List) -> impl IntoView {
    let label = move || if list.paused.get() { "Resume" } else { "Pause" };
    let glyph = move || if list.paused.get() { Glyph::Refresh } else { Glyph::Pause };
    view! {
        <button
            type="button"
            class="button"
            title="New calls are kept out of the list while it is paused."
            on:click=move |_| list.paused.update(|paused| *paused = !*paused)
        >
            {move || view! { <Icon glyph=glyph()/> }}
            <span>{label}</span>
        </button>
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
        let (now, next) = list.query.with_untracked(|query| (query.clone(), query::with_text(query, &text)));
        if next.text != now.text {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&query::href(&next), options);
        }
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
    // Back, forward and chips change the text from outside; nobody's typing is overwritten.
    Effect::new(move || {
        let text = list.query.with(|query| query.text.clone());
        if let Some(input) = node.get()
            && document().active_element().as_ref() != Some(input.as_ref())
        {
            input.set_value(&text);
        }
    });
    let rest = move || list.query.with(|query| query::pairs(&query::with_text(query, "")));
    view! {
        <form class="text-filter" method="get" action=routes::FOREMAN role="search" aria-label="Filter the calls" on:submit=on_submit>
            <Icon glyph=Glyph::Filter/>
            <label class="visually-hidden" for="call-filter">
                "Only calls with this text"
            </label>
            <input
                id="call-filter"
                node_ref=node
                class="input"
                type="search"
                name="text"
                placeholder="Host, address, MAC, request id …"
                autocomplete="off"
                spellcheck="false"
                maxlength="100"
                value=list.query.with_untracked(|query| query.text.clone())
                on:input=on_input
            />
            {move || {
                rest().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect::<Vec<_>>()
            }}
        </form>
    }
}
