//! Foreman's JSON: subnets and records.

use std::net::Ipv4Addr;

use model::{HwAddress, Lease, LeaseState, Reservation, Subnet};
use serde::Serialize;
use services::Record;

/// A subnet.
#[derive(Debug, Serialize)]
pub(crate) struct SubnetEntry {
    network: Ipv4Addr,
    netmask: Ipv4Addr,
    options: Options,
}

/// The options that Foreman knows; what is not set is left out.
#[derive(Debug, Serialize)]
struct Options {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routers: Vec<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    domain_name_servers: Vec<Ipv4Addr>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ntp_servers: Vec<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface_mtu: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<(Ipv4Addr, Ipv4Addr)>,
}

impl From<Subnet> for SubnetEntry {
    fn from(subnet: Subnet) -> Self {
        Self {
            network: subnet.prefix.network(),
            netmask: subnet.prefix.mask(),
            options: Options {
                routers: subnet.routers,
                domain_name: subnet.domain_name,
                domain_name_servers: subnet.dns_servers,
                ntp_servers: subnet.ntp_servers,
                interface_mtu: subnet.interface_mtu,
                // Foreman knows one range: what lies between two pools is in none of them.
                range: subnet.pools.first().map(|pool| pool.range.into()),
            },
        }
    }
}

/// The records of a subnet.
#[derive(Debug, Serialize)]
pub(crate) struct Records {
    reservations: Vec<Entry>,
    leases: Vec<Entry>,
}

impl Records {
    pub(crate) fn of(subnet: &Subnet, reservations: Vec<Reservation>, leases: Vec<Lease>) -> Self {
        let entries =
            |records: Vec<Record>| records.into_iter().filter_map(|record| Entry::of(subnet, record)).collect();
        Self {
            reservations: entries(reservations.into_iter().map(Record::Reservation).collect()),
            leases: entries(leases.into_iter().map(Record::Lease).collect()),
        }
    }
}

/// A record.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Entry {
    Reservation(ReservationEntry),
    Lease(LeaseEntry),
}

/// A reservation.
#[derive(Debug, Serialize)]
pub(crate) struct ReservationEntry {
    name: String,
    ip: Ipv4Addr,
    mac: HwAddress,
    subnet: String,
    #[serde(rename = "type")]
    kind: &'static str,
    deleteable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(rename = "nextServer", skip_serializing_if = "Option::is_none")]
    next_server: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
}

/// A lease.
#[derive(Debug, Serialize)]
pub(crate) struct LeaseEntry {
    name: String,
    ip: Ipv4Addr,
    mac: HwAddress,
    subnet: String,
    starts: String,
    ends: Option<String>,
    state: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
}

impl Entry {
    /// The record, unless Foreman cannot hold it: one that it refuses stops the whole operation there.
    pub(crate) fn of(subnet: &Subnet, record: Record) -> Option<Self> {
        match record {
            Record::Reservation(reservation) => Self::of_reservation(subnet, reservation),
            Record::Lease(lease) => Self::of_lease(subnet, lease),
        }
    }

    fn of_reservation(subnet: &Subnet, reservation: Reservation) -> Option<Self> {
        let mac = reservation.hw_address().filter(|mac| fits_foreman(mac))?.clone();
        let ip = reservation.address?;
        let name = reservation.record_name.or_else(|| reservation.host_name.clone());
        Some(Self::Reservation(ReservationEntry {
            name: name.unwrap_or_else(|| ip.to_string()),
            ip,
            mac,
            subnet: with_mask(subnet),
            kind: "reservation",
            deleteable: true,
            hostname: reservation.host_name,
            next_server: reservation.next_server,
            filename: reservation.boot_file_name,
        }))
    }

    fn of_lease(subnet: &Subnet, lease: Lease) -> Option<Self> {
        let mac = lease.hw_address.clone().filter(fits_foreman)?;
        let name = lease.host_name.clone();
        Some(Self::Lease(LeaseEntry {
            name: name.unwrap_or_else(|| format!("lease-{}", mac.to_string().replace(':', ""))),
            ip: lease.address,
            mac,
            subnet: with_mask(subnet),
            starts: lease.renewed_at.to_string(),
            ends: lease.expires_at().map(|end| end.to_string()),
            state: state(lease.state),
            kind: "lease",
            hostname: lease.host_name,
        }))
    }
}

/// Foreman takes 6 or 20 octets, and no others.
fn fits_foreman(mac: &HwAddress) -> bool {
    matches!(mac.octets().as_slice().len(), 6 | 20)
}

fn with_mask(subnet: &Subnet) -> String {
    format!("{}/{}", subnet.prefix.network(), subnet.prefix.mask())
}

fn state(state: LeaseState) -> &'static str {
    match state {
        LeaseState::Assigned => "active",
        LeaseState::Declined => "declined",
        LeaseState::Reclaimed => "expired",
        LeaseState::Released => "released",
        LeaseState::Registered => "registered",
    }
}

#[cfg(test)]
pub(crate) mod tests;
