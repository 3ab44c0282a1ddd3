//! The way to the page of CSV, by what the user may do there.

use leptos::prelude::*;
use model::Permission;

use super::icon::{Glyph, Icon};
use crate::routes;
use crate::state::Session;

/// A button that leads to importing, and for who may only look to exporting.
#[component]
pub fn ImportLink() -> impl IntoView {
    let only_export = Session::lacks(Permission::Reserve);
    view! {
        <a class="button" href=routes::IMPORT>
            <Icon glyph=Glyph::File/>
            {move || if only_export.get() { "Export CSV" } else { "Import CSV" }}
        </a>
    }
}

/// The same for one subnet, among other ways from it.
#[component]
pub fn ImportInto(
    /// The page for that subnet.
    href: String,
) -> impl IntoView {
    let only_export = Session::lacks(Permission::Reserve);
    view! {
        <a href=href>
            {move || if only_export.get() { "Export" } else { "Import and export" }}
        </a>
    }
}
