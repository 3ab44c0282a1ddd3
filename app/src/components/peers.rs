//! What became of a change on the other servers of a pair.

use leptos::prelude::*;
use model::PeerOutcome;

use super::badge::ChangeBadge;

/// How a change stands on the other servers of a pair.
#[component]
pub fn Peers(
    /// The servers.
    peers: Vec<PeerOutcome>,
) -> impl IntoView {
    let rows = peers.into_iter().map(|peer| {
        let PeerOutcome { server, state, detail } = peer;
        let name = server.to_string();
        view! {
            <li>
                <span>{name}</span>
                " "
                <ChangeBadge state server/>
                " "
                <span class="muted">{detail}</span>
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <ul class="peer-list">{rows}</ul> })
}
