//! One ICMP echo, through a socket of its own.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};

use services::ports::Answered;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::message::Question;
use crate::{ANSWER_WITHIN, Outcome};

/// The sockets that echoes can be sent through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// Echo requests only; for groups in the sysctl `net.ipv4.ping_group_range`.
    Datagram,
    /// Any ICMP message; needs `CAP_NET_RAW`.
    Raw,
}

impl Echo {
    /// The kind that this process may open and that needs the least rights.
    pub(crate) fn find() -> Option<Self> {
        [Self::Datagram, Self::Raw].into_iter().find(|kind| kind.open().is_ok())
    }

    /// Sends one echo request and waits for its answer.
    pub(crate) async fn ask(self, address: Ipv4Addr) -> Outcome {
        let question = Question::new();
        let socket = match self.send(address, &question).await {
            Ok(socket) => socket,
            Err(error) => return Outcome::of(error),
        };
        match timeout(ANSWER_WITHIN, answer(&socket, address, &question)).await {
            Ok(Ok(())) => Outcome::Proof(Answered::Echo),
            // An ICMP error that came back: "port unreachable" is a firewall's way to say no to an echo.
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Outcome::Nothing,
            Ok(Err(error)) => Outcome::of(error),
            Err(_elapsed) => Outcome::Nothing,
        }
    }

    fn open(self) -> io::Result<Socket> {
        let kind = match self {
            Self::Datagram => Type::DGRAM,
            Self::Raw => Type::RAW,
        };
        Socket::new(Domain::IPV4, kind, Some(Protocol::ICMPV4))
    }

    /// A socket through which the question went out. Being connected, a raw socket is spared the answers of others.
    async fn send(self, address: Ipv4Addr, question: &Question) -> io::Result<UdpSocket> {
        let socket = self.open()?;
        socket.set_nonblocking(true)?;
        socket.connect(&SocketAddrV4::new(address, 0).into())?;
        // No UDP: this type sends and receives on any socket of datagrams.
        let socket = UdpSocket::from_std(socket.into())?;
        socket.send(&question.request()).await?;
        Ok(socket)
    }
}

/// Returns when the address has answered the question; whatever else arrives is passed over.
async fn answer(socket: &UdpSocket, address: Ipv4Addr, question: &Question) -> io::Result<()> {
    let mut packet = [0; 128];
    loop {
        let (length, from) = socket.recv_from(&mut packet).await?;
        if from.ip() == IpAddr::V4(address) && question.is_answered_by(&packet[..length]) {
            return Ok(());
        }
    }
}
