//! `nestor config template`: the edits that make what a common device needs.

use std::process::ExitCode;

use keaconf::{Edit, TEMPLATES, Template};
use model::Family;

use crate::Fault;

#[derive(clap::Args)]
pub(in crate::cli) struct Options {
    /// What is needed; without it, all that there are
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What has to be known for it, as in controller=192.0.2.5
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    /// For a server of IPv6
    #[arg(long)]
    ipv6: bool,
}

/// Exit codes: 0 the edits, or the list, were printed; 2 they were not.
pub(super) fn run(options: &Options) -> Result<ExitCode, Fault> {
    let Some(name) = &options.name else {
        super::say(&list());
        return Ok(ExitCode::SUCCESS);
    };
    let family = if options.ipv6 { Family::V6 } else { Family::V4 };
    let names = || TEMPLATES.iter().map(|template| template.name).collect::<Vec<_>>().join(", ");
    let template = Template::named(name)
        .ok_or_else(|| Fault::new(format!("no template is called “{name}”: there are {}", names())))?;
    let fields = options.fields.iter().map(|field| {
        field.split_once('=').ok_or_else(|| Fault::new(format!("“{field}” is no field: write FIELD=VALUE")))
    });
    let edits = template.edits(family, &fields.collect::<Result<Vec<_>, _>>()?).map_err(Fault::new)?;
    super::say(&format!("{}\n", Edit::write_all(&edits)));
    Ok(ExitCode::SUCCESS)
}

fn list() -> String {
    let of = |template: &Template| {
        let only = if template.families == [Family::V4] { " (IPv4)" } else { "" };
        let fields = template.fields.iter().map(|field| {
            let may = if field.optional { ", may be left out" } else { "" };
            format!("    {:<12} {}{may}\n", field.name, field.label)
        });
        format!("{}: {}{only}\n{}", template.name, template.title, fields.collect::<String>())
    };
    TEMPLATES.iter().map(of).collect()
}
