//! What of a subnet can be edited, as pages show it.

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{AddressRange, DefinedOption, OptionDatum, ParameterGroup, PrefixPool, SubnetKey};

/// A pool of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PoolSetting {
    /// Its path.
    pub path: String,
    /// Its addresses, as its server has them written.
    pub text: String,
    /// The same; none: they are not understood.
    pub range: Option<AddressRange>,
    /// What else is to be known of it: its name, and whom it is for.
    pub notes: Vec<String>,
    /// The same, to be changed.
    #[serde(default)]
    pub more: PoolMore,
}

/// A pool of prefixes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrefixPoolSetting {
    /// Its path.
    pub path: String,
    /// Its prefix, as its server has it written.
    pub text: String,
    /// The whole pool; none: it is not understood.
    pub pool: Option<PrefixPool>,
    /// What else is to be known of it: its name, and whom it is for.
    pub notes: Vec<String>,
    /// The same, to be changed.
    pub more: PoolMore,
}

/// What is set on a pool of either kind beside what it is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PoolMore {
    /// What people call it.
    pub name: Option<String>,
    /// The member of its user context that says so.
    pub name_member: Option<String>,
    /// The classes that it is for; none: for all clients.
    pub classes: Vec<String>,
    /// Whether the class is named in the old way, which Kea does not take beside the new one.
    pub is_old_class: bool,
    /// Its number, by which statistics are kept; none: it has none of its own.
    pub number: Option<u32>,
}

/// What goes to clients of an option.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OptionOctets {
    /// Its octets in hexadecimal digits, without code and length.
    pub hex: String,
    /// How many octets it has.
    pub length: u32,
    /// The same for people, as sentences; long ones shortened. Empty: see `fault`.
    pub text: String,
    /// Why Kea does not take the value, as sentences; none: it does.
    pub fault: Option<String>,
}

/// An option that is set on a part, or above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionSetting {
    /// The path of what is set on the part itself.
    pub path: Option<String>,
    /// What is set there.
    pub own: Option<OptionDatum>,
    /// What holds where nothing is set there.
    pub inherited: Option<OptionDatum>,
    /// Where that comes from, in words.
    pub from: String,
    /// What goes to clients of the value that holds; none: that was not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub octets: Option<OptionOctets>,
}

impl OptionSetting {
    /// The value that holds.
    pub fn effective(&self) -> Option<&OptionDatum> {
        self.own.as_ref().or(self.inherited.as_ref())
    }
}

/// The options of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionSettings {
    /// The path of its list of options.
    pub list: String,
    /// Whether they are of IPv6.
    pub v6: bool,
    /// Those that are set on it, and those that hold from above.
    pub options: Vec<OptionSetting>,
    /// The options that are chosen by name, and that forms have no editor of their own for: those that the server defines,
    /// and the rest of Kea's.
    #[serde(default)]
    pub defined: Vec<DefinedOption>,
    /// The classes to choose from where an option is for some clients alone.
    #[serde(default)]
    pub classes: Vec<String>,
}

/// A subnet, as far as it can be edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetSettings {
    /// Which.
    pub key: SubnetKey,
    /// Its path.
    pub path: String,
    /// Its prefix, as its server has it written.
    pub prefix: String,
    /// The same; none: it is not understood.
    pub network: Option<IpNetwork>,
    /// What people call it.
    pub name: Option<String>,
    /// The shared network that it is in.
    pub shared_network: Option<String>,
    /// Its pools of addresses.
    pub pools: Vec<PoolSetting>,
    /// Its pools of prefixes.
    #[serde(default)]
    pub prefix_pools: Vec<PrefixPoolSetting>,
    /// Its options.
    pub options: OptionSettings,
    /// Its parameters.
    pub groups: Vec<ParameterGroup>,
}

/// A subnet that can be chosen to be changed together with others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SubnetChoice {
    /// What it is called on the server that serves it.
    pub key: SubnetKey,
    /// Its prefix.
    pub prefix: IpNetwork,
    /// What people call it.
    pub name: Option<String>,
    /// The shared network that it is in.
    pub shared_network: Option<String>,
}

/// What a new subnet is proposed to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetProposal {
    /// Its prefix, in the one spelling.
    pub prefix: IpNetwork,
    /// Its number: none that was used before, as far as that is known.
    pub id: u32,
    /// The pool, as `192.0.2.10-192.0.2.254`; none: the prefix leaves no room for one.
    pub pool: Option<String>,
    /// The gateway; none in IPv6, where clients learn it otherwise.
    pub gateway: Option<String>,
    /// The name servers that most other subnets have, where they are not set for the whole server; may be empty.
    pub name_servers: String,
    /// The path of the list that it is put into.
    pub list: String,
    /// Subnets that have addresses of it too.
    pub overlaps: Vec<String>,
    /// The shared networks that it may be put into instead.
    #[serde(default)]
    pub networks: Vec<NetworkChoice>,
    /// The interfaces that the server listens on, by name; none: on all that it has.
    #[serde(default)]
    pub interfaces: Vec<String>,
    /// The interface of its clients, in IPv6: the only one that the server listens on, where no other subnet has it.
    #[serde(default)]
    pub interface: Option<String>,
}

/// A shared network that a subnet may be put into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkChoice {
    /// Its name.
    pub name: String,
    /// The path of the list of its subnets.
    pub list: String,
}
