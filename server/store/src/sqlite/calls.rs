//! The calls of Foreman.

use async_trait::async_trait;
use model::{CallFilter, CallOutcome, CallQuery, ForemanCall, Timestamp};
use services::ports::{Calls, StoreError};
use sqlx::{FromRow, QueryBuilder};

use super::Sqlite;
use crate::error::{damaged_row, store_error};

/// Rows of one statement: `SQLite` takes 32,766 values at most.
const ROWS: usize = 1_000;

const COLUMNS: &str = "at, took_micros, caller, address, request_id, method, path, parameters, status, outcome, \
                       answer, changes, why";

#[derive(FromRow)]
struct Row {
    number: i64,
    at: i64,
    took_micros: u32,
    caller: String,
    address: Option<String>,
    request_id: Option<String>,
    method: String,
    path: String,
    parameters: String,
    status: u16,
    outcome: String,
    answer: String,
    changes: bool,
    why: String,
}

#[async_trait]
impl Calls for Sqlite {
    async fn add_calls(&self, calls: &[ForemanCall]) -> Result<(), StoreError> {
        let mut change = self.begin().await?;
        for some in calls.chunks(ROWS) {
            let mut insert = QueryBuilder::new(format!("INSERT INTO foreman_calls ({COLUMNS}) "));
            insert.push_values(some, |mut row, call| {
                row.push_bind(call.at.0)
                    .push_bind(call.took_micros)
                    .push_bind(&call.caller)
                    .push_bind(&call.address)
                    .push_bind(&call.request_id)
                    .push_bind(&call.method)
                    .push_bind(&call.path)
                    .push_bind(&call.parameters)
                    .push_bind(call.status)
                    .push_bind(call.outcome.code())
                    .push_bind(&call.answer)
                    .push_bind(call.changes)
                    .push_bind(serde_json::to_string(&call.why).unwrap_or_default());
            });
            insert.build().execute(&mut *change).await.map_err(store_error)?;
        }
        change.commit().await.map_err(store_error)
    }

    async fn find_calls(&self, query: &CallQuery, most: usize) -> Result<Vec<ForemanCall>, StoreError> {
        let mut select = QueryBuilder::new(format!("SELECT number, {COLUMNS} FROM foreman_calls WHERE "));
        select.push(match query.filter {
            CallFilter::All => "true",
            // In the words of the index, so that it is used.
            CallFilter::Problems => "outcome IN ('exhausted', 'refused', 'failed')",
            CallFilter::Changes => "changes",
        });
        if let Some(before) = query.before {
            select.push(" AND number < ").push_bind(before);
        }
        if !query.text.is_empty() {
            select.push(
                " AND instr(lower(concat_ws(char(10), caller, address, request_id, path, parameters, answer)), lower(",
            );
            select.push_bind(&query.text).push(")) > 0");
        }
        select.push(" ORDER BY number DESC LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows: Result<Vec<Row>, _> = select.build_query_as().fetch_all(&self.readers).await;
        rows.map_err(store_error)?.into_iter().map(call).collect()
    }

    async fn trim_calls(&self, oldest: Timestamp, most: u32) -> Result<(), StoreError> {
        let done = sqlx::query(
            "DELETE FROM foreman_calls WHERE at < ?1
             OR number <= (SELECT number FROM foreman_calls ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        )
        .bind(oldest.0)
        .bind(most)
        .execute(&self.writer)
        .await;
        done.map(drop).map_err(store_error)
    }
}

fn call(row: Row) -> Result<ForemanCall, StoreError> {
    let damaged = || damaged_row("call of Foreman", row.number);
    Ok(ForemanCall {
        outcome: CallOutcome::from_code(&row.outcome).ok_or_else(damaged)?,
        why: serde_json::from_str(&row.why).map_err(|_| damaged())?,
        number: row.number,
        at: Timestamp(row.at),
        took_micros: row.took_micros,
        caller: row.caller,
        address: row.address,
        request_id: row.request_id,
        method: row.method,
        path: row.path,
        parameters: row.parameters,
        status: row.status,
        answer: row.answer,
        changes: row.changes,
    })
}
