//! The program under measurement: where it runs, what it uses.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::Outcome;
use crate::lab::Kea;

/// Linux counts the time in `/proc/PID/stat` in hundredths of a second, on every architecture.
const TICK: Duration = Duration::from_millis(10);

/// Who runs on which core, in the words of `taskset`.
pub(crate) struct Placement {
    pub(crate) nestor: String,
    pub(crate) kea: String,
    /// The calling side.
    pub(crate) generator: String,
}

impl Placement {
    /// On cores 0 and 1, and calls from the others; refuses a machine that has no two. With only two, calls come from
    /// either: on Nestor's core they would be in its way, and on Kea's only Kea could be reached without waking another
    /// core, which makes its bare answers a fifth faster.
    pub(crate) fn of_this_machine() -> Outcome<Self> {
        let cores = std::thread::available_parallelism()?.get();
        if cores < 2 {
            return Err("Nestor and Kea need a core each: this machine lends only one".into());
        }
        let others = if cores > 2 { format!("2-{}", cores - 1) } else { "0,1".to_owned() };
        let generator = std::env::var("BENCH_GENERATOR").unwrap_or(others);
        Ok(Self { nestor: "0".to_owned(), kea: "1".to_owned(), generator })
    }

    /// Starts Kea, which inherits its core, and goes back to the core for calls.
    pub(crate) fn with_kea<T>(&self, start: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        move_to(&self.kea)?;
        let started = start();
        move_to(&self.generator)?;
        started
    }
}

/// Moves this thread, and what it starts from now on. To be called by the main thread only: its number is the process's.
fn move_to(cores: &str) -> Outcome<()> {
    let own = std::process::id().to_string();
    let output = Command::new("taskset").args(["-pc", cores, &own]).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("taskset (of util-linux) cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(said.into()) }
}

/// A running server, killed when dropped.
pub(crate) struct Nestor {
    child: Child,
    /// Where Foreman's routes are.
    pub(crate) foreman: SocketAddr,
    /// Where the console is.
    pub(crate) console: SocketAddr,
    _data: TempDir,
}

impl Nestor {
    /// Starts the program with an empty data folder before this Kea. What it suggests is held for `hold`.
    pub(crate) fn start(placement: &Placement, kea: &Kea, hold: &str) -> Outcome<Self> {
        Self::start_on(data()?, placement, kea, &["--blacklist-duration", hold])
    }

    /// The same on this data folder, with more words.
    pub(crate) fn start_on(data: TempDir, placement: &Placement, kea: &Kea, more: &[&str]) -> Outcome<Self> {
        let password = data.path().join("kea.password");
        fs::write(&password, kea.password())?;
        let mut command = Command::new("taskset");
        command.args(["-c", &placement.nestor]).arg(program()?).arg("serve");
        command.args(["--listen", "127.0.0.1:0", "--smart-proxy-listen", "127.0.0.1:0"]).args(more);
        command.args(["--kea", &kea.url(), "--kea-user", kea.user()]);
        command.arg("--data-dir").arg(data.path()).arg("--kea-password-file").arg(&password);
        without_settings(&mut command);
        let log = File::create(workspace().join("target/bench/foreman.log"))?;
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let announced = announced(&mut child);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut nestor = Self { child, foreman: nowhere, console: nowhere, _data: data };
        (nestor.console, nestor.foreman) = announced?;
        Ok(nestor)
    }

    /// The time that its threads ran. Exact, but for threads that ended; where those matter, the coarser sum of the
    /// process is taken.
    pub(crate) fn cpu(&self) -> Outcome<Cpu> {
        let process = PathBuf::from(format!("/proc/{}", self.child.id()));
        let mut threads = HashMap::new();
        for thread in fs::read_dir(process.join("task"))? {
            let thread = thread?;
            // It may end between the two looks.
            let Ok(text) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
            let ran = text.split(' ').next().ok_or("an empty schedstat")?.parse()?;
            threads.insert(thread.file_name(), Duration::from_nanos(ran));
        }
        let text = fs::read_to_string(process.join("stat"))?;
        // The name, which stands in brackets, may have blanks.
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u32>().ok()).ok_or("no times");
        Ok(Cpu { threads: threads.values().sum(), ticks: TICK * (ticks(11)? + ticks(12)?) })
    }

    /// A line of `/proc/PID/status` about memory, in KiB.
    pub(crate) fn memory(&self, line: &str) -> Outcome<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let value = text.lines().find_map(|all| all.strip_prefix(line)?.strip_prefix(':'));
        let value = value.and_then(|value| value.split_whitespace().next());
        Ok(value.ok_or_else(|| format!("no {line} in /proc/PID/status"))?.parse()?)
    }
}

impl Drop for Nestor {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a process used until a moment.
#[derive(Clone, Copy)]
pub(crate) struct Cpu {
    threads: Duration,
    ticks: Duration,
}

impl Cpu {
    /// What it used since.
    pub(crate) fn since(self, before: Self) -> Duration {
        let exact = self.threads.saturating_sub(before.threads);
        let coarse = self.ticks.saturating_sub(before.ticks);
        // Two counters, each cut off at both ends.
        if coarse > exact + 4 * TICK { coarse } else { exact }
    }
}

/// A data folder beside the results: a folder for temporary files may be in memory, where writing costs nothing.
pub(crate) fn data() -> Outcome<TempDir> {
    let bench = workspace().join("target/bench");
    fs::create_dir_all(&bench)?;
    Ok(tempfile::Builder::new().prefix("data").tempdir_in(&bench)?)
}

/// What the caller's environment sets must not decide a measurement.
pub(crate) fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NESTOR_")) {
        command.env_remove(name);
    }
}

/// The program.
pub(crate) fn program() -> Outcome<PathBuf> {
    let program = std::env::var_os("NESTOR").map_or_else(|| workspace().join("target/release/nestor"), PathBuf::from);
    if program.exists() { Ok(program) } else { Err(format!("there is no {}: make build", program.display()).into()) }
}

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Waits until it says where the console and Foreman's routes are; an empty line ends what it says.
fn announced(child: &mut Child) -> Outcome<(SocketAddr, SocketAddr)> {
    let out = child.stdout.take().ok_or("its output is not read")?;
    let lines = BufReader::new(out).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let said: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':').map(|(name, url)| (name.to_owned(), url.trim().to_owned())))
        .collect();
    let address = |name: &str| -> Outcome<SocketAddr> {
        let url = said.get(name).ok_or("Nestor did not start: see target/bench/foreman.log")?;
        Ok(url.trim_start_matches("http://").trim_end_matches('/').parse()?)
    };
    Ok((address("Console")?, address("Foreman")?))
}
