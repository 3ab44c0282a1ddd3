//! Commands of the `lease_cmds` hook for IPv6. Every look-up is an exact match; Kea 3.0 has no other.

use std::net::Ipv6Addr;

use serde::Serialize;

use super::page::{PageSize, from_or_start};
use super::{Removal, lists};
use crate::wire::{Kept, Lease6, Lease6Type, LeasesAnswer};
use crate::{Command, DeadlineClass, Done};

/// `lease6-get`: the lease of an address, or of the prefix that begins with it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease6Get {
    /// The address; a prefix is not found by an address inside of it.
    pub ip_address: Ipv6Addr,
    /// What is looked for: the prefix is not found as an address, nor the other way round.
    #[serde(rename = "type")]
    pub kind: Lease6Type,
}

impl Command for Lease6Get {
    const NAME: &'static str = "lease6-get";
    type Answer = Kept<Lease6>;
    type Reply = Option<Kept<Lease6>>;

    fn empty() -> Option<Self::Reply> {
        Some(None)
    }
}

/// `lease6-get-by-duid`: all leases of a client, addresses and prefixes.
#[derive(Clone, Debug, Serialize)]
pub struct Lease6GetByDuid {
    /// At least three bytes, as pairs of hexadecimal digits separated by colons.
    pub duid: String,
}

/// `lease6-get-by-hostname`: all leases with this whole host name, in any case of letters.
#[derive(Clone, Debug, Serialize)]
pub struct Lease6GetByHostname {
    /// The name.
    pub hostname: String,
}

/// `lease6-get-by-hw-address`: all leases of a hardware address, as far as Kea learnt it.
///
/// It came with Kea 3.1.1. Kea 3.0 does not know it (`Unsupported`): see whether the daemon
/// [offers](crate::Capabilities::offers) it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease6GetByHwAddress {
    /// Pairs of hexadecimal digits separated by colons.
    pub hw_address: String,
}

/// `lease6-get-all`: all leases of some subnets, also of such as are gone, in one answer.
#[derive(Clone, Debug, Serialize)]
pub struct Lease6GetAll {
    /// The numbers of the subnets.
    pub subnets: Vec<u32>,
}

/// `lease6-get-page`: the next leases over all subnets, addresses and prefixes among each other, in the order of their
/// addresses. With a memfile an address has one lease at most, whatever its type.
///
/// To go through a range use [`Client::lease6_scan`](crate::Client::lease6_scan).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Lease6GetPage {
    /// Leases after this address, which itself need not exist; `None` begins at the beginning.
    #[serde(serialize_with = "from_or_start")]
    pub from: Option<Ipv6Addr>,
    /// How many.
    pub limit: PageSize,
}

lists! { LeasesAnswer<Lease6> => Lease6;
    Lease6GetByDuid = "lease6-get-by-duid",
    Lease6GetByHostname = "lease6-get-by-hostname",
    Lease6GetByHwAddress = "lease6-get-by-hw-address",
    Lease6GetAll = "lease6-get-all",
    Lease6GetPage = "lease6-get-page",
}

/// `lease6-del`: removes the lease of an address or of a prefix. The partner in high availability is not notified.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease6Del {
    /// The address, or where the prefix begins.
    pub ip_address: Ipv6Addr,
    /// What is to be removed: of another type, there is nothing.
    #[serde(rename = "type")]
    pub kind: Lease6Type,
}

impl Command for Lease6Del {
    const NAME: &'static str = "lease6-del";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Write;
    type Answer = Done;
    type Reply = Removal;

    fn empty() -> Option<Self::Reply> {
        Some(Removal::Absent)
    }
}

/// `lease6-wipe`: forgets all leases of a subnet, also of one that is gone, and those of its prefixes. The partner in high
/// availability is not notified.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease6Wipe {
    /// The number of the subnet.
    pub subnet_id: u32,
}

impl Command for Lease6Wipe {
    const NAME: &'static str = "lease6-wipe";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Test;
    type Answer = Done;
    type Reply = Removal;

    fn empty() -> Option<Self::Reply> {
        Some(Removal::Absent)
    }
}
