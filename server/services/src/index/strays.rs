//! Leases and reservations that belong to no subnet of their server. To find them, all of its leases are gone through:
//! seldom, slowly, and without a caller that waits for long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock};
use std::time::{Duration, Instant};

use model::{Lease, Reservation, ServerName};
use tokio::time::timeout;

use super::{Snapshots, lock};
use crate::Result;
use crate::ports::Contact;
use crate::unseen::Unseen;

/// How long what was found is good at least.
const GOOD_FOR: Duration = Duration::from_mins(1);

/// How many times as long as the search took it is good at least: it takes 2 % of a server's time at most.
const TIMES_AS_LONG: u32 = 50;

/// How long the first caller waits.
const WAIT: Duration = Duration::from_secs(1);

/// What belongs to no subnet of a server.
#[derive(Debug, Default)]
pub(crate) struct Strays {
    /// Those whose subnet is gone, or does not reach to their address.
    pub(crate) leases: Vec<Lease>,
    /// Those of subnets that are gone.
    pub(crate) reservations: Vec<Reservation>,
}

/// What was found last on each server.
pub(super) type Known = Arc<Lock<HashMap<ServerName, Search>>>;

/// The last search on a server.
#[derive(Default)]
pub(super) struct Search {
    found: Arc<Strays>,
    /// Until when that is good; none: nothing was found yet.
    good_until: Option<Instant>,
    under_way: bool,
}

impl Snapshots {
    /// What belongs to no subnet of the server, as far as it is known: nothing, until a search has ended.
    pub(crate) async fn strays(&self, server: &ServerName) -> Arc<Strays> {
        let begins = {
            let mut known = lock(&self.strays);
            let search = known.entry(server.clone()).or_default();
            let good = search.good_until.is_some_and(|until| Instant::now() < until);
            let begins = !good && !search.under_way && self.dhcp.contact(server) == Contact::Answering;
            search.under_way |= begins;
            begins
        };
        if begins {
            let (this, of) = (self.clone(), server.clone());
            let search = tokio::spawn(async move { this.search_strays(&of).await });
            // A caller that comes while a long one is under way gets what was found before.
            tokio::select! {
                _ = timeout(WAIT, search) => {}
                () = self.dhcp.quiet(server) => {}
            }
        }
        lock(&self.strays).get(server).map(|search| search.found.clone()).unwrap_or_default()
    }

    async fn search_strays(&self, server: &ServerName) {
        let begun = Instant::now();
        let found = self.find_strays(server).await;
        let mut known = lock(&self.strays);
        let search = known.entry(server.clone()).or_default();
        search.under_way = false;
        search.good_until = Some(Instant::now() + GOOD_FOR.max(begun.elapsed() * TIMES_AS_LONG));
        match found {
            Ok(found) => search.found = Arc::new(found),
            Err(error) => tracing::debug!(%server, %error, "leases without a subnet could not be looked for"),
        }
    }

    async fn find_strays(&self, server: &ServerName) -> Result<Strays> {
        let mut unseen = Unseen::default();
        let leases = unseen.or_nothing(self.dhcp.stray_leases(server).await)?;
        let reservations = unseen.or_nothing(self.dhcp.stray_reservations(server).await)?;
        Ok(Strays { leases, reservations })
    }
}
