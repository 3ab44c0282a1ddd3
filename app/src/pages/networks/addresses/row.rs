//! Rows of the address list.

use leptos::prelude::*;
use model::{
    AddressRange, AddressRow, Client, ClientState, Identifier, Octets, RawRecord, SpecialAddress, readable_count,
};

use super::moving::place;
use super::verb::Verb;
use super::{List, words};
use crate::components::badge::{Badge, ClientBadge, Tone};
use crate::components::copy::{Copied, CopyButton};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::tooltip;
use crate::routes;
use crate::state::Clock;

/// One row. It stays the same element while what it shows changes, so that focus and open menus stay too.
#[component]
pub(super) fn RowView(list: List, id: String) -> impl IntoView {
    let row = {
        let id = id.clone();
        Memo::new(move |_| {
            let at = list.ids.with(|ids| ids.iter().position(|known| *known == id))?;
            list.page.with(|page| page.rows.get(at).cloned())
        })
    };
    let tab_index = {
        let id = id.clone();
        move || {
            let first = || list.ids.with(|ids| ids.first() == Some(&id));
            let here = list.current.with(|current| current.as_ref().map_or_else(first, |current| *current == id));
            if here { "0" } else { "-1" }
        }
    };
    let on_focus = {
        let id = id.clone();
        move |_| {
            list.inside.set_value(true);
            list.current.set(Some(id.clone()));
        }
    };
    let is_new = {
        let id = id.clone();
        move || list.made.with(|made| made.as_ref() == Some(&id))
    };
    let kind = move || {
        let kind = row.with(|row| row.as_ref().map_or("", class));
        if is_new() { format!("{kind} is-new") } else { kind.to_owned() }
    };
    let testid = move || row.with(|row| row.as_ref().map(testid));
    let address = move || row.with(|row| row.as_ref().and_then(first_address));
    let cells = {
        let id = id.clone();
        move || row.get().map(|row| cells(list, &id, row))
    };
    let note = move || row.get().and_then(|row| note(list, row));
    view! {
        <tr
            class=kind
            tabindex=tab_index
            data-row=id
            data-testid=testid
            data-address=address
            on:focusin=on_focus
        >
            {cells}
        </tr>
        {note}
    }
}

fn class(row: &AddressRow) -> &'static str {
    match row {
        AddressRow::Client(client) => match client.state {
            ClientState::Conflict | ClientState::Declined => "row row-client has-trouble",
            ClientState::Expired | ClientState::Released => "row row-client is-past",
            _ => "row row-client",
        },
        AddressRow::Gap { excluded: Some(_), .. } => "row row-gap is-excluded",
        AddressRow::Gap { .. } => "row row-gap",
        AddressRow::Special { .. } => "row row-special",
        AddressRow::Raw(_) => "row has-trouble",
    }
}

/// What tests call it.
fn testid(row: &AddressRow) -> &'static str {
    match row {
        AddressRow::Client(_) => "address-row",
        AddressRow::Gap { .. } => "gap-row",
        AddressRow::Special { .. } => "special-row",
        AddressRow::Raw(_) => "raw-row",
    }
}

fn first_address(row: &AddressRow) -> Option<String> {
    match row {
        AddressRow::Client(client) => client.what(),
        AddressRow::Gap { range, .. } => Some(range.first().to_string()),
        AddressRow::Special { address, .. } => Some(address.to_string()),
        AddressRow::Raw(raw) => raw.address().map(|address| address.to_string()),
    }
}

fn cells(list: List, id: &str, row: AddressRow) -> AnyView {
    match row {
        AddressRow::Client(client) => view! { <ClientCells list id=id.to_owned() client=present(*client)/> }.into_any(),
        AddressRow::Gap { range, in_pool, excluded } => {
            view! { <GapCells list id=id.to_owned() range in_pool excluded/> }.into_any()
        }
        AddressRow::Special { address, what } => view! { <SpecialCells address=address.to_string() what/> }.into_any(),
        AddressRow::Raw(raw) => raw_cells(&raw),
    }
}

/// The client without a lease that is over, which may have been another client's: the row is about the client for
/// which the address is kept. The details still show the lease.
fn present(client: Client) -> Client {
    match client.state {
        ClientState::ReservedIdle | ClientState::Held => Client { lease: None, ..client },
        _ => client,
    }
}

#[component]
fn ClientCells(list: List, id: String, client: Client) -> impl IntoView {
    let unaddressed = client.what().is_none();
    let address = client.what().unwrap_or_else(|| "no address".to_owned());
    let name = client.host_name().map(str::to_owned);
    let note = client.reservation.as_ref().and_then(|reservation| reservation.note.clone());
    let state = client.state;
    let identifiers = identifiers(&client);
    let elsewhere = client.elsewhere.clone().map(|other| {
        let name = if other.is_global() { "a global reservation".to_owned() } else { format!("of {other}") };
        view! { <a class="cell-sub" href=routes::subnet(&other)>{name}</a> }
    });
    let storage = client.reservation.as_ref().map(|reservation| reservation.storage);
    let stored = move || storage.filter(|_| list.rights().database).map(|storage| format!("in the {}", place(storage)));
    let details = {
        let id = id.clone();
        move |_| list.act(Verb::Details, &id)
    };
    let menu_label = format!("Actions for {}", words::title(&client));
    let open_menu = move |_| list.menu.set(Some(id.clone()));
    view! {
        <td class="col-address">
            <button type="button" class="link mono row-link" class:muted=unaddressed tabindex="-1" on:click=details>
                {address.clone()}
            </button>
            {(!unaddressed).then(|| view! { <CopyButton what=Copied::Address text=address in_row=true/> })}
        </td>
        <td class="col-name" data-label="Name">
            {name
                .map(|name| {
                    view! {
                        <span class="cell-main">
                            {name.clone()}
                            <CopyButton what=Copied::Name text=name in_row=true/>
                        </span>
                    }
                })}
            {note.map(|note| view! { <span class="cell-sub">{note}</span> })}
        </td>
        <td class="col-identifier" data-label="Identifier">
            {identifiers}
        </td>
        <td class="col-state" data-label="State">
            <ClientBadge state/>
            {elsewhere}
            {move || stored().map(|text| view! { <span class="cell-sub">{text}</span> })}
        </td>
        <td class="col-expiry" data-label="Expires">
            {move || lasts(&client, list.page.with(|page| page.as_of))}
        </td>
        <td class="col-actions">
            <button
                type="button"
                class="button-icon"
                aria-label=menu_label
                aria-haspopup="menu"
                tabindex="-1"
                data-testid="row-menu"
                on:click=open_menu
            >
                <Icon glyph=Glyph::More/>
            </button>
        </td>
    }
}

/// How long it lasts: the lease, else the hold, else that it is kept.
fn lasts(client: &Client, as_of: model::Timestamp) -> impl IntoView + use<> {
    let (text, exact) = match (&client.lease, &client.hold) {
        (Some(lease), _) => {
            let words::Expiry { text, exact } = words::expiry(lease, as_of);
            (text, exact)
        }
        (None, Some(hold)) => {
            (format!("in {}", hold.until.since(as_of)), format!("held for {} until {}", hold.holder, hold.until))
        }
        (None, None) => ("–".to_owned(), "no lease".to_owned()),
    };
    let clock = Clock::here();
    view! { <span class="numeric" title=move || tooltip(clock, &exact)>{text}</span> }
}

/// The MAC address with its vendor, and beneath it what else the client or its reservation is known by.
fn identifiers(client: &Client) -> impl IntoView + use<> {
    let vendor = client.vendor.clone();
    let hw_address = client.hw_address().map(ToString::to_string);
    let keyed =
        client.reservation.as_ref().map(|reservation| &reservation.identifier).filter(|key| key.hw_address().is_none());
    let keyed = keyed.map(|identifier: &Identifier| (identifier.kind().label(), octets(identifier.octets())));
    let client_id = client.lease.as_ref().and_then(|lease| lease.client_id.as_ref()).filter(|_| hw_address.is_none());
    let client_id = client_id.map(|id| ("Client id", octets(id)));
    let duid = client.lease.as_ref().and_then(|lease| lease.duid.as_ref());
    let other = keyed.or(client_id).or_else(|| duid.map(|duid| ("DUID", octets(duid))));
    let alone = hw_address.is_none();
    let purpose = client.hold.as_ref().filter(|_| client.lease.is_none() && client.reservation.is_none());
    let purpose = purpose.and_then(|hold| hold.purpose.clone());
    view! {
        {hw_address
            .map(|address| {
                view! {
                    <span class="cell-main mono">
                        {address.clone()}
                        <CopyButton what=Copied::Mac text=address in_row=true/>
                    </span>
                }
            })}
        {vendor.map(|vendor| view! { <span class="cell-sub">{vendor}</span> })}
        {other
            .map(|(label, value)| {
                view! {
                    <span class="cell-sub">
                        {label}
                        " "
                        <span class="mono">{value.clone()}</span>
                        {alone.then(|| view! { <CopyButton what=Copied::Identifier text=value in_row=true/> })}
                    </span>
                }
            })}
        {purpose.map(|purpose| view! { <span class="cell-sub">"for "<span class="mono">{purpose}</span></span> })}
    }
}

fn octets(octets: &Octets) -> String {
    octets.text().unwrap_or_else(|| octets.to_string())
}

#[component]
fn GapCells(list: List, id: String, range: AddressRange, in_pool: bool, excluded: Option<String>) -> impl IntoView {
    let word = if excluded.is_some() { "excluded" } else { "free" };
    let place = if in_pool { "in pool" } else { "outside pools" };
    let verbs = if excluded.is_some() { vec![Verb::Include] } else { vec![Verb::Reserve, Verb::Exclude] };
    let buttons = move || {
        let button = |verb: &Verb| view! { <GapButton list id=id.clone() verb=*verb range/> };
        verbs.iter().map(button).collect::<Vec<_>>()
    };
    view! {
        <td class="col-gap" colspan="4">
            <span class="gap-line">
                <strong class="gap-count">{format!("{} {word}", readable_count(range.count()))}</strong>
                <span class="mono">{range.to_string()}</span>
                <span class="gap-place">{place}</span>
                {excluded.map(|reason| view! { <Badge tone=Tone::Neutral glyph=Glyph::NoEntry text=reason/> })}
            </span>
        </td>
        <td class="col-actions" colspan="2">
            <Show when=move || list.may_reserve.get()>
                <span class="gap-actions">{buttons.clone()}</span>
            </Show>
        </td>
    }
}

#[component]
fn GapButton(list: List, id: String, verb: Verb, range: AddressRange) -> impl IntoView {
    let (text, glyph, name) = match verb {
        Verb::Exclude => ("Exclude…", Glyph::NoEntry, Some(format!("Exclude {range}…"))),
        Verb::Include => ("Remove…", Glyph::Release, Some(format!("Remove the exclusion of {range}…"))),
        _ => ("Reserve here", Glyph::Plus, None),
    };
    let lacks = move || if verb.reserves() { list.reserving_lacks() } else { None };
    view! {
        <button
            type="button"
            class="button button-small"
            tabindex="-1"
            aria-label=name
            disabled=move || lacks().is_some()
            title=lacks
            on:click=move |_| list.act(verb, &id)
        >
            <Icon glyph/>
            {text}
        </button>
    }
}

#[component]
fn SpecialCells(address: String, what: SpecialAddress) -> impl IntoView {
    let glyph = if what == SpecialAddress::Gateway { Glyph::Router } else { Glyph::Info };
    view! {
        <td class="col-address">
            <span class="mono">{address.clone()}</span>
            <CopyButton what=Copied::Address text=address in_row=true/>
        </td>
        <td class="col-special" colspan="5">
            <Badge tone=Tone::Neutral glyph text=what.label()/>
        </td>
    }
}

/// A record that is not understood: what it says, and that it stays as it is.
fn raw_cells(raw: &RawRecord) -> AnyView {
    let address = raw.address().map(|address| address.to_string());
    view! {
        <td class="col-address">
            <span class="mono">{address.clone().unwrap_or_else(|| "no address".to_owned())}</span>
            {address.map(|text| view! { <CopyButton what=Copied::Address text in_row=true/> })}
        </td>
        <td class="col-special wrap" colspan="5">
            <p>{raw.sentence()} " " {raw.advice()}</p>
            <code class="wrap">{raw.text.clone()}</code>
        </td>
    }
    .into_any()
}

/// What is wrong with the address, in lines of their own beneath it.
fn note(list: List, row: AddressRow) -> Option<impl IntoView> {
    let AddressRow::Client(client) = row else { return None };
    let trouble = list.page.with(|page| {
        // It is the same for every declined address.
        let said = words::is_said_above(&client, &page.rows);
        words::trouble(&client, page.as_of).filter(|_| !said)
    });
    let lines = trouble.into_iter().chain(words::twice(&client)).map(|(what, advice)| {
        view! {
            <tr class="trouble-line">
                <td colspan="6">
                    <p>
                        <strong>{what}</strong>
                        " "
                        {advice}
                    </p>
                </td>
            </tr>
        }
    });
    Some(lines.collect::<Vec<_>>())
}
