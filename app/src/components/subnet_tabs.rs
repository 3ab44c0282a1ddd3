//! The pages of a subnet.

use leptos::prelude::*;
use leptos_meta::Title;
use model::SubnetKey;

use crate::routes;

/// A page of a subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubnetTab {
    /// Its addresses.
    Addresses,
    /// Its pools, options and parameters.
    Settings,
}

/// Links to the pages of a subnet, of which one is open.
pub fn subnet_tabs(subnet: &SubnetKey, tab: SubnetTab) -> impl IntoView + use<> {
    let pages = [
        (SubnetTab::Addresses, routes::subnet(subnet), "Addresses"),
        (SubnetTab::Settings, routes::settings(subnet), "Settings"),
    ];
    let tabs = pages.map(|(page, href, label)| {
        view! {
            <a class="tab" href=href aria-current=(page == tab).then_some("page")>
                {label}
            </a>
        }
    });
    view! {
        <nav class="tabs" aria-label="Parts of the page">
            {tabs}
        </nav>
    }
}

/// The head of a page of a subnet that cannot be read: which one it is, and the way to its other pages.
pub fn unread_subnet(subnet: &SubnetKey, tab: SubnetTab) -> impl IntoView + use<> {
    let name = if subnet.is_global() { "Global reservations".to_owned() } else { format!("Subnet {}", subnet.id) };
    view! {
        <Title text=format!("{name} of {} · Nestor", subnet.server)/>
        <header class="page-head">
            <div>
                <p class="crumbs">
                    <a href=routes::NETWORKS>"Networks"</a>
                    <span aria-hidden="true">" / "</span>
                    {subnet.server.to_string()}
                </p>
                <h1>{name}</h1>
            </div>
        </header>
        {subnet_tabs(subnet, tab)}
    }
}
