//! Every test of the package that looks at it from the outside: one program, linked once.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod database;
mod effective_options;
#[path = "../../kea/tests/support/fault_proxy.rs"]
mod fault_proxy;
#[path = "../../kea/tests/support/host_database.rs"]
mod host_database;
mod ipv6;
mod labels;
mod pair;
#[allow(clippy::pedantic, reason = "the store’s, and checked there")]
#[path = "../../store/tests/support/postgres.rs"]
mod postgres;
mod read;
mod support;
mod write;
