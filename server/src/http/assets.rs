//! The files of the console, out of the program itself.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::console;

#[derive(RustEmbed)]
#[folder = "$SITE_DIR"]
struct Site;

/// Answers the file of that path, in the smallest form that the browser takes; else the page that says there is none.
pub(super) async fn file_or_not_found(State(state): State<console::State>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(file) = Site::get(&path).filter(|_| reading) {
        return answer(&path, file, request.headers());
    }
    if reading && !path.starts_with("pkg/") && !path.starts_with("api/") {
        return console::not_found(&state, request).await;
    }
    StatusCode::NOT_FOUND.into_response()
}

/// Whether anybody may read this path: files hold no secrets.
pub(super) fn is_file(path: &str) -> bool {
    path.starts_with("/pkg/") || Site::get(path.trim_start_matches('/')).is_some()
}

fn answer(path: &str, plain: EmbeddedFile, asked: &HeaderMap) -> Response {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let smaller = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, extension)| {
        let accepts = accepted.split(',').any(|offer| offer.trim().split(';').next() == Some(encoding));
        Site::get(&format!("{path}.{extension}")).filter(|_| accepts).map(|file| (encoding, file))
    });
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // The folder of the bundle is named after its contents.
    let lasting = if path.starts_with("pkg/") { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lasting));
    let file = match smaller {
        Some((encoding, file)) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            file
        }
        None => plain,
    };
    (headers, Body::from(file.data)).into_response()
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
