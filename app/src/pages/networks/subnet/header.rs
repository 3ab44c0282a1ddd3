//! What a subnet is, at a glance.

use leptos::prelude::*;
use model::{Member, OptionDatum, Subnet, SubnetSummary, Utilization, readable_count};

use super::super::addresses::{List, RENAME};
use super::exclusions::Exclusions;
use super::pools::{self, joined};
use super::storage::Storages;
use crate::components::diff::option_value;
use crate::components::icon::{Glyph, Icon};
use crate::components::import_link::ImportInto;
use crate::components::server::Members;
use crate::components::utilization_bar::UtilizationBar;
use crate::forms::LabelsDrawer;
use crate::routes;

/// Prefix and name, what clients get, how full it is.
#[component]
pub(super) fn Header(summary: RwSignal<SubnetSummary>, list: List) -> impl IntoView {
    let subnet = Memo::new(move |_| summary.with(|summary| summary.subnet.clone()));
    let utilization = Memo::new(move |_| summary.with(|summary| summary.utilization));
    let members = Memo::new(move |_| summary.with(|summary| summary.members.clone()));
    let opened = list.opened();
    let naming = Memo::new(move |_| opened.of_kind(RENAME).is_some() && list.may_reserve());
    let drawer = move || {
        let (subnet, lacks) = summary.with_untracked(|summary| (summary.subnet.clone(), summary.naming_lacks.clone()));
        naming.get().then(|| view! { <LabelsDrawer subnet lacks opened/> })
    };
    view! {
        <header class="subnet-header" data-testid="subnet-header">
            <div class="subnet-title">
                {move || subnet.with(|subnet| title(subnet, members))}
                <Show when=move || list.may_reserve()>
                    // Global reservations are of no subnet that could have a name.
                    <Show when=move || subnet.with(|subnet| !subnet.key.is_global())>
                        <button
                            type="button"
                            class="button edit-name"
                            data-testid="edit-name"
                            on:click=move |_| opened.open(RENAME, "subnet")
                        >
                            <Icon glyph=Glyph::Edit/>
                            "Edit name"
                        </button>
                    </Show>
                    <button
                        type="button"
                        class="button button-primary"
                        data-testid="reserve-button"
                        aria-keyshortcuts="n"
                        disabled=move || list.reserving_lacks().is_some()
                        title=move || list.reserving_lacks()
                        on:click=move |_| list.reserve()
                    >
                        <Icon glyph=Glyph::Plus/>
                        "Reserve an address"
                        <kbd>"n"</kbd>
                    </button>
                </Show>
            </div>
            <div class="subnet-facts">
                <div class="subnet-use">{move || view! { <Use utilization=utilization.get()/> }}</div>
                <dl class="subnet-strip">{move || subnet.with(facts)}</dl>
            </div>
            <div class="subnet-more">
                <Show when=move || !subnet.with(|subnet| subnet.key.is_global()) fallback=|| view! { <AboutGlobal/> }>
                    {pools::pools(subnet, list)}
                    {pools::prefix_pools(subnet, list)}
                    {move || subnet.with(|subnet| view! { <Options options=subnet.options.clone()/> })}
                    <Exclusions list/>
                </Show>
                <Storages list/>
                {move || subnet.with(ways)}
            </div>
            {drawer}
        </header>
    }
}

fn title(subnet: &Subnet, members: Memo<Vec<Member>>) -> impl IntoView + use<> {
    view! {
        <div class="subnet-name">
            <p class="crumbs">
                <a href=routes::NETWORKS>"Networks"</a>
                <span aria-hidden="true">" / "</span>
                {move || view! { <Members members=members.get()/> }}
            </p>
            <h1>
                {(!subnet.key.is_global()).then(|| view! { <span class="mono">{subnet.prefix.to_string()}</span> })}
                {subnet.name.clone().map(|name| view! { " "<span class="subnet-alias">{name}</span> })}
            </h1>
            {subnet.comment.clone().map(|comment| view! { <p class="muted" data-testid="subnet-comment">{comment}</p> })}
        </div>
    }
}

/// What global reservations are.
#[component]
fn AboutGlobal() -> impl IntoView {
    view! {
        <p class="muted">
            "These count in every subnet that has “reservations-global” on, for clients without a reservation in the subnet itself."
        </p>
    }
}

/// What else there is of the subnet, on pages of its own.
fn ways(subnet: &Subnet) -> impl IntoView + use<> {
    view! {
        <nav class="subnet-ways" aria-label="More of this subnet">
            <a href=routes::changes_in(&subnet.key)>"Changes"</a>
            <ImportInto href=routes::import_into(&subnet.key)/>
        </nav>
    }
}

/// How full it is: a bar and numbers.
#[component]
fn Use(utilization: Option<Utilization>) -> impl IntoView {
    let numbers = utilization.map(|utilization| {
        let Utilization { total, assigned, declined, prefixes, delegated } = utilization;
        let figures = [("used", assigned), ("free", utilization.free()), ("total", total)];
        let declined = (declined > 0).then_some(("declined", declined));
        let delegated = (prefixes > 0 || delegated > 0).then_some(("prefixes delegated", delegated));
        let figures = figures.into_iter().chain(declined).chain(delegated);
        figures
            .map(|(label, count)| {
                view! {
                    <span class="subnet-figure">
                        <b class="numeric">{readable_count(count.into())}</b>
                        " "
                        {label}
                    </span>
                }
            })
            .collect::<Vec<_>>()
    });
    view! {
        <UtilizationBar utilization/>
        <p class="subnet-figures">{numbers}</p>
    }
}

/// What clients of the subnet get.
fn facts(subnet: &Subnet) -> impl IntoView + use<> {
    let addresses = |list: &[std::net::IpAddr]| {
        Some(list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
    };
    let facts = [
        ("Shared network", subnet.shared_network.clone(), false),
        ("Name of the network", subnet.network_labels.name.clone(), false),
        ("Comment of the network", subnet.network_labels.comment.clone(), false),
        ("Interface", subnet.interface.clone(), true),
        ("Interface id", subnet.interface_id.clone(), true),
        ("Relays", addresses(&subnet.relays), true),
        ("Only for class", joined(&subnet.client_classes), false),
        ("Network only for class", joined(&subnet.network_classes), false),
        ("Additional classes", joined(&subnet.additional_classes), false),
        ("Other gateways", addresses(&subnet.other_routers), true),
        ("Gateway", addresses(&subnet.routers), true),
        ("DNS", addresses(&subnet.dns_servers), true),
        ("NTP", addresses(&subnet.ntp_servers), true),
        ("Domain", subnet.domain_name.clone(), false),
        ("Lease time", subnet.lease_time(), false),
        ("Boot server", subnet.next_server.map(|server| server.to_string()), true),
        ("Boot file", subnet.boot_file_name.clone(), true),
    ];
    facts
        .into_iter()
        .filter_map(|(term, value, mono)| Some((term, value?, mono)))
        .map(|(term, value, mono)| {
            view! {
                <div>
                    <dt>{term}</dt>
                    <dd class:mono=mono>{value}</dd>
                </div>
            }
        })
        .collect::<Vec<_>>()
}

#[component]
fn Options(options: Vec<OptionDatum>) -> impl IntoView {
    let count = options.len();
    let rows = options.into_iter().map(|option| {
        let code = (option.code > 0).then(|| option.code.to_string());
        let value = option_value(&option);
        view! {
            <tr>
                <td class="numeric">{code}</td>
                <td>{option.name}</td>
                <td class="mono">{value}</td>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <details class="fold">
            <summary>"Options " <span class="count">{count}</span></summary>
            {if rows.is_empty() {
                view! { <p class="muted">"None are set."</p> }.into_any()
            } else {
                view! {
                    <table class="fold-table">
                        <thead>
                            <tr>
                                <th scope="col">"Code"</th>
                                <th scope="col">"Option"</th>
                                <th scope="col">"Value"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                }
                .into_any()
            }}
        </details>
    }
}
