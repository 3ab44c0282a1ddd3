//! Failed sign-ins.

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{StoreError, Tries};

use super::Base;
use crate::error::{damaged_row, store_error};
use crate::text::keepable;

#[async_trait]
impl Tries for Base {
    async fn failures(&self, key: &str, since: Timestamp) -> Result<(u32, Option<Timestamp>), StoreError> {
        let found: Result<(i64, Option<i64>), _> =
            sqlx::query_as("SELECT count(*), min(at) FROM sign_in_failures WHERE key = $1 AND at >= $2")
                .bind(keepable(key))
                .bind(since.0)
                .fetch_one(self.readers())
                .await;
        let (count, oldest) = found.map_err(store_error)?;
        let count = u32::try_from(count).map_err(|_| damaged_row("failures of", key))?;
        Ok((count, oldest.map(Timestamp)))
    }

    async fn note_failure(&self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query("INSERT INTO sign_in_failures (key, at) VALUES ($1, $2)")
            .bind(keepable(key))
            .bind(at.0)
            .execute(&mut *self.writer().await.map_err(store_error)?)
            .await;
        done.map(drop).map_err(store_error)
    }

    async fn forgive(&self, key: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM sign_in_failures WHERE key = $1").bind(keepable(key));
        delete.execute(&mut *self.writer().await.map_err(store_error)?).await.map(drop).map_err(store_error)
    }
}
