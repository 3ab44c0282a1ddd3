//! The answer while Nestor's own store does not work: who asks is neither signed in nor signed out, so no page of the
//! console can be shown, and nobody is sent away to sign in.

use axum::extract::Request;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use model::Problem;
use services::Error;

/// After so many seconds it may be worth asking again.
const AGAIN: &str = "5";

/// The page is plain: it needs neither the store nor a script.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The headers of every such answer.
fn headers() -> [(HeaderName, &'static str); 2] {
    [(header::RETRY_AFTER, AGAIN), (header::CONTENT_SECURITY_POLICY, POLICY)]
}

/// The answer to a request of which it cannot be told whose it is: a page for people, a problem for programs.
pub(super) fn answer(request: &Request, error: Error) -> Response {
    tracing::error!(?error, path = request.uri().path(), "it cannot be told who is signed in");
    let path = request.uri().path();
    if path.starts_with("/api/") || path == app::routes::EVENTS {
        return (StatusCode::SERVICE_UNAVAILABLE, headers(), axum::Json(app::api::ApiError(Problem::from(error))))
            .into_response();
    }
    page(*request.method() == Method::GET, "You are still signed in, and nothing was changed.")
}

/// The answer to a form that needed the store.
pub(super) fn form(says: &str) -> Response {
    page(false, says)
}

/// The page. Where it was asked for by its address, it asks again by itself.
fn page(again: bool, says: &str) -> Response {
    let (refresh, then) = if again {
        (format!("<meta http-equiv=\"refresh\" content=\"{AGAIN}\">"), "This page tries again by itself.")
    } else {
        (String::new(), "Go back and try again in a moment.")
    };
    let style = format!("/{}/main.css", site::PKG_DIR);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">{refresh}\
         <title>Nestor’s database does not work</title>\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"{style}\">\
         </head><body><main class=\"gate\"><div class=\"gate-card\" role=\"alert\">\
         <header class=\"gate-head\"><h1>Nestor’s own database does not work</h1></header>\
         <p class=\"gate-text\">{says}</p>\
         <p class=\"gate-text\">See that its disk has room and its data folder is in place, or that PostgreSQL runs. \
         Nestor’s log says what failed.</p><p class=\"gate-text\">{then}</p>\
         </div></main></body></html>\n"
    );
    (StatusCode::SERVICE_UNAVAILABLE, headers(), Html(html)).into_response()
}
