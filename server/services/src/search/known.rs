//! Looks through what servers said last. Pure, but for taking hold of that.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use model::{Client, RawRecord, SearchAnswer, SearchProgress, ServerName, SubnetKey, Timestamp};

use crate::index::{self, Fit, Place, Snapshot, Snapshots, Sought, Spot, Strays};
use crate::networks::Network;

/// What is known of every network, and of what belongs to none.
pub(super) struct Known {
    sources: Vec<Source>,
    /// How many networks there are.
    networks: usize,
    strays: Vec<Arc<Strays>>,
    /// Every name that a network has, and its first one.
    names: Vec<(SubnetKey, SubnetKey)>,
}

/// The last snapshot of a network.
struct Source {
    /// The name that the network has in an answer.
    name: SubnetKey,
    /// The subnet whose snapshot it is.
    subnet: SubnetKey,
    snapshot: Arc<Snapshot>,
}

/// Whatever was found, the best first.
pub(super) struct Found {
    exact: Vec<(SubnetKey, Client)>,
    hits: Vec<(Fit, usize, Spot)>,
    strays: Vec<(SubnetKey, Client)>,
    sources: Vec<Source>,
    now: Timestamp,
}

impl Known {
    /// What is known of these servers and networks now.
    pub(super) fn of(snapshots: &Snapshots, servers: &[ServerName], networks: &[Network]) -> Self {
        let source = |network: &Network| {
            let (subnet, snapshot) = snapshots.last_of_network(network)?;
            Some(Source { name: network.first().key.clone(), subnet: subnet.key.clone(), snapshot })
        };
        let names = networks.iter().flat_map(|network| {
            let first = &network.first().key;
            network.keys().map(move |key| (key.clone(), first.clone()))
        });
        Self {
            sources: networks.iter().filter_map(source).collect(),
            networks: networks.iter().filter(|network| !network.first().key.is_global()).count(),
            strays: servers.iter().map(|server| snapshots.known_strays(server)).collect(),
            names: names.collect(),
        }
    }

    /// How much that is.
    pub(super) fn progress(&self, answering: &BTreeSet<ServerName>) -> SearchProgress {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let subnets = self.sources.iter().filter(|source| !source.subnet.is_global());
        // What servers said that do not answer is dated by itself.
        let live = self.sources.iter().filter(|source| answering.contains(&source.subnet.server));
        SearchProgress {
            searched: count(subnets.count()),
            of: count(self.networks),
            as_of: live.map(|source| source.snapshot.as_of).min(),
            under_way: false,
        }
    }

    /// The records that are not understood and have the text (in lower case) in them.
    pub(super) fn raw(&self, text: &str) -> Vec<RawRecord> {
        let of_subnets = self.sources.iter().flat_map(|source| &source.snapshot.raw);
        let all = of_subnets.chain(self.strays.iter().flat_map(|strays| &strays.raw));
        let mut seen = HashSet::new();
        let found = all.filter(|raw| raw.mentions(text) && seen.insert(*raw));
        found.take(SearchAnswer::MOST).cloned().collect()
    }

    /// What mentions the text, after what was found exactly.
    pub(super) fn find(self, sought: &Sought, exact: Vec<(SubnetKey, Client)>, now: Timestamp) -> Found {
        let there: HashSet<_> = exact.iter().filter_map(|(name, client)| Some((name, place_of(client)?))).collect();
        let unaddressed = |source: &Source, at: usize| {
            let identifier = source.snapshot.reservations.get(at).map(|known| &known.identifier);
            exact.iter().any(|(name, client)| {
                let known = client.reservation.as_ref().map(|known| &known.identifier);
                *name == source.name && place_of(client).is_none() && known == identifier
            })
        };
        let mut hits = Vec::new();
        for (number, source) in self.sources.iter().enumerate() {
            let found = source.snapshot.texts(&source.subnet).find(sought).into_iter();
            let new = found.filter(|(spot, _)| match spot {
                Spot::Place(place) => !there.contains(&(&source.name, *place)),
                Spot::Unaddressed(at) => !unaddressed(source, *at),
            });
            hits.extend(new.map(|(spot, fit)| (fit, number, spot)));
        }
        hits.sort_unstable();
        let strays = self.strays(sought, &exact, now);
        Found { exact, hits, strays, sources: self.sources, now }
    }

    /// What belongs to no subnet, and leases that lie outside of their subnet: no snapshot has these.
    fn strays(&self, sought: &Sought, exact: &[(SubnetKey, Client)], now: Timestamp) -> Vec<(SubnetKey, Client)> {
        let mut found: Vec<(SubnetKey, Client)> = Vec::new();
        for strays in &self.strays {
            let leases = strays.leases.iter().filter(|lease| !self.shows(&lease.subnet, Place::of_lease(lease)));
            let leases = leases.map(|lease| {
                let place = Place::of_lease(lease);
                (&lease.subnet, index::client(Some(place), Some(lease.clone()), None, None, now))
            });
            let reservations = strays.reservations.iter().flat_map(|reservation| {
                let row = |place| index::client(place, None, Some(reservation.clone()), None, now);
                Place::all_of(reservation).into_iter().map(move |place| (&reservation.subnet, row(place)))
            });
            for (subnet, client) in leases.chain(reservations) {
                let name = self.names.iter().find(|(key, _)| key == subnet).map_or(subnet, |(_, name)| name);
                let mentions = index::of_client(&client).iter().any(|field| field.mentions(sought));
                let known = exact.iter().chain(&found).any(|known| known.0 == *name && is_same(&known.1, &client));
                if mentions && !known {
                    found.push((name.clone(), client));
                }
            }
        }
        found
    }

    /// Whether the snapshot of that subnet has the place.
    fn shows(&self, subnet: &SubnetKey, place: Place) -> bool {
        let source = self.sources.iter().find(|source| source.subnet == *subnet);
        source.is_some_and(|source| source.snapshot.lease_of(place).is_some())
    }
}

impl Found {
    /// How many clients there are.
    pub(super) fn total(&self) -> usize {
        self.exact.len() + self.hits.len() + self.strays.len()
    }

    /// A page of them, from that one on.
    pub(super) fn page(self, offset: usize) -> Vec<(SubnetKey, Client)> {
        let Self { exact, hits, strays, sources, now } = self;
        let row = |(_, number, spot): (Fit, usize, Spot)| {
            let source: &Source = &sources[number];
            let rows = match spot {
                Spot::Place(place) => index::rows_at(&source.snapshot, place, now),
                Spot::Unaddressed(at) => index::row_unaddressed(&source.snapshot, at, now).into_iter().collect(),
            };
            let own = |client: &Client| client.subnets().any(|subnet| *subnet == source.subnet);
            rows.into_iter().filter(own).map(|client| (source.name.clone(), client)).collect::<Vec<_>>()
        };
        let exact = exact.into_iter().map(|one| vec![one]);
        let strays = strays.into_iter().map(|one| vec![one]);
        let all = exact.map(Either::Rows).chain(hits.into_iter().map(Either::Hit)).chain(strays.map(Either::Rows));
        let page = all.skip(offset).take(SearchAnswer::MOST);
        let rows = page.flat_map(|one| match one {
            Either::Rows(rows) => rows,
            Either::Hit(hit) => row(hit),
        });
        rows.map(|(name, client)| (name, index::with_vendor(client))).collect()
    }
}

/// Rows, or where they are: only those of the page are put together.
enum Either {
    Rows(Vec<(SubnetKey, Client)>),
    Hit((Fit, usize, Spot)),
}

fn place_of(client: &Client) -> Option<Place> {
    client.address.map(Place::Address).or(client.prefix.map(Place::Prefix))
}

/// Whether both are the same row. One address may have several reservations.
fn is_same(one: &Client, other: &Client) -> bool {
    let row = |of: &Client| (place_of(of), of.reservation.as_ref().map(|reservation| reservation.identifier.clone()));
    row(one) == row(other)
}
