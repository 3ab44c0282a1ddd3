//! `nestor serve`

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use futures::future::OptionFuture;
use model::Seconds;
use services::{Services, SetupToken};
use store::Lock;
use tokio::net::TcpListener;
use tokio::signal::unix::Signal;

use crate::config::{Settings, SmartProxy};
use crate::listen::{Files, InForce, ListenerKind, Stop, Stopping};
use crate::tasks::Supervisor;
use crate::{Fault, http, listen, tasks, telemetry, wire};

/// How long changes may go on while no caller waits for their answers any more. What has not ended then is settled by the
/// next start, as after a power cut.
const CHANGES_END_WITHIN: Duration = Duration::from_secs(30);

/// Serves until told to stop. `config`: the file that the settings came from.
pub(super) async fn run(settings: Settings, config: Option<PathBuf>) -> Result<(), Fault> {
    let _logging = telemetry::start(&settings.log)?;
    let (stop, mut stopping) = listen::on_signals()?;
    // Starting may take long: a database that does not answer, or a folder that another program has locked.
    let ready = tokio::select! {
        ready = Ready::make(settings, config) => ready?,
        () = stopping.begun() => return Ok(()),
    };
    // Boxed: it holds whatever runs by itself.
    Box::pin(ready.serve(&stop, &stopping)).await
}

/// All that is there before the first request is served.
struct Ready {
    settings: Settings,
    services: Services,
    console: TcpListener,
    foreman: Option<Foreman>,
    hangups: Signal,
    /// No other program works on the data folder.
    _only: Lock,
}

impl Ready {
    async fn make(settings: Settings, config: Option<PathBuf>) -> Result<Self, Fault> {
        let only = Lock::take(&settings.data_dir).map_err(|error| Fault::new(error.to_string()))?;
        warn_about_plain_http(&settings);
        let hangups = listen::hangups()?;
        let (console, bound) = listener(settings.console.listen, "console.listen").await?;
        let home = settings.console.public_url.clone().unwrap_or_else(|| format!("http://{bound}"));
        let foreman = match &settings.smart_proxy {
            Some(proxy) => Some(Foreman::prepare(proxy, config).await?),
            None => None,
        };
        let foreman_url = foreman.as_ref().map(|foreman| foreman.url.clone());
        let listening = foreman.iter().filter_map(|foreman| foreman.listener.local_addr().ok()).chain([bound]);
        if let Err(error) = only.note(&listening.collect::<Vec<_>>()) {
            tracing::warn!(%error, "where this program listens could not be noted for nestor check");
        }
        let services = wire::services(&settings, foreman_url.clone(), Some(&only)).await?;
        if let Err(error) = services.servers.recall().await {
            tracing::warn!(%error, "what servers said before cannot be read");
        }
        let first = services.accounts.setup_token().await.map_err(|error| Fault::new(error.to_string()))?;
        announce(&home, foreman_url.as_deref(), first.as_ref());
        Ok(Self { settings, services, console, foreman, hangups, _only: only })
    }

    /// Serves until told to stop, or until a part of the program breaks off; then lets everything end that was begun.
    async fn serve(self, stop: &Stop, stopping: &Stopping) -> Result<(), Fault> {
        let Self { settings, services, console, foreman, hangups, _only } = self;
        let mut tasks = tasks::start(&services, stopping);
        let router = http::router(services.clone(), &settings.console, stopping.clone());
        let proxies = settings.console.trusted_proxies.clone();
        let console = listen::serve(console, router, ListenerKind::Browsers, proxies, stopping.clone());
        let foreman = foreman.map(|foreman| foreman.serve(services.clone(), hangups, stopping.clone(), &mut tasks));
        let over = async {
            tokio::join!(console, OptionFuture::from(foreman));
            if tokio::time::timeout(CHANGES_END_WITHIN, services::changes_have_ended()).await.is_err() {
                tracing::warn!("changes were still under way; the next start asks the servers how they ended");
            }
        };
        let outcome = tasks.watch(stop, over).await;
        if let Err(error) = services.ledger.flush().await {
            tracing::error!(%error, "the last calls of Foreman are not remembered");
        }
        // A change that is to be taken back in time finds out now that nobody would.
        if let Err(error) = services.changes.look_after(Seconds(0)).await {
            tracing::warn!(%error, "for a few seconds this program counts as one that takes changes back");
        }
        tracing::info!("stopped");
        outcome
    }
}

/// Foreman's side, bound and not yet served.
struct Foreman {
    listener: TcpListener,
    url: String,
    version: String,
    files: Files,
    in_force: InForce,
}

impl Foreman {
    async fn prepare(proxy: &SmartProxy, config: Option<PathBuf>) -> Result<Self, Fault> {
        let files = Files { config, tls: proxy.tls.clone() };
        let in_force = InForce::first(&files, proxy)?;
        let (listener, bound) = listener(proxy.listen, "smart_proxy.listen").await?;
        let url = match in_force.host_name() {
            // Foreman compares the host of the URL with the certificate.
            Some(name) => format!("https://{name}:{}/", bound.port()),
            None if proxy.tls.is_some() => format!("https://{bound}/"),
            None => format!("http://{bound}/"),
        };
        Ok(Self { listener, url, version: proxy.version.clone(), files, in_force })
    }

    /// Serves Foreman, to be awaited; what keeps its files current runs among the tasks.
    fn serve(
        self,
        services: Services,
        hangups: Signal,
        stopping: Stopping,
        tasks: &mut Supervisor,
    ) -> impl Future<Output = ()> + use<> {
        let Self { listener, version, files, in_force, .. } = self;
        let (tls, trust, hosts) = (in_force.tls(), in_force.trust(), in_force.hosts());
        let overview = services.overview.clone();
        let handshakes = smart_proxy::Handshakes::new(services.clone());
        let kind = ListenerKind::Foreman(tls.clone().map(|settings| listen::Tls { settings, handshakes }));
        let router = smart_proxy::router(services, smart_proxy::Settings { version, tls: tls.is_some(), trust });
        let router = router.layer(from_fn_with_state(hosts, listen::note_host));
        tasks.run("reading certificates again", listen::keep_current(files, in_force, hangups, overview));
        listen::serve(listener, router, kind, Vec::new(), stopping)
    }
}

/// A listener, and its address.
async fn listener(address: SocketAddr, setting: &str) -> Result<(TcpListener, SocketAddr), Fault> {
    let listener = listen::bind(address, setting).await?;
    let bound = listener.local_addr().map_err(|error| Fault::new(format!("{setting}: {error}")))?;
    Ok((listener, bound))
}

/// Shows the operator where the program is; an empty line says that this is all. A closed pipe is no reason to
/// stop.
fn announce(home: &str, foreman: Option<&str>, first: Option<&SetupToken>) {
    let foreman = foreman.map(|url| format!("Foreman:  {url}"));
    let first = first.map(|SetupToken { secret, until }| {
        format!("Sign in:  {home}/setup?token={secret} creates the first account (until {until})")
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
    let Some(proxy) = settings.smart_proxy.as_ref().filter(|proxy| proxy.tls.is_none()) else { return };
    if !proxy.listen.ip().is_loopback() {
        tracing::warn!(
            "Foreman is served plain HTTP over the network, which can be read and changed on its way: set \
             smart_proxy.certificate_file, key_file and ca_file"
        );
        if proxy.trusted_hosts.is_none() {
            tracing::warn!(
                "every host that reaches Foreman’s port may create reservations: set smart_proxy.trusted_hosts"
            );
        }
    }
}
