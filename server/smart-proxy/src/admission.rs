//! Lets only those in who may call. Closed by itself: a new route is judged unless it is named here.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use crate::call_trace::CallTrace;
use crate::names::Names;
use crate::refusal::Refusal;
use crate::root;
use crate::trust::{Peer, Transport, Trust};

/// The routes that every caller may use.
const OPEN: [&str; 2] = [root::FEATURES, root::VERSION];

/// Where not even the absence of a route is shown to strangers.
const MODULES: [&str; 3] = ["/dhcp", "/v2", "/logs"];

/// Whom a call comes from, once that was found right.
#[derive(Debug, Clone)]
pub(crate) struct Trusted(pub(crate) String);

/// Who seems to call, before anything is judged: a name for people, and the address.
pub(crate) fn seen(request: &Request) -> (String, Option<String>) {
    let known: Option<&Peer> = request.extensions().get();
    let plain = || request.extensions().get().map(|ConnectInfo(address): &ConnectInfo<SocketAddr>| address.ip());
    let address = known.map(|peer| peer.address).or_else(plain).map(|address| address.to_canonical().to_string());
    let certificate = match known.map(|peer| &peer.transport) {
        Some(Transport::Tls(Some(certificate))) => Some(certificate.label().to_owned()),
        _ => None,
    };
    (certificate.or_else(|| address.clone()).unwrap_or_else(|| "unknown".to_owned()), address)
}

/// What admission needs to know.
pub(crate) struct Admission {
    trust: watch::Receiver<Trust>,
    /// Whether the listener speaks TLS.
    tls: bool,
    names: Names,
}

impl Admission {
    pub(crate) fn new(trust: watch::Receiver<Trust>, tls: bool) -> Self {
        Self { trust, tls, names: Names::default() }
    }

    async fn judge(&self, peer: Option<Peer>, path: &str) -> Result<Trusted, Refusal> {
        let Some(peer) = peer else {
            return Err(Refusal::forbidden("It is not known where this call comes from"));
        };
        // The list as it is now; a call that waits for a resolver does not keep others from changing it.
        let trust = self.trust.borrow().clone();
        let found = self.names.addresses(trust.asks_for(&peer)).await;
        trust.judge(&peer, path, &found).map(Trusted)
    }

    /// Without the port: every call comes over a new connection, and is still the same Foreman.
    fn peer(&self, request: &Request) -> Option<Peer> {
        let known: Option<&Peer> = request.extensions().get();
        let plain = || {
            let ConnectInfo(address): &ConnectInfo<SocketAddr> = request.extensions().get().filter(|_| !self.tls)?;
            Some(Peer { address: address.ip().to_canonical(), transport: Transport::Plain })
        };
        known.cloned().or_else(plain)
    }
}

/// Judges a call before it reaches its handler.
pub(crate) async fn admit(State(admission): State<Arc<Admission>>, mut request: Request, next: Next) -> Response {
    if !is_judged(&request) {
        return next.run(request).await;
    }
    let (peer, path) = (admission.peer(&request), request.uri().path().to_owned());
    match admission.judge(peer, &path).await {
        Ok(trusted) => {
            if let Some(trace) = request.extensions().get::<CallTrace>() {
                trace.let_in();
            }
            request.extensions_mut().insert(trusted);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn is_judged(request: &Request) -> bool {
    match request.extensions().get::<MatchedPath>() {
        Some(route) => !OPEN.contains(&route.as_str()),
        None => MODULES.iter().any(|module| {
            let rest = request.uri().path().strip_prefix(module);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }),
    }
}
