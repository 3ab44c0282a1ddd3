//! The first account, made by the owner of the link that the server printed.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use services::Error;
use tower_sessions::Session;

use super::{console, device, session, unavailable};

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
        Ok(device) => device::remember(Redirect::to(app::routes::OVERVIEW).into_response(), device),
        Err(Failed::Says(code)) => Redirect::to(&app::routes::setup_failed(&form.token, code)).into_response(),
        Err(Failed::NoAccount) => unavailable::form("The account was not created."),
        Err(Failed::NoSession) => unavailable::form("The account was created, but you are not signed in yet."),
    }
}

/// Why the user is not let in.
enum Failed {
    /// The form says why, by this code.
    Says(&'static str),
    /// The store did not take the account.
    NoAccount,
    /// The store took the account, and not the session.
    NoSession,
}

/// What the browser is to keep of it.
async fn make(state: &console::State, session: &Session, form: &SetUp) -> Result<Option<String>, Failed> {
    let name = form.name.parse().map_err(|_| Failed::Says("name"))?;
    if form.password != form.again {
        return Err(Failed::Says("mismatch"));
    }
    let services = &state.services;
    let made = services.accounts.set_up(&form.token, &name, form.password.clone()).await;
    let who = made.map_err(|error| match error {
        Error::Forbidden => Failed::Says("token"),
        Error::Invalid { .. } => Failed::Says("password"),
        error => {
            tracing::error!(?error, "the first account could not be made");
            if matches!(error, Error::Store(_)) { Failed::NoAccount } else { Failed::Says("server") }
        }
    })?;
    tracing::info!(user = %who.account.name, "the first account was made");
    session::start(session, &who, services.now()).await.map_err(|error| {
        tracing::error!(?error, "the first session could not be started");
        Failed::NoSession
    })?;
    Ok(who.device)
}
