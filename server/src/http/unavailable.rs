//! The answers while users can be neither let in nor sent away: Nestor's own store does not work, or too many passwords
//! wait to be checked. No page of the console can be shown then.

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

/// The answer to a request whose user is not known: a page for people, a problem for programs.
pub(super) fn answer(request: &Request, error: Error) -> Response {
    tracing::error!(?error, path = request.uri().path(), "it is not known who is signed in");
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

/// The answer to a password that was not looked at, because so many others wait to be.
pub(super) fn crowded() -> Response {
    let text = "Your password was not checked: too many sign-ins at this moment, perhaps by an attacker. A browser that \
                signed in here before need not wait for them.";
    shown("", "Too many sign-ins at once", &[text, "Go back and try again in a moment."])
}

/// The page about the store. Where it was asked for by its address, it asks again by itself.
fn page(again: bool, says: &str) -> Response {
    let (refresh, then) = if again {
        (format!("<meta http-equiv=\"refresh\" content=\"{AGAIN}\">"), "This page retries automatically.")
    } else {
        (String::new(), "Go back and try again in a moment.")
    };
    let advice = "Check that its disk has space and its data folder is in place, or that PostgreSQL runs. Nestor’s log says \
                  what failed.";
    shown(&refresh, "Nestor’s own database does not work", &[says, advice, then])
}

fn shown(refresh: &str, title: &str, says: &[&str]) -> Response {
    let style = format!("/{}/main.css", site::PKG_DIR);
    let texts = says.iter().fold(String::new(), |texts, text| texts + "<p class=\"gate-text\">" + text + "</p>");
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">{refresh}<title>{title}</title>\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"{style}\">\
         </head><body><main class=\"gate\"><div class=\"gate-card\" role=\"alert\">\
         <header class=\"gate-head\"><h1>{title}</h1></header>{texts}</div></main></body></html>\n"
    );
    (StatusCode::SERVICE_UNAVAILABLE, headers(), Html(html)).into_response()
}
