//! Which address is free, and what stands against a reservation.
//!
//! Decides only: everything it judges by is passed in, the time of day included, so the same question always has the
//! same answer.

mod blacklist;
mod conflict;
mod next_free;
mod occupancy;
#[cfg(test)]
mod testing;

pub use blacklist::is_running;
pub use conflict::{Known, aliases, conflicts, other_identifiers};
pub use next_free::{Exhausted, Strategy, next_free, room};
pub use occupancy::{Occupancy, Taken};
