//! The changes of reservations.

mod find;
mod row;
mod write;

use async_trait::async_trait;
use model::{Change, ChangeQuery, ChangeState, ServerName, Timestamp};
use services::ports::{BatchCount, ChangeEnd, ChangeRecord, Changes, StoreError};
use sqlx::QueryBuilder;

use super::{Base, Db, POSITION};
use crate::error::{damaged_row, settled, store_error};
use crate::text::keepable;
use row::{REST, Record, SEEN};

/// Each state by itself, so that the index `changes_by_state` leads to the few: what is done is most of all.
pub(crate) const COUNT_UNSETTLED: &str = "SELECT server, state, count(*) FROM changes
     WHERE state IN ('open', 'pending', 'not-saved', 'unknown') GROUP BY server, state ORDER BY server, state";

#[async_trait]
impl Changes for Base {
    async fn begin_changes(&self, changes: &[ChangeRecord]) -> Result<Vec<i64>, StoreError> {
        settled(|| self.insert_changes(changes)).await
    }

    async fn end_changes(&self, ends: &[ChangeEnd]) -> Result<(), StoreError> {
        settled(|| self.settle_changes(ends)).await
    }

    async fn end_and_begin_changes(
        &self,
        ends: &[ChangeEnd],
        changes: &[ChangeRecord],
    ) -> Result<Vec<i64>, StoreError> {
        settled(|| self.settle_and_insert_changes(ends, changes)).await
    }

    async fn find_changes(&self, query: &ChangeQuery, most: usize) -> Result<Vec<Change>, StoreError> {
        self.select_changes(query, most).await
    }

    async fn change(&self, number: i64) -> Result<Option<ChangeRecord>, StoreError> {
        self.one_record(|select| {
            select.push("number = ").push_bind(number);
        })
        .await
    }

    async fn repetitions(&self, number: i64) -> Result<Vec<ChangeRecord>, StoreError> {
        self.records(
            |select| {
                select.push("repeats = ").push_bind(number);
            },
            i64::MAX,
        )
        .await
    }

    async fn change_of_request(&self, request: &str) -> Result<Option<ChangeRecord>, StoreError> {
        self.one_record(|select| {
            select.push("request = ").push_bind(keepable(request));
        })
        .await
    }

    async fn count_batches(&self, batches: &[String]) -> Result<Vec<BatchCount>, StoreError> {
        self.select_batch_counts(batches).await
    }

    async fn changes_of_batch(&self, batch: &str) -> Result<Vec<ChangeRecord>, StoreError> {
        self.records(
            |select| {
                select.push("batch = ").push_bind(keepable(batch));
            },
            i64::MAX,
        )
        .await
    }

    async fn changes_in(
        &self,
        state: ChangeState,
        server: Option<&ServerName>,
        most: usize,
    ) -> Result<Vec<ChangeRecord>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let which = |select: &mut QueryBuilder<Db>| {
            select.push("state = ").push_bind(state.code());
            if let Some(server) = server {
                select.push(" AND server = ").push_bind(server.as_str().to_owned());
            }
        };
        self.records(which, most).await
    }

    async fn newest_changes(&self, server: &ServerName) -> Result<Vec<ChangeRecord>, StoreError> {
        let which = |select: &mut QueryBuilder<Db>| {
            select.push("c.state = 'done' AND c.server = ").push_bind(server.as_str().to_owned());
            for name in ["identifier", "old_identifier"] {
                select.push(format_args!(
                    " AND NOT EXISTS (SELECT 1 FROM changes AS n WHERE n.server = c.server AND n.subnet_id = c.subnet_id
                     AND n.{name}_kind = c.identifier_kind AND n.{name} = c.identifier AND n.number > c.number
                     AND n.state <> 'refused')"
                ));
            }
        };
        self.records(which, i64::MAX).await
    }

    async fn count_changes(&self) -> Result<Vec<(ServerName, ChangeState, u32)>, StoreError> {
        let rows: Result<Vec<(String, String, i64)>, _> =
            sqlx::query_as(COUNT_UNSETTLED).fetch_all(self.readers()).await;
        let count = |(server, state, count): (String, String, i64)| {
            let state = ChangeState::from_code(&state)?;
            Some((server.parse().ok()?, state, u32::try_from(count).ok()?))
        };
        let counts = rows.map_err(store_error)?.into_iter().map(count).collect::<Option<_>>();
        counts.ok_or_else(|| damaged_row("the changes", "of a server"))
    }

    async fn adopt_change(&self, number: i64, from: &str, owner: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE changes SET owner = $1 WHERE number = $2 AND owner = $3 AND state = 'open'")
            .bind(keepable(owner))
            .bind(number)
            .bind(keepable(from))
            .execute(&mut *self.writer().await.map_err(store_error)?)
            .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }

    async fn changes_to_confirm(&self) -> Result<Vec<ChangeRecord>, StoreError> {
        let which = |select: &mut QueryBuilder<Db>| {
            select.push("confirm_until IS NOT NULL");
        };
        self.records(which, i64::MAX).await
    }

    async fn confirm_change(&self, number: i64) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE changes SET confirm_until = NULL WHERE number = $1 AND confirm_until IS NOT NULL")
                .bind(number)
                .execute(&mut *self.writer().await.map_err(store_error)?)
                .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }

    async fn trim_changes(&self, oldest: Timestamp, most: u32) -> Result<(), StoreError> {
        settled(|| self.delete_changes(oldest.0, most.into())).await
    }
}

impl Base {
    /// The records that fit, in the order that they were made in.
    async fn records(
        &self,
        which: impl FnOnce(&mut QueryBuilder<Db>),
        most: i64,
    ) -> Result<Vec<ChangeRecord>, StoreError> {
        let mut select = QueryBuilder::new(format!("SELECT {SEEN}, {REST} FROM changes AS c WHERE "));
        which(&mut select);
        select.push(" ORDER BY number LIMIT ").push_bind(most);
        let rows: Result<Vec<Record>, _> = select.build_query_as().fetch_all(self.readers()).await;
        rows.map_err(store_error)?.into_iter().map(Record::record).collect()
    }

    async fn one_record(&self, which: impl FnOnce(&mut QueryBuilder<Db>)) -> Result<Option<ChangeRecord>, StoreError> {
        Ok(self.records(which, 1).await?.pop())
    }
}
