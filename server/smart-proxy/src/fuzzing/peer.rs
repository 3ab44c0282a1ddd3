//! Who calls: certificates, and the headers that browsers send.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN, REFERER};
use axum::http::{HeaderName, HeaderValue, Method};

use super::{is_clean, is_one_line};
use crate::guard;
use crate::{ANY_CERTIFICATE, Certificate, Peer, Transport, Trust};

/// A certificate (DER).
///
/// # Panics
///
/// When something does not hold.
pub fn certificate(data: &[u8]) {
    let Some(certificate) = Certificate::from_der(data) else { return };
    for name in certificate.names() {
        assert!(!name.is_empty() && is_clean(name) && !name.bytes().any(|c| c.is_ascii_uppercase()), "{name:?}");
        assert!(certificate.has(name));
        assert!(contains(data, name), "{name:?} is not in the certificate");
    }
    let label = certificate.label();
    assert!(!label.is_empty() && is_clean(label) && label.chars().count() <= 253, "{label:?}");
    let named = certificate.has("foreman.example.com");
    let peer = Peer { address: [192, 0, 2, 9].into(), transport: Transport::Tls(Some(Arc::new(certificate.clone()))) };
    match trust(&["foreman.example.com"]).judge(&peer, "/dhcp/192.0.2.0", &[]) {
        Ok(name) => assert!(named && name == "foreman.example.com"),
        Err(refusal) => {
            assert!(!named);
            is_one_line(&refusal);
        }
    }
    assert!(trust(&[]).judge(&peer, "/dhcp", &[]).is_err());
    assert!(trust(&[ANY_CERTIFICATE]).judge(&peer, "/dhcp", &[]).is_ok());
}

fn trust(list: &[&str]) -> Trust {
    Trust::new(Some(&list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()))
}

/// Whether the name stands somewhere in the octets, whatever its case.
fn contains(data: &[u8], name: &str) -> bool {
    data.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name.as_bytes()))
}

/// The first line is the method, the second the `Host`, and of every further line the first word names a header.
///
/// # Panics
///
/// When something does not hold.
pub fn page(data: &[u8]) {
    let Some(request) = sent(data) else { return };
    let refusal = guard::from_a_page(&request);
    let headers = request.headers();
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if headers.contains_key(ORIGIN) {
        assert!(refusal.is_some());
    }
    match refusal {
        Some(refusal) => is_one_line(&refusal),
        None if reading => headers.get_all(REFERER).iter().for_each(|from| is_of(headers.get(HOST), from)),
        None => {}
    }
}

/// A page of this very host: after the scheme, if any, stands the host, and then the path or nothing.
fn is_of(host: Option<&HeaderValue>, referer: &HeaderValue) {
    let host = host.map(|host| host.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    let referer = referer.as_bytes().to_ascii_lowercase();
    assert!(!host.is_empty(), "{referer:?}");
    let scheme = referer.windows(3).position(|window| window == b"://");
    let rest = scheme.map_or(&referer[..], |at| &referer[at + 3..]);
    let after = rest.strip_prefix(&host[..]);
    assert!(after.is_some_and(|after| matches!(after.first(), None | Some(b'/' | b'?' | b'#'))), "{referer:?}");
}

fn sent(data: &[u8]) -> Option<Request> {
    let mut lines = data.split(|octet| *octet == b'\n');
    let method = Method::from_bytes(lines.next()?).ok()?;
    let host = HeaderValue::from_bytes(lines.next()?).ok()?;
    let mut request = Request::builder().method(method).header(HOST, host);
    for line in lines {
        let colon = line.iter().position(|octet| *octet == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        request = request.header(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    request.body(Body::empty()).ok()
}
