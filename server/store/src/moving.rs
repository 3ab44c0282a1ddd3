//! From a data folder into a database that others share.

use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Postgres, QueryBuilder, Row};

use crate::schema::{Kind, TABLES, Table};
use crate::text::keepable;
use crate::{Lock, OpenError, Url, folder, postgres};

/// Rows of one statement: `PostgreSQL` takes 65,535 values at most.
const ROWS: usize = 500;

/// Why a store was not moved: nothing was changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// One of the two cannot be opened, or a server runs on the folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no store in the folder.
    #[error("there is no nestor.db in {}: name the data folder that is to be moved", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// The database is in use, or was.
    #[error("{place} is not empty (its table {table} has rows): name an empty database")]
    NotEmpty {
        /// The database.
        place: String,
        /// A table with rows.
        table: &'static str,
    },
    /// A row could not be read or written.
    #[error("the table {table} could not be copied ({why}): nothing was moved")]
    Failed {
        /// The table.
        table: &'static str,
        /// What a database said.
        why: String,
    },
}

/// Copies all that the store in the folder holds into an empty database, in one transaction: all of it or nothing.
/// No program may write on either side meanwhile. The folder stays as it is. Answers with the rows of each table.
pub async fn move_to(data_dir: &Path, url: &Url) -> Result<Vec<(&'static str, u64)>, MoveError> {
    if !folder::path_of_database(data_dir).exists() {
        return Err(MoveError::Nothing { path: data_dir.to_owned() });
    }
    let _lock = Lock::take(data_dir)?;
    let source = crate::open(data_dir).await?;
    crate::connect(url).await?.close().await;
    let place = url.to_string();
    let failed = |error: sqlx::Error| OpenError::of_server(&place, &error);
    let mut reading = source.begin().await.map_err(|error| OpenError::of_file(data_dir, &error))?;
    let mut target = postgres::patient(url).connect().await.map_err(failed)?;
    let mut writing = target.begin().await.map_err(failed)?;
    refuse_unless_empty(&mut writing, &place).await?;
    let mut moved = Vec::new();
    for table in &TABLES {
        let copied = copy(table, &mut reading, &mut writing).await;
        let rows = copied.map_err(|error| MoveError::Failed { table: table.name, why: error.to_string() })?;
        moved.push((table.name, rows));
    }
    writing.commit().await.map_err(failed)?;
    drop(target.close().await);
    drop(reading);
    source.close().await;
    Ok(moved)
}

async fn refuse_unless_empty(writing: &mut PgConnection, place: &str) -> Result<(), MoveError> {
    let failed = |error: sqlx::Error| OpenError::of_server(place, &error);
    let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
    let lock = AssertSqlSafe(format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", ")));
    sqlx::query(lock).execute(&mut *writing).await.map_err(failed)?;
    let counts = postgres::counts(writing).await.map_err(failed)?;
    match counts.into_iter().find(|(_, rows)| *rows > 0) {
        Some((table, _)) => Err(MoveError::NotEmpty { place: place.to_owned(), table }),
        None => Ok(()),
    }
}

async fn copy(table: &Table, reading: &mut SqliteConnection, writing: &mut PgConnection) -> sqlx::Result<u64> {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
    let (name, names) = (table.name, names.join(", "));
    let mut copied = 0;
    {
        let select = sqlx::query(AssertSqlSafe(format!("SELECT {names} FROM {name}")));
        let mut pages = select.fetch(&mut *reading).try_chunks(ROWS);
        while let Some(rows) = pages.try_next().await.map_err(|error| error.1)? {
            let values = rows.iter().map(|row| values_of(table, row)).collect::<sqlx::Result<Vec<_>>>()?;
            let mut insert = QueryBuilder::<Postgres>::new(format!("INSERT INTO {name} ({names}) "));
            insert.push_values(values, |mut row, values| values.into_iter().for_each(|value| value.bind(&mut row)));
            copied += insert.build().execute(&mut *writing).await?.rows_affected();
        }
    }
    if let Some(column) = table.numbered {
        go_on_counting(name, column, reading, writing).await?;
    }
    let count = || AssertSqlSafe(format!("SELECT count(*) FROM {name}"));
    let there: i64 = sqlx::query_scalar(count()).fetch_one(reading).await?;
    let here: i64 = sqlx::query_scalar(count()).fetch_one(writing).await?;
    if there == here && u64::try_from(here) == Ok(copied) {
        Ok(copied)
    } else {
        Err(sqlx::Error::Protocol(format!("{here} of {there} rows arrived")))
    }
}

/// The next number is one that was never used before.
async fn go_on_counting(
    table: &str,
    column: &str,
    reading: &mut SqliteConnection,
    writing: &mut PgConnection,
) -> sqlx::Result<()> {
    let last: Option<i64> = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = $1")
        .bind(table)
        .fetch_optional(reading)
        .await?;
    let last = last.filter(|last| *last > 0);
    sqlx::query("SELECT setval(pg_get_serial_sequence($1, $2), $3, $4)")
        .bind(table)
        .bind(column)
        .bind(last.unwrap_or(1))
        .bind(last.is_some())
        .execute(writing)
        .await
        .map(drop)
}

enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Octets(Option<Vec<u8>>),
    Truth(Option<bool>),
}

fn values_of(table: &Table, row: &SqliteRow) -> sqlx::Result<Vec<Value>> {
    let value = |(at, (_, kind)): (usize, &(&str, Kind))| {
        Ok(match kind {
            Kind::Number => Value::Number(row.try_get(at)?),
            Kind::Text => Value::Text(row.try_get(at)?),
            Kind::Octets => Value::Octets(row.try_get(at)?),
            Kind::Truth => Value::Truth(row.try_get(at)?),
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}

impl Value {
    fn bind(self, row: &mut sqlx::query_builder::Separated<'_, Postgres, &'static str>) {
        match self {
            Self::Number(value) => row.push_bind(value),
            Self::Text(value) => row.push_bind(value.map(|text| keepable(&text).into_owned())),
            Self::Octets(value) => row.push_bind(value),
            Self::Truth(value) => row.push_bind(value),
        };
    }
}
