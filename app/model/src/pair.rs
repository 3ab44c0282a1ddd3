//! Servers that stand in for each other (Kea's high-availability hook), and where they differ.

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{Health, Identifier, Problem, RawRecord, Reservation, ServerName, SubnetKey};

/// One server of a high-availability relationship, as the configurations name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Its name in Kea's configuration.
    pub name: String,
    /// Its role, in Kea's word (`primary`, `standby`, `secondary`, `backup`).
    pub role: String,
    /// The server of ours that it is; none: it is not in our configuration.
    pub server: Option<ServerName>,
    /// Its state, in Kea's word (`hot-standby`, `partner-down`), where it is known.
    pub state: Option<String>,
    /// It does not answer Nestor: its state is what a partner says.
    #[serde(default)]
    pub silent: bool,
}

/// A high-availability relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// How they share the work, in Kea's word (`hot-standby`, `load-balancing`).
    pub mode: String,
    /// Its servers, in the order of the configuration.
    pub peers: Vec<Peer>,
}

impl Pair {
    /// Every pair of these servers once. What a server says of its own state counts more than what its partner heard, unless
    /// it does not answer any more.
    pub fn of_all(servers: &[crate::ServerStatus]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let (silent, answering): (Vec<_>, Vec<_>) =
            servers.iter().partition(|status| status.health == Health::Unreachable);
        let in_turn = answering.iter().chain(&silent);
        for (status, pair) in in_turn.flat_map(|status| status.pairs.iter().map(move |pair| (status, pair))) {
            match all.iter_mut().find(|known| known.names().eq(pair.names())) {
                None => all.push(pair.clone()),
                Some(known) => {
                    let own = (status.health != Health::Unreachable).then_some(&status.name);
                    known.peers.iter_mut().zip(&pair.peers).for_each(|(known, heard)| known.hear(heard, own));
                }
            }
        }
        for peer in all.iter_mut().flat_map(|pair| &mut pair.peers) {
            peer.silent = silent.iter().any(|status| peer.server.as_ref() == Some(&status.name));
        }
        all
    }

    /// What identifies it among pairs: the names of its servers in Kea's configuration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.peers.iter().map(|peer| peer.name.as_str())
    }
}

impl Peer {
    /// What people call it: our name for it, else Kea's.
    pub fn called(&self) -> &str {
        self.server.as_ref().map_or(&self.name, ServerName::as_str)
    }

    fn hear(&mut self, heard: &Self, own: Option<&ServerName>) {
        let own = own.is_some() && heard.server.as_ref() == own;
        if heard.state.is_some() && (own || self.state.is_none()) {
            self.state.clone_from(&heard.state);
        }
        if self.server.is_none() {
            self.server.clone_from(&heard.server);
        }
    }
}

/// A client whose reservations differ between the two servers of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The client.
    pub identifier: Identifier,
    /// Its reservation on the one server.
    pub left: Option<Reservation>,
    /// Its reservation on the other.
    pub right: Option<Reservation>,
}

/// Where the reservations of a subnet differ between two servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The subnet's prefix.
    pub prefix: IpNetwork,
    /// The subnet on the one server.
    pub left: SubnetKey,
    /// The subnet on the other; where no partner has it, itself.
    pub right: SubnetKey,
    /// The partners that do not have the subnet, where none has it.
    #[serde(default)]
    pub missing_on: Vec<ServerName>,
    /// What differs, by identifier.
    pub differences: Vec<Difference>,
    /// Why they could not be compared, where they could not.
    #[serde(default)]
    pub problem: Option<Problem>,
    /// Reservations that are not understood, and that the other side does not have word for word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<RawRecord>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Family, ServerStatus, Timestamp, Unsettled};

    fn server(name: &str, states: [Option<&str>; 2]) -> ServerStatus {
        let peer = |(name, state): (&str, Option<&str>)| Peer {
            name: name.to_owned(),
            role: "primary".to_owned(),
            server: name.parse().ok(),
            state: state.map(ToOwned::to_owned),
            silent: false,
        };
        let peers = ["kea1", "kea2"].into_iter().zip(states).map(peer).collect();
        ServerStatus {
            name: name.parse().unwrap(),
            family: Family::V4,
            health: Health::Serving,
            version: None,
            hooks: Vec::new(),
            storage: None,
            findings: Vec::new(),
            pairs: vec![Pair { mode: "hot-standby".to_owned(), peers }],
            unsettled: Unsettled::default(),
            as_of: Timestamp(0),
            silent_since: None,
            repairable: false,
            unconfirmed: Vec::new(),
            outside: None,
            started_at: None,
            loaded_at: None,
        }
    }

    #[test]
    fn a_pair_is_there_once_and_each_speaks_for_itself() {
        let first = server("kea1", [Some("partner-down"), Some("unavailable")]);
        let second = server("kea2", [None, Some("waiting")]);
        let all = Pair::of_all(&[first, second]);
        assert_eq!(all.len(), 1);
        let states: Vec<_> = all[0].peers.iter().map(|peer| peer.state.as_deref()).collect();
        assert_eq!(states, [Some("partner-down"), Some("waiting")]);
    }
    #[test]
    fn who_does_not_answer_is_as_the_partner_says() {
        let first = server("kea1", [Some("partner-down"), Some("unavailable")]);
        let second = ServerStatus { health: Health::Unreachable, ..server("kea2", [None, Some("hot-standby")]) };
        for servers in [[first.clone(), second.clone()], [second, first]] {
            let peers = Pair::of_all(&servers).remove(0).peers;
            let shown: Vec<_> = peers.iter().map(|peer| (peer.state.as_deref(), peer.silent)).collect();
            assert_eq!(shown, [(Some("partner-down"), false), (Some("unavailable"), true)]);
        }
    }
}
