//! What a search found.

use serde::{Deserialize, Serialize};

use crate::{Client, Problem, ServerName, Subnet, SubnetKey, Timestamp};

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchAnswer {
    /// Clients, with the subnet that each is in.
    pub clients: Vec<(SubnetKey, Client)>,
    /// Subnets by prefix, name, or an address inside.
    pub subnets: Vec<Subnet>,
    /// Whether there were more than are shown.
    pub more: bool,
    /// Servers that could not be asked, each with the reason.
    pub silent: Vec<Problem>,
    /// Servers that do not answer now, and when they said what was found of theirs.
    #[serde(default)]
    pub dated: Vec<(ServerName, Timestamp)>,
}

impl SearchAnswer {
    /// Most clients that one search shows.
    pub const MOST: usize = 50;

    /// Whether this client is in the answer already. One address may have several reservations.
    pub fn holds(&self, subnet: &SubnetKey, client: &Client) -> bool {
        let row = |of: &Client| {
            let identifier = of.reservation.as_ref().map(|reservation| reservation.identifier.clone());
            (of.address, of.prefix, identifier)
        };
        self.clients.iter().any(|(key, known)| key == subnet && row(known) == row(client))
    }
}
