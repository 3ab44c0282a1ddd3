//! What became of a change, on its server and on the other servers of a pair.

use leptos::prelude::*;
use model::{Applied, ChangeState, PeerOutcome, Severity};

use super::badge::ChangeBadge;
use super::moment::sentence;

/// Notes of a change that was made, in sentences.
pub fn notes(applied: &Applied) -> Vec<String> {
    let peers = applied.peers.iter().filter_map(peer_note);
    let findings = applied.findings.iter().filter(|finding| finding.severity == Severity::Warns);
    peers.chain(findings.map(|finding| finding.text.clone())).collect()
}

/// What of another server of the pair the user should know, in a sentence or two.
pub fn peer_note(peer: &PeerOutcome) -> Option<String> {
    let PeerOutcome { server, state, detail, .. } = peer;
    let text = match state {
        ChangeState::Done => return None,
        ChangeState::Open => format!("In progress on {server}."),
        ChangeState::NotSaved => format!("Applied on {server}, but not saved."),
        ChangeState::Pending => format!("Waiting for {server}."),
        ChangeState::Refused => format!("{server} refused it: the two now differ."),
        ChangeState::Unknown => format!("It is not known whether {server} has it."),
    };
    Some(if detail.is_empty() { text } else { format!("{text} {detail}") })
}

/// How a change stands on the other servers of a pair.
#[component]
pub fn Peers(
    /// The servers.
    peers: Vec<PeerOutcome>,
) -> impl IntoView {
    let rows = peers.into_iter().map(|peer| {
        let PeerOutcome { server, state, detail, .. } = peer;
        let name = server.to_string();
        view! {
            <li>
                <span>{name}</span>
                " "
                <ChangeBadge state server/>
                " "
                <span class="muted">{sentence(&detail)}</span>
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <ul class="peer-list">{rows}</ul> })
}

#[cfg(test)]
mod tests {
    use model::Reason;

    use super::*;

    #[test]
    fn only_what_the_user_should_know_is_shown() {
        let said = |text: &str| Some(Reason::Verbatim { text: text.to_owned() }).filter(|_| !text.is_empty());
        let peer = |state, text: &str| PeerOutcome::new("kea2".parse().unwrap(), state, said(text));
        let applied = |peers| Applied { change: Some(1), peers, ..Applied::default() };
        assert_eq!(notes(&applied(vec![peer(ChangeState::Done, "as wanted")])), Vec::<String>::new());
        let said = notes(&applied(vec![peer(ChangeState::Pending, ""), peer(ChangeState::Refused, "No such subnet.")]));
        assert_eq!(said, ["Waiting for kea2.", "kea2 refused it: the two now differ. No such subnet."]);
    }
}
