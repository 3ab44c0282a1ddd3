//! Addresses that are held back: for a while after they were suggested (holds), or until the exclusion is removed
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

/// An address that was suggested to one caller and is suggested to no other until a point in time.
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

/// A free address, held for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The address.
    pub address: IpAddr,
    /// Until when it is offered to no other caller; none when the client already owns it.
    pub held_until: Option<Timestamp>,
}

/// A range of a subnet whose addresses are neither suggested nor reserved, until the exclusion is removed.
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

impl Exclusion {
    /// The longest reason, in characters.
    pub const LONGEST_REASON: usize = 200;

    /// A reason as it is kept, or what is wrong with it.
    pub fn reason(text: &str) -> Result<String, String> {
        let text = text.trim();
        if text.is_empty() {
            Err("enter a reason".to_owned())
        } else if text.chars().count() > Self::LONGEST_REASON {
            Err(format!("at most {} characters", Self::LONGEST_REASON))
        } else if text.chars().any(char::is_control) {
            Err("line breaks and control characters are not allowed".to_owned())
        } else {
            Ok(text.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_in_characters() {
        assert_eq!(Exclusion::reason("  for the printers "), Ok("for the printers".to_owned()));
        assert!(Exclusion::reason(&"ü".repeat(200)).is_ok());
        for bad in ["", "   ", "a\nb", &"ü".repeat(201)] {
            assert!(Exclusion::reason(bad).is_err(), "{bad:?}");
        }
    }
}
