//! Reservations by the table: a verdict for each row first, then the good rows as one batch, and the way back out again.

mod head;
mod leases;
mod read;
mod write;

pub(crate) use self::write::written;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{
    NewReservation, Permission, Problem, Reservation, RowVerdict, ServerName, Subnet, SubnetKey, Table, TableRow,
};

use ::changes::Edit;

use self::read::{Address, Line};

use crate::changes::{Gate, Origin, Permit, Planned};
use crate::index::Freshness;
use crate::networks::{Network, Networks};
use crate::ports::{Claim, Dhcp, Listed};
use crate::reservations::Field;
use crate::unseen::aside;
use crate::{Actor, Caller, Error, Mode, Ports, Reservations, Result};

/// Most rows of one table.
const MOST_ROWS: usize = 2_000;

/// Reservations by the table. Cheap to clone.
#[derive(Clone)]
pub struct CsvImport {
    dhcp: Arc<dyn Dhcp>,
    networks: Arc<Networks>,
    reservations: Reservations,
    gate: Gate,
}

/// CSV data that was sent.
struct Asked {
    lines: Vec<Line>,
    /// The subnet that each line means.
    subnets: Vec<Option<Subnet>>,
    left_out: Vec<String>,
}

/// A table that was judged: its rows, and for those that change something what is to be done.
struct Judged {
    rows: Vec<TableRow>,
    /// By server: the place of the row, and its plan.
    plans: BTreeMap<ServerName, Vec<(usize, Planned)>>,
}

impl CsvImport {
    pub(crate) fn new(ports: &Ports, networks: Arc<Networks>, reservations: Reservations, gate: Gate) -> Self {
        Self { dhcp: ports.dhcp.clone(), networks, reservations, gate }
    }

    /// What each row of a table would do. `subnet`: for rows that name none.
    pub async fn check(&self, actor: &Actor, text: &str, subnet: Option<&SubnetKey>) -> Result<Table> {
        actor.may(Permission::Look)?;
        let Asked { lines, subnets, left_out } = self.read(text, subnet).await?;
        let judged = self.judge(actor, &lines, &subnets, Mode::DryRun, &Origin::default()).await?;
        Ok(Table { rows: judged.rows, batch: None, left_out })
    }

    /// Applies the rows that can be applied, as one batch. The same table again changes nothing.
    pub async fn apply(&self, caller: &Caller, text: &str, subnet: Option<&SubnetKey>) -> Result<Table> {
        caller.actor.may(Permission::Reserve)?;
        let asked = self.read(text, subnet).await?;
        let servers: BTreeSet<_> = asked.subnets.iter().flatten().map(|subnet| subnet.key.server.clone()).collect();
        let this = self.clone();
        let work = move |permit| async move { this.apply_lines(&permit, asked).await };
        self.gate.pass_all(caller, servers, work).await
    }

    /// The reservations of one subnet, or of all, as a table that [`apply`](Self::apply) takes. Those of a pair once.
    pub async fn export(&self, actor: &Actor, subnet: Option<&SubnetKey>) -> Result<String> {
        actor.may(Permission::Look)?;
        let networks = match subnet {
            Some(key) => vec![self.networks.of(key).await?],
            None => self.everywhere().await,
        };
        let (mut reservations, mut raw, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for network in &networks {
            match self.reservations_in(network).await {
                Ok(its) => {
                    reservations.push((network.first(), its.known));
                    raw.extend(its.raw);
                }
                Err(error) => missing.push((network.first(), error)),
            }
        }
        match missing.pop() {
            // Nothing is no table.
            Some((_, error)) if reservations.is_empty() => Err(error),
            last => write::table(&reservations, &raw, &missing.into_iter().chain(last).collect::<Vec<_>>()),
        }
    }

    /// The leases of a subnet as a table that [`apply`](Self::apply) takes: it would reserve their addresses for the clients
    /// that have them. Those without a client are left out.
    pub async fn export_leases(&self, actor: &Actor, key: &SubnetKey) -> Result<String> {
        actor.may(Permission::Look)?;
        let subnets = self.dhcp.subnets(&key.server).await?;
        let subnet = subnets.into_iter().find(|subnet| subnet.key == *key);
        let subnet = subnet.ok_or_else(|| Error::not_found(format!("the subnet {key}")))?;
        let prefixes: Vec<_> = subnet.prefix_pools.iter().map(|pool| pool.prefix).collect();
        let found = self.dhcp.leases_in(&subnet, &prefixes).await?;
        write::leases(&subnet, &found.known)
    }

    /// Every network, and what stands for one where reservations are of no subnet in particular.
    async fn everywhere(&self) -> Vec<Network> {
        let (found, globals) = futures::future::join(self.networks.all(), self.networks.globals()).await;
        found.networks.into_iter().chain(globals).collect()
    }

    /// The reservations of a network, as the first of its servers that answers has them.
    async fn reservations_in(&self, network: &Network) -> Result<Listed<Reservation>> {
        let mut silent = None;
        for subnet in network.asked() {
            match self.dhcp.reservations_in(&subnet.key).await {
                Err(error @ Error::Unreachable { .. }) => silent = silent.or(Some(error)),
                answer => return answer,
            }
        }
        Err(silent.unwrap_or_else(|| Error::not_found(format!("the subnet {}", network.first().prefix))))
    }

    async fn apply_lines(&self, permit: &Permit, asked: Asked) -> Result<Table> {
        let Asked { lines, subnets, left_out } = asked;
        let batch = self.gate.batch();
        let from = Origin { batch: Some(batch.clone()), ..Origin::default() };
        let Judged { mut rows, plans } = self.judge(permit.actor(), &lines, &subnets, permit.mode(), &from).await?;
        if permit.mode() == Mode::DryRun {
            return Ok(Table { rows, batch: None, left_out });
        }
        let changes = !plans.is_empty();
        for (server, plans) in plans {
            let (places, plans): (Vec<_>, Vec<_>) = plans.into_iter().unzip();
            let outcomes = match self.gate.carry_out_all(permit, &server, plans).await {
                Ok(outcomes) => outcomes,
                Err(error) => places.iter().map(|_| Err(error.clone())).collect(),
            };
            for (place, outcome) in places.into_iter().zip(outcomes) {
                rows[place].outcome = Some(outcome.map_err(Problem::from));
            }
        }
        self.vouch_for_same(permit, &mut rows).await;
        Ok(Table { rows, batch: changes.then_some(batch), left_out })
    }

    /// A row that changes nothing is good only where what is there would outlive a restart of its server.
    async fn vouch_for_same(&self, permit: &Permit, rows: &mut [TableRow]) {
        let mut vouched: BTreeMap<ServerName, Result<bool>> = BTreeMap::new();
        for row in rows.iter_mut().filter(|row| row.verdict == RowVerdict::Same) {
            let Some(server) = row.wanted.as_ref().map(|wanted| wanted.subnet.server.clone()) else { continue };
            if !vouched.contains_key(&server) {
                vouched.insert(server.clone(), self.gate.vouch(permit, &server).await);
            }
            if let Some(Err(error)) = vouched.get(&server) {
                row.outcome = Some(Err(error.clone().into()));
            }
        }
    }

    /// The lines, and the subnet that each means.
    async fn read(&self, text: &str, default: Option<&SubnetKey>) -> Result<Asked> {
        let read::Read { mut lines, left_out } = read::table(text).map_err(|fault| Error::invalid("text", fault))?;
        if lines.is_empty() || lines.len() > MOST_ROWS {
            let text =
                format!("an import has 1 to {MOST_ROWS} rows below its first line; this one has {}", lines.len());
            return Err(Error::invalid("text", text));
        }
        let all = self.everywhere().await;
        let default = match default {
            Some(key) => Some(self.networks.of(key).await?),
            None => None,
        };
        let meant = |line: &mut Line| line.find_subnet(&all, default.as_ref());
        let subnets = lines.iter_mut().map(meant).collect();
        Ok(Asked { lines, subnets, left_out })
    }

    async fn judge(
        &self,
        actor: &Actor,
        lines: &[Line],
        subnets: &[Option<Subnet>],
        mode: Mode,
        from: &Origin,
    ) -> Result<Judged> {
        let mut fields = self.fields(actor, subnets, mode).await?;
        let mut judged = Judged { rows: Vec::with_capacity(lines.len()), plans: BTreeMap::new() };
        for (line, subnet) in lines.iter().zip(subnets) {
            let field = subnet.as_ref().and_then(|subnet| fields.get_mut(&subnet.key));
            let (row, planned) = match field {
                Some(field) => self.judge_line(actor, line, field, mode, from).await?,
                None => (faulty(line, vec![line.no_subnet()]), None),
            };
            if let Some(planned) = planned {
                let server = planned.edit.subnet().server.clone();
                judged.plans.entry(server).or_default().push((judged.rows.len(), planned));
            }
            judged.rows.push(row);
        }
        Ok(judged)
    }

    async fn judge_line(
        &self,
        actor: &Actor,
        line: &Line,
        field: &mut Field,
        mode: Mode,
        from: &Origin,
    ) -> Result<(TableRow, Option<Planned>)> {
        let identifier = match line.identifier() {
            Ok(identifier) => identifier,
            Err(fault) => return Ok((faulty(line, vec![fault]), None)),
        };
        // Of copies in both places the one that the row is like, else the one that counts.
        let copies = field.all_of(&identifier);
        let old = copies.into_iter().rev().max_by_key(|old| line.likeness(&field.subnet, old));
        let mut new = match line.wanted(&field.subnet, identifier, old.as_ref()) {
            Ok(new) => new,
            Err(faults) => return Ok((faulty(line, faults), None)),
        };
        if line.address() == Address::Next && new.address.is_none() {
            if let Some(fault) = field.blind() {
                return Ok((faulty(line, vec![fault]), None));
            }
            match self.next(actor, field, &new, mode).await? {
                Some(address) => new.address = Some(address),
                None => return Ok((faulty(line, vec![field.full()]), None)),
            }
        }
        let faults = new.check(&field.subnet, old.as_ref());
        if !faults.is_empty() {
            return Ok((faulty(line, faults), None));
        }
        if let Some(old) = &old
            && old.matches(&new)
        {
            return Ok((row(line, Some(new), RowVerdict::Same), None));
        }
        let findings = field.conflicts(&new, old.as_ref(), self.elsewhere(&new, mode).await?);
        if findings.iter().any(|conflict| conflict.severity == model::Severity::Blocks) {
            return Ok((TableRow { findings, ..row(line, Some(new), RowVerdict::Blocked) }, None));
        }
        let (verdict, edit) = match old {
            Some(old) => (RowVerdict::Change, Edit::change(old, new.clone())),
            None => (RowVerdict::New, Edit::create(new.clone(), field.storage)),
        };
        let (before, after) = edit.reservations();
        field.takes(before, after);
        let planned = Planned { edit, from: from.clone() };
        Ok((TableRow { findings, ..row(line, Some(new), verdict) }, Some(planned)))
    }

    /// Reservations of other subnets that share something with a row, as far as its own subnet is not enough to know them:
    /// its name where nothing is decided yet, and all that it has where it is of no subnet in particular.
    async fn elsewhere(&self, new: &NewReservation, mode: Mode) -> Result<Listed<Reservation>> {
        let server = &new.subnet.server;
        let mut raw = Vec::new();
        let mut known = match (&new.host_name, mode) {
            (Some(name), Mode::DryRun) => self.dhcp.reservations_named(server, name.as_str()).await?,
            _ => Vec::new(),
        };
        if new.subnet.is_global() {
            known.extend(self.dhcp.reservations_of(server, &new.identifier).await?);
            for address in new.addresses() {
                known.extend(aside(&mut raw, self.dhcp.reservations_at(server, address).await)?);
            }
        }
        Ok(Listed { known, raw })
    }

    /// The next free address of a subnet; unless it is a dry run, it is held.
    async fn next(
        &self,
        actor: &Actor,
        field: &mut Field,
        new: &NewReservation,
        mode: Mode,
    ) -> Result<Option<std::net::IpAddr>> {
        while let Some(address) = field.next_free() {
            let hold = field.hold(actor, address, new);
            if mode == Mode::DryRun || self.networks.claim(&hold, None).await? == Claim::Claimed {
                return Ok(Some(address));
            }
        }
        Ok(None)
    }

    /// All that is known of the subnets that are concerned.
    async fn fields(
        &self,
        actor: &Actor,
        subnets: &[Option<Subnet>],
        mode: Mode,
    ) -> Result<BTreeMap<SubnetKey, Field>> {
        // What decides is asked now; a look may make do with what a page shows.
        let freshness = if mode == Mode::Apply { Freshness::Now } else { Freshness::Page };
        let mut fields = BTreeMap::new();
        for subnet in subnets.iter().flatten() {
            if fields.contains_key(&subnet.key) {
                continue;
            }
            fields.insert(subnet.key.clone(), self.reservations.field(actor, subnet, freshness).await?);
        }
        Ok(fields)
    }
}

fn row(line: &Line, wanted: Option<NewReservation>, verdict: RowVerdict) -> TableRow {
    TableRow { line: line.number, wanted, verdict, faults: Vec::new(), findings: Vec::new(), outcome: None }
}

fn faulty(line: &Line, faults: Vec<model::FieldError>) -> TableRow {
    TableRow { faults, ..row(line, None, RowVerdict::Faulty) }
}
