//! Finding anything: exact keys are asked live, parts of them are looked for in the last snapshots.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use model::{
    Client, Hold, HoldKey, HwAddress, Identifier, IdentifierKind, Ipv6Network, Lease, Permission, Problem, Reservation,
    SearchAnswer, ServerName, Subnet, SubnetKey,
};

use crate::index::{self, Freshness, Place, Snapshots};
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
}

/// Holds by what they are on.
type HoldsByKey = Arc<HashMap<HoldKey, Hold>>;

/// Leases and reservations by where they are: the rows of an answer. Reservations without an address or a prefix are
/// kept by their identifier.
#[derive(Default)]
struct Found {
    leases: BTreeMap<(SubnetKey, Place), Lease>,
    reservations: BTreeMap<(SubnetKey, Option<Place>, Identifier), Reservation>,
}

impl Search {
    pub(crate) fn new(ports: &Ports, snapshots: Snapshots) -> Self {
        Self { dhcp: ports.dhcp.clone(), store: ports.store.clone(), clock: ports.clock.clone(), snapshots }
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
        let (subnets, silent) = self.snapshots.all_subnets().await;
        let subnets = Arc::new(subnets);
        answer.silent = silent;
        self.add_exact(&text, &subnets, &mut answer).await?;
        self.add_partial(&text, &subnets, &mut answer).await;
        answer.subnets = subnets.iter().filter(|subnet| is_meant(subnet, &text)).take(MOST_SUBNETS).cloned().collect();
        answer.more = answer.clients.len() > SearchAnswer::MOST;
        answer.clients.truncate(SearchAnswer::MOST);
        let dated = |server: ServerName| Some((server.clone(), self.snapshots.dated(&server)?));
        answer.dated = self.dhcp.names().into_iter().filter_map(dated).collect();
        Ok(answer)
    }

    /// Whatever has exactly this address, identifier or name, as each server says now, all of them asked side by side.
    async fn add_exact(&self, text: &str, subnets: &Arc<Vec<Subnet>>, answer: &mut SearchAnswer) -> Result<()> {
        let holds = self.store.running_holds(None, self.clock.now()).await?;
        let holds: HoldsByKey = Arc::new(holds.into_iter().map(|hold| (hold.key.clone(), hold)).collect());
        let names = self.dhcp.names();
        let asked = names.iter().map(|server| {
            let (this, text, on) = (self.clone(), text.to_owned(), server.clone());
            let (subnets, holds) = (subnets.clone(), holds.clone());
            let found = async move {
                let mut found = Found::default();
                let asked = this.exact_on(&on, &text, &subnets, &mut found).await;
                // What was found before it fell silent was found.
                Ok((this.join(found, &holds).await?, asked.err()))
            };
            patiently(&self.dhcp, server, found)
        });
        for found in futures::future::join_all(asked).await {
            let failed = match found {
                Ok((clients, failed)) => {
                    answer.clients.extend(clients);
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
        Ok(())
    }

    async fn exact_on(&self, server: &ServerName, text: &str, subnets: &[Subnet], found: &mut Found) -> Result<()> {
        if let Ok(address) = text.parse::<IpAddr>() {
            found.add_leases(self.dhcp.lease_at(server, address).await?);
            for subnet in
                subnets.iter().filter(|subnet| subnet.key.server == *server && subnet.prefix.contains(address))
            {
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
    async fn add_partial(&self, text: &str, subnets: &[Subnet], answer: &mut SearchAnswer) {
        let now = self.clock.now();
        for subnet in subnets {
            // A server that does not answer was named already; what it said last is better than nothing.
            let Ok(snapshot) = self.snapshots.shown(subnet, Freshness::Search).await else { continue };
            for row in index::rows(subnet, &snapshot, index::Blacklist::default(), now) {
                let model::AddressRow::Client(client) = row else { continue };
                if !index::client_mentions(&client, text) || answer.holds(&subnet.key, &client) {
                    continue;
                }
                answer.clients.push((subnet.key.clone(), *client));
                if answer.clients.len() > SearchAnswer::MOST {
                    return;
                }
            }
        }
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
        || named(&subnet.shared_network)
        || text.parse().is_ok_and(|address: IpAddr| subnet.prefix.contains(address))
}
