//! Subnets.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{
    AddressRange, Family, Finding, IdentifierKind, Labels, OptionDatum, Pool, PrefixPool, Problem, Seconds, ServerName,
    Timestamp,
};

/// Which subnet of which server: `main/12`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubnetKey {
    /// The server that serves it.
    pub server: ServerName,
    /// The server's own number for it, 1 to 4294967294; 0 stands for none in particular.
    pub id: u32,
}

impl SubnetKey {
    /// What reservations of that server have as their subnet that are of none in particular: Kea calls them global.
    pub fn global(server: ServerName) -> Self {
        Self { server, id: 0 }
    }

    /// Whether it stands for no subnet in particular.
    pub fn is_global(&self) -> bool {
        self.id == 0
    }
}

impl fmt::Display for SubnetKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.server, self.id)
    }
}

impl FromStr for SubnetKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (server, id) = text.split_once('/').ok_or(())?;
        Ok(Self { server: server.parse().map_err(|_| ())?, id: id.parse().map_err(|_| ())? })
    }
}

/// A subnet as its server is configured to serve it; values that it inherits are already filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Server and number.
    pub key: SubnetKey,
    /// The prefix.
    pub prefix: IpNetwork,
    /// What people call it.
    pub name: Option<String>,
    /// What else they say of it.
    #[serde(default)]
    pub comment: Option<String>,
    /// The shared network that it belongs to.
    pub shared_network: Option<String>,
    /// Name and comment of the shared network, beside its own name.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub network_labels: Labels,
    /// The interface of the server whose clients belong to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// What relays call the link whose clients belong to it; only in IPv6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface_id: Option<String>,
    /// Relays whose clients belong to it, or to its shared network, beside those inside of the prefix.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relays: Vec<IpAddr>,
    /// Only clients of these classes are served; empty: every client.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_classes: Vec<String>,
    /// The same of the shared network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network_classes: Vec<String>,
    /// Classes that are evaluated for clients that are served here, the shared network’s among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_classes: Vec<String>,
    /// The pools, as configured.
    pub pools: Vec<Pool>,
    /// The prefix pools, as configured; only in IPv6.
    #[serde(default)]
    pub prefix_pools: Vec<PrefixPool>,
    /// Routers (option 3), the default gateway first; only in IPv4, where clients learn them by DHCP.
    pub routers: Vec<IpAddr>,
    /// Other routers that clients get: those of routes, of a pool, or of a class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_routers: Vec<IpAddr>,
    /// Name servers (option 6; in IPv6 23).
    pub dns_servers: Vec<IpAddr>,
    /// Time servers (option 42; in IPv6 31).
    pub ntp_servers: Vec<IpAddr>,
    /// Domain name (option 15; in IPv6 the first of the search list, 24).
    pub domain_name: Option<String>,
    /// Interface MTU in octets (option 26).
    pub interface_mtu: Option<u16>,
    /// Every option that is set, the ones above included.
    pub options: Vec<OptionDatum>,
    /// How long a lease lasts, in seconds.
    pub valid_lifetime: Option<u32>,
    /// Boot server for every client of the subnet.
    pub next_server: Option<Ipv4Addr>,
    /// Boot file for every client of the subnet.
    pub boot_file_name: Option<String>,
    /// How the server treats reservations here.
    #[serde(default)]
    pub rules: ReservationRules,
    /// What of its configuration is not understood, a line for each: where it stands, what it says, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

/// How a server treats the reservations of a subnet (Kea ARM, "Host Reservations").
#[allow(clippy::struct_excessive_bools, reason = "flags that an operator sets one by one")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationRules {
    /// The kinds of identifiers that it looks clients up by, in its order.
    pub identifiers: Vec<IdentifierKind>,
    /// Whether the client id decides who a client is before the hardware address does.
    pub match_client_id: bool,
    /// Whether reservations of the subnet count at all.
    pub in_subnet: bool,
    /// Whether reservations of no subnet in particular count here, for clients that have none in the subnet.
    #[serde(default)]
    pub global: bool,
    /// Whether it takes for granted that no reserved address lies inside a pool.
    pub out_of_pool: bool,
    /// Whether an address or a prefix can be reserved once only.
    #[serde(default = "yes")]
    pub unique: bool,
}

fn yes() -> bool {
    true
}

impl Default for ReservationRules {
    /// Kea's own defaults.
    fn default() -> Self {
        use IdentifierKind::{CircuitId, ClientId, Duid, HwAddress};
        let identifiers = vec![HwAddress, Duid, CircuitId, ClientId];
        Self { identifiers, match_client_id: true, in_subnet: true, global: false, out_of_pool: false, unique: true }
    }
}

impl Subnet {
    /// A subnet of which nothing is configured but its prefix.
    pub fn of(key: SubnetKey, prefix: IpNetwork) -> Self {
        Self {
            key,
            prefix,
            name: None,
            comment: None,
            shared_network: None,
            network_labels: Labels::default(),
            interface: None,
            interface_id: None,
            relays: Vec::new(),
            client_classes: Vec::new(),
            network_classes: Vec::new(),
            additional_classes: Vec::new(),
            pools: Vec::new(),
            prefix_pools: Vec::new(),
            routers: Vec::new(),
            other_routers: Vec::new(),
            dns_servers: Vec::new(),
            ntp_servers: Vec::new(),
            domain_name: None,
            interface_mtu: None,
            options: Vec::new(),
            valid_lifetime: None,
            next_server: None,
            boot_file_name: None,
            rules: ReservationRules::default(),
            unread: Vec::new(),
        }
    }

    /// What stands for a subnet where reservations are of none in particular: all addresses of the family, and how the
    /// server treats such reservations.
    pub fn global(server: ServerName, family: Family, rules: ReservationRules) -> Self {
        let first = match family {
            Family::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Family::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        // Every address has a prefix of that length.
        let prefix = IpNetwork::new(first, 0).unwrap_or_else(|_| first.into());
        let name = Some("Global reservations".to_owned());
        Self { name, rules, ..Self::of(SubnetKey::global(server), prefix) }
    }

    /// Whether both have addresses in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        AddressRange::of_prefix(self.prefix).intersection(AddressRange::of_prefix(other.prefix)).is_some()
    }

    /// Whether a server looks for a client of the one in the other too: both are of one shared network.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.key.server == other.key.server
            && self.shared_network.is_some()
            && self.shared_network == other.shared_network
    }

    /// The name that people know it by, else its prefix.
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.prefix.to_string())
    }

    /// What people call it, and say of it.
    pub fn labels(&self) -> Labels {
        Labels { name: self.name.clone(), comment: self.comment.clone() }
    }

    /// What stands at the head of its page: its prefix, as long as it is a subnet.
    pub fn heading(&self) -> String {
        if self.key.is_global() { self.title() } else { self.prefix.to_string() }
    }

    /// How long a lease lasts, for people: 2³² − 1 seconds are for ever.
    pub fn lease_time(&self) -> Option<String> {
        let seconds = self.valid_lifetime?;
        Some(if seconds == u32::MAX { "for ever".to_owned() } else { Seconds(seconds.into()).to_string() })
    }

    /// The family of its addresses.
    pub fn family(&self) -> Family {
        if self.prefix.is_ipv4() { Family::V4 } else { Family::V6 }
    }

    /// Whether the address can belong to a host here: inside the prefix, and none that [`AddressRange::usable`] leaves
    /// out.
    pub fn holds(&self, address: IpAddr) -> bool {
        AddressRange::usable(self.prefix).contains(address)
    }

    /// What of a range lies in no pool.
    pub fn outside_pools(&self, range: AddressRange) -> Vec<AddressRange> {
        let without =
            |left: Vec<AddressRange>, pool: &Pool| left.iter().flat_map(|part| part.without(pool.range)).collect();
        self.pools.iter().fold(vec![range], without)
    }

    /// Whether any client gets a router at that address.
    pub fn has_router(&self, address: IpAddr) -> bool {
        self.all_routers().any(|router| router == address)
    }

    /// Every router that a client gets.
    pub fn all_routers(&self) -> impl Iterator<Item = IpAddr> {
        self.routers.iter().chain(&self.other_routers).copied()
    }

    /// The pool that the address lies in.
    pub fn pool_of(&self, address: IpAddr) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.range.contains(address))
    }
}

/// How full the pools of a subnet are, as the server counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Utilization {
    /// Addresses in all pools together; of more than 2⁶⁴ as many as that number holds.
    pub total: u64,
    /// Addresses that are leased.
    pub assigned: u64,
    /// Leased addresses that a client found in use by another device.
    pub declined: u64,
    /// Prefixes that can be delegated out of all prefix pools together.
    #[serde(default)]
    pub prefixes: u64,
    /// Prefixes that are delegated.
    #[serde(default)]
    pub delegated: u64,
}

impl Utilization {
    /// Leased share of the pools in percent, rounded down so that only a full subnet shows 100; none without pools.
    pub fn percent(self) -> Option<u8> {
        share(self.assigned, self.total)
    }

    /// Delegated share of the prefix pools in percent, rounded down too; none without prefix pools.
    pub fn prefix_percent(self) -> Option<u8> {
        share(self.delegated, self.prefixes)
    }

    /// Addresses that the server can still hand out.
    pub fn free(self) -> u64 {
        self.total.saturating_sub(self.assigned)
    }
}

fn share(part: u64, whole: u64) -> Option<u8> {
    let (part, whole) = (u128::from(part.min(whole)), u128::from(whole));
    (whole > 0).then(|| u8::try_from(part * 100 / whole).unwrap_or(100))
}

/// A server that has a subnet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The server.
    pub server: ServerName,
    /// Its number for the subnet; none: it never answered, and may have it or not.
    pub id: Option<u32>,
    /// Whether it answers.
    pub answers: bool,
}

impl Member {
    /// What the subnet is called there.
    pub fn key(&self) -> Option<SubnetKey> {
        Some(SubnetKey { server: self.server.clone(), id: self.id? })
    }
}

/// A subnet as a list shows it: once, however many servers stand in for each other in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetSummary {
    /// The subnet, on the server that serves it; where another one was asked for by name, on that one.
    pub subnet: Subnet,
    /// How full it is; none when the server cannot say (`stat_cmds` not loaded).
    pub utilization: Option<Utilization>,
    /// When its server said so, where that does not answer now.
    #[serde(default)]
    pub as_of: Option<Timestamp>,
    /// Every server that has it, first the one that the numbers come from.
    #[serde(default)]
    pub members: Vec<Member>,
    /// What its server lacks for its name to be changed from here, in words; none: nothing, or it was not asked, as in a
    /// list.
    #[serde(default)]
    pub naming_lacks: Option<String>,
    /// What its server lacks for reservations to be seen and changed; none: nothing, or it was not asked, as in a list.
    #[serde(default)]
    pub reserving_lacks: Option<Finding>,
}

impl SubnetSummary {
    /// Whether this is the subnet of that name, on whichever server.
    pub fn is(&self, key: &SubnetKey) -> bool {
        self.subnet.key == *key || self.members.iter().any(|member| member.key().as_ref() == Some(key))
    }
}

/// Every subnet of every server that answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetList {
    /// The subnets, by prefix.
    pub subnets: Vec<SubnetSummary>,
    /// Servers that could not be asked, each with the reason; those whose partners answer for all that they have are left
    /// out.
    pub silent: Vec<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_subnet_shows_a_hundred_percent() {
        let of = |assigned, total| Utilization { total, assigned, ..Utilization::default() }.percent();
        assert_eq!(
            (of(0, 0), of(0, 9), of(999, 1000), of(9, 9), of(10, 9)),
            (None, Some(0), Some(99), Some(100), Some(100))
        );
    }

    #[test]
    fn keys_are_readable_both_ways() {
        let key: SubnetKey = "main/12".parse().unwrap();
        assert_eq!(key.to_string(), "main/12");
        assert!("main".parse::<SubnetKey>().is_err() && "main/x".parse::<SubnetKey>().is_err());
    }
}
