//! Reservations: what a server keeps ready for one client.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::{FieldError, HostName, HwAddress, Identifier, OptionDatum, Subnet, SubnetKey};

/// Where a server keeps a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Storage {
    /// In its configuration, written to its configuration file.
    Configuration,
    /// In its host database.
    Database,
}

impl Storage {
    /// A sentence for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Configuration => "in the server’s configuration file",
            Self::Database => "in the server’s host database",
        }
    }
}

/// What tells one reservation from all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReservationKey {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The client's identifier.
    pub identifier: Identifier,
}

/// What somebody wants to be reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReservation {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The client's identifier.
    pub identifier: Identifier,
    /// The address; without one only names and options are reserved.
    pub address: Option<Ipv4Addr>,
    /// The host name that the client gets.
    pub host_name: Option<HostName>,
    /// The boot server (`siaddr`).
    pub next_server: Option<Ipv4Addr>,
    /// The boot server's name (`sname`), at most 63 octets.
    pub server_host_name: Option<String>,
    /// The boot file (`file`), at most 127 octets.
    pub boot_file_name: Option<String>,
    /// A note for people.
    pub note: Option<String>,
    /// The record's name in the system that asked for it, where that differs from the host name.
    pub record_name: Option<String>,
}

impl NewReservation {
    /// A reservation of nothing yet.
    pub fn of(subnet: SubnetKey, identifier: Identifier) -> Self {
        Self {
            subnet,
            identifier,
            address: None,
            host_name: None,
            next_server: None,
            server_host_name: None,
            boot_file_name: None,
            note: None,
            record_name: None,
        }
    }

    /// Its key.
    pub fn key(&self) -> ReservationKey {
        ReservationKey { subnet: self.subnet.clone(), identifier: self.identifier.clone() }
    }

    /// What is wrong with it by itself, whatever else the server holds. Empty: nothing.
    pub fn check(&self, subnet: &Subnet) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if let Some(address) = self.address {
            wrong.extend(address_fault(address, subnet).map(|text| FieldError::new("address", text)));
        }
        for (field, value, longest) in [
            ("server_host_name", &self.server_host_name, 63),
            ("boot_file_name", &self.boot_file_name, 127),
            ("note", &self.note, 1000),
            ("record_name", &self.record_name, 253),
        ] {
            wrong.extend(
                value.as_deref().and_then(|text| text_fault(text, longest)).map(|text| FieldError::new(field, text)),
            );
        }
        if self.address.is_none()
            && self.host_name.is_none()
            && self.next_server.is_none()
            && self.boot_file_name.is_none()
        {
            wrong.push(FieldError::new("address", "reserve at least an address, a host name or a boot setting"));
        }
        wrong
    }
}

fn address_fault(address: Ipv4Addr, subnet: &Subnet) -> Option<String> {
    let prefix = subnet.prefix;
    if !prefix.contains(address) {
        Some(format!("{address} is outside of {prefix}"))
    } else if subnet.holds(address) {
        None
    } else if address == prefix.network() {
        Some(format!("{address} is the network address of {prefix}"))
    } else {
        Some(format!("{address} is the broadcast address of {prefix}"))
    }
}

/// Control characters are refused everywhere: they damage Kea's files and every terminal that shows them.
fn text_fault(text: &str, longest: usize) -> Option<String> {
    if text.len() > longest {
        Some(format!("at most {longest} characters"))
    } else if text.chars().any(char::is_control) {
        Some("line breaks and control characters are not allowed".to_owned())
    } else {
        None
    }
}

/// A reservation as a server holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The client's identifier.
    pub identifier: Identifier,
    /// The address, when one is reserved.
    pub address: Option<Ipv4Addr>,
    /// The host name, as the server holds it.
    pub host_name: Option<String>,
    /// The boot server.
    pub next_server: Option<Ipv4Addr>,
    /// The boot server's name.
    pub server_host_name: Option<String>,
    /// The boot file.
    pub boot_file_name: Option<String>,
    /// Classes that the client is put into.
    pub client_classes: Vec<String>,
    /// Options for this client alone.
    pub options: Vec<OptionDatum>,
    /// A note for people.
    pub note: Option<String>,
    /// The record's name in the system that asked for it.
    pub record_name: Option<String>,
    /// Where the server keeps it.
    pub storage: Storage,
}

impl Reservation {
    /// Its key.
    pub fn key(&self) -> ReservationKey {
        ReservationKey { subnet: self.subnet.clone(), identifier: self.identifier.clone() }
    }

    /// The hardware address, when it is keyed by one.
    pub fn hw_address(&self) -> Option<&HwAddress> {
        self.identifier.hw_address()
    }

    /// Whether this record already says everything that is wanted.
    pub fn says(&self, wanted: &NewReservation) -> bool {
        self.key() == wanted.key()
            && self.address == wanted.address
            && self.host_name.as_deref() == wanted.host_name.as_ref().map(HostName::as_str)
            && self.next_server == wanted.next_server
            && self.server_host_name == wanted.server_host_name
            && self.boot_file_name == wanted.boot_file_name
            && self.note == wanted.note
            && self.record_name == wanted.record_name
    }
}
