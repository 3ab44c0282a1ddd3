//! Commands of the `host_cmds` hook. Kea calls a reservation a host.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{PageSize, Removal, lists};
use crate::wire::{HostPage, HostsAnswer, Reservation};
use crate::{Command, DeadlineClass, Done};

/// Which of Kea's stores a command works on (`operation-target`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// The running configuration; lost at a restart unless `config-write` follows.
    Memory,
    /// The hosts database.
    Database,
    /// Both: look-ups find either, additions are made twice.
    All,
}

/// The kinds of identifiers a reservation can have. `kea-dhcp6` takes hardware addresses, DUIDs and flex-ids only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierType {
    /// MAC address.
    HwAddress,
    /// DHCP unique identifier.
    Duid,
    /// Circuit id that a relay adds.
    CircuitId,
    /// Client identifier, option 61.
    ClientId,
    /// What the `flex_id` hook computes.
    FlexId,
}

/// What names one reservation inside a subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum HostKey {
    /// One of its addresses, or where one of its prefixes begins.
    #[serde(rename_all = "kebab-case")]
    Address {
        /// The reserved address; of a prefix without its length, which Kea refuses.
        ip_address: IpAddr,
    },
    /// Its identifier.
    #[serde(rename_all = "kebab-case")]
    Identifier {
        /// The kind of identifier.
        identifier_type: IdentifierType,
        /// Pairs of hexadecimal digits separated by colons, or text in single quotes.
        identifier: String,
    },
}

/// `reservation-get`: one reservation of one subnet (0: global).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationGet {
    /// The subnet.
    pub subnet_id: u32,
    /// Which one.
    #[serde(flatten)]
    pub key: HostKey,
    /// Where to look.
    pub operation_target: Target,
}

impl Command for ReservationGet {
    const NAME: &'static str = "reservation-get";
    type Answer = Reservation;
    type Reply = Option<Reservation>;

    fn empty() -> Option<Self::Reply> {
        Some(None)
    }
}

/// `reservation-get-by-address`: all reservations of an address, or of the prefix that begins with it, from every store.
///
/// It finds a prefix of any length, but not by an address inside of it. After a refused [`ReservationAdd`] of
/// `kea-dhcp6` it may not find what is there all the same.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationGetByAddress {
    /// The address, of the daemon's family; of a prefix without its length, which Kea refuses.
    pub ip_address: IpAddr,
    /// Only in this subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<u32>,
}

/// `reservation-get-by-id`: all reservations of an identifier, in every subnet and store.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationGetById {
    /// The kind of identifier.
    pub identifier_type: IdentifierType,
    /// Pairs of hexadecimal digits separated by colons, or text in single quotes.
    pub identifier: String,
}

/// `reservation-get-by-hostname`: all reservations with this whole host name, in any case of letters.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationGetByHostname {
    /// The name.
    pub hostname: String,
    /// Only in this subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<u32>,
}

lists! { HostsAnswer => Reservation;
    ReservationGetByAddress = "reservation-get-by-address",
    ReservationGetById = "reservation-get-by-id",
    ReservationGetByHostname = "reservation-get-by-hostname",
}

/// `reservation-get-page`: the next reservations, first those in memory (`source-index` 0), then of each database.
///
/// A page never mixes two sources, so a short page is not the end; only an empty one is.
/// To go through all use [`Client::reservation_scan`](crate::Client::reservation_scan).
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationGetPage {
    /// Only this subnet (0: the global ones); `None`: all subnets and the global ones. An unknown subnet is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<u32>,
    /// How many.
    pub limit: PageSize,
    /// Where the page before ended; 0 to begin.
    pub from: u64,
    /// In which source the page before ended; 0 to begin.
    pub source_index: u64,
}

impl Command for ReservationGetPage {
    const NAME: &'static str = "reservation-get-page";
    type Answer = HostPage;
    type Reply = HostPage;

    fn empty() -> Option<Self::Reply> {
        Some(HostPage::default())
    }
}

/// `reservation-add`: makes a new reservation. A duplicate is `Rejected`, never `Conflict`.
///
/// **`kea-dhcp6` may keep what it refuses** (memory, 3.0.3). When an address or the beginning of a prefix is reserved
/// already, in the same subnet, it says no, and the new reservation is there nevertheless:
///
/// - It is found by its identifier, by pages, in `config-get`, and by those addresses that came before the one in
///   conflict; not by that one, and also not once the other reservation of it is deleted.
/// - A second attempt is refused, because "this host has already been added".
/// - [`ConfigTest`](super::ConfigTest) refuses the configuration, [`ConfigWrite`](super::ConfigWrite) does not; then
///   `kea-dhcp6` **does not start** from its file any more.
/// - [`ReservationDel`] by its identifier removes it, and leaves the other one as it was.
///
/// So look first, delete by identifier what a refusal may have left if it was not there before, and test before writing.
/// What Kea refuses for anything else (the same identifier, an address outside of the subnet, one address twice, unknown
/// members) leaves nothing. Prefixes that overlap but begin at different addresses are accepted.
///
/// A database (`PostgreSQL`, 3.0.3) keeps nothing of what it refuses, and accepts prefixes also that begin at the same
/// address but differ in length.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationAdd {
    /// The reservation, its subnet id included.
    pub reservation: Reservation,
    /// Where to put it.
    pub operation_target: Target,
}

/// `reservation-update`: replaces the reservation with the same identifier and subnet; what is not given is gone.
///
/// Kea deletes first and adds then: **when it refuses the new one for a duplicate, the old one is lost**. Check before,
/// keep the old one. With `kea-dhcp6` and in memory the refused new one is there in its place, as after a refused
/// [`ReservationAdd`]: delete it by its identifier, then add the old one, or update once more. Refused by `kea-dhcp6` for
/// anything else, the old one stays.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationUpdate {
    /// The whole new reservation.
    pub reservation: Reservation,
    /// Where it is.
    pub operation_target: Target,
}

impl Command for ReservationAdd {
    const NAME: &'static str = "reservation-add";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Write;
    type Answer = Done;
    type Reply = ();
}

impl Command for ReservationUpdate {
    const NAME: &'static str = "reservation-update";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Write;
    type Answer = Done;
    type Reply = ();
}

/// `reservation-del`: removes one reservation, with all its addresses and prefixes, whichever of them it is named by.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReservationDel {
    /// The subnet.
    pub subnet_id: u32,
    /// Which one.
    #[serde(flatten)]
    pub key: HostKey,
    /// Where from.
    pub operation_target: Target,
}

/// Whether a host database is there, by the one command that says so: the deletion of a reservation that nobody has.
///
/// A daemon with `on-fail: serve-retry-continue` goes on without a database that it has lost. It answers every look-up then
/// as if there were nothing in it, nowhere says that it is away, and refuses this alone (asked of Kea 3.0.3). Of several
/// databases one that is there suffices.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(into = "ReservationDel")]
pub struct HostDatabaseCheck;

impl From<HostDatabaseCheck> for ReservationDel {
    fn from(_: HostDatabaseCheck) -> Self {
        let identifier = "'nestor: is the host database there?'".to_owned();
        let key = HostKey::Identifier { identifier_type: IdentifierType::FlexId, identifier };
        // The largest number that a subnet may have.
        Self { subnet_id: u32::MAX - 1, key, operation_target: Target::Database }
    }
}

impl Command for HostDatabaseCheck {
    const NAME: &'static str = "reservation-del";
    type Answer = Done;
    type Reply = ();

    fn empty() -> Option<Self::Reply> {
        Some(())
    }
}

impl Command for ReservationDel {
    const NAME: &'static str = "reservation-del";
    const MUTATES: bool = true;
    const DEADLINE: DeadlineClass = DeadlineClass::Write;
    type Answer = Done;
    type Reply = Removal;

    fn empty() -> Option<Self::Reply> {
        Some(Removal::Absent)
    }
}
