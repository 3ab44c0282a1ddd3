//! Findings that somebody has silenced: they are known, and meant to stay so.

use serde::{Deserialize, Serialize};

use crate::{ServerName, Timestamp};

/// A finding of the check of a server, or of a rule on its configuration, that needs no attention any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silenced {
    /// The server.
    pub server: ServerName,
    /// What tells the finding from others of the server; see [`FindingKey`].
    pub finding: FindingKey,
    /// What it said when it was silenced.
    pub text: String,
    /// Why it may stay so, in the words of who silenced it.
    pub reason: String,
    /// Who silenced it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// What tells a finding from others of the same server. One of a rule is the same as long as it is of the same part; one of the
/// check as long as it says the same.
pub type FindingKey = String;

/// What is to be silenced: what tells it from others, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silencing {
    /// What tells it from others.
    pub finding: FindingKey,
    /// What it says.
    pub text: String,
}
