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

use others::Usage;
use process::Placement;
use report::Report;

/// Whatever stops a measurement.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How many reservations the configuration has before anything is measured.
const SIZES: [u32; 3] = [100, 1_000, 10_000];

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

const PARTS: [Part; 3] = [("one", one::measure), ("table", table::measure), ("verdict", verdict::measure)];

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
        return Err(format!("there is no part “{unknown}”: choose of one, table, verdict").into());
    }
    let placement = Placement::of_this_machine()?;
    let about = "“Bare” are the commands that do the same at the same Kea, without any check. What Nestor answers is \
                 checked against everything that Kea knows, recorded before and after in its store (SQLite, \
                 synchronous), and on Kea’s disk.";
    let report = Report::begin("reservations.md", "What reservations cost", about, &placement, quick)?;
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
