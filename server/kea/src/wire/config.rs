//! The parts of a configuration that the console understands (Kea ARM, chapters on the two DHCP servers).
//!
//! One type serves both families, because Kea spells them alike: where it writes `subnet4` or `subnet6`, the number is
//! omitted here. What only one family has is empty with the other. Types without `rest` are views for reading: what they do not name is not kept. None has a field for a secret.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::records::in_parts;
use super::{HookLibrary, Raw, Records, Reservation, Rest, null_is_default};
use crate::Service;

/// The `arguments` of `config-get`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Root")]
pub struct RunningConfig {
    /// Which daemon it is that answered: the only answer of Kea that says so, as hooks bring the commands of both families
    /// to either daemon.
    pub service: Service,
    /// The configuration.
    pub dhcp: Dhcp,
    /// The same digest as `config-hash-get`'s, taken at the same moment; absent before Kea 2.4.
    pub hash: Option<String>,
}

/// The root as Kea writes it: the configuration under the name of its daemon.
#[derive(Deserialize)]
struct Root {
    #[serde(rename = "Dhcp4", default, deserialize_with = "in_parts")]
    dhcp4: Option<Dhcp>,
    #[serde(rename = "Dhcp6", default, deserialize_with = "in_parts")]
    dhcp6: Option<Dhcp>,
    hash: Option<String>,
}

impl TryFrom<Root> for RunningConfig {
    type Error = &'static str;

    fn try_from(root: Root) -> Result<Self, Self::Error> {
        let (service, dhcp) = match (root.dhcp4, root.dhcp6) {
            (Some(dhcp), None) => (Service::Dhcp4, dhcp),
            (None, Some(dhcp)) => (Service::Dhcp6, dhcp),
            _ => return Err("either Dhcp4 or Dhcp6 is expected"),
        };
        Ok(Self { service, dhcp, hash: root.hash })
    }
}

/// The global level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Dhcp {
    /// Subnets outside of shared networks.
    #[serde(rename = "subnet4", alias = "subnet6", deserialize_with = "null_is_default")]
    pub subnet: Records<Subnet>,
    /// Shared networks with their subnets.
    #[serde(deserialize_with = "null_is_default")]
    pub shared_networks: Records<SharedNetwork>,
    /// Client classes.
    #[serde(deserialize_with = "null_is_default")]
    pub client_classes: Records<ClientClass>,
    /// Options for every client.
    #[serde(deserialize_with = "null_is_default")]
    pub option_data: Records<OptionData>,
    /// Global reservations; left out where a configuration is written down.
    #[serde(skip_serializing, deserialize_with = "null_is_default")]
    pub reservations: Records<Reservation>,
    /// Hook libraries in their order.
    #[serde(deserialize_with = "null_is_default")]
    pub hooks_libraries: Records<HookLibrary>,
    /// Where leases are kept.
    pub lease_database: Option<Database>,
    /// Where reservations are kept, old spelling.
    pub hosts_database: Option<Database>,
    /// Where reservations are kept.
    #[serde(deserialize_with = "null_is_default")]
    pub hosts_databases: Records<Database>,
    /// Which identifiers are looked up, in their order.
    #[serde(deserialize_with = "null_is_default")]
    pub host_reservation_identifiers: Vec<String>,
    /// Whether the client identifier decides who a client is (IPv4).
    pub match_client_id: Option<bool>,
    /// Whether an address may be reserved only once.
    pub ip_reservations_unique: Option<bool>,
    /// Whether global reservations count.
    pub reservations_global: Option<bool>,
    /// Whether subnet reservations count.
    pub reservations_in_subnet: Option<bool>,
    /// Whether Kea takes it for granted that no reserved address is inside a pool.
    pub reservations_out_of_pool: Option<bool>,
    /// Lease time in seconds.
    pub valid_lifetime: Option<u32>,
    /// Shortest lease time in seconds.
    pub min_valid_lifetime: Option<u32>,
    /// Longest lease time in seconds.
    pub max_valid_lifetime: Option<u32>,
    /// For how long addresses and prefixes are preferred, in seconds (IPv6).
    pub preferred_lifetime: Option<u32>,
    /// `siaddr` (IPv4); 0.0.0.0 is none.
    pub next_server: Option<Ipv4Addr>,
    /// `sname` (IPv4).
    pub server_hostname: Option<String>,
    /// `file` (IPv4).
    pub boot_file_name: Option<String>,
    /// Free data.
    pub user_context: Option<Rest>,
    /// What of it is not understood.
    #[serde(skip)]
    pub unread: Vec<Raw>,
}

impl Dhcp {
    /// All subnets, those of shared networks with the network.
    pub fn subnets(&self) -> impl Iterator<Item = (&Subnet, Option<&SharedNetwork>)> {
        let inside = |network| move |subnet| (subnet, Some(network));
        let networks = &self.shared_networks;
        let shared = networks.iter().flat_map(move |network| network.subnet.iter().map(inside(network)));
        self.subnet.iter().map(|subnet| (subnet, None)).chain(shared)
    }

    /// The databases that hold reservations, in either spelling.
    pub fn host_databases(&self) -> impl Iterator<Item = &Database> {
        self.hosts_database.iter().chain(&self.hosts_databases)
    }

    /// Whether there is a database that reservations can be written to. Without one they live in memory and need a
    /// `config-write` to outlast the daemon.
    pub fn writes_to_database(&self) -> bool {
        self.host_databases().any(|database| !database.readonly)
    }
}

/// A shared network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SharedNetwork {
    /// Its name.
    pub name: String,
    /// Its subnets.
    #[serde(rename = "subnet4", alias = "subnet6", deserialize_with = "null_is_default")]
    pub subnet: Records<Subnet>,
    /// Options for all of them.
    #[serde(deserialize_with = "null_is_default")]
    pub option_data: Records<OptionData>,
    /// Lease time in seconds.
    pub valid_lifetime: Option<u32>,
    /// For how long addresses and prefixes are preferred, in seconds (IPv6).
    pub preferred_lifetime: Option<u32>,
    /// `siaddr` (IPv4).
    pub next_server: Option<Ipv4Addr>,
    /// `file` (IPv4).
    pub boot_file_name: Option<String>,
    /// Only for clients of this class.
    pub client_class: Option<String>,
    /// Only for clients of one of these classes.
    #[serde(deserialize_with = "null_is_default")]
    pub client_classes: Vec<String>,
    /// Classes that are looked at for clients of it once it is chosen; before Kea 2.7 by another name.
    #[serde(alias = "require-client-classes", deserialize_with = "null_is_default")]
    pub evaluate_additional_classes: Vec<String>,
    /// The interface of the server whose clients belong to it; empty: none.
    pub interface: Option<String>,
    /// What relays call the link whose clients belong to it (IPv6); empty: nothing.
    pub interface_id: Option<String>,
    /// The relays whose clients belong to it, beside those inside of its prefix.
    #[serde(deserialize_with = "null_is_default")]
    pub relay: Relay,
    /// Whether the client identifier decides who a client is, in all of them (IPv4).
    pub match_client_id: Option<bool>,
    /// Whether global reservations count, in all of them.
    pub reservations_global: Option<bool>,
    /// Whether subnet reservations count, in all of them.
    pub reservations_in_subnet: Option<bool>,
    /// Whether Kea takes it for granted that no reserved address is inside a pool, in all of them.
    pub reservations_out_of_pool: Option<bool>,
    /// Free data.
    pub user_context: Option<Rest>,
    /// What of it is not understood.
    #[serde(skip)]
    pub unread: Vec<Raw>,
}

/// A subnet. Kea returns what it inherits as if it were its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Subnet {
    /// Its number, 1 to 4294967294.
    pub id: u32,
    /// Its prefix, such as `192.0.2.0/24` or `2001:db8:1::/64`; Kea does not insist that the host bits are zero.
    pub subnet: String,
    /// Its pools of addresses.
    #[serde(default, deserialize_with = "null_is_default")]
    pub pools: Records<Pool>,
    /// Its pools of prefixes (IPv6). These lie outside of `subnet`, as a rule.
    #[serde(default, deserialize_with = "null_is_default")]
    pub pd_pools: Records<PdPool>,
    /// Its options.
    #[serde(default, deserialize_with = "null_is_default")]
    pub option_data: Records<OptionData>,
    /// Its reservations, those made by commands in memory included, those of databases not; left out where a configuration is
    /// written down.
    #[serde(default, skip_serializing, deserialize_with = "null_is_default")]
    pub reservations: Records<Reservation>,
    /// Lease time in seconds.
    pub valid_lifetime: Option<u32>,
    /// Shortest lease time in seconds.
    pub min_valid_lifetime: Option<u32>,
    /// Longest lease time in seconds.
    pub max_valid_lifetime: Option<u32>,
    /// For how long addresses and prefixes are preferred, in seconds (IPv6).
    pub preferred_lifetime: Option<u32>,
    /// `siaddr` (IPv4).
    pub next_server: Option<Ipv4Addr>,
    /// `sname` (IPv4).
    pub server_hostname: Option<String>,
    /// `file` (IPv4).
    pub boot_file_name: Option<String>,
    /// Only for clients of this class.
    pub client_class: Option<String>,
    /// Only for clients of one of these classes.
    #[serde(default, deserialize_with = "null_is_default")]
    pub client_classes: Vec<String>,
    /// Classes that are looked at for clients of it once it is chosen; before Kea 2.7 by another name.
    #[serde(default, alias = "require-client-classes", deserialize_with = "null_is_default")]
    pub evaluate_additional_classes: Vec<String>,
    /// The interface of the server whose clients belong to it; empty: none.
    pub interface: Option<String>,
    /// What relays call the link whose clients belong to it (IPv6); empty: nothing.
    pub interface_id: Option<String>,
    /// The relays whose clients belong to it, beside those inside of its prefix.
    #[serde(default, deserialize_with = "null_is_default")]
    pub relay: Relay,
    /// Whether the client identifier decides who a client is, here (IPv4).
    pub match_client_id: Option<bool>,
    /// Whether global reservations count here.
    pub reservations_global: Option<bool>,
    /// Whether subnet reservations count here.
    pub reservations_in_subnet: Option<bool>,
    /// Whether Kea takes it for granted that no reserved address is inside a pool, here.
    pub reservations_out_of_pool: Option<bool>,
    /// Free data.
    pub user_context: Option<Rest>,
    /// What of it is not understood.
    #[serde(skip)]
    pub unread: Vec<Raw>,
}

/// A pool of addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Pool {
    /// `192.0.2.10-192.0.2.99`, perhaps with blanks, or a prefix such as `192.0.2.64/26`; alike with IPv6.
    pub pool: String,
    /// Its options.
    #[serde(deserialize_with = "null_is_default")]
    pub option_data: Records<OptionData>,
    /// Only for clients of this class.
    pub client_class: Option<String>,
    /// Only for clients of one of these classes.
    #[serde(deserialize_with = "null_is_default")]
    pub client_classes: Vec<String>,
    /// Classes that are looked at for clients of it once it is chosen; before Kea 2.7 by another name.
    #[serde(alias = "require-client-classes", deserialize_with = "null_is_default")]
    pub evaluate_additional_classes: Vec<String>,
    /// Free data.
    pub user_context: Option<Rest>,
    /// What of it is not understood.
    #[serde(skip)]
    pub unread: Vec<Raw>,
}

/// A pool of prefixes that are delegated to clients (IPv6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PdPool {
    /// Where it begins.
    pub prefix: Ipv6Addr,
    /// Of how many bits the pool is, 1 to 128.
    pub prefix_len: u8,
    /// Of how many bits each delegated prefix is, at least `prefix_len`.
    pub delegated_len: u8,
    /// What clients keep out of every delegated prefix, as it is in the first one (RFC 6603).
    #[serde(default)]
    pub excluded_prefix: Option<Ipv6Addr>,
    /// Of how many bits that is, more than `delegated_len`.
    #[serde(default)]
    pub excluded_prefix_len: Option<u8>,
    /// Its options.
    #[serde(default, deserialize_with = "null_is_default")]
    pub option_data: Records<OptionData>,
    /// Only for clients of this class.
    #[serde(default)]
    pub client_class: Option<String>,
    /// Only for clients of one of these classes.
    #[serde(default, deserialize_with = "null_is_default")]
    pub client_classes: Vec<String>,
    /// Classes that are looked at for clients of it once it is chosen; before Kea 2.7 by another name.
    #[serde(default, alias = "require-client-classes", deserialize_with = "null_is_default")]
    pub evaluate_additional_classes: Vec<String>,
    /// Free data.
    #[serde(default)]
    pub user_context: Option<Rest>,
    /// What of it is not understood.
    #[serde(skip)]
    pub unread: Vec<Raw>,
}

/// The classes that are asked for, in either spelling.
fn guards(one: Option<&String>, all: &[String]) -> Vec<String> {
    all.iter().chain(one).cloned().collect()
}

impl SharedNetwork {
    /// Only clients of one of these classes are served; empty: every client.
    pub fn guards(&self) -> Vec<String> {
        guards(self.client_class.as_ref(), &self.client_classes)
    }
}

impl Subnet {
    /// Only clients of one of these classes are served; empty: every client.
    pub fn guards(&self) -> Vec<String> {
        guards(self.client_class.as_ref(), &self.client_classes)
    }
}

impl Pool {
    /// Only clients of one of these classes get its addresses; empty: every client.
    pub fn guards(&self) -> Vec<String> {
        guards(self.client_class.as_ref(), &self.client_classes)
    }
}

impl PdPool {
    /// Only clients of one of these classes get its prefixes; empty: every client.
    pub fn guards(&self) -> Vec<String> {
        guards(self.client_class.as_ref(), &self.client_classes)
    }
}

/// The value of a DHCP option.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct OptionData {
    /// Such as `routers`; empty for an option without a definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its number; name or number suffices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// Option space; that of the family, `dhcp4` or `dhcp6`, if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    /// The value: text by the option's definition, or hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Whether `data` is text; true if not given and the option has a definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csv_format: Option<bool>,
    /// Whether clients get it that did not ask for it; false if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_send: Option<bool>,
    /// Whether no client gets it, whatever other levels say; false if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never_send: Option<bool>,
    /// Only for members of one of these classes; of one level it comes before one that is for everybody.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub client_classes: Vec<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A client class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClientClass {
    /// Its name.
    pub name: String,
    /// Who belongs to it; none: the clients that are put into it.
    #[serde(default)]
    pub test: Option<String>,
    /// Whether that is only asked where the class is an additional one; before Kea 2.7 by another name.
    #[serde(default, alias = "only-if-required")]
    pub only_in_additional_list: Option<bool>,
    /// Options for those who belong to it.
    #[serde(default, deserialize_with = "null_is_default")]
    pub option_data: Records<OptionData>,
    /// What of it is not understood.
    #[serde(skip)]
    pub unread: Vec<Raw>,
}

/// The relays of a subnet or a shared network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Relay {
    /// Their addresses.
    #[serde(deserialize_with = "null_is_default")]
    pub ip_addresses: Vec<IpAddr>,
    /// Its address, old spelling; all zeros is none.
    pub ip_address: Option<IpAddr>,
}

impl Relay {
    /// The addresses, in either spelling.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.ip_addresses.iter().copied().chain(self.ip_address).filter(|address| !address.is_unspecified())
    }
}

/// The database of a server, without user and password.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Database {
    /// `memfile`, `mysql` or `postgresql`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: Option<String>,
    /// The machine that it is on, as the server sees it.
    pub host: Option<String>,
    /// The port there.
    pub port: Option<u16>,
    /// Only read from.
    pub readonly: bool,
}

/// One line of `subnet4-list` or `subnet6-list`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SubnetListing {
    /// Its number.
    pub id: u32,
    /// Its prefix.
    pub subnet: String,
    /// The shared network that it is in.
    #[serde(default)]
    pub shared_network_name: Option<String>,
}

/// The `arguments` of `subnet4-list` and `subnet6-list`.
#[derive(Debug, Deserialize)]
pub struct SubnetsAnswer {
    /// The subnets.
    pub subnets: Records<SubnetListing>,
}

impl From<SubnetsAnswer> for Records<SubnetListing> {
    fn from(answer: SubnetsAnswer) -> Self {
        answer.subnets
    }
}

/// The `arguments` of `config-hash-get`.
#[derive(Debug, Deserialize)]
pub struct ConfigHash {
    /// 64 hexadecimal digits.
    pub hash: String,
}

impl From<ConfigHash> for String {
    fn from(answer: ConfigHash) -> Self {
        answer.hash
    }
}

/// The `arguments` of `config-write`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Written {
    /// The file, on the daemon's machine.
    pub filename: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A whole configuration, `{"Dhcp4": {…}}` or `{"Dhcp6": {…}}`, or a part of one, **with its passwords**: not serialisable, and not
/// shown by `Debug`. Its texts are Kea’s octets, a character up to U+00FF for each: what is no UTF-8 goes back as it came.
#[derive(Clone, PartialEq)]
pub struct RawConfig(Value, Option<String>);

impl RawConfig {
    /// Wraps a configuration.
    pub fn new(value: Value) -> Self {
        Self(value, None)
    }

    /// Its hash, as `config-hash-get` gives it, where Kea said it with the configuration (2.4 and later).
    pub fn hash(&self) -> Option<&str> {
        self.1.as_deref()
    }

    /// What Kea's own JSON says; octets outside of ASCII are `\u00XX`. None: it is that.
    pub fn from_kea(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).map(Self::new)
    }

    /// It in Kea's own JSON: ASCII.
    pub fn to_kea(&self) -> serde_json::Result<Vec<u8>> {
        crate::latin1::encode_octets(&self.0)
    }

    /// The configuration itself.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The same, reduced to what the console understands; none: it is no configuration of a DHCP server.
    pub fn running(&self) -> Option<RunningConfig> {
        let texts = crate::latin1::as_text(&self.0);
        RunningConfig::deserialize(&*texts).ok()
    }

    /// The configuration itself.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl<'de> Deserialize<'de> for RawConfig {
    /// Keeps the `hash` apart, which Kea adds to what it gives and refuses in what it takes.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Rest::deserialize(deserializer)?;
        let hash = members.shift_remove("hash").and_then(|hash| hash.as_str().map(str::to_owned));
        Ok(Self(Value::Object(members), hash))
    }
}

impl fmt::Debug for RawConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawConfig([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_may_be_written_to_counts_in_either_spelling() {
        let writes = |config| serde_json::from_str::<Dhcp>(config).unwrap().writes_to_database();
        assert!(writes(r#"{"hosts-database": {"type": "mysql"}, "hosts-databases": null}"#));
        assert!(!writes(r#"{"hosts-databases": [{"type": "mysql", "readonly": true}]}"#));
    }
}
