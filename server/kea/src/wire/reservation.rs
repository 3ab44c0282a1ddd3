//! Reservations (Kea ARM, hook library `host_cmds`).

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnetwork::Ipv6Network;
use serde::{Deserialize, Serialize};

use super::{OptionData, Record, Records, Rest, null_is_default};

/// A reservation, of a configuration or of a command.
///
/// Kea takes identifiers as pairs of hexadecimal digits with colons or as text in single quotes. It gives back
/// `hw-address` and `duid` with colons, the others as bare upper-case digits; the strings here are as they came.
///
/// Kea refuses members of the other family: for IPv6 there are only `hw-address`, `duid` and `flex-id` to identify a
/// client, several addresses and prefixes, and no members for booting. What is empty here is not sent; Kea itself writes
/// empty lists for IPv6.
///
/// `excluded-prefixes` are in `rest`: one text for each of `prefixes`, "" for none, and Kea refuses any other number.
/// A change of `prefixes` of a reservation that has them must change them too.
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
    /// Identifier: circuit id of the relay (IPv4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circuit_id: Option<String>,
    /// Identifier: option 61 (IPv4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Identifier: what the `flex_id` hook computes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flex_id: Option<String>,
    /// The reserved address (IPv4); without it only the other values are reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<Ipv4Addr>,
    /// The reserved addresses (IPv6), in the order given. Of a subnet's reservation they are inside of the subnet.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub ip_addresses: Vec<Ipv6Addr>,
    /// The reserved prefixes (IPv6), in the order given. Kea does not ask that they be in a pool or near the subnet,
    /// but refuses bits behind the length.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<Ipv6Network>,
    /// Kea writes "" where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// `siaddr`, the boot server (IPv4); Kea writes 0.0.0.0 where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_server: Option<Ipv4Addr>,
    /// `sname`, at most 63 bytes (IPv4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_hostname: Option<String>,
    /// `file`, at most 127 bytes (IPv4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_file_name: Option<String>,
    /// Classes that the client belongs to.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub client_classes: Vec<String>,
    /// Options for this client alone.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub option_data: Vec<OptionData>,
    /// Free data of the reservation's creator.
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
    pub hosts: Records<Reservation>,
}

impl Record for Reservation {}

impl From<HostsAnswer> for Records<Reservation> {
    fn from(answer: HostsAnswer) -> Self {
        answer.hosts
    }
}

/// One page of `reservation-get-page`; the default is the empty page behind the last one.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct HostPage {
    /// The reservations.
    pub hosts: Records<Reservation>,
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn back(value: &Value) -> Value {
        serde_json::to_value(serde_json::from_value::<Reservation>(value.clone()).unwrap()).unwrap()
    }

    #[test]
    fn what_is_read_is_written_back() {
        let whole = json!({
            "subnet-id": 1, "duid": "01:02:03", "ip-addresses": ["2001:db8::2", "2001:db8::1"],
            "prefixes": ["2001:db8:e000::/56", "2001:db8:e100::/56"],
            "excluded-prefixes": ["", "2001:db8:e100:1::/64"], "later": { "n": [1] },
        });
        assert_eq!(back(&whole), whole);
    }

    #[test]
    fn a_list_that_is_absent_stays_so() {
        for text in [json!({ "duid": "01:02:03" }), json!({ "duid": "01:02:03", "ip-addresses": [], "prefixes": null })]
        {
            assert_eq!(back(&text), json!({ "duid": "01:02:03" }));
        }
    }
}
