//! Runs one use case for the current request. On the server only: the browser has no use cases, and no answer to give a
//! status to.

#[cfg(feature = "ssr")]
pub(super) use on_server::{act, change, confirm, run, set_status};

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
    use services::{Actor, Caller, CameFrom, Confirmed, Error, Mode, Services, SessionKey};

    use super::super::ApiError;

    /// Runs a use case as the sender of the current request.
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
        mode().map_err(answer)?;
        // Boxed: use cases are large, and pages hold what they wait for.
        Box::pin(use_case(services, actor)).await.map_err(answer)
    }

    /// The same for a use case that changes something, and can be judged alone: with `?dry_run` nothing is touched.
    pub(crate) async fn change<T, F, Fut>(use_case: F) -> Result<T, ApiError>
    where
        F: FnOnce(Services, Caller) -> Fut,
        Fut: Future<Output = services::Result<T>>,
    {
        let mode = mode().map_err(answer)?;
        let session = use_context::<SessionKey>();
        run(|services, actor| use_case(services, Caller { actor, mode, session })).await
    }

    /// The same for a use case that changes something, and cannot be judged alone: it refuses `?dry_run`.
    pub(crate) async fn act<T, F, Fut>(use_case: F) -> Result<T, ApiError>
    where
        F: FnOnce(Services, Caller) -> Fut,
        Fut: Future<Output = services::Result<T>>,
    {
        change(|services, caller| async move {
            if caller.mode == Mode::DryRun {
                return Err(Error::invalid("dry_run", "this has no dry run: omit the mark to do it"));
            }
            use_case(services, caller).await
        })
        .await
    }

    /// Whether the sender has confirmed by their password that dangerous parts are meant.
    pub(crate) async fn confirm(
        services: &Services,
        actor: &Actor,
        password: Option<String>,
    ) -> services::Result<Confirmed> {
        let Some(password) = password else { return Ok(Confirmed::No) };
        let Some(CameFrom { source, device }) = use_context::<CameFrom>() else {
            return Err(Error::Internal("the request comes from nowhere".to_owned()));
        };
        match services.accounts.confirm(actor, password, &source, device.as_deref()).await {
            Ok(()) => Ok(Confirmed::Yes),
            // Of the session it would say that it has ended.
            Err(Error::Unauthenticated) => Err(Error::invalid("password", "This is not your password.")),
            Err(error) => Err(error),
        }
    }

    /// Whether the address of the function carries the mark of a dry run. Anything else there is refused: a mark that is
    /// misspelt must not turn a trial into a change.
    fn mode() -> services::Result<Mode> {
        let Some(parts) = use_context::<Parts>().filter(|parts| parts.uri.path().starts_with("/api/")) else {
            return Ok(Mode::Apply);
        };
        match parts.uri.query().unwrap_or_default() {
            "" => Ok(Mode::Apply),
            "dry_run" | "dry_run=" | "dry_run=1" | "dry_run=true" => Ok(Mode::DryRun),
            _ => Err(Error::invalid("dry_run", "behind the address of a function stands nothing, or ?dry_run")),
        }
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
            if matches!(kind, ProblemKind::Busy | ProblemKind::Store) {
                response.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from_static("5"));
            }
        }
    }

    fn status(kind: ProblemKind) -> StatusCode {
        match kind {
            ProblemKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            ProblemKind::Forbidden => StatusCode::FORBIDDEN,
            ProblemKind::NotFound => StatusCode::NOT_FOUND,
            ProblemKind::Invalid | ProblemKind::Dangerous => StatusCode::UNPROCESSABLE_ENTITY,
            ProblemKind::Conflict | ProblemKind::Stale | ProblemKind::Exhausted => StatusCode::CONFLICT,
            ProblemKind::Throttled => StatusCode::TOO_MANY_REQUESTS,
            ProblemKind::Busy | ProblemKind::Store => StatusCode::SERVICE_UNAVAILABLE,
            ProblemKind::Unreachable
            | ProblemKind::Refused
            | ProblemKind::Unsupported
            | ProblemKind::Unknown
            | ProblemKind::NotSaved
            | ProblemKind::NotServing => StatusCode::BAD_GATEWAY,
            ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
