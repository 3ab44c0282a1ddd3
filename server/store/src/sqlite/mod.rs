//! The store in an `SQLite` file.

mod calls;
mod holds;
mod sessions;
mod throttle;
mod users;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use model::{Seconds, Timestamp};
use services::ports::{Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::OpenError;
use crate::error::store_error;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// A database file with one connection that writes and a few that read. Clones share them.
///
/// What a method has confirmed is on the disk (`synchronous = FULL`), and every later read sees it.
#[derive(Debug, Clone)]
pub struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    pub(crate) async fn open(file: &Path) -> Result<Self, OpenError> {
        let failed = |error| OpenError::of_database(file, &error);
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(Duration::from_secs(5))
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF");
        let writing = options.clone().journal_mode(SqliteJournalMode::Wal);
        let writer = pool(1).connect_with(writing).await.map_err(failed)?;
        check(&writer, file).await?;
        MIGRATIONS.run(&writer).await.map_err(|error| OpenError::of_migration(file, &error))?;
        let readers = pool(4).connect_with(options.pragma("query_only", "ON")).await.map_err(failed)?;
        Ok(Self { writer, readers })
    }

    /// Waits for what is under way and closes the file tidily. Nothing is lost without it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Starts a change of several statements. It takes the right to write at once: what it reads first is still true
    /// when it writes, against the command line in another process too.
    async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(store_error)
    }
}

/// Connections to a file cost nothing while idle: they stay.
fn pool(connections: u32) -> SqlitePoolOptions {
    let patient = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(10));
    patient.max_connections(connections).idle_timeout(None).max_lifetime(None)
}

async fn check(writer: &SqlitePool, file: &Path) -> Result<(), OpenError> {
    let verdict = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_one(writer).await;
    let why = verdict.map_err(|error| OpenError::of_database(file, &error))?;
    if why == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: file.to_owned(), why }) }
}

#[async_trait]
impl Store for Sqlite {
    async fn sweep(&self, now: Timestamp, keep_failures: Seconds) -> Result<(), StoreError> {
        let oldest = now.0.saturating_sub(keep_failures.0);
        let mut change = self.begin().await?;
        for (statement, end) in [
            ("DELETE FROM sessions WHERE until <= ?", now.0),
            ("DELETE FROM holds WHERE until <= ?", now.0),
            ("DELETE FROM setup_token WHERE until <= ?", now.0),
            ("DELETE FROM sign_in_failures WHERE at < ?", oldest),
        ] {
            sqlx::query(statement).bind(end).execute(&mut *change).await.map_err(store_error)?;
        }
        change.commit().await.map_err(store_error)
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn every_connection_is_set_up_to_be_durable() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::open(folder.path()).await.unwrap();
        for (connections, read_only) in [(&store.writer, 0), (&store.readers, 1)] {
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(connections).await.unwrap();
            assert_eq!(journal, "wal");
            for (pragma, expected) in [
                ("PRAGMA synchronous", 2),
                ("PRAGMA foreign_keys", 1),
                ("PRAGMA trusted_schema", 0),
                ("PRAGMA busy_timeout", 5_000),
                ("PRAGMA query_only", read_only),
            ] {
                let value: i64 = sqlx::query_scalar(pragma).fetch_one(connections).await.unwrap();
                assert_eq!(value, expected, "{pragma}");
            }
        }
    }
}
