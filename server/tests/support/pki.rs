//! Certificates, good and bad.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test takes a part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DistinguishedName, DnType,
    DnValue, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType,
    SerialNumber,
};
use time::{Duration, OffsetDateTime};

/// A certificate authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM text.
#[derive(Clone)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn issue(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        Identity { certificate: params.signed_by(&key, &*self.0).unwrap().pem(), key: key.serialize_pem() }
    }

    /// A certificate with this common name.
    pub fn named(&self, name: &str) -> Identity {
        self.issue(&common_name(name))
    }

    /// A certificate for a server at these names.
    pub fn server(&self, names: &[&str], until: OffsetDateTime) -> Identity {
        let mut params = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.not_after = until;
        self.issue(&params)
    }

    /// A list of what this authority revoked, valid from two hours ago.
    pub fn revoking(&self, serials: &[u64], until: OffsetDateTime) -> String {
        let revoked = serials.iter().map(|&serial| RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: hours(-2),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: hours(-2),
            next_update: until,
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&*self.0).unwrap().pem().unwrap()
    }
}

/// A certificate that only its owner signed.
pub fn self_signed(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    Identity { certificate: common_name(name).self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

/// What a certificate with this common name is made of.
pub fn common_name(name: &str) -> CertificateParams {
    subject(&[(DnType::CommonName, name)])
}

/// What a certificate with this subject is made of.
pub fn subject(attributes: &[(DnType, &str)]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, text) in attributes {
        params.distinguished_name.push(kind.clone(), DnValue::Utf8String((*text).to_owned()));
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

/// The common name under its number, for a second one.
pub fn again() -> DnType {
    DnType::CustomDnType(vec![2, 5, 4, 3])
}

pub fn dns(name: &str) -> SanType {
    SanType::DnsName(Ia5String::try_from(name).unwrap())
}

pub fn mail(address: &str) -> SanType {
    SanType::Rfc822Name(Ia5String::try_from(address).unwrap())
}

/// That many hours from now.
pub fn hours(count: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::hours(count)
}
