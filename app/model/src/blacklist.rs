//! Addresses that are held back: for a while after they were suggested (holds), or until somebody says otherwise
//! (exclusions).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{AddressRange, SubnetKey, Timestamp};

/// Which address is held.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HoldKey {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The address.
    pub address: IpAddr,
}

/// An address that was suggested to somebody and is suggested to nobody else until a point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The address.
    pub key: HoldKey,
    /// Who asked for it: a user's name, or the system that called.
    pub holder: String,
    /// For which client, as far as it was said.
    pub purpose: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// A free address, held for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The address.
    pub address: IpAddr,
    /// Until when nobody else is offered it; none when the client already owns it.
    pub held_until: Option<Timestamp>,
}

/// A range of a subnet that nobody is given an address of, until somebody takes the exclusion away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The subnet.
    pub subnet: SubnetKey,
    /// The addresses, both ends included.
    pub range: AddressRange,
    /// Why, for people.
    pub reason: String,
    /// Who said so.
    pub author: String,
    /// Since when.
    pub since: Timestamp,
}
