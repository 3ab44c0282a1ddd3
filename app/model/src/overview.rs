//! The first page.

use serde::{Deserialize, Serialize};

use crate::{Finding, Hold, ServerStatus, SubnetSummary};

/// How everything is, at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The servers.
    pub servers: Vec<ServerStatus>,
    /// The fullest subnets, fullest first.
    pub fullest: Vec<SubnetSummary>,
    /// How many subnets there are.
    pub subnets: u32,
    /// How many addresses are leased.
    pub leases: u64,
    /// Addresses that are held back now.
    pub holds: Vec<Hold>,
    /// What of Nestor itself needs attention, such as its own certificates.
    #[serde(default)]
    pub own: Vec<Finding>,
}
