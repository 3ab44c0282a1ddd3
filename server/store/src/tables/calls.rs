//! The calls of Foreman.

use async_trait::async_trait;
use model::{CallFilter, CallOutcome, CallQuery, ForemanCall, Timestamp};
use services::ports::{Calls, StoreError};
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::{Base, Db, POSITION};
use crate::error::{damaged_row, settled, store_error};
use crate::text::keepable;

/// Rows of one statement: `SQLite` takes 32,766 values at most.
const ROWS: usize = 1_000;

const COLUMNS: &str = "at, took_micros, caller, address, request_id, method, path, parameters, status, outcome, \
                       answer, changes, why";

/// In the words of the index, so that it is used.
const PROBLEMS: &str = "outcome IN ('exhausted', 'refused', 'failed')";

row! {
    struct Row {
        number: i64,
        at: i64,
        took_micros: i64,
        caller: String,
        address: Option<String>,
        request_id: Option<String>,
        method: String,
        path: String,
        parameters: String,
        status: i64,
        outcome: String,
        answer: String,
        changes: bool,
        why: String,
    }
}

#[async_trait]
impl Calls for Base {
    async fn add_calls(&self, calls: &[ForemanCall]) -> Result<(), StoreError> {
        settled(|| self.insert_calls(calls)).await
    }

    async fn find_calls(&self, query: &CallQuery, most: usize) -> Result<Vec<ForemanCall>, StoreError> {
        let mut select = QueryBuilder::<Db>::new(format!("SELECT number, {COLUMNS} FROM foreman_calls WHERE "));
        select.push(match query.filter {
            CallFilter::All => "true",
            CallFilter::Problems => PROBLEMS,
            CallFilter::Changes => "changes",
        });
        if let Some(before) = query.before {
            select.push(" AND number < ").push_bind(before);
        }
        if !query.text.is_empty() {
            select.push(" AND ").push(POSITION);
            select.push("(lower(concat_ws('\n', caller, address, request_id, path, parameters, answer)), lower(");
            select.push_bind(keepable(&query.text)).push(")) > 0");
        }
        select.push(" ORDER BY number DESC LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows: Result<Vec<Row>, _> = select.build_query_as().fetch_all(self.readers()).await;
        rows.map_err(store_error)?.into_iter().map(call).collect()
    }

    async fn count_problems(&self, since: Timestamp) -> Result<u64, StoreError> {
        let select = AssertSqlSafe(format!("SELECT count(*) FROM foreman_calls WHERE {PROBLEMS} AND at >= $1"));
        let count: Result<(i64,), _> = sqlx::query_as(select).bind(since.0).fetch_one(self.readers()).await;
        Ok(u64::try_from(count.map_err(store_error)?.0).unwrap_or_default())
    }

    async fn forget_calls(&self, oldest: Timestamp) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM foreman_calls WHERE at < $1").bind(oldest.0);
        delete.execute(&mut *self.writer().await.map_err(store_error)?).await.map(drop).map_err(store_error)
    }

    async fn count_calls(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let counts: Result<Vec<(String, i64)>, _> =
            sqlx::query_as("SELECT caller, count(*) FROM foreman_calls GROUP BY caller")
                .fetch_all(self.readers())
                .await;
        let count = |(caller, count): (String, i64)| (caller, u64::try_from(count).unwrap_or_default());
        Ok(counts.map_err(store_error)?.into_iter().map(count).collect())
    }

    async fn forget_calls_of(&self, callers: &[String], stay: u64) -> Result<(), StoreError> {
        settled(|| self.delete_calls_of(callers, stay)).await
    }
}

impl Base {
    async fn insert_calls(&self, calls: &[ForemanCall]) -> sqlx::Result<()> {
        let mut change = self.begin().await?;
        for some in calls.chunks(ROWS) {
            let mut insert = QueryBuilder::<Db>::new(format!("INSERT INTO foreman_calls ({COLUMNS}) "));
            insert.push_values(some, |mut row, call| {
                row.push_bind(call.at.0)
                    .push_bind(i64::from(call.took_micros))
                    .push_bind(keepable(&call.caller))
                    .push_bind(call.address.as_deref().map(keepable))
                    .push_bind(call.request_id.as_deref().map(keepable))
                    .push_bind(keepable(&call.method))
                    .push_bind(keepable(&call.path))
                    .push_bind(keepable(&call.parameters))
                    .push_bind(i64::from(call.status))
                    .push_bind(call.outcome.code())
                    .push_bind(keepable(&call.answer))
                    .push_bind(call.changes)
                    .push_bind(serde_json::to_string(&call.why).unwrap_or_default());
            });
            insert.build().execute(&mut *change).await?;
        }
        change.commit().await
    }

    async fn delete_calls_of(&self, callers: &[String], stay: u64) -> sqlx::Result<()> {
        // The first statement finds where they begin, so that the names are sent once each.
        let of_these = |statement: &str| {
            let mut query = QueryBuilder::<Db>::new(format!("{statement} FROM foreman_calls WHERE caller IN ("));
            let mut list = query.separated(", ");
            for caller in callers {
                list.push_bind(keepable(caller));
            }
            query.push(")");
            query
        };
        let mut change = self.begin().await?;
        let mut newest_that_goes = of_these("SELECT number");
        newest_that_goes.push(" ORDER BY number DESC LIMIT 1 OFFSET ");
        newest_that_goes.push_bind(i64::try_from(stay).unwrap_or(i64::MAX));
        let newest: Option<(i64,)> = newest_that_goes.build_query_as().fetch_optional(&mut *change).await?;
        if let Some((newest,)) = newest {
            let mut delete = of_these("DELETE");
            delete.push(" AND number <= ").push_bind(newest);
            delete.build().execute(&mut *change).await?;
        }
        change.commit().await
    }
}

fn call(row: Row) -> Result<ForemanCall, StoreError> {
    let damaged = || damaged_row("call of Foreman", row.number);
    Ok(ForemanCall {
        outcome: CallOutcome::from_code(&row.outcome).ok_or_else(damaged)?,
        why: serde_json::from_str(&row.why).map_err(|_| damaged())?,
        took_micros: row.took_micros.try_into().map_err(|_| damaged())?,
        status: row.status.try_into().map_err(|_| damaged())?,
        number: row.number,
        at: Timestamp(row.at),
        caller: row.caller,
        address: row.address,
        request_id: row.request_id,
        method: row.method,
        path: row.path,
        parameters: row.parameters,
        answer: row.answer,
        changes: row.changes,
    })
}
