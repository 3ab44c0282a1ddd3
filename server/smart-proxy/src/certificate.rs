//! The names in a client certificate.

use std::collections::BTreeSet;

use x509_parser::der_parser::asn1_rs::Tag;
use x509_parser::prelude::{AttributeTypeAndValue, FromDer, GeneralName, X509Certificate};

/// No name of a host is longer; what is longer is cut where it is shown.
const LONGEST_LABEL: usize = 253;

/// The names in a certificate whose chain, time and purpose the TLS handshake has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    names: BTreeSet<String>,
    label: String,
}

impl Certificate {
    /// Reads a certificate (DER); none when it is not one.
    ///
    /// Its names are its one common name, and the host names among its alternative names. Of several common names none
    /// counts: programs disagree about which of them is meant. Nothing is a pattern: `*.example.com` is only itself.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let common: Vec<Option<&str>> = certificate.subject().iter_common_name().map(text).collect();
        let alternative = host_names(&certificate);
        let own = if let [one] = common.as_slice() { *one } else { None };
        let names: BTreeSet<String> = own.iter().chain(&alternative).map(|name| name.to_ascii_lowercase()).collect();
        let label = common.iter().flatten().chain(&alternative).next().copied().unwrap_or("without a name");
        Some(Self { names, label: label.chars().take(LONGEST_LABEL).collect() })
    }

    /// Whether this name, in lower case, is one of its names.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// All of its names.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// One of its names, for texts; it proves nothing.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }
}

/// An attribute's text, unless it is of a kind that programs read differently, or has characters that no name has.
fn text<'a>(attribute: &AttributeTypeAndValue<'a>) -> Option<&'a str> {
    let value = attribute.attr_value();
    let text = std::str::from_utf8(value.data).ok()?;
    let readable = match value.tag() {
        Tag::Utf8String => true,
        Tag::PrintableString | Tag::Ia5String => text.is_ascii(),
        _ => false,
    };
    (readable && is_name(text)).then_some(text)
}

fn host_names<'a>(certificate: &'a X509Certificate<'_>) -> Vec<&'a str> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(*name),
        _ => None,
    });
    names.filter(|name| name.is_ascii() && is_name(name)).collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod openssl;

#[cfg(test)]
mod tests {
    use rcgen::string::{BmpString, Ia5String, PrintableString, TeletexString};
    use rcgen::{CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, KeyPair, SanType};

    use super::*;

    fn certificate(params: &CertificateParams) -> Certificate {
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        Certificate::from_der(der.der()).unwrap()
    }

    /// A certificate with these attributes and alternative names.
    fn with(subject: &[(DnType, DnValue)], alternative: Vec<SanType>) -> Certificate {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        for (kind, value) in subject {
            params.distinguished_name.push(kind.clone(), value.clone());
        }
        params.subject_alt_names = alternative;
        certificate(&params)
    }

    fn named(name: &str) -> Certificate {
        with(&[(DnType::CommonName, DnValue::Utf8String(name.to_owned()))], vec![])
    }

    fn dns(name: &str) -> SanType {
        SanType::DnsName(Ia5String::try_from(name).unwrap())
    }

    #[test]
    fn the_common_name_and_the_host_names_count_whatever_their_case() {
        let name =
            |text: &str| (DnType::CommonName, DnValue::PrintableString(PrintableString::try_from(text).unwrap()));
        let both = with(&[name("Foreman.Example.com")], vec![dns("B.example.com"), dns("*.example.org")]);
        for name in ["foreman.example.com", "b.example.com", "*.example.org"] {
            assert!(both.has(name), "{name}");
        }
        assert!(!both.has("a.example.org") && !both.has("example.com") && both.label() == "Foreman.Example.com");
    }

    #[test]
    fn names_are_whole_attributes() {
        let organization = (DnType::OrganizationName, DnValue::Utf8String("x, CN=foreman".to_owned()));
        let evil = (DnType::CommonName, DnValue::Utf8String("evil".to_owned()));
        assert!(!with(&[organization, evil], vec![]).has("foreman"));
        for name in ["foreman,evil", "foreman evil", " foreman", "foreman.", "CN=foreman", "foreman/CN=evil", ""] {
            assert!(!named(name).has("foreman"), "{name}");
        }
    }

    #[test]
    fn letters_that_only_look_alike_are_others() {
        // The sign of the kelvin is a k when it is made small as letters are.
        assert!(!named("\u{212a}ea").has("kea") && named("Kea").has("kea"));
    }

    #[test]
    fn control_characters_make_no_name() {
        for name in ["foreman\0", "foreman\0.evil", "fore\nman", "\u{7f}"] {
            let certificate = named(name);
            assert!(certificate.names.is_empty() && certificate.label() == "without a name", "{name:?}");
        }
    }

    #[test]
    fn texts_that_are_read_differently_make_no_name() {
        for value in [
            DnValue::BmpString(BmpString::try_from("foreman").unwrap()),
            DnValue::TeletexString(TeletexString::try_from("foreman").unwrap()),
        ] {
            assert!(with(&[(DnType::CommonName, value)], vec![]).names.is_empty());
        }
    }

    #[test]
    fn of_several_common_names_none_counts() {
        // The same attribute under another name of it, which makes the library write it twice.
        let again = DnType::CustomDnType(vec![2, 5, 4, 3]);
        let value = |text: &str| DnValue::Utf8String(text.to_owned());
        let twice = with(&[(DnType::CommonName, value("foreman")), (again.clone(), value("evil"))], vec![dns("c")]);
        assert!(!twice.has("foreman") && !twice.has("evil") && twice.has("c") && twice.label() == "foreman");
        let same = with(&[(DnType::CommonName, value("foreman")), (again.clone(), value("foreman"))], vec![]);
        assert!(same.names.is_empty());
        assert!(with(&[(again, value("foreman"))], vec![]).has("foreman"));
    }

    #[test]
    fn what_cannot_be_read_makes_no_name() {
        let mut params = CertificateParams::default();
        let broken = CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 0x05, 0x82, 0x01]);
        params.custom_extensions.push(broken);
        params.distinguished_name = DistinguishedName::new();
        assert!(certificate(&params).names.is_empty());
        assert_eq!(Certificate::from_der(b"no certificate"), None);
        let der = CertificateParams::default().self_signed(&KeyPair::generate().unwrap()).unwrap();
        assert_eq!(Certificate::from_der(&[der.der(), &b"more"[..]].concat()), None);
    }
}
