//! Whether OpenSSL reads the same names (RFC 2253) as we do. It needs the program `openssl`.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use rcgen::string::{Ia5String, PrintableString};
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair, SanType};

use super::Certificate;

/// Our names must be those of OpenSSL's one common name, in lower case, unless it has control characters or none.
#[track_caller]
fn agree(key: &KeyPair, subject: &[(DnType, DnValue)], alternative: &[&str]) {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in subject {
        params.distinguished_name.push(kind.clone(), value.clone());
    }
    let dns = |name: &&str| SanType::DnsName(Ia5String::try_from(*name).unwrap());
    params.subject_alt_names = alternative.iter().map(dns).collect();
    let certificate = params.self_signed(key).unwrap();
    let ours: BTreeSet<String> = Certificate::from_der(certificate.der()).unwrap().names().map(str::to_owned).collect();

    let said = openssl(certificate.der(), &["-subject", "-nameopt", "RFC2253"]);
    let subject = said.trim_end_matches('\n').strip_prefix("subject=").expect("a subject");
    let common: Vec<String> =
        attributes(subject).into_iter().filter(|(name, _)| name == "CN").map(|(_, v)| v).collect();
    let usable = |name: &&String| !name.is_empty() && !name.chars().any(char::is_control);
    let own = if common.len() == 1 { common.iter().find(usable) } else { None };
    let mut theirs: BTreeSet<String> = own.into_iter().map(|name| name.to_ascii_lowercase()).collect();
    if !alternative.is_empty() {
        let said = openssl(certificate.der(), &["-ext", "subjectAltName"]);
        let names = said.split([',', '\n']).filter_map(|word| word.trim().strip_prefix("DNS:"));
        theirs.extend(names.map(str::to_ascii_lowercase));
    }
    assert_eq!(ours, theirs, "{said}");
}

fn openssl(der: &[u8], words: &[&str]) -> String {
    let mut command = Command::new("openssl");
    command.args(["x509", "-inform", "DER", "-noout"]).args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("openssl is missing: install it, then try again");
    child.stdin.take().unwrap().write_all(der).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The attributes of a name in the notation of RFC 2253.
fn attributes(subject: &str) -> Vec<(String, String)> {
    let (mut found, mut octets, mut name) = (Vec::new(), Vec::new(), None);
    let mut rest = subject.bytes();
    while let Some(octet) = rest.next() {
        match octet {
            b'\\' => octets.push(escaped(rest.next().unwrap(), &mut rest)),
            b'=' if name.is_none() => name = Some(text(&mut octets)),
            b',' | b'+' => found.extend(name.take().map(|name| (name, text(&mut octets)))),
            other => octets.push(other),
        }
    }
    found.extend(name.map(|name| (name, text(&mut octets))));
    found
}

/// Two digits, or the character itself.
fn escaped(first: u8, rest: &mut impl Iterator<Item = u8>) -> u8 {
    if !first.is_ascii_hexdigit() {
        return first;
    }
    let digits = [first, rest.next().unwrap()];
    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
}

fn text(octets: &mut Vec<u8>) -> String {
    String::from_utf8(std::mem::take(octets)).unwrap()
}

fn utf8(kind: DnType, text: &str) -> (DnType, DnValue) {
    (kind, DnValue::Utf8String(text.to_owned()))
}

#[test]
fn every_character_of_ascii_is_read_alike_wherever_it_stands() {
    let key = KeyPair::generate().unwrap();
    for c in '\u{0}'..='\u{7f}' {
        agree(&key, &[utf8(DnType::CommonName, &format!("{c}Fore{c}{c}man{c}"))], &[]);
    }
}

#[test]
fn whole_names_are_read_alike() {
    let key = KeyPair::generate().unwrap();
    let organization = utf8(DnType::OrganizationName, "x, CN=foreman+CN=foreman/CN=foreman");
    let names = [
        "Zürich.example.com",
        "日本",
        "\u{212a}ea",
        "#0c03666f6f",
        " foreman ",
        "CN=foreman",
        "a\u{85}b",
        "\u{202e}a",
        "",
    ];
    for name in names {
        agree(&key, &[organization.clone(), utf8(DnType::CommonName, name)], &["Foreman.Example.com", "*.example.org"]);
        agree(&key, &[utf8(DnType::CommonName, name), organization.clone()], &[]);
    }
    let again = DnType::CustomDnType(vec![2, 5, 4, 3]);
    agree(&key, &[utf8(DnType::CommonName, "a"), utf8(again.clone(), "b")], &["c"]);
    agree(&key, &[utf8(again, "foreman")], &[]);
    agree(&key, &[organization], &["c"]);
    let printable = DnValue::PrintableString(PrintableString::try_from("Foreman (a), b=c").unwrap());
    agree(&key, &[(DnType::CommonName, printable)], &[]);
    let ascii = DnValue::Ia5String(Ia5String::try_from("Foreman@*.example.com").unwrap());
    agree(&key, &[(DnType::CommonName, ascii)], &[]);
}
