//! The parts of a benchmark: which are chosen, and what each is given.

use std::process::ExitCode;

use crate::others::Usage;
use crate::process::Placement;
use crate::report::Report;

/// Whatever stops a measurement.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What every part is given.
pub(crate) struct Bench {
    pub(crate) placement: Placement,
    pub(crate) report: Report,
    quick: bool,
}

impl Bench {
    /// A number of repetitions: the whole, or what is enough for a glance.
    pub(crate) fn times(&self, whole: u32, quick: u32) -> u32 {
        if self.quick { quick } else { whole }
    }
}

/// A part: its name on the command line, and what measures it.
pub(crate) type Part = (&'static str, fn(&mut Bench) -> Outcome<()>);

/// A benchmark.
pub(crate) struct Benchmark {
    /// The name of its file in `target/bench`.
    pub(crate) file: &'static str,
    pub(crate) title: &'static str,
    /// What must be known to read its figures.
    pub(crate) about: String,
    pub(crate) parts: &'static [Part],
}

impl Benchmark {
    /// Measures the chosen parts. Something that was answered wrongly is a failure.
    pub(crate) fn run(&self) -> ExitCode {
        let wrong = self.measure().unwrap_or_else(|error| vec![error.to_string()]);
        for wrong in &wrong {
            eprintln!("bench: {wrong}");
        }
        if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn measure(&self) -> Outcome<Vec<String>> {
        // Cargo adds a `--bench` of its own.
        let mut words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
        let quick =
            words.iter().any(|word| word == "--quick") || std::env::var("BENCH_QUICK").is_ok_and(|is| is == "1");
        words.retain(|word| word != "--quick");
        if let Some(unknown) = words.iter().find(|word| self.parts.iter().all(|(name, _)| name != *word)) {
            let names: Vec<_> = self.parts.iter().map(|(name, _)| *name).collect();
            return Err(format!("there is no part “{unknown}”: choose of {}", names.join(", ")).into());
        }
        let placement = Placement::of_this_machine()?;
        let report = Report::begin(self.file, self.title, &self.about, &placement, quick)?;
        let mut bench = Bench { placement, report, quick };
        for (name, measure) in self.parts {
            if words.is_empty() || words.iter().any(|word| word == name) {
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
}
