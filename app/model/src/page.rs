//! Which part of a subnet's address list is wanted, and what came back.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{AddressRow, Finding, Timestamp};

/// How much of a pool is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolUse {
    /// The pool, as it is shown: its range, or its prefix.
    pub pool: String,
    /// How many addresses or prefixes of it are leased.
    pub used: u32,
}

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressSort {
    /// By address; the only order that shows gaps.
    #[default]
    Address,
    /// By host name.
    HostName,
    /// By hardware address.
    HwAddress,
    /// By state.
    State,
    /// By the end of the lease.
    Expiry,
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressFilter {
    /// All of them.
    #[default]
    All,
    /// With a lease.
    Leases,
    /// With a reservation.
    Reservations,
    /// Free gaps alone.
    Free,
    /// Needs attention: conflicts and declined addresses.
    Problems,
    /// Held back.
    Held,
}

/// A question about a subnet's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressQuery {
    /// Only rows with this text in address, name or identifier, or whose address lies in one of the ranges or prefixes that it
    /// names, with commas between; empty: all.
    pub text: String,
    /// Which rows.
    pub filter: AddressFilter,
    /// Their order.
    pub sort: AddressSort,
    /// Highest first.
    pub descending: bool,
    /// How many rows to leave out at the start.
    pub offset: u32,
    /// The page that this address is on, in the place of an offset: in its own row, in a gap, or where it would stand.
    #[serde(default)]
    pub at: Option<IpAddr>,
    /// How many rows to give, 1 to 500.
    pub limit: u32,
}

impl AddressQuery {
    /// Rows of a page unless another number is asked for.
    pub const ROWS: u32 = 100;
    /// How many rows people may have on a page.
    pub const SIZES: [u32; 4] = [50, 100, 200, 500];
    /// How many characters of a text are looked for.
    pub const LONGEST_TEXT: usize = 100;
}

impl Default for AddressQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            filter: AddressFilter::All,
            sort: AddressSort::Address,
            descending: false,
            offset: 0,
            at: None,
            limit: Self::ROWS,
        }
    }
}

/// Some rows of a subnet's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressPage {
    /// How much of each pool is used.
    #[serde(default)]
    pub pool_use: Vec<PoolUse>,
    /// The rows.
    pub rows: Vec<AddressRow>,
    /// How many rows match the question altogether.
    pub total: u32,
    /// How many of them were left out before the first.
    pub offset: u32,
    /// Which of these rows the address is in that was asked for, or comes next to it.
    #[serde(default)]
    pub at: Option<u32>,
    /// When the server said so.
    pub as_of: Timestamp,
    /// What the server does not report about them.
    #[serde(default)]
    pub unseen: Vec<Finding>,
}
