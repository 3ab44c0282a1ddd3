//! `nestor config diff`: what differs between two revisions, or from one to what runs.

use std::process::ExitCode;

use serde_json::{Value, json};
use services::Actor;

use super::super::Deployment;
use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// The number of a revision, as history lists it
    #[arg(value_name = "REVISION")]
    from: i64,
    /// The number of the revision that it is compared with [default: what the server runs now]
    #[arg(value_name = "REVISION")]
    to: Option<i64>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Exit codes: 0 nothing differs; 2 they could not be compared; 3 something differs.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { server, from, to, json, deployment } = options;
    let (server, services) = super::server(&server, deployment).await?;
    let difference = services.configurations.difference(&Actor::CommandLine, &server, from, to).await;
    let difference = difference.map_err(super::fault)?;
    if json {
        let edits: Value = serde_json::from_str(&difference.edits).unwrap_or_default();
        super::say(&format!("{}\n", json!({ "words": difference.words, "edits": edits })));
    } else {
        let lines: Vec<String> = difference.words.iter().map(|words| format!("{words}\n")).collect();
        super::say(&lines.concat());
    }
    Ok(if difference.words.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}
