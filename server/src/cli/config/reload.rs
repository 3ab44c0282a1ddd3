//! `nestor config reload`: a server loads its saved file.

use std::process::ExitCode;

use model::{Problem, ReloadOutlook, ReloadRequest};
use services::{Actor, Caller};

use super::super::Deployment;
use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// Only say what is known of what it would lose
    #[arg(long)]
    dry_run: bool,
    /// Lose the changes that run and are not saved, and those of others that may not be
    #[arg(long)]
    lose_unsaved: bool,
    /// Why: a sentence, the number of a ticket
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Exit codes are those of `apply`; with `--dry-run`: 0 nothing is known to be lost; 2 it could not be tried; 3 something is,
/// or may be.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { server, dry_run, lose_unsaved, note, json, deployment } = options;
    let (server, services) = super::server(&server, deployment).await?;
    let outlook = services.configurations.reload_outlook(&Actor::CommandLine, &server).await.map_err(super::fault)?;
    if dry_run {
        return show(&outlook, json);
    }
    let named = if lose_unsaved { outlook.unsaved.iter().map(|change| change.number).collect() } else { Vec::new() };
    super::stay_alive(&services).await?;
    let caller = Caller::from(&Actor::CommandLine);
    let request = ReloadRequest { note, lose: named, lose_outside: lose_unsaved };
    let outcome = services.configurations.reload(&caller, &server, &request).await.map_err(Problem::from);
    super::apply::report(&outcome, json)?;
    Ok(super::apply::code(&outcome))
}

fn show(outlook: &ReloadOutlook, json: bool) -> Result<ExitCode, Fault> {
    let may_lose = !outlook.unsaved.is_empty() || !outlook.outside.is_empty();
    if json {
        let text = serde_json::to_string(outlook).map_err(|error| Fault::new(error.to_string()))?;
        super::say(&format!("{text}\n"));
    } else {
        super::say(&in_words(outlook));
    }
    Ok(ExitCode::from(if may_lose { 3 } else { 0 }))
}

fn in_words(outlook: &ReloadOutlook) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(
        outlook
            .unsaved
            .iter()
            .map(|change| format!("would be lost: change {} by {}: {}", change.number, change.actor, change.text)),
    );
    for revision in &outlook.outside {
        lines.push(format!("may be lost: {}, revision {}, {}", revision.at, revision.number, revision.summary()));
        lines.extend(revision.words.iter().map(|words| format!("    {words}")));
    }
    lines.extend(outlook.first_seen_at.map(|at| {
        format!(
            "not known: whether what ran at {at}, when Nestor looked first, is saved; others may have changed it before"
        )
    }));
    if lines.is_empty() {
        lines.push("All that is known to run is saved.".to_owned());
    }
    lines.push("The file itself cannot be read from here: what else differs is known afterwards.".to_owned());
    lines.join("\n") + "\n"
}
