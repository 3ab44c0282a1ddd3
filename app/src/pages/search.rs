//! What was found.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Client, SearchAnswer, ServerName, Subnet, SubnetKey, Timestamp};

use crate::api;
use crate::components::badge::ClientBadge;
use crate::components::empty::Empty;
use crate::components::freshness::AsOf;
use crate::components::icon::{Glyph, Icon};
use crate::components::problem::{ProblemView, SilentServers};
use crate::components::skeleton::Skeleton;
use crate::routes;

/// When servers that do not answer now said what was found of theirs.
#[derive(Clone)]
struct Dated(Arc<[(ServerName, Timestamp)]>);

impl Dated {
    fn of(&self, subnet: &SubnetKey) -> Option<Timestamp> {
        self.0.iter().find(|(server, _)| *server == subnet.server).map(|(_, at)| *at)
    }
}

/// Search results.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.read().get("q").unwrap_or_default().trim().to_owned());
    let answer = Resource::new(
        move || asked.get(),
        |text| async move {
            if text.is_empty() {
                return Ok(None);
            }
            api::search(text).await.map(Some)
        },
    );
    view! {
        <Title text="Search · Nestor"/>
        <header class="page-head">
            <h1>"Search"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                let text = asked.get_untracked();
                let retry = Callback::new(move |()| answer.refetch());
                match answer.await {
                    Ok(None) => view! { <Explained/> }.into_any(),
                    Ok(Some(found)) => view! { <Found answer=found text retry/> }.into_any(),
                    Err(error) => {
                        view! { <ProblemView problem=error.0 retry/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

/// What can be searched.
#[component]
fn Explained() -> impl IntoView {
    view! {
        <Empty glyph=Glyph::Search title="Find anything">
            <p>"Type into the box at the top; any part is enough:"</p>
            <ul>
                <li>"an address, " <code>"10.20.0.37"</code></li>
                <li>"a MAC address in any notation, " <code>"02:00:5e:10:00:01"</code> ", " <code>"0200.5e10.0001"</code></li>
                <li>"a host name, " <code>"printer"</code></li>
                <li>"a subnet, by prefix or name"</li>
            </ul>
        </Empty>
    }
}

#[component]
fn Found(answer: SearchAnswer, text: String, retry: Callback<()>) -> impl IntoView {
    let SearchAnswer { clients, subnets, more, silent, dated } = answer;
    let dated = Dated(dated.into());
    let nothing = clients.is_empty() && subnets.is_empty();
    let missing = !silent.is_empty();
    view! {
        <SilentServers problems=silent retry/>
        {nothing
            .then(|| {
                view! {
                    <Empty glyph=Glyph::Search title=format!("No results for “{text}”")>
                        <p>
                            {if missing {
                                "No lease, reservation or subnet on the servers that answered has it in its address, MAC address or name. Some servers did not answer."
                            } else {
                                "No lease, reservation or subnet has it in its address, MAC address or name. Any part is enough to find it."
                            }}
                        </p>
                    </Empty>
                }
            })}
        {(!subnets.is_empty()).then(|| view! { <Subnets subnets dated=dated.clone()/> })}
        {(!clients.is_empty()).then(|| view! { <Clients clients dated/> })}
        {more
            .then(|| {
                view! {
                    <p class="more muted">
                        {format!("Only the first {} clients are shown: refine your search.", SearchAnswer::MOST)}
                    </p>
                }
            })}
    }
    .into_any()
}

#[component]
fn Subnets(subnets: Vec<Subnet>, dated: Dated) -> impl IntoView {
    let count = subnets.len();
    let rows = subnets.into_iter().map(|subnet| {
        let old = dated.of(&subnet.key);
        view! {
            <li class="found-row row" class:is-old=old.is_some()>
                <Icon glyph=Glyph::Networks/>
                <a class="row-link address" href=routes::subnet(&subnet.key)>
                    {subnet.prefix.to_string()}
                </a>
                <span>{subnet.name}</span>
                <span class="muted">{subnet.shared_network}</span>
                {old.map(|at| view! { <AsOf at/> })}
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <section class="card" aria-labelledby="found-subnets">
            <header class="card-head">
                <h2 id="found-subnets">"Subnets"</h2>
                <span class="count">{count}</span>
            </header>
            <ul class="found">{rows}</ul>
        </section>
    }
}

#[component]
fn Clients(clients: Vec<(SubnetKey, Client)>, dated: Dated) -> impl IntoView {
    let count = clients.len();
    let rows = clients.into_iter().map(|(key, client)| {
        let old = dated.of(&key);
        view! { <ClientRow key client old/> }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <section class="card" aria-labelledby="found-clients">
            <header class="card-head">
                <h2 id="found-clients">"Clients"</h2>
                <span class="count">{count}</span>
            </header>
            <div class="table-frame">
                <table class="table table-cards">
                    <caption class="visually-hidden">"Clients"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Name"</th>
                            <th scope="col">"MAC address"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Subnet"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn ClientRow(key: SubnetKey, client: Client, old: Option<Timestamp>) -> impl IntoView {
    let address = client.what();
    let name = client.host_name().map(ToOwned::to_owned);
    let hw_address = client.hw_address().map(ToString::to_string);
    let identifier = client.reservation.as_ref().map(|reservation| reservation.identifier.to_string());
    let wanted = address.as_ref().or(hw_address.as_ref()).or(name.as_ref());
    let href = wanted.map_or_else(|| routes::subnet(&key), |text| routes::subnet_with_text(&key, text));
    view! {
        <tr class="row" class:is-old=old.is_some()>
            <th scope="row" class="row-main">
                <a class="row-link address" href=href>
                    {address.unwrap_or_else(|| "no address".to_owned())}
                </a>
            </th>
            <td data-label="Name" class="wrap">{name.unwrap_or_else(|| "–".to_owned())}</td>
            <td data-label="MAC address" class="address">{hw_address.or(identifier).unwrap_or_else(|| "–".to_owned())}</td>
            <td data-label="State"><ClientBadge state=client.state/></td>
            <td data-label="Subnet">
                <span>{key.to_string()} {old.map(|at| view! { <span class="row-note muted"><AsOf at/></span> })}</span>
            </td>
        </tr>
    }
}
