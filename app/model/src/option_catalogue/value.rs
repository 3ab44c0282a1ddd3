//! Values of options: as people type them, as Kea wants them written, and as octets.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::OptionKind;
use crate::{HostName, Ipv4Network};

impl OptionKind {
    /// What was typed, as Kea wants it written. What cannot be read stays as it is, so that its fault can be reported.
    pub(super) fn written(self, typed: &str) -> String {
        let typed = typed.trim();
        match self {
            Self::Addresses | Self::Addresses6 | Self::AddressPairs | Self::Names | Self::Numbers { .. } => {
                let parts = typed.split([',', ';', ' ', '\t']).filter(|part| !part.is_empty());
                parts.collect::<Vec<_>>().join(", ")
            }
            Self::Routes => typed.replace(" via ", " - ").replace(';', ","),
            // Kea takes a text only up to the first comma that has no backslash before it.
            Self::Text => typed.replace(',', "\\,"),
            Self::Address
            | Self::Address6
            | Self::Name
            | Self::Number { .. }
            | Self::Flag
            | Self::Hex
            | Self::Parts => typed.to_owned(),
        }
    }

    /// What Kea has, as people type it.
    pub(super) fn shown(self, written: &str) -> String {
        match self {
            Self::Text => written.replace("\\,", ","),
            Self::Flag => match written.trim() {
                "1" => "true".to_owned(),
                "0" => "false".to_owned(),
                other => other.to_owned(),
            },
            _ => written.to_owned(),
        }
    }

    /// What is wrong with a value that is written for Kea. Kea itself refuses less: it leaves out what it cannot use.
    pub(super) fn fault(self, written: &str) -> Option<String> {
        if written.trim().is_empty() {
            return Some("a value is missing".to_owned());
        }
        let parts = || written.split(',').map(str::trim);
        match self {
            Self::Address => address_fault(written.trim()),
            Self::Addresses => parts().find_map(address_fault),
            Self::Address6 => address6_fault(written.trim()),
            Self::Addresses6 => parts().find_map(address6_fault),
            Self::AddressPairs => parts().find_map(address_fault).or_else(|| {
                (parts().count() % 2 == 1).then(|| "addresses come in pairs: this is an odd number".to_owned())
            }),
            Self::Text => comma_fault(written),
            Self::Name => name_fault(written.trim()),
            Self::Names => parts().find_map(name_fault),
            Self::Number { least, most, .. } => number_fault(written.trim(), least, most),
            Self::Numbers { most } => parts().find_map(|part| number_fault(part, 0, most)),
            Self::Flag => {
                let known = ["true", "false", "1", "0"].contains(&written.trim());
                (!known).then(|| "say true or false".to_owned())
            }
            Self::Routes => parts().find_map(route_fault),
            Self::Hex | Self::Parts => hex_fault(written, false),
        }
    }

    /// The octets of a written value, as hexadecimal digits: for options that Kea cannot write by itself.
    pub(super) fn octets(self, written: &str) -> String {
        match self {
            Self::Address | Self::Addresses | Self::AddressPairs => {
                let addresses = written.split(',').filter_map(|part| part.trim().parse::<Ipv4Addr>().ok());
                hex(&addresses.flat_map(|address| address.octets()).collect::<Vec<_>>())
            }
            _ => hex(self.shown(written).as_bytes()),
        }
    }
}

fn address_fault(text: &str) -> Option<String> {
    text.parse::<Ipv4Addr>().is_err().then(|| format!("“{text}” is not an IPv4 address"))
}

fn address6_fault(text: &str) -> Option<String> {
    text.parse::<Ipv6Addr>().is_err().then(|| format!("“{text}” is not an IPv6 address"))
}

fn name_fault(text: &str) -> Option<String> {
    text.parse::<HostName>().err().map(|error| error.to_string())
}

/// A comma that has no backslash before it: Kea would leave out what follows.
fn comma_fault(written: &str) -> Option<String> {
    let bare = written.replace("\\,", "").contains(',');
    bare.then(|| "put a backslash before a comma: without it, the server leaves out what follows".to_owned())
}

fn number_fault(text: &str, least: i64, most: i64) -> Option<String> {
    match number(text) {
        Some(number) if (least..=most).contains(&number) => None,
        Some(number) => Some(format!("{number} is not between {least} and {most}")),
        None => Some(format!("“{text}” is not a number")),
    }
}

/// Digits, or `0x` and hexadecimal ones: letters alone would count as hexadecimal to Kea.
pub(crate) fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn route_fault(text: &str) -> Option<String> {
    let Some((network, router)) = text.split_once(" - ") else {
        return Some(format!("“{text}” is not a route: write 198.51.100.0/24 - 192.0.2.1"));
    };
    let network = network.trim();
    let parsed = network.parse::<Ipv4Network>().ok().filter(|_| network.contains('/'));
    match parsed {
        None => Some(format!("“{network}” is not a network like 198.51.100.0/24")),
        Some(parsed) if parsed.ip() != parsed.network() => {
            Some(format!("{network} is an address; its network is {}/{}", parsed.network(), parsed.prefix()))
        }
        Some(_) => address_fault(router.trim()),
    }
}

/// What is wrong with hexadecimal digits. Kea takes an odd number of them, and guesses.
pub(super) fn hex_fault(digits: &str, may_be_empty: bool) -> Option<String> {
    match octets(digits) {
        None => Some("write pairs of hexadecimal digits, as 01:04:c0".to_owned()),
        Some(octets) if octets.is_empty() && !may_be_empty => Some("a value is missing".to_owned()),
        Some(_) => None,
    }
}

/// The octets of pairs of hexadecimal digits, with or without colons, spaces and `0x`; or of a text in single quotes.
pub(super) fn octets(digits: &str) -> Option<Vec<u8>> {
    if let Some(text) = digits.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Some(text.as_bytes().to_vec());
    }
    let bare = bare_hex(digits);
    let whole = bare.len().is_multiple_of(2) && bare.bytes().all(|digit| digit.is_ascii_hexdigit());
    whole.then(|| (0..bare.len() / 2).filter_map(|at| u8::from_str_radix(&bare[2 * at..2 * at + 2], 16).ok()).collect())
}

/// Digits in one spelling; what is no octets stays as it is.
pub(super) fn digits(typed: &str) -> String {
    octets(typed).map_or_else(|| bare_hex(typed), |octets| hex(&octets))
}

/// The digits alone.
fn bare_hex(digits: &str) -> String {
    let digits = digits.trim();
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    digits.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect()
}

/// Octets as digits, the way Kea writes them.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02X}");
        text
    })
}
