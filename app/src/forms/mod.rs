//! Forms: what people type, checked with the words of the model before anything is sent.

mod draft;
mod reservation;

pub use draft::{Draft, Input};
pub use reservation::{ReservationDrawer, Task, again, create_again};
