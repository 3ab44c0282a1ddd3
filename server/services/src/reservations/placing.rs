//! Moving reservations between the two places that a server keeps them in.

use ::changes::Edit;
use model::{Applied, Problem, Reservation, RowVerdict, Storage, SubnetKey, Table, TableRow};

use super::Reservations;
use crate::changes::{Origin, Permit, Planned};
use crate::{Caller, Error, Mode, Result};

impl Reservations {
    /// Moves a reservation to the other place. It is made there first, and only then deleted where it was.
    pub async fn move_to(&self, caller: &Caller, seen: &Reservation, to: Storage) -> Result<Applied> {
        let move_it = |subnet: SubnetKey| async move {
            let seen = Reservation { subnet, ..seen.clone() };
            let (this, server) = (self.clone(), seen.subnet.server.clone());
            self.gate.pass(caller, &server, move |permit| async move { this.move_with(&permit, &seen, to).await }).await
        };
        self.gate.serving(&seen.subnet, move_it).await
    }

    async fn move_with(&self, permit: &Permit, seen: &Reservation, to: Storage) -> Result<Applied> {
        self.refuse_without(&seen.subnet, to).await?;
        let now = self.refuse_stale(seen).await?;
        if now.storage != to && self.find(&now.key(), Some(to)).await?.is_some() {
            let fix =
                format!("it keeps another reservation of this client {}: delete one of the two first", to.label());
            return Err(Error::Unsupported { server: now.subnet.server, fix });
        }
        let planned = self.moved(&now, to, Origin::default()).await?;
        self.gate.carry_out(permit, planned, Vec::new()).await
    }

    /// Moves every reservation of a subnet to that place, as one batch.
    pub async fn move_all(&self, caller: &Caller, subnet: &SubnetKey, to: Storage) -> Result<Table> {
        let move_them = |subnet: SubnetKey| async move {
            let (this, server) = (self.clone(), subnet.server.clone());
            let work = move |permit| async move { this.move_all_with(&permit, &subnet, to).await };
            self.gate.pass(caller, &server, work).await
        };
        self.gate.serving(subnet, move_them).await
    }

    async fn move_all_with(&self, permit: &Permit, subnet: &SubnetKey, to: Storage) -> Result<Table> {
        self.snapshots.subnet(subnet).await?;
        self.refuse_without(subnet, to).await?;
        let here = self.dhcp.reservations_in(subnet).await?.known;
        let batch = self.gate.batch();
        let from = Origin { batch: Some(batch.clone()), ..Origin::default() };
        let (mut rows, mut plans) = (Vec::new(), Vec::new());
        for old in here.iter().filter(|old| old.storage != to) {
            let duplicate = here.iter().any(|other| other.storage == to && other.identifier == old.identifier);
            let verdict = if duplicate { RowVerdict::Blocked } else { RowVerdict::Change };
            if !duplicate {
                plans.push(self.moved(old, to, from.clone()).await?);
            }
            rows.push(row(rows.len(), verdict));
        }
        if permit.mode() == Mode::DryRun || plans.is_empty() {
            return Ok(Table { rows, batch: None, left_out: Vec::new() });
        }
        let mut outcomes = self.gate.carry_out_all(permit, &subnet.server, plans).await?;
        let mut outcomes = outcomes.drain(..);
        for row in rows.iter_mut().filter(|row| row.verdict == RowVerdict::Change) {
            row.outcome = outcomes.next().map(|outcome| outcome.map_err(Problem::from));
        }
        Ok(Table { rows, batch: Some(batch), left_out: Vec::new() })
    }

    async fn moved(&self, now: &Reservation, to: Storage, from: Origin) -> Result<Planned> {
        if now.storage == to {
            return Err(Error::invalid("storage", format!("it is kept {} already", to.label())));
        }
        let verbatim = self.dhcp.verbatim(&now.clone().into()).await?;
        let verbatim = verbatim.ok_or_else(|| Error::not_found(format!("the reservation for {}", now.identifier)))?;
        let there = Reservation { storage: to, ..now.clone() };
        Ok(Planned { edit: Edit::restore(Some(now.clone()), there, verbatim), from })
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
