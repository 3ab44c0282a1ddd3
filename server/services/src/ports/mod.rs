//! What the use cases need from the outside, as traits; adapters implement them.

mod dhcp;
mod pinger;
mod revisions;
mod silences;
mod store;

use model::Timestamp;

pub use dhcp::{
    AppliedEdit, Contact, Dhcp, LeasePart, Leases, Life, Listed, Obstacle, Partners, Reservations, Running, Said,
    Servers, Sight, Subnets, Told,
};
pub use pinger::{Answered, PingError, Pinger, Presence};
pub use revisions::{RevisionMarks, RevisionRecord, Revisions};
pub use silences::Silences;
pub use store::{
    AccountChange, AccountChanged, AccountRecord, BatchCount, Calls, ChangeEnd, ChangeRecord, Changes, Claim, Counted,
    Exclusions, GoneSubnet, Holds, Lock, Locks, NewAccount, SessionRecord, Sessions, Store, StoreError, Tried, Tries,
    TryLimit, Users,
};

/// The time of day.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Unpredictable octets.
pub trait Random: Send + Sync {
    /// Fills the slice from the system's cryptographic source.
    fn fill(&self, octets: &mut [u8]);
}
