//! One TCP connection to the echo port, closed at once.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4};

use services::ports::Answered;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{ANSWER_WITHIN, Outcome};

/// The echo service (RFC 862), which no host runs any more: what counts is who refuses.
const PORT: u16 = 7;

/// Tries to connect. A firewall's "port unreachable" and the host's own refusal look the same.
pub(crate) async fn knock(address: Ipv4Addr, refused_is_in_use: bool) -> Outcome {
    match timeout(ANSWER_WITHIN, TcpStream::connect(SocketAddrV4::new(address, PORT))).await {
        Ok(Ok(_closed_by_drop)) => Outcome::Proof(Answered::Connected),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {
            if refused_is_in_use {
                Outcome::Proof(Answered::RefusedConnection)
            } else {
                Outcome::Nothing
            }
        }
        Ok(Err(error)) => Outcome::of(error),
        Err(_elapsed) => Outcome::Nothing,
    }
}
