//! Commands of the `lease_cmds` hook for IPv4. Every look-up is an exact match; Kea 3.0 has no other.

use std::net::Ipv4Addr;

use serde::Serialize;

use super::page::{PageSize, from_or_start};
use super::{Removal, lists};
use crate::wire::{Kept, Lease4, LeasesAnswer};
use crate::{Command, DeadlineClass, Done};

/// `lease4-get`: the lease of an address.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease4Get {
    /// The address.
    pub ip_address: Ipv4Addr,
}

impl Command for Lease4Get {
    const NAME: &'static str = "lease4-get";
    type Answer = Kept<Lease4>;
    type Reply = Option<Kept<Lease4>>;

    fn empty() -> Option<Self::Reply> {
        Some(None)
    }
}

/// `lease4-get-by-hw-address`: all leases of a hardware address.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease4GetByHwAddress {
    /// Pairs of hexadecimal digits separated by colons, the only notation that Kea takes.
    pub hw_address: String,
}

/// `lease4-get-by-client-id`: all leases of a client identifier.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease4GetByClientId {
    /// At least two bytes, as pairs of hexadecimal digits separated by colons.
    pub client_id: String,
}

/// `lease4-get-by-hostname`: all leases with this whole host name, in any case of letters.
#[derive(Clone, Debug, Serialize)]
pub struct Lease4GetByHostname {
    /// The name.
    pub hostname: String,
}

/// `lease4-get-all`: all leases of some subnets, also of such as are gone, in one answer.
#[derive(Clone, Debug, Serialize)]
pub struct Lease4GetAll {
    /// The numbers of the subnets.
    pub subnets: Vec<u32>,
}

/// `lease4-get-page`: the next leases in the order of their addresses, over all subnets.
///
/// To go through a range use [`Client::lease4_scan`](crate::Client::lease4_scan).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Lease4GetPage {
    /// Leases after this address, which itself need not exist; `None` begins at the beginning.
    #[serde(serialize_with = "from_or_start")]
    pub from: Option<Ipv4Addr>,
    /// How many.
    pub limit: PageSize,
}

lists! { LeasesAnswer<Lease4> => Lease4;
    Lease4GetByHwAddress = "lease4-get-by-hw-address",
    Lease4GetByClientId = "lease4-get-by-client-id",
    Lease4GetByHostname = "lease4-get-by-hostname",
    Lease4GetAll = "lease4-get-all",
    Lease4GetPage = "lease4-get-page",
}

/// `lease4-del`: removes the lease of an address. The partner in high availability is not notified.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease4Del {
    /// The address.
    pub ip_address: Ipv4Addr,
}

impl Command for Lease4Del {
    const NAME: &'static str = "lease4-del";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Write;
    type Answer = Done;
    type Reply = Removal;

    fn empty() -> Option<Self::Reply> {
        Some(Removal::Absent)
    }
}

/// `lease4-wipe`: forgets all leases of a subnet, also of one that is gone. The partner in high availability is not notified.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease4Wipe {
    /// The number of the subnet.
    pub subnet_id: u32,
}

impl Command for Lease4Wipe {
    const NAME: &'static str = "lease4-wipe";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Test;
    type Answer = Done;
    type Reply = Removal;

    fn empty() -> Option<Self::Reply> {
        Some(Removal::Absent)
    }
}
