//! Commands of the `stat_cmds` hook.

use serde::Serialize;

use super::lists;
use crate::wire::{StatLeaseAnswer, SubnetStatistics};

/// `stat-lease4-get`: address counts, of all subnets or of one. With a million leases "all" costs Kea 0.15 s.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct StatLease4Get {
    /// Only this subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<u32>,
}

/// `stat-lease6-get`: counts of addresses and prefixes, of all subnets or of one.
///
/// Not counted are temporary addresses (`IA_TA`) and registered ones.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct StatLease6Get {
    /// Only this subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<u32>,
}

lists! { StatLeaseAnswer => SubnetStatistics;
    StatLease4Get = "stat-lease4-get",
    StatLease6Get = "stat-lease6-get",
}
