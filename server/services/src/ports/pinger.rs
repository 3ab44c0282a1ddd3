//! Does a host answer? Asked before a free IPv4 address is suggested. IPv6 addresses count as silent without a try: a
//! free one is hardly ever in use, as hosts choose theirs out of 2⁶⁴, and they look for others with it themselves.

use std::net::Ipv4Addr;

use async_trait::async_trait;

/// How an address showed that it is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It answered an ICMP echo.
    Echo,
    /// It took a TCP connection.
    Connected,
    /// It refused a TCP connection.
    RefusedConnection,
}

/// What a try to reach an address showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// No host answered in time, or the network says that none can be reached there. No proof that there is none: a
    /// machine may be switched off or keep silent.
    Silent,
    /// A host answered.
    Answers(Answered),
}

/// Nothing could be sent to the address, so its silence would mean nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{address} could not be probed ({why}): check that no route or firewall rule of this machine forbids ICMP \
     echoes and TCP connections to port 7 there, and that it does not run out of open files"
)]
pub struct PingError {
    /// The address.
    pub address: Ipv4Addr,
    /// What the system said.
    pub why: String,
}

/// Looks whether an address is used by a host that the DHCP server does not know.
#[async_trait]
pub trait Pinger: Send + Sync {
    /// Looks once, and returns within 1.5 seconds. Many looks may run at once.
    async fn look(&self, address: Ipv4Addr) -> Result<Presence, PingError>;
}
