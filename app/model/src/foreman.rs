//! What the console tells about the Foreman side.

use serde::{Deserialize, Serialize};

/// How Foreman reaches us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForemanSettings {
    /// The URL to put into Foreman; none when the routes are off.
    pub url: Option<String>,
    /// How long a suggested address is held, in seconds.
    pub hold_seconds: u32,
}
