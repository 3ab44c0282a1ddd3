//! Every test of the package that looks at it from the outside: one program, linked once.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/fault_proxy.rs"]
mod fault_proxy;
mod faults;
#[path = "support/lab.rs"]
mod lab;
mod live;
mod live6;
mod options;
mod protocol;
mod tls;
