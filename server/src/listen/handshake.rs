//! Why a TLS handshake with Foreman fails because of a certificate, in words for the operator. Pure.

use model::Timestamp;
use rustls::{CertificateError, Error};

/// What of certificates is in the way; none: something else.
pub(super) fn reason(error: &Error) -> Option<String> {
    match error {
        Error::InvalidCertificate(why) => Some(format!("Its certificate was refused: {}.", refused(why))),
        Error::AlertReceived(alert) => Some(format!(
            "It gave up ({alert:?}): it does not accept Nestor’s certificate. Its authority must be in Foreman’s SSL CA \
             file, and the host of the URL in the certificate."
        )),
        _ => None,
    }
}

fn refused(why: &CertificateError) -> String {
    match why {
        CertificateError::Expired => "it has expired".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => format!("it expired at {}", moment(not_after.as_secs())),
        CertificateError::NotValidYet => "it is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("it is not valid before {}", moment(not_before.as_secs()))
        }
        CertificateError::Revoked => "it is revoked (smart_proxy.crl_file)".to_owned(),
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "it is from no authority in smart_proxy.ca_file".to_owned()
        }
        CertificateError::UnknownRevocationStatus => {
            "smart_proxy.crl_file has no list of its authority, so it may be revoked".to_owned()
        }
        CertificateError::ExpiredRevocationList | CertificateError::ExpiredRevocationListContext { .. } => {
            "the list of its authority in smart_proxy.crl_file has ended".to_owned()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not made for clients".to_owned()
        }
        other => format!("{other:?}"),
    }
}

fn moment(seconds: u64) -> Timestamp {
    Timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use rustls::AlertDescription;

    use super::*;

    #[test]
    fn each_refusal_says_what_is_wrong() {
        let said = |why| reason(&Error::InvalidCertificate(why)).unwrap();
        assert_eq!(said(CertificateError::Expired), "Its certificate was refused: it has expired.");
        assert!(said(CertificateError::UnknownIssuer).contains("smart_proxy.ca_file"));
        assert!(said(CertificateError::Revoked).contains("crl_file"));
        assert!(reason(&Error::AlertReceived(AlertDescription::UnknownCA)).unwrap().contains("SSL CA file"));
        assert_eq!(reason(&Error::HandshakeNotComplete), None, "noise is no call");
    }
}
