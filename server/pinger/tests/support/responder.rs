//! A host that answers echoes in its own way.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::Host;

/// From now on, another program than the kernel of the host answers each echo: after a while, and from that address.
pub(crate) fn answer_instead(host: &Host, after: Duration, from: Ipv4Addr) {
    host.ignore_echo();
    let (mut questions, answers) = host.run(|| {
        let raw = || Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4)).unwrap();
        (raw(), raw())
    });
    answers.bind(&SocketAddrV4::new(from, 0).into()).unwrap();
    // Ends with the process of the test.
    thread::spawn(move || {
        let mut packet = [0; 128];
        loop {
            let length = questions.read(&mut packet).unwrap();
            let (header, message) = packet[..length].split_at(20);
            if message[0] == 8 {
                let asker = Ipv4Addr::new(header[12], header[13], header[14], header[15]);
                thread::sleep(after);
                answers.send_to(&reply(message), &SocketAddrV4::new(asker, 0).into()).unwrap();
            }
        }
    });
}

/// The same message as a reply: its type falls from 8 to 0, so its checksum grows by as much.
fn reply(request: &[u8]) -> Vec<u8> {
    let mut reply = request.to_vec();
    reply[0] = 0;
    let (sum, carry) = u16::from_be_bytes([reply[2], reply[3]]).overflowing_add(0x0800);
    reply[2..4].copy_from_slice(&(sum + u16::from(carry)).to_be_bytes());
    reply
}
