//! What monitoring asks, and what every request gets while the program stops.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::{Problem, ProblemKind};
use services::Services;
use tokio::sync::Mutex;

use super::console;
use crate::listen::Stopping;

/// Whether the program lives.
const LIVE: &str = "/healthz";

/// Whether the program takes work.
const READY: &str = "/readyz";

/// What was found out about the store counts for so long, however often it is asked.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// Whether the program can do what it is for. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Readiness {
    services: Services,
    stopping: Stopping,
    /// When the store was tried out last, and whether it took what it was given.
    store: Arc<Mutex<Option<(Instant, bool)>>>,
}

impl Readiness {
    pub(super) fn new(services: Services, stopping: Stopping) -> Self {
        Self { services, stopping, store: Arc::default() }
    }

    /// Whether the store takes changes. Of many who ask at once one tries it out.
    async fn store_works(&self) -> bool {
        let mut known = self.store.lock().await;
        if let Some((at, works)) = *known
            && at.elapsed() < KNOWN_FOR
        {
            return works;
        }
        let tried = self.services.accounts.store_takes_changes().await;
        let worked = known.is_none_or(|(_, works)| works);
        match &tried {
            Err(error) if worked => tracing::error!(%error, "not ready: the store takes no changes"),
            Err(error) => tracing::debug!(%error, "still not ready"),
            Ok(()) if !worked => tracing::info!("ready again: the store takes changes"),
            _ => {}
        }
        *known = Some((Instant::now(), tried.is_ok()));
        tried.is_ok()
    }
}

/// Whether this is public, signed in or not.
pub(super) fn is_asked_at(path: &str) -> bool {
    path == LIVE || path == READY
}

/// The program runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The program takes requests, and can keep what it is sent. Not any more once it is to stop, because it was told to or
/// because a part of it broke off.
pub(super) async fn ready(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    if readiness.stopping.is_begun() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    } else if readiness.store_works().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the store takes no changes\n")
    }
}

/// While the last requests end, only monitoring is answered; nothing new begins.
pub(super) async fn turn_away(State(state): State<console::State>, request: Request, next: Next) -> Response {
    if !state.stopping.is_closed() {
        return next.run(request).await;
    }
    let path = request.uri().path();
    let mut response = if is_asked_at(path) {
        next.run(request).await
    } else {
        let text = "Nestor is being stopped; nothing was changed.";
        let problem = Problem::new(ProblemKind::Unreachable, text, "Try again in a moment.");
        let again = [(header::RETRY_AFTER, "5")];
        if path.starts_with("/api/") {
            (StatusCode::SERVICE_UNAVAILABLE, again, Json(app::api::ApiError(problem))).into_response()
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, again, format!("{text} {}\n", problem.advice)).into_response()
        }
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
