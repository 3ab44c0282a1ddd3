//! What is in the tables, whichever version made them.

use sqlx::{AssertSqlSafe, Database};

use super::{Db, TABLE_EXISTS};
use crate::schema::TABLES;

type Connection = <Db as Database>::Connection;

/// The migrations that were applied: number, checksum, whether it came to its end.
pub(crate) async fn applied(connection: &mut Connection) -> sqlx::Result<Vec<(i64, Vec<u8>, bool)>> {
    if !exists(connection, "_sqlx_migrations").await? {
        return Ok(Vec::new());
    }
    let all = sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version");
    all.fetch_all(connection).await
}

/// How many rows each table has that is there.
pub(crate) async fn counts(connection: &mut Connection) -> sqlx::Result<Vec<(&'static str, i64)>> {
    let mut counts = Vec::new();
    for table in &TABLES {
        if exists(connection, table.name).await? {
            let count = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name)));
            counts.push((table.name, count.fetch_one(&mut *connection).await?));
        }
    }
    Ok(counts)
}

async fn exists(connection: &mut Connection, table: &str) -> sqlx::Result<bool> {
    let count: i64 = sqlx::query_scalar(TABLE_EXISTS).bind(table).fetch_one(connection).await?;
    Ok(count > 0)
}
