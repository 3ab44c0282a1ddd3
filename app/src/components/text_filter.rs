//! The text that a list is filtered by.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::icon::{Glyph, Icon};

/// How long typing must rest before the list is asked for again.
const REST: Duration = Duration::from_millis(200);

/// What was typed is not looked for any more: more was typed, or the list is gone.
fn stop(waiting: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}

/// A text in the address of a page: a form of its own without JavaScript, and with it a list that follows the typing.
#[component]
pub fn TextFilter(
    /// The id of the input.
    id: &'static str,
    /// What it is, for those who do not see where it stands.
    label: &'static str,
    /// What may be typed.
    placeholder: &'static str,
    /// The page.
    #[prop(into)]
    action: Signal<String>,
    /// The text in its address.
    #[prop(into)]
    text: Signal<String>,
    /// Where the list is with another text.
    #[prop(into)]
    href: Callback<String, String>,
    /// What else the address says.
    #[prop(into)]
    rest: Signal<Vec<(&'static str, String)>>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let go = move |typed: String| {
        if typed.trim() != text.get_untracked() {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&href.run(typed), options);
        }
    };
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let on_input = {
        let go = go.clone();
        move |event| {
            let (go, typed) = (go.clone(), event_target_value(&event));
            stop(waiting);
            waiting.set_value(set_timeout_with_handle(move || go(typed), REST).ok());
        }
    };
    on_cleanup(move || stop(waiting));
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        stop(waiting);
        go(node.get_untracked().map(|input| input.value()).unwrap_or_default());
    };
    // Back, forward and chips change the text from outside; what is being typed is not overwritten.
    Effect::new(move || {
        let text = text.get();
        if let Some(input) = node.get()
            && document().active_element().as_ref() != Some(input.as_ref())
        {
            input.set_value(&text);
        }
    });
    let hidden =
        move || rest.get().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form class="text-filter" method="get" action=move || action.get() role="search" aria-label=label on:submit=on_submit>
            <Icon glyph=Glyph::Filter/>
            <label class="visually-hidden" for=id>
                {label}
            </label>
            <input
                id=id
                node_ref=node
                class="input"
                type="search"
                name="text"
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                maxlength="100"
                data-testid=id
                value=text.get_untracked()
                on:input=on_input
            />
            {move || hidden().collect::<Vec<_>>()}
        </form>
    }
    .into_any()
}
