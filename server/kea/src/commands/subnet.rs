//! Commands of the `subnet_cmds` hook.

use serde::Serialize;

use super::lists;
use crate::wire::{SubnetListing, SubnetsAnswer};

/// `subnet4-list`: id, prefix and shared network of every IPv4 subnet; cheap, unlike the whole configuration.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Subnet4List;

/// `subnet6-list`: the same of every IPv6 subnet.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Subnet6List;

lists! { SubnetsAnswer => SubnetListing;
    Subnet4List = "subnet4-list",
    Subnet6List = "subnet6-list",
}
