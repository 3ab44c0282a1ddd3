//! Why TLS does not come about, by what an operator does about it, and when a certificate ends. Pure.

use std::fmt;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{AlertDescription as Alert, CertificateError, Error, InvalidMessage, PeerIncompatible};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Why TLS does not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// The other side wants a certificate, and we have none.
    NoClientCertificate,
    /// It does not accept ours.
    ClientCertificate,
    /// Its certificate is from an authority that we do not trust.
    UnknownAuthority,
    /// Its certificate has ended.
    Expired,
    /// Its certificate has not begun.
    NotYetValid,
    /// Its certificate is for others.
    WrongName {
        /// The names that it is for.
        found: Vec<String>,
    },
    /// What answers there does not speak TLS.
    NotTls,
    /// It speaks none that is new enough.
    TooOld,
    /// Something else.
    Other,
}

impl TlsFault {
    /// `ours`: whether we show a certificate.
    pub(crate) fn of(error: &Error, ours: bool) -> Self {
        match error {
            Error::InvalidCertificate(why) => Self::of_certificate(why),
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::NotTls,
            Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            )
            | Error::AlertReceived(Alert::ProtocolVersion | Alert::InsufficientSecurity) => Self::TooOld,
            Error::AlertReceived(alert) if refuses_certificate(*alert) || *alert == Alert::HandshakeFailure => {
                if ours {
                    Self::ClientCertificate
                } else {
                    Self::NoClientCertificate
                }
            }
            _ => Self::Other,
        }
    }

    fn of_certificate(why: &CertificateError) -> Self {
        match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::NotValidForName => Self::WrongName { found: Vec::new() },
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::WrongName { found: presented.iter().map(|name| bare(name).to_owned()).collect() }
            }
            // A signature that does not fit is that of another authority of the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownAuthority,
            _ => Self::Other,
        }
    }
}

/// Alerts that can only be about our certificate (RFC 8446, section 6.2).
pub(crate) fn refuses_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::DecryptError
    )
}

/// The name in `DnsName("kea.example.org")`.
fn bare(name: &str) -> &str {
    let inner = name.split_once('(').map_or(name, |(_, rest)| rest);
    inner.trim_matches(|c: char| c == ')' || c == '"')
}

/// A certificate that we are set up with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCertificate {
    /// What it is for.
    pub role: CertificateRole,
    /// Whose it is, as it says itself.
    pub subject: String,
    /// When it ends, in seconds since 1970.
    pub end: i64,
}

/// What a certificate of ours is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateRole {
    /// It is shown to Kea.
    Client,
    /// Kea's own must be from this authority.
    Authority,
}

impl OwnCertificate {
    /// Those of a PEM text, as far as they can be read. Of a chain that is shown the first is our own, the others are those
    /// of authorities that Kea has to look at, and only the first counts.
    pub(crate) fn of(pem: &[u8], role: CertificateRole) -> Vec<Self> {
        let most = if role == CertificateRole::Client { 1 } else { usize::MAX };
        let read = |der: CertificateDer<'static>| {
            let (_, certificate) = X509Certificate::from_der(&der).ok()?;
            let end = certificate.validity().not_after.timestamp();
            Some(Self { role, subject: certificate.subject().to_string(), end })
        };
        CertificateDer::pem_slice_iter(pem).take(most).filter_map(Result::ok).filter_map(read).collect()
    }
}

/// When a certificate (DER) ends, in seconds since 1970; none where it cannot be read.
pub(crate) fn end_of(certificate: &[u8]) -> Option<i64> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.validity().not_after.timestamp())
}

impl fmt::Display for TlsFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NoClientCertificate => {
                "it asks for a client certificate: set kea.client_certificate_file, from an authority that Kea trusts \
                 (trust-anchor)"
            }
            Self::ClientCertificate => {
                "it does not accept our client certificate: see that it has not ended, and that it is from the authority \
                 that Kea trusts (trust-anchor)"
            }
            Self::UnknownAuthority => {
                "its certificate is from an authority that is not trusted here: put that authority’s certificate into \
                 kea.ca_file"
            }
            Self::Expired => "its certificate has expired: have it renewed, and Kea reload its configuration",
            Self::NotYetValid => "its certificate is not valid yet: see that the clocks of both machines are right",
            Self::WrongName { found } if found.is_empty() => {
                "its certificate has no name: have one made for the host in kea.url"
            }
            Self::WrongName { found } => {
                return write!(
                    out,
                    "its certificate is for {}, and not for the host in kea.url: write that name there, or have a \
                     certificate made for the one that is there",
                    found.join(", ")
                );
            }
            Self::NotTls => {
                "it answers without TLS: write http:// in kea.url, or give Kea a certificate (trust-anchor, cert-file, \
                 key-file)"
            }
            Self::TooOld => "it speaks only TLS older than 1.2, which is not safe: update it or its TLS library",
            Self::Other => "TLS does not come about with it: see Kea’s log, and its cert-file, key-file and trust-anchor",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_sentence_of_its_own() {
        let presented = vec!["DnsName(\"kea.example.org\")".to_owned(), "IpAddress(192.0.2.1)".to_owned()];
        let expected = rustls::pki_types::ServerName::try_from("other.example.org").unwrap();
        let names = CertificateError::NotValidForNameContext { expected, presented };
        let certificate = Error::InvalidCertificate;
        let faults = [
            (Error::AlertReceived(Alert::CertificateRequired), false, TlsFault::NoClientCertificate),
            (Error::AlertReceived(Alert::HandshakeFailure), false, TlsFault::NoClientCertificate),
            (Error::AlertReceived(Alert::UnknownCA), true, TlsFault::ClientCertificate),
            (certificate(CertificateError::UnknownIssuer), true, TlsFault::UnknownAuthority),
            (certificate(CertificateError::Expired), true, TlsFault::Expired),
            (certificate(CertificateError::NotValidYet), true, TlsFault::NotYetValid),
            (
                certificate(names),
                true,
                TlsFault::WrongName { found: vec!["kea.example.org".to_owned(), "192.0.2.1".to_owned()] },
            ),
            (Error::InvalidMessage(InvalidMessage::InvalidContentType), true, TlsFault::NotTls),
            (Error::AlertReceived(Alert::ProtocolVersion), true, TlsFault::TooOld),
            (Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13), true, TlsFault::TooOld),
            (Error::General(String::new()), true, TlsFault::Other),
        ];
        let mut sentences = std::collections::BTreeMap::new();
        for (error, ours, fault) in faults {
            assert_eq!(TlsFault::of(&error, ours), fault, "{error}");
            assert!(fault.to_string().contains(": "), "what to do is missing: {fault}");
            let sentence = fault.to_string();
            assert_eq!(*sentences.entry(sentence).or_insert_with(|| fault.clone()), fault);
        }
        assert_eq!(sentences.len(), 9);
    }
}
