//! Name and comment of a subnet: changed, and restored.

use ::changes::Edit;
use model::{Applied, Change, Content, Labels, Permission, SubnetKey, Version};

use super::gate::{Origin, Permit, Planned};
use super::{Changes, refuse_undone};
use crate::ports::ChangeRecord;
use crate::{Caller, Error, Result};

impl Changes {
    /// Calls a subnet something else, on every server that has it. `seen` is how it was called when that was made up: if it
    /// is called otherwise now, nothing is changed.
    pub async fn label(&self, caller: &Caller, subnet: &SubnetKey, seen: &Labels, wanted: &Labels) -> Result<Applied> {
        caller.actor.may(Permission::Reserve)?;
        let wanted = wanted.clone().trimmed();
        let fields = wanted.faults_since(seen);
        if !fields.is_empty() {
            return Err(Error::Invalid { fields });
        }
        let label = |subnet: SubnetKey| {
            let (this, seen, wanted, server) = (self.clone(), seen.clone(), wanted.clone(), subnet.server.clone());
            let work = move |permit| async move { this.label_with(&permit, subnet, &seen, wanted).await };
            async move { self.gate.pass(caller, &server, work).await }
        };
        self.gate.serving(subnet, label).await
    }

    async fn label_with(&self, permit: &Permit, subnet: SubnetKey, seen: &Labels, wanted: Labels) -> Result<Applied> {
        self.gate.dhcp.refuse_labels(&subnet.server).await?;
        let now = self.gate.dhcp.labels(&subnet).await?.ok_or_else(|| missing(&subnet))?;
        if now != *seen {
            return Err(Error::Stale { what: format!("the name of subnet {}", subnet.id) });
        }
        if now == wanted {
            self.gate.vouch(permit, &subnet.server).await?;
            return Ok(Applied::default());
        }
        let planned = Planned { edit: Edit::label(subnet, now, wanted), from: Origin::default() };
        self.gate.carry_out(permit, planned, Vec::new()).await
    }

    /// Has a subnet called again as it was before a change, unless it is called otherwise by now than the change left it.
    pub(super) async fn undo_labels(&self, caller: &Caller, record: &ChangeRecord, from: Origin) -> Result<Applied> {
        let (this, record, server) = (self.clone(), record.clone(), record.change.subject.server().clone());
        let work = move |permit: Permit| async move {
            let edit = this.undoing_labels(&record).await?;
            this.gate.carry_out(&permit, Planned { edit, from }, Vec::new()).await
        };
        self.gate.pass(caller, &server, work).await
    }

    /// What takes a change of labels back.
    pub(super) async fn undoing_labels(&self, record: &ChangeRecord) -> Result<Edit> {
        let change = &record.change;
        refuse_undone(change)?;
        let now = self.labels_now(change).await?;
        if Some(&now) != change.after.as_ref() {
            return Err(Error::Stale { what: change.subject.label() });
        }
        back(now, record, Version::Before)
    }

    /// Has a subnet called as a change knew it, whatever it is called now.
    pub(super) async fn restore_labels(
        &self,
        caller: &Caller,
        record: ChangeRecord,
        version: Version,
        from: Origin,
    ) -> Result<Applied> {
        let (this, server) = (self.clone(), record.change.subject.server().clone());
        let work = move |permit: Permit| async move {
            let edit = back(this.labels_now(&record.change).await?, &record, version)?;
            this.gate.carry_out(&permit, Planned { edit, from }, Vec::new()).await
        };
        self.gate.pass(caller, &server, work).await
    }

    async fn labels_now(&self, change: &Change) -> Result<Content> {
        let subnet = change.subject.subnet();
        self.gate.labels(subnet).await?.ok_or_else(|| missing(subnet))
    }
}

fn missing(subnet: &SubnetKey) -> Error {
    Error::not_found(format!("subnet {} of the server “{}”", subnet.id, subnet.server))
}

fn back(now: Content, record: &ChangeRecord, version: Version) -> Result<Edit> {
    let ChangeRecord { change, was, now: became, .. } = record;
    let (wanted, verbatim) = match version {
        Version::Before => (change.before.clone(), was.clone()),
        Version::After => (change.after.clone(), became.clone()),
    };
    let edit = wanted.and_then(|wanted| Edit::back(Some(now), wanted, verbatim));
    edit.ok_or_else(|| Error::not_found("what the subnet was called in that version"))
}
