//! One change of one reservation, up to the moment when the server has taken it. Saving comes after, for many at once.

use changes::{After, ReservationEdit, Verbatim};
use kea::commands::{HostKey, Removal, ReservationAdd, ReservationDel, ReservationUpdate};
use kea::wire;
use model::{Family, Reservation, Storage};
use services::{Error, Result};

use crate::convert;
use crate::node::Node;

/// A reservation that there is to be, in both forms.
pub(crate) struct SentReservation {
    /// In Kea's words.
    pub(crate) host: wire::Reservation,
    /// In ours; it also says where it is kept.
    pub(crate) says: Reservation,
}

/// A change that the server has taken.
pub(crate) struct AppliedOnServer {
    /// How it was before.
    pub(crate) was: Option<wire::Reservation>,
    /// What there is now; none: nothing.
    pub(crate) made: Option<SentReservation>,
    /// Whether a restart of the server would lose it.
    pub(crate) unsaved: bool,
    /// A copy in the other place, which has to go once the new one is on disk.
    pub(crate) leaves: Option<Reservation>,
}

impl Node {
    /// Makes a change.
    pub(crate) async fn change(&self, edit: &ReservationEdit) -> Result<AppliedOnServer> {
        match (edit.before(), edit.after()) {
            (None, After::Wanted { new, storage }) => {
                let host = convert::host(new, wire::Reservation::default());
                self.add(self.made(host, *storage)?).await
            }
            (Some(old), After::Wanted { new, storage }) => {
                let before = self.held(old).await?;
                let made = self.made(convert::host(new, before.clone()), *storage)?;
                self.exchange(old, before, made).await
            }
            (Some(old), After::Gone) => self.remove(old).await,
            (None, After::Gone) => Ok(AppliedOnServer { was: None, made: None, unsaved: false, leaves: None }),
            (now, After::Verbatim { was, verbatim }) => {
                let made = self.made(read(verbatim, was.subnet.id)?, was.storage)?;
                let Some(now) = now else { return self.add(made).await };
                let before = self.held(now).await?;
                if now.storage == was.storage {
                    self.exchange(now, before, made).await
                } else {
                    self.move_over(now, before, made).await
                }
            }
        }
    }

    async fn add(&self, made: SentReservation) -> Result<AppliedOnServer> {
        self.put(&made).await?;
        let unsaved = made.says.storage == Storage::Configuration;
        Ok(AppliedOnServer { was: None, made: Some(made), unsaved, leaves: None })
    }

    async fn remove(&self, old: &Reservation) -> Result<AppliedOnServer> {
        let was = self.raw(old).await?;
        self.delete(old).await?;
        Ok(AppliedOnServer { was, made: None, unsaved: old.storage == Storage::Configuration, leaves: None })
    }

    /// Puts one in the place of another that is kept in the same place.
    async fn exchange(
        &self,
        old: &Reservation,
        before: wire::Reservation,
        made: SentReservation,
    ) -> Result<AppliedOnServer> {
        let same = old.key() == made.says.key();
        let outcome = if same {
            self.update(&made).await
        } else {
            // Kea cannot change the identifier of a reservation, nor its subnet.
            self.delete(old).await?;
            self.put(&made).await
        };
        match outcome {
            Ok(()) => {
                let unsaved = old.storage == Storage::Configuration;
                Ok(AppliedOnServer { was: Some(before), made: Some(made), unsaved, leaves: None })
            }
            // An update that never arrived took nothing away.
            Err(error @ Error::Unreachable { .. }) if same => Err(error),
            Err(error) => Err(self.put_back(old, before, error).await),
        }
    }

    /// Puts one in the place of another that is kept in the other place: first the new one, then the old one goes, so
    /// that at no moment there is none. In between Kea has both, which it accepts.
    async fn move_over(
        &self,
        old: &Reservation,
        before: wire::Reservation,
        made: SentReservation,
    ) -> Result<AppliedOnServer> {
        self.put(&made).await?;
        let to_database = made.says.storage == Storage::Database;
        if to_database && let Err(error) = self.delete(old).await {
            return Err(self.in_both(old, &error));
        }
        let leaves = (!to_database).then(|| old.clone());
        Ok(AppliedOnServer { was: Some(before), made: Some(made), unsaved: true, leaves })
    }

    /// After a move, when the old copy could not be removed.
    pub(crate) fn in_both(&self, old: &Reservation, error: &Error) -> Error {
        let what = format!(
            "it was moved, but the old copy {} could not be removed ({}); now it is in both places, and that one has \
             to be deleted",
            old.storage.label(),
            words(error),
        );
        Error::Unknown { server: self.name.clone(), what }
    }

    async fn update(&self, made: &SentReservation) -> Result<()> {
        let operation_target = convert::target(made.says.storage);
        let sent = self.ask(&ReservationUpdate { reservation: made.host.clone(), operation_target }).await;
        self.landed(made, sent).await
    }

    async fn put(&self, made: &SentReservation) -> Result<()> {
        let operation_target = convert::target(made.says.storage);
        // A server of IPv6 may keep what it refuses. What was there before is none of that.
        let may_keep = self.family() == Family::V6 && self.raw(&made.says).await?.is_none();
        let sent = self.ask(&ReservationAdd { reservation: made.host.clone(), operation_target }).await;
        match sent {
            Err(refused @ Error::Refused { .. }) if may_keep => Err(self.swept(made, refused).await),
            sent => self.landed(made, sent).await,
        }
    }

    /// Removes what a refusal may have left; what is to be said then.
    async fn swept(&self, made: &SentReservation, refused: Error) -> Error {
        let Err(error) = self.delete(&made.says).await else { return refused };
        let what = format!(
            "{}; the server may hold it nevertheless, and it could not be removed ({})",
            words(&refused),
            words(&error)
        );
        Error::Unknown { server: self.name.clone(), what }
    }

    /// Makes certain of a change of which no answer came, by looking. What was refused stays refused.
    async fn landed(&self, made: &SentReservation, sent: Result<()>) -> Result<()> {
        let Err(Error::Unknown { server, what }) = sent else { return sent };
        let shown = |found: &wire::Reservation| {
            self.to_model(found, made.says.storage).is_some_and(|found| found.is_equivalent_to(&made.says))
        };
        match self.raw(&made.says).await {
            Ok(Some(found)) if shown(&found) => Ok(()),
            Ok(_) => {
                Err(Error::Unknown { server, what: format!("{what}; the server does not show the change so far") })
            }
            Err(_) => Err(Error::Unknown { server, what }),
        }
    }

    /// Deletes a reservation; that it is gone already is no error.
    pub(crate) async fn delete(&self, old: &Reservation) -> Result<()> {
        let (identifier_type, identifier) = convert::key_of(&old.identifier);
        let key = HostKey::Identifier { identifier_type, identifier };
        let operation_target = convert::target(old.storage);
        let command = ReservationDel { subnet_id: old.subnet.id, key, operation_target };
        match self.ask(&command).await {
            // A server that says that it is not there must not show it.
            Ok(Removal::Absent) if matches!(self.raw(old).await, Ok(Some(_))) => {
                let text = "it says that there is no such reservation, and shows it".to_owned();
                Err(Error::Refused { server: self.name.clone(), text })
            }
            Ok(Removal::Removed | Removal::Absent) => Ok(()),
            // No answer came: whether it is gone can be seen.
            Err(Error::Unknown { .. }) if matches!(self.raw(old).await, Ok(None)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// After a change that was not made: Kea deletes the old record before it looks at the new one, so the old one may
    /// be gone, and a server of IPv6 may have the refused one in its place. It is made again as it was.
    async fn put_back(&self, old: &Reservation, before: wire::Reservation, error: Error) -> Error {
        let back = async {
            match self.raw(old).await? {
                Some(found) if self.family() == Family::V4 || found == before => return Ok(()),
                Some(_) => self.delete(old).await?,
                None => {}
            }
            self.put(&self.made(before, old.storage)?).await
        };
        let Err(second) = back.await else { return error };
        let what = format!(
            "{}; and whether the old reservation is still there is not known ({})",
            words(&error),
            words(&second)
        );
        Error::Unknown { server: self.name.clone(), what }
    }

    async fn held(&self, old: &Reservation) -> Result<wire::Reservation> {
        let missing = || Error::not_found(format!("the reservation for {}", old.identifier));
        self.raw(old).await?.ok_or_else(missing)
    }

    fn made(&self, host: wire::Reservation, storage: Storage) -> Result<SentReservation> {
        let says = self.to_model(&host, storage);
        let says = says.ok_or_else(|| Error::Internal("a reservation has no identifier that we know".to_owned()))?;
        Ok(SentReservation { host, says })
    }

    /// What a record says, whatever Kea adds to it and however it spells identifiers.
    pub(crate) fn to_model(&self, host: &wire::Reservation, storage: Storage) -> Option<Reservation> {
        convert::reservation(self.key(host.subnet_id.unwrap_or(0)), host, storage).ok()
    }
}

/// A record, to be kept outside of the server.
pub(crate) fn verbatim(host: &wire::Reservation) -> Result<Verbatim> {
    let unwritable = |error| Error::Internal(format!("a reservation cannot be written down: {error}"));
    serde_json::to_string(host).map(Verbatim).map_err(unwritable)
}

/// The record of a verbatim, for that subnet: its number may be another one now.
fn read(Verbatim(text): &Verbatim, subnet: u32) -> Result<wire::Reservation> {
    let unreadable = |error| Error::Internal(format!("the verbatim text of a reservation cannot be read: {error}"));
    let host: wire::Reservation = serde_json::from_str(text).map_err(unreadable)?;
    Ok(wire::Reservation { subnet_id: Some(subnet), ..host })
}

/// What was seen, as a part of a longer sentence.
pub(crate) fn words(error: &Error) -> String {
    match error {
        Error::Refused { text, .. } | Error::Unfit { text, .. } => text.clone(),
        Error::Unreachable { why, .. } => why.clone(),
        Error::Unknown { what, .. } => what.clone(),
        other => other.to_string(),
    }
}
