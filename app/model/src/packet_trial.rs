//! A packet that the classes of a server are tried with, as it is typed, and what comes out.

use serde::{Deserialize, Serialize};

use crate::Family;

/// A packet of a client, as it is typed. Every field may stay empty. What begins with `0x`, or is pairs of hexadecimal
/// digits with colons between, is octets; everything else is text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SamplePacket {
    /// The type of the message, as in [`SamplePacket::messages`]; empty: the first one.
    pub message: String,
    /// IPv4: the MAC address.
    pub mac: String,
    /// The client id, or the DUID.
    pub client_id: String,
    /// The interface of the server on which it comes.
    pub interface: String,
    /// The address of the relay (`giaddr`), or the link address that it gives.
    pub relay: String,
    /// What the relay says of the circuit, or the interface id.
    pub circuit_id: String,
    /// What the relay says of the remote end; of IPv6 with the number of the enterprise before it.
    pub remote_id: String,
    /// The vendor class; of IPv6 with the number of the enterprise before it.
    pub vendor_class: String,
    /// The user class.
    pub user_class: String,
    /// More options, each by name or code, with its value.
    pub options: Vec<(String, String)>,
    /// Whether there is a reservation for the client.
    pub known: bool,
    /// Classes that the client is in besides: of its reservation, or by a hook.
    pub classes: Vec<String>,
}

/// The types of messages of clients, the usual one first.
const MESSAGES: [&[(&str, u8)]; 2] = [
    &[("discover", 1), ("request", 3), ("decline", 4), ("release", 7), ("inform", 8)],
    &[
        ("solicit", 1),
        ("request", 3),
        ("confirm", 4),
        ("renew", 5),
        ("rebind", 6),
        ("release", 7),
        ("decline", 8),
        ("information-request", 11),
    ],
];

impl SamplePacket {
    /// The types of messages that clients send, with their numbers.
    pub fn messages(family: Family) -> &'static [(&'static str, u8)] {
        MESSAGES[usize::from(family == Family::V6)]
    }

    /// Packets as common devices send them, each with its name.
    pub fn ready(family: Family) -> Vec<(&'static str, Self)> {
        match family {
            Family::V4 => vec![
                ("Windows PC", Self { client_id: "01:00:15:5d:00:00:01".to_owned(), ..v4("MSFT 5.0", "", "") }),
                ("PXE, BIOS", v4("PXEClient:Arch:00000:UNDI:002001", "", "0")),
                ("PXE, UEFI x86-64", v4("PXEClient:Arch:00007:UNDI:003016", "", "7")),
                ("HTTP boot, UEFI ARM64", v4("HTTPClient:Arch:00019:UNDI:003001", "", "19")),
                ("iPXE, UEFI x86-64", v4("PXEClient:Arch:00007:UNDI:003010", "iPXE", "7")),
                ("Cisco IP phone", v4("Cisco Systems, Inc. IP Phone CP-7961G", "", "")),
            ],
            Family::V6 => vec![
                ("Host with a DUID", v6("", "")),
                ("HTTP boot, UEFI x86-64", v6("343 HTTPClient:Arch:00016:UNDI:003001", "16")),
                ("HTTP boot, UEFI ARM64", v6("343 HTTPClient:Arch:00019:UNDI:003001", "19")),
            ],
        }
    }
}

fn option(name: &str, value: &str) -> Vec<(String, String)> {
    if value.is_empty() { Vec::new() } else { vec![(name.to_owned(), value.to_owned())] }
}

fn v4(vendor_class: &str, user_class: &str, system: &str) -> SamplePacket {
    SamplePacket {
        mac: "00:15:5d:00:00:01".to_owned(),
        vendor_class: vendor_class.to_owned(),
        user_class: user_class.to_owned(),
        options: option("client-system", system),
        ..SamplePacket::default()
    }
}

fn v6(vendor_class: &str, system: &str) -> SamplePacket {
    SamplePacket {
        client_id: "00:01:00:01:2c:00:00:01:00:15:5d:00:00:01".to_owned(),
        vendor_class: vendor_class.to_owned(),
        options: option("client-arch-type", system),
        ..SamplePacket::default()
    }
}

/// Whether something is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It cannot be said here.
    Unknown,
}

/// When Kea looks at a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassTime {
    /// At once.
    First,
    /// Once it has chosen a subnet, and knows whether there is a reservation.
    Reservation,
    /// Only where a subnet, network or pool asks for it, after an address is chosen.
    Asked,
}

/// What comes out when the classes of a server are tried with a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketTrial {
    /// The classes that the packet is in, in the order in which Kea puts it into them; also those that nobody defines.
    pub member_of: Vec<String>,
    /// Whether Kea drops the packet.
    pub dropped: Verdict,
    /// The classes of the server, in their order.
    pub classes: Vec<TriedClass>,
    /// Subnets where something is for some clients alone, and those at the relay: the first [`Self::MOST`].
    pub subnets: Vec<TriedPlace>,
    /// How many more of them there are.
    pub more: u32,
    /// How many subnets are not listed: behind other relays, or, where none is given, without any class.
    pub others: u32,
}

impl PacketTrial {
    /// How many subnets are answered.
    pub const MOST: usize = 100;
}

/// A class that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedClass {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// When Kea looks at it.
    pub when: ClassTime,
    /// Whether the packet fits it: it is in it, or would be where it is asked for.
    pub fits: Verdict,
    /// Why, where the values do not say it; a clause.
    pub why: String,
    /// The value of its expression, and of every part of that.
    pub values: Vec<TriedValue>,
}

/// The value of a part of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedValue {
    /// How deep the part is in the expression; 0 is the whole.
    pub depth: u32,
    /// The part.
    pub text: String,
    /// What it comes to.
    pub value: String,
}

/// A subnet or a pool, and whether the packet gets anything there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedPlace {
    /// Its path.
    pub path: String,
    /// What people call it.
    pub label: String,
    /// Whether it is open to the packet.
    pub open: Verdict,
    /// Why; a clause.
    pub why: String,
    /// Classes that are asked for there, each with what comes of it.
    pub asks: Vec<String>,
    /// Its pools.
    pub pools: Vec<Self>,
}
