//! `nestor config confirm`: changes stay that would be taken back otherwise.

use std::process::ExitCode;

use model::Problem;
use services::{Actor, Caller};

use super::super::Deployment;
use super::apply::{code, explain};
use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// Answer in JSON: the numbers of the changes
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Exit codes: 0 they stay; 1 there is nothing to be confirmed; 2 it could not be tried.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { server, json, deployment } = options;
    let (server, services) = super::server(&server, deployment).await?;
    let caller = Caller::from(&Actor::CommandLine);
    let outcome = services.configurations.confirm(&caller, &server, None).await.map_err(Problem::from);
    let numbers = match &outcome {
        Ok(numbers) => numbers,
        Err(problem) => {
            explain(problem);
            return Ok(code(&outcome));
        }
    };
    if json {
        super::say(&format!("{}\n", serde_json::json!({ "confirmed": numbers })));
    } else {
        let line = |number: &i64| format!("change {number} stays\n");
        let lines: String = numbers.iter().map(line).collect();
        super::say(if lines.is_empty() { "Nothing is to be confirmed.\n" } else { &lines });
    }
    Ok(ExitCode::from(u8::from(numbers.is_empty())))
}
