//! Who may call at all: the site that a call comes from, and the form that it has. By which host name is decided before,
//! in `listen::hosts`.

use std::net::SocketAddr;
use std::sync::Arc;

use app::api::ApiError;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::{Problem, ProblemKind};

use crate::config::Console;
use crate::listen::{Host, Hosts, Name};

/// What to do about a call by another name.
const ADVICE: &str = "Set console.public_url to the URL that you use; further ones belong into console.other_urls.";

/// The addresses that the console has for browsers. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    /// As the operator set them.
    urls: Arc<[Origin]>,
    hosts: Hosts,
}

/// Where a page comes from (RFC 6454): scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    secure: bool,
    name: String,
    port: u16,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let secure = match scheme {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let Host { name, port } = Host::parse(authority)?;
        Some(Self { secure, name, port: port.unwrap_or(usual_port(secure)) })
    }

    /// The name that requests for it are sent to; the usual port need not be said.
    fn name(&self) -> Name {
        Name { name: self.name.clone(), port: Some((self.port, self.port == usual_port(self.secure))) }
    }
}

fn usual_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

impl Origins {
    /// Those of the console.
    pub(crate) fn of(console: &Console) -> Self {
        Self::new(console.urls(), console.listen)
    }

    fn new<'a>(urls: impl Iterator<Item = &'a str>, listen: SocketAddr) -> Self {
        let urls: Arc<[Origin]> = urls.filter_map(Origin::parse).collect();
        let names = urls.iter().map(Origin::name).collect();
        Self { hosts: Hosts::new(names, urls.is_empty(), listen, ADVICE), urls }
    }

    /// The names that the console answers to.
    pub(crate) fn hosts(&self) -> Hosts {
        self.hosts.clone()
    }

    /// Whether browsers reach us over TLS.
    pub(crate) fn secure(&self) -> bool {
        self.urls.iter().any(|url| url.secure)
    }

    /// Whether a page of ours has this origin. A reverse proxy may have changed the host, so the operator's word counts;
    /// without one it is plain HTTP, and the host that was asked for.
    fn are_origin(&self, origin: &str, host: Option<&Host>) -> bool {
        let Some(origin) = Origin::parse(origin) else { return false };
        let asked = host.is_some_and(|host| {
            let same = origin.name == host.name && origin.port == host.port.unwrap_or(usual_port(false));
            same && !origin.secure && self.hosts.answer_unnamed(host)
        });
        asked || self.urls.contains(&origin)
    }
}

/// Refuses everything that could change something unless a page of ours sent it. Browsers say where a call comes from;
/// what says nothing and carries no cookie is no browser.
pub(super) async fn same_origin(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || comes_from_us(&origins, request.headers(), request.extensions().get()) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "a call from another site was refused");
    let text = "This call came from another site and was refused. If it is Nestor’s own, set console.public_url to the \
                URL that you use, with its scheme.";
    (StatusCode::FORBIDDEN, text).into_response()
}

fn comes_from_us(origins: &Origins, headers: &HeaderMap, host: Option<&Host>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let site = text("sec-fetch-site");
    let origin = text("origin");
    match (site, origin) {
        (Some(site), Some(origin)) => site == "same-origin" && origins.are_origin(origin, host),
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => origins.are_origin(origin, host),
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

/// Functions take JSON, which no form of any page can send, and answer with it: what a form sends would be led on to
/// wherever its `Referer` says.
pub(super) async fn json_alone(mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    if *request.method() == Method::POST && !is_json(request.headers()) {
        let problem = Problem::new(
            ProblemKind::Invalid,
            "Functions take JSON alone.",
            "Send the arguments as JSON, with the header content-type: application/json.",
        );
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, Json(ApiError(problem))).into_response();
    }
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    next.run(request).await
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> Origins {
        Origins::new(std::iter::empty(), ([127, 0, 0, 1], 3000).into())
    }

    fn public() -> Origins {
        let urls = ["https://nestor.example.org", "https://other.example.org:8443"];
        Origins::new(urls.into_iter(), ([0, 0, 0, 0], 3000).into())
    }

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap()
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let answers = |origins: &Origins, name: &str| origins.hosts().answer_to(&host(name));
        assert!(answers(&local(), "127.0.0.1:3000") && !answers(&local(), "evil.example"));
        for ours in ["Nestor.example.org", "nestor.example.org:443", "other.example.org:8443"] {
            assert!(answers(&public(), ours), "{ours}");
        }
        for other in ["10.0.0.1:3000", "nestor.example.org:80", "other.example.org"] {
            assert!(!answers(&public(), other), "{other}");
        }
    }

    #[test]
    fn an_origin_has_a_scheme_a_host_and_a_port() {
        let ours = |origin: &str, name: &str| public().are_origin(origin, Some(&host(name)));
        assert!(ours("https://nestor.example.org", "nestor.example.org"));
        assert!(ours("https://nestor.example.org:443", "127.0.0.1:3000"), "a proxy may change the host");
        assert!(ours("https://other.example.org:8443", "other.example.org:8443"));
        for other in ["http://nestor.example.org", "https://nestor.example.org:8443", "https://other.example.org"] {
            assert!(!ours(other, "nestor.example.org"), "{other}");
        }
        let local = |origin: &str, name: &str| local().are_origin(origin, Some(&host(name)));
        assert!(local("http://localhost", "localhost:80") && local("http://127.0.0.1:3000", "127.0.0.1:3000"));
        assert!(!local("https://localhost:3000", "localhost:3000") && !local("http://localhost:3000", "localhost"));
    }

    #[test]
    fn foreign_sites_are_told_apart() {
        let call = |headers: &[(&'static str, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            comes_from_us(&local(), &headers, Some(&host("127.0.0.1:3000")))
        };
        assert!(call(&[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")]));
        assert!(call(&[("origin", "http://127.0.0.1:3000"), ("cookie", "a=b")]));
        assert!(call(&[]), "no browser: it carries no cookie");
        for forged in [
            &[("cookie", "a=b")][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none"), ("cookie", "a=b")],
            &[("origin", "null")],
            &[("origin", "http://evil.example")],
            &[("origin", "https://127.0.0.1:3000")],
            &[("origin", "http://127.0.0.1:3001")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")],
            &[("origin", "http://127.0.0.1:3000.evil.example")],
        ] {
            assert!(!call(forged), "{forged:?}");
        }
    }

    #[test]
    fn json_is_called_by_its_name() {
        let is = |kind: &'static str| {
            is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]))
        };
        assert!(is("application/json") && is("Application/JSON; charset=utf-8"));
        assert!(!is("text/plain") && !is("application/x-www-form-urlencoded") && !is("application/json-patch+json"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
