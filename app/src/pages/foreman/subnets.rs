//! The subnets as Foreman sees them, beside what Kea has.

mod notes;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{ForemanSubnet, ForemanSubnets, Subnet};

use self::notes::{Note, notes};
use super::query::Tab;
use crate::api;
use crate::components::badge::Tone;
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::latest::{Latest, Outdated, load};
use crate::components::pager::{Pager, Part};
use crate::live::Live;
use crate::routes;

/// The subnets.
#[component]
pub(super) fn Subnets() -> impl IntoView {
    let live = Live::here();
    let params = use_query_map();
    let offset =
        Memo::new(move |_| params.read().get("offset").and_then(|offset| offset.parse().ok()).unwrap_or_default());
    let subnets =
        Resource::new(move || (offset.get(), live.version()), |(offset, _)| api::foreman_subnets_page(offset));
    let refetch = Callback::new(move |()| subnets.refetch());
    view! {
        <p class="page-lead">
            "What Foreman’s " <em>"Import IPv4 subnets"</em>
            " reads, next to Kea’s pools. Foreman keeps its own copy: after a change in Kea, import or edit the subnet there again."
        </p>
        {load(
            subnets,
            8,
            move |latest| {
                view! {
                    <Outdated problem=latest.problem retry=refetch/>
                    <Loaded latest/>
                }
                .into_any()
            },
        )}
    }
    .into_any()
}

#[component]
fn Loaded(latest: Latest<ForemanSubnets>) -> impl IntoView {
    // What is the same again paints nothing.
    let page = Memo::new(move |_| latest.value.get());
    move || {
        let page = page.get();
        if page.total == 0 {
            return view! {
                <Empty glyph=Glyph::Networks title="No subnets for Foreman">
                    <p>"Kea serves none yet. They appear here as soon as one is in its configuration."</p>
                </Empty>
            }
            .into_any();
        }
        view! { <Table page/> }.into_any()
    }
}

#[component]
fn Table(page: ForemanSubnets) -> impl IntoView {
    let ForemanSubnets { rows, offset, total, hiding } = page;
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let part = Part { offset, shown, size: ForemanSubnets::ROWS, total };
    let rows = rows.into_iter().map(|view| {
        let notes = notes(&view, &hiding);
        view! { <Row view notes/> }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <div class="table-frame">
            <table class="table table-cards foreman-subnets" data-testid="foreman-subnets">
                <caption class="visually-hidden">"Subnets as Foreman sees them, and Kea’s pools"</caption>
                <thead>
                    <tr>
                        <th scope="colgroup" colspan="5">
                            "Foreman sees"
                        </th>
                        <th scope="colgroup" class="col-kea">
                            "Kea has"
                        </th>
                    </tr>
                    <tr>
                        <th scope="col">"Network"</th>
                        <th scope="col">"Mask"</th>
                        <th scope="col">"IP range"</th>
                        <th scope="col">"Gateway"</th>
                        <th scope="col">"DNS"</th>
                        <th scope="col" class="col-kea">
                            "Pools"
                        </th>
                    </tr>
                </thead>
                {rows}
            </table>
        </div>
        <footer class="list-foot">
            <Pager part=Signal::stored(part) href=|offset: u32| Tab::Subnets.href_from(offset)/>
        </footer>
    }
}

#[component]
fn Row(view: ForemanSubnet, notes: Vec<Note>) -> impl IntoView {
    let ForemanSubnet { subnet, range, hidden_by } = view;
    let hidden = hidden_by.is_some();
    let gateway = subnet.routers.first().map(ToString::to_string);
    let dns = subnet.dns_servers.iter().take(notes::FOREMANS_DNS).map(ToString::to_string).collect::<Vec<_>>();
    let dns = Some(dns.join(", ")).filter(|text| !text.is_empty());
    let range = range.map(|range| range.to_string());
    let cell = move |value: Option<String>| {
        value.filter(|_| !hidden).map_or_else(|| view! { <span class="muted">"–"</span> }.into_any(), IntoAny::into_any)
    };
    view! {
        <tbody data-testid="foreman-subnet" class:is-hidden=hidden>
            <tr>
                <th scope="row" class="row-main">
                    <a class="address" href=routes::subnet(&subnet.key)>
                        {subnet.prefix.network().to_string()}
                    </a>
                    {subnet.name.clone().map(|name| view! { <span class="row-note muted">{name}</span> })}
                </th>
                <td data-label="Mask" class="address">
                    {cell(Some(subnet.prefix.mask().to_string()))}
                </td>
                <td data-label="IP range" class="address">
                    {cell(range)}
                </td>
                <td data-label="Gateway" class="address">
                    {cell(gateway)}
                </td>
                <td data-label="DNS" class="address">
                    {cell(dns)}
                </td>
                <td data-label="Kea’s pools" class="col-kea">
                    <Pools subnet/>
                </td>
            </tr>
            {(!notes.is_empty()).then(|| view! { <Notes notes/> })}
        </tbody>
    }
    .into_any()
}

#[component]
fn Pools(subnet: Subnet) -> impl IntoView {
    let prefix = subnet.prefix.to_string();
    let pools = subnet.pools.into_iter().map(|pool| {
        view! {
            <li class="address">{pool.range.to_string()}</li>
        }
    });
    let pools = pools.collect::<Vec<_>>();
    let none = pools.is_empty().then(|| view! { <span class="muted">"none"</span> });
    view! {
        <div>
            <ul>{pools}</ul>
            {none}
            <span class="row-note muted">
                "in "
                <span class="address">{prefix}</span>
            </span>
        </div>
    }
}

/// What Foreman lacks, in a line of its own beneath the subnet.
#[component]
fn Notes(notes: Vec<Note>) -> impl IntoView {
    let lines = notes.into_iter().map(|Note { tone, text, link }| {
        let glyph = if tone == Tone::Warn { Glyph::Warning } else { Glyph::Info };
        view! {
            <li class=tone.class()>
                <Icon glyph/>
                <span>
                    {text}
                    {link.map(|(subnet, text)| view! { " "<a href=routes::subnet(&subnet)>{text}</a> })}
                </span>
            </li>
        }
    });
    view! {
        <tr class="notes-line">
            <td colspan="6">
                <ul class="line-notes">{lines.collect::<Vec<_>>()}</ul>
            </td>
        </tr>
    }
}
