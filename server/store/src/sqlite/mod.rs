//! The store in an `SQLite` file.

mod backup;
mod in_place;
mod locks;
mod report;
#[path = "../tables/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "written once, compiled for each database")]
mod tables;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Sqlite as Db, Transaction};

use crate::locks::Queues;
use crate::migrations::migrator;
use crate::{OpenError, folder};

use self::Sqlite as Base;
pub use backup::backup;
use in_place::InPlace;
pub(crate) use report::look;

pub(crate) static MIGRATIONS: LazyLock<Migrator> =
    LazyLock::new(|| migrator(&include!(concat!(env!("OUT_DIR"), "/sqlite.rs"))));

/// Where a text stands in another one, from 1; 0: it does not.
const POSITION: &str = "instr";

const TABLE_EXISTS: &str = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1";

/// A database file with one connection that writes and a few that read. Clones share them.
///
/// What a method has confirmed is on the disk (`synchronous = FULL`), but for what says otherwise, and every later read
/// sees it.
#[derive(Debug, Clone)]
pub struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
    queues: Queues,
    file: PathBuf,
    in_place: InPlace,
}

impl Sqlite {
    pub(crate) async fn open(file: &Path) -> Result<Self, OpenError> {
        let failed = |error: &sqlx::Error| OpenError::of_file(file, error);
        let options = options(file);
        let writing = options.clone().journal_mode(SqliteJournalMode::Wal);
        let writer = durable(pool(1)).connect_with(writing).await.map_err(|error| failed(&error))?;
        check(&writer, file).await?;
        let place = file.display().to_string();
        MIGRATIONS.run(&writer).await.map_err(|error| OpenError::of_migration(&place, &error, failed))?;
        let reading = options.pragma("query_only", "ON");
        let readers = pool(4).connect_with(reading).await.map_err(|error| failed(&error))?;
        let in_place = InPlace::now(file).map_err(|error| OpenError::folder(file, &error))?;
        Ok(Self { writer, readers, queues: Queues::default(), file: file.to_owned(), in_place })
    }

    /// Forgets the programs that ran on the file before, for the one server on it: what they left open is abandoned.
    /// A command that is at work beside the server is no harm: it has the lock until it is done.
    pub(crate) async fn outlive(&self) -> Result<(), OpenError> {
        let forgotten = sqlx::query("DELETE FROM programs").execute(&self.writer).await;
        forgotten.map(drop).map_err(|error| OpenError::of_file(&self.file, &error))
    }

    /// Waits for what is under way and closes the file tidily. Nothing is lost without it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Starts a change of several statements. It takes the right to write at once: what it reads first is still true
    /// when it writes, against the command line in another process too.
    pub(crate) async fn begin(&self) -> sqlx::Result<Transaction<'static, Db>> {
        self.in_place.look()?;
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// Starts a change of a table that no other change touches meanwhile: here every change is one.
    async fn begin_alone(&self, _table: &str) -> sqlx::Result<Transaction<'static, Db>> {
        self.begin().await
    }

    /// Starts a change that is confirmed before it is on the disk: with the power it may go, with the program it does not.
    /// The next change of the other kind brings it to the disk.
    async fn begin_in_passing(&self) -> sqlx::Result<Transaction<'static, Db>> {
        self.in_place.look()?;
        self.writer.begin_with("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE").await
    }

    /// The connection for a change.
    async fn writer(&self) -> sqlx::Result<PoolConnection<Db>> {
        self.in_place.look()?;
        self.writer.acquire().await
    }

    /// Looks whether the file is in its place, and its folder takes the small files that locks need.
    fn look_around(&self) -> sqlx::Result<()> {
        self.in_place.look()?;
        Ok(folder::try_out(&self.file)?)
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }
}

pub(crate) fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
}

/// Connections to a file cost nothing while idle: they stay. They do not break either, and are not tried before use.
fn pool(connections: u32) -> SqlitePoolOptions {
    let patient = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(10)).test_before_acquire(false);
    patient.max_connections(connections).idle_timeout(None).max_lifetime(None)
}

/// Whatever a connection was used for, the next change waits for the disk again. A connection that takes itself to be in
/// a transaction is given up: `SQLite` ends one by itself when the disk is full, and then there is none to be ended.
fn durable(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    pool.after_release(|connection, _| {
        Box::pin(async move {
            sqlx::raw_sql("PRAGMA synchronous = FULL").execute(&mut *connection).await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

async fn check(writer: &SqlitePool, file: &Path) -> Result<(), OpenError> {
    let verdict = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_one(writer).await;
    let why = verdict.map_err(|error| OpenError::of_file(file, &error))?;
    if why == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: file.to_owned(), why }) }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn every_connection_is_set_up_to_be_durable() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::open(folder.path()).await.unwrap();
        // The one connection that writes was used in passing.
        store.begin_in_passing().await.unwrap().commit().await.unwrap();
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

    #[tokio::test]
    async fn what_needs_attention_is_counted_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::open(folder.path()).await.unwrap();
        let explain = format!("EXPLAIN QUERY PLAN {}", super::tables::changes::COUNT_UNSETTLED);
        let steps = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&store.readers).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| sqlx::Row::get(step, "detail")).collect();
        assert_eq!(steps[0], "SEARCH changes USING INDEX changes_by_state (state=?)", "{steps:?}");
    }
}
