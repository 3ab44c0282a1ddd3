//! Sessions. A row that is gone stays gone: only `insert_session` makes one.

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{SessionRecord, Sessions, StoreError};

use super::Sqlite;
use crate::error::store_error;

#[async_trait]
impl Sessions for Sqlite {
    async fn insert_session(&self, session: &SessionRecord) -> Result<(), StoreError> {
        let done = sqlx::query("INSERT INTO sessions (id_hash, data, until) VALUES (?, ?, ?)")
            .bind(&session.id_hash)
            .bind(&session.data)
            .bind(session.until.0)
            .execute(&self.writer)
            .await;
        done.map(drop).map_err(store_error)
    }

    async fn update_session(&self, session: &SessionRecord) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE sessions SET data = ?, until = ? WHERE id_hash = ?")
            .bind(&session.data)
            .bind(session.until.0)
            .bind(&session.id_hash)
            .execute(&self.writer)
            .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }

    async fn load_session(&self, id_hash: &[u8], now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let found: Result<Option<(Vec<u8>, i64)>, _> =
            sqlx::query_as("SELECT data, until FROM sessions WHERE id_hash = ? AND until > ?")
                .bind(id_hash)
                .bind(now.0)
                .fetch_optional(&self.readers)
                .await;
        let session = |(data, until)| SessionRecord { id_hash: id_hash.to_vec(), data, until: Timestamp(until) };
        found.map(|found| found.map(session)).map_err(store_error)
    }

    async fn delete_session(&self, id_hash: &[u8]) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE id_hash = ?").bind(id_hash).execute(&self.writer).await;
        done.map(drop).map_err(store_error)
    }
}
