//! Changes, many at once: made one after another, saved together, and shown as the server holds them then. Each runs to
//! its end in a task of its own, even when the caller goes away meanwhile.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use changes::{After, Edit, Verbatim};
use futures::{StreamExt, stream};
use kea::commands::{ConfigWrite, VersionGet};
use model::{Content, Family, Identifier, Reservation, ServerName, Storage, SubnetKey};
use services::ports::{AppliedEdit, Listed, Reservations};
use services::{Error, Result};

use crate::change::{self, SentReservation, verbatim, words};
use crate::node::{CAPABILITIES_FOR, Node};
use crate::{Fleet, pairs};
use crate::{configure, subnet};

/// A change that the server has taken.
pub(crate) enum AppliedOnServer {
    /// Of a reservation.
    Reservation(Box<change::AppliedOnServer>),
    /// Of the name and comment of a subnet.
    Labels(subnet::AppliedOnServer),
    /// Of parts of its configuration.
    Configuration(Box<configure::AppliedOnServer>),
}

impl AppliedOnServer {
    /// Whether a restart of the server would lose it.
    pub(crate) fn unsaved(&self) -> bool {
        match self {
            Self::Reservation(change) => change.unsaved,
            Self::Labels(change) => change.unsaved,
            Self::Configuration(change) => change.unsaved,
        }
    }

    /// The reservation that there is now, where it is one.
    pub(crate) fn made(&self) -> Option<&SentReservation> {
        match self {
            Self::Reservation(change) => change.made.as_ref(),
            Self::Labels(_) | Self::Configuration(_) => None,
        }
    }

    /// A copy of a reservation in the other place, which has to go once the new one is on disk.
    fn leaves(&self) -> Option<&Reservation> {
        match self {
            Self::Reservation(change) => change.leaves.as_ref(),
            Self::Labels(_) | Self::Configuration(_) => None,
        }
    }
}

/// How many reservations are added at the same moment.
const TOGETHER: usize = 2;

#[async_trait]
impl Reservations for Fleet {
    async fn storage(&self, server: &ServerName) -> Result<Storage> {
        let storage = self.node(server)?.storage().await?;
        // What a partner cannot see in a database it can have in its configuration.
        let seen_by_all = pairs::apart(&self.known().await, server).is_empty();
        Ok(if seen_by_all { storage } else { Storage::Configuration })
    }

    async fn reservations_in(&self, subnet: &SubnetKey) -> Result<Listed<Reservation>> {
        self.node_of(subnet)?.reservations_in(subnet).await
    }

    async fn reservations_at(&self, server: &ServerName, address: IpAddr) -> Result<Vec<Reservation>> {
        self.node(server)?.reservations_at(address).await
    }

    async fn reservations_of(&self, server: &ServerName, identifier: &Identifier) -> Result<Vec<Reservation>> {
        self.node(server)?.reservations_of(identifier).await
    }

    async fn reservations_named(&self, server: &ServerName, host_name: &str) -> Result<Vec<Reservation>> {
        self.node(server)?.reservations_named(host_name).await
    }

    async fn all_reservations(&self, server: &ServerName) -> Result<Listed<Reservation>> {
        self.node(server)?.all_reservations().await
    }

    async fn verbatim(&self, of: &Content) -> Result<Option<Verbatim>> {
        match of {
            Content::Reservation(of) => self.node_of(&of.subnet)?.raw(of).await?.as_ref().map(verbatim).transpose(),
            Content::Labels { subnet, labels } => self.node_of(subnet)?.labels_verbatim(subnet, labels).await,
            // What is left of a change is told by its edits, which are kept.
            Content::Configuration { .. } => Ok(None),
        }
    }

    async fn write(&self, server: &ServerName, edits: Vec<Edit>) -> Vec<Result<AppliedEdit>> {
        let count = edits.len();
        let outcome = match self.node(server) {
            Ok(node) => {
                let partners = self.partners_of(server, &edits).await;
                to_the_end(node.clone().write(edits, partners)).await
            }
            Err(error) => Err(error),
        };
        outcome.unwrap_or_else(|error| vec![Err(error); count])
    }

    async fn save(&self, server: &ServerName) -> Result<()> {
        let node = self.node(server)?.clone();
        to_the_end(async move { node.save().await.map_err(|error| node.not_saved(&error)) }).await?
    }

    async fn shares_addresses(&self, server: &ServerName) -> Result<bool> {
        let config = self.node(server)?.config(CAPABILITIES_FOR).await?;
        Ok(config.ip_reservations_unique == Some(false))
    }
}

pub(crate) async fn to_the_end<T: Send + 'static>(change: impl Future<Output = T> + Send + 'static) -> Result<T> {
    tokio::spawn(change).await.map_err(|error| Error::Internal(format!("a change broke off: {error}")))
}

/// Whether it adds a reservation that was asked for.
fn is_added(edit: &Edit) -> bool {
    let Edit::Reservation(edit) = edit else { return false };
    matches!((edit.before(), edit.after()), (None, After::Wanted { .. }))
}

impl Fleet {
    /// The other servers of a pair, where edits may make a server leave it for a moment.
    async fn partners_of(&self, server: &ServerName, edits: &[Edit]) -> Vec<Arc<Node>> {
        if !edits.iter().any(|edit| matches!(edit, Edit::Configuration(_))) {
            return Vec::new();
        }
        let names = pairs::partners(&self.known().await, server);
        self.nodes.iter().filter(|node| names.contains(&node.name)).cloned().collect()
    }
}

impl Node {
    async fn write(self: Arc<Self>, edits: Vec<Edit>, partners: Vec<Arc<Self>>) -> Vec<Result<AppliedEdit>> {
        let mut landed = self.make(&edits, &partners).await;
        let not_saved = self.persist(&mut landed).await;
        self.show(&edits, landed, not_saved.as_ref()).await
    }

    /// Makes every change, in their order. One that fails does not stop those after it, unless the server is gone.
    async fn make(self: &Arc<Self>, edits: &[Edit], partners: &[Arc<Self>]) -> Vec<Result<AppliedOnServer>> {
        let mut landed = Vec::with_capacity(edits.len());
        let gone = OnceLock::new();
        // What is added waits for nothing else that is: while Kea works on one, the next is on its way.
        for run in edits.chunk_by(|one, next| is_added(one) && is_added(next)) {
            let attempts: Vec<_> = run.iter().map(|edit| self.attempt(edit, partners, &gone)).collect();
            landed.extend(stream::iter(attempts).buffered(TOGETHER).collect::<Vec<_>>().await);
        }
        landed
    }

    async fn attempt(
        self: &Arc<Self>,
        edit: &Edit,
        partners: &[Arc<Self>],
        gone: &OnceLock<String>,
    ) -> Result<AppliedOnServer> {
        if let Some(why) = gone.get() {
            let why = format!("{why}; this change was not tried");
            return Err(Error::Unreachable { server: self.name.clone(), why });
        }
        let outcome = match edit {
            Edit::Reservation(edit) => {
                self.change(edit).await.map(|change| AppliedOnServer::Reservation(Box::new(change)))
            }
            Edit::Labels(edit) => self.label(edit).await.map(AppliedOnServer::Labels),
            Edit::Configuration(edit) if edit.change.reload => {
                self.load_file(edit).await.map(|change| AppliedOnServer::Configuration(Box::new(change)))
            }
            Edit::Configuration(edit) => {
                self.configure(edit, partners).await.map(|change| AppliedOnServer::Configuration(Box::new(change)))
            }
        };
        if let Err(error) = &outcome
            && let Some(why) = self.gone(error).await
        {
            gone.get_or_init(|| why);
        }
        outcome
    }

    /// Why the server is gone, where an error means that.
    async fn gone(&self, error: &Error) -> Option<String> {
        match error {
            Error::Unreachable { why, .. } => Some(why.clone()),
            Error::Unknown { .. } => self.ask(&VersionGet).await.err().map(|error| words(&error)),
            _ => None,
        }
    }

    /// Saves what a restart would lose, once for all, and lets go of copies that were moved away. Why it could not be
    /// saved.
    async fn persist(&self, landed: &mut [Result<AppliedOnServer>]) -> Option<Error> {
        if !landed.iter().flatten().any(AppliedOnServer::unsaved) {
            return None;
        }
        let saved = self.save().await;
        let mut gone = None;
        for outcome in landed {
            let Ok(change) = outcome else { continue };
            let failed = match (&saved, change.leaves()) {
                _ if !change.unsaved() => None,
                (_, None) => None,
                (Ok(()), Some(old)) => self.leave(old, &mut gone).await.err(),
                (Err(error), Some(old)) => Some(self.stays(old, change.made(), error).await),
            };
            if let Some(error) = failed {
                *outcome = Err(error);
            }
        }
        saved.err().map(|error| self.not_saved(&error))
    }

    /// Removes a copy that was moved away, unless the server is gone.
    async fn leave(&self, old: &Reservation, gone: &mut Option<Error>) -> Result<()> {
        let removed = match gone {
            Some(error) => Err(error.clone()),
            None => self.delete(old).await,
        };
        removed.map_err(|error| {
            let reported = self.in_both(old, &error);
            if !matches!(error, Error::Refused { .. }) {
                *gone = Some(error);
            }
            reported
        })
    }

    /// Has the server write its file. One of IPv6 may hold what it would not start with (`ReservationAdd`), and is asked
    /// before.
    pub(crate) async fn save(&self) -> Result<()> {
        if self.family() == Family::V6 {
            self.refuse_unloadable().await?;
        }
        self.ask(&ConfigWrite).await.map(drop)
    }

    fn not_saved(&self, error: &Error) -> Error {
        let text = match error {
            // Kea empties the file before it writes (seen on 3.0.3): one that ends in between leaves that.
            Error::Unknown { what, .. } => format!(
                "{what}: whether it was saved is not known, and its file may be empty; save again before Kea is restarted, or \
                 it may not start"
            ),
            other => words(other),
        };
        Error::NotSaved { server: self.name.clone(), text }
    }

    /// When a move into the configuration cannot be saved: the copy in the database stays, and the new one goes, which
    /// a restart would lose.
    async fn stays(&self, old: &Reservation, made: Option<&SentReservation>, error: &Error) -> Error {
        let Some(made) = made else { return self.not_saved(error) };
        let server = self.name.clone();
        match (self.delete(&made.says).await, error) {
            (Ok(()), Error::Unknown { what, .. }) => Error::Unknown {
                server,
                what: format!("{what}: it stays {}, and the file may have a second copy", old.storage.label()),
            },
            (Ok(()), error) => Error::Refused {
                server,
                text: format!("{} (it stays {}, as this could not be saved)", words(error), old.storage.label()),
            },
            (Err(second), error) => Error::Unknown {
                server,
                what: format!(
                    "the configuration could not be saved ({}), and the new copy in it could not be removed ({}): \
                     it is in both places now",
                    words(error),
                    words(&second),
                ),
            },
        }
    }
}
