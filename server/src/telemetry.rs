//! The log: lines on standard error, as text for people or as JSON for machines.
//!
//! The program does not wait for readers. Lines are handed over to a thread that writes them; when a reader
//! stops reading, lines are dropped, and the program goes on. Where it wrote by itself, every thread of the program
//! stood still in the middle of a line as soon as the pipe to the reader was full, and did not even hear that it was to
//! stop.

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use crate::Fault;
use crate::config::{Log, LogFormat};

/// The log is written for as long as this is kept. Dropping it waits a moment for what is not written yet.
pub(crate) struct Logging(#[expect(dead_code, reason = "it is kept, and dropped")] WorkerGuard);

/// Starts logging.
pub(crate) fn start(log: &Log) -> Result<Logging, Fault> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|_| {
        Fault::new(format!("log.filter: “{}” is not a filter: use error, warn, info, debug or trace", log.filter))
    })?;
    let (writer, written) = tracing_appender::non_blocking(std::io::stderr());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_target(false);
    let started = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| Fault::new(format!("the log cannot be started: {error}")))?;
    log_panics();
    Ok(Logging(written))
}

/// A panic is a line of the log like any other, and waits for no reader either.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = std::backtrace::Backtrace::capture();
        tracing::error!(%backtrace, "a task broke off: {panic}");
    }));
}
