//! `nestor serve`

use std::io::Write;
use std::net::SocketAddr;

use services::SetupToken;
use store::Lock;
use tokio::net::TcpListener;

use crate::config::Settings;
use crate::{Fault, http, listen, tasks, telemetry, wire};

/// Serves until told to stop.
pub(super) async fn run(settings: Settings) -> Result<(), Fault> {
    telemetry::start(&settings.log)?;
    let _lock = Lock::take(&settings.data_dir).map_err(|error| Fault::new(error.to_string()))?;
    warn_about_plain_http(&settings);
    let stopping = listen::stopping()?;
    let (console, home) = listener(settings.console.listen, "console.listen").await?;
    let home = settings.console.public_url.clone().unwrap_or(home);
    let foreman = match &settings.smart_proxy {
        Some(proxy) => Some((proxy, listener(proxy.listen, "smart_proxy.listen").await?)),
        None => None,
    };
    let foreman_url = foreman.as_ref().map(|(_, (_, url))| format!("{url}/"));
    let services = wire::services(&settings, foreman_url.clone()).await?;
    let first = services.accounts.setup_token().await.map_err(|error| Fault::new(error.to_string()))?;
    announce(&home, foreman_url.as_deref(), first.as_ref());

    tasks::start(&services, &stopping);
    let foreman = foreman.map(|(proxy, (listener, _))| {
        let settings = smart_proxy::Settings { version: proxy.version.clone() };
        listen::serve(listener, smart_proxy::router(services.clone(), settings), stopping.clone())
    });
    let console = listen::serve(console, http::router(services, &settings.console, stopping.clone()), stopping);
    match foreman {
        Some(foreman) => tokio::try_join!(console, foreman).map(drop),
        None => console.await,
    }
}

/// A listener, and the URL that leads to it.
async fn listener(address: SocketAddr, setting: &str) -> Result<(TcpListener, String), Fault> {
    let listener = listen::bind(address, setting).await?;
    let bound = listener.local_addr().map_err(|error| Fault::new(format!("{setting}: {error}")))?;
    Ok((listener, format!("http://{bound}")))
}

/// Tells whoever started the program where it is; an empty line says that this is all. Nobody reading is no reason to
/// stop.
fn announce(home: &str, foreman: Option<&str>, first: Option<&SetupToken>) {
    let foreman = foreman.map(|url| format!("Foreman:  {url}"));
    let first = first.map(|SetupToken { secret, until }| {
        format!("Sign in:  {home}/setup?token={secret} makes the first account (until {until})")
    });
    let lines = [Some(format!("Console:  {home}/")), foreman, first, Some(String::new())];
    let mut out = std::io::stdout().lock();
    for line in lines.into_iter().flatten() {
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
