//! The pages.

pub mod foreman;
pub mod login;
pub mod networks;
pub mod not_found;
pub mod overview;
pub mod search;
pub mod setup;
