//! One's own password: a plain form, as that of signing in.

use std::net::SocketAddr;

use axum::Extension;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use services::{Actor, Error, OwnPassword};
use tower_sessions::Session;

use super::{console, device, login, session, unavailable};

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// Changes the password of whoever is signed in. Their other sessions end, this one goes on.
pub(super) async fn change_password(
    State(state): State<console::State>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    session: Session,
    Extension(actor): Extension<Actor>,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    if form.password != form.again {
        return failed("mismatch");
    }
    let (source, device) = (login::source(&state, peer, &headers), device::shown(&headers, state.origins.secure()));
    let wanted =
        OwnPassword { current: form.current, wanted: form.password, source: &source, device: device.as_deref() };
    let services = &state.services;
    let outcome = match services.accounts.change_own_password(&actor, wanted).await {
        Ok(who) => session::start(&session, &who, services.now()).await.map(|()| who.device),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(device) => device::remember(Redirect::to(&app::routes::account("done", "password")).into_response(), device),
        Err(Error::Unauthenticated) => failed("current"),
        Err(Error::Throttled { .. }) => failed("throttled"),
        Err(Error::Invalid { .. }) => failed("password"),
        Err(Error::Crowded) => unavailable::crowded(),
        Err(error) => {
            tracing::error!(?error, "a password could not be changed");
            if matches!(error, Error::Store(_)) {
                return unavailable::form("It is not certain whether your password was changed: try both.");
            }
            failed("server")
        }
    }
}

fn failed(code: &str) -> Response {
    Redirect::to(&app::routes::account("failed", code)).into_response()
}
