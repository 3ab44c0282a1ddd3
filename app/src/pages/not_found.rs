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
        <Empty glyph=Glyph::NoEntry page=true title="There is no such page">
            <p>"The address may be mistyped, or what it led to is gone."</p>
            <p>
                <a href=routes::OVERVIEW>"To the overview"</a>
                " or "
                <a href=routes::NETWORKS>"to the networks"</a>
                "."
            </p>
        </Empty>
    }
}
