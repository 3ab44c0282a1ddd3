//! Signing in and out: plain forms, which work before (and without) the browser half of the console.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use services::Error;
use tower_sessions::Session;

use super::{console, session, unavailable};

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct SignIn {
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
    Form(form): Form<SignIn>,
) -> Response {
    let services = &state.services;
    let next = app::routes::own_path(&form.next).unwrap_or(app::routes::OVERVIEW);
    let outcome = match services.accounts.sign_in(&form.name, form.password, &peer.ip().to_string()).await {
        Ok(who) => session::start(&session, &who, services.now()).await,
        Err(error) => Err(error),
    };
    let failed = match outcome {
        Ok(()) => return Redirect::to(next).into_response(),
        Err(Error::Throttled { .. }) => "throttled",
        Err(Error::Unauthenticated) => "credentials",
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
