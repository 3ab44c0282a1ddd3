//! Use cases.
mod actor;
mod error;
pub mod ports;
pub use actor::{Actor, Permission};
pub use error::{Error, Result};
