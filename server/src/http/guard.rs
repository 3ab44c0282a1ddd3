//! Who may call at all: the host name that was asked for, and the site that the call comes from.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The addresses that the console answers to. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    /// As the operator set it, without a path.
    public: Option<Arc<str>>,
    /// Whether only this machine can reach us.
    loopback: bool,
}

impl Origins {
    pub(crate) fn new(public_url: Option<String>, listen: SocketAddr) -> Self {
        Self { public: public_url.map(Arc::from), loopback: listen.ip().is_loopback() }
    }

    /// Whether browsers reach us over TLS.
    pub(crate) fn secure(&self) -> bool {
        self.public.as_ref().is_some_and(|url| url.starts_with("https:"))
    }

    /// Whether a browser may have asked for this host. A name that somebody else's DNS points at us is refused; where
    /// the operator named no address and we listen for the whole network, there is nothing to compare with.
    fn answers_to(&self, host: &str) -> bool {
        let public = self.public.as_deref().and_then(|url| url.split_once("://")).map(|(_, host)| host);
        let local = self.loopback && is_loopback(host);
        local || public.is_some_and(|public| public.eq_ignore_ascii_case(host)) || (public.is_none() && !self.loopback)
    }

    /// Whether a page of ours has this origin. A reverse proxy may have changed the host, so the operator's word counts.
    fn is_ours(&self, origin: &str, host: &str) -> bool {
        let asked = origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
        self.public.as_deref().map_or(asked, |public| public.eq_ignore_ascii_case(origin) || (self.loopback && asked))
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    name.is_some_and(|name| {
        name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    })
}

fn host(request: &Request) -> &str {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    named.or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str)).unwrap_or_default()
}

/// Refuses calls for a host that is not ours.
pub(super) async fn known_host(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if origins.answers_to(host(&request)) {
        return next.run(request).await;
    }
    let text = "This is not the address of this console: set console.public_url to the URL that you use.";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

/// Refuses everything that could change something unless a page of ours sent it. Browsers say where a call comes from;
/// what says nothing and carries no cookie is no browser.
pub(super) async fn same_origin(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || comes_from_us(&origins, request.headers(), host(&request)) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "a call from another site was refused");
    (StatusCode::FORBIDDEN, "This call came from another site and was refused.").into_response()
}

fn comes_from_us(origins: &Origins, headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let site = text("sec-fetch-site");
    let origin = text("origin");
    match (site, origin) {
        (Some(site), Some(origin)) => site == "same-origin" && origins.is_ours(origin, host),
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => origins.is_ours(origin, host),
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> Origins {
        Origins::new(None, ([127, 0, 0, 1], 3000).into())
    }

    fn public() -> Origins {
        Origins::new(Some("https://nestor.example.org".to_owned()), ([0, 0, 0, 0], 3000).into())
    }

    #[test]
    fn only_our_own_names_are_answered() {
        for host in ["127.0.0.1:3000", "localhost:3000", "LOCALHOST", "[::1]:3000", "127.9.9.9"] {
            assert!(local().answers_to(host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::2]:1"] {
            assert!(!local().answers_to(host), "{host}");
        }
        assert!(public().answers_to("Nestor.example.org") && !public().answers_to("10.0.0.1:3000"));
    }

    #[test]
    fn foreign_sites_are_told_apart() {
        let call = |headers: &[(&'static str, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            comes_from_us(&local(), &headers, "127.0.0.1:3000")
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
            &[("origin", "http://127.0.0.1:3001")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")],
            &[("origin", "http://127.0.0.1:3000.evil.example")],
        ] {
            assert!(!call(forged), "{forged:?}");
        }
    }
}
