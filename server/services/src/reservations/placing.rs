//! Moving reservations between the two places that a server keeps them in.

use model::{Applied, Permission, Problem, Reservation, RowVerdict, Storage, SubnetKey, Table, TableRow};

use super::Reservations;
use crate::recording::{Origin, Planned, to_the_end};
use crate::{Actor, Error, Mode, Result};

impl Reservations {
    /// Moves a reservation to the other place. It is made there first, and only then deleted where it was.
    pub async fn move_to(&self, actor: &Actor, seen: &Reservation, to: Storage, mode: Mode) -> Result<Applied> {
        actor.may(Permission::Reserve)?;
        let (this, actor, seen) = (self.clone(), actor.clone(), seen.clone());
        to_the_end(async move {
            this.refuse_without(&seen.subnet, to).await?;
            let _lock = this.recording.lock(&seen.subnet.server).await?;
            let now = this.refuse_stale(&seen).await?;
            if now.storage != to && this.find(&now.key(), Some(to)).await?.is_some() {
                let fix =
                    format!("it keeps another reservation of this client {}: delete one of the two first", to.label());
                return Err(Error::Unsupported { server: now.subnet.server, fix });
            }
            let planned = this.moved(&now, to, Origin::default()).await?;
            this.settle(&actor, planned, Vec::new(), mode).await
        })
        .await
    }

    /// Moves every reservation of a subnet to that place, as one batch.
    pub async fn move_all(&self, actor: &Actor, subnet: &SubnetKey, to: Storage, mode: Mode) -> Result<Table> {
        actor.may(Permission::Reserve)?;
        let (this, actor, subnet) = (self.clone(), actor.clone(), subnet.clone());
        to_the_end(async move { this.move_all_of(&actor, &subnet, to, mode).await }).await
    }

    async fn move_all_of(&self, actor: &Actor, subnet: &SubnetKey, to: Storage, mode: Mode) -> Result<Table> {
        self.snapshots.subnet(subnet).await?;
        self.refuse_without(subnet, to).await?;
        let _lock = self.recording.lock(&subnet.server).await?;
        let here = self.dhcp.reservations_in(subnet).await?;
        let batch = self.recording.batch();
        let from = Origin { batch: Some(batch.clone()), ..Origin::default() };
        let (mut rows, mut plans) = (Vec::new(), Vec::new());
        for old in here.iter().filter(|old| old.storage != to) {
            let twin = here.iter().any(|other| other.storage == to && other.identifier == old.identifier);
            let verdict = if twin { RowVerdict::Blocked } else { RowVerdict::Change };
            if !twin {
                plans.push(self.moved(old, to, from.clone()).await?);
            }
            rows.push(row(rows.len(), verdict));
        }
        if mode == Mode::DryRun || plans.is_empty() {
            return Ok(Table { rows, batch: None });
        }
        let mut outcomes = self.recording.carry_out_all(actor, &subnet.server, plans).await?;
        let mut outcomes = outcomes.drain(..);
        for row in rows.iter_mut().filter(|row| row.verdict == RowVerdict::Change) {
            row.outcome = outcomes.next().map(|outcome| outcome.map_err(Problem::from));
        }
        Ok(Table { rows, batch: Some(batch) })
    }

    async fn moved(&self, now: &Reservation, to: Storage, from: Origin) -> Result<Planned> {
        if now.storage == to {
            return Err(Error::invalid("storage", format!("it is kept {} already", to.label())));
        }
        let verbatim = self.dhcp.verbatim(now).await?;
        let verbatim = verbatim.ok_or_else(|| Error::not_found(format!("the reservation for {}", now.identifier)))?;
        Ok(Planned::restore(Some(now), Reservation { storage: to, ..now.clone() }, verbatim, from))
    }

    async fn refuse_without(&self, subnet: &SubnetKey, to: Storage) -> Result<()> {
        if to == Storage::Database && self.dhcp.storage(&subnet.server).await? != Storage::Database {
            let fix = "it has no host database that its partners share: add “hosts-database” to Kea’s configuration";
            let fix = fix.to_owned();
            return Err(Error::Unsupported { server: subnet.server.clone(), fix });
        }
        Ok(())
    }
}

fn row(at: usize, verdict: RowVerdict) -> TableRow {
    let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
    TableRow { line, wanted: None, verdict, faults: Vec::new(), findings: Vec::new(), outcome: None }
}
