//! Sessions. A row that is gone stays gone: only `insert_session` makes one.

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{SessionRecord, Sessions, StoreError};

use super::Base;
use crate::error::store_error;

#[async_trait]
impl Sessions for Base {
    async fn insert_session(&self, session: &SessionRecord) -> Result<(), StoreError> {
        let done = sqlx::query("INSERT INTO sessions (id_hash, data, until) VALUES ($1, $2, $3)")
            .bind(&session.id_hash)
            .bind(&session.data)
            .bind(session.until.0)
            .execute(&mut *self.writer().await.map_err(store_error)?)
            .await;
        done.map(drop).map_err(store_error)
    }

    async fn update_session(&self, session: &SessionRecord) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE sessions SET data = $1, until = $2 WHERE id_hash = $3")
            .bind(&session.data)
            .bind(session.until.0)
            .bind(&session.id_hash)
            .execute(&mut *self.writer().await.map_err(store_error)?)
            .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }

    async fn load_session(&self, id_hash: &[u8], now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let found: Result<Option<(Vec<u8>, i64)>, _> =
            sqlx::query_as("SELECT data, until FROM sessions WHERE id_hash = $1 AND until > $2")
                .bind(id_hash)
                .bind(now.0)
                .fetch_optional(self.readers())
                .await;
        let session = |(data, until)| SessionRecord { id_hash: id_hash.to_vec(), data, until: Timestamp(until) };
        found.map(|found| found.map(session)).map_err(store_error)
    }

    async fn delete_session(&self, id_hash: &[u8]) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
            .bind(id_hash)
            .execute(&mut *self.writer().await.map_err(store_error)?)
            .await;
        done.map(drop).map_err(store_error)
    }
}
