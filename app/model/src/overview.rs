//! The first page.

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{AddressRange, CheckSummary, Finding, Hold, Pair, ServerName, ServerStatus, SubnetKey, SubnetSummary};

/// How everything is, at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The servers.
    pub servers: Vec<ServerStatus>,
    /// The high-availability relationships of these servers, each once.
    #[serde(default)]
    pub pairs: Vec<Pair>,
    /// The fullest subnets, fullest first.
    pub fullest: Vec<SubnetSummary>,
    /// What of subnets needs attention, the worst first.
    #[serde(default)]
    pub concerns: Vec<SubnetConcern>,
    /// How many more of these there are.
    #[serde(default)]
    pub more_concerns: u32,
    /// How many calls of Foreman were refused or failed within the last day.
    #[serde(default)]
    pub refused_calls: u64,
    /// How many subnets there are.
    pub subnets: u32,
    /// How many addresses are leased.
    pub leases: u64,
    /// Addresses that are held back now.
    pub holds: Vec<Hold>,
    /// What of Nestor itself needs attention, such as its own certificates.
    #[serde(default)]
    pub own: Vec<Finding>,
    /// What the last check found of servers, where it found something that is said nowhere else.
    #[serde(default)]
    pub checks: Vec<CheckSummary>,
}

/// Something of a subnet that needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetConcern {
    /// The subnet.
    pub subnet: SubnetKey,
    /// Its prefix.
    pub prefix: IpNetwork,
    /// The servers that have it, each with its number for it.
    pub members: Vec<(ServerName, u32)>,
    /// What it is.
    pub what: Shortage,
}

/// Why clients of a subnet get no address, or soon will not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shortage {
    /// Its pools are full, or nearly.
    Addresses {
        /// How much of the pools is leased, in percent.
        percent: u8,
        /// How many addresses are left.
        free: u64,
        /// What would help, in the server's configuration; none: nothing that is known from here.
        remedy: Option<Remedy>,
    },
    /// Its prefix pools are, in IPv6.
    Prefixes {
        /// How much of the prefix pools is delegated, in percent.
        percent: u8,
        /// How many prefixes are left.
        free: u64,
    },
    /// Clients found many of its addresses in use by other devices.
    Declined {
        /// How many.
        count: u64,
    },
}

/// What makes room in a subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// One more pool, of addresses that are in none yet.
    Pool(AddressRange),
    /// Leases that last so many seconds.
    Lifetime(u32),
}
