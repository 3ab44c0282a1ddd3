//! Listeners: bound before anything else is promised, served until the program is told to stop.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::Fault;

/// How long requests may go on after the program was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Becomes true when the program is to stop. Cheap to clone.
pub(crate) type Stopping = watch::Receiver<bool>;

/// Waits until the program is to stop.
pub(crate) async fn stop(stopping: &mut Stopping) {
    drop(stopping.wait_for(|stop| *stop).await);
}

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

/// Serves until told to stop, then lets running requests end.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stopping: Stopping) -> Result<(), Fault> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut told = stopping.clone();
    let told = async move { stop(&mut told).await };
    // Answers are small: nothing is gained by waiting until there is more to send.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let serving = axum::serve(listener, service).with_graceful_shutdown(told);
    let give_up = async move {
        stop(&mut stopping).await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        served = serving => served.map_err(|error| Fault::new(format!("a listener failed: {error}"))),
        () = give_up => Ok(()),
    }
}

/// Watches for the signals that stop the program.
pub(crate) fn stopping() -> Result<Stopping, Fault> {
    let (tell, stopping) = watch::channel(false);
    let no_signals = |error| Fault::new(format!("signals cannot be watched: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
        tell.send_replace(true);
        // Whoever asks a second time does not want to wait.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(stopping)
}
