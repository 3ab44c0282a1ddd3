//! `nestor reserve`: the next free address and its reservation, in one go.

use std::process::ExitCode;

use clap::ValueEnum;
use model::{
    AddressRange, Applied, HostName, HwAddress, Identifier, IdentifierError, IdentifierKind, IpNetwork, NewReservation,
    Order, Problem, ProblemKind, ReserveNext, Seconds, SubnetKey,
};
use services::{Actor, Caller, Mode, Services};

use super::Deployment;
use super::printing::{aside, say};
use crate::{Fault, wire};

/// While it runs, no server takes its change for broken off.
const AT_MOST: Seconds = Seconds(120);

#[derive(clap::Args)]
pub(super) struct Options {
    /// The subnet, by its prefix (192.0.2.0/24) or as server/number (kea/1)
    #[arg(long)]
    subnet: String,
    /// The client's MAC address, in any notation
    #[arg(long, value_name = "MAC", required_unless_present = "duid")]
    mac: Option<HwAddress>,
    /// The client's DUID, in the place of its MAC address
    #[arg(long, value_name = "DUID", conflicts_with = "mac", value_parser = read_duid)]
    duid: Option<Identifier>,
    /// The host name
    #[arg(long, value_name = "NAME")]
    host_name: Option<HostName>,
    /// Only addresses from this range [default: the pools of the subnet]
    #[arg(long, value_name = "FIRST-LAST")]
    range: Option<AddressRange>,
    /// Which of the free addresses
    #[arg(long, value_enum, default_value_t = Which::Lowest)]
    order: Which,
    /// With --order after: the address to start behind
    #[arg(long, value_name = "ADDRESS", required_if_eq("order", "after"))]
    last: Option<std::net::IpAddr>,
    /// A note for people
    #[arg(long)]
    note: Option<String>,
    /// A text that stands for this request: given again, the same answer comes and nothing is reserved twice
    #[arg(long, value_name = "TEXT")]
    request: Option<String>,
    /// Check and choose, but reserve nothing
    #[arg(long)]
    dry_run: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    Lowest,
    Random,
    After,
}

fn read_duid(text: &str) -> Result<Identifier, IdentifierError> {
    Identifier::parse(IdentifierKind::Duid, text)
}

/// Exit codes: 0 it is reserved, and on the server's disk; 1 it is not; 2 nothing could be tried, as when the store does
/// not work; 3 it is not known, or not saved.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let Options { subnet, mac, duid, host_name, range, order, last, note, request, dry_run, json, deployment } =
        options;
    let client = duid.or_else(|| mac.map(Identifier::HwAddress));
    let client = client.ok_or_else(|| Fault::new("name the client: --mac or --duid"))?;
    let services = wire::services(&deployment.settings()?, None, None).await?;
    services.changes.keep_alive(AT_MOST).await.map_err(|error| Fault::new(error.to_string()))?;
    let subnet = find(&services, &subnet).await?;
    let order = match (order, last) {
        (Which::Lowest, _) => Order::Lowest,
        (Which::Random, _) => Order::Random,
        (Which::After, last) => last.map_or(Order::Lowest, Order::After),
    };
    let host_name = host_name.map(String::from);
    let new = NewReservation { host_name, note, ..NewReservation::of(subnet, client) };
    let mode = if dry_run { Mode::DryRun } else { Mode::Apply };
    let wanted = ReserveNext { new, range, order, request };
    let outcome = services
        .reservations
        .reserve_next(&Caller::new(Actor::CommandLine, mode), &wanted)
        .await
        .map_err(Problem::from);
    if json {
        let text = match &outcome {
            Ok(applied) => serde_json::to_string(applied),
            Err(problem) => serde_json::to_string(problem),
        };
        say!("{}", text.map_err(|error| Fault::new(error.to_string()))?);
    } else {
        report(&outcome);
    }
    Ok(match outcome {
        Ok(_) => ExitCode::SUCCESS,
        Err(problem) if matches!(problem.kind, ProblemKind::Unknown | ProblemKind::NotSaved) => ExitCode::from(3),
        Err(problem) if problem.kind == ProblemKind::Store => ExitCode::from(2),
        Err(_) => ExitCode::from(1),
    })
}

/// The address alone on standard output, everything else for people.
fn report(outcome: &Result<Applied, Problem>) {
    match outcome {
        Ok(applied) => {
            if let Some(address) = applied.reservation.as_ref().and_then(|reservation| reservation.address) {
                say!("{address}");
            }
            for finding in &applied.findings {
                aside!("nestor: {} {}", finding.text, finding.advice);
            }
            for peer in &applied.peers {
                aside!("nestor: {}: {} {}", peer.server, peer.state.code(), peer.detail);
            }
        }
        Err(problem) => {
            aside!("nestor: {} {}", problem.text, problem.advice);
            let fields = problem.fields.iter().map(|fault| format!("{}: {}", fault.field, fault.text));
            let conflicts = problem.conflicts.iter().map(|conflict| format!("{} {}", conflict.text, conflict.advice));
            for line in fields.chain(conflicts) {
                aside!("nestor: {line}");
            }
        }
    }
}

/// The subnet that the text means.
async fn find(services: &Services, text: &str) -> Result<SubnetKey, Fault> {
    let list = services.subnets.list(&Actor::CommandLine).await.map_err(|error| Fault::new(error.to_string()))?;
    let keys = list.subnets.iter().map(|summary| &summary.subnet);
    let prefix: Option<IpNetwork> = text.parse().ok();
    let found = keys.filter(|subnet| Some(subnet.prefix) == prefix || subnet.key.to_string() == text);
    let found = found.map(|subnet| subnet.key.clone()).next();
    let silent = || list.silent.iter().map(|problem| format!(" ({})", problem.text)).collect::<Vec<_>>().concat();
    found.ok_or_else(|| Fault::new(format!("no server has the subnet “{text}”{}", silent())))
}
