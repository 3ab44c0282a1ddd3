//! What Foreman's routes cost: the released program, started as an operator starts it, before a real Kea.
//!
//! `cargo bench --package server --bench foreman -- [mac|unused|listing|memory|storm]... [--quick]`; without a part all
//! are measured. Nestor runs on core 0 and Kea on core 1. `BENCH_QUICK=1` is `--quick`. `NESTOR` names another program
//! than `target/release/nestor`, `BENCH_GENERATOR` other cores (`0`, `1`, `0,1`) for the calling side.
//! The tables go to standard output and `target/bench/foreman.md`. No time is asserted; a wrong answer fails.

#[allow(dead_code, reason = "the console is not asked here")]
mod http;
#[path = "../../kea/tests/support/lab.rs"]
mod lab;
mod listing;
mod look_ups;
mod memory;
mod others;
mod parts;
#[allow(dead_code, reason = "the console is not asked here")]
mod process;
mod report;
mod site;
mod statistics;
mod storm;
mod unused;

use std::process::ExitCode;

use parts::{Bench, Benchmark, Outcome, Part};

/// The sizes of the subnet, in records.
const SIZES: [u32; 3] = [1_000, 10_000, 60_000];

const PARTS: [Part; 5] = [
    ("mac", look_ups::measure),
    ("unused", unused::measure),
    ("listing", listing::measure),
    ("memory", memory::measure),
    ("storm", storm::measure),
];

fn main() -> ExitCode {
    let about = format!(
        "One subnet, {}/16, half reservations in Kea’s configuration, half leases. “Ruby, given” is the Smart Proxy with \
         its data in memory, CPU per call, as the issue states it: not measured here.",
        site::NETWORK
    );
    Benchmark { file: "foreman.md", title: "What Foreman’s routes cost", about, parts: &PARTS }.run()
}
