//! A typed client of one Kea daemon, `kea-dhcp4` or `kea-dhcp6`, spoken to over its own HTTP(S) control socket (Kea ARM, "Management API").
//!
//! [`Client::send`] takes a command from [`commands`] and answers with that command's own reply. What can go wrong is
//! one [`Error`], and it keeps apart what callers must not confuse: a command that was never sent, one that Kea
//! refused, and a change whose outcome is unknown.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use kea::{Client, Endpoint, Secret, commands::Lease4Get};
//!
//! let endpoint = Endpoint::new("http://127.0.0.1:8004/")?.with_auth("console", Secret::new("…"))?;
//! let kea = Client::new(endpoint)?;
//! let lease = kea.send(&Lease4Get { ip_address: [192, 0, 2, 10].into() }).await?;
//! # let _ = lease; Ok(())
//! # }
//! ```

mod capability;
mod client;
mod command;
pub mod commands;
mod endpoint;
mod envelope;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod latin1;
mod scan;
mod tls;
mod transport;
pub mod wire;

pub use capability::{Capabilities, Hook};
pub use client::Client;
pub use command::{Command, DeadlineClass, Done, Said};
pub use endpoint::{BasicAuth, Endpoint, EndpointError, Limits, Secret, Service};
pub use error::{Error, ErrorKind, UnreachableReason};
pub use scan::{LeaseWalk, PagedLease, ReservationWalk};
pub use tls::{CertificateRole, OwnCertificate, TlsFault};
