//! How a high-availability pair is, in a sentence.

use leptos::prelude::*;
use model::{Pair, Peer, Severity};

use super::badge::Tone;
use super::icon::{Glyph, Icon};

/// The states of a server in which its pair is not as it should be, the worst first (Kea ARM, "High Availability").
const WORST_FIRST: [&str; 9] = [
    "terminated",
    "partner-down",
    "communication-recovery",
    "in-maintenance",
    "partner-in-maintenance",
    "waiting",
    "syncing",
    "ready",
    "unavailable",
];

/// How a pair is, and what more is to be said of it.
pub fn state(pair: &Pair, more: String) -> impl IntoView + use<> {
    let (tone, text) = how(pair);
    let glyph = match tone {
        Tone::Good => Glyph::CheckCircle,
        Tone::Bad => Glyph::Error,
        Tone::Warn => Glyph::Warning,
        Tone::Info | Tone::Neutral => Glyph::Info,
    };
    view! {
        <div class=format!("notice {} server-unsettled", tone.class()) data-testid="pair-state">
            <Icon glyph/>
            <p>
                <strong>{text}</strong>
                " "
                <span class="notice-advice">{more}</span>
            </p>
        </div>
    }
}

/// The names of its servers: "kea1 and kea2".
pub fn title(pair: &Pair) -> String {
    and(pair.peers.iter())
}

/// Whether something is to be done about the pair as such. That a server does not answer is said of the server.
pub fn needs_attention(pair: &Pair) -> bool {
    pair.peers
        .iter()
        .filter_map(|peer| peer.state.as_deref())
        .any(|state| matches!(tone(state), Tone::Warn | Tone::Bad))
}

/// How bad that is.
pub fn severity(pair: &Pair) -> Severity {
    if how(pair).0 == Tone::Bad { Severity::Blocks } else { Severity::Warns }
}

/// How the pair is, in a sentence.
pub fn sentence(pair: &Pair) -> String {
    how(pair).1
}

/// Whether a state is one in which nothing is to be done.
pub fn tone(state: &str) -> Tone {
    match state {
        "hot-standby" | "load-balancing" | "passive-backup" | "backup" => Tone::Good,
        "waiting" | "syncing" | "ready" | "in-maintenance" | "partner-in-maintenance" => Tone::Info,
        "terminated" => Tone::Bad,
        _ => Tone::Warn,
    }
}

fn how(pair: &Pair) -> (Tone, String) {
    let in_state = |state: &&'static str| {
        let peer = pair.peers.iter().find(|peer| peer.state.as_deref() == Some(state))?;
        Some((*state, peer.called()))
    };
    if let Some((state, who)) = WORST_FIRST.iter().find_map(in_state) {
        return (tone(state), trouble(state, who));
    }
    if let Some(unknown) = pair.peers.iter().find(|peer| peer.state.is_none()) {
        return (Tone::Warn, format!("The state of {} is not known.", unknown.called()));
    }
    match pair.peers.iter().find(|peer| peer.silent) {
        Some(silent) => {
            let says =
                format!("{} This is what its partner says: {} does not answer Nestor.", shared(pair), silent.called());
            (Tone::Warn, says)
        }
        None => (Tone::Good, format!("Healthy. {}", shared(pair))),
    }
}

/// Who does what while all is as it should be.
fn shared(pair: &Pair) -> String {
    let in_role = |roles: &[&str]| {
        let peers = pair.peers.iter().filter(|peer| roles.contains(&peer.role.as_str()));
        Some(peers.collect::<Vec<_>>()).filter(|peers| !peers.is_empty())
    };
    let serve = match (in_role(&["primary", "secondary"]), pair.mode.as_str()) {
        (Some(both), "load-balancing") => format!("{} serve, each half of the clients", and(both.into_iter())),
        (Some(first), _) => format!("{} serves", and(first.into_iter())),
        (None, _) => return String::new(),
    };
    let say = |peers: Option<Vec<&Peer>>, one: &str, several: &str| {
        peers.map(|peers| {
            let verb = if peers.len() == 1 { one } else { several };
            format!("{} {verb}", and(peers.into_iter()))
        })
    };
    let ready = say(in_role(&["standby"]), "is ready", "are ready");
    let backup = say(in_role(&["backup"]), "keeps a copy of the leases", "keep copies of the leases");
    format!("{}.", [Some(serve), ready, backup].into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn and<'a>(peers: impl Iterator<Item = &'a Peer>) -> String {
    peers.map(Peer::called).collect::<Vec<_>>().join(" and ")
}

fn trouble(state: &str, who: &str) -> String {
    match state {
        "terminated" => format!(
            "{who} has ended the partnership (terminated): clocks or configurations differ too much. Fix that, then restart both."
        ),
        "partner-down" => format!("{who} is partner-down: its partner is unreachable."),
        "communication-recovery" => format!("{who} has lost contact with its partner; both keep serving."),
        "in-maintenance" => format!("{who} is in maintenance; its partner serves alone."),
        "partner-in-maintenance" => format!("{who} serves alone: its partner is in maintenance."),
        "unavailable" => format!("{who} does not answer its partner."),
        _ => format!("{who} is recovering: it fetches the leases from its partner."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &str, role: &str, state: Option<&str>) -> Peer {
        Peer {
            name: name.to_owned(),
            role: role.to_owned(),
            server: name.parse().ok(),
            state: state.map(ToOwned::to_owned),
            silent: false,
        }
    }

    fn pair(first: Option<&str>, second: Option<&str>) -> Pair {
        let peers = vec![peer("kea1", "primary", first), peer("kea2", "standby", second)];
        Pair { mode: "hot-standby".to_owned(), peers }
    }

    #[test]
    fn the_worst_state_is_shown() {
        let shown = |first, second| how(&pair(first, second));
        let alone = shown(Some("partner-down"), Some("waiting"));
        assert_eq!(alone, (Tone::Warn, "kea1 is partner-down: its partner is unreachable.".to_owned()));
        assert_eq!(shown(Some("hot-standby"), Some("syncing")).0, Tone::Info);
        assert_eq!(shown(Some("terminated"), Some("partner-down")).0, Tone::Bad);
        assert!(shown(Some("hot-standby"), None).1.contains("kea2"));
        let mut heard = pair(Some("hot-standby"), Some("hot-standby"));
        heard.peers[1].silent = true;
        let said = "kea1 serves, kea2 is ready. This is what its partner says: kea2 does not answer Nestor.";
        assert_eq!(how(&heard), (Tone::Warn, said.to_owned()), "what is only heard is not called healthy");
    }

    #[test]
    fn who_serves_is_said_in_a_sentence() {
        let healthy = how(&pair(Some("hot-standby"), Some("hot-standby")));
        assert_eq!(healthy, (Tone::Good, "Healthy. kea1 serves, kea2 is ready.".to_owned()));
        let of = |mode: &str, peers: [(&str, &str); 3]| {
            let peers = peers.map(|(name, role)| peer(name, role, Some(if role == "backup" { role } else { mode })));
            sentence(&Pair { mode: mode.to_owned(), peers: peers.to_vec() })
        };
        assert_eq!(
            of("load-balancing", [("a", "primary"), ("b", "secondary"), ("c", "backup")]),
            "Healthy. a and b serve, each half of the clients, c keeps a copy of the leases."
        );
        assert_eq!(
            of("passive-backup", [("a", "primary"), ("b", "backup"), ("c", "backup")]),
            "Healthy. a serves, b and c keep copies of the leases."
        );
    }

    #[test]
    fn a_pair_needs_attention_when_it_says_so_itself() {
        assert!(needs_attention(&pair(Some("partner-down"), None)));
        assert!(!needs_attention(&pair(Some("hot-standby"), None)), "the silent server is reported as such");
        assert!(!needs_attention(&pair(Some("hot-standby"), Some("syncing"))));
        assert_eq!(severity(&pair(Some("terminated"), None)), Severity::Blocks);
    }
}
