//! `nestor config history`: what a server ran.

use std::process::ExitCode;

use model::{Problem, Revision};
use serde_json::json;
use services::Actor;

use super::super::Deployment;
use super::super::printing::aside;
use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Looks at the server first, so that what it runs now is among the revisions. Exit codes: 0 they were listed, also where the
/// server does not answer; 2 they were not.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { server, json, deployment } = options;
    let (server, services) = super::server(&server, deployment).await?;
    let unseen = services.configurations.look(&server).await.err().map(Problem::from);
    let mut revisions: Vec<Revision> = Vec::new();
    loop {
        let before = revisions.last().map(|revision| revision.number);
        let page = services.configurations.history(&Actor::CommandLine, &server, before).await;
        let page = page.map_err(super::fault)?;
        revisions.extend(page.revisions);
        if !page.more {
            break;
        }
    }
    if json {
        super::say(&format!("{}\n", json!({ "revisions": revisions, "problem": unseen })));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(problem) = unseen {
        aside!("nestor: newer revisions may be missing. {}", problem.in_full());
    }
    super::say(&revisions.iter().map(in_words).collect::<String>());
    Ok(ExitCode::SUCCESS)
}

fn in_words(revision: &Revision) -> String {
    let head = format!("{}  {}  {}\n", revision.number, revision.at, revision.summary());
    let words = revision.words.iter().map(|words| format!("    {words}\n"));
    let listed = u32::try_from(revision.words.len()).unwrap_or(u32::MAX);
    let rest = revision.differences.saturating_sub(listed);
    let rest = (rest > 0).then(|| format!("    and {rest} more: nestor config diff shows them\n"));
    let hidden = (revision.number > 1 && revision.differences == 0)
        .then(|| "    nothing that is shown differs: a password or key may\n".to_owned());
    head + &words.chain(rest).chain(hidden).collect::<String>()
}
