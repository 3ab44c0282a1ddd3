//! Finding anything: exact keys are asked live, parts of them are looked for in the last snapshots.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use model::{
    Client, Hold, HoldKey, HwAddress, Identifier, IdentifierKind, Ipv6Network, Lease, Permission, Problem, Reservation,
    SearchAnswer, ServerName, Subnet, SubnetKey,
};

use crate::index::{self, Freshness, Place, Snapshots};
use crate::networks::{self, Network, Networks};
use crate::ports::{Clock, Dhcp, Store};
use crate::{Actor, Ports, Result};

/// Shorter texts would match nearly everything.
const SHORTEST: usize = 2;

/// Most subnets that one search shows.
const MOST_SUBNETS: usize = 10;

/// Finding anything. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    dhcp: Arc<dyn Dhcp>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    snapshots: Snapshots,
    networks: Arc<Networks>,
}

/// The one name that a network has in an answer, by every name that its servers have for it; and which of these counts
/// more, the lowest most.
#[derive(Default)]
struct Names(HashMap<SubnetKey, (SubnetKey, usize)>);

/// Leases and reservations by where they are: the rows of an answer. Reservations without an address or a prefix are
/// kept by their identifier. What servers of a pair tell alike is one.
#[derive(Default)]
struct Found {
    names: Names,
    leases: BTreeMap<(SubnetKey, Place), Lease>,
    reservations: BTreeMap<(SubnetKey, Option<Place>, Identifier), Reservation>,
}

impl Search {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots, networks: Arc<Networks>) -> Self {
        Self { dhcp: ports.dhcp.clone(), store: ports.store.clone(), clock: ports.clock.clone(), snapshots, networks }
    }

    /// Clients by address, hardware address in any notation, or host name, exact ones first; subnets by prefix, name,
    /// or an address inside.
    pub async fn find(&self, actor: &Actor, text: &str) -> Result<SearchAnswer> {
        actor.may(Permission::Look)?;
        let text = index::searched(text);
        let mut answer = SearchAnswer { clients: Vec::new(), subnets: Vec::new(), more: false, silent: Vec::new() };
        if text.len() < SHORTEST {
            return Ok(answer);
        }
        let networks::Found { networks, answering, silent } = self.networks.all().await;
        answer.silent = silent;
        let exact = self.exact(&text, &networks, &answering, &mut answer.silent).await;
        answer.clients = self.join(exact).await?;
        self.add_partial(&text, &networks, &mut answer).await;
        let meant = networks.iter().map(Network::first).filter(|subnet| is_meant(subnet, &text));
        answer.subnets = meant.take(MOST_SUBNETS).cloned().collect();
        answer.more = answer.clients.len() > SearchAnswer::MOST;
        answer.clients.truncate(SearchAnswer::MOST);
        Ok(answer)
    }

    /// Whatever has exactly this address, identifier or name, as each server says now that answers.
    async fn exact(
        &self,
        text: &str,
        networks: &[Network],
        answering: &BTreeSet<ServerName>,
        silent: &mut Vec<Problem>,
    ) -> Found {
        let mut found = Found { names: Names::of(networks), ..Found::default() };
        for server in answering {
            let subnets: Vec<&Subnet> = networks.iter().filter_map(|network| network.on(server)).collect();
            if let Err(error) = self.exact_on(server, text, &subnets, &mut found).await {
                let problem = Problem::from(error);
                if !silent.contains(&problem) {
                    silent.push(problem);
                }
            }
        }
        found
    }

    async fn exact_on(&self, server: &ServerName, text: &str, subnets: &[&Subnet], found: &mut Found) -> Result<()> {
        if let Ok(address) = text.parse::<IpAddr>() {
            found.add_leases(self.dhcp.lease_at(server, address).await?);
            for subnet in subnets.iter().filter(|subnet| subnet.prefix.contains(address)) {
                found.add_reservations(self.dhcp.reservations_at(&subnet.key, address).await?);
            }
        } else if let Ok(prefix) = text.parse::<Ipv6Network>() {
            found.add_leases(self.dhcp.lease_of_prefix(server, prefix).await?);
        } else if let Some(client) = client_of(text) {
            found.add_leases(self.dhcp.leases_of(server, &client).await?);
            found.add_reservations(self.dhcp.reservations_of(server, &client).await?);
        } else if text.parse::<model::HostName>().is_ok() {
            found.add_leases(self.dhcp.leases_named(server, text).await?);
            found.add_reservations(self.dhcp.reservations_named(server, text).await?);
        }
        Ok(())
    }

    /// Joins what was found with what else is known of the same addresses.
    async fn join(&self, mut found: Found) -> Result<Vec<(SubnetKey, Client)>> {
        let now = self.clock.now();
        let holds = self.store.running_holds(None, now).await?;
        let named = |hold: Hold| (HoldKey { subnet: found.names.name(&hold.key.subnet), ..hold.key.clone() }, hold);
        let holds: HashMap<HoldKey, Hold> = holds.into_iter().map(named).collect();
        let hold = |subnet: &SubnetKey, place: Option<Place>| {
            let Some(Place::Address(address)) = place else { return None };
            holds.get(&HoldKey { subnet: subnet.clone(), address }).cloned()
        };
        let mut clients = Vec::new();
        for ((subnet, place, _), reservation) in found.reservations {
            let lease = match place {
                Some(place) => match found.leases.remove(&(subnet.clone(), place)) {
                    Some(lease) => Some(lease),
                    None => self.lease_on(&subnet.server, place).await?,
                },
                None => None,
            };
            let hold = hold(&subnet, place);
            clients.push((subnet, index::client(place, lease, Some(reservation), hold, now)));
        }
        for ((subnet, place), lease) in found.leases {
            let reserved = self.dhcp.reservations_at(&subnet, place.first()).await?;
            let reservation = reserved.into_iter().find(|reservation| place.is_of(reservation));
            let hold = hold(&subnet, Some(place));
            clients.push((subnet, index::client(Some(place), Some(lease), reservation, hold, now)));
        }
        Ok(clients)
    }

    async fn lease_on(&self, server: &ServerName, place: Place) -> Result<Option<Lease>> {
        match place {
            Place::Address(address) => self.dhcp.lease_at(server, address).await,
            Place::Prefix(prefix) => self.dhcp.lease_of_prefix(server, prefix).await,
        }
    }

    /// Clients that mention the text anywhere, from snapshots that may be some time old.
    async fn add_partial(&self, text: &str, networks: &[Network], answer: &mut SearchAnswer) {
        let now = self.clock.now();
        for network in networks {
            // A server that does not answer was named already.
            let Ok((subnet, snapshot)) = self.snapshots.of_network(network, Freshness::Search).await else { continue };
            let name = &network.first().key;
            for row in index::rows(subnet, &snapshot, index::Blacklist::default(), now) {
                let model::AddressRow::Client(client) = row else { continue };
                if !index::client_mentions(&client, text) || answer.holds(name, &client) {
                    continue;
                }
                answer.clients.push((name.clone(), *client));
                if answer.clients.len() > SearchAnswer::MOST {
                    return;
                }
            }
        }
    }
}

impl Names {
    fn of(networks: &[Network]) -> Self {
        let names = networks.iter().flat_map(|network| {
            let first = &network.first().key;
            network.keys().enumerate().map(|(weight, key)| (key.clone(), (first.clone(), weight)))
        });
        Self(names.collect())
    }

    fn name(&self, key: &SubnetKey) -> SubnetKey {
        self.0.get(key).map_or_else(|| key.clone(), |(name, _)| name.clone())
    }

    /// Whether what is told under the one name counts more than what is told under the other.
    fn counts_more(&self, one: &SubnetKey, other: &SubnetKey) -> bool {
        let weight = |key: &SubnetKey| self.0.get(key).map(|(_, weight)| *weight);
        weight(one) < weight(other)
    }
}

impl Found {
    fn add_leases(&mut self, leases: impl IntoIterator<Item = Lease>) {
        for lease in leases {
            let key = (self.names.name(&lease.subnet), Place::of_lease(&lease));
            let known = self.leases.get(&key);
            if known.is_none_or(|known| self.names.counts_more(&lease.subnet, &known.subnet)) {
                self.leases.insert(key, lease);
            }
        }
    }

    fn add_reservations(&mut self, reservations: Vec<Reservation>) {
        for reservation in reservations {
            for place in Place::all_of(&reservation) {
                let key = (self.names.name(&reservation.subnet), place, reservation.identifier.clone());
                let known = self.reservations.get(&key);
                // A server may tell of two, in the database and in the configuration: the last one stays.
                if known.is_none_or(|known| !self.names.counts_more(&known.subnet, &reservation.subnet)) {
                    self.reservations.insert(key, reservation.clone());
                }
            }
        }
    }
}

/// The client that a text names by a hardware address or a DUID. A shorter DUID than those that are in use could be
/// anything.
fn client_of(text: &str) -> Option<Identifier> {
    const SHORTEST_DUID: usize = 8;
    let hw_address = text.parse::<HwAddress>().ok().map(Identifier::HwAddress);
    let duid = || Identifier::parse(IdentifierKind::Duid, text).ok();
    hw_address.or_else(|| duid().filter(|duid| duid.octets().as_slice().len() >= SHORTEST_DUID))
}

/// Whether the text means this subnet.
fn is_meant(subnet: &Subnet, text: &str) -> bool {
    let named = |name: &Option<String>| name.as_ref().is_some_and(|name| name.to_lowercase().contains(text));
    subnet.prefix.to_string().starts_with(text)
        || named(&subnet.name)
        || named(&subnet.shared_network)
        || text.parse().is_ok_and(|address: IpAddr| subnet.prefix.contains(address))
}
