//! `nestor check`: what is wrong with a deployment, where, and how to mend it.

mod foreman;
mod words;

use std::process::ExitCode;

use model::{CheckArea, CheckLevel, CheckLine, ServerCheck};
use serde::Serialize;
use services::Actor;
use store::{Place, Url};

use super::Deployment;
use super::printing::say;
use crate::config::Settings;
use crate::{Fault, listen, wire};

/// What is looked at, and how it is said.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    deployment: Deployment,
}

/// What was found.
#[derive(Default, Serialize)]
struct Findings {
    /// Of Nestor itself.
    nestor: Vec<CheckLine>,
    /// Of each server.
    servers: Vec<ServerCheck>,
}

impl Findings {
    fn fine(&mut self, text: &str) {
        self.nestor.push(CheckLine::fine(CheckArea::Nestor, text));
    }

    fn warn(&mut self, text: &str, advice: &str) {
        self.nestor.push(CheckLine::new(CheckArea::Nestor, CheckLevel::Warning, text, advice));
    }

    fn fault(&mut self, text: &str, advice: &str) {
        self.nestor.push(CheckLine::new(CheckArea::Nestor, CheckLevel::Fault, text, advice));
    }

    fn faults(&self) -> usize {
        let lines = self.nestor.iter().chain(self.servers.iter().flat_map(|server| &server.lines));
        lines.filter(|line| line.level == CheckLevel::Fault).count()
    }
}

/// Looks at everything that a server would need. Exit code 0: it can be served; 1: it cannot, or not in full.
pub(super) async fn run(options: Options) -> Result<ExitCode, Fault> {
    let mut findings = Findings::default();
    let mut urls = Vec::new();
    match options.deployment.settings() {
        Ok(settings) => {
            findings.fine("the configuration can be read");
            look(&settings, &mut findings).await;
            urls = settings.kea.into_iter().map(|kea| kea.url).collect();
        }
        Err(fault) => findings.fault(&fault.to_string(), "Correct that setting; everything else is checked then."),
    }
    if options.json {
        say!("{}", serde_json::to_string(&findings).map_err(|error| Fault::new(error.to_string()))?);
    } else {
        words::print(&findings, &urls);
    }
    Ok(if findings.faults() == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn look(settings: &Settings, findings: &mut Findings) {
    look_at_listeners(settings, findings).await;
    let services = match wire::services(settings, None, None).await {
        Ok(services) => services,
        Err(fault) => return findings.fault(&fault.to_string(), "Nestor does not start like this."),
    };
    match wire::place(settings.data_dir.clone(), settings.store_url.as_ref()) {
        Ok(Place::Server(url)) => look_at_database(&url, findings),
        _ => findings.fine(&format!("the data folder {} can be used", settings.data_dir.display())),
    }
    match services.servers.check_all(&Actor::CommandLine).await {
        Ok(servers) => findings.servers = servers,
        Err(error) => findings.fault(&error.to_string(), "Look at the log."),
    }
    if settings.smart_proxy.is_some() {
        foreman::look_at_bonds(&services, findings).await;
    }
}

fn look_at_database(url: &Url, findings: &mut Findings) {
    findings.fine(&format!("{url} can be used"));
    if url.is_unchecked() {
        let advice = "The connection can be read on its way: remove sslmode from the URL, unless the network is yours.";
        findings.warn(&format!("{url}: the identity of the server is not checked"), advice);
    }
}

async fn look_at_listeners(settings: &Settings, findings: &mut Findings) {
    let ours = store::served_at(&settings.data_dir);
    let proxy = settings.smart_proxy.as_ref().map(|proxy| ("smart_proxy.listen", proxy.listen));
    for (setting, address) in [Some(("console.listen", settings.console.listen)), proxy].into_iter().flatten() {
        match listen::bind(address, setting).await {
            Ok(_) => findings.fine(&format!("{setting}: {address} is free")),
            Err(_) if ours.contains(&address) => {
                findings.fine(&format!("{setting}: {address} is served by the Nestor that runs on this data folder"));
            }
            Err(fault) => findings.fault(&fault.to_string(), "Nestor does not start like this."),
        }
    }
    let console = &settings.console;
    if !console.listen.ip().is_loopback() && console.public_url.is_none() {
        let advice = "Put a proxy with TLS before it, and set console.public_url to its URL.";
        findings.warn(&format!("console.listen: {} serves plain HTTP to the network", console.listen), advice);
    }
    if console.public_url.is_some() && console.trusted_proxies.is_empty() {
        findings.warn(
            "console.trusted_proxies is not set: wrong passwords of all users behind your reverse proxy count together",
            "Set it to the address of the proxy, which must add to X-Forwarded-For.",
        );
    }
    if let Some(proxy) = &settings.smart_proxy {
        foreman::look(proxy, findings);
    }
}
