//! What comes of a packet: which classes it is in, and what is open to it.

use leptos::prelude::*;
use model::{ClassTime, PacketTrial, ServerName, TriedClass, TriedPlace, Verdict};

use super::super::of_part;
use crate::components::badge::{Badge, Tone};
use crate::components::icon::Glyph;
use crate::routes;

/// What comes of a packet.
#[component]
pub(super) fn Outcome(
    /// The server that it was tried with.
    server: StoredValue<ServerName>,
    /// The answer.
    trial: PacketTrial,
) -> impl IntoView {
    let PacketTrial { dropped, classes, subnets, more, others, .. } = trial;
    let dropped = match dropped {
        Verdict::Yes => Some("Kea drops this packet: it is in the class DROP."),
        Verdict::Unknown => Some("Kea may drop this packet: it is not known whether it is in the class DROP."),
        Verdict::No => None,
    };
    let more = (more > 0).then(|| format!("{more} more are not shown: give the address of a relay."));
    let others = match others {
        0 => None,
        count => Some(format!("Subnets behind other relays, or open to every client: {count}.")),
    };
    let classes = classes.into_iter().map(|class| view! { <Class server class/> }).collect::<Vec<_>>();
    let places = subnets.into_iter().map(|place| place_line(server, place)).collect::<Vec<_>>();
    view! {
        <div class="stack" data-testid="bench-outcome">
            {dropped.map(|text| view! { <p class="notice tone-bad">{text}</p> })}
            <h3>"Classes, in their order"</h3>
            <ul class="bench-rows">{classes}</ul>
            <h3>"Subnets and pools"</h3>
            <ul class="bench-rows">{places}</ul>
            {more.map(|text| view! { <p class="muted">{text}</p> })}
            {others.map(|text| view! { <p class="muted">{text}</p> })}
        </div>
    }
}

/// A verdict, in these words.
fn badge(verdict: Verdict, yes: &'static str, no: &'static str) -> AnyView {
    let (tone, glyph, text) = match verdict {
        Verdict::Yes => (Tone::Good, Glyph::Check, yes),
        Verdict::No => (Tone::Neutral, Glyph::NoEntry, no),
        Verdict::Unknown => (Tone::Warn, Glyph::Warning, "not known"),
    };
    view! { <Badge tone glyph text/> }.into_any()
}

#[component]
fn Class(server: StoredValue<ServerName>, class: TriedClass) -> impl IntoView {
    let TriedClass { path, name, when, fits, why, values } = class;
    let href = of_part(server, routes::CLASSES, &path);
    let when = match when {
        ClassTime::First => "",
        ClassTime::Reservation => "looked at once a subnet is chosen",
        ClassTime::Asked => "only where it is asked for",
    };
    let row =
        |value: &model::TriedValue| format!("{}{}  →  {}", "  ".repeat(value.depth as usize), value.text, value.value);
    let values = values.iter().map(row).collect::<Vec<_>>().join("\n");
    view! {
        <li>
            <p class="bench-head">
                {badge(fits, "fits", "does not fit")} <a href=href>{name}</a> <span class="muted">{when}</span>
            </p>
            <p class="muted">{why}</p>
            <pre class="mono expression-mark">{values}</pre>
        </li>
    }
}

fn place_line(server: StoredValue<ServerName>, place: TriedPlace) -> AnyView {
    let TriedPlace { path, label, open, why, asks, pools } = place;
    let href = server.with_value(|server| routes::config_part(server, &path, 0));
    let asks = (!asks.is_empty()).then(|| format!("asks for {}", asks.join(", ")));
    let pools = pools.into_iter().map(|pool| place_line(server, pool)).collect::<Vec<_>>();
    view! {
        <li>
            <p class="bench-head">
                {badge(open, "open", "closed")} <a href=href>{label}</a> <span class="muted">{why}</span>
                <span class="muted">{asks}</span>
            </p>
            {(!pools.is_empty()).then(|| view! { <ul class="bench-rows">{pools}</ul> })}
        </li>
    }
    .into_any()
}
