//! Host names become addresses, with a shorter deadline than the whole connection has: when a name server does not
//! answer, the error is about the name.

use std::io;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::time::timeout;

/// Asks the system for addresses, for so long.
pub(super) struct Names(Duration);

impl Names {
    /// Leaves a fifth of the time for a connection to the address.
    pub(super) fn within(connect: Duration) -> Self {
        Self(connect * 4 / 5)
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let limit = self.0;
        Box::pin(async move {
            let host = (name.as_str().to_owned(), 0);
            // Not an error of the kind “timed out”, which would be taken for that of the connection.
            let silence = |_| io::Error::other("no name server answers");
            let addresses: Vec<_> = timeout(limit, lookup_host(host)).await.map_err(silence)??.collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
