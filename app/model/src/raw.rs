//! Records of a server that are of none of our types: kept as the server wrote them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{Storage, SubnetKey};

/// What a record is of which nothing more is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawKind {
    /// A lease.
    Lease,
    /// A reservation.
    Reservation,
}

impl RawKind {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lease => "lease",
            Self::Reservation => "reservation",
        }
    }
}

/// A record that is of none of our types. It is shown, found and exported as it is; its addresses are not free; it cannot
/// be changed here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RawRecord {
    /// What it is.
    pub kind: RawKind,
    /// The subnet that it is shown in.
    pub subnet: SubnetKey,
    /// Whether no subnet of its server is its.
    #[serde(default)]
    pub stray: bool,
    /// Every address in it, also the first of a prefix, as far as that is understood.
    pub addresses: Vec<IpAddr>,
    /// Where a reservation is kept.
    #[serde(default)]
    pub storage: Option<Storage>,
    /// What it says: one line of JSON, without what may be a password.
    pub text: String,
    /// Why it is not understood.
    pub fault: String,
}

impl RawRecord {
    /// The address that it is shown at; none: it has none, or none that is understood.
    pub fn address(&self) -> Option<IpAddr> {
        self.addresses.first().copied()
    }

    /// Whether it is for that address.
    pub fn is_at(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }

    /// What is to be said of it.
    pub fn sentence(&self) -> String {
        let at = self.address().map(|address| format!(" at {address}")).unwrap_or_default();
        let Self { kind, subnet, fault, .. } = self;
        format!("“{}” has a {}{at} that Nestor does not understand: {fault}.", subnet.server, kind.label())
    }

    /// What can be done about it.
    pub fn advice(&self) -> &'static str {
        "It stays as it is, and its address is not given out. Correct or delete it on the server itself."
    }

    /// Whether the text (in lower case) stands in it.
    pub fn mentions(&self, text: &str) -> bool {
        self.text.to_lowercase().contains(text) || self.addresses.iter().any(|its| its.to_string().contains(text))
    }
}
