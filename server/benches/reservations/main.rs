//! What reservations cost beside the bare commands: the released program, started as an operator starts it, before a real
//! Kea.
//!
//! `cargo bench --package server --bench reservations -- [one|table|verdict]... [--quick]`; without a part all are
//! measured. Everything else is as in `benches/foreman`, whose tools these are. The tables go to standard output and
//! `target/bench/reservations.md`. No time is asserted; a wrong answer fails.

mod console;
#[path = "../foreman/http.rs"]
#[allow(dead_code, reason = "Foreman is not played here")]
mod http;
#[path = "../../kea/tests/support/lab.rs"]
mod lab;
mod one;
#[path = "../foreman/others.rs"]
mod others;
#[path = "../foreman/parts.rs"]
mod parts;
#[path = "../../store/tests/support/postgres.rs"]
#[allow(clippy::pedantic, reason = "the store’s, and checked there")]
mod postgres;
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
mod table;
mod verdict;

use std::process::ExitCode;

use parts::{Bench, Benchmark, Outcome, Part};

/// How many reservations the configuration has before anything is measured.
const SIZES: [u32; 3] = [100, 1_000, 10_000];

const PARTS: [Part; 3] = [("one", one::measure), ("table", table::measure), ("verdict", verdict::measure)];

fn main() -> ExitCode {
    let about = "“Bare” are the commands that do the same at the same Kea, without any check. What Nestor answers is \
                 checked against everything that Kea knows, recorded before and after in its store (SQLite; \
                 the former on its disk), and on Kea’s disk.";
    let title = "What reservations cost";
    Benchmark { file: "reservations.md", title, about: about.to_owned(), parts: &PARTS }.run()
}
