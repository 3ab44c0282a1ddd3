//! Listeners: bound before anything else is promised, served until the program is to stop.

mod accept;
mod handshake;
mod hosts;
mod pace;
mod reload;
mod sources;
mod stopping;
pub(crate) mod tls;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::OnceLock;

use model::Timestamp;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::Fault;

pub(crate) use accept::{ListenerKind, Tls, serve};
pub(crate) use hosts::{Host, Hosts, Name, known_host, note_host};
pub(crate) use pace::Late;
pub(crate) use reload::{Files, InForce, keep_current};
pub(crate) use sources::source;
pub(crate) use stopping::{Stop, Stopping, on_signals};

/// A listener on that address; `setting` names it in the error.
pub(crate) async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener, Fault> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => "another program listens there: stop it, or choose another port".to_owned(),
            ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
            ErrorKind::PermissionDenied => "not allowed: ports below 1024 need a privilege".to_owned(),
            _ => error.to_string(),
        };
        Fault::new(format!("{setting}: cannot listen on {address}: {why}"))
    })
}

/// The name of this machine, in small letters, where the system says one.
pub(crate) fn own_name() -> Option<String> {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
        Some(name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty())
    };
    NAME.get_or_init(read).clone()
}

/// Watches for the signal that asks for the files to be read again. From now on it ends the program no more.
pub(crate) fn hangups() -> Result<Signal, Fault> {
    signal(SignalKind::hangup()).map_err(no_signals)
}

/// The time by the system's clock, which certificates are made by.
pub(crate) fn now() -> Timestamp {
    Timestamp(OffsetDateTime::now_utc().unix_timestamp())
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn no_signals(error: std::io::Error) -> Fault {
    Fault::new(format!("signals cannot be watched: {error}"))
}
