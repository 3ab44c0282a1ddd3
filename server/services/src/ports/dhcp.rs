//! The DHCP servers, in our own words.
//!
//! Every method answers what the server holds *now*. Errors are [`Error::Unreachable`], [`Error::Refused`],
//! [`Error::Unsupported`], and for changes also [`Error::Unknown`] and [`Error::NotSaved`].

use std::net::Ipv4Addr;

use async_trait::async_trait;
use model::{
    HwAddress, Identifier, Lease, NewReservation, Reservation, ServerName, ServerStatus, Storage, Subnet, SubnetKey,
    Utilization,
};

#[cfg(doc)]
use crate::Error;
use crate::Result;

/// A reservation in its server's own words, with all that we do not model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(pub String);

/// All that a group of DHCP servers can do for us.
pub trait Dhcp: Servers + Subnets + Leases + Reservations {}

impl<T: Servers + Subnets + Leases + Reservations> Dhcp for T {}

/// The servers themselves.
#[async_trait]
pub trait Servers: Send + Sync {
    /// The names of all servers, in the operator's order.
    fn names(&self) -> Vec<ServerName>;

    /// How a server is; being unreachable is an answer, not an error.
    async fn status(&self, server: &ServerName) -> ServerStatus;
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
    /// All leases of the subnet, by address. Walks in small pages, so that the server keeps serving meanwhile.
    async fn leases_in(&self, subnet: &Subnet) -> Result<Vec<Lease>>;

    /// The lease on an address.
    async fn lease_at(&self, server: &ServerName, address: Ipv4Addr) -> Result<Option<Lease>>;

    /// The leases of a hardware address, in every subnet.
    async fn leases_of_hw_address(&self, server: &ServerName, address: &HwAddress) -> Result<Vec<Lease>>;

    /// The leases of exactly that host name (in any capitalisation), in every subnet.
    async fn leases_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Lease>>;

    /// Forgets a lease, so that its address is free; the client is not told. Whether there was one.
    async fn release_lease(&self, subnet: &SubnetKey, address: Ipv4Addr) -> Result<bool>;
}

/// Reservations.
#[async_trait]
pub trait Reservations: Send + Sync {
    /// Where a new reservation is kept on that server.
    async fn storage(&self, server: &ServerName) -> Result<Storage>;

    /// All reservations of the subnet.
    async fn reservations_in(&self, subnet: &SubnetKey) -> Result<Vec<Reservation>>;

    /// The reservations of an address in the subnet: usually one, several where the server allows that.
    async fn reservations_at(&self, subnet: &SubnetKey, address: Ipv4Addr) -> Result<Vec<Reservation>>;

    /// The reservations of an identifier, in every subnet of the server.
    async fn reservations_of(&self, server: &ServerName, identifier: &Identifier) -> Result<Vec<Reservation>>;

    /// The reservations of exactly that host name, in every subnet of the server.
    async fn reservations_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Reservation>>;

    /// Makes a reservation. When this returns `Ok`, it is on the server's disk.
    async fn add_reservation(&self, new: &NewReservation) -> Result<Reservation>;

    /// Puts `new` in the place of `old`, whatever differs. What we do not model in `old` stays. When it is refused,
    /// `old` is there as it was.
    async fn replace_reservation(&self, old: &Reservation, new: &NewReservation) -> Result<Reservation>;

    /// Deletes a reservation, for good. All that the server held of it; none: there was no such reservation.
    async fn remove_reservation(&self, old: &Reservation) -> Result<Option<Snapshot>>;

    /// Makes a reservation again that was deleted, exactly as it was.
    async fn restore_reservation(&self, old: &Reservation, was: &Snapshot) -> Result<Reservation>;

    /// Whether several reservations may share an address on that server.
    async fn shares_addresses(&self, server: &ServerName) -> Result<bool>;
}
