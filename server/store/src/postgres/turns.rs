//! Turns: an advisory lock of the server for each name, on a connection that does nothing else. The server gives it
//! back when the connection ends, and so when the program dies.

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{StoreError, Turn, Turns};
use sqlx::Postgres as Db;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgAdvisoryLock, PgAdvisoryLockGuard};

use super::Postgres;
use crate::error::store_error;
use crate::turns;

#[async_trait]
impl Turns for Postgres {
    async fn turn(&self, name: &str) -> Result<Box<dyn Turn>, StoreError> {
        turns::hold(&self.queues, name, self.locked(name)).await
    }

    async fn keep_alive(&self, owner: &str, until: Timestamp) -> Result<(), StoreError> {
        self.note_program(owner, until).await
    }

    async fn alive(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        self.programs(now).await
    }
}

impl Postgres {
    /// Waits for the lock. Dropped, whether it was got or is still waited for, its connection gives it back on its way
    /// to the pool. In this program one at a time waits for a name, so there are enough connections.
    async fn locked(&self, name: &str) -> Result<PgAdvisoryLockGuard<PoolConnection<Db>>, StoreError> {
        let connection = self.turns.acquire().await.map_err(store_error)?;
        PgAdvisoryLock::new(format!("nestor turn {name}")).acquire(connection).await.map_err(store_error)
    }
}
