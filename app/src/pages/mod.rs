//! The pages.

pub mod account;
pub mod changes;
pub mod configuring;
pub mod foreman;
pub mod import;
pub mod login;
pub mod networks;
pub mod not_found;
pub mod overview;
pub mod pieces;
pub mod search;
pub mod servers;
pub mod setup;
