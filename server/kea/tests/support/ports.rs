//! Ports for the programs that tests start: of a range below those that the system gives out by itself, so that a port is
//! still free when its program starts, and when it is started again.
#![allow(dead_code, unreachable_pub, reason = "every user takes a part of it")]
#![allow(clippy::unwrap_used, reason = "test support")]

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering};

/// For the daemons of Kea.
pub const KEA: Range<u16> = 20_000..25_000;
/// For `PostgreSQL`.
pub const POSTGRES: Range<u16> = 25_000..26_000;
/// For proxies.
pub const PROXIES: Range<u16> = 26_000..32_000;

/// A port of this range that no program listens on; no two calls of one test program answer the same one soon.
pub fn free_tcp_port(range: Range<u16>) -> u16 {
    free(range, |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
}

/// The same for datagrams.
pub fn free_udp_port(range: Range<u16>) -> u16 {
    free(range, |port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
}

fn free(range: Range<u16>, is_free: impl Fn(u16) -> bool) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Programs that run beside each other begin at other places.
    let begin = u16::try_from(std::process::id() % 1_000).unwrap().wrapping_mul(97);
    loop {
        let port = range.start + NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(begin) % (range.end - range.start);
        if is_free(port) {
            return port;
        }
    }
}
