//! DHCP options as they are set on a subnet or a reservation.

use serde::{Deserialize, Serialize};

/// One option with its value, in Kea's own text form (`192.0.2.1, 192.0.2.2`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OptionDatum {
    /// The option's code (RFC 2132); 0 when the server named it by name alone.
    pub code: u16,
    /// The option's name, empty when the server has none for it.
    pub name: String,
    /// The value.
    pub data: String,
}
