//! What a browser keeps of having signed in: not a session, only the sign that tries from there are not those of strangers.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use services::Accounts;

use super::guard::Origins;

/// The name of its cookie. Over TLS browsers take this prefix only from this host, for every path.
fn name(secure: bool) -> &'static str {
    if secure { "__Host-nestor-device" } else { "nestor-device" }
}

/// What an answer gives the browser to keep.
#[derive(Debug, Clone)]
struct Remember(String);

/// The answer with what the browser is to keep.
pub(super) fn remember(mut response: Response, device: Option<String>) -> Response {
    if let Some(device) = device {
        response.extensions_mut().insert(Remember(device));
    }
    response
}

/// What the browser kept.
pub(super) fn shown(headers: &HeaderMap, secure: bool) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    pairs.find(|(known, _)| *known == name(secure)).map(|(_, shown)| shown.to_owned())
}

/// Sends along what the browser is to keep.
pub(super) async fn send_along(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(Remember(device)) = response.extensions_mut().remove() {
        let (secure, seconds) = (origins.secure(), Accounts::DEVICE_KNOWN_FOR.0);
        let (name, secure) = (name(secure), if secure { "; Secure" } else { "" });
        let cookie = format!("{name}={device}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}
