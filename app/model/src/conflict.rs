//! What stands against a reservation.

use serde::{Deserialize, Serialize};

/// How bad a conflict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; the reservation works.
    Warns,
    /// The reservation would break something: it is not made.
    Blocks,
}

/// One thing that stands against a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// How bad it is.
    pub severity: Severity,
    /// The field of the reservation that is concerned.
    pub field: String,
    /// What is wrong, naming the record that causes it.
    pub text: String,
    /// The way out.
    pub advice: String,
}
