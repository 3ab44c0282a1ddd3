//! Asking for the next free address and its reservation in one go.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{AddressRange, NewReservation};

/// Which of the free addresses is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The lowest.
    #[default]
    Lowest,
    /// Any.
    Random,
    /// The first one after this address, and from the lowest again when there is none.
    After(IpAddr),
}

/// A reservation of whatever address is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReserveNext {
    /// What is to be reserved; its address is chosen.
    pub new: NewReservation,
    /// Where an address is looked for; none: in the pools of the subnet.
    #[serde(default)]
    pub range: Option<AddressRange>,
    /// Which of the free ones.
    #[serde(default)]
    pub order: Order,
    /// A text of the caller's own that stands for this very request: asked again with the same one, it is answered
    /// again and not carried out again. 8 to 128 printable characters.
    #[serde(default)]
    pub request: Option<String>,
}
