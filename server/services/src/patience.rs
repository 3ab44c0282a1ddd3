//! How long a page waits for a server: until it answers, or has left a question open for a while.

use std::sync::Arc;

use model::ServerName;

use crate::ports::Dhcp;
use crate::{Error, Result};

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
            let why = "it has not answered for a while; it is still being asked".to_owned();
            Err(Error::Unreachable { server: server.clone(), why })
        }
    }
}
