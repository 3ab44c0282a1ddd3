//! Looks whether a host answers at an address: one ICMP echo and one TCP connection to port 7, side by side.
//!
//! Foreman's own providers look the same way before they suggest an address (`ping_free_ip`).

mod echo;
mod knock;
mod message;

use std::io;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::future;
use services::ports::{Answered, PingError, Pinger, Presence};

pub use echo::Echo;

/// Advice to an operator when [`Probe::echo`] is `None`.
pub const CANNOT_ECHO: &str = "ICMP echoes cannot be sent, so free addresses are tried by TCP port 7 alone: put this \
    program's group into the sysctl net.ipv4.ping_group_range, or give it the capability CAP_NET_RAW";

/// How long an answer is waited for, as long as Foreman's own providers wait.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Looks at addresses through this machine's network.
#[derive(Debug)]
pub struct Probe {
    echo: Option<Echo>,
    refused_is_in_use: bool,
    reported_half_looks: AtomicBool,
}

/// What one of the two attempts came to.
#[derive(Debug)]
enum Outcome {
    /// A host is there.
    Proof(Answered),
    /// It was sent, and no host answered in time, or the network says that none can be reached.
    Nothing,
    /// This machine did not send it.
    NotSent(io::Error),
}

impl Probe {
    /// Finds out how this process may send echoes, and warns in the log if it may not. `refused_is_in_use`: whether a
    /// refused connection shows that a host is there. Foreman's own providers say so; it is wrong where a firewall
    /// refuses connections in the name of free addresses.
    pub fn new(refused_is_in_use: bool) -> Self {
        let echo = Echo::find();
        if echo.is_none() {
            tracing::warn!("{CANNOT_ECHO}");
        }
        Self { echo, refused_is_in_use, reported_half_looks: AtomicBool::new(false) }
    }

    /// How echoes are sent; `None` when they cannot be, see [`CANNOT_ECHO`].
    pub fn echo(&self) -> Option<Echo> {
        self.echo
    }

    /// What two attempts show, neither of which proves that a host is there.
    fn without_proof(&self, address: Ipv4Addr, first: Outcome, second: Outcome) -> Result<Presence, PingError> {
        match (first, second) {
            (Outcome::NotSent(why), Outcome::NotSent(_)) => Err(PingError { address, why: why.to_string() }),
            (Outcome::NotSent(why), _) | (_, Outcome::NotSent(why)) => {
                if !self.reported_half_looks.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%address, %why, "only one of ICMP echo and TCP could be sent; this is said only once");
                }
                Ok(Presence::Silent)
            }
            _ => Ok(Presence::Silent),
        }
    }
}

#[async_trait]
impl Pinger for Probe {
    async fn look(&self, address: Ipv4Addr) -> Result<Presence, PingError> {
        let knock = pin!(knock::knock(address, self.refused_is_in_use));
        let Some(echo) = self.echo else {
            return match knock.await {
                Outcome::Proof(how) => Ok(Presence::Answers(how)),
                Outcome::Nothing => Ok(Presence::Silent),
                Outcome::NotSent(why) => Err(PingError { address, why: why.to_string() }),
            };
        };
        let echo = pin!(echo.ask(address));
        let (first, other) = future::select(echo, knock).await.factor_first();
        if let Outcome::Proof(how) = first {
            return Ok(Presence::Answers(how));
        }
        match other.await {
            Outcome::Proof(how) => Ok(Presence::Answers(how)),
            second => self.without_proof(address, first, second),
        }
    }
}

impl Outcome {
    /// Of an attempt that failed: an answer of the network, or a fault of this machine.
    fn of(error: io::Error) -> Self {
        use io::ErrorKind::{ConnectionReset, HostUnreachable, NetworkUnreachable, TimedOut};
        match error.kind() {
            HostUnreachable | NetworkUnreachable | TimedOut | ConnectionReset => Self::Nothing,
            _ => Self::NotSent(error),
        }
    }
}
