//! Runs one use case for the current request. Server only.
#![cfg(feature = "ssr")]

use std::future::Future;

use http::StatusCode;
use http::request::Parts;
use leptos::context::use_context;
use leptos_axum::ResponseOptions;
use model::{Problem, ProblemKind};
use services::{Actor, Error, Services};

use super::ApiError;

/// Runs a use case as whoever sent the current request.
pub(super) async fn run<T, F, Fut>(use_case: F) -> Result<T, ApiError>
where
    F: FnOnce(Services, Actor) -> Fut,
    Fut: Future<Output = services::Result<T>>,
{
    let Some(services) = use_context::<Services>() else {
        return Err(answer(Error::Internal("the request has no services".to_owned())));
    };
    let Some(actor) = use_context::<Actor>() else {
        return Err(answer(Error::Unauthenticated));
    };
    use_case(services, actor).await.map_err(answer)
}

/// Turns the error into what people see, logs what they must not see, and sets the status of the answer.
fn answer(error: Error) -> ApiError {
    if let Error::Internal(detail) = &error {
        tracing::error!(%detail, "a use case failed");
    }
    let problem = Problem::from(error);
    // A page that is rendered on the server shows the problem inside: only a call of the function itself has a status.
    let called = use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/"));
    if called && let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status(problem.kind));
    }
    ApiError(problem)
}

fn status(kind: ProblemKind) -> StatusCode {
    match kind {
        ProblemKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ProblemKind::Forbidden => StatusCode::FORBIDDEN,
        ProblemKind::NotFound => StatusCode::NOT_FOUND,
        ProblemKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemKind::Conflict | ProblemKind::Stale | ProblemKind::Exhausted => StatusCode::CONFLICT,
        ProblemKind::Throttled => StatusCode::TOO_MANY_REQUESTS,
        ProblemKind::Unreachable
        | ProblemKind::Refused
        | ProblemKind::Unsupported
        | ProblemKind::Unknown
        | ProblemKind::NotSaved => StatusCode::BAD_GATEWAY,
        ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
