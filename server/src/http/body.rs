//! The bodies of requests: nothing is begun with one before all of it is there.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::listen::Late;

/// No form and no call is larger than this many octets.
pub(super) const LIMIT: usize = 256 * 1_024;

/// Waits for the whole of a request.
pub(super) async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let error = match to_bytes(body, LIMIT).await {
        Ok(body) => return next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(error) => error,
    };
    let (status, text) = if Late::is_why(&error) {
        (StatusCode::REQUEST_TIMEOUT, "The request did not arrive whole within 30 seconds; nothing was changed.\n")
    } else {
        (StatusCode::PAYLOAD_TOO_LARGE, "The request has more than 256 KiB, or broke off; nothing was changed.\n")
    };
    (status, [(header::CONNECTION, "close")], text).into_response()
}
