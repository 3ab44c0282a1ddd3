//! `nestor store`: what Nestor remembers, as a whole.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use store::Place;

use super::StoreAt;
use super::printing::say;
use crate::config::{self, Secret};
use crate::{Fault, wire};

#[allow(clippy::doc_markdown, reason = "these are help texts")]
#[derive(Subcommand)]
pub(super) enum Command {
    /// Copy the store of a data folder into a new file; works while the server runs
    Backup {
        /// The file to write
        file: PathBuf,
        #[command(flatten)]
        at: StoreAt,
    },
    /// Look whether the store is whole, and what is in it; works while the server runs
    Check {
        #[command(flatten)]
        at: StoreAt,
    },
    /// Copy the store of a data folder into an empty PostgreSQL database, while no server runs
    Move {
        /// URL of the database
        #[arg(long, value_name = "URL", required_unless_present = "to_file", conflicts_with = "to_file")]
        to: Option<Secret>,
        /// File whose first line is that URL, for one with a password
        #[arg(long, value_name = "FILE")]
        to_file: Option<PathBuf>,
        /// The data folder
        #[arg(long, env = "NESTOR_DATA_DIR", value_name = "DIR")]
        data_dir: PathBuf,
    },
}

/// Exit code of `check`: 0 when the store is whole, 1 when something is broken, 2 when it cannot be looked at.
pub(super) async fn run(command: Command) -> Result<ExitCode, Fault> {
    match command {
        Command::Backup { file, at } => backup(&at.place()?, file).await,
        Command::Check { at } => check(&at.place()?).await,
        Command::Move { to, to_file, data_dir } => {
            let url = match (to, to_file) {
                (Some(url), _) => url,
                (None, Some(file)) => config::from_file(&file)?,
                (None, None) => return Err(Fault::new("give --to URL or --to-file FILE")),
            };
            let Place::Server(url) = wire::place(data_dir.clone(), Some(&url))? else {
                return Err(Fault::new("the store is moved into a database: give its URL"));
            };
            let moved = store::move_to(&data_dir, &url).await.map_err(|error| Fault::new(error.to_string()))?;
            print_rows(moved);
            say!("Everything of {} is in {url} now.", data_dir.display());
            say!(
                "Next: set store.url_file and start Nestor. {} is not used any more.",
                data_dir.join("nestor.db").display()
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn backup(place: &Place, file: PathBuf) -> Result<ExitCode, Fault> {
    let data_dir = match place {
        Place::Folder(data_dir) => data_dir,
        Place::Server(url) => {
            let command = url.dump_command(&file.display().to_string());
            return Err(Fault::new(format!("{url} is copied by PostgreSQL’s own program: {command}")));
        }
    };
    store::backup(data_dir, &file).await.map_err(|error| Fault::new(error.to_string()))?;
    say!("Written: {}", file.display());
    Ok(ExitCode::SUCCESS)
}

async fn check(place: &Place) -> Result<ExitCode, Fault> {
    let report = store::report(place).await.map_err(|error| Fault::new(error.to_string()))?;
    print_rows(report.rows);
    for note in &report.notes {
        say!("note   {note}");
    }
    for fault in &report.faults {
        say!("FAULT  {fault}");
    }
    let whole = report.faults.is_empty();
    say!("{place} {}", if whole { "is whole." } else { "is broken: restore your last backup." });
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn print_rows<N: std::fmt::Display>(rows: Vec<(&'static str, N)>) {
    for (table, rows) in rows {
        say!("{rows:>10}  {}", table.replace('_', " "));
    }
}
