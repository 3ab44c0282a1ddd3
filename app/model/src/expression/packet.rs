//! A packet that an expression is tried out on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::Family;

/// A packet of a client, as far as expressions look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// IPv4 or IPv6.
    pub family: Family,
    /// The interface of the server on which it came; none: not known.
    #[serde(default)]
    pub interface: Option<String>,
    /// The address that it was sent from; none: not known.
    #[serde(default)]
    pub from: Option<IpAddr>,
    /// The address that it was sent to; none: not known.
    #[serde(default)]
    pub to: Option<IpAddr>,
    /// Its length in bytes; none: not known.
    #[serde(default)]
    pub length: Option<u32>,
    /// IPv4: the MAC address.
    #[serde(default)]
    pub mac: Vec<u8>,
    /// IPv4: the kind of hardware; 1 is Ethernet.
    #[serde(default = "ethernet")]
    pub hardware_type: u32,
    /// IPv4: the address that the client has.
    #[serde(default = "nothing")]
    pub ciaddr: Ipv4Addr,
    /// IPv4: the address of the relay.
    #[serde(default = "nothing")]
    pub giaddr: Ipv4Addr,
    /// IPv4: the address that is given, in answers.
    #[serde(default = "nothing")]
    pub yiaddr: Ipv4Addr,
    /// IPv4: the next server.
    #[serde(default = "nothing")]
    pub siaddr: Ipv4Addr,
    /// The type of the message: 1 is DISCOVER of IPv4, and SOLICIT of IPv6.
    #[serde(default)]
    pub message_type: u32,
    /// The number of the transaction; none: not known.
    #[serde(default)]
    pub transaction: Option<u32>,
    /// Its options; an option that came more than once has its parts joined.
    #[serde(default)]
    pub options: Vec<PacketOption>,
    /// IPv6: the relays that it came by, the one next to the server first.
    #[serde(default)]
    pub relays: Vec<PacketRelay>,
    /// The classes that it is in already.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The classes of which it is not known whether it is in them.
    #[serde(default)]
    pub unsure: Vec<String>,
}

/// An option of a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketOption {
    /// Its code.
    pub code: u16,
    /// Its octets.
    pub octets: Vec<u8>,
    /// What Kea makes of it as text; none: not known.
    #[serde(default)]
    pub text: Option<String>,
}

/// A relay that a packet of IPv6 came by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketRelay {
    /// The address that it had the packet from; none: not known.
    #[serde(default)]
    pub peer: Option<Ipv6Addr>,
    /// An address of the network of the client.
    pub link: Ipv6Addr,
    /// The options that it added.
    #[serde(default)]
    pub options: Vec<PacketOption>,
}

/// Vendor classes of cable modems and the routers in them, of which Kea makes a class wherever they stand.
const CABLE: [&[u8]; 2] = [b"docsis3.0", b"eRouter1.0"];

fn ethernet() -> u32 {
    1
}

fn nothing() -> Ipv4Addr {
    Ipv4Addr::UNSPECIFIED
}

/// Where the sub-options of an option begin in it, for those that Kea takes apart by itself.
fn inside_at(family: Family, code: u16) -> Option<usize> {
    match (family, code) {
        (Family::V4, 43 | 82) | (Family::V6, 94..=96) => Some(0),
        (Family::V6, 3 | 25) => Some(12),
        (Family::V6, 4) => Some(4),
        _ => None,
    }
}

impl Packet {
    /// A packet with nothing in it: a DISCOVER or SOLICIT.
    pub fn empty(family: Family) -> Self {
        Self {
            family,
            interface: None,
            from: None,
            to: None,
            length: None,
            mac: Vec::new(),
            hardware_type: ethernet(),
            ciaddr: nothing(),
            giaddr: nothing(),
            yiaddr: nothing(),
            siaddr: nothing(),
            message_type: 1,
            transaction: None,
            options: Vec::new(),
            relays: Vec::new(),
            classes: Vec::new(),
            unsure: Vec::new(),
        }
    }

    /// The classes that Kea makes of what the client says of its vendor.
    pub fn vendor_names(&self) -> Vec<String> {
        let named = |text: &[u8]| format!("VENDOR_CLASS_{}", String::from_utf8_lossy(text));
        if self.family == Family::V4 {
            return self.option(60).map(|option| named(&option.octets)).into_iter().collect();
        }
        let parts = self.vendor_class(None).map(|(_, parts)| parts).unwrap_or_default();
        // Cable modems put other things before these.
        let cable = CABLE.iter().find(|name| parts.contains(*name));
        cable.or(parts.first()).map(|part| named(part)).into_iter().collect()
    }

    /// An option by its code.
    pub(super) fn option(&self, code: u16) -> Option<&PacketOption> {
        self.options.iter().find(|option| option.code == code)
    }

    /// An option inside of another.
    pub(super) fn inside(&self, code: u16, inner: u16) -> Option<PacketOption> {
        let octets = &self.option(code)?.octets;
        self.find(octets.get(inside_at(self.family, code)?..)?, inner)
    }

    /// The relay of a nest level: 0 is next to the server, -1 next to the client.
    pub(super) fn relay(&self, level: i8) -> Option<&PacketRelay> {
        let at = if level < 0 {
            self.relays.len().checked_sub(usize::from(level.unsigned_abs()))?
        } else {
            usize::try_from(level).ok()?
        };
        self.relays.get(at)
    }

    /// The enterprise and the options of what a vendor put in (125 of IPv4, 17 of IPv6); no number: the first.
    pub(super) fn vendor(&self, wanted: Option<u32>) -> Option<(u32, &[u8])> {
        let code = if self.family == Family::V4 { 125 } else { 17 };
        let mut blocks = self.blocks(code);
        blocks.find(|(number, _)| wanted.is_none_or(|wanted| wanted == *number))
    }

    /// The enterprise of the vendor class (124 of IPv4, 16 of IPv6), and its parts.
    pub(super) fn vendor_class(&self, wanted: Option<u32>) -> Option<(u32, Vec<&[u8]>)> {
        let v4 = self.family == Family::V4;
        let blocks: Vec<_> = self.blocks(if v4 { 124 } else { 16 }).collect();
        let (number, first) = *blocks.first().filter(|(number, _)| wanted.is_none_or(|wanted| wanted == *number))?;
        if v4 {
            return Some((number, blocks.into_iter().map(|(_, data)| data).collect()));
        }
        let mut parts = Vec::new();
        let mut rest = first;
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let Some((part, after)) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))) else { break };
            parts.push(part);
            rest = after;
        }
        Some((number, parts))
    }

    /// An option of a vendor.
    pub(super) fn in_vendor(&self, wanted: Option<u32>, code: u16) -> Option<PacketOption> {
        self.find(self.vendor(wanted)?.1, code)
    }

    /// The enterprises of an option, each with its octets. IPv4 has several, each with its length; IPv6 one.
    fn blocks(&self, code: u16) -> impl Iterator<Item = (u32, &[u8])> {
        let mut rest = self.option(code).map_or(&[][..], |option| &option.octets);
        let v4 = self.family == Family::V4;
        std::iter::from_fn(move || {
            let (number, after) = rest.split_first_chunk::<4>()?;
            let (data, after) = if v4 {
                let (length, after) = after.split_first()?;
                after.split_at_checked(usize::from(*length))?
            } else {
                (after, &[][..])
            };
            rest = after;
            Some((u32::from_be_bytes(*number), data))
        })
    }

    /// An option among options that stand one after the other.
    fn find(&self, mut rest: &[u8], wanted: u16) -> Option<PacketOption> {
        loop {
            let (code, value, after) = match (self.family, rest) {
                (Family::V4, [code, length, after @ ..]) => {
                    let (value, after) = after.split_at_checked(usize::from(*length))?;
                    (u16::from(*code), value, after)
                }
                (Family::V6, [a, b, c, d, after @ ..]) => {
                    let length = u16::from_be_bytes([*c, *d]);
                    let (value, after) = after.split_at_checked(usize::from(length))?;
                    (u16::from_be_bytes([*a, *b]), value, after)
                }
                _ => return None,
            };
            if code == wanted {
                return Some(PacketOption { code, octets: value.to_vec(), text: None });
            }
            rest = after;
        }
    }
}
