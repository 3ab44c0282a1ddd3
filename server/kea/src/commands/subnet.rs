//! Commands of the `subnet_cmds` hook.

use serde::Serialize;

use super::lists;
use crate::wire::{RawConfig, Rest, SubnetListing, SubnetsAnswer};
use crate::{Command, DeadlineClass, Done};

/// `subnet4-list`: id, prefix and shared network of every IPv4 subnet; cheap, unlike the whole configuration.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Subnet4List;

/// `subnet6-list`: the same of every IPv6 subnet.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Subnet6List;

lists! { SubnetsAnswer => SubnetListing;
    Subnet4List = "subnet4-list",
    Subnet6List = "subnet6-list",
}

/// Commands that tell one subnet as `config-get` shows it, **secrets included**, but for its reservations; none: there is no
/// subnet of that number.
macro_rules! one {
    ($($(#[$doc:meta])* $command:ident = $name:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Serialize)]
        pub struct $command {
            /// Its number.
            pub id: u32,
        }

        impl Command for $command {
            const NAME: &'static str = $name;
            const OCTETS: bool = true;
            type Answer = RawConfig;
            type Reply = Option<RawConfig>;

            fn empty() -> Option<Self::Reply> {
                Some(None)
            }
        }
    )*};
}

one! {
    /// `subnet4-get`: an IPv4 subnet.
    Subnet4Get = "subnet4-get",
    /// `subnet6-get`: an IPv6 subnet.
    Subnet6Get = "subnet6-get",
}

/// Which subnet a delta is of, and the members of its user context that are set or removed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ContextDelta {
    /// Its number.
    pub id: u32,
    /// Its prefix, spelled as Kea does: **another one would become the prefix of the subnet**.
    pub subnet: String,
    /// The members. What is set is merged into what is there: objects member by member, lists are appended to. What is
    /// removed must have the value that is there.
    pub user_context: Rest,
}

/// Deltas of one subnet. Everything of it that they do not name stays, inherited values stay inherited (asked of Kea 3.0.3);
/// nothing is saved.
macro_rules! deltas {
    ($($(#[$doc:meta])* $command:ident($member:literal) = $name:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $command {
            /// The delta; Kea takes one at a time.
            #[serde(rename = $member)]
            pub subnets: [ContextDelta; 1],
        }

        impl Command for $command {
            const NAME: &'static str = $name;
            const MUTATES: bool = true;
            const DEADLINE: DeadlineClass = DeadlineClass::Write;
            type Answer = Done;
            type Reply = ();
        }
    )*};
}

deltas! {
    /// `subnet4-delta-add`: sets parts of an IPv4 subnet.
    Subnet4DeltaAdd("subnet4") = "subnet4-delta-add",
    /// `subnet6-delta-add`: sets parts of an IPv6 subnet.
    Subnet6DeltaAdd("subnet6") = "subnet6-delta-add",
    /// `subnet4-delta-del`: removes parts of an IPv4 subnet.
    Subnet4DeltaDel("subnet4") = "subnet4-delta-del",
    /// `subnet6-delta-del`: removes parts of an IPv6 subnet.
    Subnet6DeltaDel("subnet6") = "subnet6-delta-del",
}
