//! What a search waits for: a moment for the sweeps that it began.

use std::sync::Arc;
use std::time::Duration;

use model::Seconds;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::index::Snapshots;
use crate::ports::Dhcp;

/// How old what a server said may be before it is read anew.
const MAX_AGE: Seconds = Seconds(30);

/// The same where leases came or went since: each key that somebody types is a search.
const MOVED: Seconds = Seconds(2);

/// How long a search waits where there is something to look through already: small servers are read anew in that time.
const BRIEFLY: Duration = Duration::from_millis(150);

/// How long it waits where some subnet was never read.
const AT_FIRST: Duration = Duration::from_millis(500);

/// The sweeps of all servers that a search has to do with.
pub(super) struct Sweeps {
    under_way: Vec<watch::Receiver<bool>>,
    begun: Instant,
}

impl Sweeps {
    /// Has servers swept where what is known of them is old, or leases came or went since.
    pub(super) fn begin(dhcp: &Arc<dyn Dhcp>, snapshots: &Snapshots) -> Self {
        let sweep = |server| {
            let moved = snapshots.has_moved(&server);
            snapshots.sweep(&server, if moved { MOVED } else { MAX_AGE })
        };
        Self { under_way: dhcp.names().into_iter().map(sweep).collect(), begun: Instant::now() }
    }

    /// Waits until all have ended, or it is time to go on without them. `enough`: whether there is something to show already.
    pub(super) async fn wait(&self, enough: bool) {
        let patience = if enough { BRIEFLY } else { AT_FIRST };
        let ended = self.under_way.iter().cloned().map(|mut one| async move {
            drop(one.wait_for(|under_way| !under_way).await);
        });
        drop(timeout_at(self.begun + patience, futures::future::join_all(ended)).await);
    }

    /// Whether one is under way still.
    pub(super) fn are_under_way(&self) -> bool {
        self.under_way.iter().any(|one| *one.borrow())
    }
}
