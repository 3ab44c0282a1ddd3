//! Who may call: decided from a list, and from what is known about the peer. No resolver is asked here.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use crate::Certificate;
use crate::refusal::Refusal;

/// The entry that stands for every certificate that the handshake lets through.
pub const ANY_CERTIFICATE: &str = "*";

/// Who is at the other end of a connection. The server puts it into each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its address; IPv4 as IPv4.
    pub address: IpAddr,
    /// How it came.
    pub transport: Transport,
}

/// How a call came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Over plain HTTP.
    Plain,
    /// Over TLS, with the certificate that the handshake checked, or without one.
    Tls(Option<Arc<Certificate>>),
}

/// The trusted hosts. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trust(Option<Arc<List>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct List {
    any_certificate: bool,
    /// Everything that was listed, in lower case.
    names: BTreeSet<String>,
    addresses: Vec<IpAddr>,
    /// What is no address, to be looked up for peers without a certificate.
    hosts: Vec<String>,
}

impl Trust {
    /// Those of the list; an empty list trusts no caller. Without one each caller is trusted over plain HTTP, and every
    /// certificate over TLS.
    pub fn new(list: Option<&[String]>) -> Self {
        Self(list.map(|entries| Arc::new(List::new(entries))))
    }

    /// The host names whose addresses [`Trust::judge`] wants to know for this peer.
    pub(crate) fn asks_for(&self, peer: &Peer) -> &[String] {
        match (&self.0, &peer.transport) {
            (Some(list), Transport::Plain) if !list.addresses.contains(&peer.address) => &list.hosts,
            _ => &[],
        }
    }

    /// The name of a peer that may call. `path` is that of the whole request; `found` are the addresses of the hosts
    /// that were asked for.
    pub(crate) fn judge(&self, peer: &Peer, path: &str, found: &[IpAddr]) -> Result<String, Refusal> {
        let address = peer.address;
        match (&peer.transport, &self.0) {
            (Transport::Plain, None) => Ok(address.to_string()),
            (Transport::Plain, Some(list)) if list.addresses.contains(&address) || found.contains(&address) => {
                Ok(address.to_string())
            }
            (Transport::Plain, Some(_)) => Err(untrusted(&address.to_string(), path)),
            (Transport::Tls(Some(certificate)), Some(list)) => match list.name_of(certificate) {
                Some(name) => Ok(name.to_owned()),
                None => Err(untrusted(certificate.label(), path)),
            },
            (Transport::Tls(Some(certificate)), None) => Ok(certificate.label().to_owned()),
            (Transport::Tls(None), Some(list)) if !list.any_certificate => {
                Err(Refusal::forbidden("could not read client cert from environment"))
            }
            (Transport::Tls(None), _) => Err(Refusal::forbidden("No client SSL certificate supplied")),
        }
    }
}

impl List {
    fn new(entries: &[String]) -> Self {
        let (any, names): (Vec<_>, Vec<_>) =
            entries.iter().map(|entry| entry.to_ascii_lowercase()).partition(|entry| entry == ANY_CERTIFICATE);
        let address = |name: &String| name.parse().map(|address: IpAddr| address.to_canonical());
        Self {
            any_certificate: !any.is_empty(),
            addresses: names.iter().filter_map(|name| address(name).ok()).collect(),
            hosts: names.iter().filter(|name| address(name).is_err()).cloned().collect(),
            names: names.into_iter().collect(),
        }
    }

    /// The name by which this certificate is trusted.
    fn name_of<'a>(&'a self, certificate: &'a Certificate) -> Option<&'a str> {
        let listed = self.names.iter().find(|name| certificate.has(name)).map(String::as_str);
        listed.or_else(|| self.any_certificate.then(|| certificate.label()))
    }
}

fn untrusted(name: &str, path: &str) -> Refusal {
    let path = within_module(path);
    Refusal::forbidden(format!(
        "Untrusted client {name} attempted to access {path}. Check :trusted_hosts: in settings.yml"
    ))
}

/// What follows the first segment of a path.
fn within_module(path: &str) -> &str {
    let module = path.strip_prefix('/').unwrap_or(path);
    module.find('/').map_or("", |end| &module[end..])
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::*;

    fn trust(list: &[&str]) -> Trust {
        Trust::new(Some(&list.iter().map(|&entry| entry.to_owned()).collect::<Vec<_>>()))
    }

    fn plain(address: &str) -> Peer {
        Peer { address: address.parse().unwrap(), transport: Transport::Plain }
    }

    fn tls(name: Option<&str>) -> Peer {
        let certificate = name.map(|name| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, name);
            let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            Arc::new(Certificate::from_der(der.der()).unwrap())
        });
        Peer { address: "192.0.2.9".parse().unwrap(), transport: Transport::Tls(certificate) }
    }

    fn refusal(trust: &Trust, peer: &Peer, path: &str) -> String {
        let refusal = trust.judge(peer, path, &[]).unwrap_err();
        assert_eq!(refusal.status, StatusCode::FORBIDDEN);
        refusal.text
    }

    #[test]
    fn listed_certificates_are_trusted_by_their_name() {
        let trust = trust(&["other", "Foreman.Example.com"]);
        let name = trust.judge(&tls(Some("FOREMAN.example.COM")), "/dhcp", &[]).unwrap();
        assert_eq!(name, "foreman.example.com");
        assert!(trust.judge(&tls(Some("foreman.example.com.evil")), "/dhcp", &[]).is_err());
    }

    #[test]
    fn refusals_name_the_peer_and_the_path_within_the_module() {
        let trust = trust(&["foreman"]);
        for (path, shown) in [
            ("/dhcp", ""),
            ("/dhcp/", "/"),
            ("/dhcp/192.0.2.0", "/192.0.2.0"),
            ("/v2/features", "/features"),
            ("/logs", ""),
        ] {
            let text = refusal(&trust, &tls(Some("Evil")), path);
            let expected =
                format!("Untrusted client Evil attempted to access {shown}. Check :trusted_hosts: in settings.yml");
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn without_a_certificate_no_caller_is_trusted_over_tls() {
        let stranger = tls(None);
        assert_eq!(refusal(&trust(&["foreman"]), &stranger, "/dhcp"), "could not read client cert from environment");
        assert_eq!(refusal(&trust(&[]), &stranger, "/dhcp"), "could not read client cert from environment");
        // Not even one that comes from a listed address.
        assert_eq!(refusal(&trust(&["192.0.2.9"]), &stranger, "/dhcp"), "could not read client cert from environment");
        assert!(trust(&["192.0.2.9", "foreman"]).asks_for(&stranger).is_empty());
        assert_eq!(refusal(&trust(&["*"]), &stranger, "/dhcp"), "No client SSL certificate supplied");
        assert_eq!(refusal(&Trust::new(None), &stranger, "/dhcp"), "No client SSL certificate supplied");
    }

    #[test]
    fn a_star_takes_every_certificate_and_an_empty_list_none() {
        let known = tls(Some("Known"));
        assert_eq!(trust(&["*"]).judge(&known, "/dhcp", &[]).unwrap(), "Known");
        assert_eq!(Trust::new(None).judge(&known, "/dhcp", &[]).unwrap(), "Known");
        assert!(trust(&[]).judge(&known, "/dhcp", &[]).is_err());
        assert!(trust(&["*.example.com"]).judge(&tls(Some("a.example.com")), "/dhcp", &[]).is_err());
    }

    #[test]
    fn over_plain_http_the_address_decides() {
        let trust = trust(&["192.0.2.7", "Foreman.example.com", "*"]);
        assert_eq!(trust.judge(&plain("192.0.2.7"), "/dhcp", &[]).unwrap(), "192.0.2.7");
        assert!(trust.asks_for(&plain("192.0.2.7")).is_empty(), "what is listed need not be looked up");
        let peer = plain("192.0.2.8");
        assert_eq!(trust.asks_for(&peer), ["foreman.example.com"]);
        assert!(trust.judge(&peer, "/dhcp", &["192.0.2.8".parse().unwrap()]).is_ok());
        assert!(trust.judge(&peer, "/dhcp", &["192.0.2.88".parse().unwrap()]).is_err());
        assert!(refusal(&trust, &peer, "/dhcp").starts_with("Untrusted client 192.0.2.8 attempted"));
        assert!(Trust::new(None).judge(&peer, "/dhcp", &[]).is_ok());
    }
}
