//! Which of our servers stand in for each other, and so must have the same reservations: what their configurations say,
//! put together.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kea::wire::{Database, Dhcp, HaPeer, HaStatus, HighAvailability, Rest};
use model::{Family, Finding, Pair, Peer, ServerName, Severity};
use services::ports::Partners;

/// What a server's configuration says of its company.
#[derive(Debug, Default)]
pub(crate) struct Bonds {
    relationships: Vec<HighAvailability>,
    /// Where it writes reservations; empty: into its configuration.
    databases: BTreeSet<Database>,
    /// The peer that a subnet names, by its number: it belongs to the relationship of that one.
    named: HashMap<u32, String>,
}

impl Bonds {
    /// Of that configuration.
    pub(crate) fn of(config: &Dhcp) -> Self {
        let hooks = config.hooks_libraries.iter();
        let relationships = hooks.flat_map(|hook| hook.parameters.high_availability.iter().cloned()).collect();
        let writable = config.host_databases().filter(|database| !database.readonly);
        let access = |database: &Database| Database {
            host: Some(database.host.clone().filter(|host| !host.is_empty()).unwrap_or_else(|| "localhost".to_owned())),
            ..database.clone()
        };
        let named = config.subnets().filter_map(|(subnet, network)| {
            let own = named_in(subnet.user_context.as_ref());
            let of_network = || named_in(network?.user_context.as_ref());
            Some((subnet.id, own.or_else(of_network)?.to_owned()))
        });
        Self { relationships, databases: writable.map(access).collect(), named: named.collect() }
    }
}

/// The peer that a subnet, or its shared network, names. By it the hub of several relationships says which of them the
/// subnet belongs to (Kea ARM, “Hub and Spoke Configuration”).
fn named_in(context: Option<&Rest>) -> Option<&str> {
    context?.get("ha-server-name")?.as_str().filter(|name| !name.is_empty())
}

/// One of our servers, and what is known of it.
pub(crate) struct Known {
    pub(crate) name: ServerName,
    /// Which family it serves: a server of the other one is none of its company.
    pub(crate) family: Family,
    /// The machine that it is on, as our own configuration names it.
    pub(crate) host: String,
    /// What it said last; none: it never said anything.
    pub(crate) bonds: Option<Arc<Bonds>>,
}

/// A relationship, and which of ours its servers are.
struct Relationship<'a> {
    family: Family,
    mode: &'a str,
    peers: &'a [HaPeer],
    /// For each peer the servers of ours that call themselves so: one, or none. Several, such as a server and the copy of
    /// its configuration, cannot be told apart: then the name counts for none.
    claims: Vec<Vec<&'a Known>>,
}

impl<'a> Relationship<'a> {
    /// Every relationship that any of ours named.
    fn all(known: &'a [Known]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for server in known {
            let Some(bonds) = &server.bonds else { continue };
            for named in &bonds.relationships {
                let at = all
                    .iter()
                    .position(|other| other.family == server.family && identity(other.peers) == identity(&named.peers));
                let at = at.unwrap_or_else(|| {
                    let claims = vec![Vec::new(); named.peers.len()];
                    all.push(Self { family: server.family, mode: &named.mode, peers: &named.peers, claims });
                    all.len() - 1
                });
                all[at].claim(&named.this_server_name, server);
            }
        }
        for relationship in &mut all {
            relationship.guess(known);
        }
        all
    }

    fn claim(&mut self, peer: &str, server: &'a Known) {
        if let Some(at) = self.peers.iter().position(|known| known.name == peer)
            && self.claims[at].iter().all(|other| other.name != server.name)
        {
            self.claims[at].push(server);
        }
    }

    /// The server of ours that is the peer at that place.
    fn ours(&self, place: usize) -> Option<&'a Known> {
        if let [one] = self.claims[place][..] { Some(one) } else { None }
    }

    /// The names that several of ours claim, with those who do.
    fn contested(&self) -> impl Iterator<Item = (&'a str, &[&'a Known])> {
        let named = self.peers.iter().zip(&self.claims).filter(|(_, claims)| claims.len() > 1);
        named.map(|(peer, claims)| (peer.name.as_str(), &claims[..]))
    }

    /// Whether the server takes part, be it under a name that another one claims too.
    fn concerns(&self, server: &ServerName) -> bool {
        self.claims.iter().flatten().any(|ours| ours.name == *server)
    }

    /// A server that never answered is the one peer without a server, when it alone is on that peer's machine.
    fn guess(&mut self, known: &'a [Known]) {
        let mut open = (0..self.peers.len()).filter(|at| self.claims[*at].is_empty());
        let (Some(at), None) = (open.next(), open.next()) else { return };
        let Some(host) = self.peers[at].host() else { return };
        let could_be = |server: &&Known| server.bonds.is_none() && server.host == host && server.family == self.family;
        let mut silent = known.iter().filter(could_be);
        if let (Some(server), None) = (silent.next(), silent.next()) {
            self.claims[at].push(server);
        }
    }

    fn place_of(&self, server: &ServerName) -> Option<usize> {
        (0..self.peers.len()).find(|place| self.ours(*place).is_some_and(|ours| ours.name == *server))
    }

    /// The relationship for people, with the states that the server reports.
    fn pair(&self, place: usize, states: &[HaStatus]) -> Pair {
        let heard = states.iter().map(|status| &status.ha_servers).find(|heard| {
            let peer = |name: &str| self.peers.iter().any(|peer| peer.name == name);
            heard.local.server_name == self.peers[place].name
                && heard.remote.as_ref().is_none_or(|remote| peer(&remote.server_name))
        });
        let state = |peer: &HaPeer| {
            let heard = heard?;
            let remote = heard.remote.as_ref().filter(|remote| remote.server_name == peer.name);
            let state = if peer.name == heard.local.server_name { &heard.local.state } else { &remote?.last_state };
            (!state.is_empty()).then(|| state.clone())
        };
        let peers = self.peers.iter().enumerate().map(|(place, peer)| Peer {
            name: peer.name.clone(),
            role: peer.role.clone(),
            server: self.ours(place).map(|ours| ours.name.clone()),
            state: state(peer),
            silent: false,
        });
        Pair { mode: self.mode.to_owned(), peers: peers.collect() }
    }
}

/// Two configurations mean the same relationship when they name the same servers, in any order.
fn identity(peers: &[HaPeer]) -> BTreeSet<(&str, &str)> {
    peers.iter().map(|peer| (peer.name.as_str(), peer.url.trim_end_matches('/'))).collect()
}

/// The other servers of ours that stand in for that one, in our order: what it keeps in its configuration they must have
/// in theirs.
pub(crate) fn partners(known: &[Known], server: &ServerName) -> Vec<ServerName> {
    company(known, server).map(|other| other.name.clone()).collect()
}

/// The same, and of each subnet that names one of several relationships those of that relationship: none, where there is
/// no such one. With a single relationship Kea does not look at the names, and without a name the prefixes decide.
pub(crate) fn partners_by_subnet(known: &[Known], server: &ServerName) -> Partners {
    let own =
        known.iter().find(|known| known.name == *server).and_then(|known| known.bonds.clone()).unwrap_or_default();
    let all = Relationship::all(known);
    let others = |relationship: &Relationship<'_>| {
        let others = known.iter().filter(|other| other.name != *server);
        others.filter(|other| relationship.place_of(&other.name).is_some()).map(|other| other.name.clone()).collect()
    };
    let mine = all.iter().filter(|relationship| relationship.place_of(server).is_some());
    let by_peer: HashMap<&str, Vec<ServerName>> =
        mine.flat_map(|mine| mine.peers.iter().map(move |peer| (peer.name.as_str(), others(mine)))).collect();
    let of_subnet = own.named.iter().filter(|_| own.relationships.len() > 1);
    let of_subnet = of_subnet.map(|(id, peer)| (*id, by_peer.get(peer.as_str()).cloned().unwrap_or_default()));
    Partners { all: partners(known, server), of_subnet: of_subnet.collect() }
}

/// Its partners that do not look into its host database, if it has one: what is kept there they would not know.
pub(crate) fn apart(known: &[Known], server: &ServerName) -> Vec<ServerName> {
    let of = |known: &Known| known.bonds.as_ref().map(|bonds| bonds.databases.clone());
    let own = known.iter().find(|known| known.name == *server).and_then(of).unwrap_or_default();
    // One that never answered is taken to do as the other does.
    let apart = |other: &&Known| !own.is_empty() && of(other).is_some_and(|databases| databases != own);
    company(known, server).filter(apart).map(|other| other.name.clone()).collect()
}

fn company<'a>(known: &'a [Known], server: &ServerName) -> impl Iterator<Item = &'a Known> {
    let all = Relationship::all(known);
    let mine: Vec<_> = all.into_iter().filter(|relationship| relationship.place_of(server).is_some()).collect();
    let server = server.clone();
    let partner = move |other: &&Known| {
        other.name != server && mine.iter().any(|relationship| relationship.place_of(&other.name).is_some())
    };
    known.iter().filter(partner)
}

/// The relationships of a server, with the states that it reports.
pub(crate) fn pairs(known: &[Known], server: &ServerName, states: &[HaStatus]) -> Vec<Pair> {
    let all = Relationship::all(known);
    all.iter().filter_map(|relationship| Some(relationship.pair(relationship.place_of(server)?, states))).collect()
}

/// What is to be said of partners that do not look into the host database of a server.
pub(crate) fn separate(apart: &[ServerName]) -> Option<Finding> {
    let names: Vec<String> = apart.iter().map(|partner| format!("“{partner}”")).collect();
    (!apart.is_empty()).then(|| Finding {
        severity: Severity::Warns,
        text: format!(
            "{} does not look into its host database: new reservations are kept in the configuration of both.",
            names.join(", ")
        ),
        advice: "Give the servers of a pair the same “hosts-database”: the same host, port and name.".to_owned(),
        items: Vec::new(),
        line: None,
    })
}

/// What is to be said of peers that are none of ours, where reservations are made on each server.
pub(crate) fn strangers(known: &[Known], server: &ServerName) -> Vec<Finding> {
    let all = Relationship::all(known);
    let mine = all.iter().filter(|relationship| relationship.place_of(server).is_some());
    let peers = mine.flat_map(|relationship| relationship.peers.iter().zip(&relationship.claims));
    let strange = peers.filter(|(_, claims)| claims.is_empty());
    let finding = |(peer, _): (&HaPeer, _)| Finding {
        severity: Severity::Warns,
        text: format!(
            "“{}” is its high-availability peer, and no server in Nestor’s configuration is known to be it: \
             reservations are changed on this server alone.",
            peer.name
        ),
        advice: "Add it to Nestor’s configuration as one more [[kea]] section.".to_owned(),
        items: Vec::new(),
        line: None,
    };
    strange.map(finding).collect()
}

/// What is to be said of names in the relationships of a server that several of ours claim.
pub(crate) fn contested(known: &[Known], server: &ServerName) -> Vec<Finding> {
    let all = Relationship::all(known);
    let mine = all.iter().filter(|relationship| relationship.concerns(server));
    let finding = |(peer, claims): (&str, &[&Known])| Finding {
        severity: Severity::Warns,
        text: format!(
            "{} each call themselves “{peer}” in the same high-availability relationship: which of them is the peer is \
             not known, so none counts as it, and reservations are changed on each server alone.",
            listed(claims.iter().map(|ours| format!("“{}”", ours.name)))
        ),
        advice: "Give the copy a “this-server-name” and peers of its own, or take it out of Nestor’s configuration."
            .to_owned(),
        items: Vec::new(),
        line: None,
    };
    mine.flat_map(Relationship::contested).map(finding).collect()
}

/// “a”, “a and b”, “a, b and c”.
fn listed(parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    match parts.pop() {
        Some(last) if !parts.is_empty() => format!("{} and {last}", parts.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
