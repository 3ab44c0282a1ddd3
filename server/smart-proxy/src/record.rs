//! Foreman's JSON: subnets and records.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use model::{HwAddress, Lease, LeaseState, Reservation, Subnet, Timestamp};
use serde::{Serialize, Serializer};
use services::{Record, Records};

/// A subnet.
#[derive(Debug, Serialize)]
pub(crate) struct SubnetEntry {
    network: IpAddr,
    netmask: IpAddr,
    options: Options,
}

/// The options that Foreman knows; what is not set is left out.
#[derive(Debug, Serialize)]
struct Options {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routers: Vec<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    domain_name_servers: Vec<IpAddr>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ntp_servers: Vec<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface_mtu: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<(IpAddr, IpAddr)>,
}

impl From<Subnet> for SubnetEntry {
    fn from(subnet: Subnet) -> Self {
        let range = services::foreman_range(&subnet).map(Into::into);
        Self {
            network: subnet.prefix.network(),
            netmask: subnet.prefix.mask(),
            options: Options {
                routers: subnet.routers,
                domain_name: subnet.domain_name,
                domain_name_servers: subnet.dns_servers,
                ntp_servers: subnet.ntp_servers,
                interface_mtu: subnet.interface_mtu,
                range,
            },
        }
    }
}

/// How many records are written at once: little enough that other calls get their turn in between.
const AT_ONCE: usize = 96;

/// The records of a subnet as one JSON text, in pieces that are made as they are sent.
pub(crate) fn listing(subnet: &Subnet, records: Records) -> impl Iterator<Item = Vec<u8>> + use<> {
    let (mut stage, mut first, subnet) = (Stage::Reservations(0), true, with_mask(subnet));
    std::iter::from_fn(move || {
        let mut piece = Vec::with_capacity(AT_ONCE * 256);
        stage = stage.write(&subnet, &records, &mut first, &mut piece)?;
        Some(piece)
    })
}

/// Which records come next.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Reservations(usize),
    Leases(usize),
    Over,
}

impl Stage {
    /// Writes the next records; none: all of it is written. `first`: whether the list is still empty.
    fn write(self, subnet: &str, records: &Records, first: &mut bool, out: &mut Vec<u8>) -> Option<Self> {
        match self {
            Self::Reservations(from) => {
                if from == 0 {
                    out.extend(b"{\"reservations\":[");
                }
                let Some(part) = records.reservations(from, AT_ONCE) else {
                    out.extend(b"],\"leases\":[");
                    *first = true;
                    return Some(Self::Leases(0));
                };
                write_all(part.filter_map(|reservation| Entry::of_reservation(subnet, reservation)), first, out);
                Some(Self::Reservations(from + AT_ONCE))
            }
            Self::Leases(from) => {
                let Some(part) = records.leases(from, AT_ONCE) else {
                    out.extend(b"]}");
                    return Some(Self::Over);
                };
                write_all(part.filter_map(|lease| Entry::of_lease(subnet, lease)), first, out);
                Some(Self::Leases(from + AT_ONCE))
            }
            Self::Over => None,
        }
    }
}

/// Writes members of a list.
fn write_all<'a>(entries: impl Iterator<Item = Entry<'a>>, first: &mut bool, out: &mut Vec<u8>) {
    for entry in entries {
        if !std::mem::take(first) {
            out.push(b',');
        }
        // Writing into memory does not fail, nor do texts and numbers.
        drop(serde_json::to_writer(&mut *out, &entry));
    }
}

/// A record.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Entry<'a> {
    Reservation(ReservationEntry<'a>),
    Lease(LeaseEntry<'a>),
}

/// A reservation.
#[derive(Debug, Serialize)]
pub(crate) struct ReservationEntry<'a> {
    name: Cow<'a, str>,
    ip: IpAddr,
    mac: Mac<'a>,
    subnet: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    deleteable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<&'a str>,
    #[serde(rename = "nextServer", skip_serializing_if = "Option::is_none")]
    next_server: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
}

/// A lease.
#[derive(Debug, Serialize)]
pub(crate) struct LeaseEntry<'a> {
    name: Cow<'a, str>,
    ip: IpAddr,
    mac: Mac<'a>,
    subnet: &'a str,
    starts: Moment,
    ends: Option<Moment>,
    state: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// The record, when it has both an address and a hardware address. `subnet`: its subnet, as [`with_mask`] says it.
    pub(crate) fn of(subnet: &'a str, record: &'a Record) -> Option<Self> {
        match record {
            Record::Reservation(reservation) => Self::of_reservation(subnet, reservation),
            Record::Lease(lease) => Self::of_lease(subnet, lease),
        }
    }

    /// What it is, in a line.
    pub(crate) fn summary(&self) -> String {
        match self {
            Self::Reservation(entry) => format!("reservation of {} for {}", entry.ip, entry.mac.0),
            Self::Lease(entry) => format!("lease of {} to {}", entry.ip, entry.mac.0),
        }
    }

    fn of_reservation(subnet: &'a str, reservation: &'a Reservation) -> Option<Self> {
        let mac = reservation.hw_address()?;
        let ip = reservation.address?;
        let host_name = reservation.host_name.as_deref();
        Some(Self::Reservation(ReservationEntry {
            name: services::record_name(reservation),
            ip,
            mac: Mac(mac),
            subnet,
            kind: "reservation",
            deleteable: true,
            hostname: host_name,
            next_server: reservation.next_server,
            filename: reservation.boot_file_name.as_deref(),
        }))
    }

    fn of_lease(subnet: &'a str, lease: &'a Lease) -> Option<Self> {
        let mac = lease.hw_address.as_ref()?;
        let host_name = lease.host_name.as_deref();
        let nameless = || format!("lease-{}", mac.to_string().replace(':', "")).into();
        Some(Self::Lease(LeaseEntry {
            name: host_name.map_or_else(nameless, Cow::Borrowed),
            ip: lease.address,
            mac: Mac(mac),
            subnet,
            starts: Moment(lease.renewed_at),
            ends: lease.expires_at().map(Moment),
            state: state(lease.state),
            kind: "lease",
            hostname: host_name,
        }))
    }
}

/// A hardware address, in lower case with colons.
#[derive(Debug)]
pub(crate) struct Mac<'a>(&'a HwAddress);

/// `2026-11-21 12:30:00 UTC`
#[derive(Debug)]
pub(crate) struct Moment(Timestamp);

impl Serialize for Mac<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A subnet as records name it: network address and mask.
pub(crate) fn with_mask(subnet: &Subnet) -> String {
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
