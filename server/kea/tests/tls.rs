//! Certificates, both ways, against a real Kea that asks for one.

use crate::lab::{Kea, Tls};
use kea::commands::{ConfigWrite, VersionGet};
use kea::{CertificateRole, Client, Endpoint, ErrorKind, Secret, TlsFault, UnreachableReason};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::json;
use time::OffsetDateTime;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Lab CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key for a name or an address.
fn issue(authority: &Authority, name: &str, until: Option<OffsetDateTime>) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_after = until.unwrap_or(params.not_after);
    params.distinguished_name.push(DnType::CommonName, name);
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

fn start(authority: &Authority, name: &str) -> Kea {
    start_until(authority, name, None)
}

fn start_until(authority: &Authority, name: &str, until: Option<OffsetDateTime>) -> Kea {
    let (certificate, key) = issue(authority, name, until);
    Kea::start_https(json!({}), &Tls { ca: authority.pem(), certificate, key })
}

/// A client that trusts one authority and shows a certificate of another.
fn client(kea: &Kea, trusted: &Authority, shown: Option<&Authority>) -> Client {
    let endpoint = Endpoint::new(&kea.url()).unwrap().with_ca(trusted.pem().as_bytes()).unwrap();
    let mut endpoint = endpoint.with_auth(kea.user(), Secret::new(kea.password())).unwrap();
    if let Some(authority) = shown {
        let (certificate, key) = issue(authority, "console", None);
        endpoint = endpoint.with_client_identity(&Secret::new(certificate + &key)).unwrap();
    }
    Client::new(endpoint).unwrap()
}

#[tokio::test]
async fn certificates_that_fit_are_enough() {
    let ours = authority();
    let kea = start(&ours, "127.0.0.1");
    let client = client(&kea, &ours, Some(&ours));
    client.send(&VersionGet).await.unwrap();
    client.send(&ConfigWrite).await.unwrap();
    let end = rcgen::date_time_ymd(4096, 1, 1).unix_timestamp();
    assert_eq!(client.certificate_end(), Some(end), "what a certificate of the lab has when nothing else is said");
    let own: Vec<_> =
        client.endpoint().certificates().iter().map(|own| (own.role, own.subject.as_str(), own.end)).collect();
    let expected = [(CertificateRole::Authority, "CN=Lab CA", end), (CertificateRole::Client, "CN=console", end)];
    assert_eq!(own.len(), expected.len());
    for ((role, subject, until), expected) in own.iter().zip(expected) {
        assert!((*role, *until) == (expected.0, expected.2) && subject.contains(expected.1), "{own:?}");
    }
}

#[tokio::test]
async fn certificates_that_do_not_fit_are_reported_before_anything_is_sent() {
    let (ours, other) = (authority(), authority());
    let kea = start(&ours, "127.0.0.1");
    let elsewhere = start(&ours, "kea.example.org");
    let outdated = start_until(&ours, "127.0.0.1", Some(rcgen::date_time_ymd(2020, 1, 1)));
    let wrong_name = TlsFault::WrongName { found: vec!["kea.example.org".to_owned()] };
    for (fault, client) in [
        (TlsFault::NoClientCertificate, client(&kea, &ours, None)),
        (TlsFault::ClientCertificate, client(&kea, &ours, Some(&other))),
        (TlsFault::UnknownAuthority, client(&kea, &other, Some(&ours))),
        (wrong_name, client(&elsewhere, &ours, Some(&ours))),
        (TlsFault::Expired, client(&outdated, &ours, Some(&ours))),
    ] {
        let unreachable = ErrorKind::Unreachable { why: UnreachableReason::Tls(fault) };
        assert_eq!(client.send(&VersionGet).await.unwrap_err().kind, unreachable);
        assert_eq!(client.send(&ConfigWrite).await.unwrap_err().kind, unreachable);
    }
}
