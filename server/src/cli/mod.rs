//! The command line. Every failure is one sentence on standard error and the exit code 2.

mod check;
mod config;
mod import;
mod printing;
mod reserve;
mod routes;
mod serve;
mod store;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use ::store::Place;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

use crate::config::{Overrides, Settings, StoreOverrides};
use crate::{Fault, wire};

/// A web console for ISC Kea DHCP, and a Smart Proxy for Foreman
#[derive(Parser)]
#[command(name = "nestor", version, about)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console, and Foreman's calls
    Serve(Deployment),
    /// Explain what is wrong with a deployment, and how to mend it
    Check(check::Options),
    /// Reserve the next free address of a subnet for a client
    Reserve(Box<reserve::Options>),
    /// Manage the people who may sign in
    #[command(subcommand)]
    User(user::Command),
    /// Look at, judge and plan Kea's configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Copy, check and move what Nestor remembers
    #[command(subcommand)]
    Store(store::Command),
    /// Make a configuration from that of another program
    #[command(subcommand)]
    Import(import::Command),
    /// List every HTTP route and server function
    Routes(routes::Options),
}

/// A configuration file and what overrides it.
#[derive(clap::Args)]
struct Deployment {
    /// Configuration file (TOML); flags and the environment win over it
    #[arg(long, env = "NESTOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

impl Deployment {
    fn settings(self) -> Result<Settings, Fault> {
        let file = self.config.as_deref().map(crate::config::read).transpose()?.unwrap_or_default();
        Settings::new(file, self.overrides)
    }
}

/// Where the store is: all that a command needs that works on it alone.
#[derive(clap::Args)]
struct StoreAt {
    /// Configuration file (TOML); flags and the environment win over it
    #[arg(long, env = "NESTOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for everything that Nestor remembers
    #[arg(long, env = "NESTOR_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOverrides,
}

impl StoreAt {
    fn place(self) -> Result<Place, Fault> {
        let file = self.config.as_deref().map(crate::config::read).transpose()?.unwrap_or_default();
        let url = crate::config::store_url(file.store, self.store)?;
        let data_dir = self.data_dir.or(file.data_dir);
        if data_dir.is_none() && url.is_none() {
            return Err(Fault::new("no store is named: give --data-dir DIR, --store-url-file FILE or --config FILE"));
        }
        wire::place(data_dir.unwrap_or_default(), url.as_ref())
    }
}

/// Runs the command that was given.
pub fn run() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => return refuse(&error),
    };
    // The only provider of cryptography in the program; a second one cannot have been installed before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let outcome = match line.command {
        Command::Serve(deployment) => {
            let config = deployment.config.clone();
            deployment.settings().and_then(|settings| block_on(on_a_worker(serve::run(settings, config))))
        }
        Command::Check(options) => return block_on(check::run(options)).unwrap_or_else(|fault| report(&fault)),
        Command::Reserve(options) => {
            return block_on(reserve::run(*options)).unwrap_or_else(|fault| report(&fault));
        }
        Command::Config(command) => return config::run(command).unwrap_or_else(|fault| report(&fault)),
        Command::Store(command) => {
            return block_on(store::run(command)).unwrap_or_else(|fault| report(&fault));
        }
        Command::User(command) => block_on(user::run(command)),
        Command::Import(command) => import::run(command),
        Command::Routes(options) => routes::run(options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => report(&fault),
    }
}

fn block_on<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let failed = |error| Fault::new(format!("the program cannot start its threads: {error}"));
    let runtime = Runtime::new().map_err(failed)?;
    let outcome = runtime.block_on(work);
    // A thread that waits for a disk or a lock must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

/// Runs it where the connections run that it accepts: handing each over to another thread would cost more than many of
/// them need.
async fn on_a_worker(work: impl Future<Output = Result<(), Fault>> + Send + 'static) -> Result<(), Fault> {
    let broken = |error| Err(Fault::new(format!("the server broke off: {error}")));
    tokio::spawn(work).await.unwrap_or_else(broken)
}

fn report(fault: &Fault) -> ExitCode {
    printing::aside!("nestor: {fault}");
    ExitCode::from(2)
}

/// Help and version go to standard output; a wrong line is answered with one sentence.
fn refuse(error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        error.exit();
    }
    let text = error.to_string();
    let text: Vec<&str> = text.split("\n\n").next().unwrap_or_default().split_whitespace().collect();
    let text = text.join(" ");
    report(&Fault::new(format!("{} (try --help)", text.strip_prefix("error: ").unwrap_or(&text))))
}
