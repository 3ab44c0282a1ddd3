//! Options that are not made of fields alone: routes, and options inside of options.

use std::net::Ipv4Addr;

use super::Misfit;
use crate::Daemon;
use crate::table::options::Definition;

/// The options inside of time servers (56 of IPv6): of several Kea sends the one with the highest code.
pub(super) const ONE_TIME_SERVER: &str = "v6-ntp-server-suboptions";

/// The octets of an option that has a form of its own.
pub(super) fn octets(daemon: Daemon, code: i64, data: &str) -> Result<Vec<u8>, Misfit> {
    match (daemon, code) {
        (Daemon::Dhcp4, 121) => routes(data).map_err(Misfit::Value),
        _ => Err(Misfit::Unknown("how resolvers are written")),
    }
}

/// Length, the octets of the network that count, router (RFC 3442).
fn routes(data: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    for route in data.split(',').map(str::trim).filter(|route| !route.is_empty()) {
        let wrong = || format!("“{route}” is not a route like 198.51.100.0/24 - 192.0.2.1");
        let (network, router) = route.split_once('-').ok_or_else(wrong)?;
        let (network, length) = network.trim().split_once('/').ok_or_else(wrong)?;
        let network: Ipv4Addr = network.parse().map_err(|_| wrong())?;
        let length: u8 = length.parse().ok().filter(|length| *length <= 32).ok_or_else(wrong)?;
        let router: Ipv4Addr = router.trim().parse().map_err(|_| wrong())?;
        octets.push(length);
        octets.extend(&network.octets()[..usize::from(length.div_ceil(8))]);
        octets.extend(router.octets());
    }
    if octets.is_empty() { Err("a value is missing".to_owned()) } else { Ok(octets) }
}

/// The space of the options inside of an option. Those of a vendor are in the space of its enterprise.
pub(super) fn space_inside(daemon: Daemon, definition: &Definition, own: &[u8]) -> Option<String> {
    if is_vendor(daemon, definition) {
        let number = own.first_chunk::<4>()?;
        return Some(format!("vendor-{}", u32::from_be_bytes(*number)));
    }
    definition.encapsulates.clone().filter(|space| *space != definition.space)
}

/// Puts the options inside of an option after what it says itself.
pub(super) fn put_inside(daemon: Daemon, definition: &Definition, own: &mut Vec<u8>, inside: &[u8]) {
    if is_vendor(daemon, definition) && daemon == Daemon::Dhcp4 {
        own.truncate(4);
        own.push(u8::try_from(inside.len()).unwrap_or(u8::MAX));
    }
    own.extend(inside);
}

fn is_vendor(daemon: Daemon, definition: &Definition) -> bool {
    let code = if daemon == Daemon::Dhcp6 { 17 } else { 125 };
    definition.space == daemon.option_space() && definition.code == code
}

/// Adds an option with its code and its length; what is too long for IPv4 goes in several parts.
pub(super) fn push(daemon: Daemon, all: &mut Vec<u8>, code: i64, octets: &[u8]) {
    if daemon == Daemon::Dhcp6 {
        all.extend(u16::try_from(code).unwrap_or_default().to_be_bytes());
        all.extend(u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes());
        all.extend(octets);
        return;
    }
    let code = u8::try_from(code).unwrap_or_default();
    let parts: Vec<&[u8]> = if octets.is_empty() { vec![octets] } else { octets.chunks(255).collect() };
    for part in parts {
        all.extend([code, u8::try_from(part.len()).unwrap_or(u8::MAX)]);
        all.extend(part);
    }
}
