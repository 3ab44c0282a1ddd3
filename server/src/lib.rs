//! Nestor: a console for Kea DHCP servers and a Smart Proxy for Foreman, in one program.
//!
//! This package joins the others: configuration, the command line, the HTTP surface and the background tasks. Only
//! [`wire`] knows which adapters stand behind the ports.
// The types of views are as deep as the pages.
#![recursion_limit = "256"]
// These panic when nobody reads any more: `cli::printing` does not.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod cli;
mod clock;
pub mod config;
pub mod http;
mod listen;
mod seats;
mod tasks;
mod telemetry;
mod wire;

/// Why the program cannot go on: one sentence for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

impl Fault {
    /// That sentence.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}
