//! Which subnets are changed together, and of which server.

use std::collections::BTreeSet;

use leptos::prelude::*;
use model::{ServerName, SubnetChoice};

use super::Bulk;
use crate::components::each::Each;
use crate::components::field::SelectField;

/// Which server, where subnets of several are listed: a change is of one server and its partners.
#[component]
pub(super) fn Servers(bulk: Bulk) -> impl IntoView {
    let several = Memo::new(move |_| bulk.servers()).get_untracked().len() > 1;
    let option = |name: ServerName| (name.to_string(), name.to_string());
    let options = Signal::derive(move || bulk.servers().into_iter().map(option).collect::<Vec<_>>());
    let choose = move |name: String| {
        bulk.named.set(name.parse().ok());
        bulk.left_out.set(BTreeSet::new());
    };
    several.then(|| {
        view! {
            <SelectField
                name="bulk-server"
                label="Server: one change is of one server and its partner"
                options
                value=Signal::derive(move || bulk.server().map(|name| name.to_string()).unwrap_or_default())
                on_choose=choose
            />
        }
    })
}

/// The subnets, each to be left out.
#[component]
pub(super) fn Subnets(bulk: Bulk) -> impl IntoView {
    let count = move || format!("{} of {} subnets selected", bulk.selected().len(), bulk.listed().len());
    let all = move || bulk.left_out.with(BTreeSet::is_empty);
    let toggle_all = move |_| {
        let all = untrack(all);
        let ids = untrack(|| bulk.listed()).into_iter().map(|choice| choice.key.id);
        bulk.left_out.set(if all { ids.collect() } else { BTreeSet::new() });
    };
    view! {
        <section class="card" aria-labelledby="bulk-subnets">
            <header class="card-head">
                <h2 id="bulk-subnets">"Subnets"</h2>
                <p class="muted" role="status">{count}</p>
                <button type="button" class="button button-small" on:click=toggle_all>
                    {move || if all() { "Select none" } else { "Select all" }}
                </button>
            </header>
            <ul class="bulk-subnets card-body">
                <Each
                    each=move || bulk.listed()
                    key=Clone::clone
                    children=move |choice| view! { <Subnet bulk choice/> }
                />
            </ul>
        </section>
    }
}

#[component]
fn Subnet(bulk: Bulk, choice: SubnetChoice) -> impl IntoView {
    let SubnetChoice { key, prefix, name, shared_network } = choice;
    let id = key.id;
    let change = move |event| {
        let selected = event_target_checked(&event);
        bulk.left_out.update(|out| {
            let _ = if selected { out.remove(&id) } else { out.insert(id) };
        });
    };
    view! {
        <li>
            <label class="check-line">
                <input
                    type="checkbox"
                    prop:checked=move || bulk.left_out.with(|out| !out.contains(&id))
                    on:change=change
                />
                <span>
                    <span class="mono">{prefix.to_string()}</span>
                    " "
                    {name}
                    {shared_network.map(|network| view! { <span class="muted">" in " {network}</span> })}
                </span>
            </label>
        </li>
    }
}
