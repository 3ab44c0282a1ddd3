//! The list of subnets, page by page.

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use crate::{Member, Problem, SubnetKey, Timestamp, Utilization};

/// What the subnets are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkOrder {
    /// By prefix, in groups of shared networks.
    #[default]
    Prefix,
    /// The other way round.
    PrefixDown,
    /// By name; those without one come last.
    Name,
    /// The other way round; those without one come last all the same.
    NameDown,
    /// By the used share of the pools; those without pools come last.
    Used,
    /// The other way round; those without pools come last all the same.
    UsedDown,
}

impl NetworkOrder {
    /// Every order.
    pub const ALL: [Self; 6] = [Self::Prefix, Self::PrefixDown, Self::Name, Self::NameDown, Self::Used, Self::UsedDown];

    /// The order in the address of a page; the usual one is not written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prefix => "",
            Self::PrefixDown => "-prefix",
            Self::Name => "name",
            Self::NameDown => "-name",
            Self::Used => "used",
            Self::UsedDown => "-used",
        }
    }

    /// Reads the above; anything unknown is the usual order.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|order| order.as_str() == text).unwrap_or_default()
    }

    /// Whether the highest comes first.
    pub fn is_descending(self) -> bool {
        matches!(self, Self::PrefixDown | Self::NameDown | Self::UsedDown)
    }

    /// Whether it is by prefix, so that shared networks stay together.
    pub fn is_by_prefix(self) -> bool {
        matches!(self, Self::Prefix | Self::PrefixDown)
    }
}

/// A question about the subnets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NetworkQuery {
    /// Only subnets with each of these words in prefix, name, shared network or server, or with that address inside;
    /// `class:pxe` is for those with something for that class, `class:"floor 3"` where its name has blanks. Empty: all.
    #[serde(default)]
    pub text: String,
    /// Their order.
    #[serde(default)]
    pub order: NetworkOrder,
    /// How many rows to leave out at the start.
    #[serde(default)]
    pub offset: u32,
}

impl NetworkQuery {
    /// How many rows a page has.
    pub const ROWS: u32 = 100;
}

/// One subnet of the list: what a row shows, and no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkRow {
    /// What it is called on the server that serves it.
    pub key: SubnetKey,
    /// The prefix.
    pub prefix: IpNetwork,
    /// What people call it.
    pub name: Option<String>,
    /// Its shared network.
    pub shared_network: Option<String>,
    /// The heading that it stands under; none: the list has no headings.
    pub group: Option<String>,
    /// The path of the shared network whose name the heading is.
    #[serde(default)]
    pub group_path: Option<String>,
    /// How full it is; none when the server cannot say.
    pub utilization: Option<Utilization>,
    /// How many pools it has.
    pub pools: u32,
    /// The default gateway.
    pub gateway: Option<IpAddr>,
    /// When its server said so, where that does not answer now.
    pub as_of: Option<Timestamp>,
    /// Every server that has it.
    pub members: Vec<Member>,
}

/// Some of the subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPage {
    /// The rows of this page.
    pub rows: Vec<NetworkRow>,
    /// How many rows come before them.
    pub offset: u32,
    /// How many subnets match.
    pub total: u32,
    /// How many there are.
    pub all: u32,
    /// Whether they are on more than one server.
    pub several_servers: bool,
    /// Where reservations are that are of no subnet in particular: one key for each server, or for servers that share
    /// them.
    pub globals: Vec<SubnetKey>,
    /// Servers that could not be asked, each with the reason.
    pub silent: Vec<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_readable_both_ways() {
        for order in NetworkOrder::ALL {
            assert_eq!(NetworkOrder::parse(order.as_str()), order);
        }
        assert_eq!(NetworkOrder::parse("<script>"), NetworkOrder::Prefix);
    }
}
