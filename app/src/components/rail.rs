//! The way around: the places of the console.

use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::{Glyph, Icon, Logo};
use crate::routes;

/// The rail at the left; at the bottom on phones.
#[component]
pub fn Rail() -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main">
            <a class="brand" href=routes::OVERVIEW aria-label="Nestor, overview">
                <Logo/>
                <span class="brand-name">"Nestor"</span>
            </a>
            <ul class="rail-places">
                <Place href=routes::OVERVIEW exact=true glyph=Glyph::Overview name="Overview"/>
                <Place href=routes::NETWORKS exact=false glyph=Glyph::Networks name="Networks"/>
                <Place href=routes::SERVERS exact=false glyph=Glyph::Server name="Servers"/>
                <Place href=routes::FOREMAN exact=false glyph=Glyph::Foreman name="Foreman"/>
                <Place href=routes::CHANGES exact=false glyph=Glyph::History name="Changes" apart=true/>
            </ul>
        </nav>
    }
    .into_any()
}

/// One place; `apart` from those before it.
#[component]
fn Place(
    href: &'static str,
    exact: bool,
    glyph: Glyph,
    name: &'static str,
    #[prop(optional)] apart: bool,
) -> impl IntoView {
    view! {
        <li class:rail-apart=apart>
            <A href=href exact=exact attr:class="rail-place">
                <Icon glyph/>
                <span>{name}</span>
            </A>
        </li>
    }
}
