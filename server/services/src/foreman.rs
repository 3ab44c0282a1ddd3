//! What Foreman asks for, in Foreman's rules: one record for each client, reservations before leases, leases are never
//! in the way, deleting what is not there is fine.
//!
//! The rules are those of the Smart Proxy's DHCP module as Foreman 3.x uses it; its texts and JSON live at the edge.

use std::net::Ipv4Addr;
use std::sync::Arc;

use model::{AddressRange, HostName, HwAddress, Identifier, Lease, NewReservation, Permission, Reservation, Subnet};

use crate::allocation::Order;
use crate::index::{Freshness, Pictures};
use crate::ports::Dhcp;
use crate::{Actor, Allocation, Error, Ports, Reservations, Result};

/// What Foreman asks for. Cheap to clone.
#[derive(Clone)]
pub struct Foreman {
    dhcp: Arc<dyn Dhcp>,
    pictures: Pictures,
    allocation: Allocation,
    reservations: Reservations,
}

/// A record of a client, as Foreman knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Reserved. It has a hardware address and an address: Foreman can hold no other record.
    Reservation(Reservation),
    /// Leased.
    Lease(Lease),
}

/// How a request to make a reservation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It is made.
    Made(Reservation),
    /// The very same was there already.
    Same(Reservation),
    /// Another reservation has its address or its hardware address.
    Clash(Reservation),
}

impl Foreman {
    pub(crate) fn new(ports: &Ports, pictures: Pictures, allocation: Allocation, reservations: Reservations) -> Self {
        Self { dhcp: ports.dhcp.clone(), pictures, allocation, reservations }
    }

    /// Every subnet of every server. A server that does not answer makes this an error: to Foreman a missing subnet
    /// would look like a deleted one.
    pub async fn subnets(&self, actor: &Actor) -> Result<Vec<Subnet>> {
        actor.may(Permission::Look)?;
        let mut all = Vec::new();
        for server in self.dhcp.names() {
            all.extend(self.pictures.subnets(&server).await?.iter().cloned());
        }
        Ok(all)
    }

    /// The subnet with that network address. Of several (prefixes of different length, several servers) the smallest,
    /// and of those the one of the server that the operator named first.
    pub async fn subnet(&self, actor: &Actor, network: Ipv4Addr) -> Result<Option<Subnet>> {
        let all = self.subnets(actor).await?;
        let fitting = all.into_iter().filter(|subnet| subnet.prefix.network() == network);
        Ok(fitting.reduce(|first, next| if next.prefix.prefix() > first.prefix.prefix() { next } else { first }))
    }

    /// All records of a subnet that Foreman can hold.
    pub async fn records(&self, actor: &Actor, subnet: &Subnet) -> Result<(Vec<Reservation>, Vec<Lease>)> {
        actor.may(Permission::Look)?;
        let picture = self.pictures.of(subnet, Freshness::Page).await?;
        let reservations =
            picture.reservations.iter().filter(|reservation| fits_foreman(reservation)).cloned().collect();
        let leases = picture
            .leases
            .iter()
            .filter(|lease| lease.blocks() && lease.hw_address.as_ref().is_some_and(can_be_a_mac))
            .cloned()
            .collect();
        Ok((reservations, leases))
    }

    /// The record of a hardware address in the subnet: its reservation, else its lease.
    pub async fn by_mac(&self, actor: &Actor, subnet: &Subnet, mac: &HwAddress) -> Result<Option<Record>> {
        actor.may(Permission::Look)?;
        if let Some(reservation) = self.reservation_of(subnet, mac).await? {
            return Ok(Some(Record::Reservation(reservation)));
        }
        let leases = self.dhcp.leases_of_hw_address(&subnet.key.server, mac).await?;
        Ok(leases.into_iter().find(|lease| lease.subnet == subnet.key && lease.blocks()).map(Record::Lease))
    }

    /// The records of an address in the subnet: its reservations, else its lease.
    pub async fn by_ip(&self, actor: &Actor, subnet: &Subnet, ip: Ipv4Addr) -> Result<Vec<Record>> {
        actor.may(Permission::Look)?;
        if !subnet.prefix.contains(ip) {
            return Ok(Vec::new());
        }
        let reserved = self.reservations_at(subnet, ip).await?;
        if !reserved.is_empty() {
            return Ok(reserved.into_iter().map(Record::Reservation).collect());
        }
        let lease = self.dhcp.lease_at(&subnet.key.server, ip).await?;
        let mine = lease.filter(|lease| {
            lease.subnet == subnet.key && lease.blocks() && lease.hw_address.as_ref().is_some_and(can_be_a_mac)
        });
        Ok(mine.map(Record::Lease).into_iter().collect())
    }

    /// A free address, held for a while; none when there is none.
    pub async fn unused_ip(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        range: Option<AddressRange>,
        mac: Option<&HwAddress>,
    ) -> Result<Option<Ipv4Addr>> {
        match self.allocation.suggest_in(actor, subnet, range, mac, Order::Random).await {
            Ok(suggestion) => Ok(Some(suggestion.address)),
            Err(Error::Exhausted { why }) => {
                tracing::warn!(actor = %actor.label(), subnet = %subnet.prefix, why, "no free address");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a reservation. Those of `related`, the other interfaces of the same host, are not in its way.
    pub async fn create(
        &self,
        actor: &Actor,
        subnet: &Subnet,
        new: &NewReservation,
        related: &[HwAddress],
    ) -> Result<Created> {
        actor.may(Permission::Reserve)?;
        if let Some(known) = self.known(subnet, new, related).await? {
            return Ok(known);
        }
        match self.reservations.create_beside(actor, new, related).await {
            // Somebody may have been faster, perhaps with the very same.
            Err(conflict @ Error::Conflict { .. }) => self.known(subnet, new, related).await?.ok_or(conflict),
            outcome => outcome.map(Created::Made),
        }
    }

    /// What is there already of a reservation that is to be made: the same, or one that stands in its way.
    async fn known(&self, subnet: &Subnet, new: &NewReservation, related: &[HwAddress]) -> Result<Option<Created>> {
        let mut known = Vec::new();
        if let Some(ip) = new.address {
            known.extend(self.reservations_at(subnet, ip).await?);
        }
        if let Some(mac) = new.identifier.hw_address() {
            known.extend(self.reservation_of(subnet, mac).await?);
        }
        known.retain(|reservation| !reservation.hw_address().is_some_and(|mac| related.contains(mac)));
        let same = known.iter().find(|reservation| says_the_same(reservation, new)).cloned();
        Ok(same.map(Created::Same).or_else(|| known.into_iter().next().map(Created::Clash)))
    }

    /// Deletes the reservation of a hardware address, or else forgets its lease.
    pub async fn delete_by_mac(&self, actor: &Actor, subnet: &Subnet, mac: &HwAddress) -> Result<()> {
        actor.may(Permission::Reserve)?;
        match self.by_mac(actor, subnet, mac).await? {
            Some(record) => self.delete(actor, record).await,
            None => Ok(()),
        }
    }

    /// Deletes every reservation of an address.
    pub async fn delete_by_ip(&self, actor: &Actor, subnet: &Subnet, ip: Ipv4Addr) -> Result<()> {
        actor.may(Permission::Reserve)?;
        for record in self.by_ip(actor, subnet, ip).await? {
            self.delete(actor, record).await?;
        }
        Ok(())
    }

    async fn delete(&self, actor: &Actor, record: Record) -> Result<()> {
        match record {
            Record::Reservation(reservation) => match self.reservations.delete(actor, &reservation).await {
                // Somebody was faster: it is gone, which is all that was asked.
                Err(Error::NotFound { .. }) => Ok(()),
                outcome => outcome,
            },
            Record::Lease(lease) => {
                self.dhcp.release_lease(&lease.subnet, lease.address).await?;
                self.pictures.forget(&lease.subnet).await;
                tracing::info!(actor = %actor.label(), address = %lease.address, "a lease was released");
                Ok(())
            }
        }
    }

    async fn reservation_of(&self, subnet: &Subnet, mac: &HwAddress) -> Result<Option<Reservation>> {
        let found = self.dhcp.reservations_of(&subnet.key.server, &Identifier::HwAddress(mac.clone())).await?;
        Ok(found.into_iter().find(|reservation| reservation.subnet == subnet.key && fits_foreman(reservation)))
    }

    async fn reservations_at(&self, subnet: &Subnet, ip: Ipv4Addr) -> Result<Vec<Reservation>> {
        let mut found = self.dhcp.reservations_at(&subnet.key, ip).await?;
        found.retain(fits_foreman);
        Ok(found)
    }
}

/// Foreman's record has both an address and a hardware address of Ethernet or `InfiniBand`; anything else would stop it.
fn fits_foreman(reservation: &Reservation) -> bool {
    reservation.address.is_some() && reservation.hw_address().is_some_and(can_be_a_mac)
}

fn can_be_a_mac(address: &HwAddress) -> bool {
    matches!(address.octets().as_slice().len(), 6 | 20)
}

/// Whether the record says all that Foreman wants, in the fields that Foreman can name.
fn says_the_same(known: &Reservation, wanted: &NewReservation) -> bool {
    known.key() == wanted.key()
        && known.address == wanted.address
        && known.host_name.as_deref() == wanted.host_name.as_ref().map(HostName::as_str)
        && known.next_server == wanted.next_server
        && known.boot_file_name == wanted.boot_file_name
        && known.record_name == wanted.record_name
}
