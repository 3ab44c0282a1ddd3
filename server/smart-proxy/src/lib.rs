//! Foreman's HTTP contract: the routes of a Smart Proxy with the DHCP feature, over our own use cases.
//!
//! Foreman shows its users only the status of a refusal, never the text, so every refusal is logged with its reason.

mod admission;
mod call;
mod call_trace;
mod certificate;
mod dhcp;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod guard;
mod handshake;
mod logs;
mod names;
mod params;
mod record;
mod refusal;
mod root;
mod trust;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::middleware;
use services::Services;
use tokio::sync::watch;
use tower::ServiceBuilder;

pub use call::NotForUs;
pub use certificate::Certificate;
pub use handshake::Handshakes;
pub use trust::{ANY_CERTIFICATE, Peer, Transport, Trust};

/// The largest form; Foreman's have a few hundred octets.
const LARGEST_BODY: usize = 64 << 10;

/// The version of the Smart Proxy that Foreman sees: that of a current Foreman, which warns of old ones.
pub const VERSION: &str = "3.18.0";

/// What the operator decides about these routes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The version that `/version` reports. Foreman warns when its first two numbers are far from Foreman's own.
    pub version: String,
    /// Whether the listener speaks TLS.
    pub tls: bool,
    /// Who may call, as it is from now on.
    pub trust: watch::Receiver<Trust>,
}

impl Default for Settings {
    /// Over plain HTTP, for every caller.
    fn default() -> Self {
        Self { version: VERSION.to_owned(), tls: false, trust: watch::channel(Trust::default()).1 }
    }
}

/// A route, for lists of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method; `GET` stands for `HEAD` too.
    pub method: &'static str,
    /// The path, its variable parts in braces.
    pub path: &'static str,
    /// Whether it changes a reservation, a lease or a hold.
    pub mutating: bool,
}

impl Route {
    const fn reading(path: &'static str) -> Self {
        Self { method: "GET", path, mutating: false }
    }

    const fn mutating(method: &'static str, path: &'static str) -> Self {
        Self { method, path, mutating: true }
    }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    Route::reading(root::FEATURES),
    Route::reading(root::VERSION),
    Route::reading(root::FEATURES_V2),
    Route::reading(logs::LOGS),
    Route::reading(logs::LOGS_SLASH),
    Route::reading(dhcp::SUBNETS),
    Route::reading(dhcp::SUBNETS_SLASH),
    Route::reading(dhcp::SUBNET),
    Route::mutating("POST", dhcp::SUBNET),
    // It holds the address that it names.
    Route::mutating("GET", dhcp::UNUSED_IP),
    Route::reading(dhcp::BY_MAC),
    Route::mutating("DELETE", dhcp::BY_MAC),
    Route::mutating("POST", dhcp::BY_MAC),
    Route::reading(dhcp::BY_IP),
    Route::mutating("DELETE", dhcp::BY_IP),
    Route::mutating("POST", dhcp::BY_IP),
];

/// The routes. The server puts into each request who calls: a [`Peer`], or without TLS at least the address
/// (`ConnectInfo<SocketAddr>`); an unknown caller is refused. So is a request that is not for us ([`NotForUs`]).
pub fn router(services: Services, settings: Settings) -> Router {
    let own_name = HeaderValue::try_from(format!("foreman-proxy/{}", settings.version));
    let server = own_name.unwrap_or(HeaderValue::from_static("foreman-proxy"));
    let admission = Arc::new(admission::Admission::new(settings.trust.clone(), settings.tls));
    let routes = root::routes(settings)
        .merge(dhcp::routes(services.foreman.clone()))
        .merge(logs::routes(services.ledger.clone()))
        .fallback(call::not_found)
        .method_not_allowed_fallback(call::not_found)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(admission, admission::admit))
        .layer(middleware::from_fn_with_state(Arc::new(call::Middleware { services, server }), call::trace));
    // What goes around the routing itself.
    let around = ServiceBuilder::new().map_request(call::with_single_slashes).map_response(call::without_methods);
    Router::new().fallback_service(around.service(routes))
}
