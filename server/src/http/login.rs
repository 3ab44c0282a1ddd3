//! Signing in and out: plain forms, which work before (and without) the browser half of the console.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use app::api::ApiError;
use axum::Json;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::{Problem, ProblemKind};
use serde::Deserialize;
use services::{Error, SignIn, SignedIn};
use tower_sessions::Session;

use super::{console, device, session, source, unavailable};
use crate::listen;

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    /// Where to go afterwards.
    #[serde(default)]
    next: String,
}

/// Checks name and password, and starts a session.
pub(super) async fn sign_in(
    State(state): State<console::State>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    session: Session,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    let services = &state.services;
    let next = app::routes::own_path(&form.next).unwrap_or(app::routes::OVERVIEW);
    let (source, device) = (source(&state, peer, &headers), device::shown(&headers, state.origins.secure()));
    let shown = SignIn { name: &form.name, password: form.password, source: &source, device: device.as_deref() };
    let outcome = match services.accounts.sign_in(shown).await {
        Ok(who) => session::start(&session, &who, services.now()).await.map(|()| who),
        Err(error) => Err(error),
    };
    if wants_json(&headers) {
        return in_json(outcome);
    }
    let failed = match outcome {
        Ok(who) => return device::remember(Redirect::to(next).into_response(), who.device),
        Err(Error::Throttled { .. }) => "throttled",
        Err(Error::Unauthenticated) => "credentials",
        Err(Error::Crowded) => return unavailable::crowded(),
        Err(error) => {
            tracing::error!(?error, "signing in failed");
            if matches!(error, Error::Store(_)) {
                return unavailable::form("You could not be signed in. Your name and password may well be right.");
            }
            "fault"
        }
    };
    Redirect::to(&app::routes::login_failed(next, failed)).into_response()
}

/// Whether a page asks that stays where it is.
fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accepted| accepted == "application/json")
}

/// The answer to a page that stays where it is: who is signed in now, or why nobody is.
fn in_json(outcome: Result<SignedIn, Error>) -> Response {
    let error = match outcome {
        Ok(who) => return device::remember(Json(who.account).into_response(), who.device),
        Err(error) => error,
    };
    let (status, problem) = match error {
        Error::Unauthenticated => {
            let problem = Problem::new(ProblemKind::Unauthenticated, "Name or password is wrong.", "");
            (StatusCode::UNAUTHORIZED, problem)
        }
        error => {
            tracing::warn!(?error, "signing in failed");
            let throttled = matches!(error, Error::Throttled { .. });
            let status = if throttled { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::SERVICE_UNAVAILABLE };
            (status, Problem::from(error))
        }
    };
    (status, Json(ApiError(problem))).into_response()
}

/// Whose tries these are: of an address, or with IPv6 of the network of one host.
pub(super) fn source(state: &console::State, peer: SocketAddr, headers: &HeaderMap) -> String {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if source::is_forwarded(headers) && !state.proxies.contain(peer.ip()) && !WARNED.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            proxy = %peer.ip().to_canonical(),
            "a user signs in through a proxy that is not trusted: all users behind it are one source, whose wrong \
             passwords count together. If it is yours, set console.trusted_proxies"
        );
    }
    listen::source(state.proxies.source(peer, headers)).to_string()
}

/// Ends the session.
pub(super) async fn sign_out(session: Session) -> Response {
    if let Err(error) = session::end(&session).await {
        tracing::error!(?error, "a session could not be ended");
        return unavailable::form("You are still signed in.");
    }
    let mut response = Redirect::to(app::routes::LOGIN).into_response();
    let forget = axum::http::HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert("clear-site-data", forget);
    response
}
