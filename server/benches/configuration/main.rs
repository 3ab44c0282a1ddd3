//! What changes of a configuration cost beside the bare commands: the released program, started as an operator starts it,
//! before a real Kea with many subnets and leases.
//!
//! `cargo bench --package server --bench configuration -- [subnet|clients]... [--quick]`; without a part all are measured.
//! Everything else is as in `benches/foreman`, whose tools these are. The tables go to standard output and
//! `target/bench/configuration.md`. No time is asserted; a wrong answer fails.

mod clients;
#[path = "../reservations/console.rs"]
#[allow(dead_code, reason = "no reservations are made here")]
mod console;
#[path = "../foreman/http.rs"]
#[allow(dead_code, reason = "Foreman is not played here")]
mod http;
#[path = "../../kea/tests/support/lab.rs"]
mod lab;
mod large;
#[path = "../foreman/others.rs"]
mod others;
#[path = "../foreman/parts.rs"]
mod parts;
#[path = "../foreman/process.rs"]
#[allow(dead_code, reason = "memory is not measured here")]
mod process;
#[path = "../foreman/report.rs"]
mod report;
#[path = "../foreman/site.rs"]
#[allow(dead_code, reason = "the other benchmark's subnets")]
mod site;
#[path = "../foreman/statistics.rs"]
#[allow(dead_code, reason = "not every figure is written here")]
mod statistics;
mod subnet;

use std::process::ExitCode;

use parts::{Bench, Benchmark, Outcome, Part};

const PARTS: [Part; 2] = [("subnet", subnet::measure), ("clients", clients::measure)];

fn main() -> ExitCode {
    let about = "“Bare” are the commands that do the same at the same Kea, without any check.";
    let title = "What changes of a configuration cost";
    Benchmark { file: "configuration.md", title, about: about.to_owned(), parts: &PARTS }.run()
}
