//! The DNS updates of a server: the connection to the daemon that makes them, and what is updated.

use leptos::prelude::*;
use model::{ConfigEdit, DdnsSettings, Permission, ServerName};

use super::edits::Edits;
use super::findings::FindingList;
use super::parameters::Groups;
use super::review::{EditBar, Reviewed};
use super::uses::Uses;
use super::{Asked, asked, of_server};
use crate::api;
use crate::routes;
use crate::state::Session;

/// The DNS updates of the server that the address names.
#[component]
pub fn DdnsPage() -> impl IntoView {
    of_server(routes::DDNS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let edits = Edits::new();
    let server = StoredValue::new(server);
    let may = Session::allows(Permission::Reserve);
    let mending = RwSignal::new(None::<Vec<ConfigEdit>>);
    let ask = move |()| api::get_ddns_settings(server.get_value());
    asked(
        12,
        || (),
        ask,
        move |asked: Asked<DdnsSettings>| {
            let settled = edits.settled(asked.value);
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
            view! {
                {body}
                <EditBar edits server/>
                <Reviewed reviewing=mending server/>
            }
            .into_any()
        },
    )
}
