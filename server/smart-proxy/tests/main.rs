//! Every test of the package that looks at it from the outside: one program, linked once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod admission;
mod any_call;
mod contract;
mod foreman_calls;
mod records;
mod support;
mod unused_ip;
