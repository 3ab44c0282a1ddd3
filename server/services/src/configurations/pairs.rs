//! What the two servers of a pair have otherwise, and should not.

use keaconf::{Document, PairFinding, review_pair};
use model::ServerName;

use crate::ports::Dhcp;

/// A partner of a server.
pub(crate) struct PairPartner {
    /// Its name.
    pub(crate) name: ServerName,
    /// Whether one of the two is of several pairs: then each has subnets that the other one has not.
    pub(crate) several: bool,
}

/// The rules on what is the same for all pairs that a server is in.
const OF_ALL_PAIRS: [&str; 2] = ["pair-classes", "pair-hooks"];

impl PairPartner {
    /// The partners of a server.
    pub(crate) async fn of(dhcp: &dyn Dhcp, server: &ServerName) -> Vec<Self> {
        let names = dhcp.partners(server).await;
        let several = names.len() > 1;
        let each = names.into_iter().map(|name| async move {
            let several = several || dhcp.partners(&name).await.len() > 1;
            Self { name, several }
        });
        futures::future::join_all(each).await
    }

    /// What it has otherwise than its partner, of what both must have alike.
    pub(crate) fn findings(&self, own: &Document, theirs: &Document) -> Vec<PairFinding> {
        let found = review_pair(own, theirs, self.name.as_str()).into_iter();
        found.filter(|found| !self.several || OF_ALL_PAIRS.contains(&found.finding.rule)).collect()
    }
}
