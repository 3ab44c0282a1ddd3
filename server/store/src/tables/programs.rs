//! Which programs run.

use model::Timestamp;
use services::ports::StoreError;

use super::Base;
use crate::error::store_error;

impl Base {
    /// Says that a program runs until then.
    pub(crate) async fn note_program(&self, owner: &str, until: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO programs (owner, until) VALUES ($1, $2)
             ON CONFLICT (owner) DO UPDATE SET until = excluded.until",
        )
        .bind(owner)
        .bind(until.0)
        .execute(&mut *self.writer().await.map_err(store_error)?)
        .await;
        done.map(drop).map_err(store_error)
    }

    /// The programs that run at `now`.
    pub(crate) async fn programs(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let running = sqlx::query_scalar("SELECT owner FROM programs WHERE until > $1 ORDER BY owner")
            .bind(now.0)
            .fetch_all(self.readers())
            .await;
        running.map_err(store_error)
    }
}
