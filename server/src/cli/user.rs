//! `nestor user`

use std::io::BufRead;

use clap::Subcommand;
use model::{Role, UserName};
use services::{Actor, Error};

use super::StoreAt;
use crate::{Fault, wire};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add somebody who may sign in; works while the server runs
    Add {
        /// The name to sign in with
        name: String,
        /// What they may do: admin, operator or viewer
        #[arg(long)]
        role: Role,
        /// Read the password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
        #[command(flatten)]
        at: StoreAt,
    },
}

pub(super) async fn run(command: Command) -> Result<(), Fault> {
    let Command::Add { name, role, password_stdin: _, at } = command;
    let name: UserName = name.parse().map_err(|error: model::UserNameError| Fault::new(error.to_string()))?;
    let mut password = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut password)
        .map_err(|error| Fault::new(format!("no password could be read: {error}")))?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let accounts = wire::accounts(&at.place()?).await?;
    accounts.create(&Actor::CommandLine, &name, role, password).await.map_err(|error| match error {
        Error::Invalid { fields } => {
            Fault::new(fields.into_iter().map(|fault| fault.text).collect::<Vec<_>>().join("; "))
        }
        error => Fault::new(error.to_string()),
    })?;
    println!("{name} can sign in as {role}");
    Ok(())
}
