//! Reservations (Kea ARM, hook library `host_cmds`).

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::{OptionData, Rest, null_is_default};

/// A reservation, of a configuration or of a command.
///
/// Kea takes identifiers as pairs of hexadecimal digits with colons or as text in single quotes. It gives back
/// `hw-address` and `duid` with colons, the others as bare upper-case digits; the strings here are as they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Reservation {
    /// The subnet, 0 for a global one; absent inside of a configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<u32>,
    /// Identifier: MAC address. A reservation has exactly one identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hw_address: Option<String>,
    /// Identifier: DHCP unique identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duid: Option<String>,
    /// Identifier: circuit id of the relay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circuit_id: Option<String>,
    /// Identifier: option 61.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Identifier: what the `flex_id` hook computes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flex_id: Option<String>,
    /// The reserved address; without it only the other values are reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<Ipv4Addr>,
    /// Kea writes "" where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// `siaddr`, the boot server; Kea writes 0.0.0.0 where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_server: Option<Ipv4Addr>,
    /// `sname`, at most 63 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_hostname: Option<String>,
    /// `file`, at most 127 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_file_name: Option<String>,
    /// Classes that the client belongs to.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub client_classes: Vec<String>,
    /// Options for this client alone.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub option_data: Vec<OptionData>,
    /// Free data of whoever made the reservation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_context: Option<Rest>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The `arguments` of every answer with several reservations.
#[derive(Debug, Deserialize)]
pub struct HostsAnswer {
    /// The reservations.
    pub hosts: Vec<Reservation>,
}

impl From<HostsAnswer> for Vec<Reservation> {
    fn from(answer: HostsAnswer) -> Self {
        answer.hosts
    }
}

/// One page of `reservation-get-page`; the default is the empty page behind the last one.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct HostPage {
    /// The reservations.
    pub hosts: Vec<Reservation>,
    /// Where the next page begins.
    #[serde(default)]
    pub next: Option<HostCursor>,
}

/// A place between two pages; it grows from page to page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostCursor {
    /// 0 is memory, then one for each database.
    pub source_index: u64,
    /// A number that only that source understands.
    pub from: u64,
}
