//! Locks: an advisory lock of the server for each name, on a connection that does nothing else. The server gives it
//! back when the connection ends, and so when the program dies.

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{Lock, Locks, StoreError};
use sqlx::Postgres as Db;
use sqlx::pool::PoolConnection;

use super::Postgres;
use crate::error::store_error;
use crate::locks;

#[async_trait]
impl Locks for Postgres {
    async fn lock(&self, name: &str) -> Result<Box<dyn Lock>, StoreError> {
        locks::hold(&self.queues, name, self.locked(name)).await
    }

    async fn keep_alive(&self, owner: &str, until: Timestamp) -> Result<(), StoreError> {
        self.note_program(owner, until).await
    }

    async fn alive(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        self.programs(now).await
    }
}

impl Postgres {
    /// Waits for the lock. In this program one at a time waits for a name, so there are enough connections.
    async fn locked(&self, name: &str) -> Result<Locked, StoreError> {
        let connection = self.locks.acquire().await.map_err(store_error)?;
        let name = format!("nestor turn {name}");
        let mut locked = Locked { connection: Some(connection), name, got: false };
        if let Some(connection) = &mut locked.connection {
            let lock = sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))").bind(&locked.name);
            lock.execute(&mut **connection).await.map_err(store_error)?;
        }
        locked.got = true;
        Ok(locked)
    }
}

/// A connection that has the lock, or waits for it.
struct Locked {
    connection: Option<PoolConnection<Db>>,
    name: String,
    got: bool,
}

impl Drop for Locked {
    /// Gives the lock back. Where it is still waited for, the connection is closed: the server notices, and nothing
    /// here waits with it.
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if !self.got {
            return connection.close_on_drop();
        }
        let name = std::mem::take(&mut self.name);
        tokio::spawn(async move {
            let unlock = sqlx::query("SELECT pg_advisory_unlock(hashtextextended($1, 0))").bind(name);
            if unlock.execute(&mut *connection).await.is_err() {
                connection.close_on_drop();
            }
        });
    }
}
