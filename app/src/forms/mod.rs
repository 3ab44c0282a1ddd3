//! Forms: what people type, checked with the words of the model before anything is sent.

mod draft;
mod outcome;
mod reservation;

pub use draft::{Draft, Input};
pub use outcome::{ChangeProblem, Telling};
pub use reservation::{ReservationDrawer, Task};
