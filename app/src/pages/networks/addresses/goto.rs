//! The way to an address in a long list.

use std::net::IpAddr;

use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{List, keys, query};

/// A field that leads to the page of an address: a form of its own without JavaScript, and with it a list that goes there.
/// It is there where the list has several pages.
#[component]
pub(super) fn GoTo(list: List) -> impl IntoView {
    let long = Memo::new(move |_| {
        list.page.with(|page| page.total > list.query.with(|query| query.limit))
            || list.query.with(|query| query.at.is_some())
    });
    view! {
        <Show when=move || long.get()>
            <Field list/>
        </Show>
    }
}

#[component]
fn Field(list: List) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let fault = RwSignal::new(None::<String>);
    let navigate = use_navigate();
    let go = move |address: IpAddr| {
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&untrack(|| list.href(|query| query::with_address(query, address))), options);
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = node.get_untracked().map(|input| input.value()).unwrap_or_default();
        let prefix = list.summary.with_untracked(|summary| summary.subnet.prefix);
        match query::meant(&typed, prefix) {
            Ok(address) => {
                fault.set(None);
                keys::await_address(list, address);
                go(address);
            }
            Err(text) => fault.set(Some(text)),
        }
    };
    let rest = move || list.query.with(|query| query::pairs(&query::with_offset(&query::with_text(query, ""), 0)));
    let hidden = move || rest().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form class="go-to" method="get" action=move || list.path() aria-label="Go to an address" on:submit=on_submit>
            <label class="visually-hidden" for="go-to">
                "Go to an address"
            </label>
            <input
                id="go-to"
                node_ref=node
                class="input mono"
                name="at"
                placeholder="Go to address"
                autocomplete="off"
                spellcheck="false"
                maxlength="45"
                data-testid="go-to"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby="go-to-fault"
                on:input=move |_| fault.set(None)
            />
            {move || hidden().collect::<Vec<_>>()}
            <span id="go-to-fault" class="go-to-fault" role="status">
                {move || fault.get()}
            </span>
        </form>
    }
    .into_any()
}
