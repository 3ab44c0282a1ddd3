//! Pictures: what each server said last of its subnets, and when it was true.
//!
//! Kea can neither sort nor filter nor search by a part of anything, so lists and searches work on pictures. What
//! decides about an address is never taken from a picture alone: it is asked again, live.

mod merge;

use std::collections::HashMap;
use std::sync::Arc;

use model::{Lease, Problem, Reservation, Seconds, ServerName, Subnet, SubnetKey, Timestamp};
use tokio::sync::Mutex;

pub(crate) use merge::{client, client_mentions, page, rows};

use crate::ports::{Clock, Dhcp};
use crate::{Error, Ports, Result};

/// How old the list of subnets may be. A subnet that is not in it is looked for again at once.
const SUBNETS_MAX_AGE: Seconds = Seconds(10);

/// A subnet with all its leases and reservations.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// By address.
    pub(crate) leases: Vec<Lease>,
    /// In the server's order.
    pub(crate) reservations: Vec<Reservation>,
    /// When the server said so.
    pub(crate) as_of: Timestamp,
}

/// How fresh a picture must be. Walking a large subnet costs its server time, so large pictures may be older: never
/// more than about 2 % of the server's time goes into them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Taken for this very question.
    Now,
    /// For a page that somebody looks at: 3 seconds, and 1 more for each 5,000 records.
    Page,
    /// For finding something: 30 seconds, and 1 more for each 1,000 records.
    Search,
}

impl Freshness {
    /// `moved`: when the server was last seen to have more or fewer leases than before. A page is shown that soon, unless
    /// the subnet is so large that it would be walked all the time.
    fn accepts(self, picture: &Picture, moved: Option<Timestamp>, now: Timestamp) -> bool {
        let records = i64::try_from(picture.leases.len() + picture.reservations.len()).unwrap_or(i64::MAX);
        let age = now.since(picture.as_of).0;
        match self {
            Self::Now => false,
            Self::Page if moved.is_some_and(|moved| picture.as_of <= moved) => age < records / 5_000,
            Self::Page => age < 3 + records / 5_000,
            Self::Search => age < 30 + records / 1_000,
        }
    }
}

/// One value for each key; whoever asks for a value while it is being fetched waits for it.
type Slots<K, T> = Arc<Mutex<HashMap<K, Arc<Mutex<Option<T>>>>>>;

/// Every picture that was taken and is still of use. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pictures {
    dhcp: Arc<dyn Dhcp>,
    clock: Arc<dyn Clock>,
    servers: Slots<ServerName, (Arc<Vec<Subnet>>, Timestamp)>,
    subnets: Slots<SubnetKey, Arc<Picture>>,
    /// When something was last seen to move in a subnet, or (none) in all of them.
    moved: Arc<Mutex<HashMap<Option<SubnetKey>, Timestamp>>>,
}

impl Pictures {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self {
            dhcp: ports.dhcp.clone(),
            clock: ports.clock.clone(),
            servers: Arc::default(),
            subnets: Arc::default(),
            moved: Arc::default(),
        }
    }

    /// The subnets of a server, at most ten seconds old.
    pub(crate) async fn subnets(&self, server: &ServerName) -> Result<Arc<Vec<Subnet>>> {
        self.subnets_since(server, self.clock.now().plus(Seconds(-SUBNETS_MAX_AGE.0))).await
    }

    async fn subnets_since(&self, server: &ServerName, since: Timestamp) -> Result<Arc<Vec<Subnet>>> {
        if !self.dhcp.names().contains(server) {
            return Err(Error::not_found(format!("the server “{server}”")));
        }
        let slot = self.servers.lock().await.entry(server.clone()).or_default().clone();
        let mut known = slot.lock().await;
        if let Some((subnets, as_of)) = &*known
            && *as_of > since
        {
            return Ok(subnets.clone());
        }
        let subnets = Arc::new(self.dhcp.subnets(server).await?);
        *known = Some((subnets.clone(), self.clock.now()));
        Ok(subnets)
    }

    /// The subnets of every server, by prefix, and why those of some are missing.
    pub(crate) async fn all_subnets(&self) -> (Vec<Subnet>, Vec<Problem>) {
        let names = self.dhcp.names();
        let answers = futures::future::join_all(names.iter().map(|server| self.subnets(server))).await;
        let (mut subnets, mut silent) = (Vec::new(), Vec::new());
        for answer in answers {
            match answer {
                Ok(found) => subnets.extend(found.iter().cloned()),
                Err(error) => silent.push(error.into()),
            }
        }
        subnets.sort_by_key(|subnet| (subnet.prefix, subnet.key.clone()));
        (subnets, silent)
    }

    /// One subnet; looked for anew when it is not known yet.
    pub(crate) async fn subnet(&self, key: &SubnetKey) -> Result<Subnet> {
        let find = |subnets: &[Subnet]| subnets.iter().find(|subnet| subnet.key == *key).cloned();
        if let Some(subnet) = find(&self.subnets(&key.server).await?) {
            return Ok(subnet);
        }
        let anew = self.subnets_since(&key.server, self.clock.now().plus(Seconds(1))).await?;
        find(&anew).ok_or_else(|| Error::not_found(format!("subnet {} of the server “{}”", key.id, key.server)))
    }

    /// The picture of a subnet. Of several who ask at once only one lets the server work.
    pub(crate) async fn of(&self, subnet: &Subnet, freshness: Freshness) -> Result<Arc<Picture>> {
        let slot = self.subnets.lock().await.entry(subnet.key.clone()).or_default().clone();
        let mut known = slot.lock().await;
        let moved = {
            let moved = self.moved.lock().await;
            moved.get(&Some(subnet.key.clone())).max(moved.get(&None)).copied()
        };
        if let Some(picture) = known.as_ref().filter(|picture| freshness.accepts(picture, moved, self.clock.now())) {
            return Ok(picture.clone());
        }
        let as_of = self.clock.now();
        let reservations = self.dhcp.reservations_in(&subnet.key).await?;
        let leases = self.dhcp.leases_in(subnet).await?;
        let picture = Arc::new(Picture { leases, reservations, as_of });
        *known = Some(picture.clone());
        Ok(picture)
    }

    /// Notes that leases of a subnet, or (none) servers and subnets, came or went by themselves.
    pub(crate) async fn note_move(&self, key: Option<SubnetKey>) {
        self.moved.lock().await.insert(key, self.clock.now());
    }

    /// Throws the picture of a subnet away, because it was just changed.
    pub(crate) async fn forget(&self, key: &SubnetKey) {
        let slot = self.subnets.lock().await.get(key).cloned();
        if let Some(slot) = slot {
            *slot.lock().await = None;
        }
    }
}
