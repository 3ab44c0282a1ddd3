//! What is in a database.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection};

use super::tables::inspect;
use super::{MIGRATIONS, Url, patient, suit};
use crate::{OpenError, Report};

/// From this many seconds on the difference of two clocks is worth a word.
const APART: i64 = 5;

/// Looks at the server and reads every row once.
pub(crate) async fn look(url: &Url) -> Result<Report, OpenError> {
    let place = url.to_string();
    let failed = |error: sqlx::Error| OpenError::of_server(&place, &error);
    let mut connection = patient(url).connect().await.map_err(failed)?;
    suit(&mut connection, &place).await?;
    let mut report = Report::default();
    look_at_server(&mut connection, &mut report).await.map_err(failed)?;
    if url.is_unchecked() {
        report.notes.push("the identity of the server is not checked: sslmode in the URL says so".to_owned());
    }
    report.judge(&inspect::applied(&mut connection).await.map_err(failed)?, &MIGRATIONS);
    report.rows = inspect::counts(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(report)
}

async fn look_at_server(connection: &mut PgConnection, report: &mut Report) -> sqlx::Result<()> {
    let (version, fsync, now): (String, String, i64) = sqlx::query_as(
        "SELECT current_setting('server_version'), current_setting('fsync'),
         extract(epoch FROM clock_timestamp())::bigint",
    )
    .fetch_one(connection)
    .await?;
    report.notes.push(format!("PostgreSQL {version}"));
    if fsync != "on" {
        report.notes.push("the server runs with fsync = off: a power failure would damage the database".to_owned());
    }
    let here = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let apart = i64::try_from(here).unwrap_or(i64::MAX).saturating_sub(now).saturating_abs();
    if apart >= APART {
        report.notes.push(format!("its clock and the one of this machine are {apart} s apart; its own counts"));
    }
    Ok(())
}
