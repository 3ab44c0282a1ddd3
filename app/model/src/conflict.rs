//! What stands against a reservation.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{AddressRange, HoldKey, ReservationKey, ServerName, SubnetKey};

/// How bad a conflict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; the reservation works.
    Warns,
    /// The reservation would break something: it is not made.
    Blocks,
}

/// The record that a conflict comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Another reservation.
    Reservation {
        /// Which.
        key: ReservationKey,
        /// Its address.
        address: Option<IpAddr>,
        /// Its host name.
        host_name: Option<String>,
    },
    /// A lease.
    Lease {
        /// In which subnet.
        subnet: SubnetKey,
        /// On which address; of a prefix the first one.
        address: IpAddr,
    },
    /// A hold.
    Hold(HoldKey),
    /// A range that is excluded.
    Exclusion(AddressRange),
    /// A pool.
    Pool(AddressRange),
    /// How the subnet is configured.
    Subnet(SubnetKey),
    /// How the server is configured.
    Server(ServerName),
}

/// One thing that stands against a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// How bad it is.
    pub severity: Severity,
    /// The field of the reservation that is concerned.
    pub field: String,
    /// What is wrong, naming the record that causes it.
    pub text: String,
    /// The way out.
    pub advice: String,
    /// The record that causes it.
    #[serde(default)]
    pub cause: Option<Cause>,
}
