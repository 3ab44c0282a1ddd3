//! What is in a file.

use std::path::Path;

use sqlx::{ConnectOptions, Connection};

use super::tables::inspect;
use super::{MIGRATIONS, options};
use crate::{OpenError, Report};

/// Looks at every page of the file.
pub(crate) async fn look(file: &Path) -> Result<Report, OpenError> {
    let failed = |error: sqlx::Error| OpenError::of_file(file, &error);
    let mut connection = options(file).pragma("query_only", "ON").connect().await.map_err(failed)?;
    let mut report = Report::default();
    let found: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(&mut connection).await.map_err(failed)?;
    report.faults.extend(found.into_iter().filter(|line| line != "ok"));
    report.judge(&inspect::applied(&mut connection).await.map_err(failed)?, &MIGRATIONS);
    report.rows = inspect::counts(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(report)
}
