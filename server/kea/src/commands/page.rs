//! What commands that answer page by page have in common.

use std::fmt::Display;

use serde::{Serialize, Serializer};

/// How many leases or reservations to ask for at once.
///
/// Kea's time for a page of leases grows with the square of this, in either family (about 1 ms for 100, 0.7 s for
/// 10 000), and it serves no DHCP meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PageSize(u16);

impl PageSize {
    /// The largest page, 1000.
    pub const MAX: Self = Self(1000);

    /// 200, the cheapest for a scan through everything.
    pub const CHEAPEST: Self = Self(200);

    /// A page of this size, moved into 1 to 1000.
    pub fn new(size: u16) -> Self {
        Self(size.clamp(1, Self::MAX.0))
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self::CHEAPEST
    }
}

/// An address to go on after; none is the beginning.
#[expect(clippy::ref_option, reason = "the signature that serde calls")]
pub(super) fn from_or_start<A: Display, S: Serializer>(from: &Option<A>, serializer: S) -> Result<S::Ok, S::Error> {
    match from {
        Some(address) => serializer.collect_str(address),
        None => serializer.serialize_str("start"),
    }
}
