//! Where a part is used, and that it stays while it is.

use leptos::prelude::*;
use model::{ConfigPlace, ServerName};

use crate::components::icon::{Glyph, Icon};
use crate::routes;

/// In how many places something is used, in words.
pub(super) fn places(used: u32) -> String {
    match used {
        0 => "nothing".to_owned(),
        1 => "1 place".to_owned(),
        count => format!("{count} places"),
    }
}

/// The places where something is used, each a way there.
#[component]
pub(super) fn Uses(
    /// The server that they are of.
    server: StoredValue<ServerName>,
    /// The first of the places.
    uses: Vec<ConfigPlace>,
    /// How many there are.
    count: u32,
) -> impl IntoView {
    let more = (count as usize).saturating_sub(uses.len());
    let place = move |place: ConfigPlace| {
        let href = server.with_value(|server| routes::place(server, &place.path, place.form.as_ref()));
        view! {
            <li>
                <a href=href>{place.label}</a>
            </li>
        }
    };
    view! {
        <ul class="review-words">{uses.into_iter().map(place).collect::<Vec<_>>()}</ul>
        {(more > 0).then(|| view! { <p>{format!("and {more} more places.")}</p> })}
    }
}

/// Why something is not done, with what stands in the way.
#[component]
pub(super) fn Refused(
    /// The server that it is of.
    server: StoredValue<ServerName>,
    /// Why.
    why: String,
    /// The first of the places that stand in the way.
    uses: Vec<ConfigPlace>,
    /// How many there are.
    count: u32,
    /// How tests find it.
    testid: &'static str,
) -> impl IntoView {
    view! {
        <div class="notice tone-bad" role="alert" data-testid=testid>
            <Icon glyph=Glyph::Warning/>
            <div>
                <p>{why}</p>
                <Uses server uses count/>
            </div>
        </div>
    }
}
