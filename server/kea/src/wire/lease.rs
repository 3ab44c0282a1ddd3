//! Leases (Kea ARM, hook library `lease_cmds`).

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Rest;

/// `valid-lft` of a lease that never expires.
pub const INFINITE: u32 = u32::MAX;

/// The values of a lease's `state`.
pub mod state {
    /// In use, or expired and not yet reclaimed.
    pub const DEFAULT: u32 = 0;
    /// A client found the address in use by somebody else.
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
    /// Free data of whoever made the lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_context: Option<Rest>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The `arguments` of every answer with several leases.
#[derive(Debug, Deserialize)]
pub struct LeasesAnswer {
    /// The leases.
    pub leases: Vec<Lease4>,
}

impl From<LeasesAnswer> for Vec<Lease4> {
    fn from(answer: LeasesAnswer) -> Self {
        answer.leases
    }
}
