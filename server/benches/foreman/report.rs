//! What comes out: tables in Markdown, and what was answered wrongly.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use crate::Outcome;
use crate::process::{Placement, workspace};

/// The figures so far.
pub(crate) struct Report {
    /// The name of its file in `target/bench`.
    file: &'static str,
    text: String,
    wrong: Vec<String>,
}

impl Report {
    /// With what must be known to read the figures; `about` goes on with it. To be called before anything runs: it takes
    /// down the load.
    pub(crate) fn begin(
        file: &'static str,
        title: &str,
        about: &str,
        placement: &Placement,
        quick: bool,
    ) -> Outcome<Self> {
        let load = fs::read_to_string("/proc/loadavg")?;
        let load = load.split(' ').take(3).collect::<Vec<_>>().join(", ");
        let processor = fs::read_to_string("/proc/cpuinfo")?;
        let processor = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let processor = processor.map_or("a processor without a name", |(_, name)| name);
        let version = fs::read_to_string(workspace().join("target/kea/version")).unwrap_or_default();
        let mut text = format!(
            "# {title}\n\n\
             Nestor on core {} and Kea {} on core {} of {processor}; the calls come from core {} \
             (“0,1”: from whichever is idle). Load average at the \
             start: {load}. A new TCP connection for each call, to Nestor and to Kea. CPU is that of Nestor’s process \
             alone, user and system. {about}\n",
            placement.nestor,
            version.trim(),
            placement.kea,
            placement.generator,
        );
        if quick {
            text.push_str("\n**Few repetitions (`--quick`): to look at, not to compare.**\n");
        }
        Ok(Self { file, text, wrong: Vec::new() })
    }

    /// Begins a table.
    pub(crate) fn table(&mut self, title: &str, note: &str, columns: &[&str]) {
        let line = format!("|{}", "---|".repeat(columns.len()));
        // Writing to text cannot fail.
        let _ = write!(self.text, "\n## {title}\n\n{note}\n\n| {} |\n{line}\n", columns.join(" | "));
    }

    /// Adds a line to the table begun last, and shows it at once.
    pub(crate) fn row(&mut self, cells: &[String]) {
        let line = format!("| {} |\n", cells.join(" | "));
        eprint!("bench:   {line}");
        self.text.push_str(&line);
    }

    /// Says how much of the machine other programs had during a part.
    pub(crate) fn say_others(&mut self, part: &str, percent: u64) {
        let line = format!("Other programs had {percent} % of the machine during “{part}”.");
        eprintln!("bench:   {line}");
        let _ = write!(self.text, "\n{line}\n");
    }

    /// Notes a wrong answer: it makes the whole run fail.
    pub(crate) fn wrong(&mut self, what: impl Into<String>) {
        self.wrong.push(what.into());
    }

    /// Writes its file.
    pub(crate) fn write(&self) -> Outcome<()> {
        let folder = workspace().join("target/bench");
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join(self.file), &self.text)?)
    }

    /// Shows everything on standard output.
    pub(crate) fn print(&self) -> Outcome<()> {
        Ok(std::io::stdout().write_all(self.text.as_bytes())?)
    }

    pub(crate) fn into_wrong(self) -> Vec<String> {
        self.wrong
    }
}
