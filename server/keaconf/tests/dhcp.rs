//! A packet for a real Kea on the loopback, and what it answers: no rights are needed, as it takes what a relay sends.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::lab::{Family, Kea};

/// The relay that the packets come from: `kea-dhcp4` answers it.
pub(crate) const RELAY: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// The client that asks.
pub(crate) const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
/// The number of its transaction.
pub(crate) const TRANSACTION: u32 = 0x1234_5678;

/// A daemon that listens for DHCP on the loopback, with one subnet and what is given besides.
pub(crate) fn listening(family: Family, more: &Value) -> Kea {
    let mut config = match family {
        Family::V4 => json!({
            "interfaces-config": { "interfaces": ["lo"], "dhcp-socket-type": "udp" },
            "subnet4": [{ "id": 1, "subnet": "127.0.0.0/8", "pools": [{ "pool": "127.1.0.1-127.1.0.200" }] }],
        }),
        Family::V6 => json!({
            "interfaces-config": { "interfaces": ["lo/::1"] },
            "subnet6": [{ "id": 1, "subnet": "2001:db8:1::/64", "pools": [{ "pool": "2001:db8:1::10-2001:db8:1::ff" }] }],
        }),
    };
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    match family {
        Family::V4 => Kea::start(config),
        Family::V6 => Kea::start6(config),
    }
}

/// The DISCOVER of a client, with these options besides.
pub(crate) fn discover(options: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut packet = vec![1, 1, 6, 1];
    packet.extend(TRANSACTION.to_be_bytes());
    packet.extend([0; 16]);
    packet.extend(RELAY.octets());
    packet.extend(MAC);
    packet.extend([0; 10 + 192]);
    packet.extend([0x63, 0x82, 0x53, 0x63, 53, 1, 1]);
    for (code, octets) in options {
        packet.extend([*code, u8::try_from(octets.len()).unwrap()]);
        packet.extend(octets);
    }
    packet.push(255);
    packet
}

/// What a `kea-dhcp4` answers to a packet.
pub(crate) fn answer(kea: &Kea, packet: &[u8]) -> Vec<u8> {
    exchange(kea, &bound((RELAY, kea.client_port()).into()), packet, (RELAY, kea.dhcp_port()).into())
}

/// A socket with that address. A program that another test starts just now has ours of before until it is loaded.
fn bound(address: SocketAddr) -> UdpSocket {
    for _ in 0..100 {
        match UdpSocket::bind(address) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => sleep(Duration::from_millis(50)),
            outcome => return outcome.unwrap(),
        }
    }
    panic!("{address} stays in use");
}

/// Sends a packet until there is an answer.
fn exchange(kea: &Kea, socket: &UdpSocket, packet: &[u8], to: SocketAddr) -> Vec<u8> {
    socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut buffer = vec![0; 65_536];
    for _ in 0..10 {
        socket.send_to(packet, to).unwrap();
        if let Ok(length) = socket.recv(&mut buffer) {
            return buffer[..length].to_vec();
        }
    }
    panic!("no answer: {}", std::fs::read_to_string(kea.folder().join("kea.log")).unwrap());
}

/// The options of an answer, those that came in parts joined.
pub(crate) fn options(answer: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut found: Vec<(u8, Vec<u8>)> = Vec::new();
    let mut rest = &answer[240..];
    while let [code, length, after @ ..] = rest {
        if *code == 255 {
            break;
        }
        let (value, after) = after.split_at(usize::from(*length));
        match found.iter_mut().find(|option| option.0 == *code) {
            Some(option) => option.1.extend(value),
            None => found.push((*code, value.to_vec())),
        }
        rest = after;
    }
    found
}

/// What a `kea-dhcp6` answers to a message that a relay brings: the message in the answer.
pub(crate) fn answer6(kea: &Kea, message: &[u8]) -> Vec<u8> {
    let link: Ipv6Addr = "2001:db8:1::1".parse().unwrap();
    let peer: Ipv6Addr = "fe80::1".parse().unwrap();
    let mut packet = vec![12, 0];
    packet.extend(link.octets());
    packet.extend(peer.octets());
    packet.extend(9_u16.to_be_bytes());
    packet.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
    packet.extend(message);
    let socket = bound((Ipv6Addr::LOCALHOST, kea.client_port()).into());
    let answer = exchange(kea, &socket, &packet, (Ipv6Addr::LOCALHOST, kea.dhcp_port()).into());
    options6(&answer[34..]).into_iter().find(|option| option.0 == 9).expect("a message").1
}

/// Options of IPv6, one after the other.
pub(crate) fn options6(mut rest: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let mut found = Vec::new();
    while let [a, b, c, d, after @ ..] = rest {
        let (value, after) = after.split_at(usize::from(u16::from_be_bytes([*c, *d])));
        found.push((u16::from_be_bytes([*a, *b]), value.to_vec()));
        rest = after;
    }
    found
}
