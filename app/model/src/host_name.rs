//! Host names as DHCP and DNS can hold them (RFC 952, RFC 1123 §2.1, RFC 1035 §2.3.4).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A host name, short or fully qualified: labels of letters, digits, `-` and `_`, at most 63 octets each and 253 in all.
///
/// The underscore is no host name to RFC 1123, but devices and Active Directory use it and Kea accepts it. What is not
/// allowed matters more: a control character in a name damages Kea's lease file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

/// Why a text is not a host name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostNameError {
    /// Nothing there.
    #[error("a host name cannot be empty")]
    Empty,
    /// More than 253 octets.
    #[error("a host name has at most 253 characters")]
    TooLong,
    /// A label that is empty, too long, or starts or ends with a hyphen.
    #[error("the part “{0}” must have 1 to 63 characters and no hyphen at its ends")]
    Label(String),
    /// A character that host names do not have.
    #[error("{0:?} is not allowed: use letters, digits, hyphens and dots")]
    Character(char),
}

impl HostName {
    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of a name have in common: small letters, no dot at the end. Servers hold names that are none by
    /// our rules; these are compared alike.
    pub fn bare(name: &str) -> String {
        name.trim_end_matches('.').to_ascii_lowercase()
    }
}

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let name = text.strip_suffix('.').unwrap_or(text);
        if name.is_empty() {
            return Err(HostNameError::Empty);
        }
        if let Some(stranger) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
            return Err(HostNameError::Character(stranger));
        }
        if name.len() > 253 {
            return Err(HostNameError::TooLong);
        }
        let bad = |label: &&str| label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-');
        match name.split('.').find(bad) {
            Some(label) => Err(HostNameError::Label(label.to_owned())),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for HostName {
    type Error = HostNameError;

    fn try_from(text: String) -> Result<Self, HostNameError> {
        text.parse()
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_are_names_of_hosts() {
        for good in ["a", "web-01", "Web_01.example.com", "host.example.com.", "1st", &"a".repeat(63)] {
            assert!(good.parse::<HostName>().is_ok(), "{good}");
        }
        for bad in [
            "",
            ".",
            "-a",
            "a-",
            "a..b",
            "a b",
            "a\nb",
            "a\u{0}",
            "<b>",
            "käse",
            "a,b",
            &"a".repeat(64),
            &"a.".repeat(128),
        ] {
            assert!(bad.parse::<HostName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn one_name_has_many_spellings() {
        for same in ["web.example.com", "Web.Example.COM.", "WEB.EXAMPLE.COM", "web.example.com.."] {
            assert_eq!(HostName::bare(same), "web.example.com");
        }
        for other in ["web", "web.example", "web-example.com", ".web.example.com", ""] {
            assert_ne!(HostName::bare(other), "web.example.com");
        }
        assert_eq!(HostName::bare("KÄSE web."), "kÄse web", "whatever a server holds");
    }
}
