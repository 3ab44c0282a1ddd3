//! Servers that stand in for each other (Kea's high-availability hook), and where they differ.

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{Identifier, Problem, RawRecord, Reservation, ServerName, SubnetKey};

/// One server of a high-availability relationship, as the configurations name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Its name in Kea's configuration.
    pub name: String,
    /// Its role, in Kea's word (`primary`, `standby`, `secondary`, `backup`).
    pub role: String,
    /// The server of ours that it is; none: it is not in our configuration.
    pub server: Option<ServerName>,
    /// Its state, in Kea's word (`hot-standby`, `partner-down`), where it is known.
    pub state: Option<String>,
}

/// A high-availability relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// How they share the work, in Kea's word (`hot-standby`, `load-balancing`).
    pub mode: String,
    /// Its servers, in the order of the configuration.
    pub peers: Vec<Peer>,
}

/// A client whose reservations differ between the two servers of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The client.
    pub identifier: Identifier,
    /// Its reservation on the one server.
    pub left: Option<Reservation>,
    /// Its reservation on the other.
    pub right: Option<Reservation>,
}

/// Where the reservations of a subnet differ between two servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The subnet's prefix.
    pub prefix: IpNetwork,
    /// The subnet on the one server.
    pub left: SubnetKey,
    /// The subnet on the other; where no partner has it, itself.
    pub right: SubnetKey,
    /// The partners that do not have the subnet, where none has it.
    #[serde(default)]
    pub missing_on: Vec<ServerName>,
    /// What differs, by identifier.
    pub differences: Vec<Difference>,
    /// Why they could not be compared, where they could not.
    #[serde(default)]
    pub problem: Option<Problem>,
    /// Reservations that are not understood, and that the other side does not have word for word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<RawRecord>,
}
