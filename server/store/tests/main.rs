//! Every test of the package that looks at it from the outside: one program, linked once.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod migrations;
mod moving;
mod opening;
#[path = "support/postgres.rs"]
mod postgres;
mod server;
mod story;
