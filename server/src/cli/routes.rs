//! `nestor routes`

use super::printing::say;
use crate::{Fault, http};

#[derive(clap::Args)]
pub(super) struct Options {
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

#[expect(clippy::needless_pass_by_value, reason = "every subcommand takes its options")]
pub(super) fn run(options: Options) -> Result<(), Fault> {
    let routes = http::routes();
    if options.json {
        let text = serde_json::to_string_pretty(&routes).map_err(|error| Fault::new(error.to_string()))?;
        say!("{text}");
        return Ok(());
    }
    for route in routes {
        let role = route.role.map_or("-", model::Role::as_str);
        say!("{:6} {:40} {role:9} {}", route.method, route.path, if route.mutating { "changes something" } else { "" });
    }
    Ok(())
}
