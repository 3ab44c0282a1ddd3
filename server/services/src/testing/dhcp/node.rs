//! One server: what it runs, what it has saved, and how it makes one change.

use ::changes::{After, Edit, Verbatim};
use model::{Lease, NewReservation, Reservation, ServerName, Storage, Subnet};

use super::words::Archive;
use super::{Fault, unreachable};
use crate::ports::Written;
use crate::{Error, Result};

/// A reservation that a server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) says: Reservation,
    /// What it says that we have no words for.
    pub(super) beside: String,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: ServerName,
    /// Where new reservations are kept.
    pub(super) storage: Storage,
    pub(super) subnets: Vec<Subnet>,
    pub(super) partners: Vec<ServerName>,
    pub(super) silent: bool,
    pub(super) full: bool,
    /// How many times it was started again.
    pub(super) lives: u64,
    pub(super) leases: Vec<Lease>,
    /// The reservations of the configuration that runs.
    configuration: Vec<Held>,
    /// The same on disk.
    file: Vec<Held>,
    /// The reservations of the host database, which is always on disk.
    database: Vec<Held>,
}

/// A change that was made and may have to be saved.
pub(super) struct Landed {
    made: Option<Held>,
    was: Option<Verbatim>,
    /// Whether a restart would lose it.
    pub(super) unsaved: bool,
    /// The copy in the database that goes once the new one, in the configuration, is saved.
    leaves: Option<Reservation>,
}

impl Node {
    pub(super) fn new(name: ServerName, storage: Storage, subnets: Vec<Subnet>) -> Self {
        Self {
            name,
            storage,
            subnets,
            partners: Vec::new(),
            silent: false,
            full: false,
            lives: 0,
            leases: Vec::new(),
            configuration: Vec::new(),
            file: Vec::new(),
            database: Vec::new(),
        }
    }

    pub(super) fn restart(&mut self) {
        self.configuration.clone_from(&self.file);
        self.lives += 1;
    }

    /// Whether it could.
    pub(super) fn save(&mut self) -> bool {
        if !self.full {
            self.file.clone_from(&self.configuration);
        }
        !self.full
    }

    pub(super) fn running(&self) -> Vec<Reservation> {
        self.configuration.iter().chain(&self.database).map(|held| held.says.clone()).collect()
    }

    pub(super) fn saved(&self) -> Vec<Reservation> {
        self.file.iter().chain(&self.database).map(|held| held.says.clone()).collect()
    }

    pub(super) fn put_from_outside(&mut self, says: Reservation, beside: String) {
        self.delete(&says);
        self.place(says.storage).push(Held { says, beside });
        self.save();
    }

    pub(super) fn take_from_outside(&mut self, says: &Reservation) {
        self.delete(says);
        self.save();
    }

    pub(super) fn held(&mut self, of: &Reservation) -> Option<&Held> {
        self.place(of.storage).iter().find(|held| held.says.key() == of.key())
    }

    fn place(&mut self, storage: Storage) -> &mut Vec<Held> {
        match storage {
            Storage::Configuration => &mut self.configuration,
            Storage::Database => &mut self.database,
        }
    }

    fn delete(&mut self, old: &Reservation) {
        self.place(old.storage).retain(|held| held.says.key() != old.key());
    }

    /// Makes one change, or does with it what the fault says.
    pub(super) fn change(&mut self, edit: &Edit, fault: Option<&Fault>, archive: &mut Archive) -> Result<Landed> {
        let silent = || Error::Unknown { server: self.name.clone(), what: "no answer came".to_owned() };
        match fault {
            Some(Fault::RequestLost) => return Err(silent()),
            Some(Fault::BrokenOff) => {
                let error = silent();
                self.break_off(edit);
                return Err(error);
            }
            _ => {}
        }
        let silent = silent();
        let landed = self.make(edit, archive)?;
        match fault {
            Some(Fault::AnswerLost) => Err(silent),
            Some(Fault::HalfMoved) => {
                if let (Some(old), After::Verbatim { verbatim, .. }) = (edit.before(), edit.after()) {
                    let again = archive.read(verbatim, old)?;
                    self.delete(old);
                    self.place(old.storage).push(again);
                }
                self.save();
                Err(silent)
            }
            _ => Ok(landed),
        }
    }

    fn break_off(&mut self, edit: &Edit) {
        if let Some(old) = edit.before() {
            self.delete(old);
        }
        self.save();
    }

    fn make(&mut self, edit: &Edit, archive: &mut Archive) -> Result<Landed> {
        match (edit.before(), edit.after()) {
            (None, After::Wanted { new, storage }) => self.add(said(new, None, *storage)),
            (Some(old), After::Wanted { new, storage }) => {
                let before = self.must_hold(old)?;
                self.exchange(&before, said(new, Some(&before), *storage), archive)
            }
            (Some(old), After::Gone) => {
                let was = self.held(old).cloned().map(|held| archive.words(&held.says, &held.beside));
                self.delete(old);
                Ok(Landed { made: None, was, unsaved: old.storage == Storage::Configuration, leaves: None })
            }
            (None, After::Gone) => Ok(Landed { made: None, was: None, unsaved: false, leaves: None }),
            (now, After::Verbatim { was, verbatim }) => {
                let made = archive.read(verbatim, was)?;
                match now {
                    None => self.add(made),
                    Some(now) => {
                        let before = self.must_hold(now)?;
                        self.exchange(&before, made, archive)
                    }
                }
            }
        }
    }

    fn must_hold(&mut self, old: &Reservation) -> Result<Held> {
        let missing = || Error::not_found(format!("the reservation for {}", old.identifier));
        self.held(old).cloned().ok_or_else(missing)
    }

    fn add(&mut self, made: Held) -> Result<Landed> {
        let key = &made.says.subnet;
        if !key.is_global() && !self.subnets.iter().any(|subnet| subnet.key == *key) {
            let text = format!("there is no subnet {}", made.says.subnet.id);
            return Err(Error::Refused { server: self.name.clone(), text });
        }
        let clash = |held: &Held| {
            let other = &held.says;
            let same_address = made.says.address.is_some() && other.address == made.says.address;
            other.subnet == made.says.subnet && (other.identifier == made.says.identifier || same_address)
        };
        if self.place(made.says.storage).iter().any(clash) {
            let text = "there is one of this client, or at this address".to_owned();
            return Err(Error::Refused { server: self.name.clone(), text });
        }
        self.place(made.says.storage).push(made.clone());
        let unsaved = made.says.storage == Storage::Configuration;
        Ok(Landed { made: Some(made), was: None, unsaved, leaves: None })
    }

    /// Puts one in the place of another. When it is refused, the other one stays. Between the two places the new one is
    /// made first; a copy in the database goes only when the one in the configuration is saved.
    fn exchange(&mut self, before: &Held, made: Held, archive: &mut Archive) -> Result<Landed> {
        let moved = before.says.storage != made.says.storage;
        let stays = moved && made.says.storage == Storage::Configuration;
        let all = self.place(before.says.storage).clone();
        if !moved {
            self.delete(&before.says);
        }
        let landed = self.add(made);
        match &landed {
            Err(_) => *self.place(before.says.storage) = all,
            Ok(_) if moved && !stays => self.delete(&before.says),
            Ok(_) => {}
        }
        let unsaved = moved || before.says.storage == Storage::Configuration;
        let was = Some(archive.words(&before.says, &before.beside));
        Ok(Landed { was, unsaved, leaves: stays.then(|| before.says.clone()), ..landed? })
    }

    /// After everything was made: it is saved, or it cannot be, for that reason.
    pub(super) fn close(&mut self, landed: Landed, not_saved: Option<&str>, archive: &mut Archive) -> Result<Written> {
        let Landed { made, was, unsaved, leaves } = landed;
        if let Some(text) = not_saved.filter(|_| unsaved) {
            let (server, text) = (self.name.clone(), text.to_owned());
            return Err(match (leaves, made) {
                // A move that a restart would lose is taken back.
                (Some(_), Some(made)) => {
                    self.delete(&made.says);
                    Error::Refused { server, text }
                }
                _ => Error::NotSaved { server, text },
            });
        }
        if let Some(old) = leaves {
            self.delete(&old);
        }
        let now = made.map(|made| {
            let words = archive.words(&made.says, &made.beside);
            (made.says, words)
        });
        Ok(Written { now, was })
    }

    pub(super) fn gone(&self) -> Error {
        unreachable(&self.name)
    }
}

/// What there will be of what is wanted. What we have no words for stays.
fn said(new: &NewReservation, old: Option<&Held>, storage: Storage) -> Held {
    let beside = old.map(|old| old.beside.clone()).unwrap_or_default();
    Held { says: new.over(old.map(|old| &old.says), storage), beside }
}
