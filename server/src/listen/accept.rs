//! The loop that both listeners run: one task for each connection, and limits to what a connection may cost.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use model::IpNetwork;
use rustls::ServerConfig;
use smart_proxy::{Certificate, Handshakes, Peer, Transport};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::Service as _;

use super::Stopping;
use super::handshake::reason;
use super::pace::{Answering, BODY, InTime, Taken};
use super::sources::{ConnectionPermit, Sources};

/// How many connections a listener has at most; more wait to be accepted.
const MOST_CONNECTIONS: u32 = 1_024;

/// How many of them this machine itself, or a reverse proxy, may have: never all.
const MOST_OF_MANY: usize = 768;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long the head of a request may take to arrive, and how long a connection may wait for its next request.
const HEAD: Duration = Duration::from_secs(10);

/// How many octets the head of a request may have.
const LARGEST_HEAD: usize = 32 << 10;

/// How many headers a request may have.
const MOST_HEADERS: usize = 64;

/// How long requests may go on after the program takes nothing new any more.
const DRAIN: Duration = Duration::from_secs(30);

/// How many connections may ask at once how things stand, after that.
const MOST_ASKING: u32 = 16;

/// How long to wait before accepting again, when the system has no more to give.
const ACCEPT_BACKOFF: Duration = Duration::from_secs(1);

/// The settings of TLS, as they are for the next connection.
pub(crate) type TlsSettings = watch::Receiver<Arc<ServerConfig>>;

/// What a listener with TLS needs: the settings, and who remembers that a handshake failed.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) settings: TlsSettings,
    pub(crate) handshakes: Handshakes,
}

/// Whom a listener is for.
#[derive(Clone)]
pub(crate) enum ListenerKind {
    /// Browsers.
    Browsers,
    /// Foreman, over TLS or not.
    Foreman(Option<Tls>),
}

impl ListenerKind {
    /// How many connections one address may have. Foreman makes all its calls from one, each over a connection of its
    /// own; still none may take every place there is.
    fn most_of_one_address(&self) -> usize {
        match self {
            Self::Browsers => 64,
            Self::Foreman(_) => 512,
        }
    }
}

/// One connection, and what it holds until it ends.
struct Connection {
    address: SocketAddr,
    router: Router,
    /// None: the program takes nothing new any more, and the router knows.
    stopping: Option<Stopping>,
    _place: OwnedSemaphorePermit,
    _seat: Option<ConnectionPermit>,
}

/// Serves until the program takes nothing new any more, then lets running requests end. `proxies`: those that speak for
/// many, and may have more connections.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    guests: ListenerKind,
    proxies: Vec<IpNetwork>,
    mut stopping: Stopping,
) {
    // Otherwise it would be done for each request.
    let router = router.with_state(());
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS as usize));
    let sources = Sources::new(guests.most_of_one_address(), MOST_OF_MANY, proxies);
    loop {
        let (place, (tcp, address)) = tokio::select! {
            () = stopping.closed() => break,
            next = next(&listener, &places) => next,
        };
        let Some(seat) = sources.seat(address.ip()) else {
            tracing::debug!(%address, "an address has too many connections");
            continue;
        };
        let stopping = Some(stopping.clone());
        let connection = Connection { address, router: router.clone(), stopping, _place: place, _seat: Some(seat) };
        tokio::spawn(connection.run(tcp, guests.clone()));
    }
    match guests {
        ListenerKind::Browsers => drop(tokio::spawn(answer_monitoring(listener, router))),
        ListenerKind::Foreman(_) => drop(listener),
    }
    if timeout(DRAIN, places.acquire_many(MOST_CONNECTIONS)).await.is_err() {
        tracing::warn!("requests were still running 30 seconds after the stop; they are given up");
    }
}

/// Goes on accepting while the last requests end, so that monitoring sees a program that stops, and not one that is
/// dead. The router turns all other requests away.
async fn answer_monitoring(listener: TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(MOST_ASKING as usize));
    loop {
        let (place, (tcp, address)) = next(&listener, &places).await;
        let connection = Connection { address, router: router.clone(), stopping: None, _place: place, _seat: None };
        tokio::spawn(connection.run(tcp, ListenerKind::Browsers));
    }
}

/// The next connection, once there is a place for it.
async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> (OwnedSemaphorePermit, (TcpStream, SocketAddr)) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else { std::future::pending().await };
        match listener.accept().await {
            Ok(connection) => return (place, connection),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "connections cannot be accepted; trying again in a second");
                sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

/// Whether the peer was gone before we came to it.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

impl Connection {
    async fn run(self, tcp: TcpStream, guests: ListenerKind) {
        // Answers are small: nothing is gained by waiting until there is more to send.
        drop(tcp.set_nodelay(true));
        match guests {
            ListenerKind::Browsers => self.talk(tcp, None, std::future::pending()).await,
            ListenerKind::Foreman(None) => {
                let peer = self.peer(Transport::Plain);
                self.talk(tcp, Some(peer), std::future::pending()).await;
            }
            ListenerKind::Foreman(Some(Tls { mut settings, handshakes })) => {
                let current = Arc::clone(&settings.borrow_and_update());
                let Some(tls) = self.shake_hands(tcp, current, &handshakes).await else { return };
                let peer = self.peer(Transport::Tls(certificate(&tls)));
                // A revoked certificate must not go on with a connection that was made before.
                let changed = async move {
                    if settings.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                };
                self.talk(tls, Some(peer), changed).await;
            }
        }
    }

    fn peer(&self, transport: Transport) -> Peer {
        Peer { address: self.address.ip().to_canonical(), transport }
    }

    async fn shake_hands(
        &self,
        tcp: TcpStream,
        settings: Arc<ServerConfig>,
        handshakes: &Handshakes,
    ) -> Option<TlsStream<TcpStream>> {
        let shaken = tokio::select! {
            () = closed(self.stopping.clone()) => return None,
            shaken = timeout(HANDSHAKE, TlsAcceptor::from(settings).accept(tcp)) => shaken,
        };
        let peer = self.address.ip().to_canonical();
        match shaken {
            Ok(Ok(tls)) => return Some(tls),
            Ok(Err(error)) => {
                if let Some(why) = error.get_ref().and_then(|inner| reason(inner.downcast_ref()?)) {
                    handshakes.failed(peer, why);
                } else {
                    tracing::info!(%peer, %error, "a TLS handshake failed");
                }
            }
            Err(_) => tracing::info!(%peer, "a TLS handshake took too long"),
        }
        None
    }

    /// Answers requests until the connection ends. Once the program takes nothing new any more, or after `outdated`, the
    /// running request is the last.
    async fn talk<S>(self, stream: S, peer: Option<Peer>, outdated: impl Future<Output = ()>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (address, router) = (self.address, self.router);
        let answering = Answering::default();
        let stream = Taken::new(stream, answering.clone());
        let service =
            service_fn(move |request| answer(request, address, peer.clone(), router.clone(), answering.clone()));
        let mut rules = http1::Builder::new();
        rules.timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(MOST_HEADERS);
        let connection = rules.max_header_size(LARGEST_HEAD).serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = async { tokio::select! { () = closed(self.stopping) => {}, () = outdated => {} } } => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = served {
            tracing::debug!(%address, %error, "a connection ended early");
        }
    }
}

/// Waits until the program takes nothing new any more; connections accepted after that do not hear of it again.
async fn closed(stopping: Option<Stopping>) {
    match stopping {
        Some(mut stopping) => stopping.closed().await,
        None => std::future::pending().await,
    }
}

fn certificate(tls: &TlsStream<TcpStream>) -> Option<Arc<Certificate>> {
    let (_, session) = tls.get_ref();
    let shown = session.peer_certificates()?.first()?;
    let read = Certificate::from_der(shown);
    if read.is_none() {
        tracing::warn!("a client certificate passed the handshake and still cannot be read");
    }
    read.map(Arc::new)
}

fn answer(
    request: hyper::Request<Incoming>,
    address: SocketAddr,
    peer: Option<Peer>,
    mut router: Router,
    answering: Answering,
) -> impl Future<Output = Result<Response, Infallible>> {
    let in_time = |body: Incoming| {
        if body.is_end_stream() { Body::empty() } else { Body::new(InTime::new(body, BODY)) }
    };
    let mut request: Request = request.map(in_time);
    request.extensions_mut().insert(ConnectInfo(address));
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    let answered = router.call(request);
    async move {
        let response = answered.await?;
        let kind = response.headers().get(CONTENT_TYPE);
        answering.begins(kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")));
        Ok(response)
    }
}
