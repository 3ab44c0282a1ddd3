//! Leases (Kea ARM, hook library `lease_cmds`).

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::{Record, Records, Rest};

/// `valid-lft` of a lease that never expires.
pub const INFINITE: u32 = u32::MAX;

/// The values of a lease's `state`.
pub mod state {
    /// In use, or expired and not yet reclaimed.
    pub const DEFAULT: u32 = 0;
    /// A client found the address in use by another one.
    pub const DECLINED: u32 = 1;
    /// Expired, kept so that the client may get the same address again.
    pub const EXPIRED_RECLAIMED: u32 = 2;
    /// Given back by the client.
    pub const RELEASED: u32 = 3;
    /// Registered address (IPv6 only).
    pub const REGISTERED: u32 = 4;
}

/// An IPv4 lease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease4 {
    /// The address.
    pub ip_address: Ipv4Addr,
    /// The subnet that it was given from; may no longer exist, or be another subnet of the same number.
    pub subnet_id: u32,
    /// Lower-case pairs of hexadecimal digits separated by colons; empty for a declined address.
    #[serde(default)]
    pub hw_address: String,
    /// Option 61, spelt like the hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// When the client was last heard, in seconds since 1970.
    pub cltt: i64,
    /// For how long it is valid after `cltt`, in seconds; [`INFINITE`] is for ever.
    pub valid_lft: u32,
    /// See [`state`]. An expired lease keeps 0 until Kea reclaims it.
    pub state: u32,
    /// Lower-case; empty if there is none. It may hold any characters, also hostile ones.
    #[serde(default)]
    pub hostname: String,
    /// Whether the name was put into DNS.
    #[serde(default)]
    pub fqdn_fwd: bool,
    /// Whether the reverse name was put into DNS.
    #[serde(default)]
    pub fqdn_rev: bool,
    /// Free data of the lease's creator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context: Option<Rest>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Rest,
}

/// What an IPv6 lease gives to a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lease6Type {
    /// An address.
    #[default]
    #[serde(rename = "IA_NA")]
    Address,
    /// A temporary address; Kea gives none out, but keeps those that are added by command.
    #[serde(rename = "IA_TA")]
    Temporary,
    /// A prefix.
    #[serde(rename = "IA_PD")]
    Prefix,
}

/// An IPv6 lease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease6 {
    /// The address, or where the prefix begins.
    pub ip_address: Ipv6Addr,
    /// What it gives.
    #[serde(rename = "type")]
    pub kind: Lease6Type,
    /// Of how many bits the prefix is; none for an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_len: Option<u8>,
    /// The subnet that it was given from; may no longer exist, or be another subnet of the same number. A prefix as a
    /// rule is not inside of the subnet.
    pub subnet_id: u32,
    /// The client: lower-case pairs of hexadecimal digits separated by colons, at least three. Kea's source has
    /// `00:00:00` for a lease without a client, such as a declined one.
    pub duid: String,
    /// Which of the client's associations it belongs to. One may have several leases.
    pub iaid: u32,
    /// The client's hardware address, where Kea could learn it; spelt like the DUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hw_address: Option<String>,
    /// When the client was last heard, in seconds since 1970.
    pub cltt: i64,
    /// For how long it is valid after `cltt`, in seconds; [`INFINITE`] is for ever.
    pub valid_lft: u32,
    /// For how long clients may begin anything new with it after `cltt`, in seconds; [`INFINITE`] is for ever.
    pub preferred_lft: u32,
    /// See [`state`]. An expired lease keeps 0 until Kea reclaims it.
    pub state: u32,
    /// Lower-case; empty if there is none. It may hold any characters, also hostile ones.
    #[serde(default)]
    pub hostname: String,
    /// Whether the name was put into DNS.
    #[serde(default)]
    pub fqdn_fwd: bool,
    /// Whether the reverse name was put into DNS.
    #[serde(default)]
    pub fqdn_rev: bool,
    /// Free data of the lease's creator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context: Option<Rest>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The `arguments` of every answer with several leases, [`Lease4`] or [`Lease6`].
#[derive(Debug, Deserialize)]
#[serde(bound = "L: Record")]
pub struct LeasesAnswer<L> {
    /// The leases.
    pub leases: Records<L>,
}

impl Record for Lease4 {}
impl Record for Lease6 {}

impl<L> From<LeasesAnswer<L>> for Records<L> {
    fn from(answer: LeasesAnswer<L>) -> Self {
        answer.leases
    }
}
