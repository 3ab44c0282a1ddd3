//! Two servers that stand in for each other.

use leptos::prelude::*;
use model::{Pair, Peer};

use super::drift::Comparison;
use super::words;
use crate::components::badge::{Badge, Tone};
use crate::components::icon::{Glyph, Icon};
use crate::components::pair::{self, title, tone};

/// A pair: how it is, its servers, and where their reservations differ.
#[component]
pub(super) fn PairCard(pairs: Memo<Vec<Pair>>, names: Vec<String>) -> impl IntoView {
    let pair = Memo::new(move |_| {
        pairs.with(|pairs| pairs.iter().find(|pair| pair.names().eq(names.iter().map(String::as_str))).cloned())
    });
    let asked = Memo::new(move |_| pair.with(|pair| pair.as_ref().and_then(|pair| words::asked(pair).cloned())));
    let title = move || pair.with(|pair| pair.as_ref().map(title));
    let state = move || pair.with(|pair| pair.as_ref().map(|pair| pair::state(pair, words::mode(&pair.mode))));
    let peers = move || pair.with(|pair| pair.as_ref().map(peers));
    view! {
        <section class="card" aria-label="A pair" data-testid="pair">
            <header class="card-head">
                <h2>
                    <Icon glyph=Glyph::Exchange/>
                    {title}
                </h2>
            </header>
            {state}
            {peers}
            {move || match asked.get() {
                Some(server) => view! { <Comparison server/> }.into_any(),
                None => {
                    view! {
                        <p class="card-empty">
                            "Only one of the two is in Nestor’s configuration: changes do not reach the other. Add it, too."
                        </p>
                    }
                        .into_any()
                }
            }}
        </section>
    }
    .into_any()
}

fn peers(pair: &Pair) -> impl IntoView + use<> {
    let rows = pair.peers.iter().map(row).collect::<Vec<_>>();
    view! {
        <div class="table-frame">
            <table class="table table-cards">
                <caption class="visually-hidden">"The servers of the pair"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Server"</th>
                        <th scope="col">"HA name"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(peer: &Peer) -> impl IntoView + use<> {
    let server = match &peer.server {
        Some(server) => server.to_string().into_any(),
        None => view! { <span class="muted">"not in Nestor’s configuration"</span> }.into_any(),
    };
    let state = match &peer.state {
        Some(state) => {
            let tone = tone(state);
            let glyph = if tone == Tone::Good { Glyph::CheckCircle } else { Glyph::Warning };
            view! { <Badge tone glyph text=state.clone()/> }.into_any()
        }
        None => view! { <Badge tone=Tone::Neutral glyph=Glyph::Info text="not known"/> }.into_any(),
    };
    let heard = (peer.silent && peer.state.is_some()).then_some("as its partner says");
    view! {
        <tr>
            <th scope="row" class="row-main">
                {server}
            </th>
            <td data-label="HA name">{peer.name.clone()}</td>
            <td data-label="Role">{peer.role.clone()}</td>
            <td data-label="State">
                <span>{state}</span>
                {heard.map(|heard| view! { <span class="cell-sub">{heard}</span> })}
            </td>
        </tr>
    }
}
