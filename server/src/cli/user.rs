//! `nestor user`

use std::io::BufRead;

use clap::{Args, Subcommand};
use model::{Role, UserName};
use services::{Accounts, Actor, Error};

use super::StoreAt;
use super::printing::say;
use crate::{Fault, wire};

/// All of them work while the server runs, and count at once: for open pages too.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Add an account
    Add {
        #[command(flatten)]
        who: Who,
        /// What they may do: admin, operator or viewer
        #[arg(long)]
        role: Role,
        #[command(flatten)]
        password: FromInput,
    },
    /// List all accounts, with their roles
    List {
        #[command(flatten)]
        at: StoreAt,
    },
    /// Set another password; the sessions of the account end
    Password {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        password: FromInput,
    },
    /// Set another role
    Role {
        #[command(flatten)]
        who: Who,
        /// What they may do: admin, operator or viewer
        role: Role,
    },
    /// End all sessions of an account, and do not let it sign in again
    Disable {
        #[command(flatten)]
        who: Who,
    },
    /// Let a disabled account sign in again
    Enable {
        #[command(flatten)]
        who: Who,
    },
    /// Take an account away
    Remove {
        #[command(flatten)]
        who: Who,
    },
    /// Forget the wrong passwords that lock an account
    Unlock {
        #[command(flatten)]
        who: Who,
    },
}

/// Whose account, and where.
#[derive(Args)]
pub(super) struct Who {
    /// The name that they sign in with
    name: String,
    #[command(flatten)]
    at: StoreAt,
}

#[derive(Args)]
pub(super) struct FromInput {
    /// Read the password from the first line of standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl Who {
    async fn look_up(self) -> Result<(Accounts, UserName), Fault> {
        let name: UserName = self.name.parse().map_err(|error: model::UserNameError| Fault::new(error.to_string()))?;
        Ok((wire::accounts(&self.at.place()?).await?, name))
    }
}

impl FromInput {
    fn read(&self) -> Result<String, Fault> {
        debug_assert!(self.password_stdin, "there is no other way yet");
        let mut password = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut password)
            .map_err(|error| Fault::new(format!("no password could be read: {error}")))?;
        Ok(password.trim_end_matches(['\r', '\n']).to_owned())
    }
}

pub(super) async fn run(command: Command) -> Result<(), Fault> {
    let actor = &Actor::CommandLine;
    let (done, says) = match command {
        Command::List { at } => return list(&wire::accounts(&at.place()?).await?).await,
        Command::Add { who, role, password } => {
            let password = password.read()?;
            let (accounts, name) = who.look_up().await?;
            (accounts.create(actor, &name, role, password).await, format!("{name} can sign in as {role}"))
        }
        Command::Password { who, password } => {
            let password = password.read()?;
            let (accounts, name) = who.look_up().await?;
            let says = format!("{name} has another password, and is signed out everywhere");
            (accounts.set_password(actor, &name, password).await, says)
        }
        Command::Role { who, role } => {
            let (accounts, name) = who.look_up().await?;
            (accounts.set_role(actor, &name, role).await, format!("{name} is {role} from now on"))
        }
        Command::Disable { who } => {
            let (accounts, name) = who.look_up().await?;
            (accounts.disable(actor, &name).await, format!("{name} is signed out, and cannot sign in any more"))
        }
        Command::Enable { who } => {
            let (accounts, name) = who.look_up().await?;
            (accounts.enable(actor, &name).await, format!("{name} can sign in"))
        }
        Command::Remove { who } => {
            let (accounts, name) = who.look_up().await?;
            (accounts.remove(actor, &name).await, format!("{name} is removed"))
        }
        Command::Unlock { who } => {
            let (accounts, name) = who.look_up().await?;
            (accounts.unlock(actor, &name).await, format!("{name} can try to sign in again, from everywhere"))
        }
    };
    done.map_err(|error| fault(&error))?;
    say!("{says}");
    Ok(())
}

async fn list(accounts: &Accounts) -> Result<(), Fault> {
    let people = accounts.list(&Actor::CommandLine).await.map_err(|error| fault(&error))?;
    if people.is_empty() {
        say!(
            "There are no accounts yet: create the first with nestor user add, or by the link that nestor serve prints"
        );
    }
    for person in people {
        let states = [(person.disabled, "disabled"), (person.locked, "locked: too many wrong passwords")];
        let states: Vec<&str> = states.into_iter().filter_map(|(so, word)| so.then_some(word)).collect();
        let line =
            format!("{:24} {:9} {}", person.account.name.as_str(), person.account.role.as_str(), states.join(", "));
        say!("{}", line.trim_end());
    }
    Ok(())
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::Invalid { fields } => {
            Fault::new(fields.iter().map(|fault| fault.text.as_str()).collect::<Vec<_>>().join("; "))
        }
        Error::NotFound { .. } => Fault::new(format!("{error}: nestor user list says who there is")),
        error => Fault::new(error.to_string()),
    }
}
