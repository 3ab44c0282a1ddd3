//! The DNS updates of a server: the connection to the daemon that makes them, and what is updated.

use leptos::prelude::*;
use model::{DdnsSettings, ServerName};

use super::edits::Edits;
use super::findings::Found;
use super::parameters::Groups;
use super::review::EditBar;
use super::uses::Uses;
use super::{Asked, asked, of_server};
use crate::api;
use crate::routes;

/// The DNS updates of the server that the address names.
#[component]
pub fn DdnsPage() -> impl IntoView {
    of_server(routes::DDNS, |server| view! { <Loading server/> }.into_any())
}

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let edits = Edits::new();
    let server = StoredValue::new(server);
    let ask = move |()| api::get_ddns_settings(server.get_value());
    asked(
        12,
        || (),
        ask,
        move |asked: Asked<DdnsSettings>| {
            let settled = edits.settled(asked.value);
            let body = move || {
                let DdnsSettings { groups, elsewhere, .. } = settled.get().1;
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
                    <Groups groups edits/>
                    {others}
                }
            };
            let found = Signal::derive(move || asked.value.with(|settings| settings.findings.clone()));
            view! {
                <Found found server/>
                {body}
                <EditBar edits server/>
            }
            .into_any()
        },
    )
}
