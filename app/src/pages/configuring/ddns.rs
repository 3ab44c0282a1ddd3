//! The DNS updates of a server: the connection to the daemon that makes them, and what is updated.

use leptos::prelude::*;
use model::{ConfigEdit, DdnsSettings, Permission, ServerName};

use super::edits::Edits;
use super::findings::FindingList;
use super::parameters::Groups;
use super::review::{EditBar, Review};
use super::uses::Uses;
use super::{of_server, version};
use crate::api;
use crate::components::latest::{Latest, Outdated, load};
use crate::live::Live;
use crate::routes;
use crate::state::Session;

/// The DNS updates of the server that the address names.
#[component]
pub fn DdnsPage() -> impl IntoView {
    of_server(routes::DDNS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let live = Live::here();
    let edits = Edits::new();
    let server = StoredValue::new(server);
    let may = Session::allows(Permission::Reserve);
    let mending = RwSignal::new(None::<Vec<ConfigEdit>>);
    let settings = Resource::new(move || version(live), move |_| api::get_ddns_settings(server.get_value()));
    let retry = Callback::new(move |()| settings.refetch());
    load(settings, 12, move |latest: Latest<DdnsSettings>| {
        let settled = edits.settled(latest.value);
        let body = move || {
            let DdnsSettings { groups, elsewhere, findings } = settled.get().1;
            let on_mend = may.get().then(|| Callback::new(move |edits| mending.set(Some(edits))));
            let found = (!findings.is_empty())
                .then(|| view! { <div class="card"><FindingList findings server on_mend/></div> });
            let count = u32::try_from(elsewhere.len()).unwrap_or(u32::MAX);
            let others = (count > 0).then(|| {
                view! {
                    <section class="card" aria-labelledby="ddns-elsewhere">
                        <header class="card-head">
                            <h2 id="ddns-elsewhere">"Set otherwise in"</h2>
                        </header>
                        <div class="card-body">
                            <Uses server uses=elsewhere count/>
                        </div>
                    </section>
                }
            });
            view! {
                {found}
                <Groups groups edits/>
                {others}
            }
        };
        let close = move |()| mending.set(None);
        let review = move || {
            let edits = mending.get()?;
            Some(view! { <Review edits server on_close=close on_applied=Callback::new(close)/> })
        };
        view! {
            <Outdated problem=latest.problem retry/>
            {body}
            <EditBar edits server/>
            {review}
        }
        .into_any()
    })
}
