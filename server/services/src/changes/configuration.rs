//! A change of a server's configuration: taken back, made again, and looked for after something went wrong.

use ::changes::{Aim, ConfigurationAim, ConfigurationEdit, Edit, Step, Verbatim, Verdict, recorded_edits, verdict_on};
use keaconf::{Plan, Standing};
use model::{
    Applied, Change, ChangeState, Conflict, Content, Element, FieldError, Permission, ServerName, Severity, Subject,
    Version, WayBack,
};

use super::gate::{Gate, Origin, Permit, Planned};
use super::{Changes, known, refuse_undone};
use crate::configurations::{dangers_of, refuse, refuse_unconfirmed};
use crate::ports::{ChangeEnd, ChangeRecord, Running, Told};
use crate::{Actor, Caller, Confirmed, Error, Result};

/// What was kept of a change of a configuration.
struct Kept {
    forward: Vec<keaconf::Edit>,
    back: Vec<keaconf::Edit>,
}

impl Kept {
    fn of(record: &ChangeRecord) -> Result<Self> {
        let number = record.change.number;
        let read = |kept: &Option<Verbatim>| {
            let unreadable = |error| Error::Internal(format!("the edits of change {number} cannot be read: {error}"));
            recorded_edits(&known(kept.clone(), number)?).map_err(unreadable)
        };
        Ok(Self { forward: read(&record.now)?, back: read(&record.was)? })
    }
}

/// What a partner had of a change that is undone.
pub(super) enum Had {
    /// Nothing.
    Nothing,
    /// It: so it is taken back there.
    Aim(Option<Aim>),
}

impl Gate {
    /// How a server stands to a change of its configuration.
    pub(super) async fn look_at_configuration(&self, record: &ChangeRecord) -> Result<Verdict> {
        let kept = Kept::of(record)?;
        let server = record.change.subject.server();
        let running = self.dhcp.configuration(server).await?;
        Ok(verdict_on(&running, &kept.forward, &kept.back))
    }

    /// What is to be done at a partner so that it runs what was changed here.
    pub(super) async fn step_of_configuration(&self, aim: &ConfigurationAim) -> Result<Step> {
        let partner = &aim.subnet.server;
        let ours = self.dhcp.configuration(&aim.edit.subnet.server).await?;
        let theirs = self.dhcp.running(partner).await?;
        let step = aim.step(&ours, theirs.bare(), theirs.hash.clone());
        step.map_err(|text| Error::Unfit { server: partner.clone(), text })
    }

    /// What a partner is to run after a change that waited for it.
    pub(super) async fn aim_of_pending_configuration(&self, record: &ChangeRecord) -> Result<Aim> {
        let first = match record.change.repeats {
            Some(number) => self.store.change(number).await?,
            None => None,
        };
        let first = first.as_ref().unwrap_or(record);
        let aim = Aim::configuration(&edit_of(first)?, record.change.subject.subnet().clone());
        Ok(match self.as_it_had(Some(aim), first.change.undoes).await? {
            Had::Aim(Some(aim)) => aim,
            // Nothing is to be taken back.
            Had::Nothing | Had::Aim(None) => {
                let edit = ConfigurationEdit { edits: Vec::new(), back: Vec::new(), ..edit_of(first)? };
                Aim::configuration(&edit, record.change.subject.subnet().clone())
            }
        })
    }

    /// What a partner is to run where a change is undone: it gets back what it had itself, which need not be what the first
    /// server had, and what it never got is not taken back there. `undoes`: the number of that change.
    pub(super) async fn as_it_had(&self, aim: Option<Aim>, undoes: Option<i64>) -> Result<Had> {
        let (Some(Aim::Configuration(aim)), Some(number)) = (&aim, undoes) else { return Ok(Had::Aim(aim)) };
        let all = self.store.repetitions(number).await?;
        let there = all.into_iter().rev().find(|record| record.change.subject.server() == &aim.subnet.server);
        Ok(match there {
            Some(record) if super::was_made(record.change.state) => {
                let Kept { forward, back } = Kept::of(&record)?;
                Had::Aim(Some(Aim::Configuration(Box::new(aim.as_ref().clone().taking_back(back, forward)))))
            }
            // Whether it got it is not known yet: it is to be as the first server is.
            Some(record) if matches!(record.change.state, ChangeState::Open | ChangeState::Unknown) => {
                Had::Aim(Some(Aim::Configuration(aim.clone())))
            }
            // What waits there is over with what it repeats.
            _ => Had::Nothing,
        })
    }

    /// Notes how a partner is changed that waited, before it is: its parts may have other names than those of the first server.
    pub(super) async fn note_plan(&self, record: &ChangeRecord, edit: &Edit) -> Result<()> {
        let Edit::Configuration(edit) = edit else { return Ok(()) };
        let Some(content) = Edit::Configuration(edit.clone()).expected() else { return Ok(()) };
        let Change { number, state, reason, .. } = record.change.clone();
        let now = Some((content, edit.forward_verbatim()));
        let end = ChangeEnd { number, state, reason, now, was: Some(edit.back_verbatim()) };
        Ok(self.store.end_changes(&[end]).await?)
    }

    /// What makes a change of a configuration again, whatever stands of it.
    pub(super) async fn making_again(&self, actor: &Actor, record: &ChangeRecord) -> Result<Edit> {
        let server = record.change.subject.server();
        let running = self.dhcp.running(server).await?;
        let plan = toward(&running, &Kept::of(record)?.forward, self.told(server).as_ref())?;
        refuse_unconfirmed(actor, &plan, Confirmed::No)?;
        Ok(ConfigurationEdit::of(server, &plan, note_of(&record.change), running.hash).into())
    }

    /// What takes a change of a configuration back, whatever stands of it.
    pub(super) async fn taking_back(&self, record: &ChangeRecord) -> Result<Edit> {
        let server = record.change.subject.server();
        let edits = Kept::of(record)?.back;
        let running = self.dhcp.running(server).await?;
        let note = format!("takes change {} back", record.change.number);
        let plan = toward(&running, &edits, self.told(server).as_ref())?;
        Ok(ConfigurationEdit::of(server, &plan, note, running.hash).into())
    }

    /// The way to a server, which none of its changes may shut.
    fn told(&self, server: &ServerName) -> Option<Told> {
        self.dhcp.sight(server).told
    }
}

impl Changes {
    /// Takes a change of a configuration back, unless others changed the same parts since; or makes it again.
    pub(super) async fn undo_configuration(
        &self,
        caller: &Caller,
        record: &ChangeRecord,
        from: Origin,
        confirmed: Confirmed,
    ) -> Result<Applied> {
        let (this, record) = (self.clone(), record.clone());
        let server = record.change.subject.server().clone();
        let work = move |permit: Permit| async move {
            let edit = this.undoing_configuration(&record, permit.actor(), confirmed).await?;
            this.gate.carry_out(&permit, Planned { edit, from }, Vec::new()).await
        };
        self.gate.pass(caller, &server, work).await
    }

    /// What takes a change of a configuration back, unless others changed the same parts since.
    pub(super) async fn undoing_configuration(
        &self,
        record: &ChangeRecord,
        actor: &Actor,
        confirmed: Confirmed,
    ) -> Result<Edit> {
        let server = record.change.subject.server();
        let running = self.gate.dhcp.running(server).await?;
        let plan = undoing(record, &running, self.gate.told(server).as_ref())?;
        refuse_unconfirmed(actor, &plan, confirmed)?;
        Ok(ConfigurationEdit::of(server, &plan, note_of(&record.change), running.hash).into())
    }

    /// Has the parts that a change was of be as they were before or after it, whatever they are now.
    pub(super) async fn restore_configuration(
        &self,
        caller: &Caller,
        record: ChangeRecord,
        version: Version,
        from: Origin,
        confirmed: Confirmed,
    ) -> Result<Applied> {
        let (this, server) = (self.clone(), record.change.subject.server().clone());
        let work = move |permit: Permit| async move {
            let server = record.change.subject.server();
            let running = this.gate.dhcp.running(server).await?;
            let (plan, findings) = restoring(&record, &running, version, this.gate.told(server).as_ref())?;
            refuse_unconfirmed(permit.actor(), &plan, confirmed)?;
            if plan.changes.is_empty() {
                this.gate.vouch(&permit, server).await?;
                return Ok(Applied { findings, ..Applied::default() });
            }
            let edit = ConfigurationEdit::of(server, &plan, note_of(&record.change), running.hash).into();
            this.gate.carry_out(&permit, Planned { edit, from }, findings).await
        };
        self.gate.pass(caller, &server, work).await
    }

    /// What is to be known before a change is undone, or before one of its versions is restored. Nothing is changed.
    pub async fn way_back(&self, actor: &Actor, number: i64, version: Option<Version>) -> Result<WayBack> {
        actor.may(Permission::Reserve)?;
        let record = self.record(number).await?;
        if !matches!(record.change.subject, Subject::Config(Element::Configuration(_))) {
            return Ok(WayBack::default());
        }
        let server = record.change.subject.server();
        let (running, told) = (self.gate.dhcp.running(server).await?, self.gate.told(server));
        let (plan, findings) = match version {
            None => (undoing(&record, &running, told.as_ref())?, Vec::new()),
            Some(version) => restoring(&record, &running, version, told.as_ref())?,
        };
        Ok(WayBack {
            dangers: dangers_of(&plan),
            warnings: findings.into_iter().map(|finding| finding.text).collect(),
            is_so: plan.changes.is_empty(),
        })
    }
}

/// What takes a change back on what its server runs, unless others changed the same parts since.
fn undoing(record: &ChangeRecord, running: &Running, told: Option<&Told>) -> Result<Plan> {
    refuse_undone(&record.change)?;
    let Kept { forward, back } = Kept::of(record)?;
    refuse_lost_secrets(&forward, &back)?;
    if running.bare().standing(&forward, &back) != Standing::Made {
        return Err(Error::Stale { what: record.change.subject.label() });
    }
    toward(running, &back, told)
}

/// What has the parts of a change be as in one of its versions, and what is to be known of that.
fn restoring(
    record: &ChangeRecord,
    running: &Running,
    version: Version,
    told: Option<&Told>,
) -> Result<(Plan, Vec<Conflict>)> {
    let Kept { forward, back } = Kept::of(record)?;
    let edits = match version {
        Version::Before => {
            refuse_lost_secrets(&forward, &back)?;
            back
        }
        Version::After => forward,
    };
    let secrets = edits.iter().any(keaconf::Edit::leaves_secrets_out).then(|| Conflict {
        severity: Severity::Warns,
        field: "edits".to_owned(),
        text: "Nestor keeps no secrets: the passwords and keys of that version do not come back, those that are there now \
               stay."
            .to_owned(),
        advice: "Set them by hand where they are others.".to_owned(),
        cause: None,
    });
    Ok((toward(running, &edits, told)?, secrets.into_iter().collect()))
}

/// Refuses what differs from what is there by a secret alone: none is kept.
fn refuse_lost_secrets(forward: &[keaconf::Edit], back: &[keaconf::Edit]) -> Result<()> {
    let lost = back.iter().filter(|edit| forward.contains(edit)).map(|edit| {
        let text = "The password or key that was here before is not kept by Nestor: set it again by hand.";
        FieldError::new(&edit.path.to_string(), text)
    });
    let fields: Vec<FieldError> = lost.collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}

/// The change that was made, as it was kept.
pub(super) fn edit_of(record: &ChangeRecord) -> Result<ConfigurationEdit> {
    let Kept { forward, back } = Kept::of(record)?;
    let change = record.change.after.as_ref().and_then(Content::configuration).cloned().unwrap_or_default();
    Ok(ConfigurationEdit { subnet: record.change.subject.subnet().clone(), change, edits: forward, back })
}

/// What is left to be done so that a server runs what edits want. `told`: the way to it.
fn toward(running: &Running, edits: &[keaconf::Edit], told: Option<&Told>) -> Result<Plan> {
    let plan = Plan::toward(running.bare(), edits).map_err(|text| Error::invalid("edits", text))?;
    refuse(&plan, told)?;
    Ok(plan)
}

fn note_of(change: &Change) -> String {
    let note = change.after.as_ref().and_then(Content::configuration).map(|change| change.note.clone());
    note.unwrap_or_default()
}
