//! One server: what it runs, what it has saved, and how it makes one change.

use ::changes::{After, ConfigurationEdit, Edit, LabelsEdit, ReservationEdit, Verbatim};
use model::{
    Hook, Labels, Lease, NewReservation, RawRecord, Reservation, ServerName, Storage, Subnet, SubnetKey, Timestamp,
};

use super::words::Archive;
use super::{Fault, unreachable};
use crate::ports::AppliedEdit;
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
    /// The subnets that run.
    pub(super) subnets: Vec<Subnet>,
    /// The same on disk.
    subnets_on_disk: Vec<Subnet>,
    /// The configuration as a document that runs, and on disk, where a test gave one.
    documents: Option<[keaconf::Document; 2]>,
    /// The hook libraries that it lacks.
    pub(super) lacks: Vec<Hook>,
    pub(super) partners: Vec<ServerName>,
    pub(super) silent: bool,
    pub(super) full: bool,
    /// How many times it was started again.
    pub(super) lives: u64,
    /// When it was given a whole configuration.
    pub(super) loaded_at: Timestamp,
    pub(super) leases: Vec<Lease>,
    /// Records that are not understood.
    pub(super) raw: Vec<RawRecord>,
    /// The reservations of the configuration that runs.
    configuration: Vec<Held>,
    /// The same on disk.
    file: Vec<Held>,
    /// The reservations of the host database, which is always on disk.
    database: Vec<Held>,
}

/// A change that was made and may have to be saved.
#[derive(Default)]
pub(super) struct AppliedOnServer {
    /// The change of its configuration.
    configured: Option<Box<ConfigurationEdit>>,
    /// The subnet that is called something else now.
    labelled: Option<SubnetKey>,
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
            subnets_on_disk: subnets.clone(),
            subnets,
            documents: None,
            lacks: Vec::new(),
            partners: Vec::new(),
            silent: false,
            full: false,
            lives: 0,
            loaded_at: Timestamp(0),
            leases: Vec::new(),
            raw: Vec::new(),
            configuration: Vec::new(),
            file: Vec::new(),
            database: Vec::new(),
        }
    }

    pub(super) fn restart(&mut self) {
        self.configuration.clone_from(&self.file);
        self.subnets.clone_from(&self.subnets_on_disk);
        if let Some([running, saved]) = &mut self.documents {
            running.clone_from(saved);
        }
        self.lives += 1;
    }

    /// Whether it could.
    pub(super) fn save(&mut self) -> bool {
        if !self.full {
            self.file.clone_from(&self.configuration);
            self.subnets_on_disk.clone_from(&self.subnets);
            if let Some([running, saved]) = &mut self.documents {
                saved.clone_from(running);
            }
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
    pub(super) fn change(
        &mut self,
        edit: &Edit,
        fault: Option<&Fault>,
        archive: &mut Archive,
    ) -> Result<AppliedOnServer> {
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
        let landed = match edit {
            Edit::Reservation(edit) => self.make(edit, archive)?,
            Edit::Labels(edit) => self.label(edit)?,
            Edit::Configuration(edit) => self.configure(edit)?,
        };
        match fault {
            Some(Fault::AnswerLost) => Err(silent),
            Some(Fault::HalfMoved) => {
                if let Edit::Reservation(edit) = edit
                    && let (Some(old), After::Verbatim { verbatim, .. }) = (edit.before(), edit.after())
                {
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
        match edit {
            Edit::Reservation(edit) => {
                if let Some(old) = edit.before() {
                    self.delete(old);
                }
            }
            // What is set comes before what is removed.
            Edit::Labels(edit) => {
                let half = Labels { comment: edit.before.comment.clone(), ..edit.after.clone() };
                self.call(&edit.subnet, &half);
            }
            Edit::Configuration(edit) => {
                let half = &edit.edits[..edit.edits.len() / 2];
                if let Some([running, _]) = &mut self.documents
                    && let Ok(made) = running.brought_to(half)
                {
                    *running = made;
                }
            }
        }
        self.save();
    }

    pub(super) fn refuse_labels(&self) -> Result<()> {
        let fix = "it lacks a hook".to_owned();
        let lacks = self.lacks.contains(&Hook::SubnetCmds);
        if lacks { Err(Error::Unsupported { server: self.name.clone(), fix }) } else { Ok(()) }
    }

    /// Gives it a configuration, which it has saved.
    pub(super) fn give_document(&mut self, document: &keaconf::Document) {
        self.documents = Some([document.clone(), document.clone()]);
    }

    /// The configuration that runs, and the one on disk.
    pub(super) fn documents(&self) -> Option<&[keaconf::Document; 2]> {
        self.documents.as_ref()
    }

    fn configure(&mut self, edit: &ConfigurationEdit) -> Result<AppliedOnServer> {
        let name = self.name.clone();
        let Some([running, saved]) = &mut self.documents else {
            return Err(Error::not_found(format!("the configuration of “{name}”")));
        };
        if edit.change.reload {
            let configured = Some(Box::new(edit.clone().reloaded(running, saved)));
            running.clone_from(saved);
            return Ok(AppliedOnServer { configured, ..AppliedOnServer::default() });
        }
        let refused = |error: keaconf::EditError| Error::Refused { server: name, text: error.to_string() };
        *running = running.brought_to(&edit.edits).map_err(refused)?;
        let configured = Some(Box::new(edit.clone()));
        Ok(AppliedOnServer { configured, unsaved: true, ..AppliedOnServer::default() })
    }

    fn label(&mut self, edit: &LabelsEdit) -> Result<AppliedOnServer> {
        self.refuse_labels()?;
        let Some(old) = self.called(&edit.subnet)[0].clone() else {
            return Err(Error::not_found(format!("subnet {}", edit.subnet.id)));
        };
        self.call(&edit.subnet, &edit.after);
        let was = Some(words_of(&old));
        let labelled = Some(edit.subnet.clone());
        Ok(AppliedOnServer { labelled, was, unsaved: true, ..AppliedOnServer::default() })
    }

    fn call(&mut self, subnet: &SubnetKey, labels: &Labels) {
        for known in self.subnets.iter_mut().filter(|known| known.key == *subnet) {
            (known.name, known.comment) = (labels.name.clone(), labels.comment.clone());
        }
    }

    pub(super) fn call_from_outside(&mut self, subnet: &SubnetKey, labels: &Labels) {
        self.call(subnet, labels);
        self.save();
    }

    /// What a subnet is called now, and after a restart.
    pub(super) fn called(&self, subnet: &SubnetKey) -> [Option<Labels>; 2] {
        let of = |all: &[Subnet]| all.iter().find(|known| known.key == *subnet).map(Subnet::labels);
        [of(&self.subnets), of(&self.subnets_on_disk)]
    }

    fn make(&mut self, edit: &ReservationEdit, archive: &mut Archive) -> Result<AppliedOnServer> {
        match (edit.before(), edit.after()) {
            (None, After::Wanted { new, storage }) => self.add(said(new, None, *storage)),
            (Some(old), After::Wanted { new, storage }) => {
                let before = self.must_hold(old)?;
                self.exchange(&before, said(new, Some(&before), *storage), archive)
            }
            (Some(old), After::Gone) => {
                let was = self.held(old).cloned().map(|held| archive.words(&held.says, &held.beside));
                self.delete(old);
                let unsaved = old.storage == Storage::Configuration;
                Ok(AppliedOnServer { was, unsaved, ..AppliedOnServer::default() })
            }
            (None, After::Gone) => Ok(AppliedOnServer::default()),
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

    fn add(&mut self, made: Held) -> Result<AppliedOnServer> {
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
        Ok(AppliedOnServer { made: Some(made), unsaved, ..AppliedOnServer::default() })
    }

    /// Puts one in the place of another. When it is refused, the other one stays. Between the two places the new one is
    /// made first; a copy in the database goes only when the one in the configuration is saved.
    fn exchange(&mut self, before: &Held, made: Held, archive: &mut Archive) -> Result<AppliedOnServer> {
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
        Ok(AppliedOnServer { was, unsaved, leaves: stays.then(|| before.says.clone()), ..landed? })
    }

    /// After everything was made: it is saved, or it cannot be, for that reason.
    pub(super) fn close(
        &mut self,
        landed: AppliedOnServer,
        not_saved: Option<&str>,
        archive: &mut Archive,
    ) -> Result<AppliedEdit> {
        let AppliedOnServer { configured, labelled, made, was, unsaved, leaves } = landed;
        let not_saved = not_saved.filter(|_| unsaved).map(str::to_owned);
        if let (Some(text), Some(_), Some(made)) = (&not_saved, &leaves, &made) {
            // A move that a restart would lose is undone.
            self.delete(&made.says);
            return Err(Error::Refused { server: self.name.clone(), text: text.clone() });
        }
        if let Some(old) = leaves {
            self.delete(&old);
        }
        let now = made.map(|made| {
            let words = archive.words(&made.says, &made.beside);
            (made.says.into(), words)
        });
        let called = labelled.and_then(|subnet| Some((self.called(&subnet)[0].clone()?, subnet)));
        let called = called.map(|(labels, subnet)| {
            let words = words_of(&labels);
            (model::Content::Labels { subnet, labels }, words)
        });
        let not_saved = not_saved.map(|text| Error::NotSaved { server: self.name.clone(), text });
        if let Some(edit) = configured {
            let (now, was) = (edit.forward_verbatim(), edit.back_verbatim());
            let ConfigurationEdit { subnet, change, .. } = *edit;
            let now = (model::Content::Configuration { subnet, change }, now);
            return Ok(AppliedEdit { now: Some(now), was: Some(was), not_saved, said: Vec::new() });
        }
        Ok(AppliedEdit { now: now.or(called), was, not_saved, said: Vec::new() })
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

/// Labels in the words of a server.
pub(super) fn words_of(labels: &Labels) -> Verbatim {
    Verbatim(format!("{labels:?}"))
}
