//! `nestor config plan`: what edits would do.

use std::path::PathBuf;
use std::process::ExitCode;

use keaconf::{Edit, Layout, Plan, Text, redacted};
use model::{ConfigPartner, Problem, ProblemKind, ServerName};
use serde_json::{Value, json};
use services::{Actor, Beside, Services};

use super::super::Deployment;
use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// A file with a list of edits: [{"op": "set", "path": "subnet4[id=10].valid-lifetime", "value": 3600}, …]; the
    /// operations are set, unset, add and remove
    #[arg(long, value_name = "FILE")]
    edits: PathBuf,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Exit codes: 0 nothing is to be done; 1 it is refused; 2 it could not be tried; 3 it would change the server.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { server, edits, json, deployment } = options;
    let edits = super::read_edits(&edits)?;
    let (server, services) = super::server(&server, deployment).await?;
    show(&services, &server, &edits, json).await
}

/// Says what edits would do, with the exit code for that.
pub(super) async fn show(
    services: &Services,
    server: &ServerName,
    edits: &[Edit],
    json: bool,
) -> Result<ExitCode, Fault> {
    let plan = match services.configurations.plan(&Actor::CommandLine, server, edits).await {
        Ok(plan) => plan,
        Err(error) => {
            let problem = Problem::from(error);
            if problem.kind != ProblemKind::Invalid {
                return Err(Fault::new(problem.in_full()));
            }
            let texts: Vec<&str> = problem.fields.iter().map(|field| field.text.as_str()).collect();
            return Ok(refused(&texts, json));
        }
    };
    let beside = services.configurations.beside(server, &plan).await;
    let partners = services.configurations.on_partners(server, &plan).await;
    super::say(&if json {
        in_json(&plan, &beside, &partners)
    } else {
        in_words(&plan, &beside, &partners, server.as_str())
    });
    let code = if plan.is_refused() {
        1
    } else if plan.changes.is_empty() {
        0
    } else {
        3
    };
    Ok(ExitCode::from(code))
}

fn refused(texts: &[&str], json: bool) -> ExitCode {
    if json {
        super::say(&format!("{}\n", json!({ "refused": texts })));
    } else {
        let lines: Vec<String> = texts.iter().map(|text| format!("refused: {text}\n")).collect();
        super::say(&lines.concat());
    }
    ExitCode::from(1)
}

fn in_words(plan: &Plan, beside: &Beside, partners: &[ConfigPartner], server: &str) -> String {
    let mut lines: Vec<String> = plan.words();
    lines.extend(plan.findings().iter().map(|finding| {
        let path = if finding.path.is_root() { String::new() } else { format!("{}: ", finding.path) };
        format!("{}: {path}{}", finding.severity.word(), finding.text)
    }));
    lines.extend(beside.findings.iter().map(|finding| super::finding_line(finding).trim_end().to_owned()));
    lines.extend(beside.orphans().into_iter().flat_map(|orphans| orphans.not_listed));
    lines.extend(
        plan.dangers()
            .iter()
            .map(|danger| format!("dangerous: {}: it may {}; apply it with --yes-dangerous.", danger.path, danger.may)),
    );
    lines.extend(plan.commands.iter().map(|command| {
        let arguments = redacted(&Text::default(), &command.arguments).to_json(Layout::Compact);
        let whole = command.name == "config-set";
        let what = if whole { format!("the whole configuration ({} bytes)", arguments.len()) } else { arguments };
        format!("would be sent to {server}: {} {what}", command.name)
    }));
    for partner in partners {
        lines.push(partner.text.clone());
        let sent = partner.commands.iter();
        lines.extend(
            sent.map(|command| format!("would be sent to {}: {} {}", partner.server, command.name, command.text)),
        );
    }
    if lines.is_empty() {
        lines.push(format!("{server} is so already: nothing to do."));
    }
    lines.join("\n") + "\n"
}

fn in_json(plan: &Plan, beside: &Beside, partners: &[ConfigPartner]) -> String {
    let value = |value: &keaconf::Value| -> Value {
        serde_json::from_str(&redacted(&Text::default(), value).to_json(Layout::Compact)).unwrap_or_default()
    };
    let edits: Vec<Edit> = plan.changes.iter().map(|change| change.to_edit().redacted()).collect();
    let findings = plan.findings().iter().map(|finding| {
        json!({
            "severity": finding.severity.word(),
            "rule": finding.rule,
            "path": finding.path.to_string(),
            "text": finding.text,
        })
    });
    let known = beside.findings.iter().map(|finding| {
        json!({
            "severity": finding.level.word(),
            "rule": finding.rule,
            "path": finding.path,
            "text": finding.text,
        })
    });
    let commands =
        plan.commands.iter().map(|command| json!({ "command": command.name, "arguments": value(&command.arguments) }));
    let dangers =
        plan.dangers().into_iter().map(|danger| json!({ "path": danger.path.to_string(), "may": danger.may }));
    let edits: Value = serde_json::from_str(&Edit::write_all(&edits)).unwrap_or_default();
    let answer = json!({
        "changes": edits,
        "words": plan.words(),
        "findings": findings.chain(known).collect::<Vec<_>>(),
        "commands": commands.collect::<Vec<_>>(),
        "dangers": dangers.collect::<Vec<_>>(),
        "partners": partners,
        "orphans": beside.orphans(),
    });
    format!("{answer}\n")
}
