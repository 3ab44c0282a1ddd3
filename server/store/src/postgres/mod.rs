//! The store in a `PostgreSQL` database (14 or newer), which several replicas of Nestor may share.

mod clock;
mod locks;
mod report;
#[path = "../tables/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "written once, compiled for each database")]
mod tables;
mod url;

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Postgres as Db, Transaction};

use crate::OpenError;
use crate::locks::{Queues, WAIT_LIMIT};
use crate::migrations::migrator;

pub use clock::DatabaseClock;
pub(crate) use report::look;
pub(crate) use tables::inspect::counts;
pub use url::Url;

use self::Postgres as Base;

pub(crate) static MIGRATIONS: LazyLock<Migrator> =
    LazyLock::new(|| migrator(&include!(concat!(env!("OUT_DIR"), "/postgres.rs"))));

/// Where a text stands in another one, from 1; 0: it does not.
const POSITION: &str = "strpos";

const TABLE_EXISTS: &str =
    "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1";

/// How long a connection is waited for.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// Connections for the work.
const WORKERS: u32 = 16;

/// Connections for locks: as many names may be waited for at once.
const TURNS: u32 = 16;

/// A database with some connections for the work, and some that do nothing but keep locks. Clones share them.
#[derive(Clone)]
pub struct Postgres {
    pool: PgPool,
    locks: PgPool,
    queues: Queues,
    clock: Arc<DatabaseClock>,
    place: String,
}

impl Postgres {
    pub(crate) async fn open(url: &Url) -> Result<Self, OpenError> {
        let place = url.to_string();
        look_first(url, &place).await?;
        let failed = |error: &sqlx::Error| OpenError::of_server(&place, error);
        let locks = pool_of_turns(url);
        MIGRATIONS.run(&locks).await.map_err(|error| OpenError::of_migration(&place, &error, failed))?;
        let failed = |error: sqlx::Error| failed(&error);
        let pool = pool(WORKERS).connect_with(working(url)).await.map_err(failed)?;
        let clock = DatabaseClock::start(pool.clone()).await.map_err(failed)?;
        Ok(Self { pool, locks, queues: Queues::default(), clock, place })
    }

    /// Waits for what is under way and says goodbye. Nothing is lost without it.
    pub async fn close(&self) {
        self.locks.close().await;
        self.pool.close().await;
    }

    /// The clock of the database.
    pub fn clock(&self) -> Arc<DatabaseClock> {
        Arc::clone(&self.clock)
    }

    /// Starts a change of several statements.
    async fn begin(&self) -> sqlx::Result<Transaction<'static, Db>> {
        self.pool.begin().await
    }

    /// Starts a change of a table that no other change touches meanwhile; others go on reading.
    async fn begin_alone(&self, table: &'static str) -> sqlx::Result<Transaction<'static, Db>> {
        let mut change = self.pool.begin().await?;
        let lock = AssertSqlSafe(format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"));
        sqlx::query(lock).execute(&mut *change).await?;
        Ok(change)
    }

    /// Starts a change that is confirmed before it is on the disk: with the database it may go.
    async fn begin_in_passing(&self) -> sqlx::Result<Transaction<'static, Db>> {
        self.pool.begin_with("BEGIN; SET LOCAL synchronous_commit = off").await
    }

    /// A connection for a change.
    async fn writer(&self) -> sqlx::Result<PoolConnection<Db>> {
        self.pool.acquire().await
    }

    /// There is nothing to be seen here that the server would not say itself.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "a file has something to look at")]
    fn look_around(&self) -> sqlx::Result<()> {
        Ok(())
    }

    fn readers(&self) -> &PgPool {
        &self.pool
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(out)
    }
}

/// Looks whether this is a database to work on. A pool would try for a while, and say less.
async fn look_first(url: &Url, place: &str) -> Result<(), OpenError> {
    let failed = |error: sqlx::Error| OpenError::of_server(place, &error);
    let mut connection = patient(url).connect().await.map_err(failed)?;
    suit(&mut connection, place).await?;
    connection.close().await.map_err(failed)
}

/// Refuses a server that takes no changes, and a database that cannot keep every text.
pub(crate) async fn suit(connection: &mut PgConnection, place: &str) -> Result<(), OpenError> {
    let found = sqlx::query_as("SELECT pg_is_in_recovery(), current_setting('server_encoding')");
    let (recovers, encoding): (bool, String) =
        found.fetch_one(connection).await.map_err(|error| OpenError::of_server(place, &error))?;
    if recovers {
        return Err(OpenError::Standby { place: place.to_owned() });
    }
    if encoding != "UTF8" {
        return Err(OpenError::Encoding { place: place.to_owned(), found: encoding });
    }
    Ok(())
}

/// For the work: nothing takes long, so that nothing stands in the way of others for long.
fn working(url: &Url) -> PgConnectOptions {
    url.options().application_name("nestor").options([
        ("statement_timeout", "15s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ])
}

/// For what waits: locks, and tables that are brought up to date. A program whose machine is gone is noticed soon.
pub(crate) fn patient(url: &Url) -> PgConnectOptions {
    url.options().application_name("nestor").options([
        ("statement_timeout", &*format!("{}s", 2 * WAIT_LIMIT.as_secs())),
        ("lock_timeout", "0"),
        ("idle_session_timeout", "0"),
        ("client_connection_check_interval", "1s"),
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
    ])
}

/// Every new connection is looked at: after a failover the old server may answer, and take no changes any more.
fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(CONNECTED_WITHIN).after_connect(
        |connection, _| {
            Box::pin(async move {
                // What is confirmed must be on the disk, whatever is usual in that database.
                let look = sqlx::query_scalar(
                    "SELECT pg_is_in_recovery(), CASE current_setting('synchronous_commit')
                     WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END",
                );
                let recovers: bool = look.fetch_one(connection).await?;
                if recovers { Err(sqlx::Error::Protocol("the server is in recovery".to_owned())) } else { Ok(()) }
            })
        },
    )
}

fn pool_of_turns(url: &Url) -> PgPool {
    // A server that is gone is noticed at once; it is the lock that is waited for.
    PgPoolOptions::new().max_connections(TURNS).acquire_timeout(CONNECTED_WITHIN).connect_lazy_with(patient(url))
}

#[cfg(test)]
#[path = "../../tests/support/postgres.rs"]
mod cluster;

#[cfg(test)]
mod tests {
    use super::cluster::Cluster;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_needs_attention_is_counted_by_an_index() {
        let cluster = Cluster::shared();
        let store = crate::connect(&cluster.database().parse().unwrap()).await.unwrap();
        let mut connection = store.pool.acquire().await.unwrap();
        // A table of few rows is read as a whole, whatever indexes it has.
        let many = "INSERT INTO changes (at, actor, verb, server, subnet_id, identifier_kind, identifier, state, owner)
             SELECT n, 'alice', 'create', 'main', 1, 'hw-address', n::text,
             CASE n % 1000 WHEN 0 THEN 'pending' ELSE 'done' END, 'host' FROM generate_series(1, 20000) AS n;
             ANALYZE changes";
        sqlx::raw_sql(many).execute(&mut *connection).await.unwrap();
        let explain = format!("EXPLAIN {}", super::tables::changes::COUNT_UNSETTLED);
        let steps: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(explain)).fetch_all(&mut *connection).await.unwrap();
        assert!(steps.iter().any(|step| step.contains("changes_by_state")), "{steps:#?}");
        drop(connection);
        store.close().await;
    }
}
