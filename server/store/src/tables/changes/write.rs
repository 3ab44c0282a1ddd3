//! Recording changes, and how they ended.

use model::Content;
use serde::Serialize;
use services::ports::{ChangeEnd, ChangeRecord};
use sqlx::query_builder::Separated;
use sqlx::{Executor, QueryBuilder, Transaction};

use super::row::{Searched, json_of, named};
use super::{Base, Db};
use crate::text::keepable;

/// Rows of one statement: `SQLite` takes 32,766 values at most.
const ROWS: usize = 1_000;

const COLUMNS: &str = "at, actor, verb, subject, server, subnet_id, identifier_kind, identifier, old_identifier_kind, \
                       old_identifier, old_address, new_address, old_host_name, new_host_name, before, after, state, \
                       reason, batch, undoes, repeats, alone, was, now, wanted, request, owner, confirm_until";

impl Base {
    pub(super) async fn insert_changes(&self, changes: &[ChangeRecord]) -> sqlx::Result<Vec<i64>> {
        if changes.len() <= ROWS {
            // One statement is a transaction of its own, in a third of the steps.
            return insert(&mut *self.writer().await?, changes).await;
        }
        let mut transaction = self.begin().await?;
        let numbers = insert_all(&mut transaction, changes).await?;
        transaction.commit().await?;
        Ok(numbers)
    }

    pub(super) async fn settle_changes(&self, ends: &[ChangeEnd]) -> sqlx::Result<()> {
        // One that is lost is found again: its change stands as begun, and the server is asked.
        let mut transaction = self.begin_in_passing().await?;
        settle_all(&mut transaction, ends).await?;
        transaction.commit().await
    }

    pub(super) async fn settle_and_insert_changes(
        &self,
        ends: &[ChangeEnd],
        changes: &[ChangeRecord],
    ) -> sqlx::Result<Vec<i64>> {
        // What is begun must be on the disk.
        let mut transaction = self.begin().await?;
        settle_all(&mut transaction, ends).await?;
        let numbers = insert_all(&mut transaction, changes).await?;
        transaction.commit().await?;
        Ok(numbers)
    }

    pub(super) async fn delete_changes(&self, oldest: i64, most: i64) -> sqlx::Result<()> {
        let delete = sqlx::query(
            "DELETE FROM changes WHERE state IN ('done', 'refused') AND (at < $1
             OR number <= (SELECT number FROM changes ORDER BY number DESC LIMIT 1 OFFSET $2))",
        );
        delete.bind(oldest).bind(most).execute(&mut *self.writer().await?).await.map(drop)
    }
}

async fn insert_all(by: &mut Transaction<'static, Db>, changes: &[ChangeRecord]) -> sqlx::Result<Vec<i64>> {
    let mut numbers = Vec::with_capacity(changes.len());
    for some in changes.chunks(ROWS) {
        numbers.append(&mut insert(&mut **by, some).await?);
    }
    Ok(numbers)
}

/// Always in the same order, so that two who end the same changes wait for each other and not in a circle.
async fn settle_all(by: &mut Transaction<'static, Db>, ends: &[ChangeEnd]) -> sqlx::Result<()> {
    let mut ends: Vec<&ChangeEnd> = ends.iter().collect();
    ends.sort_by_key(|end| end.number);
    for end in ends {
        settle(&mut **by, end).await?;
    }
    Ok(())
}

async fn insert(by: impl Executor<'_, Database = Db>, changes: &[ChangeRecord]) -> sqlx::Result<Vec<i64>> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut insert = QueryBuilder::<Db>::new(format!("INSERT INTO changes ({COLUMNS}) "));
    let written = changes.iter().map(Written::of).collect::<sqlx::Result<Vec<_>>>()?;
    insert.push_values(written, push_record).push(" RETURNING number");
    let mut given: Vec<i64> = insert.build_query_scalar().fetch_all(by).await?;
    // Rows get their numbers in their order, but are not returned in any.
    given.sort_unstable();
    Ok(given)
}

async fn settle(by: impl Executor<'_, Database = Db>, end: &ChangeEnd) -> sqlx::Result<()> {
    let mut update = QueryBuilder::<Db>::new("UPDATE changes SET state = ");
    update.push_bind(end.state.code()).push(", reason = ");
    update.push_bind(end.reason.as_ref().map(json).transpose()?);
    if let Some((held, verbatim)) = &end.now {
        let Searched { address, host_name } = Searched::of(held.reservation());
        update.push(", after = ").push_bind(of(held)?).push(", now = ").push_bind(keepable(&verbatim.0));
        update.push(", new_address = ").push_bind(address).push(", new_host_name = ").push_bind(host_name);
    }
    if let Some(verbatim) = &end.was {
        update.push(", was = ").push_bind(keepable(&verbatim.0));
    }
    update.push(" WHERE number = ").push_bind(end.number);
    update.build().execute(by).await.map(drop)
}

/// A record, with what is kept of it as JSON.
struct Written<'a> {
    record: &'a ChangeRecord,
    before: Option<String>,
    after: Option<String>,
    wanted: Option<String>,
    reason: Option<String>,
}

impl<'a> Written<'a> {
    fn of(record: &'a ChangeRecord) -> sqlx::Result<Self> {
        let before = record.change.before.as_ref().map(of).transpose()?;
        let after = record.change.after.as_ref().map(of).transpose()?;
        let wanted = record.wanted.as_ref().map(json).transpose()?;
        let reason = record.change.reason.as_ref().map(json).transpose()?;
        Ok(Self { record, before, after, wanted, reason })
    }
}

fn json(value: &impl Serialize) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn of(held: &Content) -> sqlx::Result<String> {
    json_of(held).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn push_record(mut row: Separated<'_, Db, &'static str>, written: Written<'_>) {
    let Written { record, before: before_json, after: after_json, wanted, reason } = written;
    let change = &record.change;
    let (subnet, [subject, kind, name]) = (change.subject.subnet(), named(&change.subject));
    let (before, after) = change.reservations();
    let old = before.map(|before| &before.identifier);
    let old = old.filter(|old| change.subject.reservation().is_none_or(|key| key.identifier != **old));
    let (before, after) = (Searched::of(before), Searched::of(after));
    row.push_bind(change.at.0)
        .push_bind(keepable(&change.actor))
        .push_bind(change.verb.code())
        .push_bind(subject)
        .push_bind(subnet.server.as_str())
        .push_bind(i64::from(subnet.id))
        .push_bind(kind)
        .push_bind(name)
        .push_bind(old.map(|old| old.kind().code()))
        .push_bind(old.map(ToString::to_string))
        .push_bind(before.address)
        .push_bind(after.address)
        .push_bind(before.host_name)
        .push_bind(after.host_name)
        .push_bind(before_json)
        .push_bind(after_json)
        .push_bind(change.state.code())
        .push_bind(reason)
        .push_bind(change.batch.as_deref().map(keepable))
        .push_bind(change.undoes)
        .push_bind(change.repeats)
        .push_bind(change.single_server)
        .push_bind(record.was.as_ref().map(|was| keepable(&was.0)))
        .push_bind(record.now.as_ref().map(|now| keepable(&now.0)))
        .push_bind(wanted)
        .push_bind(record.request.as_deref().map(keepable))
        .push_bind(keepable(&record.owner))
        .push_bind(record.confirm_until.map(|until| until.0));
}
