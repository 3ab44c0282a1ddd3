//! What every call has in common: who calls, what is sent along, the headers of each answer, and a line in the log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::header::{
    ACCEPT, ALLOW, CONTENT_LENGTH, CONTENT_TYPE, SERVER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS, X_XSS_PROTECTION,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::{CallOutcome, ForemanCall, Timestamp};
use services::{Actor, Services};

use crate::LARGEST_BODY;
use crate::admission::{self, Trusted};
use crate::call_trace::{CallTrace, Entry, shortened};
use crate::guard;
use crate::params::Fields;
use crate::refusal::{HTML, JSON, PLAIN, Reason, Refusal};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CASCADE: HeaderName = HeaderName::from_static("x-cascade");

/// Foreman gives up after a minute. A change goes on by itself.
const ANSWER_WITHIN: Duration = Duration::from_secs(50);

/// How long a form may take to arrive.
const FORM_WITHIN: Duration = Duration::from_secs(10);

/// The longest request id that is taken over.
const LONGEST_ID: usize = 64;

/// Who calls.
pub(crate) struct Caller(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        // A call that was not judged does nothing.
        let Some(Trusted(peer)) = parts.extensions.get() else {
            return Err(Refusal::forbidden("It is not known where this call comes from"));
        };
        Ok(Self(Actor::Foreman { peer: peer.clone() }))
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
        let mut fields = Self::parse(request.uri().query().unwrap_or_default())?;
        let trace: Option<CallTrace> = request.extensions().get().cloned();
        if holds_a_form(request.headers()) {
            if announced_length(request.headers()).is_some_and(|length| length > LARGEST_BODY) {
                return Err(too_large());
            }
            let form = tokio::time::timeout(FORM_WITHIN, Bytes::from_request(request, state)).await;
            let late = |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "The form did not arrive in 10 seconds");
            fields.add(&String::from_utf8_lossy(&form.map_err(late)??))?;
        }
        if let Some(trace) = trace {
            trace.asked(fields.lines());
        }
        Ok(fields)
    }
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The form is larger than 64 KiB")
}

fn holds_a_form(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(CONTENT_TYPE) else { return true };
    let essence = content_type.to_str().unwrap_or("?").split(';').next().unwrap_or_default().trim();
    essence.is_empty() || essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Self::malformed("The form did not arrive whole"),
        }
    }
}

/// Makes one slash of several in the path: Foreman drops one from the end of its URL, and adds paths that begin with one.
pub(crate) fn with_single_slashes(mut request: Request) -> Request {
    let uri = request.uri();
    if !uri.path().contains("//") {
        return request;
    }
    let parts: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
    let end = if uri.path().ends_with('/') && !parts.is_empty() { "/" } else { "" };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(uri) = format!("/{}{end}{query}", parts.join("/")).parse() {
        *request.uri_mut() = uri;
    }
    request
}

/// There is no 405, nor the header that belongs to it.
pub(crate) fn without_methods(mut response: Response) -> Response {
    response.headers_mut().remove(ALLOW);
    response
}

/// The answer to an unknown path, and to a method that a path does not have.
pub(crate) async fn not_found() -> impl IntoResponse {
    ([(CASCADE, "pass")], Refusal::not_found("Requested url was not found"))
}

/// Why a request is not for us, as the server found by its head alone. It goes along with the request, so that it is
/// answered and remembered as any other that is refused.
#[derive(Debug, Clone)]
pub struct NotForUs {
    /// The status of the answer.
    pub status: StatusCode,
    /// A sentence.
    pub text: String,
}

/// The state of [`trace`].
pub(crate) struct Middleware {
    pub(crate) services: Services,
    /// What we call ourselves.
    pub(crate) server: HeaderValue,
}

/// The middleware of every call: bounds its time, labels its answer, keeps it in the ledger.
pub(crate) async fn trace(State(state): State<Arc<Middleware>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request.headers().get(REQUEST_ID).filter(|id| is_usable(id)).cloned();
    let json = accepts_json(request.headers());
    let trace = CallTrace::default();
    let mut call = asked(&request, id.as_ref());
    request.extensions_mut().insert(trace.clone());
    let not_for_us = request.extensions_mut().remove().map(|NotForUs { status, text }| Refusal::new(status, text));
    let mut response = match not_for_us.or_else(|| guard::from_a_page(&request)) {
        Some(refusal) => refusal.into_response(),
        None => tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await.unwrap_or_else(|_| late()),
    };
    label(&mut response, json);
    response.headers_mut().insert(SERVER, state.server.clone());
    call.took_micros = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
    call.at = state.services.now();
    let entry = trace.take();
    let let_in = entry.let_in;
    answered(&mut call, &mut response, entry);
    log(&call);
    state.services.ledger.note(call, let_in);
    response.headers_mut().extend(id.map(|id| (REQUEST_ID, id)));
    response
}

fn late() -> Response {
    let text = "The DHCP server did not answer in 50 seconds; whether a change was made is not known";
    Refusal::new(StatusCode::GATEWAY_TIMEOUT, text).into_response()
}

/// A call as far as it is known before it is answered.
fn asked(request: &Request, id: Option<&HeaderValue>) -> ForemanCall {
    let (caller, address) = admission::seen(request);
    ForemanCall {
        number: 0,
        at: Timestamp(0),
        took_micros: 0,
        caller: shortened(caller),
        address,
        request_id: id.and_then(|id| id.to_str().ok()).map(str::to_owned),
        method: shortened(request.method().to_string()),
        path: shortened(request.uri().path().to_owned()),
        parameters: shortened(request.uri().query().unwrap_or_default().replace('&', "\n")),
        status: 0,
        outcome: CallOutcome::Answered,
        answer: String::new(),
        changes: changes(request),
        why: Vec::new(),
    }
}

/// Whether a call asks for a change. To ask for an unused address holds it.
fn changes(request: &Request) -> bool {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    !reading || request.uri().path().ends_with("/unused_ip")
}

/// Adds what became of it.
fn answered(call: &mut ForemanCall, response: &mut Response, entry: Entry) {
    let refused = response.extensions_mut().remove::<Reason>();
    call.status = response.status().as_u16();
    call.outcome = match call.status {
        404 => CallOutcome::NotFound,
        500.. => CallOutcome::Failed,
        400.. => CallOutcome::Refused,
        _ if entry.exhausted => CallOutcome::Exhausted,
        _ => CallOutcome::Answered,
    };
    if !entry.parameters.is_empty() {
        call.parameters = entry.parameters;
    }
    call.answer = entry.answer;
    call.why = entry.why;
    if let Some(Reason { text, why }) = refused {
        call.answer = shortened(text);
        call.why.extend(why);
    }
}

/// The ledger remembers every call; the log has those that an operator should look at.
fn log(call: &ForemanCall) {
    let ForemanCall { method, path, status, answer, caller, .. } = call;
    let request_id = call.request_id.as_deref();
    match call.outcome {
        CallOutcome::Failed => {
            tracing::error!(method, path, status, answer, caller, request_id, "Foreman’s call failed");
        }
        CallOutcome::Refused | CallOutcome::Exhausted => {
            tracing::warn!(method, path, status, answer, caller, request_id, "refused Foreman’s call");
        }
        // Foreman asks for the records of each new host, and expects that there are none.
        CallOutcome::Answered | CallOutcome::NotFound => {
            tracing::debug!(method, path, status, answer, caller, request_id, "answered Foreman");
        }
    }
}

fn is_usable(id: &HeaderValue) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(|octet| (b' '..=b'~').contains(octet))
}

/// The labels of an answer. A refusal is plain text, and still called JSON to a caller that wants JSON.
fn label(response: &mut Response, json: bool) {
    let refused = response.extensions().get::<Reason>().is_some();
    let headers = response.headers_mut();
    if refused && json && headers.get(CONTENT_TYPE).is_none_or(|kind| kind != PLAIN) {
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
