//! By which names a listener is called. A foreign page, whose own name is pointed at our address, must get
//! nothing: browsers take what it reads here for its own.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use smart_proxy::NotForUs;
use tokio::sync::watch;

use super::own_name;

/// A host as a request names it (RFC 9110 §7.2). Capitals and a full stop at its end make no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// The name, or the address without brackets.
    pub(crate) name: String,
    /// The port; none: that of the scheme.
    pub(crate) port: Option<u16>,
}

impl Host {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok().filter(|_| !text.contains('@'))?;
        let name = authority.host().trim_start_matches('[').trim_end_matches(']');
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        // “name:” is allowed, “name:99999” is not.
        let rest = text.rsplit_once(']').map_or(text, |(_, rest)| rest);
        let port = rest.rsplit_once(':').map_or("", |(_, port)| port);
        let port = if port.is_empty() { None } else { Some(port.parse().ok()?) };
        (!name.is_empty()).then_some(Self { name, port })
    }

    fn address(&self) -> Option<IpAddr> {
        self.name.parse().ok().map(|address: IpAddr| address.to_canonical())
    }

    fn is_loopback(&self) -> bool {
        self.name == "localhost" || self.address().is_some_and(|address| address.is_loopback())
    }
}

/// A name that a listener has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// `*.` at its beginning stands for one label, as in certificates.
    pub(crate) name: String,
    /// The port that it is called with, and whether that need not be said; none: any.
    pub(crate) port: Option<(u16, bool)>,
}

impl Name {
    /// A name with any port, or with the one that is said.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let Host { name, port } = Host::parse(text)?;
        Some(Self { name, port: port.map(|port| (port, false)) })
    }

    fn is(&self, host: &Host) -> bool {
        let port = match (self.port, host.port) {
            (None, _) => true,
            (Some((mine, _)), Some(called)) => mine == called,
            (Some((_, is_usual)), None) => is_usual,
        };
        port && self.covers(&host.name)
    }

    fn covers(&self, name: &str) -> bool {
        match self.name.strip_prefix("*.") {
            Some(parent) => name.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
            None => self.name == name,
        }
    }
}

/// The names that a listener answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hosts {
    names: Vec<Name>,
    /// The address that it listens on, where it answers to that too.
    by_address: Option<IpAddr>,
    /// What to do about a call by another name.
    advice: &'static str,
}

impl Hosts {
    /// These names. Where the operator names none (`unnamed`), also the address that is listened on and the name of this
    /// machine; where that is every address, any address: no page can be called by one that is not where it came from.
    pub(crate) fn new(names: Vec<Name>, unnamed: bool, listen: SocketAddr, advice: &'static str) -> Self {
        Self { names, by_address: unnamed.then(|| listen.ip().to_canonical()), advice }
    }

    /// The same with other names.
    pub(crate) fn with(&self, names: Vec<Name>) -> Self {
        Self { names, ..self.clone() }
    }

    /// Whether a request for this host is ours.
    pub(crate) fn answer_to(&self, host: &Host) -> bool {
        self.names.iter().any(|name| name.is(host)) || self.answer_unnamed(host)
    }

    /// Whether a request for this host is ours without being configured. What is on this machine is always ours.
    pub(crate) fn answer_unnamed(&self, host: &Host) -> bool {
        let here = self.by_address.is_some_and(|listen| match host.address() {
            Some(address) => address == listen || listen.is_unspecified(),
            None => own_name().is_some_and(|own| own == host.name),
        });
        host.is_loopback() || here
    }

    /// The host that a request is for; none: one of a program that names none, as no browser does.
    fn judge(&self, request: &Request) -> Result<Option<Host>, Refused> {
        let headers = request.headers();
        if let Some(name) = doubled(headers) {
            return Err(Refused::Doubled(name));
        }
        let said = headers.get(header::HOST).map(|host| host.to_str().unwrap_or_default());
        let asked = request.uri().authority().map(Authority::as_str);
        let host = match (said, asked) {
            (Some(text), None) | (None, Some(text)) => Host::parse(text),
            (Some(said), Some(asked)) => Host::parse(said).filter(|host| Host::parse(asked).as_ref() == Some(host)),
            (None, None) if request.version() < Version::HTTP_11 => return Ok(None),
            (None, None) => None,
        };
        let host = host.ok_or(Refused::NoHost)?;
        if self.answer_to(&host) { Ok(Some(host)) } else { Err(Refused::Foreign(host)) }
    }
}

/// Why a request is not for us.
enum Refused {
    Doubled(HeaderName),
    NoHost,
    Foreign(Host),
}

/// A header that decides something and is there twice: a reader of the first and one of the last would not agree.
fn doubled(headers: &HeaderMap) -> Option<HeaderName> {
    const ONCE: [HeaderName; 4] = [header::HOST, header::ORIGIN, header::REFERER, header::CONTENT_TYPE];
    let decides = |name: &&HeaderName| ONCE.contains(name) || name.as_str().starts_with("sec-fetch-");
    headers.keys().filter(decides).find(|name| headers.get_all(*name).iter().nth(1).is_some()).cloned()
}

impl Refused {
    /// The status of the answer, and a sentence.
    fn answer(&self, advice: &str) -> (StatusCode, String) {
        match self {
            Self::Doubled(name) => (StatusCode::BAD_REQUEST, format!("The header {name} is there twice.")),
            Self::NoHost => (StatusCode::BAD_REQUEST, "The request does not name one host that it is for.".to_owned()),
            Self::Foreign(host) => {
                let text = format!("“{}” is not a name of Nestor’s. {advice}", host.name);
                (StatusCode::MISDIRECTED_REQUEST, text)
            }
        }
    }
}

/// Judges a request by the names that we have at this time. One that is for us says which host it is for from then on.
fn judged(hosts: &watch::Receiver<Hosts>, mut request: Request) -> (Request, Option<(StatusCode, String)>) {
    let hosts = hosts.borrow().clone();
    match hosts.judge(&request) {
        Ok(host) => {
            if let Some(host) = host {
                request.extensions_mut().insert(host);
            }
            (request, None)
        }
        Err(refused) => (request, Some(refused.answer(hosts.advice))),
    }
}

/// Lets only those requests through that are for us.
pub(crate) async fn known_host(State(hosts): State<watch::Receiver<Hosts>>, request: Request, next: Next) -> Response {
    match judged(&hosts, request) {
        (request, None) => next.run(request).await,
        (_, Some((status, text))) => {
            tracing::warn!(status = status.as_u16(), "a request was refused: {text}");
            (status, text + "\n").into_response()
        }
    }
}

/// Says of each request of Foreman's whether it is for us, for those who answer it and remember it.
pub(crate) async fn note_host(State(hosts): State<watch::Receiver<Hosts>>, request: Request, next: Next) -> Response {
    let (mut request, refused) = judged(&hosts, request);
    if let Some((status, text)) = refused {
        request.extensions_mut().insert(NotForUs { status, text });
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn hosts(names: &[&str], unnamed: bool, listen: &str) -> Hosts {
        let names = names.iter().map(|name| Name::parse(name).unwrap()).collect();
        Hosts::new(names, unnamed, listen.parse().unwrap(), "")
    }

    fn answer(hosts: &Hosts, host: &str) -> bool {
        Host::parse(host).is_some_and(|host| hosts.answer_to(&host))
    }

    #[test]
    fn hosts_are_read_as_they_are_meant() {
        let host = |text: &str| Host::parse(text).map(|host| (host.name, host.port));
        assert_eq!(host("Nestor.Example.ORG.:443"), Some(("nestor.example.org".to_owned(), Some(443))));
        assert_eq!(host("[::1]:80"), Some(("::1".to_owned(), Some(80))));
        assert_eq!(host("[::1]"), Some(("::1".to_owned(), None)));
        for wrong in ["", ":80", "a b", "a:99999", "a:b", "a@b", "a/b", "http://a"] {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_listens_on_this_machine_alone_is_called_by_names_of_it() {
        let local = hosts(&[], true, "127.0.0.1:3000");
        for host in ["127.0.0.1:3000", "localhost:3000", "LOCALHOST", "[::1]:3000", "127.9.9.9", "localhost."] {
            assert!(answer(&local, host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::2]:1", "192.0.2.1"] {
            assert!(!answer(&local, host), "{host}");
        }
    }

    #[test]
    fn what_listens_on_an_address_is_called_by_that() {
        let one = hosts(&[], true, "192.0.2.1:3000");
        assert!(answer(&one, "192.0.2.1:3000") && answer(&one, "localhost"));
        assert!(!answer(&one, "192.0.2.2:3000") && !answer(&one, "nestor.example.org:3000"));
        for every in ["0.0.0.0:3000", "[::]:3000"] {
            let every = hosts(&[], true, every);
            assert!(answer(&every, "192.0.2.2:80") && answer(&every, "[2001:db8::1]") && answer(&every, "localhost:1"));
            assert!(!answer(&every, "nestor.example.org") && !answer(&every, "192.0.2.2.evil.example"));
            if let Some(own) = own_name() {
                assert!(answer(&every, &own) && !answer(&every, &format!("{own}.evil.example")));
            }
        }
    }

    #[test]
    fn names_that_are_set_are_exact() {
        let named = hosts(&["nestor.example.org", "other.example.org:8443", "*.example.net"], false, "0.0.0.0:3000");
        for ours in ["NESTOR.example.org", "nestor.example.org:1234", "other.example.org:8443", "a.example.net"] {
            assert!(answer(&named, ours), "{ours}");
        }
        for other in ["192.0.2.1", "other.example.org", "other.example.org:1", "a.b.example.net", "example.net"] {
            assert!(!answer(&named, other), "{other}");
        }
        assert!(answer(&named, "127.0.0.1"), "a local monitor asks by address");
        let usual = Name { name: "nestor.example.org".to_owned(), port: Some((443, true)) };
        let usual = Hosts::new(vec![usual], false, "127.0.0.1:3000".parse().unwrap(), "");
        assert!(answer(&usual, "nestor.example.org") && answer(&usual, "nestor.example.org:443"));
        assert!(!answer(&usual, "nestor.example.org:80"));
    }

    #[test]
    fn a_request_names_one_host() {
        let local = hosts(&[], true, "127.0.0.1:3000");
        let verdict = |version, uri: &str, headers: &[(&str, &str)]| {
            let request = Request::builder().version(version).uri(uri);
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            match local.judge(&request.body(Body::empty()).unwrap()) {
                Ok(_) => "ours",
                Err(Refused::Doubled(_)) => "doubled",
                Err(Refused::NoHost) => "none",
                Err(Refused::Foreign(_)) => "foreign",
            }
        };
        let new = Version::HTTP_11;
        for (uri, headers, expected) in [
            ("/", &[("host", "localhost")][..], "ours"),
            ("http://localhost/", &[("host", "localhost")], "ours"),
            ("http://evil.example/", &[("host", "localhost")], "none"),
            ("http://evil.example/", &[], "foreign"),
            ("/", &[("host", "evil.example")], "foreign"),
            ("/", &[("host", "localhost"), ("host", "localhost")], "doubled"),
            ("/", &[("host", "localhost"), ("origin", "http://a"), ("origin", "http://a")], "doubled"),
            ("/", &[("host", "localhost"), ("sec-fetch-site", "none"), ("sec-fetch-site", "none")], "doubled"),
            ("/", &[], "none"),
        ] {
            assert_eq!(verdict(new, uri, headers), expected, "{uri} {headers:?}");
        }
        assert_eq!(verdict(Version::HTTP_10, "/", &[]), "ours", "no browser asks so");
    }
}
