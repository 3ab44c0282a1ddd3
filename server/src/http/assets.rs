//! The files of the console, out of the program itself.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use site::Encoding;

use super::console;

/// Answers the file of that path, in the smallest form that the browser takes; else the page that says there is none.
pub(super) async fn file_or_not_found(State(state): State<console::State>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(answer) = reading.then(|| answer(&path, request.headers())).flatten() {
        return answer;
    }
    if reading && !path.starts_with("pkg/") && !path.starts_with("api/") {
        return console::not_found(&state, request).await;
    }
    StatusCode::NOT_FOUND.into_response()
}

/// Whether this path is public: files hold no secrets.
pub(super) fn is_file(path: &str) -> bool {
    path.starts_with("/pkg/") || site::contains(path.trim_start_matches('/'))
}

fn answer(path: &str, asked: &HeaderMap) -> Option<Response> {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts =
        |encoding: &Encoding| accepted.split(',').any(|offer| offer.trim().split(';').next() == Some(encoding.name()));
    let smallest = Encoding::COMPRESSED.into_iter().filter(accepts).find_map(|encoding| {
        let contents = site::read(path, encoding)?;
        Some((encoding, contents))
    });
    let (encoding, contents) = match smallest {
        Some(found) => found,
        None => (Encoding::Plain, site::read(path, Encoding::Plain)?),
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // The folder of the bundle is named after its contents.
    let lasting = if path.starts_with("pkg/") { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lasting));
    if encoding != Encoding::Plain {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    Some((headers, Body::from(contents)).into_response())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("wasm") => "application/wasm",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
