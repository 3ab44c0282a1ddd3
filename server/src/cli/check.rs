//! `nestor check`: what is wrong with a deployment, where, and how to mend it.

mod foreman;

use std::process::ExitCode;

use model::{Health, Severity};
use services::Actor;
use store::{Place, Url};

use super::Deployment;
use super::printing::say;
use crate::config::Settings;
use crate::{Fault, listen, wire};

/// What was found, line by line.
#[derive(Default)]
struct Findings {
    faults: usize,
}

impl Findings {
    fn fine(text: &str) {
        say!("ok     {text}");
    }

    fn warn(text: &str, advice: &str) {
        say!("warn   {text}\n       {advice}");
    }

    fn fault(&mut self, text: &str, advice: &str) {
        self.faults += 1;
        say!("FAULT  {text}\n       {advice}");
    }
}

/// Looks at everything that a server would need. Exit code 0: it can be served; 1: it cannot, or not in full.
pub(super) async fn run(deployment: Deployment) -> Result<ExitCode, Fault> {
    let mut findings = Findings::default();
    match deployment.settings() {
        Ok(settings) => {
            Findings::fine("the configuration can be read");
            look(&settings, &mut findings).await;
        }
        Err(fault) => findings.fault(&fault.to_string(), "Correct that setting; everything else is checked then."),
    }
    say!(
        "{}",
        if findings.faults == 0 {
            "No problems were found.".to_owned()
        } else {
            format!("{} to fix.", findings.faults)
        }
    );
    Ok(if findings.faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn look(settings: &Settings, findings: &mut Findings) {
    look_at_listeners(settings, findings).await;
    let services = match wire::services(settings, None, None).await {
        Ok(services) => services,
        Err(fault) => return findings.fault(&fault.to_string(), "Nestor does not start like this."),
    };
    match wire::place(settings.data_dir.clone(), settings.store_url.as_ref()) {
        Ok(Place::Server(url)) => look_at_database(&url),
        _ => Findings::fine(&format!("the data folder {} can be used", settings.data_dir.display())),
    }
    match services.overview.get(&Actor::CommandLine).await {
        Ok(overview) => {
            for (server, kea) in overview.servers.iter().zip(&settings.kea) {
                look_at_server(server, &kea.url, findings);
            }
        }
        Err(error) => findings.fault(&error.to_string(), "Look at the log."),
    }
    if settings.smart_proxy.is_some() {
        foreman::look_at_bonds(&services).await;
    }
}

fn look_at_database(url: &Url) {
    Findings::fine(&format!("{url} can be used"));
    if url.is_unchecked() {
        let advice = "The connection can be read on its way: remove sslmode from the URL, unless the network is yours.";
        Findings::warn(&format!("{url}: the identity of the server is not checked"), advice);
    }
}

async fn look_at_listeners(settings: &Settings, findings: &mut Findings) {
    let ours = store::served_at(&settings.data_dir);
    let proxy = settings.smart_proxy.as_ref().map(|proxy| ("smart_proxy.listen", proxy.listen));
    for (setting, address) in [Some(("console.listen", settings.console.listen)), proxy].into_iter().flatten() {
        match listen::bind(address, setting).await {
            Ok(_) => Findings::fine(&format!("{setting}: {address} is free")),
            Err(_) if ours.contains(&address) => {
                Findings::fine(&format!("{setting}: {address} is served by the Nestor that runs on this data folder"));
            }
            Err(fault) => findings.fault(&fault.to_string(), "Nestor does not start like this."),
        }
    }
    let console = &settings.console;
    if !console.listen.ip().is_loopback() && console.public_url.is_none() {
        let advice = "Put a proxy with TLS before it, and set console.public_url to its URL.";
        Findings::warn(&format!("console.listen: {} serves plain HTTP to the network", console.listen), advice);
    }
    if console.public_url.is_some() && console.trusted_proxies.is_empty() {
        Findings::warn(
            "console.trusted_proxies is not set: wrong passwords of all users behind your reverse proxy count together",
            "Set it to the address of the proxy, which must add to X-Forwarded-For.",
        );
    }
    if let Some(proxy) = &settings.smart_proxy {
        foreman::look(proxy, findings);
    }
}

fn look_at_server(server: &model::ServerStatus, url: &str, findings: &mut Findings) {
    let name = format!("{} at {url}", server.name);
    if server.health == Health::Serving {
        let version = server.version.as_deref().unwrap_or("unknown");
        Findings::fine(&format!("kea “{name}” answers (version {version}), and serves leases"));
    }
    if let Some(storage) = server.storage {
        Findings::fine(&format!("kea “{name}” keeps reservations {}", storage.label()));
    }
    for finding in &server.findings {
        let text = format!("kea “{name}”: {}", finding.text);
        match finding.severity {
            Severity::Blocks => findings.fault(&text, &finding.advice),
            Severity::Warns => Findings::warn(&text, &finding.advice),
        }
    }
}
