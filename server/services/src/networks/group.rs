//! Puts the subnets of all servers together to networks: what partners have in common is one. Pure.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::{Health, IpNetwork, Member, ServerName, ServerStatus, Subnet, SubnetKey, Utilization};

use super::counterpart::counterpart;
use crate::Error;
use crate::ports::Partners;

/// What is known of the subnets of one server.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) server: ServerName,
    /// What it said last of its subnets; none: it never said anything.
    pub(crate) subnets: Option<Arc<Vec<Subnet>>>,
    /// Why it does not answer now; none: it does.
    pub(crate) failure: Option<Error>,
    /// The servers that it shares subnets with.
    pub(crate) partners: Partners,
    /// How it is, where that was asked.
    pub(crate) status: Option<ServerStatus>,
}

impl Known {
    pub(crate) fn answers(&self) -> bool {
        self.failure.is_none()
    }

    /// With how it is, which is asked more often than its subnets are.
    pub(crate) fn in_state(self, status: Option<ServerStatus>) -> Self {
        let away = status.as_ref().is_some_and(|status| status.health == Health::Unreachable);
        let why = || "it answered some seconds ago, and now it does not".to_owned();
        let unreachable = || Error::Unreachable { server: self.server.clone(), why: why() };
        let failure = self.failure.clone().or_else(|| away.then(unreachable));
        Self { failure, status, ..self }
    }
}

/// One subnet, on all servers that share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Network {
    /// The subnet on each server, the one first that is asked first.
    subnets: Vec<(Subnet, bool)>,
    /// Partners that never answered, and so may have it or not.
    unheard: Vec<ServerName>,
}

impl Network {
    /// Of a server that shares it with no other.
    pub(crate) fn single(subnet: Subnet, answers: bool) -> Self {
        Self { subnets: vec![(subnet, answers)], unheard: Vec::new() }
    }

    /// The subnet on each server, in the order that they are asked in: those last that do not answer.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &Subnet> {
        self.subnets.iter().map(|(subnet, _)| subnet)
    }

    /// The subnet on the servers that answer, that of the one that serves first.
    pub(crate) fn answering(&self) -> impl Iterator<Item = &Subnet> {
        self.subnets.iter().filter(|(_, answers)| *answers).map(|(subnet, _)| subnet)
    }

    /// The subnet on the server that is asked first.
    pub(crate) fn first(&self) -> &Subnet {
        &self.subnets[0].0
    }

    /// The subnet on the server that was named, as long as that answers; else on the one that is asked first.
    pub(crate) fn named(&self, key: &SubnetKey) -> &Subnet {
        self.answering().find(|subnet| subnet.key == *key).unwrap_or_else(|| self.first())
    }

    /// The subnet on that server.
    pub(crate) fn on(&self, server: &ServerName) -> Option<&Subnet> {
        self.subnets.iter().map(|(subnet, _)| subnet).find(|subnet| subnet.key.server == *server)
    }

    /// What it is called on each server.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &SubnetKey> {
        self.subnets.iter().map(|(subnet, _)| &subnet.key)
    }

    /// Its servers, for people.
    pub(crate) fn members(&self) -> Vec<Member> {
        let heard = self.subnets.iter().map(|(subnet, answers)| Member {
            server: subnet.key.server.clone(),
            id: Some(subnet.key.id),
            answers: *answers,
        });
        let unheard = self.unheard.iter().map(|server| Member { server: server.clone(), id: None, answers: false });
        heard.chain(unheard).collect()
    }

    /// How full it is, as the first of its servers says that can. While none answers, how full it was.
    pub(crate) fn utilization(&self, counts: &HashMap<SubnetKey, Utilization>) -> Option<Utilization> {
        let count = |subnet: &Subnet| counts.get(&subnet.key).copied();
        if self.answering().next().is_some() { self.answering().find_map(count) } else { self.asked().find_map(count) }
    }
}

/// Every network that any of these servers reported, by prefix.
pub(crate) fn group(servers: &[Known]) -> Vec<Network> {
    let mut by_prefix: BTreeMap<IpNetwork, Vec<Place<'_>>> = BTreeMap::new();
    for known in servers {
        for subnet in known.subnets.iter().flat_map(|subnets| subnets.iter()) {
            by_prefix.entry(subnet.prefix).or_default().push(Place { known, subnet });
        }
    }
    let mut networks = Vec::new();
    for alike in by_prefix.values() {
        let mut groups: Vec<Vec<Place<'_>>> = Vec::new();
        for place in alike {
            match groups.iter_mut().find(|group| group.iter().all(|other| place.is_one_with(other, alike))) {
                Some(group) => group.push(*place),
                None => groups.push(vec![*place]),
            }
        }
        networks.extend(groups.into_iter().map(|group| network(group, servers)));
    }
    networks
}

/// A subnet, and the server that has it.
#[derive(Clone, Copy)]
struct Place<'a> {
    known: &'a Known,
    subnet: &'a Subnet,
}

impl Place<'_> {
    /// Whether both are the same subnet on two servers that stand in for each other. `alike`: every subnet of the prefix.
    fn is_one_with(&self, other: &Self, alike: &[Place<'_>]) -> bool {
        let is_counterpart = |ours: &Self, theirs: &Self| {
            let on_theirs = alike.iter().filter(|place| place.known.server == theirs.known.server);
            let shared = on_theirs.filter(|theirs| theirs.is_shared_with(&ours.known.server));
            counterpart(ours.subnet, shared.map(|place| place.subnet)).map(|found| &found.key)
                == Some(&theirs.subnet.key)
        };
        self.is_shared_with(&other.known.server) && is_counterpart(self, other) && is_counterpart(other, self)
    }

    fn is_shared_with(&self, server: &ServerName) -> bool {
        self.known.partners.of(self.subnet.key.id).contains(server)
    }
}

fn network(mut group: Vec<Place<'_>>, servers: &[Known]) -> Network {
    let unheard =
        |known: &&Known| known.subnets.is_none() && group.iter().all(|place| place.is_shared_with(&known.server));
    let unheard = servers.iter().filter(unheard).map(|known| known.server.clone()).collect();
    let names: Vec<ServerName> = group.iter().map(|place| place.known.server.clone()).collect();
    group.sort_by_key(|place| rank(place.known, &names));
    let subnets = group.iter().map(|place| (place.subnet.clone(), place.known.answers())).collect();
    Network { subnets, unheard }
}

/// Who is asked first: the lowest. The one that serves knows best; a partner that waits has the same leases; one that is coming
/// back has some.
fn rank(known: &Known, members: &[ServerName]) -> u8 {
    if !known.answers() {
        return 4;
    }
    let Some(status) = &known.status else { return 1 };
    if status.health == Health::NotServing {
        return 3;
    }
    let has =
        |pair: &&model::Pair, server: &ServerName| pair.peers.iter().any(|peer| peer.server.as_ref() == Some(server));
    let pair = status.pairs.iter().find(|pair| members.iter().all(|server| has(pair, server)));
    let own = pair.and_then(|pair| pair.peers.iter().find(|peer| peer.server.as_ref() == Some(&status.name)));
    match own.and_then(|own| Some((own.state.as_deref()?, own.role.as_str()))) {
        Some(
            ("hot-standby" | "passive-backup", "primary")
            | ("load-balancing" | "partner-down" | "communication-recovery" | "partner-in-maintenance", _),
        ) => 0,
        None | Some(("hot-standby" | "terminated", _)) => 1,
        Some(_) => 2,
    }
}

#[cfg(test)]
mod tests;
