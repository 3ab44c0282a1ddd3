//! Nothing is here.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::empty::Empty;
use crate::components::icon::Glyph;
use crate::routes;

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found · Nestor"/>
        <Empty glyph=Glyph::NoEntry page=true title="Page not found">
            <p>"The URL may be mistyped, or the page no longer exists."</p>
            <p>
                <a href=routes::OVERVIEW>"Overview"</a>
                " · "
                <a href=routes::NETWORKS>"Networks"</a>
            </p>
        </Empty>
    }
}
