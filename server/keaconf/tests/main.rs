//! One program for the tests of this package.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../../kea/tests/support/lab.rs"]
mod lab;

mod against_kea;
mod bench;
mod class_uses;
mod client_ids;
mod definitions;
mod dhcp;
mod edits;
mod expressions;
mod hooks;
mod networks;
mod overtaken;
mod round_trip;
mod secrets;
mod standing;
mod templates;
mod texts;
mod transplant;
mod wire;
