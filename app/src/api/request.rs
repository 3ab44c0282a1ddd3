//! Runs one use case for the current request. On the server only: the browser has no use cases, and no answer to give a
//! status to.

#[cfg(feature = "ssr")]
pub(super) use on_server::{change, run, set_status};

#[cfg(not(feature = "ssr"))]
pub(super) fn set_status(_: model::ProblemKind) {}

#[cfg(feature = "ssr")]
mod on_server {
    use std::future::Future;

    use http::StatusCode;
    use http::request::Parts;
    use leptos::context::use_context;
    use leptos_axum::ResponseOptions;
    use model::{Problem, ProblemKind};
    use services::{Actor, Error, Mode, Services};

    use super::super::ApiError;

    /// Runs a use case as whoever sent the current request.
    pub(crate) async fn run<T, F, Fut>(use_case: F) -> Result<T, ApiError>
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
        // Boxed: use cases are large, and pages hold what they wait for.
        Box::pin(use_case(services, actor)).await.map_err(answer)
    }

    /// The same for a use case that changes reservations: with `?dry_run` it judges alone.
    pub(crate) async fn change<T, F, Fut>(use_case: F) -> Result<T, ApiError>
    where
        F: FnOnce(Services, Actor, Mode) -> Fut,
        Fut: Future<Output = services::Result<T>>,
    {
        let asked = use_context::<Parts>().is_some_and(|parts| {
            let mut pairs = parts.uri.query().unwrap_or_default().split('&');
            pairs.any(|pair| matches!(pair, "dry_run" | "dry_run=" | "dry_run=1" | "dry_run=true"))
        });
        let mode = if asked { Mode::DryRun } else { Mode::Apply };
        run(|services, actor| use_case(services, actor, mode)).await
    }

    /// Turns the error into what people see, logs what they must not see, and sets the status of the answer.
    fn answer(error: Error) -> ApiError {
        if let Error::Internal(detail) | Error::Store(detail) = &error {
            tracing::error!(%detail, "a use case failed");
        }
        let problem = Problem::from(error);
        set_status(problem.kind);
        ApiError(problem)
    }

    /// Gives the answer to a call the status of its problem. A page that is rendered on the server has none: it shows the
    /// problem inside.
    pub(crate) fn set_status(kind: ProblemKind) {
        let called = use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/"));
        if called && let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status(kind));
        }
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
            ProblemKind::Store => StatusCode::SERVICE_UNAVAILABLE,
            ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
