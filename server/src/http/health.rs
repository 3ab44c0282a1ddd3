//! What monitoring asks.

use axum::extract::State;
use axum::http::StatusCode;

use super::console;

/// The program runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The program takes requests; not any more once it was told to stop.
pub(super) async fn ready(State(state): State<console::State>) -> (StatusCode, &'static str) {
    if *state.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match state.services.accounts.store_answers().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n"),
    }
}
