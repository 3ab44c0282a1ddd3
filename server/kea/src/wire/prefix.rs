//! Prefixes as reservations have them.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An IPv6 prefix such as `2001:db8:1::/56`, which is how Kea writes it. Kea refuses one with bits behind its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefix {
    /// Where it begins.
    pub address: Ipv6Addr,
    /// Of how many bits it is, 0 to 128.
    pub length: u8,
}

/// The text is no prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a prefix such as 2001:db8::/56")]
pub struct NotAPrefix;

impl FromStr for Prefix {
    type Err = NotAPrefix;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, length) = text.split_once('/').ok_or(NotAPrefix)?;
        let address = address.parse().map_err(|_| NotAPrefix)?;
        let length = length.parse().ok().filter(|length| *length <= 128).ok_or(NotAPrefix)?;
        Ok(Self { address, length })
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

impl TryFrom<String> for Prefix {
    type Error = NotAPrefix;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Prefix> for String {
    fn from(prefix: Prefix) -> Self {
        prefix.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_read_as_they_are_written() {
        let prefix: Prefix = serde_json::from_str(r#""2001:db8:0:0::/56""#).unwrap();
        assert_eq!(serde_json::to_string(&prefix).unwrap(), r#""2001:db8::/56""#);
        for text in ["", "2001:db8::", "2001:db8::/129", "2001:db8::/-1", "2001:db8::/", "192.0.2.0/24", "/56"] {
            assert_eq!(text.parse::<Prefix>(), Err(NotAPrefix), "{text}");
        }
    }
}
