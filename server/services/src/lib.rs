//! Use cases.
mod actor;
mod error;
pub mod ports;
pub use actor::Actor;
pub use error::{Error, Result};
