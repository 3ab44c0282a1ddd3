//! The log: lines on standard error, as text for people or as JSON for machines.

use tracing_subscriber::EnvFilter;

use crate::Fault;
use crate::config::{Log, LogFormat};

/// Starts logging, for the rest of the program's life.
pub(crate) fn start(log: &Log) -> Result<(), Fault> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|_| {
        Fault::new(format!("log.filter: “{}” is not a filter: use error, warn, info, debug or trace", log.filter))
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| Fault::new(format!("the log cannot be started: {error}")))
}
