//! The bodies of requests: nothing is begun with one before all of it is there.

use app::api::ApiError;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::{Problem, ProblemKind};

use crate::listen::Late;

/// No form and no call has more KiB.
const LIMIT: usize = 256;

/// No call about configurations has more KiB: the edits of a thousand subnets and the way back travel in one.
const LIMIT_OF_CONFIGURATIONS: usize = 4 * 1_024;

/// No request at all has more octets.
pub(super) const MOST: usize = LIMIT_OF_CONFIGURATIONS * 1_024;

/// Waits for the whole of a request.
pub(super) async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let limit = if path.starts_with("/api/config/") { LIMIT_OF_CONFIGURATIONS } else { LIMIT };
    let error = match to_bytes(body, limit * 1_024).await {
        Ok(body) => return next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(error) => error,
    };
    let (status, text) = if Late::is_why(&error) {
        (
            StatusCode::REQUEST_TIMEOUT,
            "The request did not arrive whole within 30 seconds; nothing was changed.".to_owned(),
        )
    } else {
        let text = format!("The request has more than {limit} KiB, or broke off; nothing was changed.");
        (StatusCode::PAYLOAD_TOO_LARGE, text)
    };
    let close = [(header::CONNECTION, "close")];
    if path.starts_with("/api/") {
        let problem = Problem::new(ProblemKind::Invalid, text, "Do it in several smaller steps.");
        return (status, close, Json(ApiError(problem))).into_response();
    }
    (status, close, format!("{text}\n")).into_response()
}
