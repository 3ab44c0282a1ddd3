//! Values that stand in octets, as people read them: options that are set in hexadecimal digits.

use std::fmt::Display;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::OptionKind;
use crate::Family;

/// The time servers of DHCPv6, one by one (RFC 5908).
const NTP_V6: &str = "v6-ntp-server-suboptions";

/// Options of the space `dhcp6` whose value is addresses.
const ADDRESSES_V6: [u16; 13] = [12, 22, 23, 27, 28, 31, 34, 40, 48, 52, 80, 88, 143];

/// Options of the space `dhcp6` whose value is domain names.
const NAMES_V6: [u16; 10] = [21, 24, 29, 30, 33, 51, 57, 58, 64, 65];

impl OptionKind {
    /// The value in these octets, as people type it; none when they are no such value.
    pub(super) fn of_octets(self, octets: &[u8]) -> Option<String> {
        match self {
            Self::Address => <[u8; 4]>::try_from(octets).ok().map(|four| Ipv4Addr::from(four).to_string()),
            Self::Addresses | Self::AddressPairs => {
                let (addresses, rest) = octets.as_chunks::<4>();
                listed(addresses.iter().map(|four| Ipv4Addr::from(*four)), rest)
            }
            Self::Address6 => <[u8; 16]>::try_from(octets).ok().map(|all| Ipv6Addr::from(all).to_string()),
            Self::Addresses6 => {
                let (addresses, rest) = octets.as_chunks::<16>();
                listed(addresses.iter().map(|all| Ipv6Addr::from(*all)), rest)
            }
            Self::Text => text(octets),
            // As text; some write it as names of the DNS.
            Self::Name => text(octets).or_else(|| names(octets)),
            Self::Names => names(octets),
            Self::Number { least, .. } => number(octets, least < 0),
            Self::Numbers { .. } => {
                let (numbers, rest) = octets.as_chunks::<2>();
                listed(numbers.iter().map(|two| u16::from_be_bytes(*two)), rest)
            }
            Self::Flag => match octets {
                [0] => Some("false".to_owned()),
                [1] => Some("true".to_owned()),
                _ => None,
            },
            Self::Routes => routes(octets),
            Self::Hex | Self::Parts => None,
        }
    }
}

/// The value of an option of DHCPv6 in these octets; none when it is not known what it is made of.
pub(super) fn of_v6(space: &str, code: u16, octets: &[u8]) -> Option<String> {
    let standard = space == Family::V6.option_space();
    if (standard && ADDRESSES_V6.contains(&code)) || (space == NTP_V6 && code <= 2) {
        return OptionKind::Addresses6.of_octets(octets);
    }
    (standard && NAMES_V6.contains(&code)).then(|| names(octets)).flatten()
}

/// Values with commas between; none when there is none, or something is left over.
fn listed<T: Display>(values: impl Iterator<Item = T>, rest: &[u8]) -> Option<String> {
    let all: Vec<_> = values.map(|value| value.to_string()).collect();
    (rest.is_empty() && !all.is_empty()).then(|| all.join(", "))
}

/// Some end texts with a zero, which belongs to no text.
fn text(octets: &[u8]) -> Option<String> {
    let end = octets.iter().rposition(|octet| *octet != 0)?;
    let text = std::str::from_utf8(&octets[..=end]).ok()?;
    (!text.chars().any(char::is_control)).then(|| text.to_owned())
}

fn number(octets: &[u8], signed: bool) -> Option<String> {
    match *octets {
        [one] => Some(one.to_string()),
        [a, b] => Some(u16::from_be_bytes([a, b]).to_string()),
        [a, b, c, d] if signed => Some(i32::from_be_bytes([a, b, c, d]).to_string()),
        [a, b, c, d] => Some(u32::from_be_bytes([a, b, c, d]).to_string()),
        _ => None,
    }
}

/// Domain names, one after the other (RFC 1035 §3.1), perhaps shortened (RFC 3397 §2).
fn names(octets: &[u8]) -> Option<String> {
    let (mut all, mut at) = (Vec::new(), 0);
    while at < octets.len() {
        let (name, next) = name(octets, at)?;
        all.push(name);
        at = next;
    }
    listed(all.into_iter(), &[])
}

/// The name that begins there, and where the next one does.
fn name(octets: &[u8], mut at: usize) -> Option<(String, usize)> {
    let (mut labels, mut next) = (Vec::new(), None);
    // A name has at most 127 labels: one that goes round in circles has more.
    for _ in 0..=127 {
        let length = usize::from(*octets.get(at)?);
        match length {
            0 if labels.is_empty() => return None,
            0 => return Some((labels.join("."), next.unwrap_or(at + 1))),
            1..=63 => labels.push(text(octets.get(at + 1..=at + length)?)?),
            192.. => {
                next = next.or(Some(at + 2));
                at = (length & 63) << 8 | usize::from(*octets.get(at + 1)?);
                continue;
            }
            _ => return None,
        }
        at += 1 + length;
    }
    None
}

/// Length, the octets of the network that count, router (RFC 3442).
fn routes(mut octets: &[u8]) -> Option<String> {
    let mut all = Vec::new();
    while let [length @ 0..=32, rest @ ..] = octets {
        let (given, rest) = rest.split_at_checked(usize::from(length.div_ceil(8)))?;
        let (router, rest) = rest.split_first_chunk::<4>()?;
        let mut network = [0; 4];
        network[..given.len()].copy_from_slice(given);
        all.push(format!("{}/{length} - {}", Ipv4Addr::from(network), Ipv4Addr::from(*router)));
        octets = rest;
    }
    listed(all.into_iter(), octets)
}
