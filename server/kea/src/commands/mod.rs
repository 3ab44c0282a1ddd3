//! The commands, one file per group; each type's fields are the command's arguments.

mod config;
mod configure;
mod lease4;
mod lease6;
mod page;
mod reservation;
mod statistics;
mod status;
mod subnet;

use crate::Done;

/// Commands that answer with a list, which may be empty.
macro_rules! lists {
    ($answer:ty => $item:ty; $($command:ty = $name:literal),* $(,)?) => {$(
        impl crate::Command for $command {
            const NAME: &'static str = $name;
            type Answer = $answer;
            type Reply = crate::wire::Records<$item>;

            fn empty() -> Option<Self::Reply> {
                Some(Self::Reply::default())
            }
        }
    )*};
}
use lists;

pub use config::{ConfigGet, ConfigGetRaw, ConfigHashGet, ConfigTest, ConfigWrite};
pub use configure::{ConfigReload, Configure};
pub use lease4::{
    Lease4Del, Lease4Get, Lease4GetAll, Lease4GetByClientId, Lease4GetByHostname, Lease4GetByHwAddress, Lease4GetPage,
    Lease4Wipe,
};
pub use lease6::{
    Lease6Del, Lease6Get, Lease6GetAll, Lease6GetByDuid, Lease6GetByHostname, Lease6GetByHwAddress, Lease6GetPage,
    Lease6Wipe,
};
pub use page::PageSize;
pub use reservation::{
    HostDatabaseCheck, HostKey, IdentifierType, ReservationAdd, ReservationDel, ReservationGet,
    ReservationGetByAddress, ReservationGetByHostname, ReservationGetById, ReservationGetPage, ReservationUpdate,
    Target,
};
pub use statistics::{StatLease4Get, StatLease6Get};
pub use status::{ListCommands, StatusGet, VersionGet};
pub use subnet::{
    ContextDelta, Subnet4DeltaAdd, Subnet4DeltaDel, Subnet4Get, Subnet4List, Subnet6DeltaAdd, Subnet6DeltaDel,
    Subnet6Get, Subnet6List,
};

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
