//! What needs attention, as a list.

use leptos::prelude::*;

use super::words::Concern;
use crate::components::badge::SeverityBadge;
use crate::components::copy::CopyField;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::sentence;

/// What needs attention, or that nothing does.
#[component]
pub(super) fn Concerns(concerns: Vec<Concern>) -> impl IntoView {
    if concerns.is_empty() {
        return view! {
            <section class="well" aria-label="State">
                <Icon glyph=Glyph::CheckCircle/>
                <p>
                    <strong>"All is well."</strong>
                    " All servers serve, no subnet is nearly full, and no problems were found."
                </p>
            </section>
        }
        .into_any();
    }
    let count = concerns.len();
    let rows = concerns.into_iter().map(|concern| view! { <Row concern/> });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <section class="card" aria-labelledby="concerns">
            <header class="card-head">
                <h2 id="concerns">"Needs attention"</h2>
                <span class="count">{count}</span>
            </header>
            <ul class="concerns">{rows}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Row(concern: Concern) -> impl IntoView {
    let Concern { severity, place, text, advice, line, href, settings } = concern;
    let place = match href {
        Some(href) => view! { <a class="address" href=href>{place}</a> }.into_any(),
        None => view! { <strong>{place}</strong> }.into_any(),
    };
    view! {
        <li class="concern">
            <SeverityBadge severity/>
            <div>
                <p>{place} " " {sentence(&text)}</p>
                <p class="muted">{advice}</p>
                {settings.map(|href| view! { <p><a href=href>"Open its settings"</a></p> })}
                {line.map(|text| view! { <CopyField label="line" text/> })}
            </div>
        </li>
    }
}
