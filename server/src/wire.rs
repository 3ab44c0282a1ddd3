//! Joins the parts: the only place that names the adapters behind the ports.

use std::path::PathBuf;
use std::sync::Arc;

use fleet::Fleet;
use kea::{Client, Endpoint, EndpointError, Service};
use model::{ForemanSettings, Seconds};
use rand::TryRng as _;
use services::ports::{Clock, Pinger, Random, Store};
use services::{Accounts, Ports, Services};
use store::{Lock, OpenError, Place};

use crate::Fault;
use crate::clock::RunningClock;
use crate::config::{Kea, Ping, Secret, ServiceName, Settings};

/// The use cases on the real servers and the real store. `foreman_url`: where Foreman reaches us; `only`: what shows that
/// no other server works on the data folder.
pub(crate) async fn services(
    settings: &Settings,
    foreman_url: Option<String>,
    only: Option<&Lock>,
) -> Result<Services, Fault> {
    let place = place(settings.data_dir.clone(), settings.store_url.as_ref())?;
    let Opened { store, clock } = open(&place, only).await?;
    let servers = settings.kea.iter().map(|kea| Ok((kea.name.clone(), client(kea)?))).collect::<Result<_, Fault>>()?;
    let ports = Ports {
        dhcp: Arc::new(Fleet::new(servers, &clock)),
        store,
        clock,
        random: Arc::new(SystemRandom),
        pinger: settings.smart_proxy.as_ref().and_then(|proxy| proxy.ping).map(pinger),
    };
    let foreman = ForemanSettings {
        url: foreman_url,
        hold_seconds: u32::try_from(settings.blacklist_duration.0).unwrap_or(u32::MAX),
    };
    let proxy = settings.smart_proxy.as_ref();
    let rules = services::Settings {
        blacklist_duration: settings.blacklist_duration,
        foreman,
        // While Foreman's routes are off, what was remembered stays until it is old.
        remember_calls_for: proxy.map_or(Seconds(30 * 86_400), |proxy| proxy.remember_calls_for),
        remember_calls: proxy.map_or(100_000, |proxy| proxy.remember_calls),
    };
    Ok(Services::new(&ports, rules))
}

fn pinger(ping: Ping) -> Arc<dyn Pinger> {
    Arc::new(pinger::Probe::new(ping.refused_is_in_use))
}

/// The accounts alone, for the command line.
pub(crate) async fn accounts(place: &Place) -> Result<Accounts, Fault> {
    let Opened { store, clock } = open(place, None).await?;
    Ok(Accounts::alone(store, clock, Arc::new(SystemRandom)))
}

/// Where the store is: in the database of that URL, or else in the data folder.
pub(crate) fn place(data_dir: PathBuf, url: Option<&Secret>) -> Result<Place, Fault> {
    let Some(url) = url else { return Ok(Place::Folder(data_dir)) };
    url.reveal().parse().map(Place::Server).map_err(|error: OpenError| Fault::new(error.to_string()))
}

/// The store, and the time that goes with it: where several programs share a database, its clock is what they agree on.
struct Opened {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

async fn open(place: &Place, only: Option<&Lock>) -> Result<Opened, Fault> {
    if let Place::Server(url) = place
        && url.is_unchecked()
    {
        tracing::warn!(
            "the identity of the server at {url} is not checked: remove sslmode from the URL, unless the network is yours"
        );
    }
    let opened = place.open(only).await.map_err(|error| Fault::new(error.to_string()))?;
    Ok(Opened { store: opened.store, clock: opened.clock.unwrap_or_else(|| Arc::new(RunningClock::start())) })
}

/// A client of one Kea daemon.
pub(crate) fn client(kea: &Kea) -> Result<Client, Fault> {
    endpoint(kea).and_then(Client::new).map_err(|error| Fault::new(format!("kea “{}”: {error}", kea.name)))
}

fn endpoint(kea: &Kea) -> Result<Endpoint, EndpointError> {
    let service = match kea.service {
        ServiceName::Dhcp4 => Service::Dhcp4,
        ServiceName::Dhcp6 => Service::Dhcp6,
    };
    let mut endpoint = Endpoint::new(&kea.url)?.with_service(service);
    if let Some((user, password)) = &kea.auth {
        endpoint = endpoint.with_auth(user.clone(), kea::Secret::new(password.reveal()))?;
    }
    if let Some(ca) = &kea.ca {
        endpoint = endpoint.with_ca(ca)?;
    }
    if let Some(identity) = &kea.client_certificate {
        endpoint = endpoint.with_client_identity(&kea::Secret::new(identity.reveal()))?;
    }
    Ok(endpoint)
}

struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, octets: &mut [u8]) {
        // Without randomness no secret is safe: better no program than a guessable one.
        if let Err(error) = rand::rngs::SysRng.try_fill_bytes(octets) {
            tracing::error!(%error, "the system gives no randomness");
            std::process::abort();
        }
    }
}
