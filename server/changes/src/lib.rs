//! Decides about changes: what one is, how it stands after something went wrong, what a partner needs, and whether a
//! restart would lose it. Pure: whoever asks servers and the store, and writes, is `services::changes`.

mod durability;
mod edit;
mod recovery;
mod replication;

pub use durability::{Unsaved, is_lost, unsaved};
pub use edit::{After, Edit, Verbatim};
pub use recovery::{Outcome, Verdict, is_to_be_saved, outcome, verdict};
pub use replication::{Aim, Step, concerns_partners, repeated, rest};

#[cfg(test)]
mod tests;
