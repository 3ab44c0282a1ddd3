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
#[allow(dead_code, reason = "the console is not asked here")]
mod process;
mod report;
mod site;
mod statistics;
mod storm;
mod unused;

use std::process::ExitCode;

use others::Usage;
use process::Placement;
use report::Report;

/// Whatever stops a measurement.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The sizes of the subnet, in records.
const SIZES: [u32; 3] = [1_000, 10_000, 60_000];

/// What every part is given.
struct Bench {
    placement: Placement,
    report: Report,
    quick: bool,
}

impl Bench {
    /// A number of repetitions: the whole, or what is enough for a glance.
    fn times(&self, whole: u32, quick: u32) -> u32 {
        if self.quick { quick } else { whole }
    }
}

type Part = (&'static str, fn(&mut Bench) -> Outcome<()>);

const PARTS: [Part; 5] = [
    ("mac", look_ups::measure),
    ("unused", unused::measure),
    ("listing", listing::measure),
    ("memory", memory::measure),
    ("storm", storm::measure),
];

fn main() -> ExitCode {
    match run() {
        Ok(wrong) if wrong.is_empty() => ExitCode::SUCCESS,
        Ok(wrong) => {
            for wrong in wrong {
                eprintln!("bench: {wrong}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures the chosen parts; gives what was answered wrongly.
fn run() -> Outcome<Vec<String>> {
    // Cargo adds a `--bench` of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let quick = words.iter().any(|word| word == "--quick") || std::env::var("BENCH_QUICK").is_ok_and(|is| is == "1");
    let chosen: Vec<&String> = words.iter().filter(|word| *word != "--quick").collect();
    if let Some(unknown) = chosen.iter().find(|word| PARTS.iter().all(|(name, _)| name != **word)) {
        return Err(format!("there is no part “{unknown}”: choose of mac, unused, listing, memory, storm").into());
    }
    let placement = Placement::of_this_machine()?;
    let about = format!(
        "One subnet, {}/16, half reservations in Kea’s configuration, half leases. “Ruby, given” is the Smart Proxy with \
         its data in memory, CPU per call, as the issue states it: not measured here.",
        site::NETWORK
    );
    let report = Report::begin("foreman.md", "What Foreman’s routes cost", &about, &placement, quick)?;
    let mut bench = Bench { placement, report, quick };
    for (name, measure) in PARTS {
        if chosen.is_empty() || chosen.iter().any(|word| *word == name) {
            eprintln!("bench: {name}");
            let before = Usage::now()?;
            measure(&mut bench)?;
            bench.report.say_others(name, Usage::now()?.of_others_since(&before));
            // What is finished is kept when a later part fails.
            bench.report.write()?;
        }
    }
    bench.report.print()?;
    Ok(bench.report.into_wrong())
}
