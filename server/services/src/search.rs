//! Finding anything: exact keys are asked live, parts of them are looked for in the last snapshots.

mod free;
mod hints;
mod hit;
mod known;
mod meant;
mod sweeps;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use futures::future::join;
use model::{
    Client, Hold, HoldKey, HwAddress, Identifier, IdentifierKind, Ipv6Network, Lease, Permission, Problem, Reservation,
    SearchAnswer, SearchHints, SearchProgress, ServerName, Subnet, SubnetKey,
};

use self::known::Known;
use self::sweeps::Sweeps;
use crate::index::{self, Parts, Place, Snapshots, Sought};
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

    /// Clients by address, MAC address in any notation, host name, or a part of anything that is shown, the best first:
    /// those after `offset`; and subnets by prefix, name, or an address inside.
    ///
    /// Waits for no sweep longer than a moment: what is missing or old is said, and found a moment later.
    pub async fn find(&self, actor: &Actor, text: &str, offset: u32) -> Result<SearchAnswer> {
        actor.may(Permission::Look)?;
        let sought = Sought::new(&index::searched(text));
        if sought.text.len() < SHORTEST {
            return Ok(SearchAnswer::default());
        }
        let sweeps = Sweeps::begin(&self.dhcp, &self.snapshots);
        let (found, globals) = join(self.networks.all(), self.networks.globals()).await;
        let networks::Found { networks, answering, silent } = found;
        let subnets = networks.len();
        let networks: Arc<Vec<_>> = Arc::new(networks.into_iter().chain(globals).collect());
        let around = Arc::new(Around { networks: networks.clone(), holds: self.holds(&networks).await? });
        let mut answer = SearchAnswer { silent, offset, ..SearchAnswer::default() };
        let exact = self.exact(&sought.text, &around, &answering, &mut answer.silent).await;
        let enough =
            !exact.is_empty() || networks.iter().all(|network| self.snapshots.last_of_network(network).is_some());
        sweeps.wait(enough).await;
        for error in answering.iter().filter_map(|server| self.snapshots.sweep_failure(server)) {
            note(&mut answer.silent, error);
        }
        let known = Known::of(&self.snapshots, &self.dhcp.names(), &networks);
        let named: Vec<Subnet> = networks[..subnets].iter().map(|network| network.first().clone()).collect();
        answer.progress = SearchProgress { under_way: sweeps.are_under_way(), ..known.progress(&answering) };
        answer.raw = known.raw(&sought.text);
        let is_raw = |free: &model::FreeAddress| answer.raw.iter().any(|raw| raw.is_at(free.address));
        answer.free =
            free::address(&sought.text, &networks[..subnets], &exact, &around.holds).filter(|free| !is_raw(free));
        let subnets_there: HashSet<SubnetKey> = networks.iter().flat_map(Network::keys).cloned().collect();
        let now = self.clock.now();
        let look = move || {
            let found = known.find(&sought, exact, now);
            answer.total = u32::try_from(found.total()).unwrap_or(u32::MAX);
            answer.clients = found.page(offset as usize);
            answer.hits = answer.clients.iter().map(|(key, client)| hit::of(key, client, &sought, &named)).collect();
            answer.subnets = meant::subnets(named.iter(), &sought.text);
            answer.more = answer.total as usize > offset as usize + answer.clients.len();
            let is_gone = |key: &&SubnetKey| !subnets_there.contains(*key);
            answer.gone = answer.clients.iter().map(|(key, _)| key).filter(is_gone).cloned().collect();
            answer
        };
        // A pass over the texts of a large site takes longer than others should wait.
        let looked = tokio::task::spawn_blocking(look).await;
        let mut answer = looked.map_err(|error| Error::Internal(format!("a search broke off: {error}")))?;
        let dated = |server: ServerName| Some((server.clone(), self.snapshots.dated(&server)?));
        answer.dated = self.dhcp.names().into_iter().filter_map(dated).collect();
        Ok(answer)
    }

    /// The same for a list below a search box: a few of the best, in words.
    pub async fn hints(&self, actor: &Actor, text: &str) -> Result<SearchHints> {
        Ok(hints::of(self.find(actor, text, 0).await?, &index::searched(text)))
    }

    /// Whatever has exactly this address, identifier or name, as each server says now that answers, all of them asked side
    /// by side. What servers of a pair report alike is one. What could not be had is noted.
    async fn exact(
        &self,
        text: &str,
        around: &Arc<Around>,
        answering: &BTreeSet<ServerName>,
        silent: &mut Vec<Problem>,
    ) -> Vec<(SubnetKey, Client)> {
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
                note(silent, error);
            }
        }
        Names::of(&around.networks).once(all)
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
            let (lease, reservations) =
                join(self.dhcp.lease_at(server, address), self.dhcp.reservations_at(server, address)).await;
            found.add_leases(lease);
            found.add_reservations(reservations);
            return found;
        }
        if let Ok(prefix) = text.parse::<Ipv6Network>() {
            found.add_leases(self.dhcp.lease_of_prefix(server, prefix).await);
            return found;
        }
        let clients = async {
            let mut answers = Vec::new();
            for client in clients_of(text) {
                answers
                    .push(join(self.dhcp.leases_of(server, &client), self.dhcp.reservations_of(server, &client)).await);
            }
            answers
        };
        let named = async {
            // What looks like digits of an address, such as “cafe”, may be a name as well.
            text.parse::<model::HostName>().ok()?;
            Some(join(self.dhcp.leases_named(server, text), self.dhcp.reservations_named(server, text)).await)
        };
        let (clients, named) = join(clients, named).await;
        for (leases, reservations) in clients.into_iter().chain(named) {
            found.add_leases(leases);
            found.add_reservations(reservations);
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
                // It is found by itself.
                Err(Error::Unreadable(_)) => {}
                Err(error) => failed = Some(error),
            }
        }
        if parts.lease.is_none() {
            match self.lease_on(&subnet.server, place).await {
                Ok(there) => parts.lease = there,
                Err(Error::Unreadable(_)) => {}
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
}

/// Says beside what was found what could not be had. Each trouble once.
fn note(silent: &mut Vec<Problem>, error: Error) {
    let problem = Problem::from(error);
    if !silent.iter().any(|known| known.text == problem.text) {
        silent.push(problem);
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
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: Error) {
        match error {
            // It is found by itself, in the snapshot of its subnet.
            Error::Unreadable(_) => {}
            error => self.failed = self.failed.take().or(Some(error)),
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
            Err(error) => self.fail(error),
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
