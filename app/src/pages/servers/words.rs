//! What is said about pairs.

use model::{Pair, Peer, Reservation, ServerName, ServerStatus};

use crate::components::badge::Tone;

/// A pair, put together of what its servers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Joined {
    pub(super) pair: Pair,
}

impl Joined {
    /// What identifies it among pairs.
    pub(super) fn names(&self) -> Vec<String> {
        self.pair.peers.iter().map(|peer| peer.name.clone()).collect()
    }

    /// The server that is asked where its reservations differ from those of its partners: the first one that we know,
    /// if we know another one too.
    pub(super) fn asked(&self) -> Option<&ServerName> {
        let mut known = self.pair.peers.iter().filter_map(|peer| peer.server.as_ref());
        let first = known.next()?;
        known.next().map(|_| first)
    }
}

/// Every pair once. What a server says of its own state counts more than what its partner heard.
pub(super) fn joined(servers: &[ServerStatus]) -> Vec<Joined> {
    let mut all: Vec<Joined> = Vec::new();
    for status in servers {
        for pair in &status.pairs {
            let same = |one: &Joined| {
                one.pair.peers.iter().map(|peer| &peer.name).eq(pair.peers.iter().map(|peer| &peer.name))
            };
            match all.iter_mut().find(|one| same(one)) {
                None => all.push(Joined { pair: pair.clone() }),
                Some(known) => {
                    for (known, heard) in known.pair.peers.iter_mut().zip(&pair.peers) {
                        improve(known, heard, &status.name);
                    }
                }
            }
        }
    }
    all
}

fn improve(known: &mut Peer, heard: &Peer, by: &ServerName) {
    let own = heard.server.as_ref() == Some(by);
    if heard.state.is_some() && (own || known.state.is_none()) {
        known.state.clone_from(&heard.state);
    }
    if known.server.is_none() {
        known.server.clone_from(&heard.server);
    }
}

/// How the servers of a pair share the work.
pub(super) fn mode(mode: &str) -> String {
    match mode {
        "hot-standby" => "Hot standby: one serves, the other is ready to take over.".to_owned(),
        "load-balancing" => "Load balancing: both serve, each half of the clients.".to_owned(),
        "passive-backup" => "Passive backup: one serves, the other only receives copies of the leases.".to_owned(),
        other => format!("Mode: {other}."),
    }
}

/// What people call a peer: our name for it, else Kea's.
pub(super) fn called(peer: &Peer) -> String {
    peer.server.as_ref().map_or_else(|| peer.name.clone(), ToString::to_string)
}

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

/// How the pair is, in a sentence.
pub(super) fn how(pair: &Pair) -> (Tone, String) {
    let in_state = |state: &&'static str| {
        let peer = pair.peers.iter().find(|peer| peer.state.as_deref() == Some(state))?;
        Some((*state, called(peer)))
    };
    if let Some((state, who)) = WORST_FIRST.iter().find_map(in_state) {
        return (tone(state), sentence(state, &who));
    }
    match pair.peers.iter().find(|peer| peer.state.is_none()) {
        Some(silent) => (Tone::Warn, format!("The state of {} is not known.", called(silent))),
        None => (Tone::Good, "Healthy.".to_owned()),
    }
}

fn sentence(state: &str, who: &str) -> String {
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

/// Whether a state is one in which nothing is to be done.
pub(super) fn tone(state: &str) -> Tone {
    match state {
        "hot-standby" | "load-balancing" | "passive-backup" | "backup" => Tone::Good,
        "waiting" | "syncing" | "ready" | "in-maintenance" | "partner-in-maintenance" => Tone::Info,
        "terminated" => Tone::Bad,
        _ => Tone::Warn,
    }
}

/// A reservation in a line.
pub(super) fn in_a_line(reservation: Option<&Reservation>) -> String {
    let Some(reservation) = reservation else { return "no reservation".to_owned() };
    let address = Some(reservation.what()).filter(|what| !what.is_empty()).unwrap_or_else(|| "no address".to_owned());
    reservation.host_name.as_ref().map_or(address.clone(), |name| format!("{address} · {name}"))
}

/// What making the one like the other does there.
pub(super) fn effect(from: Option<&Reservation>, to: Option<&Reservation>) -> &'static str {
    match (from, to) {
        (Some(_), Some(_)) => "is changed",
        (Some(_), None) => "is created",
        (None, _) => "is deleted",
    }
}

#[cfg(test)]
mod tests {
    use model::{Family, Health, Timestamp, Unsettled};

    use super::*;

    fn peer(name: &str, state: Option<&str>) -> Peer {
        let role = if name == "kea1" { "primary" } else { "standby" };
        Peer {
            name: name.to_owned(),
            role: role.to_owned(),
            server: name.parse().ok(),
            state: state.map(ToOwned::to_owned),
        }
    }

    fn pair(first: Option<&str>, second: Option<&str>) -> Pair {
        Pair { mode: "hot-standby".to_owned(), peers: vec![peer("kea1", first), peer("kea2", second)] }
    }

    fn server(name: &str, pairs: Vec<Pair>) -> ServerStatus {
        ServerStatus {
            name: name.parse().unwrap(),
            family: Family::V4,
            health: Health::Serving,
            version: None,
            hooks: Vec::new(),
            storage: None,
            findings: Vec::new(),
            pairs,
            unsettled: Unsettled::default(),
            as_of: Timestamp(0),
            silent_since: None,
        }
    }

    #[test]
    fn a_pair_is_shown_once_and_each_speaks_for_itself() {
        let first = server("kea1", vec![pair(Some("partner-down"), Some("unavailable"))]);
        let second = server("kea2", vec![pair(None, Some("waiting"))]);
        let all = joined(&[first, second]);
        assert_eq!(all.len(), 1);
        let states: Vec<_> = all[0].pair.peers.iter().map(|peer| peer.state.as_deref()).collect();
        assert_eq!(states, [Some("partner-down"), Some("waiting")]);
        assert_eq!(all[0].asked(), "kea1".parse().ok().as_ref());
    }

    #[test]
    fn a_pair_with_a_stranger_is_not_compared() {
        let mut stranger = pair(None, None);
        stranger.peers[1].server = None;
        assert_eq!(Joined { pair: stranger }.asked(), None);
    }

    #[test]
    fn the_worst_state_is_shown() {
        let shown = |first, second| how(&pair(first, second));
        assert_eq!(shown(Some("hot-standby"), Some("hot-standby")).0, Tone::Good);
        let alone = shown(Some("partner-down"), Some("waiting"));
        assert_eq!(alone, (Tone::Warn, "kea1 is partner-down: its partner is unreachable.".to_owned()));
        assert_eq!(shown(Some("hot-standby"), Some("syncing")).0, Tone::Info);
        assert_eq!(shown(Some("terminated"), Some("partner-down")).0, Tone::Bad);
        assert!(shown(Some("hot-standby"), None).1.contains("kea2"));
    }

    #[test]
    fn what_is_done_is_named() {
        assert_eq!(effect(None, None), "is deleted");
        assert_eq!(in_a_line(None), "no reservation");
    }
}
