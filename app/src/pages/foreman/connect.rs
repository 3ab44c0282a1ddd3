//! How Foreman is connected.

use leptos::prelude::*;
use model::ForemanSettings;

use crate::api;
use crate::components::copy::CopyField;
use crate::components::empty::Empty;
use crate::components::icon::Glyph;
use crate::components::problem::ProblemView;
use crate::components::skeleton::Skeleton;

/// The URL, the steps in Foreman, and who may call.
#[component]
pub(super) fn Connect() -> impl IntoView {
    let settings = Resource::new(|| (), |()| api::foreman_settings());
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                match settings.await {
                    Ok(settings) => view! { <Cards settings/> }.into_any(),
                    Err(error) => {
                        view! { <ProblemView problem=error.0 retry=Callback::new(move |()| settings.refetch())/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Cards(settings: ForemanSettings) -> impl IntoView {
    let encrypted = settings.url.as_ref().map(|url| url.starts_with("https:"));
    let connection = match settings.url {
        Some(url) => view! { <Steps url/> }.into_any(),
        None => view! { <SwitchedOff/> }.into_any(),
    };
    view! {
        <div class="columns">
            <section class="card" aria-labelledby="connect">
                <header class="card-head">
                    <h2 id="connect">"Connect Foreman"</h2>
                </header>
                <div class="card-body">{connection}</div>
            </section>
            {encrypted.map(|encrypted| view! { <WhoMayCall encrypted/> })}
        </div>
    }
    .into_any()
}

#[component]
fn SwitchedOff() -> impl IntoView {
    view! {
        <Empty glyph=Glyph::Foreman title="Foreman cannot reach Nestor yet">
            <p>
                "The URL for Foreman appears here. The Smart Proxy routes are off: set " <code>"listen"</code>
                " in the " <code>"[smart_proxy]"</code> " section of " <code>"nestor.toml"</code> " and restart Nestor."
            </p>
        </Empty>
    }
}

/// The URL, and how it is put into Foreman.
#[component]
fn Steps(url: String) -> impl IntoView {
    view! {
        <CopyField label="URL" text=url/>
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

/// Who may call, and how that is changed.
#[component]
fn WhoMayCall(encrypted: bool) -> impl IntoView {
    let transport = if encrypted {
        view! {
            <p>
                "Foreman calls over TLS and presents its certificate. Nestor accepts certificates of the authority in "
                <code>"ca_file"</code> " only, and of those only the names in " <code>"trusted_hosts"</code>
                ", if that list is set."
            </p>
        }
        .into_any()
    } else {
        view! {
            <p class="notice tone-warn">
                <strong>"Foreman calls over plain HTTP."</strong>
                " Anyone on the network path can read and change its calls. For TLS, set "
                <code>"certificate_file"</code> ", " <code>"key_file"</code> " and " <code>"ca_file"</code> " in the "
                <code>"[smart_proxy]"</code> " section of " <code>"nestor.toml"</code>
                ", restart Nestor, and change the URL in Foreman to "<code>"https://"</code> "."
            </p>
        }
        .into_any()
    };
    let names = if encrypted { "the name in its certificate" } else { "name or address" };
    view! {
        <section class="card" aria-labelledby="who">
            <header class="card-head">
                <h2 id="who">"Who may call"</h2>
            </header>
            <div class="card-body prose">
                {transport}
                <p>
                    "List each host that may call, by " {names} ", as " <code>"trusted_hosts"</code> " in the "
                    <code>"[smart_proxy]"</code> " section of " <code>"nestor.toml"</code>
                    ". Changes to the list take effect within ten seconds, without a restart."
                </p>
                <p>"Any other host is refused, and its calls show in red under Calls."</p>
            </div>
        </section>
    }
    .into_any()
}
