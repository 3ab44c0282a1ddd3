//! The way to make several pools of one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ConfigEdit, ServerName};

use super::super::review::Reviewed;
use crate::api;
use crate::components::field::FaultLine;

/// Splits a pool; what it becomes is reviewed by itself.
#[component]
pub(super) fn Split(
    server: StoredValue<ServerName>,
    /// The path of the pool.
    path: String,
    /// What the pool is called for those who do not see it.
    label: String,
    /// The last place where it may be split; empty: it is halved.
    at: String,
) -> impl IntoView {
    let (path, label) = (StoredValue::new(path), StoredValue::new(label));
    let needs_place = !at.is_empty();
    let place = RwSignal::new(String::new());
    let asking = RwSignal::new(false);
    let fault = RwSignal::new(None::<String>);
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let split = move || {
        let (server, path, at) = (server.get_value(), path.get_value(), place.get_untracked());
        fault.set(None);
        spawn_local(async move {
            match api::split_pool(server, path, at).await {
                Ok(edits) => drop(reviewing.try_set(Some(edits))),
                Err(error) => {
                    let first = error.0.fields.first().map(|fault| format!("{}.", fault.text));
                    drop(fault.try_set(Some(first.unwrap_or_else(|| format!("{} {}", error.0.text, error.0.advice)))));
                }
            }
        });
    };
    let press = move |_| if needs_place && !asking.get_untracked() { asking.set(true) } else { split() };
    let field = {
        move || {
            view! {
                <input
                    class="input mono"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=format!("Where to split {}: an address or a prefix", label.get_value())
                    placeholder=at.clone()
                    prop:value=move || place.get()
                    on:input=move |event| place.set(event_target_value(&event))
                />
            }
        }
    };
    view! {
        <Show when=move || asking.get()>{field.clone()}</Show>
        <button type="button" class="button button-small" aria-label=format!("Split {}", label.get_value()) on:click=press>
            {if needs_place { "Split…" } else { "Halve…" }}
        </button>
        {move || fault.get().map(|text| view! { <FaultLine text/> })}
        <Reviewed reviewing server/>
    }
}
