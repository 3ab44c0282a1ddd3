//! The way to the page of CSV, by what the user may do there.

use leptos::prelude::*;
use model::Permission;

use super::icon::{Glyph, Icon};
use super::right::ByRight;
use crate::routes;

/// A button that leads to importing, and for who may only look to exporting.
#[component]
pub fn ImportLink() -> impl IntoView {
    view! {
        <a class="button" href=routes::IMPORT>
            <Icon glyph=Glyph::File/>
            <ByRight permission=Permission::Reserve otherwise=|| "Export CSV">"Import CSV"</ByRight>
        </a>
    }
}

/// The same for one subnet, among other ways from it.
#[component]
pub fn ImportInto(
    /// The page for that subnet.
    href: String,
) -> impl IntoView {
    view! {
        <a href=href>
            <ByRight permission=Permission::Reserve otherwise=|| "Export">"Import and export"</ByRight>
        </a>
    }
}
