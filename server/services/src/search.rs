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
use crate::patience::patiently;
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
struct Names(HashMap<SubnetKey, (SubnetKey, usize)>);

/// Leases and reservations by where they are: the rows of an answer. Reservations without an address or a prefix are
/// kept by their identifier.
#[derive(Default)]
struct Found {
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
        let mut answer = SearchAnswer {
            clients: Vec::new(),
            subnets: Vec::new(),
            more: false,
            silent: Vec::new(),
            dated: Vec::new(),
        };
        if text.len() < SHORTEST {
            return Ok(answer);
        }
        let networks::Found { networks, answering, silent } = self.networks.all().await;
        let networks = Arc::new(networks);
        answer.silent = silent;
        self.add_exact(&text, &networks, &answering, &mut answer).await?;
        self.add_partial(&text, &networks, &mut answer).await;
        let meant = networks.iter().map(Network::first).filter(|subnet| is_meant(subnet, &text));
        answer.subnets = meant.take(MOST_SUBNETS).cloned().collect();
        answer.more = answer.clients.len() > SearchAnswer::MOST;
        answer.clients.truncate(SearchAnswer::MOST);
        let dated = |server: ServerName| Some((server.clone(), self.snapshots.dated(&server)?));
        answer.dated = self.dhcp.names().into_iter().filter_map(dated).collect();
        Ok(answer)
    }

    /// Whatever has exactly this address, identifier or name, as each server says now that answers, all of them asked side
    /// by side. What servers of a pair tell alike is one.
    async fn add_exact(
        &self,
        text: &str,
        networks: &Arc<Vec<Network>>,
        answering: &BTreeSet<ServerName>,
        answer: &mut SearchAnswer,
    ) -> Result<()> {
        let holds = Arc::new(self.holds(networks).await?);
        let asked = answering.iter().map(|server| {
            let (this, text, on) = (self.clone(), text.to_owned(), server.clone());
            let (networks, holds) = (networks.clone(), holds.clone());
            let found = async move {
                let mut found = Found::default();
                let asked = this.exact_on(&on, &text, &networks, &mut found).await;
                // What was found before it fell silent was found.
                Ok((this.join(found, &holds).await?, asked.err()))
            };
            patiently(&self.dhcp, server, found)
        });
        let mut all = Vec::new();
        for found in futures::future::join_all(asked).await {
            let failed = match found {
                Ok((clients, failed)) => {
                    all.extend(clients);
                    failed
                }
                Err(error) => Some(error),
            };
            answer.silent.extend(
                failed
                    .map(Problem::from)
                    .filter(|problem| !answer.silent.iter().any(|known| known.text == problem.text)),
            );
        }
        answer.clients = Names::of(networks).once(all);
        Ok(())
    }

    /// The running holds, under every name that the servers of a network have for it.
    async fn holds(&self, networks: &[Network]) -> Result<HashMap<HoldKey, Hold>> {
        let holds = self.store.running_holds(None, self.clock.now()).await?;
        let by_name: HashMap<&SubnetKey, &Network> =
            networks.iter().flat_map(|network| network.keys().map(move |key| (key, network))).collect();
        let named = holds.into_iter().flat_map(|hold| {
            let network = by_name.get(&hold.key.subnet);
            let names: Vec<_> =
                network.map_or_else(|| vec![hold.key.subnet.clone()], |network| network.keys().cloned().collect());
            names.into_iter().map(move |subnet| (HoldKey { subnet, ..hold.key.clone() }, hold.clone()))
        });
        Ok(named.collect())
    }

    async fn exact_on(&self, server: &ServerName, text: &str, networks: &[Network], found: &mut Found) -> Result<()> {
        if let Ok(address) = text.parse::<IpAddr>() {
            found.add_leases(self.dhcp.lease_at(server, address).await?);
            let subnets = networks.iter().filter_map(|network| network.on(server));
            for subnet in subnets.filter(|subnet| subnet.prefix.contains(address)) {
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
    async fn join(&self, mut found: Found, holds: &HashMap<HoldKey, Hold>) -> Result<Vec<(SubnetKey, Client)>> {
        let now = self.clock.now();
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
            // A server that does not answer was named already; what it said last is better than nothing.
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

    /// What servers told, under the one name of each network. What several of a network tell of the same address, or of the
    /// same client without one, is told by the one that counts most.
    fn once(&self, mut told: Vec<(SubnetKey, Client)>) -> Vec<(SubnetKey, Client)> {
        told.sort_by_key(|(key, _)| self.0.get(key).map(|(_, weight)| *weight));
        let mut tellers = HashMap::new();
        let once = told.into_iter().filter_map(|(key, client)| {
            let name = self.0.get(&key).map_or_else(|| key.clone(), |(name, _)| name.clone());
            let nowhere = client.address.is_none() && client.prefix.is_none();
            let identifier = client.reservation.as_ref().filter(|_| nowhere).map(|known| known.identifier.clone());
            let place = (name.clone(), client.address, client.prefix, identifier);
            let teller = tellers.entry(place).or_insert_with(|| key.server.clone());
            (*teller == key.server).then_some((name, client))
        });
        once.collect()
    }
}

impl Found {
    fn add_leases(&mut self, leases: impl IntoIterator<Item = Lease>) {
        self.leases.extend(leases.into_iter().map(|lease| ((lease.subnet.clone(), Place::of_lease(&lease)), lease)));
    }

    fn add_reservations(&mut self, reservations: Vec<Reservation>) {
        for reservation in reservations {
            for place in Place::all_of(&reservation) {
                let key = (reservation.subnet.clone(), place, reservation.identifier.clone());
                self.reservations.insert(key, reservation.clone());
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
        || named(&subnet.comment)
        || named(&subnet.shared_network)
        || text.parse().is_ok_and(|address: IpAddr| subnet.prefix.contains(address))
}
