//! `nestor serve`

use std::io::Write;

use store::Lock;

use crate::config::Settings;
use crate::{Fault, http, listen, tasks, telemetry, wire};

/// Serves until told to stop.
pub(super) async fn run(settings: Settings) -> Result<(), Fault> {
    telemetry::start(&settings.log)?;
    let _lock = Lock::take(&settings.data_dir).map_err(|error| Fault::new(error.to_string()))?;
    let services = wire::services(&settings).await?;
    let stopping = listen::stopping()?;
    let console = listen::bind(settings.console.listen, "console.listen").await?;
    let address = console.local_addr().map_err(|error| Fault::new(error.to_string()))?;
    let home = settings.console.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let mut lines = vec![format!("Console:  {home}/")];
    warn_about_plain_http(&settings);

    let proxy = match &settings.smart_proxy {
        Some(proxy) => {
            let listener = listen::bind(proxy.listen, "smart_proxy.listen").await?;
            let address = listener.local_addr().map_err(|error| Fault::new(error.to_string()))?;
            lines.push(format!("Foreman:  http://{address}/"));
            Some((
                listener,
                smart_proxy::router(services.clone(), smart_proxy::Settings { version: proxy.version.clone() }),
            ))
        }
        None => None,
    };
    let first = services.accounts.setup_token().await.map_err(|error| Fault::new(error.to_string()))?;
    if let Some(token) = first {
        lines.push(format!(
            "Sign in:  {home}/setup?token={} makes the first account (until {})",
            token.secret, token.until
        ));
    }
    lines.push(String::new());
    announce(&lines);

    tasks::start(&services, &stopping);
    let console = listen::serve(console, http::router(services, &settings.console, stopping.clone()), stopping.clone());
    match proxy {
        Some((listener, router)) => tokio::try_join!(console, listen::serve(listener, router, stopping)).map(drop),
        None => console.await,
    }
}

/// Tells whoever started the program where it is. Nobody reading is no reason to stop.
fn announce(lines: &[String]) {
    let mut out = std::io::stdout().lock();
    for line in lines {
        drop(writeln!(out, "{line}"));
    }
    drop(out.flush());
}

fn warn_about_plain_http(settings: &Settings) {
    if !settings.console.listen.ip().is_loopback() && settings.console.public_url.is_none() {
        tracing::warn!("the console serves plain HTTP to the network: put TLS before it and set console.public_url");
    }
    if settings.smart_proxy.as_ref().is_some_and(|proxy| !proxy.listen.ip().is_loopback()) {
        tracing::warn!("Foreman’s routes are open to everybody who reaches their port: let only Foreman reach it");
    }
}
