//! Kea's answers as Kea spells them; nothing here is checked beyond its type, nothing is renamed but for the hyphens, and
//! what is of none of our types is kept beside the rest.

mod config;
mod hook;
mod lease;
mod records;
mod reservation;
mod secret;
mod statistics;
mod status;
mod unread;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

pub use config::{
    ClientClass, ConfigHash, Database, Dhcp, OptionData, PdPool, Pool, RawConfig, Relay, RunningConfig, SharedNetwork,
    Subnet, SubnetListing, SubnetsAnswer, Written,
};
pub use hook::{HaPeer, HighAvailability, HookLibrary, HookParameters};
pub use lease::{INFINITE, Lease4, Lease6, Lease6Type, LeasesAnswer, state};
pub use records::{Kept, Raw, Record, Records};
pub use reservation::{HostCursor, HostPage, HostsAnswer, Reservation};
pub use statistics::{StatLeaseAnswer, SubnetStatistics};
pub use status::{DhcpState, HaLocal, HaRemote, HaServers, HaStatus, Sockets, Status, Version, VersionAnswer};
pub use unread::Unread;

/// Members that have no field of their own, in Kea's order, kept so that what is read and written back loses nothing.
pub type Rest = Map<String, Value>;

/// Reads `null` like an absent member; Kea writes both.
fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
