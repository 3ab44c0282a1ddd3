//! `nestor config restore`: the way back to a revision.

use std::process::ExitCode;

use keaconf::{Edit, Path};
use model::ApplyRequest;
use services::{Actor, Confirmed};

use super::super::Deployment;
use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// The number of a revision, as history lists it
    #[arg(value_name = "REVISION")]
    number: i64,
    /// Only this part, as in subnet4[id=10].pools
    #[arg(long, value_name = "PATH", default_value = "")]
    path: Path,
    /// Only say what it would do
    #[arg(long)]
    dry_run: bool,
    /// Why: a sentence, the number of a ticket [default: which revision it is]
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Also change what may harm the host of the server: hooks, sockets, databases, files
    #[arg(long)]
    yes_dangerous: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Exit codes are those of `apply`, with `--dry-run` those of `plan`.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { server, number, path, dry_run, note, yes_dangerous, json, deployment } = options;
    let (server, services) = super::server(&server, deployment).await?;
    let edits = services.configurations.restoration(&Actor::CommandLine, &server, number, &path).await;
    let edits = edits.map_err(super::fault)?;
    if dry_run {
        return super::plan::show(&services, &server, &edits, json).await;
    }
    let note = note.unwrap_or_else(|| format!("back to revision {number}"));
    let request = ApplyRequest { edits: Edit::write_all(&edits), note, ..ApplyRequest::default() };
    let confirmed = if yes_dangerous { Confirmed::Yes } else { Confirmed::No };
    super::apply::make(&services, &server, &request, confirmed, json).await
}
