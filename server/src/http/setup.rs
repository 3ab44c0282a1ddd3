//! The first account, made by whoever has the link that the server printed.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use services::Error;
use tower_sessions::Session;

use super::{console, session};

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct SetUp {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// Makes the first account and signs it in.
pub(super) async fn set_up(State(state): State<console::State>, session: Session, Form(form): Form<SetUp>) -> Response {
    match make(&state, &session, &form).await {
        Ok(()) => Redirect::to(app::routes::OVERVIEW).into_response(),
        Err(failed) => Redirect::to(&app::routes::setup_failed(&form.token, failed)).into_response(),
    }
}

async fn make(state: &console::State, session: &Session, form: &SetUp) -> Result<(), &'static str> {
    let name = form.name.parse().map_err(|_| "name")?;
    if form.password != form.again {
        return Err("mismatch");
    }
    let services = &state.services;
    let made = services.accounts.set_up(&form.token, &name, form.password.clone()).await;
    let who = made.map_err(|error| match error {
        Error::Forbidden => "token",
        Error::Invalid { .. } => "password",
        error => {
            tracing::error!(?error, "the first account could not be made");
            "server"
        }
    })?;
    tracing::info!(user = %who.account.name, "the first account was made");
    session::start(session, &who, services.now()).await.map_err(|_| "server")
}
