//! Failed sign-ins.

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{StoreError, Tries};

use super::Sqlite;
use crate::error::store_error;

#[async_trait]
impl Tries for Sqlite {
    async fn failures(&self, key: &str, since: Timestamp) -> Result<(u32, Option<Timestamp>), StoreError> {
        let found: Result<(u32, Option<i64>), _> =
            sqlx::query_as("SELECT count(*), min(at) FROM sign_in_failures WHERE key = ? AND at >= ?")
                .bind(key)
                .bind(since.0)
                .fetch_one(&self.readers)
                .await;
        found.map(|(count, oldest)| (count, oldest.map(Timestamp))).map_err(store_error)
    }

    async fn note_failure(&self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query("INSERT INTO sign_in_failures (key, at) VALUES (?, ?)")
            .bind(key)
            .bind(at.0)
            .execute(&self.writer)
            .await;
        done.map(drop).map_err(store_error)
    }

    async fn forgive(&self, key: &str) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM sign_in_failures WHERE key = ?").bind(key).execute(&self.writer).await;
        done.map(drop).map_err(store_error)
    }
}
