//! `nestor config apply`: edits of what a server runs, made and saved.

use std::path::PathBuf;
use std::process::ExitCode;

use keaconf::Edit;
use model::{AppliedConfiguration, ApplyRequest, Problem, ProblemKind, Reason, Seconds, ServerName};
use services::{Actor, Caller, Confirmed, Services};

use super::super::Deployment;
use super::super::printing::aside;
use crate::Fault;

#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// A file with a list of edits: [{"op": "set", "path": "subnet4[id=10].valid-lifetime", "value": 3600}, …]; the
    /// operations are set, unset, add and remove
    #[arg(long, value_name = "FILE")]
    edits: PathBuf,
    /// Why: a sentence, the number of a ticket
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// Only on this server: its partner is not to have the same
    #[arg(long)]
    single_server: bool,
    /// Take it back after this time, as in 5m, unless `nestor config confirm` comes before: a running Nestor does
    #[arg(long, value_name = "TIME", value_parser = read_time)]
    confirm_within: Option<Seconds>,
    /// Also delete the leases of subnets that are deleted, and their reservations in a database
    #[arg(long)]
    delete_orphans: bool,
    /// Also change what may harm the host of the server: hooks, sockets, databases, files
    #[arg(long)]
    yes_dangerous: bool,
    /// Also give a new subnet a number of which leases or reservations of a former one are left, which it then has
    #[arg(long)]
    reuse_ids: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Exit codes: 0 it is made, and on the server's disk, or was so already; 1 it is refused, or was taken back; 2 it could not
/// be tried; 3 it is not known, or not saved.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options {
        server,
        edits,
        note,
        single_server,
        confirm_within,
        delete_orphans,
        yes_dangerous,
        reuse_ids,
        json,
        deployment,
    } = options;
    let edits = super::read_edits(&edits)?;
    let (server, services) = super::server(&server, deployment).await?;
    let request = ApplyRequest {
        edits: Edit::write_all(&edits),
        note,
        single_server,
        confirm_within,
        reuse_ids,
        delete_orphans,
        ..ApplyRequest::default()
    };
    let confirmed = if yes_dangerous { Confirmed::Yes } else { Confirmed::No };
    make(&services, &server, &request, confirmed, json).await
}

/// Makes a change, says what came of it, and gives the exit code for that.
pub(super) async fn make(
    services: &Services,
    server: &ServerName,
    request: &ApplyRequest,
    confirmed: Confirmed,
    json: bool,
) -> Result<ExitCode, Fault> {
    super::stay_alive(services).await?;
    let caller = Caller::from(&Actor::CommandLine);
    let outcome = services.configurations.apply(&caller, server, request, confirmed).await.map_err(Problem::from);
    report(&outcome, json)?;
    Ok(code(&outcome))
}

fn read_time(text: &str) -> Result<Seconds, String> {
    let time = humantime::parse_duration(text).map_err(|_| format!("“{text}” is no time: write it as in 90s or 5m"))?;
    i64::try_from(time.as_secs()).map(Seconds).map_err(|error| error.to_string())
}

/// How the program ends after a change.
pub(super) fn code<T>(outcome: &Result<T, Problem>) -> ExitCode {
    let code = match outcome.as_ref().map_err(|problem| problem.kind) {
        Ok(_) => 0,
        Err(ProblemKind::Unknown | ProblemKind::NotSaved | ProblemKind::NotServing) => 3,
        Err(ProblemKind::Store | ProblemKind::Unreachable | ProblemKind::Unsupported | ProblemKind::Busy) => 2,
        Err(_) => 1,
    };
    ExitCode::from(code)
}

pub(super) fn report(outcome: &Result<AppliedConfiguration, Problem>, json: bool) -> Result<(), Fault> {
    if json {
        let text = match outcome {
            Ok(applied) => serde_json::to_string(applied),
            Err(problem) => serde_json::to_string(problem),
        };
        super::say(&format!("{}\n", text.map_err(|error| Fault::new(error.to_string()))?));
        return Ok(());
    }
    match outcome {
        Ok(AppliedConfiguration { change: None, saved: true, .. }) => {
            super::say("It is so already, and is saved now.\n");
        }
        Ok(AppliedConfiguration { change: None, .. }) => super::say("It is so already: nothing was to be done.\n"),
        Ok(applied) => {
            let words: Vec<String> = applied.words.iter().map(|words| format!("{words}\n")).collect();
            super::say(&words.concat());
            let said = |text: &String| super::say(&format!("Kea says: {text}\n"));
            applied.said.iter().for_each(said);
            if let Some(until) = applied.confirm_until {
                super::say(&format!("It is taken back at {until} unless it is confirmed: nestor config confirm\n"));
            }
            super::say(&applied.findings.iter().map(super::finding_line).collect::<String>());
            for peer in &applied.peers {
                let is_left = matches!(peer.reason, Some(Reason::OfOneServer | Reason::NeverHad));
                let state = if is_left { String::new() } else { format!("{} ", peer.state.code()) };
                super::say(&format!("{}: {state}{}\n", peer.server, peer.detail));
            }
        }
        Err(problem) => explain(problem),
    }
    Ok(())
}

/// A problem, for people.
pub(super) fn explain(problem: &Problem) {
    aside!("{}", format!("nestor: {} {}", problem.text, problem.advice_in_full()).trim_end());
    for fault in &problem.fields {
        aside!("nestor: {}: {}", fault.field, fault.text);
    }
}
