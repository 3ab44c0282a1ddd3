//! `nestor config`: Kea's configuration, from the command line.

mod apply;
mod confirm;
mod diff;
mod history;
mod lint;
mod plan;
mod reload;
mod restore;
mod show;
mod template;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use keaconf::Edit;
use model::{ConfigFinding, Problem, Seconds, ServerName};

use super::{Deployment, block_on};
use crate::Fault;

/// For how long a program that changes something says that it runs, and how often.
const SIGN: Seconds = Seconds(20);
const SIGN_EVERY: Duration = Duration::from_secs(5);

#[derive(Subcommand)]
pub(super) enum Command {
    /// Judge a configuration file of Kea: what it refuses, and what it takes and should not. No server is asked
    Lint(lint::Options),
    /// Show what a server runs, without passwords and keys
    Show(Box<show::Options>),
    /// Print the edits that make what a common device needs, as PXE by firmware, or access points their controller
    Template(template::Options),
    /// Say what edits would do to what a server runs; nothing is changed
    Plan(Box<plan::Options>),
    /// Make edits of what a server runs, and have it save them
    Apply(Box<apply::Options>),
    /// Have changes stay that would be taken back otherwise
    Confirm(Box<confirm::Options>),
    /// Have a server load its saved file in the place of what it runs
    Reload(Box<reload::Options>),
    /// List what a server ran: when it was changed, by whom, and what
    History(Box<history::Options>),
    /// Say what differs between two revisions of a server, or from one to what it runs
    Diff(Box<diff::Options>),
    /// Lead a server, or a part of its configuration, back to a revision
    Restore(Box<restore::Options>),
}

pub(super) fn run(command: Command) -> Result<ExitCode, Fault> {
    match command {
        Command::Lint(options) => lint::run(&options),
        Command::Template(options) => template::run(&options),
        Command::Show(options) => block_on(show::run(*options)),
        Command::Plan(options) => block_on(plan::run(*options)),
        Command::Apply(options) => block_on(apply::run(*options)),
        Command::Confirm(options) => block_on(confirm::run(*options)),
        Command::Reload(options) => block_on(reload::run(*options)),
        Command::History(options) => block_on(history::run(*options)),
        Command::Diff(options) => block_on(diff::run(*options)),
        Command::Restore(options) => block_on(restore::run(*options)),
    }
}

/// A server by the name that the settings give it, and the use cases.
async fn server(name: &str, deployment: Deployment) -> Result<(ServerName, services::Services), Fault> {
    let settings = deployment.settings()?;
    let found = settings.kea.iter().find(|kea| kea.name.to_string() == name).map(|kea| kea.name.clone());
    let names = || settings.kea.iter().map(|kea| kea.name.to_string()).collect::<Vec<_>>().join(", ");
    let server = found.ok_or_else(|| Fault::new(format!("no server is called “{name}”: there are {}", names())))?;
    Ok((server, crate::wire::services(&settings, None, None).await?))
}

/// The edits in a file.
fn read_edits(file: &Path) -> Result<Vec<Edit>, Fault> {
    let name = file.display();
    let text = std::fs::read(file).map_err(|error| Fault::new(format!("{name} cannot be read: {error}")))?;
    Edit::read_all(&text).map_err(|error| Fault::new(format!("{name}: {error}")))
}

/// Says that this program runs, for as long as it does: no server takes its change for broken off meanwhile.
async fn stay_alive(services: &services::Services) -> Result<(), Fault> {
    services.changes.keep_alive(SIGN).await.map_err(|error| Fault::new(error.to_string()))?;
    let changes = services.changes.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SIGN_EVERY).await;
            if let Err(error) = changes.keep_alive(SIGN).await {
                tracing::warn!(%error, "other programs on the same store may take this one for ended");
            }
        }
    });
    Ok(())
}

/// A finding, in a line.
fn finding_line(finding: &ConfigFinding) -> String {
    let path = if finding.path.is_empty() { String::new() } else { format!("{}: ", finding.path) };
    format!("{}: {path}{}\n", finding.level.word(), finding.text)
}

/// A failure of a use case, as one sentence.
fn fault(error: services::Error) -> Fault {
    Fault::new(Problem::from(error).in_full())
}

/// Writes to standard output. Nobody reading is no reason to end in another way.
fn say(text: &str) {
    drop(std::io::stdout().write_all(super::printing::plain(text).as_bytes()));
}
