//! Reservations: what a server keeps ready for one client.

mod check;

use std::net::{IpAddr, Ipv4Addr};

use ipnetwork::Ipv6Network;
use serde::{Deserialize, Serialize};

use crate::{HwAddress, Identifier, OptionDatum, ServerName, SubnetKey};

pub(crate) use check::text_fault;

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

/// Where a reservation is kept, and who has it too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageInfo {
    /// In which of the places of its server.
    pub storage: Storage,
    /// The other servers of the pair that are made to hold the same.
    pub also_on: Vec<ServerName>,
    /// Those of them that are about to write their configuration file for Nestor for the first time, as far as Nestor’s
    /// history goes. Kea does not say whether its file has comments; if so, they go.
    #[serde(default)]
    pub first_save: Vec<ServerName>,
}

/// What identifies one reservation among all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReservationKey {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The client's identifier.
    pub identifier: Identifier,
}

/// What is to be reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReservation {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The client's identifier.
    pub identifier: Identifier,
    /// The address, or the first of them; without one only names, options and prefixes are reserved.
    pub address: Option<IpAddr>,
    /// More addresses; only in IPv6.
    #[serde(default)]
    pub more_addresses: Vec<IpAddr>,
    /// Prefixes to be delegated to the client; only in IPv6.
    #[serde(default)]
    pub prefixes: Vec<Ipv6Network>,
    /// The host name that the client gets: a [`HostName`](crate::HostName), or what the server has.
    pub host_name: Option<String>,
    /// The boot server (`siaddr`).
    pub next_server: Option<Ipv4Addr>,
    /// The boot server's name (`sname`), at most 63 octets.
    pub server_host_name: Option<String>,
    /// The boot file (`file`), at most 127 octets.
    pub boot_file_name: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// The record's name in the system that asked for it, where that differs from the host name.
    pub record_name: Option<String>,
    /// Classes that the client is put into; none: as they are.
    #[serde(default)]
    pub client_classes: Option<Vec<String>>,
    /// Options for this client alone; none: as they are.
    #[serde(default)]
    pub options: Option<Vec<OptionDatum>>,
}

impl NewReservation {
    /// A reservation of nothing yet.
    pub fn of(subnet: SubnetKey, identifier: Identifier) -> Self {
        Self {
            subnet,
            identifier,
            address: None,
            more_addresses: Vec::new(),
            prefixes: Vec::new(),
            host_name: None,
            next_server: None,
            server_host_name: None,
            boot_file_name: None,
            note: None,
            record_name: None,
            client_classes: None,
            options: None,
        }
    }

    /// Its key.
    pub fn key(&self) -> ReservationKey {
        ReservationKey { subnet: self.subnet.clone(), identifier: self.identifier.clone() }
    }

    /// Every address, the first one first.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.address.into_iter().chain(self.more_addresses.iter().copied())
    }

    /// What there will be when it is made in the place of `old`, or of nothing.
    pub fn over(&self, old: Option<&Reservation>, storage: Storage) -> Reservation {
        let kept = |wanted: &Option<Vec<String>>, old: Option<&Vec<String>>| {
            wanted.clone().or_else(|| old.cloned()).unwrap_or_default()
        };
        let options = self.options.clone().or_else(|| old.map(|old| old.options.clone()));
        Reservation {
            subnet: self.subnet.clone(),
            identifier: self.identifier.clone(),
            address: self.address,
            more_addresses: self.more_addresses.clone(),
            prefixes: self.prefixes.clone(),
            host_name: self.host_name.clone(),
            next_server: self.next_server,
            server_host_name: self.server_host_name.clone(),
            boot_file_name: self.boot_file_name.clone(),
            client_classes: kept(&self.client_classes, old.map(|old| &old.client_classes)),
            options: options.unwrap_or_default(),
            note: self.note.clone(),
            label: old.and_then(|old| old.label.clone()),
            record_name: self.record_name.clone(),
            storage,
        }
    }
}

/// A reservation as a server holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The client's identifier.
    pub identifier: Identifier,
    /// The address, or the first of them, when one is reserved.
    pub address: Option<IpAddr>,
    /// More addresses; only in IPv6.
    #[serde(default)]
    pub more_addresses: Vec<IpAddr>,
    /// Prefixes to be delegated to the client; only in IPv6.
    #[serde(default)]
    pub prefixes: Vec<Ipv6Network>,
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
    /// A note.
    pub note: Option<String>,
    /// What another tool calls it; only shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
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

    /// Every address, the first one first.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.address.into_iter().chain(self.more_addresses.iter().copied())
    }

    /// What is reserved, for people: addresses, then prefixes. Empty: neither.
    pub fn what(&self) -> String {
        let addresses = self.addresses().map(|address| address.to_string());
        let all: Vec<_> = addresses.chain(self.prefixes.iter().map(ToString::to_string)).collect();
        all.join(", ")
    }

    /// What it is called: what is reserved, else whom it is for.
    pub fn title(&self) -> String {
        Some(self.what()).filter(|what| !what.is_empty()).unwrap_or_else(|| self.identifier.to_string())
    }

    /// Whether nothing is reserved: all that it does is to make the client a known one.
    pub fn marks_only(&self) -> bool {
        let texts = [&self.host_name, &self.server_host_name, &self.boot_file_name];
        self.what().is_empty()
            && self.next_server.is_none()
            && texts.iter().all(|text| text.is_none())
            && self.client_classes.is_empty()
            && self.options.is_empty()
    }

    /// The hardware address, when it is keyed by one.
    pub fn hw_address(&self) -> Option<&HwAddress> {
        self.identifier.hw_address()
    }

    /// Whether this record already says everything that is wanted.
    pub fn matches(&self, wanted: &NewReservation) -> bool {
        self.key() == wanted.key()
            && self.addresses().eq(wanted.addresses())
            && self.prefixes == wanted.prefixes
            && self.host_name == wanted.host_name
            && self.next_server == wanted.next_server
            && self.server_host_name == wanted.server_host_name
            && self.boot_file_name == wanted.boot_file_name
            && self.note == wanted.note
            && self.record_name == wanted.record_name
            && wanted.client_classes.as_ref().is_none_or(|classes| *classes == self.client_classes)
            && wanted.options.as_ref().is_none_or(|options| same_options(options, &self.options))
    }

    /// Whether both say the same of the same client, wherever they are kept and however a server spells it.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        let bare = |of: &Self| Self { options: Vec::new(), label: None, storage: Storage::Configuration, ..of.clone() };
        bare(self) == bare(other) && same_options(&self.options, &other.options)
    }
}

/// In any order.
fn same_options(some: &[OptionDatum], others: &[OptionDatum]) -> bool {
    some.len() == others.len() && some.iter().all(|datum| others.iter().any(|other| datum.is_equivalent_to(other)))
}
