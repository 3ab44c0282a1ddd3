//! Finding anything: exact keys are asked live, parts of them are looked for in the last snapshots.

mod meant;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use model::{
    Client, Hold, HoldKey, HwAddress, Identifier, IdentifierKind, Ipv6Network, Lease, Permission, Problem, Reservation,
    SearchAnswer, ServerName, SubnetKey,
};

use crate::index::{self, Freshness, Parts, Place, Snapshots};
use crate::networks::{self, Network, Networks};
use crate::patience::patiently;
use crate::ports::{Clock, Dhcp, Store};
use crate::{Actor, Error, Ports, Result};

/// Shorter texts would match nearly everything.
const SHORTEST: usize = 2;

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

/// Leases and reservations by where they are: the rows of an answer. Those of a reservation without an address or a prefix
/// are nowhere.
#[derive(Default)]
struct Found {
    places: BTreeMap<(SubnetKey, Option<Place>), Parts>,
    /// Why there may be more.
    failed: Option<Error>,
}

/// What else counts for what is found.
struct Around {
    networks: Arc<Vec<Network>>,
    holds: HashMap<HoldKey, Hold>,
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
        let (found, globals) = futures::future::join(self.networks.all(), self.networks.globals()).await;
        let networks::Found { networks, answering, silent } = found;
        let subnets = networks.len();
        let networks: Arc<Vec<_>> = Arc::new(networks.into_iter().chain(globals).collect());
        answer.silent = silent;
        self.add_exact(&text, &networks, &answering, &mut answer).await?;
        self.add_partial(&text, &networks, &mut answer).await;
        answer.subnets = meant::subnets(networks.iter().take(subnets).map(Network::first), &text);
        answer.more = answer.clients.len() > SearchAnswer::MOST;
        answer.clients.truncate(SearchAnswer::MOST);
        let dated = |server: ServerName| Some((server.clone(), self.snapshots.dated(&server)?));
        answer.dated = self.dhcp.names().into_iter().filter_map(dated).collect();
        Ok(answer)
    }

    /// Whatever has exactly this address, identifier or name, as each server says now that answers, all of them asked side
    /// by side. What servers of a pair report alike is one.
    async fn add_exact(
        &self,
        text: &str,
        networks: &Arc<Vec<Network>>,
        answering: &BTreeSet<ServerName>,
        answer: &mut SearchAnswer,
    ) -> Result<()> {
        let around = Arc::new(Around { networks: networks.clone(), holds: self.holds(networks).await? });
        let asked = answering.iter().map(|server| {
            let (this, text, on, around) = (self.clone(), text.to_owned(), server.clone(), around.clone());
            let found = async move {
                // What was found before something went wrong was found.
                let found = this.exact_on(&on, &text).await;
                Ok(this.join(found, &around).await)
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
            if let Some(error) = failed {
                note(answer, error);
            }
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

    async fn exact_on(&self, server: &ServerName, text: &str) -> Found {
        let mut found = Found::default();
        if let Ok(address) = text.parse::<IpAddr>() {
            found.add_leases(self.dhcp.lease_at(server, address).await);
            found.add_reservations(self.dhcp.reservations_at(server, address).await);
            return found;
        }
        if let Ok(prefix) = text.parse::<Ipv6Network>() {
            found.add_leases(self.dhcp.lease_of_prefix(server, prefix).await);
            return found;
        }
        for client in clients_of(text) {
            found.add_leases(self.dhcp.leases_of(server, &client).await);
            found.add_reservations(self.dhcp.reservations_of(server, &client).await);
        }
        // What looks like digits of an address, such as “cafe”, may be a name as well.
        if text.parse::<model::HostName>().is_ok() {
            found.add_leases(self.dhcp.leases_named(server, text).await);
            found.add_reservations(self.dhcp.reservations_named(server, text).await);
        }
        found
    }

    /// Joins what was found with what else is known of the same places. Why there may be more to show.
    async fn join(&self, found: Found, around: &Around) -> (Vec<(SubnetKey, Client)>, Option<Error>) {
        let Found { places, mut failed } = found;
        let mut clients = Vec::new();
        for ((subnet, place), parts) in places {
            let Some(place) = place else {
                let now = self.clock.now();
                let rows =
                    parts.reservations.into_iter().map(|known| index::client(None, None, Some(known), None, now));
                clients.extend(rows.map(|row| (subnet.clone(), row)));
                continue;
            };
            let (leased, meant) = (parts.lease.is_some(), parts.reservations.clone());
            let is_meant = |row: &Client| match &row.reservation {
                Some(reservation) => meant.contains(reservation) || (leased && row.lease.is_some()),
                None => true,
            };
            let (parts, missing) = self.completed(parts, &subnet, place, around).await;
            failed = failed.or(missing);
            let rows = parts.clients(place, self.clock.now()).into_iter().filter(is_meant);
            clients.extend(rows.map(|row| (subnet.clone(), row)));
        }
        (clients, failed)
    }

    /// All that is known of a place beside what was found there.
    async fn completed(
        &self,
        found: Parts,
        subnet: &SubnetKey,
        place: Place,
        around: &Around,
    ) -> (Parts, Option<Error>) {
        let (mut parts, mut failed) = (found, None);
        let known =
            around.networks.iter().find_map(|network| network.on(&subnet.server).filter(|on| on.key == *subnet));
        // Of a subnet that is gone there is nothing to be asked for.
        if let Some(known) = known
            && (parts.reservations.is_empty() || !known.rules.unique)
        {
            match self.dhcp.reservations_at(&subnet.server, place.first()).await {
                Ok(there) => {
                    parts.reservations =
                        there.into_iter().filter(|there| there.subnet == *subnet && place.is_of(there)).collect();
                }
                Err(error) => failed = Some(error),
            }
        }
        if parts.lease.is_none() {
            match self.lease_on(&subnet.server, place).await {
                Ok(there) => parts.lease = there,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        parts.hold = place.address().and_then(|address| {
            let key = HoldKey { subnet: subnet.clone(), address };
            around.holds.get(&key).cloned()
        });
        (parts, failed)
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
            let (subnet, snapshot) = match self.snapshots.of_network(network, Freshness::Search).await {
                Ok(found) => found,
                Err(error) => {
                    note(answer, error);
                    continue;
                }
            };
            let snapshot = self.snapshots.with_strays(subnet, snapshot).await;
            let name = &network.first().key;
            for row in index::rows(subnet, &snapshot, index::Blacklist::default(), now) {
                let model::AddressRow::Client(client) = row else { continue };
                let own = client.subnets().any(|subnet| network.keys().any(|key| key == subnet));
                if own && add(answer, text, name, *client) {
                    return;
                }
            }
        }
        let names: HashSet<&SubnetKey> = networks.iter().flat_map(Network::keys).collect();
        for server in self.dhcp.names() {
            let strays = self.snapshots.strays(&server).await;
            for lease in strays.leases.iter().filter(|lease| !names.contains(&lease.subnet)) {
                let client = index::client(Some(Place::of_lease(lease)), Some(lease.clone()), None, None, now);
                if add(answer, text, &lease.subnet, client) {
                    return;
                }
            }
            for reservation in &strays.reservations {
                let places = Place::all_of(reservation).into_iter();
                let clients = places.map(|place| index::client(place, None, Some(reservation.clone()), None, now));
                for client in clients {
                    if add(answer, text, &reservation.subnet, client) {
                        return;
                    }
                }
            }
        }
    }
}

/// Adds a client that mentions the text and is not in the answer yet. Whether there are more than are shown now.
fn add(answer: &mut SearchAnswer, text: &str, subnet: &SubnetKey, client: Client) -> bool {
    if index::client_mentions(&client, text) && !answer.holds(subnet, &client) {
        answer.clients.push((subnet.clone(), client));
    }
    answer.clients.len() > SearchAnswer::MOST
}

/// Says beside what was found what could not be had. Each trouble once.
fn note(answer: &mut SearchAnswer, error: Error) {
    let problem = Problem::from(error);
    if !answer.silent.iter().any(|known| known.text == problem.text) {
        answer.silent.push(problem);
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

    /// What servers reported, under the one name of each network. Where several of a network report the same address, or the
    /// same client there, the one that counts most is taken.
    fn once(&self, mut reported: Vec<(SubnetKey, Client)>) -> Vec<(SubnetKey, Client)> {
        reported.sort_by_key(|(key, _)| self.0.get(key).map(|(_, weight)| *weight));
        let mut sources = HashMap::new();
        let once = reported.into_iter().filter_map(|(key, client)| {
            let name = self.0.get(&key).map_or_else(|| key.clone(), |(name, _)| name.clone());
            // An address that several clients may have has a row for each.
            let identifier = client.reservation.as_ref().map(|known| known.identifier.clone());
            let place = (name.clone(), client.address, client.prefix, identifier);
            let source = sources.entry(place).or_insert_with(|| key.server.clone());
            (*source == key.server).then_some((name, client))
        });
        once.collect()
    }
}

impl Found {
    fn add_leases(&mut self, leases: Result<impl IntoIterator<Item = Lease>>) {
        match leases {
            Ok(leases) => {
                for lease in leases {
                    let key = (lease.subnet.clone(), Some(Place::of_lease(&lease)));
                    self.places.entry(key).or_default().lease = Some(lease);
                }
            }
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }

    fn add_reservations(&mut self, reservations: Result<Vec<Reservation>>) {
        match reservations {
            Ok(reservations) => {
                for reservation in reservations {
                    for place in Place::all_of(&reservation) {
                        let there =
                            &mut self.places.entry((reservation.subnet.clone(), place)).or_default().reservations;
                        if !there.iter().any(|known| known.identifier == reservation.identifier) {
                            there.push(reservation.clone());
                        }
                    }
                }
            }
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }
}

/// The clients that a text names by a hardware address or a DUID. A shorter DUID than those that are in use could be
/// anything.
fn clients_of(text: &str) -> impl Iterator<Item = Identifier> + use<> {
    const SHORTEST_DUID: usize = 8;
    let hw_address = text.parse::<HwAddress>().ok().map(Identifier::HwAddress);
    let duid = Identifier::parse(IdentifierKind::Duid, text).ok();
    let duid = duid.filter(|duid| duid.octets().as_slice().len() >= SHORTEST_DUID && hw_address.is_none());
    hw_address.into_iter().chain(duid)
}
