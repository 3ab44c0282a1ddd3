//! The DHCP servers, in our own words.
//!
//! Every method answers what the server holds *now*. Errors are [`Error::Unreachable`], [`Error::Refused`],
//! [`Error::Unsupported`], and for changes also [`Error::Unknown`] and [`Error::NotSaved`].

use std::net::IpAddr;

use async_trait::async_trait;
use changes::{Edit, Verbatim};
use model::{
    Family, Identifier, Ipv6Network, Lease, Reservation, ServerName, ServerStatus, Storage, Subnet, SubnetKey,
    Timestamp, Utilization,
};

#[cfg(doc)]
use crate::Error;
use crate::Result;

/// What a change that was made left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// How the reservation is now; none: it is gone.
    pub now: Option<(Reservation, Verbatim)>,
    /// How it was before, in the server's words; none: it was not there.
    pub was: Option<Verbatim>,
}

/// One life of a server, with one configuration: another one begins when it is started again or configured anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Its process.
    pub process: u64,
    /// When its configuration was loaded.
    pub loaded_at: Timestamp,
}

impl Life {
    /// Whether both may be the same: servers tell the moment by its age in whole seconds.
    pub fn may_be(self, other: Self) -> bool {
        self.process == other.process && self.loaded_at.since(other.loaded_at).0.abs() <= 2
    }
}

/// All that a group of DHCP servers can do for us.
pub trait Dhcp: Servers + Subnets + Leases + Reservations {}

impl<T: Servers + Subnets + Leases + Reservations> Dhcp for T {}

/// The servers themselves.
#[async_trait]
pub trait Servers: Send + Sync {
    /// The names of all servers, in the operator's order.
    fn names(&self) -> Vec<ServerName>;

    /// Which family it serves: all its subnets are of that one.
    fn family(&self, server: &ServerName) -> Family;

    /// How a server is; being unreachable is an answer, not an error.
    async fn status(&self, server: &ServerName) -> ServerStatus;

    /// Which life the server lives.
    async fn life(&self, server: &ServerName) -> Result<Life>;

    /// The other servers that must have the same reservations: those of its high-availability relationships, as its
    /// configuration, or theirs, named them last. Where reservations are in a database that all of them share, none.
    async fn partners(&self, server: &ServerName) -> Vec<ServerName>;
}

/// Subnets, as configured.
#[async_trait]
pub trait Subnets: Send + Sync {
    /// Every subnet of the server, those of shared networks included, by prefix.
    async fn subnets(&self, server: &ServerName) -> Result<Vec<Subnet>>;

    /// How full the subnets of the server are.
    async fn utilization(&self, server: &ServerName) -> Result<Vec<(SubnetKey, Utilization)>>;
}

/// Leases.
#[async_trait]
pub trait Leases: Send + Sync {
    /// All leases of the subnet, by address; those of delegated prefixes follow those of addresses, as far as they are in
    /// its prefix pools or among `prefixes`: those are asked for one by one where they are in no pool. Scans in small
    /// pages, so that the server keeps serving meanwhile.
    async fn leases_in(&self, subnet: &Subnet, prefixes: &[Ipv6Network]) -> Result<Vec<Lease>>;

    /// The lease on an address; none where the server is of the other family.
    async fn lease_at(&self, server: &ServerName, address: IpAddr) -> Result<Option<Lease>>;

    /// The lease of exactly that delegated prefix.
    async fn lease_of_prefix(&self, server: &ServerName, prefix: Ipv6Network) -> Result<Option<Lease>>;

    /// The leases of a client, in every subnet: by hardware address, in IPv6 by DUID. Of other identifiers none.
    async fn leases_of(&self, server: &ServerName, client: &Identifier) -> Result<Vec<Lease>>;

    /// The leases of exactly that host name (in any capitalisation), in every subnet.
    async fn leases_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Lease>>;

    /// Forgets a lease, so that its address is free; the client is not told. Whether there was one.
    async fn release_lease(&self, subnet: &SubnetKey, address: IpAddr) -> Result<bool>;
}

/// Reservations.
#[async_trait]
pub trait Reservations: Send + Sync {
    /// Where a new reservation is kept on that server.
    async fn storage(&self, server: &ServerName) -> Result<Storage>;

    /// All reservations of the subnet.
    async fn reservations_in(&self, subnet: &SubnetKey) -> Result<Vec<Reservation>>;

    /// The reservations of an address in the subnet: usually one, several where the server allows that. In IPv6 also
    /// those of a prefix that begins with it.
    async fn reservations_at(&self, subnet: &SubnetKey, address: IpAddr) -> Result<Vec<Reservation>>;

    /// The reservations of an identifier, in every subnet of the server.
    async fn reservations_of(&self, server: &ServerName, identifier: &Identifier) -> Result<Vec<Reservation>>;

    /// The reservations of exactly that host name, in every subnet of the server.
    async fn reservations_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Reservation>>;

    /// How a reservation is now, in the server's words; none: it is not there.
    async fn verbatim(&self, of: &Reservation) -> Result<Option<Verbatim>>;

    /// Makes changes on one server, in their order, and answers for each. What is `Ok` is on the server's disk. All of
    /// them are saved together: many at once cost one save. Runs to its end even when nobody waits for it any more.
    async fn write(&self, server: &ServerName, edits: Vec<Edit>) -> Vec<Result<Written>>;

    /// Saves what runs, so that a restart of the server does not lose it. Also where there is a database: the
    /// configuration may hold reservations all the same.
    async fn save(&self, server: &ServerName) -> Result<()>;

    /// Whether several reservations may share an address on that server.
    async fn shares_addresses(&self, server: &ServerName) -> Result<bool>;
}
