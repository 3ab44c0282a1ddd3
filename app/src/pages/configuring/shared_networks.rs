//! The shared networks of a server: which subnets are in them, what they are called, and what becomes of their subnets when
//! one is deleted.

mod one;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{ConfigEdit, ConfigForm, ConfigNetwork, ConfigNetworks, Permission, ServerName};

use self::one::{One, OneNetwork};
use super::edits::Edits;
use super::form_card::FormCard;
use super::review::{EditBar, Reviewed};
use super::typed::quoted;
use super::{Asked, Listed, asked, of_part, of_server, part_named};
use crate::api;
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::field::TextField;
use crate::components::icon::Glyph;
use crate::routes;
use crate::state::Session;

/// The list of shared networks.
const LIST: &str = "shared-networks";

/// The shared networks of the server that the address names, or one of them.
#[component]
pub fn SharedNetworksPage() -> impl IntoView {
    of_server(routes::SHARED_NETWORKS, |server| view! { <Loading server/> }.into_any())
}

/// The shared networks of a server.
const NETWORKS: Listed = Listed {
    page: routes::SHARED_NETWORKS,
    missing: "Shared network not found",
    all: "All shared networks",
    form: ConfigForm::SharedNetwork,
};

#[component]
fn Loading(server: ServerName) -> impl IntoView {
    let (edits, server, part) = (Edits::new(), StoredValue::new(server), part_named());
    let may = Session::allows(Permission::Reserve);
    let (text, renamed) = (RwSignal::new(String::new()), RwSignal::new(false));
    // Under its new name it is another page.
    let leave = leaving(server);
    let of = move || (part.get(), text.get());
    let ask = move |(part, text)| api::list_shared_networks(server.get_value(), part, text);
    asked(8, of, ask, move |asked: Asked<ConfigNetworks>| {
        let found = asked.value;
        let one = OneNetwork { server, found, edits, may, renamed, text };
        let settled = edits.settled(found);
        let find = move |path: &str| {
            settled.with(|(round, found)| {
                let network = found.networks.iter().find(|network| network.path == path)?;
                Some((*round, network.clone()))
            })
        };
        let list = move || view! { <List server found/> }.into_any();
        let shown = move |(_, network)| view! { <One one network/> }.into_any();
        let applied = move |()| {
            if renamed.get_untracked() {
                leave.run(());
            }
        };
        let shown = NETWORKS.show(server, part, find, list, shown);
        view! { {shown} <EditBar edits server on_applied=applied leaves=renamed/> }.into_any()
    })
}

/// Leads to the list of shared networks.
fn leaving(server: StoredValue<ServerName>) -> Callback<()> {
    let (list, navigate) = (NETWORKS.href(server), use_navigate());
    Callback::new(move |()| navigate(&list, NavigateOptions::default()))
}

#[component]
fn List(server: StoredValue<ServerName>, found: RwSignal<ConfigNetworks>) -> impl IntoView {
    let may = Session::allows(Permission::Reserve);
    let none = move || found.with(|found| found.networks.is_empty());
    let row = move |network: ConfigNetwork| {
        let ConfigNetwork { path, name, subnets: count, own, .. } = network;
        let href = of_part(server, routes::SHARED_NETWORKS, &path);
        let own = if own.is_empty() { "–".to_owned() } else { own.join(", ") };
        view! {
            <tr class="row" data-path=path>
                <th scope="row" class="row-main">
                    <a class="row-link" href=href data-noscroll="">
                        {name}
                    </a>
                </th>
                <td data-label="Subnets" class="number">
                    {count}
                </td>
                <td data-label="Set on it">{own}</td>
            </tr>
        }
    };
    let table = move || {
        view! {
            <div class="table-frame">
                <table class="table table-cards config-table" data-testid="shared-networks">
                    <caption class="visually-hidden">"Shared networks"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Shared network"</th>
                            <th scope="col" class="number">
                                "Subnets"
                            </th>
                            <th scope="col">"Set on it"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <Each each=move || found.with(|found| found.networks.clone()) key=Clone::clone children=row/>
                    </tbody>
                </table>
            </div>
        }
    };
    view! {
        <Show when=none fallback=table>
            <Empty glyph=Glyph::Networks title="No shared networks">
                <p>"A shared network holds subnets that are on one link: a client there gets an address of any of them."</p>
            </Empty>
        </Show>
        <Show when=move || may.get()>
            <NewNetwork server/>
        </Show>
    }
}

/// A form for one more shared network.
#[component]
fn NewNetwork(server: StoredValue<ServerName>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let reviewing = RwSignal::new(None::<Vec<ConfigEdit>>);
    let review = move |()| {
        let value = format!("{{\"name\":{}}}", quoted(name.get_untracked().trim()));
        reviewing.set(Some(vec![ConfigEdit::add(LIST, value)]));
    };
    view! {
        <FormCard
            title="New shared network"
            review="review-network"
            ready=Signal::derive(move || name.with(|name| !name.trim().is_empty()))
            on_review=review
        >
            <TextField
                name="network-name"
                label="Name"
                value=name
                on_input=move |text| name.set(text)
                note=Signal::stored(Some("Its subnets are chosen on its page.".to_owned()))
            />
        </FormCard>
        <Reviewed reviewing server on_applied=move |()| name.set(String::new())/>
    }
}
