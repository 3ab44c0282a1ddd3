//! Any call of the whole router, and what holds for every answer before no Kea. `server/fuzz` takes this file by
//! `#[path]`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, reason = "panicking is how it reports")]
#![allow(unreachable_pub, missing_docs, reason = "test support")]

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use serde_json::Value;
use services::Services;
use smart_proxy::{Certificate, Peer, Settings, Transport, Trust};
use tower::ServiceExt;

/// A certificate of foreman.example.com.
static FOREMAN: LazyLock<Arc<Certificate>> =
    LazyLock::new(|| certificate(include_bytes!("../../../fuzz/corpus/certificate/foreman.der")));

/// A certificate of z.example.com.
static STRANGER: LazyLock<Arc<Certificate>> =
    LazyLock::new(|| certificate(include_bytes!("../../../fuzz/corpus/certificate/utf8.der")));

/// The statuses of the contract that need no DHCP server.
const STATUSES: [u16; 5] = [200, 400, 403, 404, 413];

/// The headers of answers; nothing else is set, whatever is sent.
const HEADERS: [&str; 8] = [
    "server",
    "content-length",
    "content-type",
    "x-cascade",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
    "x-xss-protection",
];

const KINDS: [&str; 3] = ["application/json", "text/html;charset=utf-8", "text/plain"];

/// The routes for every caller over plain HTTP, and the same for one certificate over TLS.
pub struct Routers {
    open: Router,
    closed: Router,
}

impl Routers {
    pub fn new(services: &Services) -> Self {
        let trust = Trust::new(Some(&["foreman.example.com".to_owned()]));
        let closed =
            Settings { tls: true, trust: tokio::sync::watch::channel(trust).1, ..smart_proxy::Settings::default() };
        Self {
            open: smart_proxy::router(services.clone(), Settings::default()),
            closed: smart_proxy::router(services.clone(), closed),
        }
    }

    /// Makes the call, if it is one, and looks at the answer.
    ///
    /// The first line is method, target and caller; then follow headers, an empty line and the body.
    pub async fn take(&self, data: &[u8]) {
        let Some((request, caller)) = call(data) else { return };
        let (asked, body) = request.into_parts();
        let request = Request::from_parts(asked.clone(), body);
        let router = if matches!(caller, Caller::Plain) { &self.open } else { &self.closed };
        let response = router.clone().oneshot(request).await.unwrap();
        let (answer, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let status = answer.status.as_u16();
        assert!(STATUSES.contains(&status), "{status}");
        headers(&asked, &answer.headers);
        if status == 200 {
            granted(&asked, caller, &answer.headers, &body);
        } else {
            refused(&asked, &body);
        }
        if asked.headers.contains_key("origin") {
            assert_eq!(status, 403);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Caller {
    Plain,
    /// With a certificate that is trusted.
    Foreman,
    /// With another certificate, without one, or from an unknown peer.
    Other,
}

fn headers(asked: &Parts, answer: &HeaderMap) {
    for (name, value) in answer {
        assert!(HEADERS.contains(&name.as_str()), "{name}");
        assert!(value.to_str().is_ok_and(|value| !value.chars().any(char::is_control)), "{name}: {value:?}");
        assert_eq!(answer.get_all(name).iter().count(), 1, "{name}");
    }
    assert_eq!(answer["x-content-type-options"], "nosniff");
    let kind = answer["content-type"].to_str().unwrap();
    assert!(KINDS.contains(&kind), "{kind}");
    assert_eq!(answer.contains_key("x-frame-options"), kind == KINDS[1]);
    if let Some(id) = answer.get("x-request-id") {
        assert_eq!(Some(id), asked.headers.get("x-request-id"));
    }
}

/// JSON or nothing, and only for whom it is meant.
fn granted(asked: &Parts, caller: Caller, answer: &HeaderMap, body: &Bytes) {
    let path = asked.uri.path();
    assert!(caller != Caller::Other || matches!(path, "/features" | "/version"), "{path}");
    if asked.method != Method::GET {
        return assert!(body.is_empty(), "{}", asked.method);
    }
    assert_eq!(answer["content-type"], KINDS[0]);
    let json: Value = serde_json::from_slice(body).unwrap();
    for entry in json["logs"].as_array().into_iter().flatten() {
        is_line(entry["message"].as_str().unwrap());
    }
}

fn refused(asked: &Parts, body: &Bytes) {
    assert_eq!(body.is_empty(), asked.method == Method::HEAD);
    is_line(std::str::from_utf8(body).unwrap());
}

fn is_line(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

fn call(data: &[u8]) -> Option<(Request<Body>, Caller)> {
    let (head, body) = halves(data, b"\n\n").unwrap_or((data, b""));
    let mut lines = head.split(|octet| *octet == b'\n');
    let mut words = lines.next()?.split(|octet| *octet == b' ');
    let method = Method::from_bytes(words.next()?).ok()?;
    let target = Uri::try_from(words.next()?).ok()?;
    let mut request = Request::builder().method(method).uri(target);
    let (peer, caller) = caller(words.next().unwrap_or_default());
    request = match peer {
        Some(peer) => request.extension(peer),
        None => request,
    };
    for line in lines {
        let (name, value) = halves(line, b":")?;
        let name = HeaderName::from_bytes(name).ok()?;
        request = request.header(name, HeaderValue::from_bytes(value.trim_ascii()).ok()?);
    }
    Some((request.body(Body::from(body.to_vec())).ok()?, caller))
}

fn caller(word: &[u8]) -> (Option<Peer>, Caller) {
    let peer = |transport| Some(Peer { address: IpAddr::from([192, 0, 2, 9]), transport });
    let tls = |certificate: &Arc<Certificate>| peer(Transport::Tls(Some(certificate.clone())));
    match word {
        b"plain" => (peer(Transport::Plain), Caller::Plain),
        b"foreman" => (tls(&FOREMAN), Caller::Foreman),
        b"stranger" => (tls(&STRANGER), Caller::Other),
        b"none" => (peer(Transport::Tls(None)), Caller::Other),
        _ => (None, Caller::Other),
    }
}

fn certificate(der: &[u8]) -> Arc<Certificate> {
    Arc::new(Certificate::from_der(der).expect("a certificate"))
}

fn halves<'a>(data: &'a [u8], between: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = data.windows(between.len()).position(|window| window == between)?;
    Some((&data[..at], &data[at + between.len()..]))
}
