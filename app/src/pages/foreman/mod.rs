//! What Foreman needs to know of us, and what is held for it.

pub mod holds;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use model::{ForemanSettings, Seconds};
use wasm_bindgen_futures::JsFuture;

use self::holds::Holds;
use crate::api;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;
use crate::state::{ToastKind, Toasts};

/// The Foreman page.
#[component]
pub fn ForemanPage() -> impl IntoView {
    let settings = Resource::new(|| (), |()| api::foreman_settings());
    view! {
        <Title text="Foreman · Nestor"/>
        <header class="page-head">
            <h1>"Foreman"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=3/> }>
            {move || Suspend::new(async move {
                match settings.await {
                    Ok(settings) => view! { <Connection settings/> }.into_any(),
                    Err(error) => {
                        view! { <ProblemView problem=error.0 retry=Callback::new(move |()| settings.refetch())/> }.into_any()
                    }
                }
            })}
        </Transition>
        <Holds/>
    }
    .into_any()
}

#[component]
fn Connection(settings: ForemanSettings) -> impl IntoView {
    let span = Seconds(settings.hold_seconds.into()).to_string();
    let url = match settings.url {
        Some(url) => view! { <Url url/> }.into_any(),
        None => view! {
            <Empty glyph=Glyph::Foreman title="Foreman cannot reach Nestor yet">
                <p>
                    "The URL for Foreman will appear here. The Smart Proxy routes are switched off: turn them on in the "
                    <code>"[smart-proxy]"</code> " part of " <code>"nestor.toml"</code> " and start Nestor again."
                </p>
            </Empty>
        }
        .into_any(),
    };
    view! {
        <div class="columns">
            <section class="card" aria-labelledby="connect">
                <header class="card-head">
                    <h2 id="connect">"Connect Foreman"</h2>
                </header>
                <div class="card-body">{url}</div>
            </section>
            <section class="card" aria-labelledby="how">
                <header class="card-head">
                    <h2 id="how">"How holds work"</h2>
                </header>
                <div class="card-body prose">
                    <p>
                        "When Foreman, or somebody here, asks for a free address, Nestor suggests one and holds it for "
                        <strong>{span}</strong> ": nobody else is offered it in the meantime."
                    </p>
                    <p>
                        "A hold ends when the reservation is made, when its time is over, or when it is released below. It is kept in Nestor’s own store and survives a restart; Kea knows nothing of it and may still lease an address of a pool by itself."
                    </p>
                </div>
            </section>
        </div>
    }
    .into_any()
}

/// The URL, and how it is put into Foreman.
#[component]
fn Url(url: String) -> impl IntoView {
    let toasts = Toasts::here();
    let field = NodeRef::<html::Input>::new();
    let text = url.clone();
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
        // Browsers offer the clipboard to secure pages alone; elsewhere the URL is at least selected.
        let by_hand = move || toasts.push(ToastKind::Warning, "The URL is selected: copy it with Ctrl-C.", None);
        if !window().is_secure_context() {
            by_hand();
            return;
        }
        let writing = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            match JsFuture::from(writing).await {
                Ok(_) => toasts.done("The URL is in the clipboard."),
                Err(_) => by_hand(),
            }
        });
    };
    view! {
        <div class="copy">
            <label class="visually-hidden" for="foreman-url">
                "URL"
            </label>
            <input node_ref=field id="foreman-url" class="input address" readonly value=url/>
            <button type="button" class="button" on:click=copy>
                <Icon glyph=Glyph::Copy/>
                "Copy"
            </button>
        </div>
        <ol class="prose">
            <li>
                "In Foreman, go to " <em>"Infrastructure › Smart Proxies › Create Smart Proxy"</em> " and paste the URL."
            </li>
            <li>"Open the subnet there and choose this proxy as its " <em>"DHCP Proxy"</em> "."</li>
            <li>
                "Set its " <em>"IPAM"</em> " to " <em>"DHCP"</em> ", with the " <em>"Start"</em> " and " <em>"End of IP range"</em>
                " that Foreman may use."
            </li>
        </ol>
    }
}
