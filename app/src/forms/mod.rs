//! Forms: what people type, checked with the words of the model before anything is sent.

mod discard;
mod draft;
mod labels;
mod outcome;
mod reservation;

pub use discard::Discard;
pub use draft::{Draft, Input};
pub use labels::LabelsDrawer;
pub use outcome::{ChangeProblem, Notices};
pub use reservation::{ReservationDrawer, Task};
