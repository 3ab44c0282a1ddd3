//! Commands of the `stat_cmds` hook.

use serde::Serialize;

use crate::Command;
use crate::wire::{StatLease4Answer, SubnetStatistics};

/// `stat-lease4-get`: address counts, of all subnets or of one. With a million leases "all" costs Kea 0.15 s.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct StatLease4Get {
    /// Only this subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<u32>,
}

impl Command for StatLease4Get {
    const NAME: &'static str = "stat-lease4-get";
    type Answer = StatLease4Answer;
    type Reply = Vec<SubnetStatistics>;

    fn empty() -> Option<Self::Reply> {
        Some(Vec::new())
    }
}
