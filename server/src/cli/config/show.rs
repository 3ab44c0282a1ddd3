//! `nestor config show`: what a server runs.

use std::process::ExitCode;

use keaconf::{Document, Effective, Kind, Layout, Map, Origin, Path, Table, Text, Value};
use services::Actor;

use super::super::Deployment;
use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// The server, by its name in the settings
    #[arg(value_name = "SERVER")]
    server: String,
    /// Only this part, as in subnet4[id=10].pools
    #[arg(long, value_name = "PATH", default_value = "")]
    path: Path,
    /// The parameters that hold for the part, and where each comes from
    #[arg(long)]
    effective: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// Exit codes: 0 it was shown; 2 it was not.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { server, path, effective, json, deployment } = options;
    let (server, services) = super::server(&server, deployment).await?;
    let document = services.configurations.show(&Actor::CommandLine, &server).await.map_err(super::fault)?;
    let layout = if json { Layout::Compact } else { Layout::Indented };
    let text = if effective {
        effective_values(&document, &path, json)?
    } else if path.is_root() {
        document.to_json(layout)
    } else {
        document.get(&path).map_err(|error| Fault::new(error.to_string()))?.to_json(layout)
    };
    super::say(&format!("{}\n", text.trim_end()));
    Ok(ExitCode::SUCCESS)
}

/// The parameters of the level of a part, each with its value and where it comes from.
fn effective_values(document: &Document, path: &Path, json: bool) -> Result<String, Fault> {
    let level = Table::of(document.daemon).level_at(path);
    let level =
        level.ok_or_else(|| Fault::new(format!("--effective needs a part that has parameters, {path} has none")))?;
    let single = |kind: &Kind| !matches!(kind, Kind::Map(_) | Kind::List(_) | Kind::Any);
    let mut rows = Vec::new();
    for parameter in level.parameters.iter().filter(|parameter| single(&parameter.kind)) {
        let found = document.effective(path, parameter.name).map_err(|error| Fault::new(error.to_string()))?;
        if found.value.is_some() {
            rows.push((parameter.name, parameter.unit, found));
        }
    }
    if json {
        let members = rows.into_iter().map(|(name, _, found)| (Text::from(name), row(found)));
        return Ok(Value::Map(members.collect::<Map>()).to_json(Layout::Compact));
    }
    let lines = rows.into_iter().map(|(name, unit, found)| {
        let value = found.value.as_ref().map(|value| value.to_json(Layout::Compact)).unwrap_or_default();
        let unit = if ["s", "ms"].contains(&unit) { format!(" {unit}") } else { String::new() };
        let origin = match found.origin {
            Origin::Here => "set here".to_owned(),
            Origin::Inherited(from) if from.is_root() => "set for the whole server".to_owned(),
            Origin::Inherited(from) => format!("from {from}"),
            Origin::Default | Origin::Unset => "default".to_owned(),
        };
        format!("{name} = {value}{unit} ({origin})\n")
    });
    Ok(lines.collect())
}

fn row(found: Effective) -> Value {
    let (origin, from) = match found.origin {
        Origin::Here => ("here", None),
        Origin::Inherited(from) => ("inherited", Some(from.to_string())),
        Origin::Default => ("default", None),
        Origin::Unset => ("unset", None),
    };
    let members = [
        Some((Text::from("value"), found.value.unwrap_or(Value::Null))),
        Some((Text::from("origin"), Value::from(origin))),
        from.map(|from| (Text::from("from"), Value::from(from.as_str()))),
    ];
    Value::Map(members.into_iter().flatten().collect())
}
