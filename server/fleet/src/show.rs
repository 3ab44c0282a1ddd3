//! What changes left behind, as the server shows it: one look each, or, where a subnet has many of them, one scan through
//! what is new in it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use changes::{After, Edit, ReservationEdit};
use kea::wire;
use model::{ReservationKey, Storage, SubnetKey};
use services::ports::AppliedEdit;
use services::{Error, Result};

use crate::change::{self, SentReservation, verbatim};
use crate::node::Node;
use crate::write::AppliedOnServer;

/// More changes than this in one subnet cost less to look at by a scan than one by one.
const CROWD: usize = 20;

/// The reservations of crowded subnets that a scan through what is new showed. None: the server did not let itself be scanned through.
type Seen = HashMap<SubnetKey, Option<HashMap<(ReservationKey, Storage), wire::Reservation>>>;

impl Node {
    /// What every change left behind. `not_saved`: why those that a restart would lose are not saved.
    pub(crate) async fn show(
        self: &Arc<Self>,
        edits: &[Edit],
        landed: Vec<Result<AppliedOnServer>>,
        not_saved: Option<&Error>,
    ) -> Vec<Result<AppliedEdit>> {
        let mut seen = self.look_through(&landed).await;
        // What a later change of the same batch made of a reservation is not what an earlier one left behind.
        let mut later = HashSet::new();
        let mut shown = Vec::with_capacity(landed.len());
        for (edit, outcome) in edits.iter().zip(landed).rev() {
            let not_saved = not_saved.filter(|_| outcome.as_ref().is_ok_and(AppliedOnServer::unsaved)).cloned();
            let written = match (edit, outcome) {
                (Edit::Reservation(edit), Ok(AppliedOnServer::Reservation(change))) => {
                    self.written(edit, *change, &mut seen, &later).await
                }
                (_, Ok(AppliedOnServer::Labels(change))) => self.labelled(change).await,
                (_, Ok(AppliedOnServer::Configuration(change))) => Ok(change.shown()),
                (Edit::Labels(_) | Edit::Configuration(_), Ok(AppliedOnServer::Reservation(_))) => {
                    Err(Error::Internal("a change became another one".to_owned()))
                }
                (_, Err(error)) => Err(error),
            };
            shown.push(match (written, not_saved) {
                (Ok(written), not_saved) => Ok(AppliedEdit { not_saved, ..written }),
                (Err(error), not_saved) => Err(not_saved.unwrap_or(error)),
            });
            if let Edit::Reservation(edit) = edit {
                later.extend(edit.touched());
            }
        }
        shown.reverse();
        shown
    }

    async fn look_through(&self, landed: &[Result<AppliedOnServer>]) -> Seen {
        let mut wanted: HashMap<&SubnetKey, HashSet<(ReservationKey, Storage)>> = HashMap::new();
        for made in landed.iter().flatten().filter_map(AppliedOnServer::made) {
            wanted.entry(&made.says.subnet).or_default().insert((made.says.key(), made.says.storage));
        }
        wanted.retain(|_, keys| keys.len() > CROWD);
        let mut seen = Seen::new();
        for (subnet, mut wanted) in wanted {
            let mut found = HashMap::new();
            let scan = self.scan_new(subnet, |reservation, host| {
                let key = (reservation.key(), reservation.storage);
                if wanted.remove(&key) {
                    found.insert(key, host);
                }
                !wanted.is_empty()
            });
            let scanned = scan.await.is_ok();
            seen.insert(subnet.clone(), scanned.then_some(found));
        }
        seen
    }

    async fn written(
        &self,
        edit: &ReservationEdit,
        change: change::AppliedOnServer,
        seen: &mut Seen,
        later: &HashSet<ReservationKey>,
    ) -> Result<AppliedEdit> {
        let was = change.was.as_ref().map(verbatim).transpose()?;
        let Some(SentReservation { host, says }) = change.made else {
            return if self.is_back(edit, later).await {
                Err(self.came_back())
            } else {
                Ok(AppliedEdit { now: None, was, not_saved: None, said: Vec::new() })
            };
        };
        let key = (says.key(), says.storage);
        let found = match seen.get_mut(&says.subnet) {
            _ if later.contains(&key.0) => Some(host),
            Some(Some(scanned)) if scanned.contains_key(&key) => scanned.remove(&key),
            // The server took the change and saved it; that it does not let itself be looked at now takes nothing back.
            Some(None) => Some(host),
            Some(Some(_)) | None => self.raw(&says).await.unwrap_or_else(|_| {
                seen.insert(says.subnet.clone(), None);
                Some(host)
            }),
        };
        let found = found.ok_or_else(|| self.vanished())?;
        let shown = self.to_model(&found, says.storage).filter(|shown| shown.is_equivalent_to(&says));
        let reservation = shown.ok_or_else(|| self.vanished())?;
        Ok(AppliedEdit { now: Some((reservation.into(), verbatim(&found)?)), was, not_saved: None, said: Vec::new() })
    }

    /// Whether what was deleted is there: a server that was started again before it had saved has it still.
    async fn is_back(&self, edit: &ReservationEdit, later: &HashSet<ReservationKey>) -> bool {
        let (Some(old), After::Gone) = (edit.before(), edit.after()) else { return false };
        old.storage == Storage::Configuration
            && !later.contains(&old.key())
            && matches!(self.raw(old).await, Ok(Some(_)))
    }

    fn came_back(&self) -> Error {
        let what = "the server deleted it, and shows it again: it was restarted in between, or another client created it again";
        Error::Unknown { server: self.name.clone(), what: what.to_owned() }
    }

    pub(crate) fn vanished(&self) -> Error {
        let what = "the server accepted the change, and does not show it: another client may have changed it since";
        Error::Unknown { server: self.name.clone(), what: what.to_owned() }
    }
}
