//! The pages of a subnet.

use leptos::prelude::*;
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
