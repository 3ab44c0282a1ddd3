//! The commands, one file per group; each type's fields are the command's arguments.

mod config;
mod lease4;
mod reservation;
mod statistics;
mod status;
mod subnet;

use crate::Done;

pub use config::{ConfigGet, ConfigGetRaw, ConfigHashGet, ConfigTest, ConfigWrite};
pub use lease4::{
    Lease4Del, Lease4Get, Lease4GetByClientId, Lease4GetByHostname, Lease4GetByHwAddress, Lease4GetPage, PageSize,
};
pub use reservation::{
    HostKey, IdentifierType, ReservationAdd, ReservationDel, ReservationGet, ReservationGetByAddress,
    ReservationGetByHostname, ReservationGetById, ReservationGetPage, ReservationUpdate, Target,
};
pub use statistics::StatLease4Get;
pub use status::{ListCommands, StatusGet, VersionGet};
pub use subnet::Subnet4List;

/// What a deletion found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It was there and is gone.
    Removed,
    /// There was nothing to remove.
    Absent,
}

impl From<Done> for Removal {
    fn from(_: Done) -> Self {
        Self::Removed
    }
}
