//! What a search found.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{Client, IpNetwork, Problem, RawRecord, ServerName, Subnet, SubnetKey, Timestamp};

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SearchAnswer {
    /// Clients, with the subnet that each is in, those first that fit best: a page of them.
    pub clients: Vec<(SubnetKey, Client)>,
    /// What else there is to say of each of these clients, in their order.
    #[serde(default)]
    pub hits: Vec<ClientHit>,
    /// How many clients come before these.
    #[serde(default)]
    pub offset: u32,
    /// How many clients were found in all.
    #[serde(default)]
    pub total: u32,
    /// Subnets by prefix, name, or an address inside.
    pub subnets: Vec<Subnet>,
    /// Whether there are more clients than up to the end of this page.
    pub more: bool,
    /// The address that was looked for, where nobody has it and a subnet could give it away.
    #[serde(default)]
    pub free: Option<FreeAddress>,
    /// Servers that could not be asked, each with the reason.
    pub silent: Vec<Problem>,
    /// Servers that do not answer now, and when they said what was found of theirs.
    #[serde(default)]
    pub dated: Vec<(ServerName, Timestamp)>,
    /// How much was looked through.
    #[serde(default)]
    pub progress: SearchProgress,
    /// What the clients have as their subnet and is none of any server: strays, which are listed with their servers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<SubnetKey>,
    /// Records that are not understood and have the text in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<RawRecord>,
}

impl SearchAnswer {
    /// Most clients that one page shows.
    pub const MOST: usize = 50;
}

/// What else there is to say of a client that was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClientHit {
    /// The prefix of its subnet; none: the subnet is gone, or it is of none in particular.
    pub prefix: Option<IpNetwork>,
    /// The name of its subnet.
    pub subnet_name: Option<String>,
    /// What mentions the text, where that is not the address, the name or the MAC address: “note”, and the note.
    pub matched: Option<(String, String)>,
}

/// An address that could be reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeAddress {
    /// The subnet that it would be reserved in.
    pub subnet: SubnetKey,
    /// The prefix of that subnet.
    pub prefix: IpNetwork,
    /// The address.
    pub address: IpAddr,
}

/// How much a search looked through. Exact addresses, identifiers and names are asked for live; the rest is looked for in
/// what servers said last, which is brought up to date in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SearchProgress {
    /// How many subnets were looked through.
    pub searched: u32,
    /// How many there are.
    pub of: u32,
    /// The age of the oldest of what was looked through.
    pub as_of: Option<Timestamp>,
    /// Whether servers are being read anew: the same search finds more, or newer, in a moment.
    pub under_way: bool,
}

impl SearchProgress {
    /// What is missing, for people; none: everything was looked through.
    pub fn missing(&self) -> Option<String> {
        let Self { searched, of, under_way, .. } = self;
        match (searched < of, under_way) {
            (true, true) => Some(format!("searching {searched} of {of} subnets")),
            (true, false) => Some(format!("only {searched} of {of} subnets could be searched")),
            (false, _) => None,
        }
    }
}

/// A way to something that was found, for a list below a search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHint {
    /// What it leads to.
    pub kind: HintKind,
    /// What stands first: an address, a prefix.
    pub title: String,
    /// What stands beside it.
    pub detail: String,
    /// The subnet whose page shows it.
    pub subnet: SubnetKey,
    /// What that page is to show; none: all of it.
    pub text: Option<String>,
}

/// What a hint leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HintKind {
    /// The details of an address or a prefix that a client has.
    Client,
    /// A reservation without an address.
    Unaddressed,
    /// The strays of a server.
    Stray,
    /// A subnet.
    Subnet,
    /// An address that can be reserved.
    Free,
}

/// What a search box offers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SearchHints {
    /// The best first.
    pub list: Vec<SearchHint>,
    /// The place in the list of the only one that is exactly what was looked for.
    pub exact: Option<u32>,
    /// What is still missing, for people.
    pub missing: Option<String>,
    /// Whether the same question may find more in a moment.
    pub under_way: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said() {
        let missing = |searched, of, under_way| SearchProgress { searched, of, as_of: None, under_way }.missing();
        assert_eq!(missing(212, 501, true).as_deref(), Some("searching 212 of 501 subnets"));
        assert_eq!(missing(212, 501, false).as_deref(), Some("only 212 of 501 subnets could be searched"));
        assert_eq!((missing(501, 501, true), missing(0, 0, false)), (None, None));
    }
}
