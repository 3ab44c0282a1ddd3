//! What was found.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlElement};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Client, ClientHit, ClientState, FreeAddress, Permission, RawRecord, SearchAnswer, Subnet, SubnetKey, Timestamp,
};

use crate::api;
use crate::components::badge::ClientBadge;
use crate::components::copy::{Copied, CopyButton};
use crate::components::each::Each;
use crate::components::empty::Empty;
use crate::components::freshness::AsOf;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load};
use crate::components::pager::{Pager, Part};
use crate::components::problem::SilentServers;
use crate::routes;
use crate::state::Session;

/// How long to wait before asking again while servers are still being read.
const AGAIN: Duration = Duration::from_millis(900);

/// What is asked: the text, and how many clients come before those that are shown.
type Asked = (String, u32);

/// Search results.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let text = query.get("q").unwrap_or_default().trim().to_owned();
        (text, query.get("offset").and_then(|offset| offset.parse().ok()).unwrap_or(0))
    });
    let answer = Resource::new(
        move || asked.get(),
        |(text, offset): Asked| async move {
            if text.is_empty() {
                return Ok((text, SearchAnswer::default()));
            }
            let answer = api::search(text.clone(), offset).await?;
            Ok((text, answer))
        },
    );
    let retry = Callback::new(move |()| answer.refetch());
    view! {
        <Title text="Search · Nestor"/>
        <header class="page-head">
            <h1>"Search"</h1>
        </header>
        {load(answer, 6, move |latest| view! { <Found latest retry/> }.into_any())}
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

/// The last answer, and to which text. It is asked for again for as long as servers are being read.
#[component]
fn Found(latest: Latest<(String, SearchAnswer)>, retry: Callback<()>) -> impl IntoView {
    let Latest { value, problem } = latest;
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        if value.with(|(_, answer)| answer.progress.under_way) {
            timer.set_value(set_timeout_with_handle(move || retry.run(()), AGAIN).ok());
        }
    });
    on_cleanup(move || {
        if let Some(timer) = timer.try_get_value().flatten() {
            timer.clear();
        }
    });
    let silent = Memo::new(move |_| value.with(|(_, answer)| answer.silent.clone()));
    let explained = move || value.with(|(text, _)| text.is_empty());
    let nothing = move || {
        let is_nothing = |(text, answer): &(String, SearchAnswer)| {
            let found = answer.clients.len() + answer.subnets.len() + answer.raw.len();
            !text.is_empty() && found == 0 && !answer.progress.under_way
        };
        value.with(is_nothing).then(|| view! { <Nothing value/> })
    };
    view! {
        <Outdated problem retry/>
        {move || view! { <SilentServers problems=silent.get() retry/> }}
        <Show when=explained>
            <Explained/>
        </Show>
        <Progress value/>
        {nothing}
        <Free value/>
        <Show when=move || value.with(|(_, answer)| !answer.subnets.is_empty())>
            <Subnets value/>
        </Show>
        <Show when=move || value.with(|(_, answer)| answer.total > 0)>
            <Clients value/>
        </Show>
        {move || value.with(|(_, answer)| answer.raw.iter().map(raw_line).collect::<Vec<_>>())}
    }
    .into_any()
}

type Shown = RwSignal<(String, SearchAnswer)>;

/// A record that is not understood, as it is.
fn raw_line(raw: &RawRecord) -> impl IntoView + use<> {
    let href = if raw.stray { routes::SERVERS.to_owned() } else { routes::subnet(&raw.subnet) };
    view! {
        <p class="notice" data-testid="raw-row">
            <a href=href>{raw.sentence()}</a>
            " "
            <code class="wrap">{raw.text.clone()}</code>
        </p>
    }
}

/// How much was looked through, and how old that is.
#[component]
fn Progress(value: Shown) -> impl IntoView {
    let progress = Memo::new(move |_| value.with(|(_, answer)| answer.progress));
    move || {
        let progress = progress.get();
        let missing = progress.missing();
        let anew = (progress.under_way && missing.is_none()).then_some(" · being read again");
        (progress.of > 0).then(|| {
            view! {
                <p class="muted" role="status" data-testid="search-progress">
                    {missing.map(|text| format!("{text} · "))}
                    {progress.as_of.map(|at| view! { <AsOf at/> })}
                    {anew}
                </p>
            }
        })
    }
}

#[component]
fn Nothing(value: Shown) -> impl IntoView {
    let (text, missing) = value.with_untracked(|(text, answer)| (text.clone(), !answer.silent.is_empty()));
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
}

/// The way to reserve the address that was looked for.
#[component]
fn Free(value: Shown) -> impl IntoView {
    let may_reserve = Session::allows(Permission::Reserve);
    move || {
        let FreeAddress { subnet, prefix, address } = value.with(|(_, answer)| answer.free.clone())?;
        let address = address.to_string();
        let href = routes::reserve_free(&subnet, &address);
        Some(view! {
            <p class="notice" data-testid="free-address">
                <Icon glyph=Glyph::Plus/>
                <span class="address">{address}</span>
                {format!(" is free in {prefix}. ")}
                <Show when=move || may_reserve.get()>
                    <a class="button" href=href.clone()>"Reserve"</a>
                </Show>
            </p>
        })
    }
}

/// When a server that does not answer now said what was found of its.
fn dated(answer: &SearchAnswer, subnet: &SubnetKey) -> Option<Timestamp> {
    answer.dated.iter().find(|(server, _)| *server == subnet.server).map(|(_, at)| *at)
}

#[component]
fn Subnets(value: Shown) -> impl IntoView {
    let subnets = move || {
        value.with(|(_, answer)| {
            let row = |subnet: &Subnet| (subnet.clone(), dated(answer, &subnet.key));
            answer.subnets.iter().map(row).collect::<Vec<_>>()
        })
    };
    let key = |(subnet, old): &(Subnet, Option<Timestamp>)| {
        let Subnet { key, prefix, name, shared_network, .. } = subnet;
        (key.clone(), *prefix, name.clone(), shared_network.clone(), *old)
    };
    let row = |(subnet, old): (Subnet, Option<Timestamp>)| {
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
    };
    view! {
        <section class="card" aria-labelledby="found-subnets">
            <header class="card-head">
                <h2 id="found-subnets">"Subnets"</h2>
                <span class="count">{move || value.with(|(_, answer)| answer.subnets.len())}</span>
            </header>
            <ul class="found">
                <Each each=subnets key=key children=row/>
            </ul>
        </section>
    }
}

#[component]
fn Clients(value: Shown) -> impl IntoView {
    let rows = move || value.with(|(_, answer)| rows(answer));
    let part = Signal::derive(move || {
        value.with(|(_, answer)| Part {
            offset: answer.offset,
            shown: u32::try_from(answer.clients.len()).unwrap_or(u32::MAX),
            size: u32::try_from(SearchAnswer::MOST).unwrap_or(u32::MAX),
            total: answer.total,
        })
    });
    let href = move |offset: u32| value.with(|(text, _)| routes::search_from(text, offset));
    view! {
        <section class="card" aria-labelledby="found-clients">
            <header class="card-head">
                <h2 id="found-clients">"Clients"</h2>
                <span class="count">{move || value.with(|(_, answer)| answer.total)}</span>
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
                            <th scope="col" class="col-actions">
                                <span class="visually-hidden">"Actions"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody on:keydown=move |event| follow_key(&event)>
                        <Each each=rows key=Clone::clone children=|row: Row| view! { <ClientRow row/> }/>
                    </tbody>
                </table>
            </div>
            <Pager part href/>
        </section>
    }
}

/// What a row says.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Row {
    href: String,
    what: Option<String>,
    name: Option<String>,
    known_by: Copied,
    identifier: Option<String>,
    vendor: Option<String>,
    state: ClientState,
    /// The subnet by its prefix, else by its number.
    subnet: String,
    subnet_name: Option<String>,
    matched: Option<String>,
    old: Option<Timestamp>,
    /// What can be done with it, what is wanted most at the start.
    acts: Vec<Act>,
}

/// What can be done with a row on the page of its subnet.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Act {
    /// What the button says.
    label: &'static str,
    /// The key that does the same, as in the list of the subnet.
    key: &'static str,
    href: String,
}

fn acts(key: &SubnetKey, client: &Client) -> Vec<Act> {
    let Some(what) = client.what() else { return Vec::new() };
    let edit = || Act { label: "Edit", key: "e", href: routes::edit(key, &what) };
    let reserve = || Act { label: "Reserve", key: "r", href: routes::reserve(key, &what) };
    let exclude = client.address.map(|_| Act { label: "Exclude…", key: "b", href: routes::exclude(key, &what) });
    let delete = || Act { label: "Delete…", key: "Delete", href: routes::delete(key, &what) };
    match (&client.reservation, &client.lease) {
        (Some(_), _) => std::iter::once(edit()).chain(exclude).chain([delete()]).collect(),
        (None, Some(_)) => std::iter::once(reserve()).chain(exclude).collect(),
        (None, None) => exclude.into_iter().collect(),
    }
}

/// Does in the row that has the focus what the key means, as in the list of a subnet.
fn follow_key(event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let row = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("tr").ok()?);
    let link = row.and_then(|row| row.query_selector("a[data-key]").ok()?);
    let link = link.filter(|link| link.get_attribute("data-key").as_deref() == Some(event.key().as_str()));
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        link.click();
    }
}

fn rows(answer: &SearchAnswer) -> Vec<Row> {
    let nothing = ClientHit::default();
    let hits = answer.hits.iter().chain(std::iter::repeat(&nothing));
    let found = answer.clients.iter().zip(hits);
    let rows = found.map(|((key, client), hit)| {
        let row = row(key, client, hit, dated(answer, key));
        // What is of no subnet is listed with its server.
        if answer.gone.contains(key) { Row { href: routes::SERVERS.to_owned(), ..row } } else { row }
    });
    rows.collect()
}

fn row(key: &SubnetKey, client: &Client, hit: &ClientHit, old: Option<Timestamp>) -> Row {
    let what = client.what();
    let name = client.host_name().map(ToOwned::to_owned);
    let hw_address = client.hw_address().map(ToString::to_string);
    let identifier = client.reservation.as_ref().map(|reservation| reservation.identifier.to_string());
    let href = match (&what, hw_address.as_ref().or(name.as_ref())) {
        (Some(what), _) => routes::address(key, what),
        (None, Some(text)) => routes::subnet_with_text(key, text),
        (None, None) => routes::subnet(key),
    };
    Row {
        href,
        what,
        name,
        known_by: if hw_address.is_some() { Copied::Mac } else { Copied::Identifier },
        identifier: hw_address.or(identifier),
        vendor: client.vendor.clone(),
        state: client.state,
        subnet: hit.prefix.map_or_else(|| key.to_string(), |prefix| prefix.to_string()),
        subnet_name: hit.subnet_name.clone(),
        matched: hit.matched.as_ref().map(|(what, text)| format!("{what}: {text}")),
        old,
        acts: acts(key, client),
    }
}

#[component]
fn ClientRow(row: Row) -> impl IntoView {
    let Row { href, what, name, known_by, identifier, vendor, state, subnet, subnet_name, matched, old, acts } = row;
    let may_reserve = Session::allows(Permission::Reserve);
    let acts = move || may_reserve.get().then(|| acts.clone().into_iter().map(link).collect::<Vec<_>>());
    let or_dash = |of: Copied, text: Option<String>| match text {
        Some(text) => view! { {text.clone()} <CopyButton what=of text in_row=true/> }.into_any(),
        None => "–".into_any(),
    };
    view! {
        <tr class="row" class:is-old=old.is_some()>
            <th scope="row" class="row-main">
                <a class="row-link address" href=href>
                    {what.clone().unwrap_or_else(|| "no address".to_owned())}
                </a>
                {what.map(|text| view! { <CopyButton what=Copied::Address text in_row=true/> })}
            </th>
            <td data-label="Name" class="wrap">
                <span>{or_dash(Copied::Name, name)} {matched.map(|text| view! { <span class="row-note muted">{text}</span> })}</span>
            </td>
            <td data-label="MAC address">
                <span>
                    <span class="address">{or_dash(known_by, identifier)}</span>
                    {vendor.map(|vendor| view! { <span class="row-note muted">{vendor}</span> })}
                </span>
            </td>
            <td data-label="State"><ClientBadge state/></td>
            <td data-label="Subnet">
                <span>
                    <span class="address">{subnet}</span>
                    {subnet_name.map(|name| view! { <span class="row-note muted">{name}</span> })}
                    {old.map(|at| view! { <span class="row-note muted"><AsOf at/></span> })}
                </span>
            </td>
            <td class="col-actions"><span class="hit-acts">{acts}</span></td>
        </tr>
    }
}

fn link(act: Act) -> impl IntoView {
    let Act { label, key, href } = act;
    view! {
        <a class="button button-small" href=href data-key=key aria-keyshortcuts=key>
            {label}
        </a>
    }
}
