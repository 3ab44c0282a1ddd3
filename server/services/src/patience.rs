//! How long a page waits for a server: until it answers, or has left a question open for a while.

use std::sync::Arc;
use std::time::Duration;

use model::ServerName;
use tokio::time::timeout;

use crate::ports::Dhcp;
use crate::{Error, Result};

/// How long another server is waited for than the one that a caller asked for.
const BESIDE: Duration = Duration::from_secs(2);

/// What comes of work at a server, unless that does not answer. The work goes on to its end all the same, so that what it
/// finds is there for the next caller.
pub(crate) async fn patiently<T: Send + 'static>(
    dhcp: &Arc<dyn Dhcp>,
    server: &ServerName,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    if let Some(error) = dhcp.silence(server) {
        return Err(error);
    }
    let working = tokio::spawn(work);
    tokio::select! {
        biased;
        done = working => done.unwrap_or_else(|error| Err(Error::Internal(format!("a question broke off: {error}")))),
        () = dhcp.quiet(server) => {
            Err(unheard(server))
        }
    }
}

/// What comes of a look at another server than the one that a caller asked for, as its partner: it holds nobody up for long.
/// `more`: how much longer it may take than something small.
pub(crate) async fn beside<T>(
    dhcp: &Arc<dyn Dhcp>,
    server: &ServerName,
    more: Duration,
    look: impl Future<Output = Result<T>>,
) -> Result<T> {
    if let Some(error) = dhcp.silence(server) {
        return Err(error);
    }
    timeout(BESIDE + more, look).await.unwrap_or_else(|_| Err(unheard(server)))
}

/// That a server has left a question open.
pub(crate) fn unheard(server: &ServerName) -> Error {
    let why = "it has not answered for a while; it is still being asked".to_owned();
    Error::Unreachable { server: server.clone(), why }
}
