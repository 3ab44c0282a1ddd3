//! What every call has in common: who calls, what is sent along, the headers of each answer, and a line in the log.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE, ORIGIN, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS, X_XSS_PROTECTION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use services::Actor;

use crate::params::Fields;
use crate::refusal::{HTML, JSON, Reason, Refusal};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CASCADE: HeaderName = HeaderName::from_static("x-cascade");

/// The longest request id that is taken over.
const LONGEST_ID: usize = 64;

/// Who calls.
pub(crate) struct Caller(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Without the port: every call comes over a new connection, and is still the same Foreman.
        let address =
            parts.extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip().to_canonical());
        let peer = address.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        Ok(Self(Actor::Foreman { peer }))
    }
}

/// The variable parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Refusal))]
pub(crate) struct Segments<T>(pub(crate) T);

impl From<PathRejection> for Refusal {
    fn from(_: PathRejection) -> Self {
        Self::malformed("The path is not readable")
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refusal;

    /// Query and form together. Any other body is not looked at, not even JSON.
    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let mut fields = Self::parse(request.uri().query().unwrap_or_default());
        if holds_a_form(request.headers()) {
            let body = Bytes::from_request(request, state).await?;
            fields.add(&String::from_utf8_lossy(&body));
        }
        Ok(fields)
    }
}

fn holds_a_form(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(CONTENT_TYPE) else { return true };
    let essence = content_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The form is larger than 64 KiB"),
            _ => Self::malformed("The form did not arrive whole"),
        }
    }
}

/// The answer to an unknown path, and to a method that a path does not have.
pub(crate) async fn not_found() -> impl IntoResponse {
    ([(CASCADE, "pass")], Refusal::not_found("Requested url was not found"))
}

/// Goes along with every call.
pub(crate) async fn accompany(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let id = request.headers().get(REQUEST_ID).filter(|id| is_usable(id)).cloned();
    let json = accepts_json(request.headers());
    let mut response = if request.headers().contains_key(ORIGIN) {
        // Foreman is no browser; a page that sends its visitors here is not Foreman.
        Refusal::new(StatusCode::FORBIDDEN, "Requests of web pages are refused").into_response()
    } else {
        next.run(request).await
    };
    label(&mut response, json);
    let (status, reason) = (response.status(), response.extensions().get().map(|Reason(text)| text.as_str()));
    let request_id = id.as_ref().and_then(|id| id.to_str().ok());
    match status.as_u16() {
        500.. => tracing::error!(%method, path, status = status.as_u16(), reason, request_id, "Foreman's call failed"),
        // Foreman asks for the records of each new host, and expects that there are none.
        404 => tracing::info!(%method, path, status = 404, reason, request_id, "answered Foreman"),
        400.. => tracing::warn!(%method, path, status = status.as_u16(), reason, request_id, "refused Foreman's call"),
        _ => tracing::info!(%method, path, status = status.as_u16(), request_id, "answered Foreman"),
    }
    response.headers_mut().extend(id.map(|id| (REQUEST_ID, id)));
    response
}

fn is_usable(id: &HeaderValue) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(|octet| (b' '..=b'~').contains(octet))
}

/// The labels of an answer. A refusal is plain text, and still called JSON to whoever wants JSON.
fn label(response: &mut Response, json: bool) {
    let refused = response.extensions().get::<Reason>().is_some();
    let headers = response.headers_mut();
    if refused && json {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if headers.get(CONTENT_TYPE).is_some_and(|kind| kind == HTML) {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        headers.insert(X_XSS_PROTECTION, HeaderValue::from_static("1; mode=block"));
    }
}

/// Whether the caller takes JSON, as it does when it does not say what it takes.
fn accepts_json(headers: &HeaderMap) -> bool {
    let mut ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if ranges.peek().is_none() {
        return true;
    }
    let kinds =
        ranges.flat_map(|value| value.split(',')).map(|range| range.split(';').next().unwrap_or_default().trim());
    kinds
        .into_iter()
        .any(|kind| ["application/json", "application/*", "*/*"].iter().any(|json| kind.eq_ignore_ascii_case(json)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_excludes_json_does_not_take_it() {
        let accepts =
            |value: &'static str| accepts_json(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]));
        assert!(accepts_json(&HeaderMap::new()));
        assert!(accepts("application/json") && accepts("text/html, */*;q=0.8") && accepts("text/html,Application/*"));
        assert!(!accepts("text/html") && !accepts("text/plain, text/html;q=0.9"));
    }

    #[test]
    fn request_ids_are_short_and_printable() {
        let usable = |text: &str| is_usable(&HeaderValue::from_bytes(text.as_bytes()).unwrap());
        assert!(usable("b2c1d7f0-5a31-4d0c-9f2e-2f1f1f0a7f11") && usable("a b") && usable(&"x".repeat(64)));
        assert!(!usable("") && !usable("a\tb") && !usable("käse") && !usable(&"x".repeat(65)));
    }
}
