//! Decides about changes: what one is, how it stands after something went wrong, what a partner needs, and whether a
//! restart would lose it. Pure: `services::changes` asks servers and the store, and writes.

mod configuration;
mod durability;
mod edit;
mod labels;
mod recovery;
mod replication;
mod reservation;

pub use configuration::{ConfigurationEdit, recorded_edits, share_parts, verdict_on};
pub use durability::{Unsaved, is_lost, unsaved};
pub use edit::{Edit, Verbatim};
pub use labels::LabelsEdit;
pub use recovery::{Outcome, Verdict, is_to_be_saved, outcome, verdict};
pub use replication::{Aim, ConfigurationAim, Step, concerns_partners, repeated, rest};
pub use reservation::{After, ReservationEdit};

#[cfg(test)]
mod tests;
